"""Which report is due when, over what: clock changes, holidays, downtime, first days, years of 53 weeks."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import Cover, Window
from domain.clock import BRUSSELS, at_wall, local
from domain.digests import DigestKind, Period, Span, before, day, due, week
from domain.errors import BadInput

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
COVER = Cover()
TODAY, WEEK = DigestKind.DAGSTART, DigestKind.WEEKOVERZICHT


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment on a Brussels clock."""
    return datetime(year, month, day, hour, minute, tzinfo=BRUSSELS).astimezone(UTC)


def weeks_until(key: str, back: int = 9) -> set[str]:
    """Ids of the weeks before this one: made already."""
    period, found = week(key), set()
    for _ in range(back):
        period = before(period)
        found.add(period.id)
    return found


def keys(found: list[Period], kind: DigestKind) -> list[str]:
    """Keys of the reports of one kind."""
    return [each.key for each in found if each.kind is kind]


def free(*days: date) -> Cover:
    """Office hours with these holidays."""
    return Cover(is_holiday=lambda each: each in days)


class TestWeek:
    """A week by its ISO key."""

    def test_monday_to_monday(self) -> None:
        """From local midnight to local midnight, end excluded."""
        found = week("2026-W47")

        assert (found.start, found.end) == (at(2026, 11, 16), at(2026, 11, 23))
        assert (found.id, found.window) == ("weekoverzicht:2026-W47", Window(found.start, found.end))

    @pytest.mark.parametrize(("key", "hours"), [("2026-W13", 167), ("2026-W43", 169), ("2026-W47", 168)])
    def test_clock_changes(self, key: str, hours: int) -> None:
        """The week in which the clock goes forward is an hour shorter, the one in which it goes back an hour longer."""
        found = week(key)

        assert found.end - found.start == timedelta(hours=hours)
        assert local(found.start).time() == local(found.end).time() == time.min

    def test_week_53(self) -> None:
        """2026 has one; it runs into the new year, and the week after it is week 1."""
        found = week("2026-W53")

        assert (found.start, found.end) == (at(2026, 12, 28), at(2027, 1, 4))
        assert before(week("2027-W01")) == found
        assert before(found).key == "2026-W52"

    @pytest.mark.parametrize(
        "key",
        ["", "2026-47", "2026-W1", "2026-W00", "2026-W54", "2027-W53", "0000-W01", "9999-W52", "2026-W47 ", "٢٠٢٦-W47"],
    )
    def test_anything_else(self, key: str) -> None:
        """Is told with an example."""
        with pytest.raises(BadInput, match="2026-W47"):
            week(key)


class TestDay:
    """A start of the day by its date."""

    def test_since_the_workday_before(self) -> None:
        """On a Monday since Friday, nine to nine."""
        found = day("2026-11-23", COVER)

        assert (found.id, found.start, found.end) == (
            "dagstart:2026-11-23",
            at(2026, 11, 20, 9),
            at(2026, 11, 23, 9),
        )

    def test_since_the_last_that_was_made(self) -> None:
        """Later ones, and other reports, say nothing about it."""
        made = {"dagstart:2026-11-18", "dagstart:2026-11-17", "dagstart:2026-11-24", "weekoverzicht:2026-W46"}

        assert day("2026-11-23", COVER, made).start == at(2026, 11, 18, 9)

    @pytest.mark.parametrize("key", ["", "23/11/2026", "2026-02-30", "20261123", "0001-01-01", "2026-W47"])
    def test_no_date(self, key: str) -> None:
        """Is told with an example."""
        with pytest.raises(BadInput, match="2026-11-23"):
            day(key, COVER)

    @pytest.mark.parametrize("key", ["2026-11-22", "2026-11-24"])
    def test_nobody_works(self, key: str) -> None:
        """On a Sunday or a holiday nobody begins a day."""
        with pytest.raises(BadInput, match="nobody works"):
            day(key, free(date(2026, 11, 24)))


