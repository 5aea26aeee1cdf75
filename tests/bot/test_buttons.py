"""Which buttons does who see, in which state, on a platform that can do what?"""

from dataclasses import replace

import pytest

from bot.buttons import BUTTONS, Button, Place, buttons, missing
from bot.texts import catalogue
from domain.dossier import DossierState
from domain.messages import Ledger, MessageState, Template
from domain.model import Ability, Capability, CaseView, Person, Way
from domain.orders import ORDERS, CaseOrder
from domain.roles import PERMISSIONS, Role
from domain.states import ALLOWED, Marker, State, Visibility
from tests.fakes.cases import (
    ALL_BY_API,
    JEF,
    LENA,
    NOOR,
    RIK,
    asks_second,
    busy,
    case,
    documented,
    failed,
    handled,
    message,
    planned,
    stuck,
    warned,
)

WORDS = catalogue()
BREACH = "belediging_scheldproza"
FIVE = ["verbergen", "laten_staan", "waarschuwen", "documenteren", "verwijderen"]


def words_of(view: CaseView, viewer: Person = NOOR, place: Place = Place.ROW) -> list[str]:
    """The acts in one place, in order."""
    return [button.act for button in buttons(view, viewer, WORDS) if button.place is place]


def one(view: CaseView, act: str, viewer: Person = NOOR) -> Button:
    """One button of a card."""
    return next(button for button in buttons(view, viewer, WORDS) if button.act == act)


class TestTable:
    """The table of buttons is whole."""

    def test_every_command_has_a_button_and_every_button_a_command(self) -> None:
        """No order about a case without a way to give it, no button that nothing answers; what a second reader does
        with a dossier stands on the page of the dossier.
        """
        about_cases = {word for word, kind in ORDERS.items() if issubclass(kind, CaseOrder)}

        assert {row.word for row in BUTTONS} == about_cases - {"nakijken", "overmaken", "dossier_intrekken"}

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
    def test_an_open_breach_shows_five_decisions(self, state: State) -> None:
        """With *Meer* six: the client's four and *Laten staan*, in the order hands learn."""
        assert words_of(replace(case(), state=state)) == FIVE


class TestOrder:
    """The advised step stands first and filled; the order of the others never changes."""

    def test_advised_first(self) -> None:
        """Spam is deleted: that button moves to the front, the others keep their places."""
        drawn = buttons(case(category="reclame_spam"), NOOR, WORDS)

        assert [button.act for button in drawn[:5]] == ["verwijderen", *FIVE[:4]]
        assert [button.primary for button in drawn[:5]] == [True, False, False, False, False]

    def test_at_most_one_is_filled(self) -> None:
        """One accent per card, whatever the category."""
        for category in ("bedreiging", "persoonsgegevens", "klacht", "noodoproep", "trollen"):
            assert sum(button.primary for button in buttons(case(category=category), NOOR, WORDS)) <= 1

    def test_a_threat_is_documented_first(self) -> None:
        """And when that is done, hiding is the first step: advice that was followed is no advice any more."""
        assert words_of(case(category="bedreiging"))[0] == "documenteren"
        assert words_of(documented(case(category="bedreiging"))) == [
            "verbergen", "laten_staan", "waarschuwen", "verwijderen",
        ]  # fmt: skip

    def test_what_cannot_be_pressed_is_never_the_first_step(self) -> None:
        """Spam without evidence: deleting waits, so no button is filled."""
        drawn = buttons(case(category="reclame_spam", evidence=None), NOOR, WORDS)

        assert not any(button.primary for button in drawn)

    def test_criticism_and_complaints_offer_leaving_only(self) -> None:
        """Where no house rule is broken, hiding is not in the row: *Laten staan* is."""
        for category in ("kritiek_mening", "klacht", "vraag"):
            assert words_of(case(category=category)) == ["laten_staan"]
            aside = words_of(case(category=category), place=Place.MORE)
            assert {"verbergen", "documenteren"} <= set(aside)
            assert "waarschuwen" not in aside


