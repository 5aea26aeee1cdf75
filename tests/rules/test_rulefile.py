"""Rule files and lists: what is wrong is refused in one line that names file, rule and example."""

from pathlib import Path

import pytest

from domain.errors import Misconfigured
from rules.check import check
from rules.engine import Rules
from tests.rules.conftest import Load, Write, rule

REFUSED = {
    "unknown key": (rule(woord="x"), "proef.toml: rule proef: unknown key “woord”."),
    "no id": (rule(id=None), "proef.toml: rule ?: id is missing."),
    "no category": (rule(category=None), "rule proef: category is missing."),
    "unknown category": (rule(category="boos"), "rule proef: category “boos” is unknown; known are noodoproep,"),
    "unknown urgency": (rule(urgency="snel"), "rule proef: urgency “snel” is unknown; known are geen, laag,"),
    "unknown certainty": (rule(certainty="x"), "rule proef: certainty “x” is unknown"),
    "unknown state": (rule(state="aan"), "rule proef: state “aan” is unknown; known are shadow, live, off."),
    "unknown advice": (rule(suggest="slaan"), "rule proef: suggest “slaan” is unknown"),
    "wrong polarity": (rule(negate="drop"), "rule proef: negate “drop” is unknown"),
    "wrong type": (rule(window="acht"), "rule proef: window must be a whole number."),
    "wrong list": (rule(near="je"), "rule proef: near must be a list."),
    "number in a list": (rule(near=[3]), "rule proef: near must hold texts."),
    "huge window": (rule(window=4000), "rule proef: window must be 1 to 40."),
    "fuzzy": (rule(fuzzy=1), "rule proef: fuzzy is not available without a list of known words; write 0."),
    "one example": (rule(must_match=["pannenlap"]), "rule proef: must_match needs 2 examples or more."),
    "nothing to look for": (rule(any=[]), "rule proef: nothing to look for: write any or all."),
    "service that hides": (
        rule(category="vraag", suggest="verbergen"),
        "rule proef: vraag is no breach, so hiding is never advised.",
    ),
    "two of a name": (rule() + rule(), "proef.toml: rule proef stands in proef.toml too."),
    "unknown list": (rule(any=["@weg"]), "rule proef: @weg: there is no such list."),
    "unknown list in a pattern": (rule(any=["/x{weg}/"]), "there is no list “weg” for {weg}."),
    "unknown guard": (rule(unless=["ironie"]), "rule proef: ironie: no guard; use ontkenning"),
    "unknown guard list": (rule(downgrade=["@weg"]), "rule proef: @weg: there is no such list."),
    "unknown personal data": (rule(any=["#schoenmaat"]), "rule proef: #schoenmaat: no kind of personal data"),
    "star inside": (rule(any=["pan*lap"]), "“pan*lap” is no term; a * stands only at its ends."),
    "star alone": (rule(any=["*"]), "“*” is no term"),
    "look-ahead": (rule(any=["/pan(?=nenlap)/"]), "/pan(?=nenlap)/ is no pattern of re2: invalid perl operator: (?="),
    "open pattern": (rule(any=["/pan"]), "/pan must end with /."),
    "capitals": (rule(any=["/[A-Z]{5}/"]), "/[A-Z]{5}/ has capitals or accents and can never hit"),
    "accents": (rule(any=["/één/"]), "/één/ has capitals or accents"),
    "empty pattern": (rule(any=["/a*/"]), "/a*/ hits nothing at all too."),
    "example not hit": (rule(must_match=["pannenlap", "vaatdoek"]), "rule proef: must_match fails on “vaatdoek”."),
    "near-miss hit": (rule(must_not_match=["pan", "pannenlap"]), "rule proef: must_not_match fails on “pannenlap”."),
    "bad TOML": ("[[rule]\n", "proef.toml: not TOML: "),
    "other tables": ("x = 1\n", "proef.toml: holds [[rule]] tables and nothing else."),
    "rule as table": ("[rule]\nid = 'x'\n", "proef.toml: holds [[rule]] tables and nothing else."),
    "rules as texts": ("rule = ['x']\n", "proef.toml: holds [[rule]] tables and nothing else."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_line(load: Load, name: str) -> None:
    """The line names the file, the rule and what is wrong; nothing is loaded."""
    toml, line = REFUSED[name]

    with pytest.raises(Misconfigured) as refused:
        load(toml)
    assert line in str(refused.value)
    assert "\n" not in str(refused.value).rstrip()


def test_braces_in_a_message_are_harmless(load: Load) -> None:
    """What a rule file holds is shown as it stands, braces and all."""
    with pytest.raises(Misconfigured, match=r"must_match fails on “\{x\}”"):
        load(rule(must_match=["pannenlap", "{x}"]))


class TestLists:
    """List files: a header, then one term a line."""

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            ("# bron: x\n# auteur: x\n# label: x\npan", "a.txt: the header misses “# licentie: …”."),
            ("# zomaar\npan", "a.txt: the header misses “# bron: …”."),
            ("# bron: x\n# auteur: x\n# licentie: x\n# label: x\n# polariteit: lief\npan", "a.txt: polariteit must be"),
            ("\n\n", "a.txt: holds no terms."),
            ("@weg", "a.txt: @weg is no list, or includes itself."),
            ("@a", "a.txt: @a is no list, or includes itself."),
        ],
    )
    def test_a_bad_list(self, load: Load, lines: str, said: str) -> None:
        """Whoever reads a list can see whose words they are, and it holds something."""
        with pytest.raises(Misconfigured) as refused:
            load(rule(), a=lines)
        assert said in str(refused.value)

    def test_a_circle_of_lists(self, load: Load) -> None:
        """Two lists that include each other are refused."""
        with pytest.raises(Misconfigured, match="includes itself"):
            load(rule(), a="@b", b="@a")

    def test_not_utf8(self, write: Write) -> None:
        """A file in another encoding is named."""
        (write(rule()) / "lists" / "a.txt").write_bytes(b"caf\xe9")

        with pytest.raises(Misconfigured, match=r"a\.txt: not UTF-8 text"):
            Rules.load("proef")


