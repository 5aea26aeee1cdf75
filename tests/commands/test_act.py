"""The way of an act when something goes wrong: on the platform, in between, or in ourselves."""

import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa

from commands import due, give
from commands.case import load, take
from domain.errors import Expected
from domain.model import Ability, Capability, ChangeKind, Way
from domain.orders import (
    CancelDelete,
    Claim,
    Delete,
    DoneByHand,
    Hide,
    Leave,
    Order,
    Release,
    RemoveTurn,
    Reopen,
    Retry,
    Unhide,
)
from domain.states import Marker, State, Visibility
from storage.tables import AccountRow, CaseRow, EvidenceRow
from tests.fakes.house import INSULT, World, denied, down, lost, slow, stopped


class TestStaleText:
    """A decision is bound to the text that was seen."""

    @pytest.mark.parametrize("kind", [Hide, Leave, Delete])
    def test_an_old_card(self, world: World, kind: type[Order]) -> None:
        """Pressed on a card of before the edit: nothing is executed, the case is as it was."""
        world.arrives()
        world.edits(INSULT + " en meer")

        told = world.press(kind, seen_version=1)

        assert told.msgid == "The text changed since you saw this. Nothing was done; look at it again."
        assert world.case().state == State.NIEUW
        assert world.case().doing_order is None
        assert world.platform.made("hide") == []

    def test_changed_on_the_platform_and_not_told_yet(self, world: World) -> None:
        """The capture sees the new text: it is kept, judged again, and the card is drawn again; nothing is done."""
        world.arrives()
        revision = world.case().revision
        world.comment("bedreiging nu")

        told = world.press(Hide)

        assert told.msgid.startswith("The text changed since you saw this.")
        assert (world.told_of().version, world.told_of().text) == (2, "bedreiging nu")
        assert world.case().category == "bedreiging"
        assert Marker.AANGEPAST.value in world.case().markers
        assert world.case().revision > revision
        assert world.platform.made("hide") == []
        assert "voornemen" not in world.events()
        assert [row.version for row in world.rows(EvidenceRow) if row.moment == "verbergen"] == [2]

    def test_an_edit_between_press_and_capture(self, world: World) -> None:
        """The push of an edit was stored after the case was taken: the presser never saw that text."""
        world.arrives()
        key = world.give(Hide)
        with world.between(after=1):
            world.edits(INSULT + " en meer")

        assert world.answer(key).msgid.startswith("The text changed since you saw this.")
        assert world.platform.made("hide") == []
        assert world.case().doing_order is None

    def test_a_claim_asks_for_no_text(self, world: World) -> None:
        """Who takes a card does not judge yet."""
        world.arrives()
        world.edits(INSULT + " en meer")

        assert world.press(Claim, seen_version=1).ok
        assert world.press(Release, seen_version=1).ok


