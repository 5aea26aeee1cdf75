"""The rules of Ghent on invented comments: what must be seen, and what must be left alone."""

from pathlib import Path

import pytest

from domain.categories import CATEGORIES, Certainty, Urgency
from rules.engine import Rules

TEXTS = Path(__file__).parent / "texts"


def lines(name: str) -> list[str]:
    """The texts of a file, without its heading."""
    return [line for line in (TEXTS / name).read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("line", lines("geflagd.txt"))
def test_seen(gent: Rules, line: str) -> None:
    """The comment gets the category, perhaps beside others."""
    category, _, text = line.partition("|")

    assert category in {flag.category for flag in gent.judge(text).live}


@pytest.mark.parametrize("text", lines("onschuldig.txt"))
def test_left_alone(gent: Rules, text: str) -> None:
    """No breach, nobody woken, nothing masked."""
    judgement = gent.judge(text)
    wrong = [flag for flag in judgement.flags if CATEGORIES[flag.category].breach or flag.urgency is Urgency.KRITIEK]

    assert wrong == []
    assert judgement.personal == ()


class TestScenarios:
    """What the scenarios of the product need from the rules."""

    def test_p1_an_insult(self, gent: Rules) -> None:
        """An insult is normal and certain, and hiding is advised."""
        flag = gent.judge("Wat een zootje, gij zijt echte klootzakken").flags[0]
        card = gent.rule(flag.rule)

        assert (flag.category, flag.urgency, flag.certainty) == (
            "belediging_scheldproza",
            Urgency.NORMAAL,
            Certainty.HOOG,
        )
        assert card is not None
        assert (card.suggest, card.words) == ("verbergen", "scheldwoord + doelwit")

    def test_p3_a_threat(self, gent: Rules) -> None:
        """A threat is critical, and documenting comes first."""
        flag = gent.judge("Als ik die flik tegenkom sla ik hem op zijn bakkes").flags[0]
        card = gent.rule(flag.rule)

        assert (flag.category, flag.urgency) == ("bedreiging", Urgency.KRITIEK)
        assert card is not None
        assert card.suggest == "documenteren"

    def test_p5_a_phone_number(self, gent: Rules) -> None:
        """A number is flagged and masked."""
        text = "Zijn gsm: 0471 23 45 67, doe hem de groeten"
        judgement = gent.judge(text)

        assert judgement.flags[0].category == "persoonsgegevens"
        assert [text[start:end] for start, end in judgement.personal] == ["0471 23 45 67"]

    def test_a_call_for_help_goes_before_everything(self, gent: Rules) -> None:
        """At equal urgency the call for help leads, whatever else is said."""
        flags = gent.judge("Help er wordt hier ingebroken, als ik u tegenkom sla ik u dood klootzak").flags

        assert flags[0].category == "noodoproep"
        assert {"bedreiging", "belediging_scheldproza"} <= {flag.category for flag in flags}

    def test_service_categories_never_advise_hiding(self, gent: Rules) -> None:
        """Questions, reports, complaints, sympathy and praise are never hidden."""
        advice = {rule.suggest for rule in gent.book.rules if not CATEGORIES[rule.category].breach}

        assert advice.isdisjoint({"verbergen", "verwijderen"})