class TestStates:
    """What a state adds or takes away."""

    def test_nothing_while_an_order_is_carried_out(self) -> None:
        """Stale buttons vanish at the first press."""
        assert buttons(busy(case()), NOOR, WORDS) == ()

    def test_hidden_is_undone_by_making_visible(self) -> None:
        """*Ongedaan maken* on a hidden comment is the command terug_zichtbaar, key z."""
        undo = one(handled(case()), "terug_zichtbaar")

        assert words_of(handled(case())) == ["waarschuwen", "terug_zichtbaar"]
        assert (undo.label, undo.key) == ("Ongedaan maken", "z")

    def test_left_is_undone_by_reopening(self) -> None:
        """*Ongedaan maken* on a comment that was left is the command heropenen."""
        assert words_of(handled(case(), "laten_staan")) == ["heropenen"]
        assert one(handled(case(), "laten_staan"), "heropenen").label == "Ongedaan maken"

    def test_deleted_has_no_undo(self) -> None:
        """Irreversible means no button at all."""
        assert words_of(handled(case(), "verwijderen")) == []
        assert words_of(handled(case(), "verwijderen"), place=Place.MORE) == ["documenteren"]

    def test_removed_by_its_author_has_no_undo(self) -> None:
        """There is nothing left to make visible; its evidence can still be documented."""
        gone = handled(case(markers=frozenset({Marker.AUTEUR_VERWIJDERD})), "laten_staan")

        assert words_of(gone) == []
        assert words_of(gone, place=Place.MORE) == ["documenteren"]

    def test_a_hidden_comment_can_still_be_deleted(self) -> None:
        """*Meer* on a handled card holds what still makes sense."""
        assert words_of(handled(case()), place=Place.MORE) == ["documenteren", "verwijderen"]

    def test_grace_can_be_cancelled(self) -> None:
        """*Annuleren* is the only decision while the grace runs."""
        assert words_of(planned(case())) == ["annuleren"]

    def test_failure_offers_again_and_by_hand(self) -> None:
        """*Opnieuw proberen* first; other decisions under *Meer*."""
        assert words_of(failed(case())) == ["opnieuw", "manueel_gedaan"]
        assert words_of(failed(case()), place=Place.MORE) == [*FIVE, "neem_ik"]
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
        assert words_of(case(capabilities={})) == ["laten_staan", "documenteren"]
        assert len(missing(case(capabilities={}), NOOR, WORDS)) == 3

    def test_by_hand_opens_steps(self) -> None:
        """An ability that is had by hand has the same button, and it opens a dialog."""
        can = {**ALL_BY_API, Ability.HIDE: Capability(Way.MANUEEL)}

        assert one(case(capabilities=can), "verbergen").form

    def test_role_cannot(self) -> None:
        """A reader sees no buttons and one line."""
        assert buttons(case(), LENA, WORDS) == ()
        assert missing(case(), LENA, WORDS) == ("Jouw rol (lezer) beslist niet over kaarten.",)


class TestNextStep:
    """On a handled card the next advised step that was not done yet stands before the undo."""

    def test_warn_after_hiding(self) -> None:
        """Where the advice says so; where it does not, *Waarschuwen…* waits in *Meer*."""
        assert words_of(handled(case()))[0] == "waarschuwen"
        assert "waarschuwen" in words_of(handled(case(category="trollen")), place=Place.MORE)

    def test_delete_after_hiding_a_phone_number(self) -> None:
        """Hidden at once, deleted after proof."""
        assert words_of(handled(case(category="persoonsgegevens"))) == ["verwijderen", "terug_zichtbaar"]

    def test_document_a_threat_that_was_hidden_first(self) -> None:
        """Whatever came first, the other is next; with a dossier nothing is."""
        assert words_of(handled(case(category="bedreiging"))) == ["documenteren", "terug_zichtbaar"]
        assert words_of(documented(handled(case(category="bedreiging")))) == ["terug_zichtbaar"]

    def test_nothing_after_leaving(self) -> None:
        """Who left it standing found no breach: no next step is pushed."""
        assert words_of(handled(case(), "laten_staan")) == ["heropenen"]
        assert words_of(handled(case(), "fout_gemarkeerd")) == ["heropenen"]

    def test_nothing_that_cannot_be_pressed(self) -> None:
        """Without evidence deleting is not the next step."""
        assert words_of(handled(case(category="reclame_spam", evidence=None))) == ["terug_zichtbaar"]