class TestPlatformFails:
    """Nothing is lost, a red line says what is true, and what happens now."""

    def test_it_may_pass(self, world: World) -> None:
        """Tried again by the clock after half a minute, as the same order."""
        world.arrives()
        world.platform.faults["hide"] = [down()]

        told = world.press(Hide)

        view = world.view()
        assert (told.ok, told.params["code"]) == (False, "2")
        assert (view.state, view.trouble.code, view.trouble.command, view.trouble.by) == (
            State.MISLUKT,
            "2",
            "verbergen",
            "noor",
        )
        assert (view.trouble.retry_at - world.clock.now()).total_seconds() == 30
        assert world.last("uitkomst")["uitkomst"] == "mislukt"

        world.later(seconds=30)
        assert world.case().state == State.AFGEHANDELD
        assert world.case().done_by == "noor"
        assert world.view().trouble is None
        assert world.verdict() == 0

    def test_the_wait_doubles_and_ends(self, world: World) -> None:
        """30, 60, 120, 240 seconds; the fifth failure leaves it to a person."""
        world.arrives()
        world.platform.faults["hide"] = [down() for _ in range(5)]
        world.press(Hide)

        for wait in (30, 60, 120, 240):
            assert world.later(seconds=wait - 1) == 0
            assert world.later(seconds=1) == 1

        assert world.case().trouble["tries"] == 5
        assert world.view().trouble.retry_at is None
        assert world.later(days=1) == 0
        assert world.press(Retry, by="jef").ok

    def test_another_order_counts_its_own_tries(self, world: World) -> None:
        """What one order failed at is not held against the next."""
        world.arrives()
        world.platform.faults["hide"] = [down(), down()]
        world.press(Hide)
        world.later(seconds=30)
        assert world.case().trouble["tries"] == 2

        world.platform.faults["comment"] = [down()]
        world.press(Delete)

        assert world.case().trouble["tries"] == 1

    def test_too_fast(self, world: World) -> None:
        """The platform says how long to wait, and that is how long it is."""
        world.arrives()
        world.platform.faults["hide"] = [slow(90)]
        world.press(Hide)

        assert world.later(seconds=89) == 0
        assert world.later(seconds=1) == 1
        assert world.case().state == State.AFGEHANDELD

    def test_too_fast_without_a_figure(self, world: World) -> None:
        """Then our own wait counts."""
        world.arrives()
        world.platform.faults["hide"] = [slow()]
        world.press(Hide)

        assert world.later(seconds=30) == 1

    def test_never(self, world: World) -> None:
        """Refused for good: nothing is tried by itself."""
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        world.press(Hide)

        assert world.case().trouble["retry_at"] is None
        assert world.later(days=1) == 0

    def test_the_account_is_stopped(self, world: World) -> None:
        """An alarm for everybody, and no call to that account until a person mended it."""
        world.arrives()
        world.platform.faults["hide"] = [stopped()]
        world.press(Hide)
        calls = len(world.platform.calls)

        alarm = world.alarms()[0]
        assert alarm.params == {"account": "Gentse Flikken", "code": "190"}
        assert world.row(AccountRow, ("facebook", "1001")).stopped_code == "190"

        told = world.press(Retry)
        assert told.msgid == "{platform} stopped this account (code {code}), so nothing is sent until that is mended."
        assert len(world.platform.calls) == calls
        assert len(world.alarms()) == 1

    def test_the_account_was_taken_out_when_it_stopped(self, world: World) -> None:
        """The alarm then names it by its id."""
        world.arrives()
        world.give(Hide)
        with world.between(after=1):
            object.__setattr__(world.settings, "accounts", ())
            world.platform.faults["hide"] = [stopped()]

        assert world.alarms()[0].params["account"] == "1001"

    @pytest.mark.parametrize("after", [False, True])
    def test_the_answer_got_lost(self, world: World, *, after: bool) -> None:
        """The platform is asked what is true: hidden is done, visible is tried again; one effect either way."""
        world.arrives()
        world.platform.faults["hide"] = [lost()]
        world.platform.after_effect = {"hide"} if after else set()

        assert world.press(Hide).ok is after
        world.later(seconds=30)

        assert world.case().state == State.AFGEHANDELD
        assert world.platform.done("hide") == ["2001_1"]
        assert world.is_true()

    def test_the_answer_got_lost_and_the_comment_too(self, world: World) -> None:
        """Its author removed it in between."""
        world.arrives()
        world.platform.faults["hide"] = [lost()]
        world.platform.after_effect = {"hide"}
        hide = world.platform.hide

        def hide_and_vanish(comment: str) -> None:
            try:
                hide(comment)
            finally:
                world.platform.author_deletes(comment)

        world.platform.hide = hide_and_vanish
        told = world.press(Hide)

        assert told.msgid == "The author removed it; the evidence is kept."
        assert world.last("uitkomst")["uitkomst"] == "reeds_weg"

    def test_nobody_knows(self, world: World) -> None:
        """Lost, and the platform cannot be read: the card says *onbekend*; the next try finds out."""
        world.arrives()
        world.platform.faults = {"hide": [lost()], "comment": [None, down()]}
        world.platform.after_effect = {"hide"}
        world.press(Hide)

        assert world.told_of().visibility == Visibility.ONBEKEND
        assert world.last("uitkomst")["uitkomst"] == "onbekend"
        world.later(seconds=30)
        assert world.told_of().visibility == Visibility.VERBORGEN
        assert world.platform.done("hide") == ["2001_1"]


