"""What only the wiring does: hand the register's doubts about the clock to the people."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from bot.__main__ import _clock_went_back
from storage import watch
from storage.register import Register
from storage.register_entry import Entry, Event
from tests.fakes.house import World

LINE = Entry(event=Event.ALARM, reason="proef")


class TestClockWentBack:
    """The register goes on, its line marked, and an alarm says which."""

    def test_from_the_writer_and_from_a_workflow_alike(self, tmp_path: Path) -> None:
        """Once, while it sounds: the second line that is early says nothing new."""
        world = World(tmp_path)
        register = Register(b"k" * 32, world.clock, clock_went_back=partial(_clock_went_back, world.clock))
        with world.database.write() as session:
            register.append(session, LINE)
        assert world.alarms() == []

        world.clock.advance(timedelta(hours=-1))
        with world.database.writing.begin() as connection:
            register.append(connection, LINE)
        world.clock.advance(timedelta(hours=-1))
        with world.database.write() as session:
            register.append(session, LINE)

        assert [(row.name, row.params) for row in world.alarms()] == [(watch.CLOCK_BACK, {"seq": 2})]
