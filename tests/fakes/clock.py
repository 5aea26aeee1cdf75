"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

TUESDAY_TEN = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
"""Tuesday 17 November 2026, 10:00 in Brussels: an ordinary working hour."""


class FakeClock:
    """Answers the moment it was set to. `domain.clock.Clock` for tests."""

    def __init__(self, start: datetime = TUESDAY_TEN) -> None:
        self.set(start)

    def now(self) -> datetime:
        """The moment it stands at, aware, UTC."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Stand at this moment; ValueError when it has no zone."""
        if moment.tzinfo is None:
            message = "a clock of the house is set with an aware moment"
            raise ValueError(message)
        self._now = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> datetime:
        """Move on, and answer the new moment."""
        self._now += by
        return self._now