class TestGone:
    """The author was first."""

    def test_found_out_by_the_capture(self, world: World) -> None:
        """The case ends; the evidence of the arrival is kept."""
        world.arrives()
        world.platform.author_deletes("2001_1")

        told = world.press(Hide)

        assert told.msgid == "The author removed it; the evidence is kept."
        assert world.case().state == State.AFGEHANDELD
        assert world.view().done.by == "nabij"
        assert world.platform.made("hide") == []
        assert world.events().count("auteur_verwijderd") == 1

    def test_told_while_the_act_is_under_way(self, world: World) -> None:
        """The push comes between intent and outcome: the outcome ends the case, once."""
        world.arrives()
        world.give(Hide)
        with world.between(after=3):
            world.author_deletes()

        assert world.case().state == State.AFGEHANDELD
        assert world.case().doing_order is None
        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD
        assert world.events().count("auteur_verwijderd") == 1
        assert world.open_intents() == []

    def test_told_after_the_effect(self, world: World) -> None:
        """Hidden, then removed by its author before the outcome was written: removed is what counts."""
        world.arrives()
        world.give(Delete)
        with world.between(after=4):
            world.author_deletes()

        assert world.case().state == State.AFGEHANDELD
        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD
        assert world.last("uitkomst")["uitkomst"] == "gelukt"
        assert world.later(minutes=2) == 0

    def test_told_before_a_failure(self, world: World) -> None:
        """A refusal about a comment that is gone ends the case too: there is nothing to try again."""
        world.arrives()
        world.give(Hide)
        with world.between(after=3):
            world.platform.faults["hide"] = [denied()]
            world.told(ChangeKind.VERWIJDERD)  # still readable, so not believed
        assert world.case().state == State.MISLUKT
        world.author_deletes()

        assert world.case().state == State.AFGEHANDELD
        assert world.view().trouble is None

    def test_a_refusal_after_the_push(self, world: World) -> None:
        """The push was stored, then the platform refuses: not *mislukt*, but gone."""
        world.arrives()
        world.give(Hide)
        with world.between(after=3):
            world.author_deletes()
            world.platform.faults["hide"] = [denied()]

        assert world.case().state == State.AFGEHANDELD
        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD


class TestCaptureFails:
    """Hiding goes on with a note, because it can be undone; nothing else does."""

    def test_hiding_goes_on(self, world: World) -> None:
        """The register says that there was no capture, and the comment is hidden."""
        world.arrives()
        world.platform.faults["comment"] = [down()]

        assert world.press(Hide).ok

        assert world.events()[-3:] == ["vastlegging_mislukt", "voornemen", "uitkomst"]
        assert "vingerafdrukken" not in world.last("voornemen")

    def test_what_is_incomplete_is_told(self, world: World) -> None:
        """The comments before it could not be read: a capture, with a note."""
        world.arrives()
        world.platform.faults["preceding"] = [down()]
        world.press(Hide)

        assert [line.get("reden") for line in world.lines() if line["gebeurtenis"] == "vastgelegd"][-1] == "onvolledig"
        assert world.rows(EvidenceRow)[-1].missing == ["voorafgaande reacties (Transient)"]


