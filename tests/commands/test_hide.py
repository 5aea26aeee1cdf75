"""*Verbergen* and *Terug zichtbaar maken*."""

import pytest

from domain.model import Ability, ChangeKind
from domain.orders import Claim, Delete, Hide, Leave, Unhide
from domain.states import Marker, State, Visibility
from tests.fakes.house import THREAT, World


class TestHide:
    """One press hides, registers and tells."""

    def test_hides_and_remembers_who_and_when(self, world: World) -> None:
        """The comment is hidden on the platform; card, presser and register know by whom and when."""
        world.arrives()

        told = world.press(Hide)

        case = world.case()
        assert (told.ok, told.msgid, told.params) == (True, "Hidden at {at}.", {"at": "10:00"})
        assert (case.state, case.done_word, case.done_by) == (State.AFGEHANDELD, "verbergen", "noor")
        assert (case.doing_order, case.trouble) == (None, None)
        assert world.told_of().visibility == Visibility.VERBORGEN
        assert world.is_true()
        assert world.events()[-3:] == ["vastgelegd", "voornemen", "uitkomst"]
        assert world.verdict() == 0

    def test_registers_an_outcome_to_its_intent(self, world: World) -> None:
        """The outcome names its intent, the evidence, who did it and from which state to which."""
        world.arrives()
        world.press(Hide)

        intent, outcome = world.last("voornemen"), world.last("uitkomst")

        assert (intent["handeling"], intent["door"]) == ("verbergen", world.pseudonym("noor"))
        assert set(intent["vingerafdrukken"]) == {"bewijs"}
        assert (outcome["bij"], outcome["uitkomst"]) == (intent["seq"], "gelukt")
        assert (outcome["van"], outcome["naar"]) == ("nieuw", "afgehandeld")
        assert not outcome["automatisch"]

    def test_two_presses_with_one_key_are_one(self, world: World) -> None:
        """The same press delivered twice is one order and one call."""
        world.arrives()

        world.give(Hide, key="zelfde-druk")
        world.give(Hide, key="zelfde-druk")
        world.run.work()

        assert world.platform.made("hide") == ["2001_1"]

    def test_the_second_presser_reads_who_was_first(self, world: World) -> None:
        """Of two people who hide, one does it; the other reads who and when, and nothing happens twice."""
        world.arrives()
        world.give(Hide, by="noor")
        key = world.give(Hide, by="jef")
        world.run.work()

        told = world.answer(key)
        assert (told.ok, told.msgid) == (False, "{who} was first: hidden at {at}.")
        assert told.params == {"who": "Noor V.", "at": "10:00"}
        assert world.platform.made("hide") == ["2001_1"]

    def test_of_two_that_exclude_each_other_the_first_wins(self, world: World) -> None:
        """Leaving and hiding exclude each other: what came first stands."""
        world.arrives()
        world.press(Leave, by="jef")

        told = world.press(Hide, by="noor")

        assert told.msgid == "{who} was first: left standing at {at}."
        assert world.platform.made("hide") == []

    def test_takes_the_category_of_the_person(self, world: World) -> None:
        """A person may name another house rule than the rules did."""
        world.arrives()
        world.press(Hide, category="trollen")

        assert world.case().category == "trollen"
        assert world.last("voornemen")["categorie"] == "trollen"

    @pytest.mark.parametrize("category", ["vraag", "bestaat_niet", "<script>"])
    def test_refuses_what_is_no_breach(self, world: World, category: str) -> None:
        """A service category, or no category at all, is no reason to hide."""
        world.arrives()

        told = world.press(Hide, category=category)

        assert told.msgid == "Choose the house rule that was broken; this is none of them."
        assert world.case().state == State.NIEUW
        assert world.case().category == "belediging_scheldproza"

    def test_a_claim_of_a_colleague_keeps_others_off(self, world: World) -> None:
        """Somebody works on it: the other is offered to take over, the case stays as it was."""
        world.arrives()
        world.press(Claim, by="jef")

        told = world.press(Hide, by="noor")

        assert (told.ok, told.offer) == (False, "neem_over")
        assert told.params == {"who": "Jef T.", "at": "10:00"}
        assert world.case().claimed_by == "jef"
        assert world.platform.made("hide") == []

    def test_taking_over_is_registered(self, world: World) -> None:
        """Hiding what a colleague holds, on purpose, names both."""
        world.arrives()
        world.press(Claim, by="jef")

        assert world.press(Hide, by="noor", take_over=True).ok

        line = world.last("overgenomen")
        assert (line["door"], line["tweede"]) == (world.pseudonym("noor"), world.pseudonym("jef"))
        assert world.case().claimed_by is None

    def test_a_claim_never_blocks_hiding_what_is_critical(self, world: World) -> None:
        """A threat is hidden by whoever sees it; deleting it is still kept for the holder."""
        world.arrives(THREAT)
        world.press(Claim, by="jef")

        assert world.press(Delete, by="noor", category="bedreiging").offer == "neem_over"
        assert world.press(Hide, by="noor").ok

    def test_a_claim_ends_with_the_decision(self, world: World) -> None:
        """What was decided is nobody's any more, and its claim does not run out later."""
        world.arrives()
        world.press(Claim)
        world.press(Hide)

        assert world.later(minutes=11) == 0
        assert "verlopen" not in world.events()


