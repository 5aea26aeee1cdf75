"""Code points of what does not print stand beside a text, so that nothing in it can hide or lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.points import Point, points, spelled


class TestSpelled:
    """A text that can be read out."""

    @pytest.mark.parametrize("text", ["", "Gewone tekst.\nOp twee regels", "café, één, naïef", "大象", "100 % € <b>"])
    def test_what_prints_stays(self, text: str) -> None:
        """Letters of any script, punctuation, spaces and line ends."""
        assert spelled(text) == text

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("a\u202eb", "a⟨U+202E⟩b"),
            ("a\u200bb", "a⟨U+200B⟩b"),
            ("a\u00a0b", "a⟨U+00A0⟩b"),
            ("a\tb\r", "a⟨U+0009⟩b⟨U+000D⟩"),
            ("\ufffd", "\ufffd⟨U+FFFD⟩"),
            ("\U0001f621", "\U0001f621⟨U+1F621⟩"),
            ("\U0001f44d\U0001f3ff", "\U0001f44d⟨U+1F44D⟩\U0001f3ff⟨U+1F3FF⟩"),
            ("\u2764\ufe0f", "\u2764⟨U+2764⟩\ufe0f⟨U+FE0F⟩"),
            ("\U0001f1e7\U0001f1ea", "\U0001f1e7⟨U+1F1E7⟩\U0001f1ea⟨U+1F1EA⟩"),
            ("\ue000", "⟨U+E000⟩"),
        ],
    )
    def test_the_rest_is_named(self, text: str, read: str) -> None:
        """What is hidden is replaced; a symbol, which looks different everywhere, gets its code point behind it."""
        assert spelled(text) == read

    @given(st.text())
    def test_no_text_hides_anything(self, text: str) -> None:
        """Whatever it is made of: nothing that changes direction or has no width is left."""
        assert not set(spelled(text)) & set(
            "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200d\u200e\u200f\ufeff"
        )


class TestPoints:
    """Each code point that needs a word, once."""

    def test_in_order_with_name_and_count(self) -> None:
        """As Unicode names it; without a name for what has none."""
        assert points("x\u202e\U0001f621y\U0001f621\ue000") == (
            Point("U+202E", "RIGHT-TO-LEFT OVERRIDE", 1),
            Point("U+1F621", "POUTING FACE", 2),
            Point("U+E000", "", 1),
        )

    def test_nothing_to_name(self) -> None:
        """An ordinary text has none."""
        assert points("Gewoon.") == ()