class TestRetry:
    """*Opnieuw proberen*: the act that failed, by whoever presses."""

    def test_by_a_colleague(self, world: World) -> None:
        """The presser is told how it went and stands in the register as who did it, beside who asked first."""
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        world.press(Hide, by="noor")

        told = world.press(Retry, by="jef")

        assert told.msgid == "Hidden at {at}."
        assert (world.case().done_word, world.case().done_by) == ("verbergen", "jef")
        line = world.last("uitkomst")
        assert (line["door"], line["tweede"]) == (world.pseudonym("jef"), world.pseudonym("noor"))

    def test_that_fails_again(self, world: World) -> None:
        """The presser hears why; the card stays red."""
        world.arrives()
        world.platform.faults["hide"] = [denied(), denied()]
        world.press(Hide)

        told = world.press(Retry)

        assert (told.ok, told.msgid) == (False, "Facebook refused this call (code {code}).")
        assert world.case().state == State.MISLUKT
        assert world.case().doing_order is None

    def test_pressed_twice(self, world: World) -> None:
        """One try; the second reads that it was done."""
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        world.press(Hide)
        world.give(Retry)
        key = world.give(Retry, by="jef")
        world.run.work()

        assert world.answer(key).msgid == "{who} was first: hidden at {at}."
        assert world.platform.done("hide") == ["2001_1"]

    def test_while_the_clock_tries(self, world: World) -> None:
        """Person and clock at once: one of them does it."""
        world.arrives()
        world.platform.faults["hide"] = [down()]
        world.press(Hide)
        world.give(Retry, by="jef")
        world.later(seconds=30)

        assert world.case().done_by == "jef"
        assert world.platform.made("hide") == ["2001_1", "2001_1"]
        assert world.later(minutes=5) == 0

    def test_the_clock_while_a_person_is_busy(self, world: World) -> None:
        """The clock comes while the case is held: it leaves it to the person."""
        world.arrives()
        world.platform.faults["hide"] = [down()]
        world.press(Hide)
        world.clock.advance(timedelta(seconds=30))
        world.store(lambda c: due.tick(world.house, world.run, c))
        world.give(Leave, by="jef")
        world.run.waiting.rotate(1)
        world.run.work()

        assert world.case().done_word == "laten_staan"
        assert world.platform.made("hide") == ["2001_1"]

    def test_after_an_edit_there_is_nothing_to_try(self, world: World) -> None:
        """The text changed, so the failed decision is void: open again, and the clock leaves it."""
        world.arrives()
        world.platform.faults["hide"] = [down()]
        world.press(Hide)
        world.edits(INSULT + " sorry")

        assert world.case().state == State.HEROPEND
        assert world.later(minutes=5) == 0
        assert world.press(Retry).msgid == "This card is open again; that command has nothing to undo."

    def test_an_edit_that_nobody_pushed(self, world: World) -> None:
        """Found out by the second try: void as well."""
        world.arrives()
        world.platform.faults["hide"] = [down()]
        world.press(Hide)
        world.comment(INSULT + " sorry")
        world.later(seconds=30)

        assert world.case().state == State.HEROPEND
        assert world.view().trouble is None

    def test_another_decision_instead(self, world: World) -> None:
        """A failed hide may be left standing after all; the clock then leaves it."""
        world.arrives()
        world.platform.faults["hide"] = [down()]
        world.press(Hide)

        assert world.press(Leave, by="jef").ok
        assert world.later(minutes=5) == 0
        assert world.view().trouble is None


