"""Time: aware UTC inside, Europe/Brussels for people, always taken from an injected clock."""

import time
from datetime import UTC, datetime
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
        return datetime.fromtimestamp(time.time(), UTC)


def local(moment: datetime) -> datetime:
    """The same moment on a Brussels wall clock."""
    return moment.astimezone(BRUSSELS)
