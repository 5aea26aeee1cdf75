"""*Verwijderen*: capture → hide → grace → delete → read back, and its *Annuleren*."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from commands import due
from domain.errors import Gone, PlatformError
from domain.model import Ability
from domain.orders import CancelDelete, Delete, Hide, Reopen, Retry, Unhide
from domain.states import Marker, State, Visibility
from storage.tables import CaseRow, DeadlineRow, EvidenceRow
from tests.fakes.house import INSULT, World, denied, down, lost, stopped


def _mark(world: World, marker: Marker) -> None:
    with world.database.write() as session:
        case = session.get(CaseRow, world.case().id)
        case.markers = [*case.markers, marker.value]


class TestPress:
    """The press hides at once and plans the deletion."""

    def test_hides_and_starts_the_grace(self, world: World) -> None:
        """Hidden now, deleted in 60 seconds unless somebody cancels; nothing is deleted yet."""
        world.arrives()

        told = world.press(Delete, category="trollen", reason="ook al drie keer gewaarschuwd")

        assert (told.msgid, told.params) == ("Hidden now; deleted at {at} unless you cancel.", {"at": "10:01"})
        assert world.case().state == State.GEPLAND
        assert world.case().category == "trollen"
        assert world.view().planned.seconds == 60
        assert world.platform.hidden == {"2001_1"}
        assert world.platform.made("delete") == []

    def test_the_register_holds_category_and_digest_of_the_reason(self, world: World) -> None:
        """The house rule stands there as a code, what the person typed only as a salted digest."""
        world.arrives()
        world.press(Delete, category="trollen", reason="jan peeters van nummer 12")

        line = world.last("voornemen")
        assert line["categorie"] == "trollen"
        assert set(line["vingerafdrukken"]) == {"bewijs", "toelichting"}
        assert "peeters" not in str(world.lines())

    def test_needs_a_house_rule_that_was_broken(self, world: World) -> None:
        """On a service card the person must choose one; a service category is none."""
        world.arrives("vraag over parkeren")

        for category in ("", "vraag", "x" * 100):
            told = world.press(Delete, category=category)
            assert told.msgid == "Choose the house rule that was broken; this is none of them."
        assert world.case().state == State.NIEUW
        assert world.press(Delete, category="trollen").ok

    def test_without_evidence_nothing_happens(self, world: World) -> None:
        """The platform cannot be read: no capture, so nothing is hidden or planned and nothing is lost."""
        world.arrives()
        world.platform.faults["comment"] = [denied()]

        told = world.press(Delete)

        assert not told.ok
        assert world.case().state == State.MISLUKT
        assert world.is_true()
        assert world.platform.made("hide") == world.platform.made("delete") == []
        assert world.events()[-1] == "vastlegging_mislukt"

    def test_a_hide_that_fails_is_told_and_the_grace_goes_on(self, world: World) -> None:
        """It stays visible until it is deleted; a person asked for the deletion, not for the hiding."""
        world.arrives()
        world.platform.faults["hide"] = [down()]

        told = world.press(Delete)

        assert told.msgid == "Hiding failed, so it stays visible; deleted at {at} unless you cancel."
        assert world.case().state == State.GEPLAND
        assert world.told_of().visibility == Visibility.ZICHTBAAR
        world.later(seconds=60)
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_a_stopped_account_alarms_although_the_grace_goes_on(self, world: World) -> None:
        """What concerns the whole account is never hidden behind one card."""
        world.arrives()
        world.platform.faults["hide"] = [stopped()]
        world.press(Delete)

        assert len(world.alarms()) == 1

    def test_a_platform_that_cannot_hide_still_deletes(self, world: World) -> None:
        """Then the comment stays visible during the grace, and the presser is told."""
        world.arrives()
        world.platform.missing.add(Ability.HIDE)

        assert world.press(Delete).msgid.startswith("Hiding failed")
        assert world.platform.made("hide") == []

    def test_hidden_cases_can_be_deleted_too(self, world: World) -> None:
        """From handled: hidden first, deleted later."""
        world.arrives()
        world.press(Hide)

        assert world.press(Delete).ok
        world.later(seconds=60)
        assert world.platform.done("delete") == ["2001_1"]

    def test_pressed_twice(self, world: World) -> None:
        """The second reads that it is planned; there is one grace and one deletion."""
        world.arrives()
        world.give(Delete, by="noor")
        key = world.give(Delete, by="jef")
        world.run.work()

        assert world.answer(key).msgid == "{who} was first: deletion planned at {at}."
        world.later(seconds=60)
        assert world.platform.made("delete") == ["2001_1"]

    def test_what_is_deleted_cannot_be_deleted(self, world: World) -> None:
        """A stale card on which somebody presses once more: who did it, and nothing is overwritten."""
        world.arrives()
        world.press(Delete)
        world.later(seconds=60)

        told = world.press(Delete, by="jef")

        assert (told.msgid, told.params["who"]) == ("{who} was first: deleted at {at}.", "Noor V.")
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_a_legal_hold_forbids_it(self, world: World) -> None:
        """What must be kept may not be erased."""
        world.arrives()
        _mark(world, Marker.BEWAARPLICHT)

        assert world.press(Delete).msgid == "Legal hold: this may not be erased."
        assert world.case().state == State.NIEUW


class TestGrace:
    """Sixty seconds in which anybody of the team can stop it."""

    def test_deletes_when_it_is_over(self, world: World) -> None:
        """Captured again, deleted, read back, registered; nothing can undo it."""
        world.arrives()
        world.press(Delete)
        assert world.later(seconds=59) == 0

        assert world.later(seconds=1) == 1

        assert world.platform.comments == {}
        assert world.case().state == State.AFGEHANDELD
        assert world.told_of().visibility == Visibility.VERWIJDERD
        assert world.platform.calls[-2:] == [("delete", "2001_1"), ("comment", "2001_1")]
        assert world.events()[-3:] == ["vastgelegd", "voornemen", "uitkomst"]
        assert world.last("uitkomst")["uitkomst"] == "gelukt"
        assert world.verdict() == 0

    def test_ticks_twice(self, world: World) -> None:
        """Two clocks that see the same row do it once."""
        world.arrives()
        world.press(Delete)
        world.later(seconds=60)
        world.tick()

        assert world.platform.made("delete") == ["2001_1"]

    def test_cancel_makes_visible_again(self, world: World) -> None:
        """A colleague stops it: visible, open, and never deleted."""
        world.arrives()
        world.press(Delete)

        told = world.press(CancelDelete, by="jef")

        assert told.msgid == "Cancelled: visible again and open again."
        assert world.case().state == State.HEROPEND
        assert world.is_true()
        assert world.last("geannuleerd")["door"] == world.pseudonym("jef")
        world.later(minutes=5)
        assert world.platform.made("delete") == []

    def test_cancel_twice(self, world: World) -> None:
        """The second finds nothing to cancel."""
        world.arrives()
        world.press(Delete)
        world.press(CancelDelete)

        assert world.press(CancelDelete).msgid == "This card is open again; that command has nothing to undo."
        assert world.platform.made("unhide") == ["2001_1"]

    def test_cancel_that_the_platform_refuses_still_stops_it(self, world: World) -> None:
        """Not deleted whatever happens; showing it again is tried later."""
        world.arrives()
        world.press(Delete)
        world.platform.faults["unhide"] = [down()]

        assert not world.press(CancelDelete).ok
        assert world.case().state == State.MISLUKT
        world.later(seconds=60)

        assert world.platform.made("delete") == []
        assert world.case().state == State.HEROPEND
        assert world.is_true()

    def test_cancel_too_late(self, world: World) -> None:
        """While it is being deleted the presser hears who is busy."""
        world.arrives()
        world.press(Delete)
        world.clock.advance(_seconds(60))
        world.store(lambda c: _tick(world, c))
        with world.between(after=1):
            told = world.press(CancelDelete, by="jef")

        assert told.msgid == "{who} has been busy with this card since {at}."
        assert world.case().state == State.AFGEHANDELD

    def test_an_edit_stops_it(self, world: World) -> None:
        """The push of an edit within the grace: open again, nothing deleted, still hidden for a person to look at."""
        world.arrives()
        world.press(Delete)

        world.edits(INSULT + " sorry")
        world.later(seconds=60)

        assert world.case().state == State.HEROPEND
        assert world.platform.made("delete") == []
        assert Marker.AANGEPAST.value in world.case().markers
        assert world.press(Unhide).ok

    def test_an_edit_that_nobody_pushed_stops_it(self, world: World) -> None:
        """The capture at the last moment sees another text: it is kept as a new version and nothing is deleted."""
        world.arrives()
        world.press(Delete)
        world.comment(INSULT + " sorry")

        world.later(seconds=60)

        assert world.case().state == State.HEROPEND
        assert world.told_of().text == INSULT + " sorry"
        assert world.told_of().version == 2
        assert world.platform.made("delete") == []
        assert world.later(minutes=5) == 0

    def test_an_unwatched_grace_is_shown_again(self, world: World) -> None:
        """Everything was down for an hour: sixty fresh seconds before anything is lost."""
        world.arrives()
        world.press(Delete)

        world.later(hours=1)
        assert world.case().state == State.GEPLAND
        assert world.view().planned.due == world.clock.now() + _seconds(60)
        assert world.platform.made("delete") == []

        world.later(seconds=60)
        assert world.platform.made("delete") == ["2001_1"]

    @pytest.mark.parametrize(("late", "deleted"), [(75, True), (76, False)])
    def test_how_late_is_unwatched(self, world: World, *, late: int, deleted: bool) -> None:
        """Up to fifteen seconds late counts as on time."""
        world.arrives()
        world.press(Delete)

        world.later(seconds=late)

        assert (world.platform.made("delete") == ["2001_1"]) is deleted

    def test_cancelled_while_the_tick_was_on_its_way(self, world: World) -> None:
        """The clock had seen the row; the row says that it is off."""
        world.arrives()
        world.press(Delete)
        world.give(CancelDelete)
        world.clock.advance(_seconds(60))
        world.store(lambda c: _tick(world, c))
        world.run.work()

        assert world.platform.made("delete") == []

    def test_held_by_another_order(self, world: World) -> None:
        """Somebody has the case at that very moment: not deleted."""
        world.arrives()
        world.press(Delete)
        with world.database.write() as session:
            session.get(CaseRow, world.case().id).doing_order = 99
        world.later(seconds=60)

        assert world.platform.made("delete") == []

    def test_a_legal_hold_stops_it(self, world: World) -> None:
        """Set within the grace: the case is open again, and the register says why."""
        world.arrives()
        world.press(Delete)
        _mark(world, Marker.BEWAARPLICHT)

        world.later(seconds=60)

        assert world.case().state == State.HEROPEND
        assert world.last("geannuleerd")["reden"] == "bewaarplicht"
        assert world.platform.made("delete") == []
        assert world.later(minutes=5) == 0

    def test_a_legal_hold_stops_a_second_try(self, world: World) -> None:
        """Also a deletion that failed and would be tried again."""
        world.arrives()
        world.press(Delete)
        world.platform.faults["delete"] = [down()]
        world.later(seconds=60)
        _mark(world, Marker.BEWAARPLICHT)

        world.later(seconds=30)

        assert world.case().state == State.HEROPEND
        assert world.platform.made("delete") == ["2001_1"]

    def test_the_author_removes_it_first(self, world: World) -> None:
        """The push within the grace ends the case; nothing is asked of the platform any more."""
        world.arrives()
        world.press(Delete)

        world.author_deletes()
        world.later(seconds=60)

        assert world.case().state == State.AFGEHANDELD
        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD
        assert world.platform.made("delete") == []

    def test_the_author_removes_it_unseen(self, world: World) -> None:
        """Found out by the capture at the last moment: the author did it, not the team."""
        world.arrives()
        world.press(Delete)
        world.platform.author_deletes("2001_1")

        world.later(seconds=60)

        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD
        assert world.case().done_by == "nabij"
        assert world.platform.made("delete") == []

    def test_gone_at_the_very_moment(self, world: World) -> None:
        """Removed between capture and call: gone is gone, and that is registered as such."""
        world.arrives()
        world.press(Delete)
        world.platform.faults["delete"] = [_gone()]

        world.later(seconds=60)

        assert world.case().state == State.AFGEHANDELD
        assert world.last("uitkomst")["uitkomst"] == "reeds_weg"

    def test_a_lost_ability_stops_it(self, world: World) -> None:
        """The permission to delete was taken away within the grace: refused, and a person decides."""
        world.arrives()
        world.press(Delete)
        world.platform.missing.add(Ability.DELETE)

        world.later(seconds=60)

        assert world.case().state == State.MISLUKT
        assert world.platform.made("delete") == []

    def test_no_grace_at_all(self, tmp_path: Path) -> None:
        """A team may set the grace to nothing: deleted at the next tick."""
        world = World(tmp_path, delete_grace_s=0)
        world.arrives()
        world.press(Delete)

        world.later(seconds=1)
        assert world.platform.made("delete") == ["2001_1"]


class TestProof:
    """Evidence before harm: no deletion without a committed, young capture of the text that was judged."""

    def test_evidence_that_grew_old_between_steps(self, world: World) -> None:
        """The process lay still for hours between intent and act: refused, captured again, then deleted."""
        world.arrives()
        world.press(Delete)
        world.clock.advance(_seconds(60))
        world.store(lambda c: _tick(world, c))
        with world.between(after=3):
            world.clock.advance(_seconds(3 * 3600))

        assert world.platform.made("delete") == []
        assert world.case().state == State.MISLUKT
        assert world.case().trouble["code"] == "bewijs"
        world.later(seconds=30)
        assert world.platform.done("delete") == ["2001_1"]

    def test_evidence_that_is_not_there(self, world: World) -> None:
        """The capture is not in the database (a copy was put back): nothing is deleted."""
        world.arrives()
        world.press(Delete)
        world.clock.advance(_seconds(60))
        world.store(lambda c: _tick(world, c))
        with world.between(after=3), world.database.write() as session:
            session.query(EvidenceRow).delete()

        assert world.platform.made("delete") == []
        assert world.case().trouble["msgid"].startswith("There is no evidence of this text")

    def test_a_platform_that_only_says_so(self, world: World) -> None:
        """Read back, the comment is still there: failed, and tried again."""
        world.arrives()
        world.press(Delete)
        world.platform.deaf.add("delete")
        world.later(seconds=60)

        assert world.case().trouble["msgid"] == "{platform} said that it was deleted, but it is still there."
        world.platform.deaf.clear()
        world.later(seconds=30)
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_reading_back_fails(self, world: World) -> None:
        """The platform said that it was deleted and cannot be read now: its word stands."""
        world.arrives()
        world.press(Delete)
        world.platform.faults["comment"] = [None, down()]
        world.later(seconds=60)

        assert world.case().state == State.AFGEHANDELD

    @pytest.mark.parametrize("after", [False, True])
    def test_an_answer_that_got_lost(self, world: World, *, after: bool) -> None:
        """Looked up: gone counts as deleted, still there as failed and tried again."""
        world.arrives()
        world.press(Delete)
        world.platform.faults["delete"] = [lost()]
        world.platform.after_effect = {"delete"} if after else set()

        world.later(seconds=60)
        assert world.case().state == (State.AFGEHANDELD if after else State.MISLUKT)
        world.later(seconds=30)

        assert world.told_of().visibility == Visibility.VERWIJDERD
        assert world.platform.done("delete") == ["2001_1"]
        assert world.open_intents() == []

    def test_an_answer_lost_while_nothing_can_be_read(self, world: World) -> None:
        """*Onbekend* until the platform can be asked; then it turns out to have worked, and it was the team."""
        world.arrives()
        world.press(Delete)
        world.platform.faults = {"delete": [lost()], "comment": [None, down()]}
        world.platform.after_effect = {"delete"}
        world.later(seconds=60)
        assert world.told_of().visibility == Visibility.ONBEKEND
        assert world.last("uitkomst")["uitkomst"] == "onbekend"

        world.author_deletes()  # the echo of our own act, which must not be taken for the author's
        world.later(seconds=30)

        assert world.told_of().visibility == Visibility.VERWIJDERD
        assert world.case().done_by == "noor"
        assert world.last("uitkomst")["uitkomst"] == "reeds_weg"

    def test_retry_by_a_person(self, world: World) -> None:
        """A deletion that failed for good is tried again by whoever presses: no second grace, fresh evidence."""
        world.arrives()
        world.press(Delete)
        world.platform.faults["delete"] = [denied()]
        world.later(seconds=60)

        told = world.press(Retry, by="jef")

        assert told.msgid == "Deleted at {at}; this cannot be undone."
        assert world.rows(DeadlineRow)[-1].closed_at is not None
        assert world.press(Reopen).msgid == "{who} was first: deleted at {at}."


def _gone() -> PlatformError:
    return Gone("Facebook says the comment does not exist.", code="100/33")


def _seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def _tick(world: World, connection: sa.Connection) -> int:
    return due.tick(world.house, world.run, connection)