class TestDoneByHand:
    """*Manueel gedaan*: a person did on the platform what Nabij could not; the card names that person."""

    def _failed(self, world: World, kind: type[Order], call: str) -> None:
        world.platform.faults[call] = [denied()]
        world.press(kind, by="jef")
        assert world.case().state == State.MISLUKT

    def test_hidden_by_hand(self, world: World) -> None:
        """Hidden by who did it, marked *manueel*, with who asked for it as the second."""
        world.arrives()
        self._failed(world, Hide, "hide")
        world.platform.hidden.add("2001_1")

        told = world.press(DoneByHand, by="noor")

        view = world.view()
        assert told.msgid == "Hidden at {at}."
        assert (view.done.command, view.done.by, Marker.MANUEEL in view.markers) == ("verbergen", "noor", True)
        line = world.last("manueel")
        assert (line["handeling"], line["door"], line["tweede"]) == (
            "verbergen",
            world.pseudonym("noor"),
            world.pseudonym("jef"),
        )
        assert world.is_true()
        assert world.later(minutes=5) == 0

    def test_by_hand_by_who_asked(self, world: World) -> None:
        """Then there is no second."""
        world.arrives()
        self._failed(world, Hide, "hide")
        world.press(DoneByHand, by="jef")

        assert "tweede" not in world.last("manueel")

    def test_shown_by_hand(self, world: World) -> None:
        """Visible again and open again; a later decision by Nabij is no longer *manueel*."""
        world.arrives()
        world.press(Hide)
        self._failed(world, Unhide, "unhide")
        world.platform.hidden.clear()

        assert world.press(DoneByHand).msgid == "Visible again at {at}."
        assert world.case().state == State.HEROPEND
        assert world.is_true()
        world.press(Hide)
        assert Marker.MANUEEL.value not in world.case().markers

    def test_deleted_by_hand(self, world: World) -> None:
        """Deleted, without a grace: it is gone already."""
        world.arrives()
        world.press(Delete)
        world.platform.faults["delete"] = [denied()]
        world.later(seconds=60)
        world.platform.author_deletes("2001_1")

        assert world.press(DoneByHand).msgid == "Deleted at {at}; this cannot be undone."
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_deleted_by_hand_before_the_grace(self, world: World) -> None:
        """The press itself failed for want of evidence; who deletes by hand is not given a grace afterwards."""
        world.arrives()
        self._failed(world, Delete, "comment")
        world.platform.author_deletes("2001_1")
        world.press(DoneByHand)

        assert world.case().state == State.AFGEHANDELD
        assert world.later(minutes=2) == 0

    def test_cancelled_by_hand(self, world: World) -> None:
        """The deletion is off and the comment was shown by hand."""
        world.arrives()
        world.press(Delete)
        self._failed(world, CancelDelete, "unhide")
        world.platform.hidden.clear()

        assert world.press(DoneByHand).msgid == "Cancelled: visible again and open again."
        assert world.is_true()

    def test_pressed_twice(self, world: World) -> None:
        """The second reads who did it."""
        world.arrives()
        self._failed(world, Hide, "hide")
        world.press(DoneByHand, by="noor")

        told = world.press(DoneByHand, by="jef")
        assert (told.msgid, told.params["who"]) == ("{who} was first: hidden at {at}.", "Noor V.")

    def test_a_red_card_has_nothing_to_undo(self, world: World) -> None:
        """The other buttons of a handled card say what to do first."""
        world.arrives()
        self._failed(world, Hide, "hide")

        told = world.press(Reopen)
        assert told.msgid == "The last act failed; try it again or say that it was done by hand."

    def test_nothing_failed(self, world: World) -> None:
        """A case that did not fail has nothing to be done by hand."""
        world.arrives()

        assert world.press(DoneByHand).msgid == "This card is open again; that command has nothing to undo."


