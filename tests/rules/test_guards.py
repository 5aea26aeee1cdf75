"""Guards: a negation, a quotation or a word of reproof keeps a rule from flagging, or lowers it one step."""

import pytest

from domain.categories import Certainty, Urgency
from rules.engine import Rules
from tests.rules.conftest import Load, rule


def guarded(load: Load, **parts: object) -> Rules:
    """A rule on “pannenlap” with these guards."""
    return load(rule(**parts), sussen="stop daarmee\nzoiets zeg je niet")


class TestNegation:
    """`ontkenning`: a negation in the clause of the hit."""

    @pytest.mark.parametrize(
        ("text", "flagged"),
        [
            ("Gij zijt een pannenlap", True),
            ("Gij zijt geen pannenlap", False),
            ("Een pannenlap zijt ge niet", False),
            ("Gij zijt niet lief, pannenlap", True),
            ("Gij zijt niet lief maar een pannenlap", True),
            ("Dat is niet waar. Pannenlap!", True),
            ("Gij zijt niet alleen een pannenlap", True),
            ("Gij zijt een pannenlap, nie?", True),
            ("Gij zijt een pannenlap nie?", True),
        ],
    )
    def test_in_the_clause(self, load: Load, text: str, *, flagged: bool) -> None:
        """The clause decides; “niet alleen” and the tag of a question deny nothing."""
        rules = guarded(load, unless=["ontkenning"])

        assert bool(rules.judge(text).flags) is flagged

    def test_within_reach(self, load: Load) -> None:
        """`ontkenning:2` looks two words back only."""
        rules = guarded(load, unless=["ontkenning:2"])

        assert rules.judge("geen enkele pannenlap").flags == ()
        assert rules.judge("geen tijd voor die pannenlap").flags
        assert rules.judge("die pannenlap is niet van hier").flags

    def test_inside_a_pattern(self, load: Load) -> None:
        """A negation in the middle of a hit denies it; one at its edge is part of what is meant."""
        rules = load(
            rule(
                any=[r"/\bgij zijt (?:\w+ )?lap\b/", "niet welkom"],
                unless=["ontkenning"],
                must_match=["gij zijt lap", "gij zijt een lap"],
                must_not_match=["gij zijt geen lap", "welkom"],
            )
        )

        assert rules.judge("hier niet welkom").flags

    def test_flip(self, load: Load) -> None:
        """With `negate = "flip"` a denied insult is none, and denied praise is one."""
        rules = load(
            rule(
                all=["@oordeel", "buren"],
                negate="flip",
                must_match=["buren zijn lappen", "lappen, die buren"],
                must_not_match=["buren zijn geen lappen", "buren"],
            )
            + rule(
                id="lof",
                all=["@lof", "buren"],
                negate="flip",
                must_match=["buren deugen niet", "geen buren deugen"],
                must_not_match=["buren deugen", "buren"],
            ),
            oordeel="lappen",
            lof="# bron: x\n# auteur: x\n# licentie: x\n# label: lof\n# polariteit: positief\ndeugen",
        )

        assert rules.judge("buren zijn lappen").flags[0].guards == ("ontkenning=nee",)
        assert rules.judge("buren deugen niet").flags[0].guards == ("ontkenning=ja",)
        assert rules.explain("buren deugen")[0].stopped_by == "ontkenning"


class TestQuotation:
    """`citaat`: words of somebody else."""

    @pytest.mark.parametrize(
        ("text", "flagged"),
        [
            ("Iemand riep pannenlap naar mij", False),
            ("Ze schreven “pannenlap” op de muur", False),
            ("Het woord pannenlap is lelijk", False),
            ("Iemand riep pannenlap, en gelijk heeft hij", True),
            ("Iemand riep iets. Pannenlap!", True),
            ("'t Is een pannenlap, zo'n pannenlap", True),
            ('"Kijk" zei hij, pannenlap', True),
        ],
    )
    def test_quoted_or_meant(self, load: Load, text: str, *, flagged: bool) -> None:
        """Quoted words do not flag, unless the author agrees with them."""
        rules = guarded(load, unless=["citaat"])

        assert bool(rules.judge(text).flags) is flagged


