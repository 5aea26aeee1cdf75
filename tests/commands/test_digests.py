"""Digests: made by the clock, each once, caught up after downtime; the mail goes out once."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from commands import digests
from commands.digests import OVERZICHT, catch_up, digest_of, figures, report, to_data
from domain.clock import BRUSSELS
from domain.digests import TOTALS, Digest, week
from domain.errors import BadInput
from domain.orders import Hide
from storage.call_tables import NoticeRow
from storage.paper_tables import DigestRow
from storage.tables import AccountRow
from tests.fakes.house import INSULT, World

READERS = "fake://overzicht"


def at(day_of_month: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment in November 2026 on a Brussels clock."""
    return datetime(2026, 11, day_of_month, hour, minute, tzinfo=BRUSSELS)


def clock(world: World, moment: datetime) -> int:
    """The job fires at this moment, and its work is done; how many reports were due."""
    world.clock.set(moment)
    due = catch_up(world.house, world.run)
    world.run.work()
    return due


def names(world: World) -> list[str]:
    """Reports that are there, in order."""
    return [row.name for row in sorted(world.rows(DigestRow), key=lambda row: row.id)]


def made(world: World, name: str) -> Digest:
    """A report as it was made."""
    return digest_of(next(row for row in world.rows(DigestRow) if row.name == name))


class TestByTheClock:
    """What is due is made."""

    def test_a_working_week(self, world: World) -> None:
        """Every workday at nine, and on Monday at a quarter past the week; mailed each once."""
        for day in range(18, 24):
            for hour, minute in ((8, 59), (9, 0), (9, 15), (17, 0)):
                clock(world, at(day, hour, minute))

        assert names(world) == [
            "dagstart:2026-11-18",
            "dagstart:2026-11-19",
            "dagstart:2026-11-20",
            "dagstart:2026-11-23",
            "weekoverzicht:2026-W47",
        ]
        assert world.herald.to(READERS) == [name.replace(":", " ") for name in names(world)]

    def test_down_from_sunday_to_tuesday(self, world: World) -> None:
        """The week once, and Tuesday's start of the day from where Friday's ended."""
        clock(world, at(20, 9))
        clock(world, at(24, 11))
        clock(world, at(24, 11, 1))

        assert names(world) == ["dagstart:2026-11-20", "weekoverzicht:2026-W47", "dagstart:2026-11-24"]
        assert made(world, "dagstart:2026-11-24").start == at(20, 9)
        assert len(world.herald.to(READERS)) == 3

    def test_two_clock_processes(self, world: World) -> None:
        """Both find it due before either made it: one workflow, one report, one mail."""
        world.clock.set(at(18, 9))
        assert catch_up(world.house, world.run) == catch_up(world.house, world.run) == 1
        assert len(world.run.waiting) == 1
        world.run.work()

        assert (names(world), len(world.herald.sent)) == (["dagstart:2026-11-18"], 1)

    def test_made_by_another_meanwhile(self, world: World) -> None:
        """Also when the engine has forgotten the workflow: the name of the row is unique, so the second stops."""
        clock(world, at(18, 9))
        period = ("dagstart", "2026-11-18", at(17, 9).isoformat(), at(18, 9).isoformat())
        world.store(lambda c: world.run.start(c, "klok", OVERZICHT, "nog-eens", *period))
        world.run.work()

        assert (names(world), len(world.herald.sent)) == (["dagstart:2026-11-18"], 1)

    def test_nobody_asked_for_mail(self, world: World) -> None:
        """Without an address the report is there, and no letter waits."""
        object.__setattr__(world.settings, "addresses", {})
        clock(world, at(18, 9))

        assert names(world) == ["dagstart:2026-11-18"]
        assert world.rows(NoticeRow) == []

    def test_a_house_without_accounts(self, world: World) -> None:
        """Has nothing to report of."""
        with world.database.write() as session:
            session.query(AccountRow).delete()

        assert clock(world, at(23, 12)) == 0

    def test_every_screen_hears_of_it(self, world: World) -> None:
        """The house-wide count of changes grows."""
        before = changed(world)
        clock(world, at(18, 9))

        assert changed(world) > before


def changed(world: World) -> int:
    """The house-wide count of changes."""
    with world.database.read() as session:
        row = session.connection().exec_driver_sql("SELECT value FROM counter WHERE name = 'changed'").scalar()
    return int(row or 0)


class TestKilled:
    """A process that dies between two steps, or inside one."""

    @pytest.mark.parametrize("place", range(1, 5))
    @pytest.mark.parametrize("where", ["after", "inside"])
    def test_one_report_and_one_mail(self, world: World, where: str, place: int) -> None:
        """Whoever goes on finds what was done. A mail of which nobody knows whether it left is not sent again."""
        world.clock.set(at(23, 9, 15))
        catch_up(world.house, world.run)
        world.dies(**{where: place})
        clock(world, at(23, 9, 16))

        assert sorted(names(world)) == ["dagstart:2026-11-23", "weekoverzicht:2026-W47"]
        subjects = world.herald.to(READERS)
        assert len(subjects) == len(set(subjects)) == len({row.key for row in world.rows(NoticeRow)}) == 2


