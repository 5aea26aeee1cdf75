"""Command words: what a typed line means, and what its asker reads."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import catalogue
from bot.words import HELP, Known, Line, Word, answer, next_turn, order_of, understand
from domain.events import EventState
from domain.roles import Role, may_open
from tests.fakes.agenda import event, feesten, turn
from tests.fakes.cases import NAMES, NOW

WORDS = catalogue()
LINK = "https://www.facebook.com/x/posts/1?comment_id=2"


def known(*, role: Role = Role.COORDINATOR, events: tuple = (), turns: tuple = ()) -> Known:  # type: ignore[type-arg]
    """What the answers are read from."""
    return Known(NOW, events, turns, lambda key: NAMES.get(key, key), lambda page: may_open(role, page))


def said(line: str, **more: object) -> list[str]:
    """The lines of an answer."""
    return [each.text for each in answer(understand(line), known(**more), WORDS)]  # type: ignore[arg-type]


class TestUnderstand:
    """One line, as every channel hands it over."""

    @pytest.mark.parametrize(
        ("line", "word"),
        [
            ("event", Word("event")),
            ("  ROOSTER  ", Word("rooster")),
            ("/nabij event", Word("event")),
            ("nabij rooster nu", Word("rooster")),
            ("help", Word("help")),
            ("", Word("help")),
            ("nabij", Word("help")),
            ("register", Word("register")),
            ("register NB-2026-000123 verborgen", Word("register", ("NB-2026-000123 verborgen",))),
            ("melding", Word("melding")),
            (f"melding {LINK}", Word("melding", (LINK, ""))),
            (f"Melding {LINK}  wat een  gedoe", Word("melding", (LINK, "wat een  gedoe"))),
            (f"melding <{LINK}|facebook.com> tekst", Word("melding", (LINK, "tekst"))),
            ("melding 2001_1", Word("melding", ("2001_1", ""))),
            ("melding wat een gedoe", Word("melding", ("", "wat een gedoe"))),
            ("koffie zetten", Word("onbekend", ("koffie",))),
        ],
    )
    def test_what_it_means(self, line: str, word: Word) -> None:
        """Upper case, space and the name of the bot do not matter; a report has a link, a text, or both."""
        assert understand(line) == word

    @given(st.text(max_size=300))
    def test_anything_may_be_typed(self, line: str) -> None:
        """Nothing that a person or a script can type breaks it, and every question has an answer."""
        word = understand(line)

        assert order_of(word, "noor") is not None or answer(word, known(), WORDS)

    def test_a_very_long_line(self) -> None:
        """Ten thousand times the name of the bot is one unknown word."""
        assert understand("nabij " * 10_000) == Word("onbekend", ("nabij",))
        assert understand("x" * 10_000) == Word("onbekend", ("x" * 40,))

    def test_only_a_report_is_an_order(self) -> None:
        """All other words ask, and change nothing."""
        order = order_of(understand(f"melding {LINK} tekst"), "noor", "slack")

        assert order is not None
        assert (order.by, order.surface, order.link, order.text) == ("noor", "slack", LINK, "tekst")
        assert [order_of(understand(kind), "noor") for kind, _, _ in HELP] == [None] * len(HELP)


class TestHelp:
    """What can be typed."""

    def test_the_list(self) -> None:
        """Every word with what it does, in Dutch."""
        lines = said("help")

        assert lines[0] == "event · events die lopen of komen, met hun dagen"
        assert [line.split()[0] for line in lines] == [kind for kind, _, _ in HELP]

    def test_only_what_the_role_opens(self) -> None:
        """Who may only report reads only that."""
        lines = said("help", role=Role.MELDER)

        assert [line.split()[0] for line in lines] == ["melding", "help"]

    def test_an_unknown_word(self) -> None:
        """It is named, as it was typed and harmless; the list follows."""
        lines = said("kof\u202efie")

        assert lines[0] == "Nabij kent “kof⟨U+202E⟩fie” niet. Deze woorden wel:"
        assert len(lines) == len(HELP) + 1

    @pytest.mark.parametrize("word", ["event", "rooster", "register x"])
    def test_a_word_that_the_role_does_not_open(self, word: str) -> None:
        """Refused, with what is possible; nothing of it is told."""
        lines = said(word, role=Role.MELDER, events=(event(),), turns=(turn(1, "jef", (-1, 1)),))

        assert lines[0] == f"Je rol opent “{word.split(maxsplit=1)[0]}” niet. Deze woorden kun je gebruiken:"
        assert "klimaat" not in str(lines)
        assert "Jef" not in str(lines)

    def test_a_report_of_nothing(self) -> None:
        """How it is written."""
        assert said("melding") == ["Schrijf het zo: melding <link> [tekst]"]


class TestRegister:
    """The way to the register."""

    def test_with_words_to_look_for(self) -> None:
        """A link with the words in it, escaped."""
        (line,) = answer(understand("register a&b=ü"), known(), WORDS)

        assert line == Line("Zoek “a&b=ü” in het register", "/register?zoek=a%26b%3D%C3%BC")

    def test_without(self) -> None:
        """The register as it is."""
        assert answer(understand("register"), known(), WORDS) == (Line("Open het register", "/register"),)


class TestEvent:
    """Events that run or come."""

    def test_their_days(self) -> None:
        """State, period, day, commanders; what is over or off is not told."""
        events = (
            feesten(1, 2025),
            feesten(2, 2026, commanders=("els",)),
            event(3, state=EventState.AFGELAST),
            feesten(4, 2027, state=EventState.VOORGESTELD, commanders=()),
        )

        assert said("event", events=events) == [
            "Gentse Feesten 2026: Bevestigd · do 16 jul 18:00 – ma 27 jul 12:00 · dag 4 van 10 · commandanten: Els D.",
            "Gentse Feesten 2027: Voorgesteld · do 15 jul 2027 18:00 – ma 26 jul 2027 12:00",
            "Event",
        ]

    def test_without_counted_days(self) -> None:
        """It runs, that is all."""
        assert "ma 20 jul 19:10 – di 21 jul 00:10 · loopt nu" in said("event", events=(event(),))[0]

    def test_within_a_day(self) -> None:
        """The day once."""
        short = event(start=NOW + timedelta(hours=13), end=NOW + timedelta(hours=15))

        assert "di 21 jul 10:10 – 12:10" in said("event", events=(short,))[0]

    def test_none(self) -> None:
        """Empty says so."""
        assert said("event")[0] == "Er loopt geen event en er is er geen gepland."


class TestRoster:
    """Who is on call now, and who next."""

    def test_now_and_next(self) -> None:
        """By name, in the order of call."""
        turns = (turn(1, "jef", (-3, 11), rank=2), turn(2, "noor", (-3, 11)), turn(3, "mia", (20, 60)))

        assert said("rooster", turns=turns)[:2] == [
            "Wacht moderatie: nu Noor V., Jef T.; daarna Mia C., vanaf di 21 jul 17:10",
            "Wacht commando: nu niemand; daarna niemand",
        ]

    def test_the_next_of_several(self) -> None:
        """Who begins first; of two at the same time who is called first."""
        turns = (turn(1, "jef", (5, 9), rank=2), turn(2, "noor", (5, 9)), turn(3, "mia", (4, 5), "wacht_commando"))

        assert next_turn(turns, "wacht_moderatie", NOW) == turns[1]
        assert next_turn(turns, "wacht_moderatie", NOW + timedelta(hours=5)) is None
