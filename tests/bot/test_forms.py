"""Dialogs: what they ask, what they explain, what they warn for."""

from dataclasses import replace

from bot.fields import Choice, Form, TextField
from bot.forms import form
from bot.scene import Scene
from bot.texts import catalogue
from domain.model import Ability, Capability, CaseView, EvidenceView, Way
from domain.settings import Display
from domain.states import Visibility
from tests.fakes.cases import ALL_BY_API, NAMES, NOOR, NOW, case, failed
from tests.fakes.desk import FakeRules

SCENE = Scene(NOOR, NOW, NAMES.__getitem__, FakeRules(), catalogue(), Display())
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