class TestDagstart:
    """Workdays from 09:00 on."""

    def test_at_nine_and_not_before(self) -> None:
        """Also on a day after a change of the clock: nine stays nine."""
        for month, monday in ((3, 30), (10, 26)):
            nine = at(2026, month, monday, 9)
            assert keys(due(nine - timedelta(seconds=1), COVER, weeks_until("2027-W01", 53), LONG_AGO), TODAY) == []
            (found,) = due(nine, COVER, weeks_until("2027-W01", 53), LONG_AGO)
            assert (found.start, found.end) == (at(2026, month, monday - 3, 9), nine)

    def test_a_weekend_across_a_clock_change(self) -> None:
        """Friday nine to Monday nine is an hour less in spring and an hour more in autumn."""
        assert day("2026-03-30", COVER).end - day("2026-03-30", COVER).start == timedelta(hours=71)
        assert day("2026-10-26", COVER).end - day("2026-10-26", COVER).start == timedelta(hours=73)

    @pytest.mark.parametrize("now", [at(2026, 11, 21, 12), at(2026, 11, 22, 23), at(2026, 11, 24, 12)])
    def test_not_when_nobody_works(self, now: datetime) -> None:
        """Saturday, Sunday, holiday."""
        assert keys(due(now, free(date(2026, 11, 24)), (), LONG_AGO), TODAY) == []

    def test_once(self) -> None:
        """What was made is not due again, in whichever process it is asked."""
        now = at(2026, 11, 18, 9)
        (found,) = (each for each in due(now, COVER, (), LONG_AGO) if each.kind is TODAY)

        assert due(now + timedelta(hours=9), COVER, {found.id, *weeks_until("2026-W47")}, LONG_AGO) == []

    def test_late_is_better_than_never(self) -> None:
        """Whoever starts the house at 16:00 still gets the day's report, over the same period."""
        (found,) = due(at(2026, 11, 18, 16), COVER, weeks_until("2026-W47"), LONG_AGO)

        assert found.end == at(2026, 11, 18, 9)

    def test_down_from_sunday_to_tuesday(self) -> None:
        """Monday's is not made up for; Tuesday's begins where Friday's ended. The week comes, once."""
        made = {"dagstart:2026-11-19", "dagstart:2026-11-20", *weeks_until("2026-W47")}
        found = due(at(2026, 11, 24, 11), COVER, made, LONG_AGO)

        assert [each.id for each in found] == ["weekoverzicht:2026-W47", "dagstart:2026-11-24"]
        assert (found[1].start, found[1].end) == (at(2026, 11, 20, 9), at(2026, 11, 24, 9))
        assert due(at(2026, 11, 24, 12), COVER, made | {each.id for each in found}, LONG_AGO) == []

    def test_nothing_falls_between_two(self) -> None:
        """However long the house was down, the next begins where the last one ended."""
        made, ends = set(weeks_until("2026-W01")), []
        for now in (at(2026, 1, 2, 9), at(2026, 1, 5, 17), at(2026, 1, 20, 9), at(2026, 3, 31, 9)):
            for each in due(now, COVER, made, LONG_AGO):
                made.add(each.id)
                ends += [(each.start, each.end)] if each.kind is TODAY else []

        assert len(ends) == 4
        assert [start for start, _ in ends[1:]] == [end for _, end in ends[:-1]]

    def test_first_days_of_a_house(self) -> None:
        """Begun on Friday at ten: none over the time before it; the first is Monday's, from Friday nine."""
        since = at(2026, 11, 20, 10)

        assert due(at(2026, 11, 20, 12), COVER, (), since) == []
        monday = due(at(2026, 11, 23, 9), COVER, (), since)
        assert [(each.id, each.start) for each in monday] == [("dagstart:2026-11-23", at(2026, 11, 20, 9))]

    def test_a_house_without_workdays(self) -> None:
        """Has no start of the day, and its week report on Monday."""
        found = due(at(2026, 11, 23, 9, 15), Cover(weekdays=frozenset()), weeks_until("2026-W47"), LONG_AGO)

        assert [each.id for each in found] == ["weekoverzicht:2026-W47"]


