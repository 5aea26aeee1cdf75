"""Reconcile: an intent without an outcome is asked of the platform."""

from datetime import timedelta

from commands import due, reconcile
from domain.orders import Delete, Hide, Leave
from domain.states import State, Visibility
from tests.fakes.house import World, down

INTENT, ACT = 3, 4
"""Steps of an act after which its workflow is lost."""


def _lose(world: World, *, after: int) -> None:
    """The work of a hide ends in an error between intent and outcome, and the card stays *bezig*."""
    world.arrives()
    world.give(Hide)
    with world.between(after=after) as lying:
        lying.clear()
    assert len(world.open_intents()) == 1


def _sweep(world: World, **later: float) -> int:
    world.clock.advance(timedelta(**later))
    return world.sweep()


class TestReconcile:
    """The platform says what is true; that is concluded as if it had just answered."""

    def test_it_had_worked(self, world: World) -> None:
        """Hidden there: hidden here, by who asked for it; the case is free."""
        _lose(world, after=ACT)

        assert _sweep(world, minutes=6) == 1

        case = world.case()
        assert (case.state, case.done_by, case.doing_order) == (State.AFGEHANDELD, "noor", None)
        assert world.last("uitkomst")["uitkomst"] == "gelukt"
        assert world.is_true()
        assert world.verdict() == 0

    def test_it_had_not(self, world: World) -> None:
        """Still visible: failed, and tried again."""
        _lose(world, after=INTENT)
        _sweep(world, minutes=6)

        assert world.case().state == State.MISLUKT
        assert world.last("uitkomst")["uitkomst"] == "mislukt"
        world.later(seconds=30)
        assert world.case().state == State.AFGEHANDELD

    def test_it_is_gone(self, world: World) -> None:
        """The author was first."""
        _lose(world, after=INTENT)
        world.platform.author_deletes("2001_1")
        _sweep(world, minutes=6)

        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD
        assert world.case().state == State.AFGEHANDELD

    def test_a_deletion_that_had_worked(self, world: World) -> None:
        """Gone after our own call counts as deleted by us."""
        world.arrives()
        world.press(Delete)
        world.clock.advance(timedelta(seconds=60))
        world.store(lambda connection: due.tick(world.house, world.run, connection))
        with world.between(after=ACT) as lying:
            lying.clear()
        _sweep(world, minutes=6)

        assert world.told_of().visibility == Visibility.VERWIJDERD
        assert world.case().state == State.AFGEHANDELD

    def test_a_young_intent_is_left_alone(self, world: World) -> None:
        """It is simply being carried out."""
        _lose(world, after=INTENT)

        assert _sweep(world, minutes=5) == 0

    def test_nobody_can_tell(self, world: World) -> None:
        """The platform is down or the account is gone: the intent stays open, and verifying says so."""
        _lose(world, after=INTENT)
        world.platform.faults["comment"] = [down()]
        _sweep(world, minutes=6)
        assert len(world.open_intents()) == 1

        platforms = world.house.platforms
        object.__setattr__(world.house, "platforms", {})
        assert _sweep(world, minutes=10) == 1
        assert len(world.open_intents()) == 1

        object.__setattr__(world.house, "platforms", platforms)
        _sweep(world, minutes=10)
        assert world.open_intents() == []

    def test_two_sweeps_at_once(self, world: World) -> None:
        """One of them settles it."""
        _lose(world, after=ACT)
        world.clock.advance(timedelta(minutes=6))
        seq = world.open_intents()[0].seq
        for name in ("a", "b"):
            world.store(lambda c, name=name: world.run.start(c, "klok", reconcile.RECONCILE, name, seq))
        world.run.work()

        assert world.events().count("uitkomst") == 1

    def test_between_asking_and_settling(self, world: World) -> None:
        """Another was faster: nothing is settled twice."""
        _lose(world, after=ACT)
        world.clock.advance(timedelta(minutes=6))
        seq = world.open_intents()[0].seq
        world.store(lambda c: world.run.start(c, "klok", reconcile.RECONCILE, "a", seq))
        with world.between(after=1):
            world.sweep()

        assert world.events().count("uitkomst") == 1

    def test_the_work_goes_on_after_all(self, world: World) -> None:
        """A process that lay still concludes after the reconciling: both outcomes are kept, the truth stands."""
        world.arrives()
        world.give(Hide)
        with world.between(after=INTENT):
            _sweep(world, minutes=6)
            assert world.case().state == State.MISLUKT
            world.press(Leave, by="jef")

        assert [line["uitkomst"] for line in world.lines() if line["gebeurtenis"] == "uitkomst"] == [
            "mislukt",
            "gelukt",
        ]
        assert (world.case().done_word, world.case().done_by) == ("laten_staan", "jef")
        assert world.is_true()
        assert world.open_intents() == []

    def test_the_work_goes_on_and_fails(self, world: World) -> None:
        """As before, but the platform refuses: the decision of the colleague stands."""
        world.arrives()
        world.give(Hide)
        with world.between(after=INTENT):
            _sweep(world, minutes=6)
            world.press(Leave, by="jef")
            world.platform.faults["hide"] = [down()]

        assert world.case().state == State.AFGEHANDELD
        assert world.is_true()

    def test_the_work_goes_on_and_the_author_removed_it(self, world: World) -> None:
        """What is gone stays gone, although the old work had its effect just before."""
        world.arrives()
        world.give(Hide)
        with world.between(after=ACT):
            _sweep(world, minutes=6)
            world.author_deletes()

        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD
        assert world.case().done_by == "nabij"
