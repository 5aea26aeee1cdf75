"""Dialogs: what they ask, what they explain, what they warn for."""

from dataclasses import replace
from typing import Any

import pytest

from bot.fields import SHOWN, Choice, Form, Lines, TextField
from bot.forms import form
from bot.scene import Scene
from bot.texts import catalogue
from domain.dossier import DossierState
from domain.dossier import Form as Filled
from domain.messages import Fault, Ledger, MessageState
from domain.model import Ability, Capability, CaseView, EvidenceView, Way
from domain.settings import Display
from domain.states import Visibility
from tests.fakes.cases import (
    ALL_BY_API,
    NAMES,
    NOOR,
    NOW,
    RIK,
    asks_second,
    case,
    documented,
    failed,
    handled,
    message,
    planned,
    stuck,
    warned,
)
from tests.fakes.desk import FakeRules, fake_drafts, fake_faults

SCENE = Scene(
    NOOR,
    NOW,
    NAMES.__getitem__,
    FakeRules(),
    catalogue(),
    Display(),
    drafts=fake_drafts,
    faults=fake_faults,
    explanation=lambda: "Weg, want er stonden persoonsgegevens in. Zie onze huisregels.",
)
CANNOT_HIDE = {**ALL_BY_API, Ability.HIDE: Capability(Way.GEEN)}


def dialog(view: CaseView, word: str, scene: Scene = SCENE) -> Form:
    """The dialog, which is there."""
    made = form(view, word, scene)
    assert made
    return made


class TestDelete:
    """The dialog of *Verwijderen…*."""

    def test_category_is_chosen_beforehand(self) -> None:
        """The rule's guess stands there; only breaches of house rules can be chosen."""
        category, reason = dialog(case(), "verwijderen").fields

        assert isinstance(category, Choice)
        assert category.chosen == "belediging_scheldproza"
        assert not {"kritiek_mening", "klacht", "politiek"} & {key for key, _ in category.options}
        assert isinstance(reason, TextField)

    def test_without_breach_the_person_chooses(self) -> None:
        """A complaint is no breach: nothing is chosen beforehand."""
        category = dialog(case(category="klacht"), "verwijderen").fields[0]

        assert isinstance(category, Choice)
        assert category.chosen == ""

    def test_hide_against_delete(self) -> None:
        """It explains hiding on this platform, the grace, and that deleting is for ever."""
        made = dialog(case(), "verwijderen")

        assert "op Facebook zien de auteur en vrienden de reactie nog" in made.explain[0]
        assert "60 seconden" in made.explain[-1]
        assert "onherroepelijk" in made.warning
        assert made.submit == "Verwijderen na 60 seconden"

    def test_a_platform_that_cannot_hide(self) -> None:
        """It warns that the comment stays visible until it is gone."""
        made = dialog(case(capabilities=CANNOT_HIDE), "verwijderen")

        assert "blijft zichtbaar tot ze verwijderd is" in made.explain[0]

    def test_already_hidden(self) -> None:
        """What is hidden is not announced to be hidden."""
        made = dialog(case(visibility=Visibility.VERBORGEN), "verwijderen")

        assert not any("meteen verborgen" in line for line in made.explain)

    def test_incomplete_evidence_and_trial(self) -> None:
        """What is missing, and that a trial sends nothing, are said."""
        part = EvidenceView(NOW, "a3f9" + "0" * 60, complete=False, missing=("foto",))
        made = dialog(case(evidence=part, trial=True), "verwijderen")

        assert any("onvolledig: foto" in line for line in made.explain)
        assert made.explain[-1].startswith("Proef")

    def test_without_grace(self) -> None:
        """A grace of zero is named as what it is."""
        assert dialog(case(), "verwijderen", replace(SCENE, grace_s=0)).submit == "Nu verwijderen"

    def test_bound_to_the_text_seen(self) -> None:
        """The dialog remembers which text it was opened from."""
        assert dialog(case(text_version=3), "verwijderen").seen == 3


class TestByHand:
    """*Manueel gedaan…* and abilities that are had by hand."""

    def test_steps_with_a_link(self) -> None:
        """Open there, choose there what failed here, come back."""
        made = dialog(failed(case()), "manueel_gedaan")

        assert made.steps[0].url == "https://facebook.example/1001/104"
        assert made.steps[1].text == "Kies daar: Verbergen."
        assert (made.act, made.submit) == ("manueel_gedaan", "Ik heb het gedaan")

    def test_manual_ability(self) -> None:
        """Hiding by hand gives the order to hide, after the same steps."""
        can = {**ALL_BY_API, Ability.HIDE: Capability(Way.MANUEEL)}

        assert dialog(case(capabilities=can), "verbergen").act == "verbergen"

    def test_no_dialog(self) -> None:
        """A press without questions has no dialog; nor has *manueel gedaan* without trouble."""
        assert form(case(), "verbergen", SCENE) is None
        assert form(case(), "manueel_gedaan", SCENE) is None
        assert form(case(), "bestaat_niet", SCENE) is None