class TestReproof:
    """`@list` as a guard: words in the same sentence or the one beside it."""

    def test_unless_drops(self, load: Load) -> None:
        """`unless`: no flag, and the explanation says which guard it was."""
        rules = guarded(load, unless=["@sussen"])

        assert rules.judge("Pannenlap? Zoiets zeg je niet.").flags == ()
        assert rules.judge("Pannenlap. Een zin. En nog een. Stop daarmee").flags
        assert rules.explain("pannenlap, stop daarmee")[0].stopped_by == "@sussen"

    def test_downgrade_lowers_one_step(self, load: Load) -> None:
        """`downgrade`: one step lower and never certain, but never gone."""
        rules = guarded(load, category="bedreiging", downgrade=["@sussen", "citaat"])
        flag = rules.judge("Pannenlap! Stop daarmee!").flags[0]

        assert (flag.urgency, flag.certainty) == (Urgency.HOOG, Certainty.TE_BEOORDELEN)
        assert flag.guards == ("@sussen=ja", "citaat=nee")

    @pytest.mark.parametrize(("urgency", "lowered"), [("laag", Urgency.LAAG), ("geen", Urgency.GEEN)])
    def test_a_card_never_disappears(self, load: Load, urgency: str, lowered: Urgency) -> None:
        """The lowest urgency that gives a card stays; what gave no card gets none."""
        rules = guarded(load, urgency=urgency, downgrade=["@sussen"])

        assert rules.judge("pannenlap, stop daarmee").flags[0].urgency is lowered

    def test_one_unguarded_hit_is_enough(self, load: Load) -> None:
        """Only the hits that no guard touches count; one of them keeps the full urgency."""
        rules = guarded(load, unless=["ontkenning"], downgrade=["citaat"])
        flag = rules.judge("geen pannenlap. “pannenlap”. Pannenlap!").flags[0]

        assert flag.spans == ((17, 26), (29, 38))
        assert flag.urgency is Urgency.NORMAAL
        assert flag.certainty is Certainty.HOOG
        assert flag.guards == ("ontkenning=ja", "citaat=ja")


class TestPairsOfGhent:
    """The same words once meant, once denied, quoted or condemned: the shipped rules tell them apart."""

    @pytest.mark.parametrize(
        ("meant", "other"),
        [
            ("Gij zijt een klootzak", "Gij zijt gene klootzak"),
            ("Wat een smeerlap", "Ze noemen mij een smeerlap"),
            ("Die asielzoekers zijn ratten", "Die asielzoekers zijn geen ratten, dat is racisme"),
            ("Moslims horen hier niet", "“Moslims horen hier niet”, zulke reacties zijn onaanvaardbaar"),
            ("Illegalen deugen niet", "Illegalen deugen wel"),
            ("Alle homo's ophangen", "Niemand mag homo's ophangen"),
            ("Die inspecteur is omgekocht", "Die inspecteur is nooit omgekocht"),
        ],
    )
    def test_the_member_of_the_pair_decides(self, gent: Rules, meant: str, other: str) -> None:
        """Meant is flagged, the other is not."""
        assert gent.judge(meant).live
        assert gent.judge(other).live == ()

    def test_a_quoted_threat_is_lowered_never_dropped(self, gent: Rules) -> None:
        """Somebody may be telling what was really said to an officer."""
        meant, quoted = (
            gent.judge(text).flags[0] for text in ("Ik ga u vermoorden", "Iemand riep: ik ga u vermoorden")
        )

        assert (meant.urgency, quoted.urgency) == (Urgency.KRITIEK, Urgency.HOOG)
        assert quoted.certainty is Certainty.TE_BEOORDELEN
