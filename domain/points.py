"""Code points of what does not print, or prints differently everywhere: direction, zero width, emoji, controls.

A dossier shows a text twice: as it was written, and spelled out, so that nothing in it can hide or lie.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_PLAIN = frozenset("\n ")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x1F3FB, 0x1F400), range(0x20E3, 0x20E4))


@dataclass(frozen=True, slots=True)
class Point:
    """One code point that needs a word beside it. name: as Unicode has it, empty without."""

    code: str
    name: str
    count: int


def spelled(text: str) -> str:
    """The text with `⟨U+202E⟩` in the place of what is hidden, and behind each symbol."""
    return "".join(_spelled(letter) for letter in text)


def points(text: str) -> tuple[Point, ...]:
    """Every code point of the text that needs a word, once, in order of appearance."""
    counted = Counter(letter for letter in text if _spelled(letter) != letter)
    return tuple(Point(_code(letter), unicodedata.name(letter, ""), count) for letter, count in counted.items())


def _spelled(letter: str) -> str:
    if letter in _PLAIN:
        return letter
    category = unicodedata.category(letter)
    if category in _HIDDEN:
        return _mark(letter)
    symbol = category == "So" or any(ord(letter) in each for each in _SELECTORS)
    return letter + _mark(letter) if symbol else letter


def _mark(letter: str) -> str:
    return f"⟨{_code(letter)}⟩"


def _code(letter: str) -> str:
    return f"U+{ord(letter):04X}"