def field(made: Form, name: str) -> Any:
    """One field of a form."""
    return next(one for one in made.fields if getattr(one, "name", "") == name)


def names(made: Form) -> list[str]:
    """The fields that come back."""
    return [one.name for one in made.fields if not isinstance(one, Lines) and hasattr(one, "name")]


class TestWarn:
    """The dialog of *Waarschuwen…*."""

    def test_the_advised_text_stands_there_filled_in(self) -> None:
        """Which text, hide as well, and the text as it arrives; what it is stands beside the title."""
        made = dialog(case(ledger=Ledger(live=1)), "waarschuwen")

        assert names(made) == ["template", "hide", "text"]
        assert field(made, "template").chosen == "waarschuwing_1"
        assert field(made, "text").text.endswith("en is verborgen: https://huisregels.example. Waarschuwing 2 van 3.")
        assert (made.badge, made.submit) == ("waarschuwing 2/3", "Versturen na 30 seconden")
        assert made.faults == ()

    def test_hiding_is_ticked_where_advised(self) -> None:
        """And not offered where it is done already, or cannot be done."""
        assert field(dialog(case(), "waarschuwen"), "hide").on
        assert not field(dialog(case(category="reclame_spam"), "waarschuwen"), "hide").on
        for view in (
            case(visibility=Visibility.VERBORGEN),
            case(capabilities=CANNOT_HIDE),
            handled(case(), "laten_staan"),
        ):
            assert "hide" not in names(dialog(view, "waarschuwen"))

    def test_it_says_what_will_happen(self) -> None:
        """The wait, the only message there is, when it counts, what is checked."""
        text = " ".join(dialog(case(), "waarschuwen").explain)

        assert "Vertrekt na 30 seconden" in text
        assert "Facebook laat één privébericht toe" in text
        assert "zodra ze is afgeleverd" in text

    def test_a_third_asks_somebody_else(self) -> None:
        """The button says so, not the result afterwards."""
        made = dialog(case(ledger=Ledger(live=2)), "waarschuwen")

        assert made.explain[0] == "Dit is waarschuwing 3: eerst moet een tweede persoon akkoord gaan."
        assert made.submit == "Voorleggen aan een tweede persoon"

    def test_same_post_within_a_day(self) -> None:
        """No second strike for one evening under one post."""
        made = dialog(case(ledger=Ledger(live=1, same_post=True)), "waarschuwen")

        assert any("telt niet extra mee" in line for line in made.explain)
        assert made.badge == "waarschuwing 1/3"

    def test_what_was_said_before_and_trial(self) -> None:
        """An earlier message that was cancelled is told; so is that a trial sends nothing."""
        made = dialog(case(message=message(MessageState.GEANNULEERD), trial=True), "waarschuwen")

        assert "Eerder: waarschuwing 2/3: privébericht geannuleerd." in made.explain
        assert made.explain[-1].startswith("Proef")

    def test_another_choice_draws_its_text(self) -> None:
        """The hint does not count, and says so in two words."""
        made = form(case(), "waarschuwen", SCENE, typed={"template": "hint", "text": "oud", SHOWN: "waarschuwing_1:1"})

        assert made
        assert field(made, "text").text.startswith("Een kleine tip")
        assert made.badge == "Hint (telt niet mee)"
        assert not any("telt mee zodra" in line for line in made.explain)

    def test_ticking_hide_changes_an_untouched_text_only(self) -> None:
        """The draft follows the tick; what a person wrote stays as it was written."""
        drawn = fake_drafts(case(), hide=True)[0].text
        typed = {"template": "waarschuwing_1", "text": drawn, SHOWN: "waarschuwing_1:1"}
        made, own = (
            form(case(), "waarschuwen", SCENE, typed={**typed, "text": text}) for text in (drawn, "huisregels!")
        )

        assert made
        assert own
        assert "verborgen" not in field(made, "text").text
        assert field(own, "text").text == "huisregels!"

    def test_faults_are_told_with_their_place(self) -> None:
        """As people count, with the words themselves; what is about the whole text has no place."""
        typed = {"template": "waarschuwing_1", "text": "Bel 0470, {naam}", SHOWN: "waarschuwing_1:0"}
        made = form(case(), "waarschuwen", SCENE, typed=typed)

        assert made
        assert made.blocked
        assert [(fault.where, fault.text) for fault in made.faults] == [
            ("teken 11: “{”", "Hier is iets niet ingevuld."),
            ("teken 5 tot 8: “0470”", "Een telefoonnummer of ander persoonsgegeven mag niet verstuurd worden."),
            ("", "De tekst verwijst niet naar de huisregels."),
        ]

    def test_what_only_warns_does_not_block(self) -> None:
        """A lecturing tone is the sender's choice."""
        mild = replace(SCENE, faults=lambda *_: (Fault((0, 3), "The text is empty.", blocks=False),))
        made = form(case(), "waarschuwen", mild, typed={"text": "Toe."})

        assert made
        assert made.faults
        assert not made.blocked

    def test_a_form_that_shows_something_else_than_was_typed(self) -> None:
        """That is how a choice whose text nobody read is noticed."""
        typed = {"template": "hint", "text": "oud", SHOWN: "waarschuwing_1:1"}
        made = form(case(), "waarschuwen", SCENE, typed=typed)

        assert made
        assert not made.shows(typed)
        assert made.shows({**typed, "text": field(made, "text").text})

    def test_no_text_fits(self) -> None:
        """Then there is no dialog."""
        assert form(case(), "waarschuwen", replace(SCENE, drafts=lambda *_: ())) is None


