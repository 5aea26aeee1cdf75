"""The time of a scenario: a clock that runs and jumps, and a house in which nothing looks old after a jump."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col

from bot.demo.stage import OPENING, StageClock, jump
from domain.clock import local
from domain.events import gentse_feesten
from storage import people, watch
from storage.paper_tables import ObservedRow
from tests.fakes.house import World

A_WEEKEND = timedelta(hours=34)


class Ticks:
    """Seconds that go on when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Seconds since some moment."""
        return self.now


class TestClock:
    """It begins on a Saturday night, runs, and jumps."""

    def test_runs_at_its_own_pace(self) -> None:
        """As fast as any clock, from the opening on."""
        ticks = Ticks()
        clock = StageClock(ticks=ticks)

        assert f"{local(clock.now()):%A %d %B %Y %H:%M}" == "Saturday 17 July 2027 22:45"
        ticks.now += 90
        assert clock.now() == OPENING + timedelta(seconds=90)

    def test_opens_within_the_feesten(self) -> None:
        """That night is one of the ten days."""
        feesten = gentse_feesten(2027)

        assert feesten.window.start <= OPENING < feesten.window.end
        assert feesten.first < local(OPENING).date() < feesten.last

    def test_jumps(self) -> None:
        """It is so much later, and runs on from there."""
        ticks = Ticks()
        clock = StageClock(ticks=ticks)

        clock.jump(A_WEEKEND)
        ticks.now += 1
        assert clock.now() == OPENING + A_WEEKEND + timedelta(seconds=1)

    def test_never_back(self) -> None:
        """A jump into the past is refused, and changes nothing."""
        clock = StageClock(ticks=Ticks())

        with pytest.raises(ValueError, match="back in time"):
            clock.jump(-timedelta(microseconds=1))
        assert clock.now() == OPENING


class TestJump:
    """A weekend passes at once, and nobody and nothing was neglected."""

    @pytest.fixture
    def clock(self) -> StageClock:
        """Stands still unless it jumps."""
        return StageClock(ticks=Ticks())

    @pytest.fixture
    def parts(self, tmp_path: Path) -> Iterator[Any]:
        """A house."""
        world = World(tmp_path)
        yield SimpleNamespace(house=world.house, database=world.database)
        world.close()

    def test_nobody_is_signed_out(self, parts: Any, clock: StageClock) -> None:
        """A session goes on, and a start link that was just printed still opens; a session that had ended stays so."""
        store = parts.house.store
        cookie = store(lambda c: people.open_link(c, people.make_link(c, "noor", clock.now()), clock.now()))
        ended = store(
            lambda c: people.open_link(
                c, people.make_link(c, "jef", clock.now() - people.IDLE * 2), clock.now() - people.IDLE * 2
            )
        )
        link = store(lambda c: people.make_link(c, "els", clock.now()))

        jump(parts, clock, OPENING + A_WEEKEND)

        assert store(lambda c: people.whose(c, cookie, clock.now())) == ("noor", False)
        assert store(lambda c: people.whose(c, ended, clock.now())) is None
        assert store(lambda c: people.open_link(c, link, clock.now()))

    def test_no_check_looks_silent(self, parts: Any, clock: StageClock) -> None:
        """A heart that beat goes on beating; one that was silent before is silent still."""
        with parts.database.write() as session:
            watch.beat(session, "peiling", clock.now(), 30)
            watch.beat(session, "dood", clock.now() - timedelta(hours=1), 30)

        jump(parts, clock, OPENING + A_WEEKEND)

        with parts.house.read() as session:
            assert [row.name for row in watch.silent(session, clock.now())] == ["dood"]

    def test_the_page_was_watched(self, parts: Any, clock: StageClock) -> None:
        """The newest stretch of each account goes on; the gap before it stays a gap."""
        hour = timedelta(hours=1)
        with parts.database.write() as session:
            for account, start, until in (("1001", 5, 4), ("1001", 2, 0), ("1002", 3, 1)):
                row = {"start": OPENING - start * hour, "until": OPENING - until * hour}
                session.add(ObservedRow(platform="facebook", account=account, **row))

        jump(parts, clock, OPENING + A_WEEKEND)

        with parts.house.read() as session:
            rows = session.scalars(sa.select(ObservedRow).order_by(col(ObservedRow.id))).all()
        assert [(row.start - OPENING, row.until - OPENING) for row in rows] == [
            (-5 * hour, -4 * hour),
            (-2 * hour, A_WEEKEND),
            (-3 * hour, A_WEEKEND - hour),
        ]

    def test_what_was_under_way(self, parts: Any, clock: StageClock) -> None:
        """A heart that beat at the very moment of the jump wrote the old time: it does not look silent either."""
        store = parts.house.store

        def late(job: Any) -> Any:
            result = store(job)
            if clock.now() == OPENING:  # between the rows and the clock
                with parts.database.write() as session:
                    watch.beat(session, "termijnen", OPENING, 10)
            return result

        parts.house = SimpleNamespace(store=late, read=parts.house.read)
        jump(parts, clock, OPENING + A_WEEKEND)

        with parts.house.read() as session:
            assert [row.last_ok for row in watch.heartbeats(session)] == [clock.now()]

    @pytest.mark.parametrize("back", [timedelta(), timedelta(hours=1)])
    def test_a_moment_that_has_passed(self, parts: Any, clock: StageClock, back: timedelta) -> None:
        """Nothing moves."""
        link = parts.house.store(lambda c: people.make_link(c, "els", clock.now()))

        jump(parts, clock, OPENING - back)

        assert clock.now() == OPENING
        assert parts.house.store(lambda c: people.open_link(c, link, OPENING + people.LINK_LIVES)) is None

    def test_the_house_was_busy(self, parts: Any) -> None:
        """The rows took longer than the jump was wide: they and the clock go just as far."""
        ticks = Ticks()
        clock = StageClock(ticks=ticks)
        with parts.database.write() as session:
            watch.beat(session, "termijnen", OPENING, 10)

        def slow(job: Any) -> Any:
            ticks.now += 3
            return parts.house.store(job)

        jump(SimpleNamespace(house=SimpleNamespace(store=slow)), clock, OPENING + timedelta(seconds=1))  # type: ignore[arg-type]

        assert clock.now() == OPENING + timedelta(seconds=7)
        with parts.house.read() as session:
            (row,) = watch.heartbeats(session)
            assert row.last_ok <= clock.now()
            assert watch.silent(session, clock.now()) == []
