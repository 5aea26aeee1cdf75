"""Criticism of the police is free: no shipped rule for a breach touches it, and no new rule may."""

import pytest

from domain.categories import CATEGORIES
from domain.errors import Misconfigured
from rules import lint
from rules.engine import Rules
from tests.rules.conftest import Load, rule

CRITICISM = (
    "Jullie flitsen enkel om de kas te spijzen, punt.",
    "Flikken? Die ziet ge alleen als er boetes te rapen zijn.",
    "AMAI WAT EEN SCHANDE, WEER TWEE UUR WACHTEN OP EEN PATROUILLE",
    "In Aalst komen ze na tien minuten, hier mogen we blij zijn als er iemand opneemt.",
    "Weer een persfoto van een nieuwe combi, en onze wijk blijft onveilig.",
    "Belastinggeld in de goot gegooid, dat is het.",
    "Ik ga klacht indienen bij het Comité P over dit optreden.",
    "De agent die mij bekeurde was ronduit onbeschoft.",
    "Wie bewaakt de bewakers?",
    "Proficiat hoor, alweer een oma beboet die haar ticket vergat te leggen.",
    "Gaan jullie ook eens echte criminelen vangen of alleen fietsers zonder licht?",
    "Ge zijt er nooit als we u nodig hebben.",
    "Dit korps is de pedalen kwijt.",
    "Ik geloof er niks meer van, van die cijfers.",
    "De communicatie van de politie trekt op niks.",
    "Jullie laten de handelaars in de steek.",
    "Van een wijkagent hebben wij hier nog nooit gehoord.",
    "Met zo'n korpschef gaat het alleen maar achteruit.",
    "Buitensporig geweld tegen een betoger, schaam u.",
    "Schaam jullie, dit was nergens voor nodig!",
    "De politie kijkt de andere kant op als het over sluikstorten gaat.",
    "Altijd dezelfde straten die gecontroleerd worden, hoe zou dat komen.",
    "Etnisch profileren is dagelijkse kost, vraag het aan mijn zoon.",
    "Als ge een andere huidskleur hebt, wordt ge hier dubbel zo vaak gecontroleerd.",
    "Mijn pv was na drie maanden al geseponeerd, lachwekkend.",
    "Dienstverlening van het jaar nul.",
    "Allemaal show voor de camera.",
    "Ik heb geen vertrouwen meer in justitie en politie.",
    "Meer blauw op straat, minder blauw achter een bureau aub.",
    "'t Is altijd hetzelfde met die gasten in uniform: eerst boetes, dan vragen.",
    "Onze flikken moeten van de stad te veel nutteloze dingen doen.",
    "Hoe arrogant kan een mens zijn, die inspecteur aan het onthaal.",
    "Wat een belachelijke actie weer.",
    "Dom beleid, domme regels, dure boetes.",
    "De zone 30 is gewoon een melkkoe.",
    "Dat jullie dat durven posten, na wat er vorige week gebeurd is.",
    "Zet dat geld liever in preventie dan in flitspalen.",
    "De burgemeester moet eens wakker worden.",
    "Stop met fietsers te pesten.",
    "Zo traag als een slak, die online aangifte.",
    "Het is toch ongelooflijk dat een dief na twee uur weer vrij rondloopt.",
    "Ik ben het beu. Echt beu. Politie Gent, doe uw werk.",
    "NIEMAND NEEMT OP OP DAT NUMMER!!!",
    "Da's hier al jaren zo en gulder doet er niks aan.",
    "Ze zeggen dat ze prioriteit geven aan onze buurt, ik heb er nog gene gezien.",
    "Die agenten reden zelf dertig te snel zonder zwaailicht.",
    "Mag ik vragen waarom een combi op het fietspad geparkeerd staat?",
    "Ge moet in Gent al bloeden voor ze komen.",
    "Goed voor de statistieken, slecht voor de mensen.",
    "Klein bier voor de grote jongens, grote boetes voor de kleine man.",
)


def breaches(rules: Rules, text: str) -> list[str]:
    """Rules for a breach that flag a text, shadow ones too."""
    return [flag.rule for flag in rules.judge(text).flags if CATEGORIES[flag.category].breach]


class TestShippedRules:
    """P10: criticism stays unflagged, or is at most a question, a report or a complaint."""

    @pytest.mark.parametrize("text", CRITICISM)
    def test_criticism_is_no_breach(self, gent: Rules, text: str) -> None:
        """Not as written, and not in capitals."""
        assert breaches(gent, text) == []
        assert breaches(gent, text.upper()) == []

    @pytest.mark.parametrize("text", lint.criticism())
    def test_nor_is_what_the_lint_knows(self, gent: Rules, text: str) -> None:
        """The words and sentences that guard every ruleset hold for the shipped one."""
        assert breaches(gent, text) == []

    @pytest.mark.parametrize("name", ["flik", "flikken", "de flikken", "flikskes", "Gentse flikken", "polis"])
    def test_flik_is_a_neutral_word(self, gent: Rules, name: str) -> None:
        """The force calls itself so."""
        assert gent.judge(f"Dat zijn {name} hè").live == ()

    def test_praise_is_no_breach_either(self, gent: Rules) -> None:
        """Praise in rough words is praise."""
        assert [flag.category for flag in gent.judge("Chapeau flikken, 't was de max!").live] == ["positief"]


class TestLint:
    """“Geen kritiek verbergen”: a rule that would hide criticism is refused when it is loaded."""

    @pytest.mark.parametrize(
        ("any_of", "texts"),
        [
            (["flikken"], ["de flikken", "Flikken!"]),
            (["politie", "agent*"], ["politie", "agentje"]),
            (["kas spijzen"], ["de kas spijzen", "kas spijzen"]),
            (["zakkenvullers"], ["zakkenvullers", "Zakkenvullers!"]),
            ([r"/\bjullie\b/"], ["jullie", "Jullie!"]),
        ],
    )
    def test_a_rule_on_names_or_critics_words(self, load: Load, any_of: list[str], texts: list[str]) -> None:
        """Names of the police and words of critics are never reason enough, also while the rule is off."""
        for state in ("live", "shadow", "off"):
            with pytest.raises(Misconfigured, match="rule proef would hide criticism of the police"):
                load(rule(any=any_of, must_match=texts, state=state))

    def test_a_service_rule_may(self, load: Load) -> None:
        """A question or a complaint about the police is what those categories are for."""
        rules = load(rule(any=["politie"], category="klacht", must_match=["politie", "Politie!"]))

        assert rules.judge("politie").flags

    def test_together_with_an_insult(self, load: Load) -> None:
        """A name of the police beside an insult may be a rule."""
        rules = load(rule(all=["pannenlap", "flik"], must_match=["pannenlap van een flik", "flik, pannenlap"]))

        assert rules.judge("die flik is een pannenlap").flags