class TestMessages:
    """What can be done about a message to a citizen, in each of its states."""

    def test_while_it_waits_it_can_be_stopped(self) -> None:
        """*Verzenden annuleren* takes the place of the undo and its key."""
        waiting = warned(case(), MessageState.GEPLAND)

        assert words_of(waiting) == ["verzenden_annuleren"]
        assert one(waiting, "verzenden_annuleren").key == "z"
        assert one(waiting, "terug_zichtbaar").key == ""

    def test_delivered_is_not_undone(self) -> None:
        """The comment can be made visible again, but that does not take the message back: it is not called undo."""
        assert words_of(warned(case())) == ["terug_zichtbaar"]
        assert one(warned(case()), "terug_zichtbaar").label == "Terug zichtbaar maken"
        shown = warned(case(), visibility=Visibility.ZICHTBAAR)
        assert one(shown, "heropenen").label == "Heropenen"

    def test_a_third_warning_asks_somebody_else(self) -> None:
        """Everybody but who asked approves or declines; who asked can only withdraw it; a jurist may too."""
        waiting = asks_second(case(), by="noor")

        assert words_of(waiting, NOOR) == ["verzenden_annuleren"]
        assert words_of(waiting, JEF) == words_of(waiting, RIK) == ["goedkeuren", "weigeren"]
        assert one(waiting, "weigeren", JEF).form

    def test_unknown_asks_a_person(self) -> None:
        """*Wel* or *niet verstuurd* instead of trying again, which could send it twice."""
        unknown = stuck(case())

        assert words_of(unknown) == ["wel_verstuurd", "niet_verstuurd"]
        assert "opnieuw" not in words_of(unknown, place=Place.MORE)
        assert one(unknown, "manueel_gedaan").label == "Manueel verstuurd…"
        assert words_of(replace(unknown, trouble=None)) == words_of(unknown)

    @pytest.mark.parametrize("state", [each for each in State if each is not State.MISLUKT])
    def test_unknown_is_asked_whatever_became_of_the_card(self, state: State) -> None:
        """Somebody hid it, left it or planned its deletion meanwhile: the question stays, first in the row."""
        seen = replace(handled(case(category="bedreiging")), state=state, message=message(MessageState.ONBEKEND))

        assert words_of(seen)[:2] == ["wel_verstuurd", "niet_verstuurd"]
        assert [button.act for button in buttons(seen, NOOR, WORDS) if button.primary] == []
        assert not {"wel_verstuurd", "niet_verstuurd"} & set(words_of(seen, RIK))

    def test_nothing_is_asked_of_what_is_known(self) -> None:
        """In no other state of a message."""
        for known in set(MessageState) - {MessageState.ONBEKEND}:
            seen = replace(handled(case()), message=message(known))
            assert "wel_verstuurd" not in [button.act for button in buttons(seen, NOOR, WORDS)]

    def test_unknown_of_a_comment_that_is_gone(self) -> None:
        """Somebody still says whether it went out."""
        gone = stuck(case(), visibility=Visibility.DOOR_AUTEUR_VERWIJDERD)

        assert words_of(gone) == ["wel_verstuurd", "niet_verstuurd"]

    def test_not_deliverable_is_sent_by_hand(self) -> None:
        """There is nothing to try again; other decisions stay possible."""
        never = stuck(case(), MessageState.NIET_AFLEVERBAAR)

        assert words_of(never) == ["manueel_gedaan"]
        assert one(never, "manueel_gedaan").label == "Manueel verstuurd…"
        assert {"verbergen", "laten_staan", "waarschuwen"} <= set(words_of(never, place=Place.MORE))

    def test_failed_for_now_can_be_tried_again(self) -> None:
        """As every act."""
        assert words_of(stuck(case(), MessageState.MISLUKT))[:2] == ["opnieuw", "manueel_gedaan"]

    def test_something_else_failed(self) -> None:
        """A failed act after an old message is about that act."""
        old = stuck(case(), MessageState.MISLUKT)
        hiding = replace(failed(case()), message=old.message)

        assert one(hiding, "manueel_gedaan").label == "Manueel gedaan…"

    def test_the_message_that_explains_a_deletion(self) -> None:
        """In its grace only the deletion is cancelled; stuck, it is about the message."""
        explains = message(MessageState.GEPLAND, 0, template=Template.VERWIJDERD_PRIVACY)
        assert words_of(replace(planned(case()), message=explains)) == ["annuleren"]
        late = stuck(case(), message=replace(explains, state=MessageState.MISLUKT))
        assert late.trouble
        late = replace(late, trouble=replace(late.trouble, command="verwijderen"))
        assert one(late, "manueel_gedaan").label == "Manueel verstuurd…"

    def test_a_message_that_waits_for_hiding(self) -> None:
        """Hiding failed, so the message waits: it can be stopped there too."""
        waiting = replace(failed(case()), message=message(MessageState.GEPLAND))

        assert words_of(waiting) == ["opnieuw", "manueel_gedaan", "verzenden_annuleren"]

    def test_a_strike_can_be_withdrawn(self) -> None:
        """Where it was booked, under *Meer*, with a form; nowhere else."""
        assert "waarschuwing_intrekken" in words_of(warned(case()), place=Place.MORE)
        assert one(warned(case()), "waarschuwing_intrekken").form
        assert "waarschuwing_intrekken" not in words_of(case(ledger=Ledger(live=2)), place=Place.MORE)


