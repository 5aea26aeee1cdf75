"""Views: what a card is drawn from, read in a few queries."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from commands.house import wall
from commands.views import cover_of, views
from domain.calendar import Cover
from domain.model import Ability
from domain.orders import Claim, Hide
from domain.settings import Hours
from storage.tables import CaseRow
from tests.fakes.house import THREAT, World


class TestViews:
    """One case, whole."""

    def test_a_new_case(self, world: World) -> None:
        """Everything a channel may need, with the response clock of its urgency."""
        world.arrives(THREAT)

        view = world.view()
        assert (view.platform_label, view.account_name, view.trial) == ("Facebook", "Gentse Flikken", False)
        assert view.due_at == view.seen_at + timedelta(minutes=15)
        assert view.due_near == view.seen_at + timedelta(minutes=12)
        assert view.due_target_seconds == 900
        assert Ability.HIDE in view.capabilities
        assert (view.done, view.trouble, view.planned, view.doing) == (None, None, None, None)
        assert len(view.evidence.digest) == 8

    def test_a_case_that_is_being_handled(self, world: World) -> None:
        """Who is busy with what, since when."""
        world.arrives()
        world.press(Claim)
        world.give(Hide)
        with world.between(after=1):
            doing = world.view().doing

        assert (doing.command, doing.by, doing.since) == ("verbergen", "noor", world.clock.now())

    def test_a_handled_case(self, world: World) -> None:
        """By whom, when, and how long after it was first seen."""
        world.arrives()
        world.clock.advance(timedelta(minutes=2))
        world.press(Hide)

        assert (world.view().done.by, world.view().done.after) == ("noor", 120)

    def test_none(self, world: World) -> None:
        """No cases, no queries."""
        with world.database.read() as session:
            assert views(session, world.house, []) == []

    def test_without_an_author_there_is_no_history(self, world: World) -> None:
        """Two comments without author are not of the same person."""
        world.arrives(comment_id="a", author=None)
        world.arrives(comment_id="b", author=None)

        assert world.view("b").earlier_cases == 0

    def test_many_cases_in_a_few_queries(self, world: World) -> None:
        """The number of queries does not grow with the number of cases."""
        counts = []
        for number in (1, 20):
            for place in range(number):
                world.arrives(comment_id=f"{number}-{place}")
            counts.append(_queries(world))

        assert counts[0] == counts[1]

    def test_before_any_evidence(self, world: World) -> None:
        """The card says that it is being worked on."""
        world.arrives()
        with world.database.write() as session:
            session.execute(sa.text("DELETE FROM evidence"))

        assert world.view().evidence is None


def _queries(world: World) -> int:
    seen: list[str] = []

    def note(_c: object, _u: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    with world.database.read() as session:
        cases = list(session.scalars(sa.select(CaseRow)))
        sa.event.listen(world.database.reading, "before_cursor_execute", note)
        assert len(views(session, world.house, cases)) == len(cases)
        sa.event.remove(world.database.reading, "before_cursor_execute", note)
    return len(seen)


def _cover(world: World) -> Cover:
    with world.database.read() as session:
        return cover_of(session, world.house)


class TestCover:
    """The hours in the settings, with the legal holidays of Belgium."""

    @pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 14), date(2026, 12, 25)])
    def test_legal_holidays(self, world: World, day: date) -> None:
        """Nobody is at work."""
        noon = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)

        assert not _cover(world).covers(noon)

    def test_own_free_days(self, world: World) -> None:
        """A bridge day in the settings counts like a holiday; an ordinary Tuesday does not."""
        noon = datetime(2026, 11, 17, 11, tzinfo=UTC)
        assert _cover(world).covers(noon)
        object.__setattr__(world.settings, "hours", Hours(vrije_dagen=(date(2026, 11, 17),)))

        assert not _cover(world).covers(noon)

    def test_a_moment_on_the_wall(self) -> None:
        """Brussels time, and nothing for no moment."""
        assert wall(datetime(2026, 7, 1, 20, 30, tzinfo=UTC)) == "22:30"
        assert wall(None) == ""
