"""Observed: stretches in which an account was looked at, and how much of a period they cover."""

from datetime import UTC, datetime, timedelta

import pytest

from commands.observed import saw, share, stretches
from domain.calendar import Window
from storage.paper_tables import ObservedRow
from storage.tables import AccountRow
from tests.fakes.house import World, down

PAGE = ("facebook", "1001")
EVERY = 120


def look(world: World, minutes: float, *, every: int = EVERY) -> None:
    """A poll that works, so many minutes after the start of the house."""
    at = START + timedelta(minutes=minutes)
    world.store(lambda connection: saw(connection, *PAGE, at, every))


def found(world: World) -> list[tuple[float, float]]:
    """Stretches in minutes after the start."""
    rows = sorted(world.rows(ObservedRow), key=lambda row: row.start)
    return [((row.start - START) / timedelta(minutes=1), (row.until - START) / timedelta(minutes=1)) for row in rows]


def part(world: World, first: float, last: float, account: tuple[str, str] = PAGE) -> float | None:
    """How much was looked at between two minutes."""
    window = Window(START + timedelta(minutes=first), START + timedelta(minutes=last))
    with world.database.read() as session:
        return share(session, [account], window)[account]


START = datetime(2026, 11, 17, 9, tzinfo=UTC)
"""When the house of the tests begins."""


class TestSaw:
    """A poll that worked."""

    def test_in_time_makes_the_stretch_longer(self, world: World) -> None:
        """One that fails in between is no gap: up to three intervals."""
        for minutes in (0, 2, 4, 10):
            look(world, minutes)

        assert found(world) == [(0, 10)]

    def test_too_late_begins_another(self, world: World) -> None:
        """What lies between was not watched."""
        look(world, 0)
        look(world, 6)
        look(world, 12.1)
        look(world, 14)

        assert found(world) == [(0, 6), (12.1, 14)]

    def test_the_same_moment_twice(self, world: World) -> None:
        """Two processes that poll at once add nothing."""
        look(world, 0)
        look(world, 2)
        look(world, 2)
        look(world, 1)

        assert found(world) == [(0, 2)]

    def test_a_clock_that_was_ahead(self, world: World) -> None:
        """A stretch in the future does not swallow what is looked at now."""
        look(world, 600)
        for minutes in (0, 2, 4):
            look(world, minutes)

        assert found(world) == [(0, 4), (600, 600)]

    def test_each_account_apart(self, world: World) -> None:
        """Another page says nothing about this one."""
        look(world, 0)
        world.store(lambda c: saw(c, "facebook", "2002", START + timedelta(minutes=2), EVERY))
        look(world, 2)

        assert len(world.rows(ObservedRow)) == 2
        assert part(world, 0, 2) == 1.0

    def test_a_poll_of_the_house(self, world: World) -> None:
        """Only one that works counts."""
        world.poll()
        world.clock.advance(timedelta(minutes=2))
        world.poll()
        world.clock.advance(timedelta(minutes=2))
        world.platform.faults["recent"] = [down()]
        world.poll()

        assert found(world) == [(0, 2)]


class TestShare:
    """Of a period."""

    def test_whole_and_part(self, world: World) -> None:
        """Cut to the period, gaps left out."""
        for minutes in (0, 5, 10, 40, 45, 50):
            look(world, minutes, every=EVERY)

        assert part(world, 0, 10) == 1.0
        assert part(world, 0, 50) == 0.4
        assert part(world, 5, 45) == 0.25
        assert part(world, 15, 35) == 0.0

    def test_what_overlaps_counts_once(self, world: World) -> None:
        """Two processes may each have begun a stretch."""
        with world.database.write() as session:
            for first, last in ((0, 30), (10, 20), (20, 40)):
                minutes = (START + timedelta(minutes=each) for each in (first, last))
                session.add(ObservedRow(platform=PAGE[0], account=PAGE[1], start=next(minutes), until=next(minutes)))

        assert part(world, 0, 80) == 0.5

    def test_from_the_day_it_came_in_use(self, world: World) -> None:
        """A new account has a share of its own time; before that it has none."""
        for minutes in range(0, 61, 5):
            look(world, minutes)

        assert part(world, -60, 60) == 1.0
        assert part(world, -120, 0) is None
        assert part(world, 0, 60, ("facebook", "9999")) is None

    def test_one_look(self, world: World) -> None:
        """Has no length, and yet is a look."""
        look(world, 10)
        window = Window(START, START + timedelta(minutes=20))
        with world.database.read() as session:
            seen = stretches(session, [PAGE], window)[PAGE]

        assert [(each.start, each.end) for each in seen] == [(START + timedelta(minutes=10),) * 2]
        assert part(world, 0, 20) == 0.0

    @pytest.mark.parametrize(("first", "last"), [(0, 10), (11, 20)])
    def test_a_look_beside_the_period(self, world: World, first: float, last: float) -> None:
        """The end is excluded, and the start belongs to it."""
        look(world, 10)
        window = Window(START + timedelta(minutes=first), START + timedelta(minutes=last))
        with world.database.read() as session:
            assert stretches(session, [PAGE], window) == {PAGE: ()}

    def test_the_house_knows_its_accounts(self, world: World) -> None:
        """The tests stand on the moment at which the account came in use."""
        assert world.row(AccountRow, PAGE).since == START
