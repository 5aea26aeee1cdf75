"""Any text at all: the flagger never raises, and never takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.engine import Rules

TEXTS = {
    "empty": "",
    "blank": " \n\t",
    "emoji": "😀" * 10_000,
    "families": "👨‍👩‍👧‍👦" * 1_500,
    "NUL": "\x00" * 10_000,
    "NUL inside": "kloot\x00zak",
    "lone surrogates": "\ud800\udfff" * 5_000,
    "right to left override": "\u202e" * 10_000,
    "Arabic": "مرحبا بكم " * 1_000,
    "Cyrillic": "Привет " * 1_400,
    "combining": "a" + "\u0301" * 10_000,
    "spaced letters": "a b " * 2_500,
    "leet": "k4nk3r " * 1_400,
    "stars": "k*****r " * 1_250,
    "drawn out": "a" * 10_000,
    "digits": "0 " * 5_000,
    "numbers": "".join(f"0471 23 4{n % 10} {n % 90 + 10} " for n in range(700)),
    "addresses": "Kerkstraat 12 " * 700,
    "insults": "klootzak " * 1_100,
    "quotes": '"klootzak" ' * 900,
    "denials": "geen klootzak niet alleen " * 380,
    "threats": "ik ga u vermoorden " * 520,
    "questions": "? " * 5_000,
    "links": "https://x.example " * 550,
    "markup": "<script>alert(1)</script><!channel>" * 280,
}


@pytest.mark.parametrize("name", TEXTS)
def test_ten_thousand_characters(gent: Rules, name: str) -> None:
    """No exception, spans inside the text, and well under the bound of 50 ms (generous here: machines differ)."""
    text = TEXTS[name]
    gent.judge(text)
    start = time.perf_counter()
    judgement = gent.judge(text)

    assert time.perf_counter() - start < 0.5
    places = [*judgement.personal, *(span for flag in judgement.flags for span in flag.spans)]
    assert all(0 <= low < high <= len(text) for low, high in places)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["emoji", "insults", "numbers", "leet", "markup", "lone surrogates"])
def test_a_million_characters(gent: Rules, name: str) -> None:
    """A megabyte takes time, but no exception."""
    gent.judge(TEXTS[name] * 100)


@given(st.text())
def test_any_text(gent: Rules, text: str) -> None:
    """Whatever is written: spans lie inside it, in order, apart from each other."""
    judgement = gent.judge(text, media=True)

    for spans in (judgement.personal, *(flag.spans for flag in judgement.flags)):
        edges = [edge for span in spans for edge in span]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(text) for edge in edges)


@given(st.text(alphabet="ikgauvermodn 047123.@-*!?\"'\u200bé😀\n", max_size=60))
def test_text_near_the_rules(gent: Rules, text: str) -> None:
    """Scraps of the words that rules know are no trouble either."""
    gent.judge(text)