class TestWhyNoWarning:
    """*Waarschuwen…* that cannot be pressed says why."""

    @pytest.mark.parametrize(
        ("over", "linked", "words"),
        [
            ({}, False, "het adres van de huisregels is niet ingesteld"),
            ({"message": message()}, True, "het enige privébericht voor deze reactie is al verstuurd"),
            ({"message": message(MessageState.BEZIG)}, True, "al een privébericht over deze reactie onderweg"),
            (
                {"capabilities": {**ALL_BY_API, Ability.REPLY_PRIVATE: Capability(Way.MANUEEL)}},
                True,
                "Nabij kan op Facebook geen privéberichten versturen.",
            ),
        ],
    )
    def test_reasons(self, over: dict[str, object], linked: bool, words: str) -> None:  # noqa: FBT001 - a table
        """No house rules to point at, one message per comment, a platform that takes none from programs."""
        drawn = buttons(case(**over), NOOR, WORDS, linked=linked)

        assert words in next(button.off for button in drawn if button.act == "waarschuwen")

    def test_a_platform_without_private_messages(self) -> None:
        """No button, one line."""
        can = {**ALL_BY_API, Ability.REPLY_PRIVATE: Capability(Way.GEEN)}

        assert "waarschuwen" not in words_of(case(capabilities=can))
        assert missing(case(capabilities=can), NOOR, WORDS) == ("Facebook kan hier niet privé antwoorden.",)

    def test_after_a_message_that_was_cancelled(self) -> None:
        """Nothing was used: warning is possible again."""
        assert not one(case(message=message(MessageState.GEANNULEERD)), "waarschuwen").off


class TestDossier:
    """What a dossier changes on the card."""

    def test_a_concept_keeps_the_comment(self) -> None:
        """Deleting waits until it was reviewed or withdrawn; a sealed one keeps its own copies."""
        assert "PV-dossier in concept" in one(documented(case()), "verwijderen").off
        assert not one(documented(case(), DossierState.NAGEKEKEN), "verwijderen").off

    def test_its_form_is_changed_from_more(self) -> None:
        """Under another label, on open and on handled cards."""
        for view in (documented(case()), documented(handled(case()))):
            assert "documenteren" in words_of(view, place=Place.MORE)
            assert one(view, "documenteren").label == "Dossier aanvullen…"

    def test_a_jurist_documents_and_nothing_else(self) -> None:
        """The second person sees the card by its link, without the decisions of the team."""
        assert [button.act for button in buttons(case(), RIK, WORDS)] == ["documenteren", "toon_tekst"]
