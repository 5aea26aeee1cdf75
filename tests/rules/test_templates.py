"""Templates: read from the profile or the house's own folder, filled in, and checked before anything is sent."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from domain.categories import CATEGORIES
from domain.errors import Misconfigured
from domain.messages import Fault, Template
from rules.engine import Rules
from rules.templates import FILE, VARIABLES, Templates
from rules.text_lint import LONGEST

LINK = "https://huisregels.example/gentse-flikken"
VALUES = {
    "regel": "Geen bedreigingen",
    "maatregel": " en is verborgen",
    "huisregels": LINK,
    "hierniet": "https://hierniet.be/",
    "meldpunt": "meldpunt.gent@police.belgium.eu",
    "n": "1",
    "max": "3",
    "ondertekening": "De redactie van de Gentse Flikken",
}
GOOD = f"Dag, bedankt om mee te lezen: {LINK}. De redactie"
UNFILLED = "Something was not filled in here."
PRIVATE = "A phone number or other personal data may not be sent."
SHIPPED = (Path(__file__).parents[2] / "rules" / "profiles" / "gent" / FILE).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def templates() -> Templates:
    """The shipped ones."""
    return Templates.load("gent")


@pytest.fixture
def check(templates: Templates) -> Callable[..., list[tuple[str, str, bool]]]:
    """What is wrong with a text: (the words in place, what is said, whether it blocks)."""

    def found(text: str, key: str = "hint", **given: object) -> list[tuple[str, str, bool]]:
        faults = templates.check(key, text, **{"link": LINK, "personal": (), **given})
        return [(text[slice(*fault.place)], fault.msgid, fault.blocks) for fault in faults]

    return found


class TestShipped:
    """The texts that Nabij ships."""

    @pytest.mark.parametrize("key", Template)
    def test_can_be_sent(self, templates: Templates, key: Template) -> None:
        """Each one, filled in, is without fault, and so is each one without a measure."""
        for values in (VALUES, {**VALUES, "maatregel": ""}):
            assert (
                templates.check(key, templates.fill(key, values), link=LINK, personal=(), today=date(2026, 11, 1)) == ()
            )

    def test_every_breach_has_a_name(self, templates: Templates) -> None:
        """What is a breach of the house rules is called something towards a citizen; what is none is not."""
        named = {key for key in CATEGORIES if templates.rule(key)}

        assert named == {row.key for row in CATEGORIES.values() if row.breach}
        assert templates.rule("onbekend") == ""

    def test_who_answers_for_it(self, templates: Templates) -> None:
        """Version, owner and approver; the register names text and version."""
        text = templates["waarschuwing_1"]

        assert (text.label, text.owner, text.approver) == ("waarschuwing_1.v1", "sociale mediateam", "voorstel")
        assert text.variables == {"regel", "maatregel", "huisregels", "n", "max", "ondertekening"} <= VARIABLES

    def test_an_unknown_one(self, templates: Templates) -> None:
        """There is no text without a key."""
        with pytest.raises(KeyError):
            templates["geheim"]


class TestFill:
    """Variables get their values."""

    def test_filled(self, templates: Templates) -> None:
        """As the product says it."""
        assert templates.fill("hint", VALUES) == (
            "Dag, een kleine tip: hou het graag aangenaam voor iedereen die meeleest. Onze huisregels:"
            " https://huisregels.example/gentse-flikken. De redactie van de Gentse Flikken"
        )
        assert '"Geen bedreigingen" en is verborgen. Je mening' in templates.fill("waarschuwing_1", VALUES)

    def test_without_a_value(self, templates: Templates) -> None:
        """It stays as it was and blocks; only the measure may be empty."""
        filled = templates.fill("waarschuwing_1", {**VALUES, "n": "", "maatregel": ""})

        (fault,) = templates.check("waarschuwing_1", filled, link=LINK, personal=())
        assert (filled[slice(*fault.place)], fault.msgid) == ("{n}", UNFILLED)

    def test_a_value_with_braces(self, templates: Templates) -> None:
        """What a value holds is not filled in again."""
        assert "{n} van" in templates.fill("waarschuwing_1", {**VALUES, "n": "{n}"})


class TestBlocks:
    """What may not be sent, with its place."""

    @pytest.mark.parametrize(
        "left", ["{regel}", "{}", "{ naam }", "{", "}", "[Aan te vullen]", "[naam]", "[hier invullen aub]"]
    )
    def test_what_was_not_filled_in(self, check: Callable[..., object], left: str) -> None:
        """Variables, lone braces, and words between square brackets."""
        assert check(f"{GOOD} {left} einde") == [(left, UNFILLED, True)]

    def test_what_only_looks_like_it(self, check: Callable[..., object]) -> None:
        """Words left out are no placeholder."""
        assert check(f"{GOOD} “Ik vind […] dat [...]” (1)") == []

    def test_personal_data(self, check: Callable[..., object]) -> None:
        """A number of somebody blocks, twice is twice; our own may stand there, but only whole."""
        text = f"{GOOD} Bel 0470 00 00 00 of 09 266 61 11, of 0470 00 00 00."
        spans = [(start, start + 13) for start in (text.index("0470"), text.rindex("0470"))]
        ours = (text.index("09 266"), text.index("09 266") + 12)

        assert check(text, personal=[*spans, ours], own=["09 266 61 11", "", "00 00"]) == [
            ("0470 00 00 00", PRIVATE, True),
            ("0470 00 00 00", PRIVATE, True),
        ]

    def test_with_the_real_rules(self, check: Callable[..., object]) -> None:
        """What the house finds in comments is found in texts to citizens too."""
        text = f"{GOOD} Bel mij op 0470 12 34 56."

        assert check(text, personal=Rules.load("gent").judge(text).personal) == [("0470 12 34 56", PRIVATE, True)]

    @pytest.mark.parametrize(
        "link",
        [LINK, f"<{LINK}>", f"{LINK}.", f"{LINK}, en", f"({LINK})", f"{LINK}\n", f"eerst {LINK}-anders dan {LINK}"],
    )
    def test_refers_to_the_house_rules(self, check: Callable[..., object], link: str) -> None:
        """The address stands there whole."""
        assert check(f"Dag, lees even na: {link} Groetjes") == []

    @pytest.mark.parametrize(
        "link", ["", f"{LINK}/anders", f"{LINK}.phishing.example", f"{LINK}2", LINK[:-1], f"{LINK}?x"]
    )
    def test_does_not_refer_to_them(self, check: Callable[..., object], link: str) -> None:
        """Not at all, or with an address that only begins or ends like it."""
        assert check(f"Dag, lees even na: {link} Groetjes") == [
            ("", "The text does not refer to the house rules.", True)
        ]

    def test_the_address_is_not_set(self, check: Callable[..., object]) -> None:
        """Without an address in the settings no warning can be sent."""
        ((_, msgid, blocks),) = check(GOOD, link="")  # type: ignore[misc]
        assert blocks
        assert "nabij.toml" in msgid

    def test_a_text_that_needs_no_link(self, tmp_path: Path) -> None:
        """Not every text is about a breach."""
        own(tmp_path, SHIPPED.replace("huisregel = true", "huisregel = false"))

        assert Templates.load("gent", tmp_path).check("hint", "Dag!", link="", personal=()) == ()

    @pytest.mark.parametrize("text", ["", " ", "\n\t"])
    def test_empty(self, check: Callable[..., list[tuple[str, str, bool]]], text: str) -> None:
        """Nothing to send; no tone is judged."""
        assert ("", "The text is empty.", True) in check(text)
        assert all(blocks for _, _, blocks in check(text))

    def test_too_long(self, check: Callable[..., object]) -> None:
        """The place is what is over; an emoji counts as one."""
        room = LONGEST - len(GOOD)

        assert check(GOOD + "🚓" * room) == []
        assert check(GOOD + "🚓" * room + "te lang") == [
            ("te lang", "The text is too long for a private message.", True)
        ]

    @pytest.mark.parametrize(
        ("text", "slips"),
        [
            ("Je mag je mening geven, maar let op uw taal.", ["uw"]),
            ("U mag uw mening geven, maar let op JE taal.", ["JE"]),
            ("Dank je. Dank u.", ["Dank je"]),
            ("Tot 9 u. ben je welkom, of om 17u.", []),
            ("Jullie zijn welkom met je vragen.", []),
            ("Je leest het op https://u.example/uw of bij uw@u.example of www.u.be/uw", []),
        ],
    )
    def test_mixed(self, check: Callable[..., list[tuple[str, str, bool]]], text: str, slips: list[str]) -> None:
        """*Je* and *u* in one text: the one that is used least is marked; hours and addresses are no *u*."""
        found = [words for words, msgid, blocks in check(f"Dag. {text} {LINK}") if "mixes" in msgid and blocks]

        assert found == [slip.removeprefix("Dank ") for slip in slips]

    @pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\x00", "\x1b", "\r", "\ufeff"])
    def test_invisible_signs(self, check: Callable[..., object], sign: str) -> None:
        """What turns a text around or does not show, does not go out."""
        assert check(f"{GOOD}{sign} einde") == [(sign, "An invisible sign stands here.", True)]

    def test_in_order(self, check: Callable[..., list[tuple[str, str, bool]]]) -> None:
        """Faults come in the order in which they stand."""
        assert [words for words, _, _ in check(f"{GOOD} {{a}} GELIEVE [b] {{c}}")] == [
            "{a}",
            "GELIEVE",
            "GELIEVE",
            "[b]",
            "{c}",
        ]


class TestWarnings:
    """What had better be said otherwise; it may still be sent."""

    def test_no_friendly_opening(self, check: Callable[..., object]) -> None:
        """The first word is marked."""
        assert check(f"Stop daarmee: {LINK}") == [("Stop", "The text does not open in a friendly way.", False)]
        assert check(f"  goeienavond, {LINK}") == []
        assert check(f"Dagelijks nieuws: {LINK}") == [("Dagelijks", "The text does not open in a friendly way.", False)]

    def test_lecturing(self, check: Callable[..., object]) -> None:
        """Words that lift a finger, also over two lines."""
        assert check(f"Dag, je\nmoet dit lezen: {LINK}. Dat is Verboden, geen verbodenheid.") == [
            ("je\nmoet", "This sounds lecturing.", False),
            ("Verboden", "This sounds lecturing.", False),
        ]

    def test_capitals(self, check: Callable[..., object]) -> None:
        """Shouted words; abbreviations and addresses are none."""
        assert check(f"Dag, STOP NU. LUISTER, ÉÉN KEER. De NMBS en het PV, zie HTTPS://HIERNIET.BE/ {LINK}") == [
            ("STOP NU", "Capitals read as shouting.", False),
            ("LUISTER", "Capitals read as shouting.", False),
            ("ÉÉN KEER", "Capitals read as shouting.", False),
        ]

    def test_expired(self, templates: Templates) -> None:
        """On its last day a template is good, the day after somebody must look at it; nobody asked, nothing said."""
        last = templates["hint"].expires

        assert templates.check("hint", GOOD, link=LINK, personal=(), today=last) == ()
        assert templates.check("hint", GOOD, link=LINK, personal=(), today=date(last.year + 1, 1, 1)) == (
            Fault((0, 0), "This template has expired: its owner must look at it again.", blocks=False),
        )
        assert templates.check("hint", GOOD, link=LINK, personal=()) == ()


class TestHostile:
    """Whatever is typed, the answer comes at once."""

    @pytest.mark.parametrize(
        "piece",
        [
            "{",
            "}",
            "[",
            "]",
            "{[",
            "[a",
            "{a}",
            "a",
            "u ",
            "je ",
            "A",
            "AA ",
            "AA,",
            " ",
            "\u202e",
            "://",
            "@",
            "😀",
            "\\",
            "(?:a+)+$",
        ],
    )
    def test_ten_thousand_characters(self, templates: Templates, piece: str) -> None:
        """Linear in its length: ten thousand characters of anything, in well under a second."""
        text = (piece * 10_000)[:10_000]

        began = time.perf_counter()
        faults = templates.check("hint", text, link=LINK, personal=(), own=(LINK, "a"))
        took = time.perf_counter() - began

        assert took < 1
        assert any(fault.blocks for fault in faults)
        assert all(0 <= start <= end <= len(text) for start, end in (fault.place for fault in faults))


def own(folder: Path, content: str | bytes) -> Path:
    """A file of the house itself."""
    path = folder / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


class TestOwnFile:
    """A folder of the house takes the place of the shipped file; what is wrong with it is one line."""

    def test_takes_its_place(self, tmp_path: Path) -> None:
        """The whole file."""
        own(tmp_path, SHIPPED.replace("een kleine tip", "een klein tipje"))

        assert "tipje" in Templates.load("gent", tmp_path)["hint"].text
        assert "tipje" not in Templates.load("gent", tmp_path / "leeg")["hint"].text
        assert "tipje" not in Templates.load("gent")["hint"].text

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("[sjabloon.hint]", "[sjabloon.hintje]", r"\[sjabloon\.hint\] is missing"),
            ("[sjabloon.hint]", '[sjabloon."../hint"]', "“../hint” is not"),
            ("[sjabloon.hint]", "[sjabloon]\nlos = 5\n[sjabloon.hint]", "“los” is not"),
            ("[regel]", "[regels]", r"unknown table \[regels\]; known are sjabloon, regel, toon"),
            ("[toon]", "[[toon]]", r"table \[toon\] is missing"),
            ('naam = "Hint (telt niet mee)"', "", r"\[sjabloon\.hint\] must have naam = "),
            ('naam = "Hint (telt niet mee)"', "naam = 5", r"\[sjabloon\.hint\] must have naam = "),
            ('naam = "Hint (telt niet mee)"', 'naam = ""', r"\[sjabloon\.hint\] must have naam = "),
            ('naam = "Hint (telt niet mee)"', 'naam = "x"\nnota = "y"', "has no “nota”; take it out"),
            ("vervalt = 2027-12-31", 'vervalt = "2027-12-31"', "must have vervalt = 2027-12-31"),
            ("vervalt = 2027-12-31", "vervalt = 2027-12-31T00:00:00", "must have vervalt = 2027-12-31"),
            ("huisregel = true", 'huisregel = "ja"', "must have huisregel = true"),
            ('versie = "v1"', 'versie = "v1 (mijn versie)"', "versie must be short and plain, like v2"),
            ("Onze huisregels: {huisregels}.", "Onze huisregels.", "must hold the variable huisregels"),
            ("{ondertekening}", "{ondertekend}", "knows no ondertekend; use .*ondertekening"),
            ("{ondertekening}", "{Ondertekening}", "has a brace that belongs to no variable"),
            ("{ondertekening}", "ondertekening}", "has a brace that belongs to no variable"),
            ("een kleine tip", "tip " * 300, r"\[sjabloon\.hint\] tekst must have 1 to 1000 characters"),
            ('tekst = """Dag, een kleine', 'tekst = "  "\nnaam2 = """', "has no “naam2”"),
            ('bedreiging = "Geen bedreigingen"', 'bedreigingen = "x"', r"\[regel\] knows no category “bedreigingen”"),
            ('bedreiging = "Geen bedreigingen"', "bedreiging = 5", r"\[regel\] bedreiging must be text"),
            ('bedreiging = "Geen bedreigingen"', 'bedreiging = " "', r"\[regel\] bedreiging must be text"),
            ('u = ["u", "uw", "uzelf"]', "", r"\[toon\] must hold lists of words: groet, belerend, je, u; look at “u”"),
            ('u = ["u", "uw", "uzelf"]', "u = []", "look at “u”"),
            ('u = ["u", "uw", "uzelf"]', 'u = "u"', "look at “u”"),
            ('u = ["u", "uw", "uzelf"]', 'u = ["u", " "]', "look at “u”"),
            ('u = ["u", "uw", "uzelf"]', 'u = ["u", 5]', "look at “u”"),
            ('u = ["u", "uw", "uzelf"]', 'u = ["u"]\nge = ["ge"]', "look at “ge”"),
            ("[regel]", "[regel", "cannot be read .*line"),
        ],
    )
    def test_broken(self, tmp_path: Path, old: str, new: str, says: str) -> None:
        """The line names the file, the key and the mend."""
        assert old in SHIPPED
        own(tmp_path, SHIPPED.replace(old, new))

        with pytest.raises(Misconfigured, match=says) as caught:
            Templates.load("gent", tmp_path)

        assert FILE in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_an_empty_text(self, tmp_path: Path) -> None:
        """White space alone is no text."""
        own(tmp_path, SHIPPED.replace('tekst = """Dag, een kleine tip', 'tekst = """ """ # '))

        with pytest.raises(Misconfigured, match="tekst must have 1 to 1000 characters"):
            Templates.load("gent", tmp_path)

    def test_not_utf_8(self, tmp_path: Path) -> None:
        """A file in another encoding is not guessed at."""
        own(tmp_path, b'[regel]\nbedreiging = "\xe9"')

        with pytest.raises(Misconfigured, match="not UTF-8"):
            Templates.load("gent", tmp_path)

    def test_no_file_at_all(self) -> None:
        """A profile without texts is told by its file."""
        with pytest.raises(Misconfigured, match=rf"antwerpen/{FILE}: cannot be read"):
            Templates.load("antwerpen")
