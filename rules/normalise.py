"""Normal form of a text, character by character, so that every place in it can be traced back to the original.

`fold` is cheap and always done: compatibility forms, accents, case and invisible characters go. `cure` is the second
pass for letters that only look Latin and for pictures glued between letters. Both map each character on its own:
the normal form of a text is the normal forms of its characters in a row.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

import decancer_py

VERSION = 1
"""Raised whenever a normal form changes; part of the hash of a ruleset."""

Fold = Callable[[str], str]
"""One character to its normal form: no, one or several characters."""

_PLAIN = {
    **dict.fromkeys("‘’‚‛′´", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u2028\u2029\x85", "\n"),
    "ø": "o",
    "Ø": "o",
    "ł": "l",
    "Ł": "l",
    "đ": "d",
    "Đ": "d",
    "ı": "i",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
}
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cs", "Co", "Cn"})
_REPLACEMENT = "\ufffd"
_SKIN = range(0x1F3FB, 0x1F400)
_ENCLOSED = range(0x1F100, 0x1F200)
_IMITATORS = frozenset(
    [
        *(
            "ARMENIAN",
            "CANADIAN",
            "CHEROKEE",
            "CIRCLED",
            "COPTIC",
            "CYRILLIC",
            "GREEK",
            "LATIN",
            "LISU",
            "MATHEMATICAL",
        ),
        *("MODIFIER", "NEGATIVE", "REGIONAL", "SQUARED", "TURNED"),
    ]
)
"""First words of the Unicode names of characters that people use to imitate Latin letters."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII = re.compile(r"[\x00-\x7f]+")


@lru_cache(maxsize=1 << 14)
def fold_char(char: str) -> str:
    """Normal form of one character: lower case, without accent; nothing for what cannot be seen."""
    if char in _PLAIN:
        return _PLAIN[char]
    if char == _REPLACEMENT or ord(char) in _SKIN:
        return ""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    kept = (_PLAIN.get(part, part) for part in folded if unicodedata.category(part) not in _DROPPED)
    return "".join(kept).lower()


@lru_cache(maxsize=1 << 14)
def cure_char(char: str) -> str:
    """As `fold_char`, but look-alikes become the letter they imitate and pictures vanish."""
    return "".join(map(_cure_part, fold_char(char)))


def _cure_part(char: str) -> str:
    if char.isascii():
        return char
    if unicodedata.category(char) == "So" and ord(char) not in _ENCLOSED:
        return ""
    if unicodedata.name(char, "").partition(" ")[0] not in _IMITATORS:
        return char
    alike = str(decancer_py.parse(char)).lower()
    return alike if alike.isascii() else char


def fold(text: str) -> str:
    """The text in its first normal form; ASCII takes the short way."""
    if text.isascii():
        return text.lower()
    return _NOT_ASCII.sub(_fold_run, text).lower()


def _fold_run(run: re.Match[str]) -> str:
    return "".join(map(fold_char, run[0]))


def cure(text: str) -> str:
    """The text in its second normal form."""
    return "".join(map(cure_char, text))


def is_foreign(folded: str) -> bool:
    """True when a folded text still holds letters, or symbols of letters, outside the Latin alphabet."""
    return not folded.isascii() and any(char.isalpha() or ord(char) in _ENCLOSED for char in _ASCII.sub("", folded))


def trace(text: str, piece: Fold) -> tuple[list[int], list[int]]:
    """Per character of the normal form: where its original starts and ends, in code points.

    An accent written as a character of its own belongs to the letter before it.
    """
    starts: list[int] = []
    ends: list[int] = []
    for place, char in enumerate(text):
        made = len(piece(char))
        starts += [place] * made
        ends += [place + 1] * made
        if not made and ends and unicodedata.combining(char):
            ends[-1] = place + 1
    return starts, ends