class TestProfile:
    """The folder of a profile and the folder of the house."""

    @pytest.mark.parametrize("profile", ["", "weg", "..", "gent/lists", "."])
    def test_no_such_profile(self, profile: str) -> None:
        """A name that is not a shipped profile is refused, paths too."""
        with pytest.raises(Misconfigured, match=r"\[zone\] profiel"):
            Rules.load(profile)

    def test_no_such_house(self, tmp_path: Path) -> None:
        """A folder that does not exist is named, not ignored."""
        with pytest.raises(Misconfigured, match=r"\[zone\] huis “.*weg” is not a folder"):
            Rules.load("gent", tmp_path / "weg")

    @pytest.mark.parametrize("line", ["boos = 'x'", "vraag = 3"])
    def test_bad_citations(self, write: Write, line: str) -> None:
        """Citations are sentences by category."""
        (write(rule()) / "huisregels.toml").write_text(line, encoding="utf-8")

        with pytest.raises(Misconfigured, match=r"huisregels\.toml: (boos|vraag) must be a category with a sentence"):
            Rules.load("proef")

    def test_every_shipped_list_says_whose_words_it_holds(self, gent: Rules) -> None:
        """The shipped lists are our own words, and say so."""
        folder = Path(__file__).parents[2] / "rules" / "profiles" / "gent" / "lists"

        for path in folder.glob("*.txt"):
            assert path.read_text(encoding="utf-8").startswith("# bron: eigen woorden\n# auteur: Nabij\n"), path.name


class TestCheck:
    """`rules check` tells everything the texts prove wrong at once."""

    def test_the_shipped_profile_is_sound(self) -> None:
        """No problems."""
        assert check("gent") == []

    def test_every_failing_example_is_told(self, write: Write) -> None:
        """One line per failing example."""
        write(rule(must_match=["doek", "pan", "pannenlap"]))

        assert check("proef") == [
            "proef.toml: rule proef: must_match fails on “doek”.",
            "proef.toml: rule proef: must_match fails on “pan”.",
        ]

    def test_what_cannot_be_read_is_one_line(self, write: Write) -> None:
        """A file that cannot be read is the only problem told."""
        write(rule(window=0))

        assert check("proef") == [f"{write(rule(window=0)) / 'proef.toml'}: rule proef: window must be 1 to 40."]
