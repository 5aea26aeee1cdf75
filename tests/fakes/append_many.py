"""A process that appends: `python -m tests.fakes.append_many URL WHO COUNT`. Every fifth line is rolled back once."""

import contextlib
import sys

from domain.clock import SystemClock
from storage.database import Database
from storage.register import Register
from storage.register_entry import Entry, Event
from tests.fakes.registers import KEY_BYTES


class _ChangedMindError(Exception):
    """Rolls a transaction back."""


def main(url: str, who: str, count: int) -> None:
    """Append so many lines, each in a transaction of its own."""
    database, register = Database(url), Register(KEY_BYTES, SystemClock())
    for number in range(count):
        entry = Entry(event=Event.GECLAIMD, actor=who, order=f"{who}:{number}")
        if number % 5 == 0:
            with contextlib.suppress(_ChangedMindError), database.write() as session:
                register.append(session, entry)
                raise _ChangedMindError
        with database.write() as session:
            register.append(session, entry)
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
