"""Events and rosters: the rule of the Gentse Feesten against the years we know clocks, who is on call."""

from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest

from domain.calendar import Window
from domain.clock import at_wall, local
from domain.errors import BadInput
from domain.events import (
    EventState,
    EventView,
    Turn,
    coming_feesten,
    current,
    gentse_feesten,
    on_call,
    stretch,
)

KNOWN = {
    2018: (7, 13),
    2019: (7, 19),
    2022: (7, 15),
    2023: (7, 14),
    2024: (7, 19),
    2025: (7, 18),
    2026: (7, 17),
    2027: (7, 16),
    2028: (7, 14),
    2029: (7, 13),
    2030: (7, 19),
}
"""First day (a Friday) of each edition: the ones that were held, then the ones that the product lists."""
NOON = datetime(2026, 7, 18, 10, tzinfo=UTC)


def event(start: datetime, end: datetime, **more: object) -> EventView:
    """An event of nothing in particular."""
    about = {"id": 1, "state": EventState.BEVESTIGD, "first_day": None, "days": 0, **more}
    return EventView(name="Mars", kind="betoging", start=start, end=end, owner="", commanders=(), by="ann", **about)  # type: ignore[arg-type]


class TestFeesten:
    """The rule: from the Friday before the last Saturday strictly before 21 July, ten days."""

    @pytest.mark.parametrize("year", KNOWN)
    def test_known_years(self, year: int) -> None:
        """It starts on the day on which it did, and lasts from a Friday to a Sunday."""
        found = gentse_feesten(year)

        assert (found.year, found.first) == (year, date(year, *KNOWN[year]))
        assert found.last == found.first + timedelta(days=9)
        assert (found.first.weekday(), found.last.weekday()) == (4, 6)

    @pytest.mark.parametrize("year", range(2014, 2060))
    def test_the_national_day_is_always_in_it(self, year: int) -> None:
        """21 July falls within the ten days, never on the opening Saturday."""
        found = gentse_feesten(year)

        assert found.first + timedelta(days=1) < date(year, 7, 21) <= found.last

    def test_the_window(self) -> None:
        """Alerts from the Thursday at 18:00 to the Monday at 12:00, on a summer clock."""
        found = gentse_feesten(2027)

        assert found.window == Window(datetime(2027, 7, 15, 16, tzinfo=UTC), datetime(2027, 7, 26, 10, tzinfo=UTC))

    def test_the_next_edition_begins_where_this_one_ends(self) -> None:
        """Up to the last second this one counts; then it is the one of next year."""
        end = gentse_feesten(2026).window.end

        assert coming_feesten(end - timedelta(seconds=1)).year == 2026
        assert coming_feesten(end).year == 2027
        assert coming_feesten(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)).year == 2027


class TestHolidays:
    """The ten legal holidays, and their two Sundays."""

    @pytest.mark.parametrize(
        ("year", "moving"),
        [(2026, [(4, 6), (5, 14), (5, 25)]), (2027, [(3, 29), (5, 6), (5, 17)])],
    )
    def test_the_library_knows_them(self, year: int, moving: list[tuple[int, int]]) -> None:
        """Nothing else in Belgium but Easter and Whit Sunday, on which nobody works anyway."""
        fixed = [(1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25)]
        ten = {date(year, *day) for day in (*fixed, *moving)}
        found = set(holidays.country_holidays("BE", years=year))

        assert ten <= found
        assert {day.weekday() for day in found - ten} == {6}
        assert len(found) == 12


