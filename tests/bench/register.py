"""What the register costs: appending beside a plain INSERT of the same bytes, verifying beside reading and hashing.

python -m tests.bench.register
"""

import hashlib
import itertools
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from domain.clock import SystemClock
from storage.database import Database
from storage.register import ENTRY, Register
from storage.register_entry import Entry
from storage.register_verify import GOOD, verify
from tests.fakes.registers import KEY_BYTES, empty, fill, stories

SINGLE, BATCH, BATCHES, VERIFIED = 200, 100, 20, 50_000
_PLAIN = sa.Table(
    "plain", sa.MetaData(), sa.Column("seq", sa.Integer, primary_key=True), sa.Column("body", sa.LargeBinary)
)

_INSERT = sa.insert(_PLAIN)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measurement and its yardstick of the same run, both per second; ratio: how much of the yardstick is reached."""

    name: str
    value: float
    yardstick: float

    @property
    def ratio(self) -> float:
        """1.0 = as fast as the yardstick."""
        return self.value / self.yardstick


def measure() -> list[Figure]:
    """Appends a second, one and a hundred in a transaction, and lines verified a second; SQLite, WAL, FULL."""
    with tempfile.TemporaryDirectory(prefix="nabij-bench-") as folder:
        return [
            _appended(Path(folder), "appends, one a transaction", SINGLE, 1),
            _appended(Path(folder), "appends, a hundred a transaction", BATCH * BATCHES, BATCH),
            _verified(Path(folder)),
        ]


def _appended(folder: Path, name: str, count: int, batch: int) -> Figure:
    database = empty(f"sqlite:///{folder / f'append-{batch}.sqlite'}")
    register = Register(KEY_BYTES, SystemClock())
    entries = list(itertools.islice(stories(), count))

    def append(some: Sequence[Entry]) -> None:
        with database.writing.begin() as connection:
            for entry in some:
                register.append(connection, entry)

    appended = _rate(lambda: _in_batches(entries, batch, append), count)
    with database.reading.connect() as connection:
        rows: list[Any] = [row._asdict() for row in connection.execute(sa.select(ENTRY.c.seq, ENTRY.c.body))]
    plain = _rate(
        lambda: _in_batches(rows, batch, lambda some: _insert(database, some)), count, lambda: _table(database)
    )
    database.close()
    return Figure(name, appended, plain)


def _in_batches(every: Sequence[Any], batch: int, work: Callable[[Sequence[Any]], None]) -> None:
    for start in range(0, len(every), batch):
        work(every[start : start + batch])


def _table(database: Database) -> None:
    _PLAIN.create(database.writing)


def _insert(database: Database, rows: Sequence[dict[str, Any]]) -> None:
    with database.writing.begin() as connection:
        for row in rows:
            connection.execute(_INSERT, row)


def _verified(folder: Path) -> Figure:
    database = empty(f"sqlite:///{folder / 'verify.sqlite'}")
    fill(database, VERIFIED)
    with database.reading.connect() as connection:

        def check() -> None:
            if verify(connection).exit_code != GOOD:
                raise RuntimeError("the register of the measurement is not good")

        def read() -> None:
            for (body,) in connection.execute(sa.select(ENTRY.c.body).order_by(ENTRY.c.seq)):
                hashlib.sha256(body).digest()

        figure = Figure("lines verified; yardstick reads and hashes", _rate(check, VERIFIED), _rate(read, VERIFIED))
    database.close()
    return figure


def _rate(work: Callable[[], None], count: int, before: Callable[[], None] | None = None) -> float:
    if before:
        before()
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


if __name__ == "__main__":
    for each in measure():
        print(f"{each.name}: {each.value:,.0f}/s, yardstick {each.yardstick:,.0f}/s, ratio {each.ratio:.2f}")  # noqa: T201