class TestExplain:
    """*Verwijderen…* of personal data tells the author why, first."""

    def test_ticked_for_personal_data(self) -> None:
        """With the text that he will read."""
        made = dialog(case(category="persoonsgegevens"), "verwijderen")

        assert field(made, "explain").on
        assert "persoonsgegevens" in next(one.text for one in made.fields if isinstance(one, Lines))

    def test_offered_where_personal_data_were_found(self) -> None:
        """Beside another breach it is not ticked; without any it would not be true."""
        made = dialog(case(text="bel 0470 12 34 56", personal=((4, 17),)), "verwijderen")

        assert not field(made, "explain").on
        assert "explain" not in names(dialog(case(), "verwijderen"))

    @pytest.mark.parametrize(
        "over",
        [
            {"message": message()},
            {"capabilities": {**ALL_BY_API, Ability.REPLY_PRIVATE: Capability(Way.GEEN)}},
        ],
    )
    def test_not_when_no_message_can_go(self, over: dict[str, object]) -> None:
        """The one message was used, or the platform takes none."""
        assert "explain" not in names(dialog(case(category="persoonsgegevens", **over), "verwijderen"))

    def test_not_when_the_text_may_not_go(self) -> None:
        """A text with a hole in it is not offered."""
        broken = replace(SCENE, explanation=lambda: "Mail naar {meldpunt}, zie huisregels.")

        assert "explain" not in names(dialog(case(category="persoonsgegevens"), "verwijderen", broken))
        assert "explain" not in names(
            dialog(case(category="persoonsgegevens"), "verwijderen", replace(SCENE, explanation=str))
        )

    def test_what_was_typed_stays(self) -> None:
        """Drawn again, the choice of the person stands."""
        typed = {"category": "trollen", "reason": "omdat", "explain": "1"}
        made = form(case(category="persoonsgegevens"), "verwijderen", SCENE, typed=typed)
        off = form(case(category="persoonsgegevens"), "verwijderen", SCENE, typed={"category": "geen"})

        assert made
        assert off
        assert (field(made, "category").chosen, field(made, "reason").text) == ("trollen", "omdat")
        assert field(made, "explain").on
        assert (field(off, "category").chosen, field(off, "explain").on) == ("", False)


class TestSentByHand:
    """*Manueel verstuurd…*: the steps, and the text to copy."""

    def test_steps_and_text(self) -> None:
        """Where, what, and that it counts."""
        made = dialog(stuck(case(), MessageState.NIET_AFLEVERBAAR), "manueel_gedaan")

        assert made.steps[0].url == "https://facebook.example/1001/104"
        assert [one.text for one in made.fields if isinstance(one, Lines)] == [message().text]
        assert (made.act, made.badge, made.submit) == ("manueel_gedaan", "waarschuwing 2/3", "Ik heb het verstuurd")
        assert "telt vanaf dan mee" in made.explain[1]

    def test_a_hint_by_hand(self) -> None:
        """Does not count there either."""
        hint = stuck(case(), message=message(MessageState.ONBEKEND, 0))

        assert "telt niet mee" in dialog(hint, "manueel_gedaan").explain[1]