class TestBroken:
    """An error costs an hour, not the report."""

    def test_is_made_in_the_next_hour(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The week is there after all, and mailed once."""
        with monkeypatch.context() as broken:
            broken.setattr(digests, "figures", _breaks)
            with pytest.raises(ValueError, match="kapot"):
                clock(world, at(23, 9, 15))
        world.run.waiting.clear()

        for hour in (9, 10, 11):
            clock(world, at(23, hour, 30))
        assert sorted(names(world)) == ["dagstart:2026-11-23", "weekoverzicht:2026-W47"]
        assert len(world.herald.to(READERS)) == 2


def _breaks(*_: object) -> None:
    raise ValueError("kapot")


class TestCompared:
    """With the week before."""

    def test_as_it_was_reported_then(self, world: World) -> None:
        """What people read last week stands beside it, whatever became of its comments."""
        world.poll()
        world.arrives(INSULT, "1")
        world.press(Hide, world.case("1"))
        clock(world, at(23, 9, 15))
        with world.database.write() as session:
            row = session.query(DigestRow).filter_by(name="weekoverzicht:2026-W47").one()
            row.content = {**row.content, "totals": {**row.content["totals"], "gelezen": 41}}
        clock(world, at(30, 9, 15))

        found = made(world, "weekoverzicht:2026-W48")
        assert (found.previous["gelezen"], found.previous["verborgen"]) == (41, 1)

    def test_counted_again_when_there_was_no_report(self, world: World) -> None:
        """As well as the rows still tell."""
        world.arrives(INSULT, "1")
        world.press(Hide, world.case("1"))
        with world.database.read() as session:
            found = figures(session, world.house, week("2026-W48"))

        assert (found.previous["gelezen"], found.previous["verborgen"]) == (1, 1)
        assert found.previous["dossiers"] is None

    def test_the_first_week(self, world: World) -> None:
        """There is nothing to compare with."""
        clock(world, at(23, 9, 15))

        assert made(world, "weekoverzicht:2026-W47").previous == dict.fromkeys(TOTALS)


class TestAsData:
    """A report is stored as plain data and comes back as it was."""

    @pytest.mark.parametrize("open_work", [False, True])
    def test_there_and_back(self, world: World, open_work: bool) -> None:  # noqa: FBT001 - both ways
        """With and without open work; nothing in it needs more than JSON."""
        world.poll()
        world.arrives()
        if not open_work:
            world.press(Hide)
        with world.database.read() as session:
            found = figures(session, world.house, week("2026-W47"))
        data: dict[str, Any] = json.loads(json.dumps(to_data(found)))

        assert digest_of(DigestRow(name="x", kind="weekoverzicht", content=data, made_at=found.made_at)) == found
        assert (found.work.oldest is not None) is open_work


class TestReport:
    """Asked for by a person."""

    def ask(self, world: World, **key: str) -> Digest:
        """On the command line."""
        with world.database.read() as session:
            return report(session, world.house, **key)

    def test_as_it_was_made(self, world: World) -> None:
        """What was reported is not counted again."""
        clock(world, at(23, 9, 15))
        world.clock.set(at(24, 9, 20))

        assert self.ask(world, week_key="2026-W47") == made(world, "weekoverzicht:2026-W47")
        assert self.ask(world, day_key="2026-11-23") == made(world, "dagstart:2026-11-23")

    def test_made_now(self, world: World) -> None:
        """One that never was, over its own period; nothing is stored by looking."""
        world.clock.set(at(25, 12))

        assert self.ask(world, week_key="2026-W47").made_at == at(25, 12)
        assert self.ask(world, day_key="2026-11-24").start == at(23, 9)
        assert names(world) == []

    @pytest.mark.parametrize("key", [{"week_key": "2026-W47"}, {"day_key": "2026-11-18"}])
    def test_not_over_yet(self, world: World, key: dict[str, str]) -> None:
        """Half a report would be taken for a whole one."""
        with pytest.raises(BadInput, match="not over yet"):
            self.ask(world, **key)

    @pytest.mark.parametrize("key", [{"week_key": "2026-W60"}, {"day_key": "gisteren"}, {"day_key": "2026-11-15"}])
    def test_wrong_key(self, world: World, key: dict[str, str]) -> None:
        """Is told."""
        with pytest.raises(BadInput):
            self.ask(world, **key)


def test_begins_when_the_house_begins(tmp_path: Path) -> None:
    """A house that begins on Friday afternoon has its first report on Monday."""
    world = World(tmp_path)
    try:
        with world.database.write() as session:
            session.query(AccountRow).update({"since": at(20, 15)})
        assert clock(world, at(20, 16)) == 0
        assert clock(world, at(23, 9, 15)) == 2
        assert made(world, "dagstart:2026-11-23").start == at(20, 9)
    finally:
        world.close()


def test_a_report_a_minute_later(world: World) -> None:
    """The work of a report that waits in the queue is not asked for a second time with another period."""
    world.clock.set(at(18, 9))
    catch_up(world.house, world.run)
    world.clock.advance(timedelta(seconds=30))
    catch_up(world.house, world.run)
    world.run.work()

    assert len(world.herald.sent) == 1
