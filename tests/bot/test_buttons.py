"""Which buttons does who see, in which state, on a platform that can do what?"""

from dataclasses import replace

import pytest

from bot.buttons import BUTTONS, Button, Place, buttons, missing
from bot.texts import catalogue
from domain.model import Ability, Capability, CaseView, Person, Way
from domain.orders import ORDERS
from domain.roles import PERMISSIONS, Role
from domain.states import ALLOWED, Marker, State, Visibility
from tests.fakes.cases import ALL_BY_API, JEF, LENA, NOOR, busy, case, failed, handled, planned

WORDS = catalogue()
BREACH = "belediging_scheldproza"


def words_of(view: CaseView, viewer: Person = NOOR, place: Place = Place.ROW) -> list[str]:
    """The acts in one place, in order."""
    return [button.act for button in buttons(view, viewer, WORDS) if button.place is place]


def one(view: CaseView, act: str, viewer: Person = NOOR) -> Button:
    """One button of a card."""
    return next(button for button in buttons(view, viewer, WORDS) if button.act == act)


class TestTable:
    """The table of buttons is whole."""

    def test_every_command_has_a_button_and_every_button_a_command(self) -> None:
        """No order without a way to give it, no button that nothing answers."""
        assert {row.word for row in BUTTONS} == set(ORDERS)

    def test_labels_fit_every_channel(self) -> None:
        """The Dutch words of a button have at most 75 characters."""
        assert all(0 < len(WORDS(row.label)) <= 75 for row in BUTTONS)

    @pytest.mark.parametrize("state", list(State))
    @pytest.mark.parametrize("role", list(Role))
    @pytest.mark.parametrize("way", list(Way))
    def test_no_button_is_drawn_that_would_be_refused(self, state: State, role: Role, way: Way) -> None:
        """State, role and platform: whatever one of them forbids is not on the card."""
        can = {ability: Capability(way) for ability in Ability}
        view = replace(case(), state=state, capabilities=can)
        needs = {row.word: row.needs for row in BUTTONS}

        for button in buttons(view, Person("x", "X", role), WORDS):
            assert state in ALLOWED[button.act]
            assert role in PERMISSIONS[button.act]
            assert way is not Way.GEEN or needs[button.act] is None
            assert way is not Way.MANUEEL or needs[button.act] is None or button.form

    @pytest.mark.parametrize("state", [State.NIEUW, State.IN_BEHANDELING, State.HEROPEND])
    def test_an_open_breach_shows_hide_leave_and_delete(self, state: State) -> None:
        """The three decisions that exist, in the order hands learn."""
        assert words_of(replace(case(), state=state)) == ["verbergen", "laten_staan", "verwijderen"]


class TestOrder:
    """The advised step stands first and filled; the order of the others never changes."""

    def test_advised_first(self) -> None:
        """Spam is deleted: that button moves to the front, the others keep their places."""
        drawn = buttons(case(category="reclame_spam"), NOOR, WORDS)

        assert [button.act for button in drawn[:3]] == ["verwijderen", "verbergen", "laten_staan"]
        assert [button.primary for button in drawn[:3]] == [True, False, False]

    def test_at_most_one_is_filled(self) -> None:
        """One accent per card, whatever the category."""
        for category in ("bedreiging", "persoonsgegevens", "klacht", "noodoproep", "trollen"):
            assert sum(button.primary for button in buttons(case(category=category), NOOR, WORDS)) <= 1

    def test_advice_without_a_button_is_skipped(self) -> None:
        """A threat is documented first; while that command does not exist, hiding is the first step."""
        assert words_of(case(category="bedreiging"))[0] == "verbergen"

    def test_what_cannot_be_pressed_is_never_the_first_step(self) -> None:
        """Spam without evidence: deleting waits, so no button is filled."""
        drawn = buttons(case(category="reclame_spam", evidence=None), NOOR, WORDS)

        assert not any(button.primary for button in drawn)

    def test_criticism_and_complaints_offer_leaving_only(self) -> None:
        """Where no house rule is broken, hiding is not in the row: *Laten staan* is."""
        for category in ("kritiek_mening", "klacht", "vraag"):
            assert words_of(case(category=category)) == ["laten_staan"]
            assert "verbergen" in words_of(case(category=category), place=Place.MORE)