class TestUnforeseen:
    """What nobody foresaw gets a number: told to the presser, on the card and in the log; the case is free again."""

    def test_in_the_middle_of_an_act(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The same number everywhere; other decisions remain possible."""
        world.arrives()
        monkeypatch.setattr(world.platform, "hide", _bug)
        with caplog.at_level(logging.ERROR):
            told = world.press(Hide)

        reference = told.params["reference"]
        assert told.msgid.startswith("Something went wrong that nobody foresaw.")
        assert len(reference) == 6
        assert reference in caplog.text
        assert world.view().trouble.reference == reference
        assert world.case().doing_order is None
        assert world.run.failed == ["opdracht:druk-1"]

        assert world.press(Retry).msgid == "There is nothing to try again on this card."
        assert world.press(DoneByHand).msgid == "There is nothing on this card that could be done by hand."
        assert world.press(Leave).ok

    def test_never_frees_the_case_of_somebody_else(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bug in one order leaves the hold of another alone."""
        world.arrives()
        first = world.give(Hide, by="noor")
        with world.between(after=1):
            monkeypatch.setitem(give.HANDLERS, "neem_ik", _bug)
            assert "reference" in world.press(Claim, by="jef").params
            assert world.case().doing_by == "noor"

        assert world.answer(first).ok
        assert world.case().state == State.AFGEHANDELD
        assert world.case().done_by == "noor"

    def test_about_no_case(
        self, world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An order about the calendar gets a number as well; no card turns red for it."""
        world.arrives()
        monkeypatch.setitem(give.HANDLERS, "wacht_wissen", _bug)
        with caplog.at_level(logging.ERROR):
            told = world.ask(RemoveTurn(turn_id=1, by="jef"))

        assert not told.ok
        assert told.params["reference"] in caplog.text
        assert (world.case().state, world.view().trouble) == (State.NIEUW, None)

    def test_in_a_second_try(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The case that is held for the first order is freed by the one that tried it again."""
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        world.press(Hide)
        monkeypatch.setattr(world.platform, "hide", _bug)

        assert "reference" in world.press(Retry, by="jef").params
        assert world.case().doing_order is None
        assert world.case().state == State.MISLUKT

    def test_when_a_grace_is_over(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Work of the clock is guarded in the same way."""
        world.arrives()
        world.press(Delete)
        monkeypatch.setattr(world.platform, "delete", _bug)
        world.later(seconds=60)

        assert world.case().state == State.MISLUKT
        assert world.view().trouble.reference
        assert world.case().doing_order is None

    def test_its_open_intent_is_asked_later(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The act may have worked: the platform is asked, and the case carried through."""
        world.arrives()
        hide = world.platform.hide
        monkeypatch.setattr(world.platform, "hide", lambda comment: (hide(comment), _bug()))
        world.press(Hide)
        assert len(world.open_intents()) == 1

        world.clock.advance(timedelta(minutes=6))
        assert world.sweep() == 1

        assert world.case().state == State.AFGEHANDELD
        assert world.is_true()
        assert world.open_intents() == []
        assert world.verdict() == 0


class TestByHandOnly:
    """An ability that exists by hand only is never called."""

    def test_the_press_says_that_a_person_did_it(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Its dialog is a list of steps, so the press is registered as done by hand; no call was made."""
        world.arrives()
        by_hand = {each: Capability(Way.MANUEEL) for each in Ability}
        monkeypatch.setattr(world.platform, "capabilities", lambda: by_hand)

        assert world.press(Hide).ok
        assert world.platform.made("hide") == []
        assert (world.events()[-1], world.told_of().visibility) == ("manueel", Visibility.VERBORGEN)

    def test_an_undo_without_steps_turns_red(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """*Annuleren* asks for nothing, so nobody said that it was done: the card offers *Manueel gedaan*."""
        world.arrives()
        world.press(Delete)
        by_hand = {each: Capability(Way.MANUEEL) for each in Ability}
        monkeypatch.setattr(world.platform, "capabilities", lambda: by_hand)

        assert not world.press(CancelDelete).ok
        assert world.platform.made("unhide") == []
        assert world.press(DoneByHand).ok


def _bug(*_args: object) -> None:
    raise ZeroDivisionError


class TestLoser:
    """One conditional update decides between two presses, whatever either has read before."""

    @pytest.mark.parametrize(
        ("change", "msgid"),
        [
            ({"doing_order": 99, "doing_by": "jef"}, "{who} has been busy with this card since {at}."),
            ({"state": "afgehandeld", "done_word": "verbergen", "done_by": "jef"}, "{who} was first: hidden at {at}."),
            (
                {"state": "afgehandeld", "done_word": "later_woord", "done_by": "jef"},
                "{who} was first: handled at {at}.",
            ),
        ],
    )
    def test_reads_who_won(self, world: World, change: dict[str, object], msgid: str) -> None:
        """What was read is old: the update finds nothing, and the loser hears who has it or did it, and when."""
        world.arrives()
        world.give(Hide)
        with world.database.write() as session:
            matter = load(session, 1)
            moment = {"doing_at": world.clock.now(), "done_at": world.clock.now()}
            session.execute(sa.update(CaseRow.__table__).values(**change, **moment))
            with pytest.raises(Expected) as lost_to:
                take(session, world.house, matter)

        assert lost_to.value.msgid == msgid
        assert lost_to.value.params["who"] == "Jef T."

    def test_that_was_there_and_gone(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The winner was so fast that nothing shows it any more: still refused, nothing is done twice."""
        world.arrives()
        monkeypatch.setattr("commands.case.hold", lambda *_: False)

        assert world.press(Hide).msgid == "This card is open again; that command has nothing to undo."
        assert world.platform.made("hide") == []