class TestWeekoverzicht:
    """The first workday after the week, from 09:15 on."""

    def test_monday_at_a_quarter_past_nine(self) -> None:
        """Not a second earlier."""
        made, quarter = weeks_until("2026-W47"), at(2026, 11, 23, 9, 15)

        assert keys(due(quarter - timedelta(seconds=1), COVER, made, LONG_AGO), WEEK) == []
        assert keys(due(quarter, COVER, made, LONG_AGO), WEEK) == ["2026-W47"]

    def test_a_holiday_on_monday(self) -> None:
        """Easter Monday 2027: on Tuesday at 09:15, and never on Monday."""
        cover, made = free(date(2027, 3, 29)), weeks_until("2027-W12")

        assert keys(due(at(2027, 3, 29, 18), cover, made, LONG_AGO), WEEK) == []
        assert keys(due(at(2027, 3, 30, 9), cover, made, LONG_AGO), WEEK) == []
        assert keys(due(at(2027, 3, 30, 9, 15), cover, made, LONG_AGO), WEEK) == ["2027-W12"]

    @pytest.mark.parametrize(("monday", "key"), [((2026, 3, 30), "2026-W13"), ((2026, 10, 26), "2026-W43")])
    def test_after_a_clock_change(self, monday: tuple[int, int, int], key: str) -> None:
        """The Monday after the night of the change: at 09:15 by the clock on the wall."""
        made, quarter = weeks_until(key), at(*monday, 9, 15)

        assert keys(due(quarter - timedelta(seconds=1), COVER, made, LONG_AGO), WEEK) == []
        assert keys(due(quarter, COVER, made, LONG_AGO), WEEK) == [key]

    def test_change_of_the_year(self) -> None:
        """Week 53 of 2026 is reported on 4 January 2027; week 1 of 2027 a week later."""
        made = weeks_until("2026-W53")

        assert keys(due(at(2027, 1, 4, 9, 15), COVER, made, LONG_AGO), WEEK) == ["2026-W53"]
        assert keys(due(at(2027, 1, 11, 9, 15), COVER, made, LONG_AGO), WEEK) == ["2026-W53", "2027-W01"]

    def test_first_week_of_a_house(self) -> None:
        """A week that the house saw a part of is reported; one that was over when it began is not."""
        since = at(2026, 11, 19, 14)

        assert keys(due(at(2026, 11, 23, 9, 15), COVER, (), since), WEEK) == ["2026-W47"]
        assert keys(due(at(2026, 11, 23, 9, 15), COVER, (), at(2026, 11, 23)), WEEK) == []

    def test_long_downtime(self) -> None:
        """Every week that was missed comes, oldest first, up to eight."""
        found = keys(due(at(2026, 11, 25, 12), COVER, weeks_until("2026-W44"), LONG_AGO), WEEK)
        assert found == ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]

        assert len(keys(due(at(2026, 11, 25, 12), COVER, (), LONG_AGO), WEEK)) == 8

    def test_two_clocks(self) -> None:
        """Two processes that look at the same moment name the same reports."""
        asked = [due(at(2026, 11, 24, 11), COVER, ("dagstart:2026-11-20",), LONG_AGO) for _ in range(2)]

        assert asked[0] == asked[1]
        assert len({each.id for each in asked[0]}) == len(asked[0]) == 9


@given(st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1)), st.integers(0, 200))  # noqa: DTZ001 - UTC is put on
def test_any_moment(naive: datetime, hours: int) -> None:
    """At every moment: nothing is reported before it is over, nothing twice, and all of it is named apart."""
    now = naive.replace(tzinfo=UTC)
    found = due(now, COVER, (), now - timedelta(hours=hours))

    assert all(each.start < each.end <= now for each in found)
    assert len({each.id for each in found}) == len(found)
    assert due(now, COVER, {each.id for each in found}, now - timedelta(hours=hours)) == []


class TestSpan:
    """Median and 90th percentile."""

    def test_of_nothing(self) -> None:
        """There is no figure, which is not the same as 0."""
        assert Span.of([]) == Span(None, None, 0)

    def test_of_one(self) -> None:
        """Is that one."""
        assert Span.of([42.0]) == Span(42.0, 42.0, 1)

    def test_by_hand(self) -> None:
        """1 to 11 minutes: the sixth is in the middle, the tenth stands at 90 %; order does not matter."""
        minutes = [60.0 * each for each in range(11, 0, -1)]

        assert Span.of(minutes) == Span(360.0, 600.0, 11)
        assert Span.of([0.0, 10.0]) == Span(5.0, 9.0, 2)

    @given(st.lists(st.floats(0, 1e7), min_size=1, max_size=50))
    def test_as_others_reckon(self, values: list[float]) -> None:
        """Numpy's linear percentiles come to the same."""
        found = Span.of(values)

        assert found.median == pytest.approx(float(np.percentile(values, 50)), rel=1e-9, abs=1e-6)
        assert found.p90 == pytest.approx(float(np.percentile(values, 90)), rel=1e-9, abs=1e-6)
        assert found.n == len(values)


def test_a_wall_clock_that_shows_an_hour_twice() -> None:
    """Nine o'clock is one moment on every day of the year."""
    assert at_wall(date(2026, 10, 25), time(9)) - at_wall(date(2026, 10, 24), time(9)) == timedelta(hours=25)