class TestWall:
    """What people type is the clock on the wall."""

    @pytest.mark.parametrize(
        ("day", "utc"),
        [(date(2026, 3, 28), 23), (date(2026, 3, 30), 22), (date(2026, 10, 24), 22), (date(2026, 10, 26), 23)],
    )
    def test_midnight_around_both_clock_changes(self, day: date, utc: int) -> None:
        """One hour behind in winter, two in summer."""
        assert at_wall(day, time(0)).hour == utc

    @pytest.mark.parametrize(("night", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-11-21", 8)])
    def test_a_night_has_the_hours_that_pass(self, night: str, hours: int) -> None:
        """From 23:00 to 07:00: seven hours in March, nine in October."""
        morning = date.fromisoformat(night) + timedelta(days=1)
        window = stretch(f"{night}T23:00", f"{morning}T07:00")

        assert window.end - window.start == timedelta(hours=hours)
        assert local(window.end).hour == 7

    def test_the_hour_that_does_not_exist(self) -> None:
        """02:30 in the night of the change is a moment all the same, never an error."""
        window = stretch("2026-03-29T02:30", "2026-03-29T04:00")

        assert timedelta() < window.end - window.start <= timedelta(hours=1)

    def test_at_most_a_month(self) -> None:
        """31 days fit, one minute more does not."""
        assert stretch("2026-12-01T00:00", "2027-01-01T00:00").end == datetime(2026, 12, 31, 23, tzinfo=UTC)
        with pytest.raises(BadInput, match="at most 31 days"):
            stretch("2026-12-01T00:00", "2027-01-01T00:01")

    @pytest.mark.parametrize(
        ("start", "end"), [("2026-07-01T10:00", "2026-07-01T10:00"), ("2026-07-02T10:00", "2026-07-01T10:00")]
    )
    def test_the_end_comes_after_the_start(self, start: str, end: str) -> None:
        """An event without length, or backwards, is refused."""
        with pytest.raises(BadInput, match="must come after"):
            stretch(start, end)

    @pytest.mark.parametrize(
        "wrong", ["", "morgen", "2026-13-01T10:00", "2026-07-01T10:00Z", "\u202e2026", "0001-01-01T00:00"]
    )
    def test_what_is_no_moment(self, wrong: str) -> None:
        """A word, a month too many, a zone: refused with how it is written."""
        with pytest.raises(BadInput, match="as a date and a time"):
            stretch("2026-07-01T09:00", wrong)
        with pytest.raises(BadInput, match="as a date and a time"):
            stretch(wrong, "2026-07-01T11:00")


class TestDays:
    """Which day of an event it is."""

    def test_counted_days(self) -> None:
        """The Feesten count from the Friday; the evening before and the morning after are day 0."""
        found = gentse_feesten(2026)
        feesten = event(found.window.start, found.window.end, first_day=found.first, days=10)

        assert [feesten.day_of(at_wall(found.first, time(12)) + timedelta(days=n)) for n in (-1, 0, 3, 9, 10)] == [
            0,
            1,
            4,
            10,
            0,
        ]

    def test_any_event_counts_from_its_start(self) -> None:
        """Also after midnight."""
        march = event(NOON, NOON + timedelta(hours=20))

        assert (march.day_of(NOON), march.day_of(NOON + timedelta(hours=19))) == (1, 2)
        assert march.window == Window(NOON, NOON + timedelta(hours=20))


class TestCurrent:
    """The event of a moment."""

    def test_only_a_confirmed_one(self) -> None:
        """What is proposed or called off is no event yet, or not any more."""
        for state in EventState:
            found = current([event(NOON, NOON + timedelta(hours=1), state=state)], NOON)
            assert (found is not None) is (state is EventState.BEVESTIGD)

    def test_the_end_is_excluded(self) -> None:
        """From the first moment up to, not at, the last."""
        one = event(NOON, NOON + timedelta(hours=1))

        assert current([one], NOON) is one
        assert current([one], NOON + timedelta(hours=1)) is None
        assert current([one], NOON - timedelta(seconds=1)) is None

    def test_of_two_the_one_that_began_last(self) -> None:
        """A demonstration during the Feesten has its own commanders."""
        feesten = event(NOON - timedelta(days=2), NOON + timedelta(days=7), id=1)
        march = event(NOON - timedelta(hours=1), NOON + timedelta(hours=2), id=2)

        assert current([march, feesten], NOON) is march


class TestOnCall:
    """Who is on call."""

    def turn(self, person: str, rank: int = 1, roster: str = "wacht_moderatie", number: int = 1) -> Turn:
        """From noon on, for an hour."""
        return Turn(number, roster, person, NOON, NOON + timedelta(hours=1), rank)

    def test_in_the_order_of_call(self) -> None:
        """By rank, then by who was put there first; each once."""
        turns = [
            self.turn("jef", 2, number=1),
            self.turn("ann", 1, number=3),
            self.turn("noor", 1, number=2),
            self.turn("jef", 1, number=4),
        ]

        assert on_call(turns, "wacht_moderatie", NOON) == ("noor", "ann", "jef")

    def test_not_before_and_not_after(self) -> None:
        """The end is excluded, and so is another roster."""
        turns = [self.turn("jef")]

        assert on_call(turns, "wacht_moderatie", NOON + timedelta(hours=1)) == ()
        assert on_call(turns, "wacht_moderatie", NOON - timedelta(seconds=1)) == ()
        assert on_call(turns, "wacht_commando", NOON) == ()