class TestStates:
    """What a state adds or takes away."""

    def test_nothing_while_an_order_is_carried_out(self) -> None:
        """Stale buttons vanish at the first press."""
        assert buttons(busy(case()), NOOR, WORDS) == ()

    def test_hidden_is_undone_by_making_visible(self) -> None:
        """*Ongedaan maken* on a hidden comment is the command terug_zichtbaar, key z."""
        undo = one(handled(case()), "terug_zichtbaar")

        assert words_of(handled(case())) == ["terug_zichtbaar"]
        assert (undo.label, undo.key) == ("Ongedaan maken", "z")

    def test_left_is_undone_by_reopening(self) -> None:
        """*Ongedaan maken* on a comment that was left is the command heropenen."""
        assert words_of(handled(case(), "laten_staan")) == ["heropenen"]
        assert one(handled(case(), "laten_staan"), "heropenen").label == "Ongedaan maken"

    def test_deleted_has_no_undo(self) -> None:
        """Irreversible means no button at all."""
        assert {button.act for button in buttons(handled(case(), "verwijderen"), NOOR, WORDS)} <= {"toon_tekst"}

    def test_removed_by_its_author_has_no_undo(self) -> None:
        """There is nothing left to make visible."""
        gone = handled(case(markers=frozenset({Marker.AUTEUR_VERWIJDERD})), "laten_staan")

        assert words_of(gone) == words_of(gone, place=Place.MORE) == []

    def test_a_hidden_comment_can_still_be_deleted(self) -> None:
        """*Meer* on a handled card holds what still makes sense."""
        assert words_of(handled(case()), place=Place.MORE) == ["verwijderen"]

    def test_grace_can_be_cancelled(self) -> None:
        """*Annuleren* is the only decision while the grace runs."""
        assert words_of(planned(case())) == ["annuleren"]

    def test_failure_offers_again_and_by_hand(self) -> None:
        """*Opnieuw proberen* first; other decisions under *Meer*."""
        assert words_of(failed(case())) == ["opnieuw", "manueel_gedaan"]
        assert words_of(failed(case()), place=Place.MORE) == ["verbergen", "laten_staan", "verwijderen", "neem_ik"]
        assert one(failed(case()), "opnieuw").primary

    def test_making_visible_is_offered_only_when_hidden(self) -> None:
        """A failed case whose comment is still visible has nothing to make visible."""
        hidden = replace(failed(case()), visibility=Visibility.VERBORGEN)

        assert "terug_zichtbaar" in words_of(hidden, place=Place.MORE)
        assert one(hidden, "terug_zichtbaar").label == "Terug zichtbaar maken"


class TestClaim:
    """Who works on it."""

    def test_free(self) -> None:
        """A free case can be taken."""
        assert words_of(case(), place=Place.MORE) == ["neem_ik"]
        assert one(case(), "neem_ik").label == "Neem ik"

    def test_mine(self) -> None:
        """My case can be let go."""
        mine = replace(case(), state=State.IN_BEHANDELING, claimed_by="noor")

        assert words_of(mine, place=Place.MORE) == ["laat_los"]

    def test_of_a_colleague(self) -> None:
        """A colleague's case can be taken over, in one press that says so."""
        theirs = replace(case(), state=State.IN_BEHANDELING, claimed_by="noor")
        over = one(theirs, "neem_ik", JEF)

        assert (over.label, over.take_over) == ("Overnemen", True)


class TestWhyNot:
    """A button that is not there is explained in one line."""

    def test_evidence_first(self) -> None:
        """Without evidence *Verwijderen…* is there but off, with its reason."""
        assert "Nog geen bewijs" in one(case(evidence=None), "verwijderen").off

    def test_legal_hold(self) -> None:
        """A legal hold switches deleting off."""
        assert "Bewaarplicht" in one(case(markers=frozenset({Marker.BEWAARPLICHT})), "verwijderen").off

    def test_platform_cannot(self) -> None:
        """The reason of the platform is told, translated."""
        why = "Facebook takes no reports from programs: report the comment in its own menu."
        can = {**ALL_BY_API, Ability.HIDE: Capability(Way.GEEN, why)}

        (line,) = missing(case(capabilities=can), NOOR, WORDS)
        assert line.startswith("Facebook kan niet verbergen: Facebook aanvaardt geen rapporten")
        assert "verbergen" not in words_of(case(capabilities=can))

    def test_unnamed_ability_cannot(self) -> None:
        """What the platform does not name cannot be done."""
        assert words_of(case(capabilities={})) == ["laten_staan"]
        assert len(missing(case(capabilities={}), NOOR, WORDS)) == 2

    def test_by_hand_opens_steps(self) -> None:
        """An ability that is had by hand has the same button, and it opens a dialog."""
        can = {**ALL_BY_API, Ability.HIDE: Capability(Way.MANUEEL)}

        assert one(case(capabilities=can), "verbergen").form

    def test_role_cannot(self) -> None:
        """A reader sees no buttons and one line."""
        assert buttons(case(), LENA, WORDS) == ()
        assert missing(case(), LENA, WORDS) == ("Jouw rol (lezer) beslist niet over kaarten.",)
