"""*Waarschuwen*: one private message, cancellable while it waits, sent once, and a strike when it was delivered."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.dossier import DossierState
from domain.errors import Gone
from domain.messages import MessageState, Template
from domain.model import Ability, Answer, Capability, ChangeKind, Way
from domain.orders import (
    Approve,
    CancelDelete,
    CancelMessage,
    Decline,
    Delete,
    DoneByHand,
    Hide,
    Leave,
    Order,
    Reopen,
    Retry,
    Unhide,
    Warn,
    WasNotSent,
    WasSent,
    WithdrawStrike,
)
from domain.settings import Zone
from domain.states import Marker, State, Visibility
from storage.paper_tables import DossierRow, MessageRow
from storage.tables import AccountRow, CaseRow, CommentRow, DeadlineRow, GivenOrderRow
from tests.fakes import warned
from tests.fakes.house import INSULT, World, denied, down, lost, stopped
from tests.fakes.run import Killed
from tests.fakes.warned import DELAY_S, draft, due_now, letters, messages, press, sent, state, strikes, warned_before

PLANNED = "The message goes out at {at} unless you cancel."


def _times(world: World, kind: str) -> list[DeadlineRow]:
    return [row for row in world.rows(DeadlineRow) if row.kind == kind and row.closed_at is None]


class TestPress:
    """The press plans; nothing is sent yet, and the card says when it will be."""

    def test_plans_the_message(self, world: World) -> None:
        """Handled by the warning, with a message that goes out in thirty seconds."""
        world.arrives()

        told = press(world)

        view = world.view()
        assert (told.ok, told.msgid, told.params) == (True, PLANNED, {"at": "10:00"})
        assert (view.state, view.done.command, view.done.by) == (State.AFGEHANDELD, "waarschuwen", "noor")
        assert (view.message.state, view.message.number, view.message.by) == (MessageState.GEPLAND, 1, "noor")
        assert view.message.due_at - world.clock.now() == timedelta(seconds=DELAY_S)
        assert view.doing is None
        assert letters(world) == strikes(world) == []

    def test_the_register_names_the_template_and_holds_no_text(self, world: World) -> None:
        """Template and version, the moment it is planned for, and a salted digest of what will be sent."""
        world.arrives()
        press(world, text=draft(world).text + " Groetjes van Lies.")

        line = world.last("gepland")
        assert (line["handeling"], line["sjabloon"], line["door"]) == (
            "waarschuwen",
            "waarschuwing_1.v1",
            world.pseudonym("noor"),
        )
        assert (line["van"], line["naar"]) == ("nieuw", "afgehandeld")
        assert line["termijn"].startswith("2026-11-17T09:00:30")
        assert len(line["vingerafdrukken"]["uitgaand"]) == 64
        assert "Lies" not in str(world.lines())

    def test_with_hiding(self, world: World) -> None:
        """Hidden first, by the same order with its own intent and outcome; then the message waits."""
        world.arrives()

        told = press(world, hide=True)

        assert told.msgid == "Hidden; the message goes out at {at} unless you cancel."
        assert "en is verborgen" in messages(world)[0].text
        assert (world.case().state, world.case().done_word) == (State.AFGEHANDELD, "waarschuwen")
        assert world.platform.done("hide") == ["2001_1"]
        assert world.is_true()
        assert world.events()[-4:] == ["gepland", "vastgelegd", "voornemen", "uitkomst"]
        assert state(world) == MessageState.GEPLAND

    def test_of_what_is_hidden_already(self, world: World) -> None:
        """Whoever hid it before stays who decided; the message only stands beside it."""
        world.arrives()
        world.press(Hide, by="jef")

        assert press(world, hide=True).msgid == PLANNED

        assert (world.case().state, world.case().done_word, world.case().done_by) == (
            State.AFGEHANDELD,
            "verbergen",
            "jef",
        )
        assert world.platform.made("hide") == ["2001_1"]
        world.later(seconds=DELAY_S)
        assert state(world) == MessageState.AFGELEVERD
        assert (world.case().done_word, world.case().done_by) == ("verbergen", "jef")

    def test_a_hint_makes_no_strike(self, world: World) -> None:
        """Number 0, delivered, and nothing is counted."""
        world.arrives()
        sent(world, template=Template.HINT)

        assert (messages(world)[0].number, strikes(world)) == (0, [])
        assert "strike_geboekt" not in world.events()

    def test_what_is_typed_is_sent_as_it_stands(self, world: World) -> None:
        """Hostile or just odd: literal, without NUL and lone surrogates, and not in the register."""
        world.arrives()
        words = f"{draft(world).text} <b>x</b> & <!channel> 'DROP TABLE case"

        assert press(world, text=f"  {words} \0  ").ok
        world.later(seconds=DELAY_S)

        assert letters(world) == [("2001_1", f"{words} \ufffd")]
        assert "DROP" not in str(world.lines())


class TestRefused:
    """Everything is checked before anything is planned; a refusal leaves the case as it was."""

    def _refused(self, world: World, told: Answer) -> str:
        assert not told.ok
        assert messages(world) == []
        assert world.case().doing_order is None
        return told.msgid

    @pytest.mark.parametrize(
        ("spoil", "msgid"),
        [
            (lambda text: text + " {regel}", "Something was not filled in here."),
            (lambda text: text + " Bel 0470 12 34 56.", "A phone number or other personal data may not be sent."),
            (
                lambda text: text.replace("https://huisregels.example/", ""),
                "The text does not refer to the house rules.",
            ),
            (lambda _: "   ", "The text is empty."),
            (lambda text: text + " \u202eegin", "An invisible sign stands here."),
            (lambda text: text + "x" * 10_000, "The text is too long for a private message."),
        ],
    )
    def test_a_text_that_may_not_be_sent(self, world: World, spoil: Any, msgid: str) -> None:
        """The presser hears what is wrong and where; the card is as before."""
        world.arrives()
        text = spoil(draft(world).text)

        told = press(world, text=text)

        assert self._refused(world, told) == msgid
        assert set(told.params) == {"start", "end"}
        assert world.case().state == State.NIEUW

    def test_a_fault_names_its_place(self, world: World) -> None:
        """In code points of the text, from the first to behind the last."""
        world.arrives()
        text = draft(world).text + " Bel 0470 12 34 56."

        told = press(world, text=text)
        assert text[told.params["start"] : told.params["end"]] == "0470 12 34 56"

    def test_own_numbers_may_stand_there(self, world: World) -> None:
        """The addresses of the force are no personal data of anybody."""
        world.arrives()
        texts = world.settings.texts
        object.__setattr__(texts, "meldpunt", "0999 99 99 99")

        assert press(world, text=draft(world).text + " Bel 0999 99 99 99.").ok

    def test_without_an_address_of_the_house_rules(self, world: World) -> None:
        """While it is not set, no warning can be sent, and the refusal says what to set."""
        world.arrives()
        object.__setattr__(world.settings, "zone", Zone())

        assert not press(world).ok
        assert messages(world) == []

    @pytest.mark.parametrize("template", ["verwijderd_privacy", "geheim", ""])
    def test_a_text_that_is_no_warning(self, world: World, template: str) -> None:
        """Only the warnings and the hint are sent this way; a made-up key is refused."""
        world.arrives()

        told = world.press(Warn, template=template, text=draft(world).text)
        assert self._refused(world, told) == "Choose one of the texts for a warning."

    @pytest.mark.parametrize("category", ["vraag", "kritiek_mening", "misleidend", "onbedoeld"])
    def test_a_category_that_never_strikes(self, world: World, category: str) -> None:
        """No intent, an error, an opinion or a service: a warning is refused, a hint goes."""
        world.arrives(f"{category} hier")
        text = "Dag, lees even na: https://huisregels.example/"

        told = world.press(Warn, template=Template.WAARSCHUWING_1, text=text)
        assert self._refused(world, told) == "This category makes no warning; a hint is possible."
        assert world.press(Warn, template=Template.HINT, text=text).ok

    def test_pressed_twice(self, world: World) -> None:
        """A comment allows one private message: the second reads who asked for it, and when."""
        world.arrives()
        warned.give(world, "noor")
        key = warned.give(world, "jef")
        world.run.work()

        told = world.answer(key)
        assert (told.ok, told.msgid) == (False, "A comment allows one private message; {who} asked for it at {at}.")
        assert told.params == {"who": "Noor V.", "at": "10:00"}
        world.later(seconds=DELAY_S)
        assert not press(world, "jef").ok
        assert len(letters(world)) == 1

    def test_the_same_press_a_hundred_times(self, world: World) -> None:
        """One order, one message."""
        world.arrives()
        for _ in range(100):
            warned.give(world, key="druk")
        world.run.work()
        world.later(seconds=DELAY_S)

        assert len(letters(world)) == len(strikes(world)) == 1

    def test_a_platform_that_cannot(self, world: World) -> None:
        """No private messages at all: refused with the reason."""
        world.arrives()
        world.platform.missing.add(Ability.REPLY_PRIVATE)

        assert self._refused(world, press(world)) == "{platform} cannot do this."

    def test_a_platform_that_cannot_hide(self, world: World) -> None:
        """Asked to hide as well: nothing is begun that cannot be finished."""
        world.arrives()
        world.platform.missing.add(Ability.HIDE)

        assert self._refused(world, press(world, hide=True)) == "{platform} cannot do this."

    def test_by_hand_only(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """An ability that exists by hand only is refused politely, before anything is planned."""
        world.arrives()
        by_hand = {each: Capability(Way.MANUEEL) for each in Ability}
        monkeypatch.setattr(world.platform, "capabilities", lambda: by_hand)

        assert self._refused(world, press(world)) == "Nabij cannot send private messages on {platform}."

    def test_an_account_that_left(self, world: World) -> None:
        """Taken out of the settings while the card was open."""
        world.arrives()
        text = draft(world).text
        object.__setattr__(world.house, "platforms", {})

        told = world.press(Warn, template=Template.HINT, text=text)
        assert self._refused(world, told) == "The account of this comment is not in the settings any more."

    def test_trial(self, trial: World) -> None:
        """The buttons tell what they would do, and nothing is planned."""
        trial.arrives()

        for hide in (False, True):
            assert self._refused(trial, press(trial, hide=hide)).startswith("Trial: nothing was sent.")
        assert trial.platform.made("reply_private") == []

    def test_an_old_card(self, world: World) -> None:
        """The text changed since it was drawn: nothing is planned."""
        world.arrives()
        world.edits(INSULT + " en meer")

        assert self._refused(world, press(world, seen_version=1)).startswith("The text changed since you saw this.")

    def test_what_is_gone(self, world: World) -> None:
        """The author removed it: there is nobody to send anything about it."""
        world.arrives()
        world.author_deletes()

        assert self._refused(world, press(world)).startswith("The author removed the comment")

    def test_what_a_colleague_pasted(self, world: World) -> None:
        """No platform told us of it, so nothing can be sent about it."""
        world.arrives()
        _set(world, CommentRow, world.case().comment_id, pasted=True)

        told = self._refused(world, press(world))
        assert told == "A colleague pasted this comment, so nothing can be sent about it."

    @pytest.mark.parametrize(
        "kind", [Warn, CancelMessage, Approve, Decline, WasSent, WasNotSent, WithdrawStrike], ids=lambda kind: kind.word
    )
    @pytest.mark.parametrize("role", ["lezer", "commandant", "melder", "dpo", "beheerder"])
    def test_wrong_role(self, world: World, kind: type[Order], role: str) -> None:
        """Refused by name of the role, whatever the state of the card."""
        world.arrives()
        more = {"template": "hint", "text": "x"} if kind is Warn else {}

        told = world.press(kind, by=f"een-{role}", **more)
        assert (told.msgid, told.params) == ("Your role ({role}) may not do this.", {"role": role})
        assert world.case().state == State.NIEUW

    @pytest.mark.parametrize("kind", [CancelMessage, WasSent, WasNotSent], ids=lambda kind: kind.word)
    def test_nothing_to_answer(self, world: World, kind: type[Order]) -> None:
        """A card without a message has nothing to cancel or to tell about."""
        world.arrives()

        assert not world.press(kind).ok
        assert (world.case().state, world.case().doing_order) == (State.NIEUW, None)


def _set(world: World, kind: type[Any], key: Any, **values: Any) -> None:
    with world.database.write() as session:
        for name, value in values.items():
            setattr(session.get(kind, key), name, value)


class TestSending:
    """When its moment has come: intent, call, outcome, and the strike in the same commit as the outcome."""

    def test_is_delivered_once(self, world: World) -> None:
        """The citizen gets it once; a strike is booked, numbered, until a year from now."""
        world.arrives()
        press(world)
        world.later(seconds=DELAY_S - 1)
        assert letters(world) == []

        world.later(seconds=1)
        world.later(minutes=5)

        assert letters(world) == [("2001_1", messages(world)[0].text)]
        row, strike = messages(world)[0], strikes(world)[0]
        assert (row.state, row.sent_id, row.tried_at) == ("afgeleverd", "bericht-1", row.settled_at)
        assert (strike.author_id, strike.post, strike.message_id) == ("7771", "1001_2001", row.id)
        assert strike.expires_at - strike.booked_at == timedelta(days=365)
        assert world.events()[-4:] == ["vastgelegd", "voornemen", "strike_geboekt", "uitkomst"]
        assert world.last("strike_geboekt")["aantal"] == 1
        assert (world.last("uitkomst")["uitkomst"], world.last("uitkomst")["sjabloon"]) == (
            "gelukt",
            "waarschuwing_1.v1",
        )
        assert set(world.last("voornemen")["vingerafdrukken"]) == {"bewijs", "uitgaand"}
        assert (world.view().ledger.live, world.view().ledger.here) == (1, strike.id)
        assert world.verdict() == 0

    def test_two_clocks(self, world: World) -> None:
        """Both see the same row; one message."""
        world.arrives()
        press(world)
        due_now(world)
        world.tick()
        world.tick()

        assert len(letters(world)) == 1

    def test_while_a_colleague_is_busy(self, world: World) -> None:
        """The case is taken only for the moment of sending: held by another, it is two seconds later."""
        world.arrives()
        press(world)
        _set(world, CaseRow, world.case().id, doing_order=99, doing_by="jef", doing_at=world.clock.now())
        world.later(seconds=DELAY_S)
        assert world.view().message.due_at - world.clock.now() == timedelta(seconds=2)

        _set(world, CaseRow, world.case().id, doing_order=None, doing_by="")
        world.later(seconds=2)
        assert len(letters(world)) == 1

    def test_while_hiding_failed(self, world: World) -> None:
        """The text says that it is hidden, so it waits, a quarter of a minute at a time, until that is true."""
        world.arrives()
        world.platform.faults["hide"] = [down()]
        assert not press(world, hide=True).ok
        assert (world.case().state, state(world)) == (State.MISLUKT, MessageState.GEPLAND)
        _set(world, DeadlineRow, _times(world, "opnieuw")[0].id, due_at=world.clock.now() + timedelta(minutes=2))

        world.later(seconds=DELAY_S)
        assert world.view().message.due_at - world.clock.now() == timedelta(seconds=15)
        for _ in range(6):
            world.later(seconds=15)
        assert letters(world) == []
        world.tick()
        assert world.case().state == State.AFGEHANDELD

        world.later(seconds=15)
        assert len(letters(world)) == 1
        assert world.case().done_word == "waarschuwen"

    def test_after_everything_was_down(self, world: World) -> None:
        """Nobody could cancel it: thirty fresh seconds before it goes out."""
        world.arrives()
        press(world)

        world.later(hours=1)
        assert letters(world) == []
        assert world.view().message.due_at - world.clock.now() == timedelta(seconds=DELAY_S)
        world.later(seconds=DELAY_S)
        assert len(letters(world)) == 1

    def test_cancelled_while_the_tick_was_on_its_way(self, world: World) -> None:
        """The clock had seen the row; the row says that it is off."""
        world.arrives()
        press(world)
        world.give(CancelMessage)
        world.clock.advance(timedelta(seconds=DELAY_S))
        world.tick()

        assert letters(world) == []

    def test_cancelled_at_the_very_last_moment(self, world: World) -> None:
        """Whatever made it void between taking the case and the intent: it is not sent."""
        world.arrives()
        press(world)
        due_now(world)
        with world.between(after=1):
            _set(world, MessageRow, 1, state="geannuleerd")

        assert letters(world) == []
        assert world.case().doing_order is None

    def test_cancelled_between_intent_and_call(self, world: World) -> None:
        """Not even then: before each call the row is looked at once more."""
        world.arrives()
        press(world)
        due_now(world)
        with world.between(after=3):
            _set(world, MessageRow, 1, state="geannuleerd")

        assert letters(world) == []
        assert world.last("uitkomst")["uitkomst"] == "mislukt"

    def test_another_warning_came_first(self, world: World) -> None:
        """It says “1 of 3”, and that is not true any more: nothing is sent, and a person writes it again."""
        world.arrives(comment_id="a", post_id="1001_1")
        world.arrives(comment_id="b", post_id="1001_2")
        press(world, comment_id="a")
        press(world, comment_id="b")
        world.later(seconds=DELAY_S)

        assert [row.state for row in messages(world)] == ["afgeleverd", "geannuleerd"]
        assert world.case("b").state == State.HEROPEND
        assert draft(world, comment_id="b").number == 2
        assert len(letters(world)) == 1


class TestRefusedByThePlatform:
    """Not delivered is no strike; the card says why, and what can be done."""

    def test_never(self, world: World) -> None:
        """This person cannot receive a message: not deliverable, with the reason; nothing is tried by itself."""
        world.arrives()
        world.platform.faults["reply_private"] = [denied()]
        press(world)
        world.later(seconds=DELAY_S)

        view = world.view()
        assert (view.state, view.message.state) == (State.MISLUKT, MessageState.NIET_AFLEVERBAAR)
        assert (view.trouble.code, view.trouble.retry_at, strikes(world)) == ("200", None, [])
        world.later(days=1)
        assert letters(world) == []

    def test_sent_by_hand(self, world: World) -> None:
        """*Manueel verstuurd*: the strike counts all the same, by whoever did it."""
        world.arrives()
        world.platform.faults["reply_private"] = [denied()]
        press(world)
        world.later(seconds=DELAY_S)

        assert world.press(DoneByHand, by="jef").msgid == "Noted: the message arrived."

        assert (world.case().state, state(world), len(strikes(world))) == (State.AFGEHANDELD, MessageState.MANUEEL, 1)
        assert Marker.MANUEEL.value in world.case().markers
        assert world.last("manueel")["door"] == world.pseudonym("jef")
        assert letters(world) == []

    def test_another_decision_instead(self, world: World) -> None:
        """Hide it after all: the card is handled, and another message may be written later."""
        world.arrives()
        world.platform.faults["reply_private"] = [denied()]
        press(world)
        world.later(seconds=DELAY_S)

        assert world.press(Hide, by="jef").ok
        assert state(world) == MessageState.NIET_AFLEVERBAAR
        sent(world)
        assert len(strikes(world)) == 1

    def test_it_may_pass(self, world: World) -> None:
        """Tried again by the clock, looked up first; then the case is as it was meant."""
        world.arrives()
        world.platform.faults["reply_private"] = [down()]
        press(world)
        world.later(seconds=DELAY_S)

        view = world.view()
        assert (view.state, view.message.state) == (State.MISLUKT, MessageState.MISLUKT)
        assert view.message.due_at == view.trouble.retry_at == world.clock.now() + timedelta(seconds=30)
        world.later(seconds=30)

        assert world.platform.made("sent_private") == ["2001_1"]
        assert (world.case().state, world.case().trouble, state(world)) == (
            State.AFGEHANDELD,
            None,
            MessageState.AFGELEVERD,
        )
        assert len(letters(world)) == len(strikes(world)) == 1

    def test_retried_by_a_person(self, world: World) -> None:
        """*Opnieuw proberen*: once more, and the presser stands in the register beside who asked."""
        world.arrives()
        world.platform.faults["reply_private"] = [denied()]
        press(world)
        world.later(seconds=DELAY_S)

        assert world.press(Retry, by="jef").ok
        line = world.last("uitkomst")
        assert (line["door"], line["tweede"]) == (world.pseudonym("jef"), world.pseudonym("noor"))
        assert len(letters(world)) == 1

    def test_before_anything_could_be_tried(self, world: World) -> None:
        """The comment cannot be read: no capture, no message; tried again later, and nothing is doubted."""
        world.arrives()
        press(world)
        world.platform.faults["comment"] = [down()]
        world.later(seconds=DELAY_S)

        assert (world.case().state, state(world)) == (State.MISLUKT, MessageState.MISLUKT)
        assert messages(world)[0].tried_at is None
        world.later(seconds=30)
        assert len(letters(world)) == 1
        assert world.platform.made("sent_private") == []

    def test_the_account_is_stopped(self, world: World) -> None:
        """An alarm for everybody; the message waits for a person."""
        world.arrives()
        world.platform.faults["reply_private"] = [stopped()]
        press(world)
        world.later(seconds=DELAY_S)

        assert state(world) == MessageState.MISLUKT
        assert any("code" in alarm.params for alarm in world.alarms())

    def test_gone_at_the_very_moment(self, world: World) -> None:
        """The author was faster than the call: never delivered, no strike, and the case ends."""
        world.arrives()
        press(world)
        world.platform.faults["reply_private"] = [Gone("Facebook says it is gone.", code="100/33")]
        world.later(seconds=DELAY_S)

        assert (state(world), strikes(world)) == (MessageState.NIET_AFLEVERBAAR, [])
        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD
        assert world.case().state == State.AFGEHANDELD

    def test_what_nobody_foresaw(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bug while sending: the card has its number, and what came of the message is found out by asking."""
        world.arrives()
        press(world)
        reply = world.platform.reply_private
        monkeypatch.setattr(world.platform, "reply_private", lambda *args: (reply(*args), 1 / 0))
        world.later(seconds=DELAY_S)
        assert world.view().trouble.reference

        world.clock.advance(timedelta(minutes=6))
        world.sweep()
        assert (state(world), world.case().state, len(strikes(world))) == (
            MessageState.AFGELEVERD,
            State.AFGEHANDELD,
            1,
        )

    def test_what_nobody_foresaw_before_the_call(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Then nothing went out and nothing will by itself: another message is possible."""
        world.arrives()
        press(world)
        monkeypatch.setattr(world.platform, "comment", lambda _: 1 / 0)
        world.later(seconds=DELAY_S)
        monkeypatch.undo()

        assert state(world) == MessageState.MISLUKT
        sent(world)
        assert len(letters(world)) == 1

    def test_what_nobody_foresaw_while_hiding(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The message still waits, and waits on while the card is red; cancelling it is possible."""
        world.arrives()
        monkeypatch.setattr(world.platform, "hide", lambda _: 1 / 0)
        press(world, hide=True)

        assert (world.case().state, state(world)) == (State.MISLUKT, MessageState.GEPLAND)
        world.later(seconds=DELAY_S)
        assert letters(world) == []
        assert world.press(CancelMessage).ok
        assert (world.case().state, state(world)) == (State.MISLUKT, MessageState.GEANNULEERD)


class TestLostAnswer:
    """What may have arrived is never sent again before it was looked up; when that is impossible a person is asked."""

    def _press_and_lose(self, world: World, *, arrived: bool, looked_up: bool) -> None:
        world.arrives()
        press(world)
        world.platform.faults["reply_private"] = [lost()]
        world.platform.after_effect = {"reply_private"} if arrived else set()
        if not looked_up:
            world.platform.faults["sent_private"] = [down()]
        world.later(seconds=DELAY_S)

    def test_it_had_arrived(self, world: World) -> None:
        """Found: delivered, with its strike."""
        self._press_and_lose(world, arrived=True, looked_up=True)

        assert (state(world), world.case().state) == (MessageState.AFGELEVERD, State.AFGEHANDELD)
        assert len(letters(world)) == len(strikes(world)) == 1

    def test_it_had_not(self, world: World) -> None:
        """Surely not there: failed, and sent by the next try, which looks again first."""
        self._press_and_lose(world, arrived=False, looked_up=True)
        assert (state(world), strikes(world)) == (MessageState.MISLUKT, [])

        world.later(seconds=30)
        assert world.platform.made("sent_private") == ["2001_1", "2001_1"]
        assert len(letters(world)) == len(strikes(world)) == 1

    def test_it_turns_up_later(self, world: World) -> None:
        """The first look came too early; the second try finds it and sends nothing."""
        self._press_and_lose(world, arrived=False, looked_up=True)
        world.platform.letters.append(("reply_private", "2001_1", messages(world)[0].text))
        world.later(seconds=30)

        assert state(world) == MessageState.AFGELEVERD
        assert world.platform.made("reply_private") == ["2001_1"]

    @pytest.mark.parametrize("arrived", [True, False])
    def test_nobody_knows(self, world: World, *, arrived: bool) -> None:
        """*Onbekend*: nothing is tried by itself, and trying again is refused until somebody looked."""
        self._press_and_lose(world, arrived=arrived, looked_up=False)

        assert (state(world), world.case().state) == (MessageState.ONBEKEND, State.MISLUKT)
        assert world.last("uitkomst")["uitkomst"] == "onbekend"
        assert world.told_of().visibility == Visibility.ZICHTBAAR
        world.later(days=1)
        assert world.press(Retry).msgid.startswith("Nobody knows whether the message arrived")
        assert not press(world).ok
        assert len(letters(world)) == int(arrived)

    def test_it_was_sent_after_all(self, world: World) -> None:
        """*Wel verstuurd*: the strike counts, the case is as it was meant, and who looked stands in the register."""
        self._press_and_lose(world, arrived=True, looked_up=False)

        assert world.press(WasSent, by="jef").msgid == "Noted: the message arrived."

        assert (state(world), world.case().state, len(strikes(world))) == (
            MessageState.AFGELEVERD,
            State.AFGEHANDELD,
            1,
        )
        line = world.last("uitkomst")
        assert (line["uitkomst"], line["reden"], line["door"]) == ("gelukt", "wel_verstuurd", world.pseudonym("jef"))
        assert line["bij"] == world.last("voornemen")["seq"]
        assert not world.press(WasSent).ok
        assert world.verdict() == 0

    def test_it_was_not(self, world: World) -> None:
        """*Niet verstuurd*: it may be sent after all, without being looked up."""
        self._press_and_lose(world, arrived=False, looked_up=False)
        looked = world.platform.made("sent_private")

        assert world.press(WasNotSent, by="jef").ok
        assert (state(world), world.case().state) == (MessageState.MISLUKT, State.MISLUKT)
        assert world.last("uitkomst")["reden"] == "niet_verstuurd"
        assert letters(world) == []

        assert world.press(Retry).ok
        assert world.platform.made("sent_private") == looked
        assert len(letters(world)) == len(strikes(world)) == 1

    def test_another_decision_does_not_close_the_question(self, world: World) -> None:
        """Hidden meanwhile: the question stays open, and its answer leaves that decision alone."""
        self._press_and_lose(world, arrived=True, looked_up=False)
        world.press(Hide, by="jef")
        assert not press(world).ok

        assert world.press(WasSent).ok
        assert (world.case().done_word, world.case().done_by, len(strikes(world))) == ("verbergen", "jef", 1)

    def test_not_sent_and_decided_otherwise(self, world: World) -> None:
        """Then there is nothing to try again on this card, and a new message is possible."""
        self._press_and_lose(world, arrived=False, looked_up=False)
        world.press(Hide, by="jef")

        assert world.press(WasNotSent).ok
        assert world.case().state == State.AFGEHANDELD
        sent(world)

    def test_it_is_not_deleted_before_somebody_looked(self, world: World) -> None:
        """What became of a message can only be looked up while its comment is there."""
        self._press_and_lose(world, arrived=True, looked_up=False)

        assert world.press(Delete).msgid.startswith("A message about this comment is still under way")

    def test_the_comment_went_too(self, world: World) -> None:
        """Then it cannot be looked up: a person is asked, also when the case has ended."""
        world.arrives()
        press(world)
        world.platform.faults["reply_private"] = [lost()]
        world.platform.faults["sent_private"] = [Gone("Gone.", code="100/33")]
        world.later(seconds=DELAY_S)
        assert state(world) == MessageState.ONBEKEND

        world.author_deletes()
        assert state(world) == MessageState.ONBEKEND
        assert world.press(WasSent).ok
        assert len(strikes(world)) == 1

    def test_died_inside_and_the_account_is_stopped(self, world: World) -> None:
        """It may have gone out, and no call may be made now: unknown, not failed."""
        world.arrives()
        press(world)
        due_now(world)
        world.run.kill_inside = 2
        with pytest.raises(Killed):
            world.run.work()
        world.run.kill_inside = None
        world.store(lambda c: _stop(c, world))
        world.run.work()

        assert state(world) == MessageState.ONBEKEND
        assert len(letters(world)) == 1

    def test_the_process_never_came_back(self, world: World) -> None:
        """Its workflow was lost behind the call: the platform is asked, and says that it arrived."""
        world.arrives()
        press(world)
        due_now(world)
        with world.between(after=4) as lying:
            lying.clear()
        world.clock.advance(timedelta(minutes=6))
        world.sweep()

        assert (state(world), world.case().state, len(strikes(world))) == (
            MessageState.AFGELEVERD,
            State.AFGEHANDELD,
            1,
        )
        assert world.open_intents() == []

    @pytest.mark.parametrize("stopped_too", [False, True])
    def test_the_process_never_came_back_and_nobody_can_tell(self, world: World, *, stopped_too: bool) -> None:
        """A person is asked at once; the intent does not hang."""
        world.arrives()
        press(world)
        due_now(world)
        with world.between(after=4) as lying:
            lying.clear()
        world.platform.faults["sent_private"] = [down()]
        if stopped_too:
            world.store(lambda c: _stop(c, world))
        world.clock.advance(timedelta(minutes=6))
        world.sweep()

        assert (state(world), world.case().state, world.open_intents()) == (
            MessageState.ONBEKEND,
            State.MISLUKT,
            [],
        )

    def test_a_slow_process_concludes_after_the_question(self, world: World) -> None:
        """Both outcomes are kept; one letter, one strike, and the truth stands."""
        world.arrives()
        press(world)
        due_now(world)
        with world.between(after=4):
            world.clock.advance(timedelta(minutes=6))
            world.sweep()

        assert (state(world), len(letters(world)), len(strikes(world))) == (MessageState.AFGELEVERD, 1, 1)
        assert world.verdict() == 0

    def test_a_slow_process_sends_after_the_question(self, world: World) -> None:
        """It lay still between intent and call, was taken for lost and tried again: the second finds the first."""
        world.arrives()
        press(world)
        due_now(world)
        with world.between(after=3):
            world.clock.advance(timedelta(minutes=6))
            world.sweep()
            assert state(world) == MessageState.MISLUKT
            world.later(seconds=30)

        assert (state(world), len(letters(world)), len(strikes(world))) == (MessageState.AFGELEVERD, 1, 1)


def _stop(connection: Any, world: World) -> None:
    connection.execute(sa.update(AccountRow).values(stopped_at=world.clock.now(), stopped_code="190"))


class TestCancel:
    """*Verzenden annuleren*, while it waits."""

    def test_what_was_only_decided_by_it_is_open_again(self, world: World) -> None:
        """Nothing is sent, ever; a colleague may do it."""
        world.arrives()
        press(world)

        assert world.press(CancelMessage, by="jef").msgid == "Cancelled: nothing was sent."

        assert (world.case().state, state(world)) == (State.HEROPEND, MessageState.GEANNULEERD)
        line = world.last("geannuleerd")
        assert (line["handeling"], line["door"]) == ("verzenden_annuleren", world.pseudonym("jef"))
        assert (line["van"], line["naar"], line["sjabloon"]) == ("afgehandeld", "heropend", "waarschuwing_1.v1")
        world.later(minutes=5)
        assert letters(world) == []
        assert press(world).ok

    def test_what_was_hidden_with_it_stays_hidden(self, world: World) -> None:
        """Handled by hiding then."""
        world.arrives()
        press(world, hide=True)
        world.press(CancelMessage)

        view = world.view()
        assert (view.state, view.done.command, view.visibility) == (
            State.AFGEHANDELD,
            "verbergen",
            Visibility.VERBORGEN,
        )

    def test_what_was_decided_before_stays_decided(self, world: World) -> None:
        """Left standing by a colleague: that stands."""
        world.arrives()
        world.press(Leave, by="jef")
        press(world)
        world.press(CancelMessage)

        assert (world.case().state, world.case().done_word, world.case().done_by) == (
            State.AFGEHANDELD,
            "laten_staan",
            "jef",
        )

    def test_while_hiding_failed(self, world: World) -> None:
        """The hiding is still tried; handled by it, without a message."""
        world.arrives()
        world.platform.faults["hide"] = [down()]
        press(world, hide=True)

        world.press(CancelMessage)
        assert world.case().state == State.MISLUKT
        world.later(seconds=30)

        assert (world.case().state, world.case().done_word, letters(world)) == (State.AFGEHANDELD, "verbergen", [])

    def test_too_late(self, world: World) -> None:
        """It went out: the presser hears when."""
        world.arrives()
        sent(world)

        told = world.press(CancelMessage)
        assert (told.ok, told.msgid, told.params) == (
            False,
            "It went out at {at}; that cannot be undone.",
            {"at": "10:00"},
        )

    def test_while_it_is_being_sent(self, world: World) -> None:
        """Who is busy with it is told; it is not half cancelled."""
        world.arrives()
        press(world)
        due_now(world)
        with world.between(after=1):
            told = world.press(CancelMessage, by="jef")

        assert told.msgid == "{who} has been busy with this card since {at}."
        assert len(letters(world)) == 1

    def test_twice(self, world: World) -> None:
        """The second finds nothing that waits."""
        world.arrives()
        press(world)
        world.press(CancelMessage)

        assert world.press(CancelMessage).msgid == "No message waits on this card."


class TestNoSurprise:
    """A message that waits never goes out when what it was about changed."""

    @pytest.mark.parametrize(("hide", "undo"), [(False, Reopen), (True, Unhide)])
    def test_undone(self, world: World, *, hide: bool, undo: type[Order]) -> None:
        """Reopened, or visible again: the message is cancelled with it, by who undid it."""
        world.arrives()
        press(world, hide=hide)

        assert world.press(undo, by="jef").ok

        assert (world.case().state, state(world)) == (State.HEROPEND, MessageState.GEANNULEERD)
        line = world.last("geannuleerd")
        assert (line["handeling"], line["reden"], line["door"]) == (undo.word, "beslissing", world.pseudonym("jef"))
        world.later(minutes=5)
        assert letters(world) == []

    def test_left_standing_after_hiding_failed(self, world: World) -> None:
        """A colleague leaves it: then it is not warned about either."""
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        press(world, hide=True)
        world.press(Leave, by="jef")

        world.later(minutes=5)
        assert (state(world), letters(world)) == (MessageState.GEANNULEERD, [])

    def test_left_standing_after_the_message_failed(self, world: World) -> None:
        """Nothing is tried again."""
        world.arrives()
        world.platform.faults["reply_private"] = [down()]
        press(world)
        world.later(seconds=DELAY_S)
        world.press(Leave, by="jef")

        world.later(minutes=5)
        assert (state(world), letters(world)) == (MessageState.GEANNULEERD, [])

    def test_hidden_by_a_colleague_meanwhile(self, world: World) -> None:
        """The hiding that failed is done by somebody else: what the text says is true, and it goes out."""
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        press(world, hide=True)
        world.press(Hide, by="jef")

        world.later(seconds=DELAY_S)
        assert len(letters(world)) == 1
        assert world.case().done_by == "jef"

    def test_the_author_removes_it(self, world: World) -> None:
        """Cancelled, with a line that says why; the case ends."""
        world.arrives()
        press(world)
        world.author_deletes()

        assert (world.case().state, state(world)) == (State.AFGEHANDELD, MessageState.GEANNULEERD)
        line = world.last("geannuleerd")
        assert (line["reden"], line["automatisch"]) == ("auteur_verwijderd", True)
        world.later(minutes=5)
        assert letters(world) == []

    def test_the_author_removes_it_unseen(self, world: World) -> None:
        """Found out at the last moment: nothing is sent."""
        world.arrives()
        press(world)
        world.platform.author_deletes("2001_1")
        world.later(seconds=DELAY_S)

        assert state(world) == MessageState.GEANNULEERD
        assert world.told_of().visibility == Visibility.DOOR_AUTEUR_VERWIJDERD
        assert world.platform.made("reply_private") == []

    @pytest.mark.parametrize("text", [INSULT + " sorry", "heel gewoon"])
    def test_the_author_changes_it(self, world: World, text: str) -> None:
        """Flagged again or harmless now: cancelled, and the card is back."""
        world.arrives()
        press(world)
        world.edits(text)

        assert (world.case().state, state(world)) == (State.HEROPEND, MessageState.GEANNULEERD)
        assert "tekst_gewijzigd" in [line.get("reden") for line in world.lines()]
        world.later(minutes=5)
        assert letters(world) == []

    @pytest.mark.parametrize("text", [INSULT + " sorry", "heel gewoon"])
    def test_the_author_changes_it_unseen(self, world: World, text: str) -> None:
        """The capture just before sending sees another text: cancelled, and the card is back."""
        world.arrives()
        press(world)
        world.comment(text)
        world.later(seconds=DELAY_S)

        assert (world.case().state, state(world)) == (State.HEROPEND, MessageState.GEANNULEERD)
        assert world.platform.made("reply_private") == []

    def test_the_author_changes_it_while_it_is_being_hidden(self, world: World) -> None:
        """Nothing is hidden for a text that nobody saw, and nothing is sent; the case is as it was."""
        world.arrives()
        key = warned.give(world, hide=True)
        with world.between(after=1):
            world.edits(INSULT + " sorry")

        assert world.answer(key).msgid.startswith("The text changed since you saw this.")
        assert (world.case().state, state(world)) == (State.NIEUW, MessageState.GEANNULEERD)
        assert letters(world) == []

    def test_an_edit_that_the_hiding_found(self, world: World) -> None:
        """The capture before hiding sees it first: the same end."""
        world.arrives()
        key = warned.give(world, hide=True)
        world.comment(INSULT + " sorry")
        world.run.work()

        assert world.answer(key).msgid.startswith("The text changed since you saw this.")
        assert (world.case().state, state(world)) == (State.NIEUW, MessageState.GEANNULEERD)

    def test_shown_again_elsewhere(self, world: World) -> None:
        """It was hidden with the warning and somebody shows it in another tool: a person looks again first."""
        world.arrives()
        press(world, hide=True)
        world.platform.hidden.clear()
        world.told(ChangeKind.ZICHTBAAR)

        assert (world.case().state, state(world)) == (State.HEROPEND, MessageState.GEANNULEERD)

    def test_hidden_and_shown_elsewhere(self, world: World) -> None:
        """It was not hidden by us: that changes nothing of the warning."""
        world.arrives()
        press(world)
        world.platform.hidden.add("2001_1")
        world.told(ChangeKind.VERBORGEN)
        world.platform.hidden.clear()
        world.told(ChangeKind.ZICHTBAAR)

        assert (world.case().state, state(world)) == (State.AFGEHANDELD, MessageState.GEPLAND)

    def test_deleting_waits_for_it(self, world: World) -> None:
        """The message is addressed by the comment: cancel it first, or wait."""
        world.arrives()
        press(world)

        assert world.press(Delete).msgid.startswith("A message about this comment is still under way")
        world.later(seconds=DELAY_S)
        assert world.press(Delete).ok


class TestStranded:
    """Hiding broke in a way that nobody foresaw, and meanwhile the moment of the message came."""

    def test_only_a_person_sends_it(self, world: World) -> None:
        """Hidden by somebody later, the comment is hidden; the old message does not follow by itself."""
        world.arrives()
        warned.give(world, hide=True)
        world.platform.faults["hide"] = [ValueError("kapot")]
        with world.between(after=1):
            world.clock.advance(timedelta(seconds=DELAY_S))
        assert (world.case().state, state(world)) == (State.MISLUKT, MessageState.MISLUKT)

        assert world.press(Hide, by="jef").ok
        for _ in range(4):
            world.later(seconds=15)
        assert (letters(world), state(world), _times(world, "verzending")) == ([], MessageState.MISLUKT, [])


class TestFourEyes:
    """A third warning waits for somebody else."""

    def _third(self, world: World, **more: Any) -> Answer:
        warned_before(world, 2)
        world.arrives()
        return press(world, **more)

    def test_waits_for_a_second_person(self, world: World) -> None:
        """The asker hears which number it is, and what is proposed then; nothing goes out by itself."""
        told = self._third(world)

        assert told.msgid == "Warning {n} of {max}: a second person must approve it; then blocking is proposed."
        assert told.params == {"n": 3, "max": 3}
        view = world.view()
        assert (view.state, view.message.state, view.message.due_at) == (
            State.WACHT_4OGEN,
            MessageState.WACHT_4OGEN,
            None,
        )
        assert (view.ledger.live, view.ledger.next) == (2, 3)
        world.later(days=1)
        assert len(letters(world)) == 2

    def test_approved_by_a_colleague(self, world: World) -> None:
        """Planned with the usual delay; both stand in the register."""
        self._third(world)

        told = world.press(Approve, by="jef")

        assert told.msgid == "Approved: the message goes out at {at} unless you cancel."
        assert (world.case().state, state(world)) == (State.AFGEHANDELD, MessageState.GEPLAND)
        line = world.last("goedgekeurd")
        assert (line["door"], line["tweede"]) == (world.pseudonym("jef"), world.pseudonym("noor"))
        world.later(seconds=DELAY_S)
        assert (len(letters(world)), len(strikes(world))) == (3, 3)
        assert (world.view().ledger.live, world.view().ledger.maximum) == (3, 3)
        assert world.last("voornemen")["tweede"] == world.pseudonym("jef")
        assert messages(world)[-1].approved_by == "jef"
        assert world.verdict() == 0

    def test_not_by_who_asked(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """Not even with another role by now."""
        self._third(world)
        people = tuple(
            type(each)(each.key, each.name, "coordinator" if each.key == "noor" else each.role)
            for each in world.settings.people
        )
        object.__setattr__(world.settings, "people", people)

        for kind in (Approve, Decline):
            told = world.press(kind, by="noor", **({"reason": "toch niet"} if kind is Decline else {}))
            assert told.msgid == "You asked for this yourself; somebody else decides."
        assert world.case().state == State.WACHT_4OGEN

    def test_a_legal_officer_may_be_the_second(self, world: World) -> None:
        """Who may not warn may still agree."""
        self._third(world)

        assert world.press(Approve, by="een-jurist").ok

    def test_declined(self, world: World) -> None:
        """With a reason, whose digest is kept; the card is open again and nothing is sent."""
        self._third(world)
        assert world.press(Decline, by="jef").msgid == "Say why you decline."
        assert world.press(Decline, by="jef", reason="  ").msgid == "Say why you decline."

        assert world.press(Decline, by="jef", reason="te streng voor Piet").ok

        assert (world.case().state, state(world)) == (State.HEROPEND, MessageState.GEANNULEERD)
        line = world.last("afgekeurd")
        assert (line["door"], line["tweede"]) == (world.pseudonym("jef"), world.pseudonym("noor"))
        assert set(line["vingerafdrukken"]) == {"toelichting", "uitgaand"}
        assert "Piet" not in str(world.lines())
        world.later(days=1)
        assert len(letters(world)) == 2

    def test_two_at_once(self, world: World) -> None:
        """One approves, the other declines: the first stands, the second hears that nothing waits."""
        self._third(world)
        world.give(Approve, by="jef")
        key = world.give(Decline, by="ann", reason="nee")
        world.run.work()

        assert not world.answer(key).ok
        assert state(world) == MessageState.GEPLAND

    def test_nothing_else_meanwhile(self, world: World) -> None:
        """Other buttons of an old card say what it waits for."""
        self._third(world)

        for kind in (Hide, Leave, Delete):
            told = world.press(kind, by="jef")
            assert told.msgid.startswith("This waits for a second person")

    @pytest.mark.parametrize(("hidden", "after"), [(False, State.HEROPEND), (True, State.AFGEHANDELD)])
    def test_cancelled_by_who_asked(self, world: World, *, hidden: bool, after: State) -> None:
        """What was only decided by it is open again; what was hidden stays so."""
        self._third(world, hide=hidden)
        assert world.case().state == State.WACHT_4OGEN

        assert world.press(CancelMessage).ok
        assert (world.case().state, state(world)) == (after, MessageState.GEANNULEERD)
        assert world.is_true()

    def test_of_what_was_hidden_before(self, world: World) -> None:
        """It waits too, and afterwards stands as it was decided."""
        warned_before(world, 2)
        world.arrives()
        world.press(Hide, by="jef")
        press(world)
        assert world.case().state == State.WACHT_4OGEN

        world.press(Approve, by="ann")
        assert (world.case().state, world.case().done_word) == (State.AFGEHANDELD, "verbergen")

    def test_hidden_first(self, world: World) -> None:
        """What can be undone is done at once; the message waits."""
        told = self._third(world, hide=True)

        assert told.params == {"n": 3, "max": 3}
        assert world.told_of().visibility == Visibility.VERBORGEN
        assert world.case().state == State.WACHT_4OGEN

    def test_the_author_changes_it(self, world: World) -> None:
        """What was asked is void: open again."""
        self._third(world)
        world.edits(INSULT + " sorry")

        assert (world.case().state, state(world)) == (State.HEROPEND, MessageState.GEANNULEERD)
        assert not world.press(Approve, by="jef").ok

    def test_the_third_by_hand_proposes_blocking(self, world: World) -> None:
        """Whoever completes the number reads what is proposed now."""
        self._third(world)
        world.press(Approve, by="jef")
        world.platform.faults["reply_private"] = [denied()]
        world.later(seconds=DELAY_S)

        told = world.press(DoneByHand)
        assert told.msgid == "The author has {n} warnings of {max}: blocking is proposed."
        assert told.params == {"n": 3, "max": 3}

    def test_a_hint_needs_nobody(self, world: World) -> None:
        """However many warnings there were."""
        assert self._third(world, template=Template.HINT).msgid == PLANNED

    def test_nothing_waits(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """A case that waits without a message (a copy was put back) is not approved by accident."""
        world.arrives()
        _set(world, CaseRow, world.case().id, state="wacht_4ogen")

        assert world.press(Approve, by="jef").msgid == "Nothing on this card waits for a second person."


class TestExplainedDeletion:
    """The message that explains a deletion goes out before it; the deletion waits for what becomes of it."""

    def _planned(self, world: World, **more: Any) -> None:
        world.arrives("persoonsgegevens van iemand")
        assert world.press(Delete, explain=True, **more).ok

    def test_first_told_then_deleted(self, world: World) -> None:
        """Planned with the grace; at its end the author is told, and then it is gone."""
        self._planned(world)
        view = world.view()
        assert (view.message.template, view.message.state) == ("verwijderd_privacy", MessageState.GEPLAND)
        assert view.message.due_at == view.planned.due
        assert world.last("gepland")["sjabloon"] == "verwijderd_privacy.v1"

        world.later(seconds=60)

        acts = [call for call, _ in world.platform.calls if call in ("reply_private", "delete")]
        assert acts == ["reply_private", "delete"]
        assert "persoonsgegevens" in letters(world)[0][1]
        assert (world.case().state, state(world), strikes(world)) == (State.AFGEHANDELD, MessageState.AFGELEVERD, [])
        assert world.told_of().visibility == Visibility.VERWIJDERD
        assert (world.case().done_word, world.case().doing_order) == ("verwijderen", None)
        assert world.verdict() == 0

    def test_not_deliverable_is_deleted_all_the_same(self, world: World) -> None:
        """Who cannot be told is not spared: deleted in the same go, and the register says both."""
        self._planned(world)
        world.platform.faults["reply_private"] = [denied()]
        world.later(seconds=60)

        assert state(world) == MessageState.NIET_AFLEVERBAAR
        assert world.told_of().visibility == Visibility.VERWIJDERD
        outcomes = [line["uitkomst"] for line in world.lines() if line["gebeurtenis"] == "uitkomst"]
        assert outcomes == ["gelukt", "mislukt", "gelukt"]

    def test_it_may_pass(self, world: World) -> None:
        """Tried again by the clock; deleted only after it went out."""
        self._planned(world)
        world.platform.faults["reply_private"] = [down()]
        world.later(seconds=60)
        assert (world.case().state, world.platform.made("delete")) == (State.MISLUKT, [])

        world.later(seconds=30)
        assert len(letters(world)) == 1
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_retried_by_a_person(self, world: World) -> None:
        """The presser hears what came of the deletion."""
        self._planned(world)
        world.platform.faults["reply_private"] = [stopped()]
        world.later(seconds=60)
        world.start_again()

        assert world.press(Retry, by="jef").msgid == "Deleted at {at}; this cannot be undone."
        assert len(letters(world)) == 1

    def test_the_deletion_fails_after_it(self, world: World) -> None:
        """Told already: trying again only deletes."""
        self._planned(world)
        world.platform.faults["delete"] = [down()]
        world.later(seconds=60)
        world.later(seconds=30)

        assert len(letters(world)) == 1
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def _unknown(self, world: World, *, arrived: bool) -> None:
        self._planned(world)
        world.platform.faults.update({"reply_private": [lost()], "sent_private": [down()]})
        world.platform.after_effect = {"reply_private"} if arrived else set()
        world.later(seconds=60)
        assert (world.case().state, state(world)) == (State.MISLUKT, MessageState.ONBEKEND)
        world.later(hours=1)
        assert world.platform.made("delete") == []

    def test_unknown_and_it_was_sent(self, world: World) -> None:
        """A person says so: a fresh grace, and then it is deleted without another message."""
        self._unknown(world, arrived=True)

        told = world.press(WasSent)
        assert told.msgid == "Noted; deleted at {at} unless you cancel."
        assert (world.case().state, world.view().planned.seconds) == (State.GEPLAND, 60)
        assert world.platform.made("delete") == []
        world.later(seconds=60)

        assert len(letters(world)) == 1
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_unknown_and_sent_by_hand(self, world: World) -> None:
        """*Manueel gedaan* is about the message: the same fresh grace."""
        self._unknown(world, arrived=False)

        assert world.press(DoneByHand).ok
        assert (world.case().state, state(world)) == (State.GEPLAND, MessageState.MANUEEL)
        world.later(seconds=60)
        assert letters(world) == []
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_unknown_and_it_was_not_sent(self, world: World) -> None:
        """A fresh grace; the author is told at its end, and then it is deleted."""
        self._unknown(world, arrived=False)

        assert world.press(WasNotSent).ok
        assert (world.case().state, state(world)) == (State.GEPLAND, MessageState.GEPLAND)
        world.later(seconds=60)
        assert len(letters(world)) == 1
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_unknown_and_the_deletion_is_off(self, world: World) -> None:
        """Shown again instead: the answer to the question deletes nothing."""
        self._unknown(world, arrived=True)
        world.press(Unhide, by="jef")

        assert world.press(WasSent).msgid == "Noted: the message arrived."
        world.later(hours=1)
        assert (world.case().state, world.platform.made("delete")) == (State.HEROPEND, [])

    def test_cancelled_with_the_deletion(self, world: World) -> None:
        """*Annuleren* within the grace: nothing is sent, nothing deleted, also while showing it again fails."""
        self._planned(world)
        world.platform.faults["unhide"] = [down()]
        world.press(CancelDelete, by="jef")
        assert state(world) == MessageState.GEANNULEERD

        world.later(seconds=60)
        world.later(seconds=60)
        assert (letters(world), world.platform.made("delete")) == ([], [])
        assert world.case().state == State.HEROPEND

    def test_is_not_cancelled_alone(self, world: World) -> None:
        """It belongs to the deletion."""
        self._planned(world)

        assert world.press(CancelMessage).msgid == "This message explains the deletion; cancel that instead."
        assert (world.case().state, world.case().doing_order) == (State.GEPLAND, None)

    def test_an_unwatched_grace_is_shown_again_with_it(self, world: World) -> None:
        """Both wait for sixty fresh seconds."""
        self._planned(world)
        world.later(hours=1)

        assert letters(world) == []
        assert world.view().message.due_at == world.view().planned.due
        world.later(seconds=60)
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_held_for_a_moment(self, world: World) -> None:
        """Another order has the card at the end of the grace: two seconds later, not never."""
        self._planned(world)
        _set(world, CaseRow, world.case().id, doing_order=99)
        world.later(seconds=60)
        assert world.platform.made("delete") == []

        _set(world, CaseRow, world.case().id, doing_order=None)
        world.later(seconds=2)
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_an_edit_stops_both(self, world: World) -> None:
        """The author changed it: nothing is sent and nothing deleted."""
        self._planned(world)
        world.edits("heel gewoon")
        world.later(seconds=60)

        assert (world.case().state, state(world), letters(world)) == (State.HEROPEND, MessageState.GEANNULEERD, [])

    def test_the_author_is_faster_than_the_message(self, world: World) -> None:
        """Gone at the call: nobody is told, nothing is deleted, and the case ends."""
        self._planned(world)
        world.platform.faults["reply_private"] = [Gone("Gone.", code="100/33")]
        world.later(seconds=60)

        assert (world.case().state, state(world)) == (State.AFGEHANDELD, MessageState.NIET_AFLEVERBAAR)
        assert world.platform.made("delete") == []

    def test_the_process_never_came_back(self, world: World) -> None:
        """Lost behind the message: it turns out to have arrived, and the deletion gets a fresh grace."""
        self._planned(world)
        due_now(world, 60)
        with world.between(after=4) as lying:
            lying.clear()
        world.clock.advance(timedelta(minutes=6))
        world.sweep()
        assert (world.case().state, state(world)) == (State.GEPLAND, MessageState.AFGELEVERD)

        world.later(seconds=60)
        assert len(letters(world)) == 1
        assert world.told_of().visibility == Visibility.VERWIJDERD

    def test_refused_when_it_cannot_be_told(self, world: World) -> None:
        """No private messages, no house rules, or the one message used: said at the press, nothing is hidden."""
        world.arrives("persoonsgegevens van iemand")
        world.platform.missing.add(Ability.REPLY_PRIVATE)
        assert world.press(Delete, explain=True).msgid == "{platform} cannot do this."

        world.platform.missing.clear()
        zone = world.settings.zone
        object.__setattr__(world.settings, "zone", Zone())
        assert not world.press(Delete, explain=True).ok

        object.__setattr__(world.settings, "zone", zone)
        sent(world)
        told = world.press(Delete, explain=True)
        assert told.msgid == "A comment allows one private message; {who} asked for it at {at}."
        assert world.platform.made("hide") == []
        assert world.press(Delete).ok

    def test_only_for_what_it_says(self, world: World) -> None:
        """It speaks of personal data, so it is not sent about an insult; whoever deletes says which rule it was."""
        world.arrives()

        told = world.press(Delete, explain=True)
        assert told.msgid.startswith("The explanation speaks of personal data")
        assert world.press(Delete, explain=True, category="persoonsgegevens").ok

    def test_also_when_it_stands_beside_something_worse(self, world: World) -> None:
        """A threat with a phone number in it: what the explanation says is true."""
        world.arrives("bedreiging, bel 0470 12 34 56")

        assert world.press(Delete, explain=True).ok

    def test_pressed_twice(self, world: World) -> None:
        """One grace, one message, one deletion."""
        world.arrives("persoonsgegevens van iemand")
        world.give(Delete, explain=True)
        key = world.give(Delete, by="jef", explain=True)
        world.run.work()

        assert world.answer(key).msgid == "{who} was first: deletion planned at {at}."
        world.later(seconds=60)
        assert (len(letters(world)), world.platform.made("delete")) == (1, ["2001_1"])


class TestKept:
    """While a dossier in concept is open, its second reader may still look at the comment itself."""

    def _concept(self, world: World, state: DossierState = DossierState.CONCEPT) -> None:
        with world.database.write() as session:
            session.add(
                DossierRow(
                    number="SMD-2026-000001",
                    case_id=world.case().id,
                    state=state.value,
                    made_by="ann",
                    made_at=world.clock.now(),
                )
            )

    def test_is_not_deleted(self, world: World) -> None:
        """Refused with what to do first; after sealing or withdrawing it goes."""
        world.arrives()
        self._concept(world)

        told = world.press(Delete)
        assert told.msgid.startswith("A PV dossier in concept is open on this card")
        _set(world, DossierRow, 1, state=DossierState.NAGEKEKEN.value)
        assert world.press(Delete).ok

    @pytest.mark.parametrize("explain", [False, True])
    def test_stops_a_grace(self, world: World, *, explain: bool) -> None:
        """Made within the grace: open again, nothing sent, nothing deleted; the register says why."""
        world.arrives("persoonsgegevens van iemand")
        world.press(Delete, explain=explain)
        self._concept(world)
        world.later(seconds=60)

        assert (world.case().state, world.case().doing_order) == (State.HEROPEND, None)
        assert world.last("geannuleerd")["reden"] == "dossier_concept"
        assert (letters(world), world.platform.made("delete")) == ([], [])
        world.later(hours=1)
        assert world.platform.made("delete") == []

    def test_stops_a_second_try(self, world: World) -> None:
        """Also a deletion, or its explanation, that failed and would be tried again."""
        world.arrives("persoonsgegevens van iemand")
        world.press(Delete, explain=True)
        world.platform.faults["reply_private"] = [down()]
        world.later(seconds=60)
        self._concept(world)
        world.later(seconds=30)

        assert (world.case().state, letters(world), world.platform.made("delete")) == (State.HEROPEND, [], [])


class TestByHand:
    """What a colleague pasted is done by hand, because no platform told us of it."""

    def test_hidden_by_hand(self, world: World) -> None:
        """Nothing is asked of the platform, and the author is not taken to have removed it."""
        world.arrives()
        _set(world, CommentRow, world.case().comment_id, pasted=True)
        calls = len(world.platform.calls)

        assert world.press(Hide).ok
        assert len(world.platform.calls) == calls
        assert (world.case().state, world.told_of().visibility) == (State.AFGEHANDELD, Visibility.VERBORGEN)
        assert Marker.MANUEEL.value in world.case().markers
        assert world.events()[-1] == "manueel"

    def test_deleted_by_hand(self, world: World) -> None:
        """Who deleted it on the platform needs no grace; the pasted text is the evidence."""
        world.arrives()
        _set(world, CommentRow, world.case().comment_id, pasted=True)

        assert world.press(Delete).ok
        assert (world.case().state, world.told_of().visibility) == (State.AFGEHANDELD, Visibility.VERWIJDERD)


def test_answers_are_told_once(world: World) -> None:
    """The presser of a warning hears when it goes out, not a second time when it went."""
    world.arrives()
    sent(world)

    assert [row.answer["msgid"] for row in world.rows(GivenOrderRow)] == [PLANNED]
