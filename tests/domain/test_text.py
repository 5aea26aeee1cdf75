"""Foreign text at the edge: made storable, hashed and masked; never interpreted."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.text import clean, mask_name, mask_spans, text_hash

ANY = st.text(st.characters())


class TestClean:
    """What no database takes is replaced; everything else stays as it is."""

    @pytest.mark.parametrize(("text", "kept"), [("a\x00b", "a\ufffdb"), ("\ud83d", "\ufffd"), ("\u202e😡", "\u202e😡")])
    def test_only_the_unstorable(self, text: str, kept: str) -> None:
        """NUL and lone surrogates go, bidi marks and emoji stay."""
        assert clean(text) == kept

    @given(ANY)
    def test_always_storable(self, text: str) -> None:
        """Same length, so that spans still fit; twice is once; SQLite takes it."""
        done = clean(text)

        assert len(done) == len(text)
        assert clean(done) == done
        assert sqlite3.connect(":memory:").execute("SELECT ?", (done,)).fetchone() == (done,)


class TestHash:
    """Tells whether a text changed."""

    @given(ANY, ANY)
    def test_same_text_same_hash(self, one: str, other: str) -> None:
        """And only then; any text can be hashed."""
        assert (text_hash(one) == text_hash(other)) is (one == other)


class TestMask:
    """Personal data behind dots, in place."""

    @pytest.mark.parametrize(
        ("text", "spans", "masked"),
        [
            ("bel 0470123456 nu", [(4, 14)], "bel 04••••••56 nu"),
            ("jan", [(0, 3)], "•••"),
            ("abcdef", [(0, 6)], "••••••"),
            ("Kerkstraat 1 Gent", [(0, 17)], "Ke•••••••• • ••nt"),
            ("kort", [(1, 99)], "k•••"),
            ("niets", [], "niets"),
        ],
    )
    def test_middle_of_a_span(self, text: str, spans: list[tuple[int, int]], masked: str) -> None:
        """Two letters stay at each end of what is long enough; spaces stay; the length stays."""
        assert mask_spans(text, spans) == masked

    @given(ANY, st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
    def test_never_longer_or_shorter(self, text: str, spans: list[tuple[int, int]]) -> None:
        """Whatever spans: other marks still fit."""
        assert len(mask_spans(text, spans)) == len(text)

    @pytest.mark.parametrize(
        ("name", "shown"),
        [("Jan Peeters", "J. P***"), ("Jan", "J***"), ("", "***"), ("  ", "***"), ("A B C", "A. C***")],
    )
    def test_a_name(self, name: str, shown: str) -> None:
        """Initials only."""
        assert mask_name(name) == shown
