"""Cover and the response clock: the examples of the product, both clock changes, holidays and events."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.calendar import Cover, Targets, Window, due
from domain.categories import Urgency
from domain.clock import BRUSSELS

COVER = Cover()
TARGETS = Targets()


def _at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BRUSSELS).astimezone(UTC)


class TestExamples:
    """The examples of the product, word for word."""

    def test_normal_seen_friday_afternoon(self) -> None:
        """Friday 16:30 plus four hours of work is Monday 12:30."""
        told = due(Urgency.NORMAAL, _at(2026, 11, 20, 16, 30), COVER, TARGETS)

        assert told.at == _at(2026, 11, 23, 12, 30)
        assert told.pauses

    def test_high_seen_saturday(self) -> None:
        """Without an event: orange Monday 09:48, due 10:00."""
        told = due(Urgency.HOOG, _at(2026, 11, 21, 11), COVER, TARGETS)

        assert (told.near, told.at) == (_at(2026, 11, 23, 9, 48), _at(2026, 11, 23, 10))

    def test_critical_never_pauses(self) -> None:
        """Saturday 23:00 is due at 23:15."""
        told = due(Urgency.KRITIEK, _at(2026, 11, 21, 23), COVER, TARGETS)

        assert (told.near, told.at) == (_at(2026, 11, 21, 23, 12), _at(2026, 11, 21, 23, 15))
        assert not told.pauses

    @pytest.mark.parametrize("urgency", [Urgency.LAAG, Urgency.GEEN])
    def test_low_is_two_days_of_work(self, urgency: Urgency) -> None:
        """Sixteen hours of cover: seen Thursday at nine, due Friday at five."""
        told = due(urgency, _at(2026, 11, 19, 9), COVER, TARGETS)

        assert (told.at, told.target) == (_at(2026, 11, 20, 17), timedelta(hours=16))


class TestClockChanges:
    """Working hours are hours on the wall, also when the wall clock moves."""

    @pytest.mark.parametrize("monday", [(2026, 3, 30), (2026, 10, 26)])
    def test_over_the_weekend_of_the_change(self, monday: tuple[int, int, int]) -> None:
        """Seen Friday 16:30: due Monday 12:30 on the wall, in summer and in winter time."""
        friday = date(*monday) - timedelta(days=3)
        seen = _at(friday.year, friday.month, friday.day, 16, 30)

        assert due(Urgency.NORMAAL, seen, COVER, TARGETS).at == _at(*monday, 12, 30)

    @pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
    def test_an_event_through_the_night(self, day: tuple[int, int, int], hours: int) -> None:
        """A whole day of event has the hours that really pass."""
        start = _at(*day, 0)
        cover = Cover(events=(Window(start, start + timedelta(hours=hours)),))

        assert cover.worked(start, start + timedelta(hours=48)) >= timedelta(hours=hours)
        assert cover.covers(start + timedelta(hours=hours) - timedelta(seconds=1))

    @pytest.mark.parametrize("day", [(2026, 3, 29), (2026, 10, 25)])
    def test_critical_in_the_night_of_the_change(self, day: tuple[int, int, int]) -> None:
        """A quarter of an hour is fifteen minutes, whatever the wall says."""
        seen = _at(*day, 1, 55)

        assert due(Urgency.KRITIEK, seen, COVER, TARGETS).at - seen == timedelta(minutes=15)


class TestCover:
    """When somebody is at work."""

    def test_hours_of_a_workday(self) -> None:
        """From nine, up to but not at five."""
        assert COVER.covers(_at(2026, 11, 20, 9))
        assert not COVER.covers(_at(2026, 11, 20, 8, 59))
        assert not COVER.covers(_at(2026, 11, 20, 17))
        assert not COVER.covers(_at(2026, 11, 21, 12))

    def test_holidays_are_skipped(self) -> None:
        """Seen on Christmas eve at 16:30, Christmas is a Friday: due on Monday."""
        cover = Cover(is_holiday=lambda day: day == date(2026, 12, 25))

        assert due(Urgency.NORMAAL, _at(2026, 12, 24, 16, 30), cover, TARGETS).at == _at(2026, 12, 28, 12, 30)

    def test_an_event_wins_over_a_holiday(self) -> None:
        """Somebody is at work on the evening of a holiday."""
        event = Window(_at(2026, 7, 21, 18), _at(2026, 7, 22, 2))
        cover = Cover(is_holiday=lambda day: day == date(2026, 7, 21), events=(event,))

        assert due(Urgency.HOOG, _at(2026, 7, 21, 12), cover, TARGETS).at == _at(2026, 7, 21, 19)
        assert cover.covers(_at(2026, 7, 22, 1))

    def test_an_event_during_work_counts_once(self) -> None:
        """Overlapping stretches are one."""
        event = Window(_at(2026, 11, 20, 12), _at(2026, 11, 20, 20))
        inside = Window(_at(2026, 11, 20, 13), _at(2026, 11, 20, 14))
        cover = Cover(events=(event, inside))

        assert cover.worked(_at(2026, 11, 20, 0), _at(2026, 11, 20, 23)) == timedelta(hours=11)

    def test_nobody_is_ever_at_work(self) -> None:
        """Without cover ahead the wall clock counts: a card never waits for ever."""
        cover = Cover(weekdays=frozenset())
        seen = _at(2026, 11, 20, 12)

        assert cover.after(seen, timedelta(hours=4)) == seen + timedelta(hours=4)
        assert cover.worked(seen, seen + timedelta(days=9)) == timedelta()

    def test_time_worked_over_a_weekend(self) -> None:
        """Friday 16:00 to Monday 10:00 is two hours."""
        assert COVER.worked(_at(2026, 11, 20, 16), _at(2026, 11, 23, 10)) == timedelta(hours=2)

    def test_own_hours(self) -> None:
        """A team that works on Saturday evening."""
        cover = Cover(opens=time(18), closes=time(22), weekdays=frozenset({5}))

        assert cover.after(_at(2026, 11, 20, 12), timedelta(hours=5)) == _at(2026, 11, 28, 19)