class TestDocument:
    """The dialog of *Documenteren (PV)…*."""

    def test_two_axes_apart(self) -> None:
        """What the team acts on, and what others decide: each under its own heading."""
        made = dialog(case(category="bedreiging"), "documenteren")
        parts = [
            (heading.text, [getattr(one, "name", "") for one in fields]) for heading, fields in made.parts if heading
        ]

        assert parts == [
            ("Huisregel", ["category"]),
            ("Mogelijk strafbaar", ["punishable", "elements", "criterion", "target", "injured", "complaint"]),
            ("Notitie", ["note"]),
        ]
        assert made.parts[1][0]
        assert made.parts[1][0].note == "Nabij kwalificeert niet: dat doet de opsteller van het PV."

    def test_nothing_is_ticked_beforehand(self) -> None:
        """The rule's category is a proposal; the elements are seen by a person."""
        made = dialog(case(category="bedreiging"), "documenteren")

        assert field(made, "category").chosen == "bedreiging"
        assert field(made, "punishable").chosen == "te_beoordelen"
        assert field(made, "elements").chosen == ()
        assert field(dialog(case(category="klacht"), "documenteren"), "category").chosen == ""

    def test_only_a_jurist_says_yes(self) -> None:
        """*Ja* is not offered to others; what a jurist said stands there for everybody."""
        keys = [key for key, _ in field(dialog(case(), "documenteren"), "punishable").options]
        jurist = dialog(case(), "documenteren", replace(SCENE, viewer=RIK))
        judged = documented(case(), form=Filled("bedreiging", "ja"))
        said, again = dialog(judged, "documenteren"), dialog(judged, "documenteren", replace(SCENE, viewer=RIK))

        assert keys == ["nee", "te_beoordelen"]
        assert [key for key, _ in field(jurist, "punishable").options][-1] == "ja"
        assert [key for key, _ in field(said, "punishable").options] == [field(said, "punishable").chosen] == ["ja"]
        assert [key for key, _ in field(again, "punishable").options] == ["nee", "te_beoordelen", "ja"]

    def test_a_concept_is_filled_in_as_it_stands(self) -> None:
        """With the version it was opened from, so that a colleague's change is never overwritten unseen."""
        made = dialog(documented(case()), "documenteren")

        assert made.title == "Dossier SMD-2026-000014 aanvullen"
        assert made.hidden == (("seen_form", "2"),)
        assert field(made, "elements").chosen == ("openbaar", "doelwit")
        assert field(made, "note").text == "Eerste notitie."
        assert made.submit == "Bewaren in het dossier"
        assert made.explain[0].startswith("Versie 2 van het formulier blijft bewaard")

    def test_a_first_one_has_no_version_yet(self) -> None:
        """Nothing was seen, so nothing can be overwritten."""
        assert dialog(case(), "documenteren").hidden == (("seen_form", "0"),)

    @pytest.mark.parametrize("state", [DossierState.NAGEKEKEN, DossierState.OVERGEMAAKT])
    def test_a_sealed_one_gets_an_addition(self, state: DossierState) -> None:
        """A new dossier that begins from the old form, whose version is nobody's any more."""
        made = dialog(documented(case(), state), "documenteren")

        assert made.title == "Aanvullend dossier bij SMD-2026-000014"
        assert made.hidden == (("seen_form", "0"),)
        assert made.submit == "Dossier maken"

    def test_a_deletion_in_its_grace_stops(self) -> None:
        """And that is said beforehand."""
        assert dialog(planned(case()), "documenteren").explain[-1] == "De geplande verwijdering stopt."

    def test_what_was_typed_stays(self) -> None:
        """Drawn again as it came back, ticks too."""
        typed = {"category": "bedreiging", "punishable": "nee", "elements.opzet": "1", "note": "x", "target": "groep"}
        made = form(documented(case()), "documenteren", SCENE, typed=typed)

        assert made
        assert field(made, "elements").chosen == ("opzet",)
        assert (field(made, "note").text, field(made, "target").chosen) == ("x", "groep")


class TestReasons:
    """Dialogs that only ask why."""

    def test_decline(self) -> None:
        """Who asked stands there; a reason is needed; afterwards the card is open again."""
        made = dialog(asks_second(case(), by="jef"), "weigeren")

        assert made.explain[0].startswith("Gevraagd door Jef T. om 21:06.")
        assert field(made, "reason").required
        assert form(case(), "weigeren", SCENE) is None

    def test_withdraw_a_strike(self) -> None:
        """The message stays with the author, only the strike goes."""
        made = dialog(warned(case()), "waarschuwing_intrekken")

        assert "de auteur houdt het bericht" in made.explain[0]
        assert field(made, "reason").required
        assert form(case(), "waarschuwing_intrekken", SCENE) is None

    def test_take_over_is_carried_along(self) -> None:
        """A dialog opened by taking over says so when it is sent."""
        for word in ("verwijderen", "waarschuwen", "documenteren"):
            made = form(case(), word, SCENE, take_over=True)
            assert made
            assert made.take_over
