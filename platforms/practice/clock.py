"""The clock of a practice platform: the machine's, moved on or set by whoever practises."""

from datetime import UTC, datetime, timedelta

from domain.clock import Clock, SystemClock


class PracticeClock:
    """`domain.clock.Clock` that runs on from wherever it was set."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._shift = timedelta()

    def now(self) -> datetime:
        """The moment on this clock, aware, UTC."""
        return self._base.now() + self._shift

    def set(self, moment: datetime) -> None:
        """Stand at this moment and run on."""
        self._shift = moment.astimezone(UTC) - self._base.now()

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._shift += by