class TestTrial:
    """A trial account shows what a button would do and sends nothing."""

    def test_tells_what_it_would_do(self, trial: World) -> None:
        """Nothing is sent, nothing decided; the card is as it was."""
        trial.arrives()

        told = trial.press(Hide)

        assert told.msgid == "Trial: nothing was sent. Otherwise {platform} would have been asked now."
        assert trial.case().state == State.NIEUW
        assert trial.platform.made("hide") == []

    def test_asks_permission_first(self, trial: World) -> None:
        """Somebody without the role hears that, not what would have happened."""
        trial.arrives()

        assert trial.press(Hide, by="een-lezer").msgid == "Your role ({role}) may not do this."

    def test_leaving_asks_nothing_of_a_platform(self, trial: World) -> None:
        """So it works in a trial too."""
        trial.arrives()

        assert trial.press(Leave).ok


class TestAbility:
    """What a platform cannot do is refused before anything changes."""

    def test_without_hiding_nothing_is_tried(self, world: World) -> None:
        """The presser hears that the platform cannot."""
        world.arrives()
        world.platform.missing.add(Ability.HIDE)

        told = world.press(Hide)

        assert (told.msgid, told.params) == ("{platform} cannot do this.", {"platform": "Facebook"})
        assert world.case().state == State.NIEUW

    def test_an_account_out_of_the_settings(self, world: World) -> None:
        """Cards of an account that was taken out of the settings are told apart from a failure."""
        world.arrives()
        object.__setattr__(world.house, "platforms", {})

        told = world.press(Hide)

        assert told.msgid == "The account of this comment is not in the settings any more."
        assert world.view().platform_label == "facebook"

    def test_an_account_that_goes_in_between(self, world: World) -> None:
        """Taken out of the settings after the press: the act fails and says why."""
        world.arrives()
        case = world.case()
        world.give(Hide, case)
        with world.between(after=1):
            object.__setattr__(world.house, "platforms", {})

        assert world.case().state == State.MISLUKT
        assert world.case().trouble["msgid"] == "The account of this comment is not in the settings any more."


class TestUnhide:
    """The undo of hiding, at any time."""

    def test_makes_visible_and_opens_again(self, world: World) -> None:
        """The comment is visible; the case is open again with its history."""
        world.arrives()
        world.press(Hide)

        told = world.press(Unhide, by="jef")

        assert (told.ok, told.msgid) == (True, "Visible again at {at}.")
        assert world.case().state == State.HEROPEND
        assert world.told_of().visibility == Visibility.ZICHTBAAR
        assert world.is_true()
        assert world.events()[-2:] == ["heropend", "uitkomst"]

    def test_pressed_twice(self, world: World) -> None:
        """The second finds nothing to undo."""
        world.arrives()
        world.press(Hide)
        world.give(Unhide)
        key = world.give(Unhide, by="jef")
        world.run.work()

        assert world.answer(key).msgid == "The comment is visible already."
        assert world.platform.made("unhide") == ["2001_1"]

    def test_what_another_tool_hid_can_be_shown(self, world: World) -> None:
        """An open case may hold a hidden comment; a person makes it visible without deciding first."""
        world.arrives()
        world.platform.hidden.add("2001_1")
        world.told(ChangeKind.VERBORGEN)
        assert Marker.ELDERS_VERBORGEN.value in world.case().markers

        assert world.press(Unhide).ok

        assert Marker.ELDERS_VERBORGEN.value not in world.case().markers
        assert world.is_true()

    def test_what_is_deleted_stays_deleted(self, world: World) -> None:
        """After a deletion there is nothing to undo; who did it is told."""
        world.arrives()
        world.press(Delete)
        world.later(seconds=60)

        told = world.press(Unhide)

        assert told.msgid == "{who} was first: deleted at {at}."
        assert world.case().state == State.AFGEHANDELD
