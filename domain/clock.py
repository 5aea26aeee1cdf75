"""Time: aware UTC inside, Europe/Brussels for people, always taken from an injected clock."""

import time as machine
from datetime import UTC, date, datetime, time
from typing import Protocol
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class Clock(Protocol):
    """Where the house takes its time from."""

    def now(self) -> datetime:
        """Now, aware, UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """Now, aware, UTC."""
        return datetime.fromtimestamp(machine.time(), UTC)


def local(moment: datetime) -> datetime:
    """The same moment on a Brussels wall clock."""
    return moment.astimezone(BRUSSELS)


def at_wall(day: date, at: time) -> datetime:
    """What a Brussels wall clock shows at this time of this day, as UTC."""
    return datetime.combine(day, at, BRUSSELS).astimezone(UTC)
