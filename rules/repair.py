"""Undo what people do to a word so that a word list misses it: letters spaced out, drawn out, or swapped for signs.

A repair is made only where the outcome is a word of the rules, so ordinary numbers, times and codes stay as they are.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice, product

Known = Callable[[str, bool], list[tuple[int, int]]]
"""Places in a string of letters where a word of the rules stands; empty when there is none. When the flag is set the
letters were glued together by us, and a word may stand anywhere in them."""

TRIGGERS = (
    "(?:" + "|".join(letter * 3 for letter in "abcdefghijklmnopqrstuvwxyz") + ")",
    r"[a-z][0-9@$*!|€]{1,3}[a-z]",
    r"(?:^|[^a-z0-9])[0-9@$|€]{1,2}[a-z]{2}",
    r"(?:^|[^a-z0-9])[a-z0-9@$](?:[ ._\-*/|]{1,2}[a-z0-9@$]){2}(?:$|[^a-z0-9])",
    r"(?:^|[^a-z0-9])[a-z0-9@$](?:[ ._\-*/|]{1,2}[a-z0-9@$]){3}",
    r"[ \t]{2}",
)
"""Patterns (re2) of texts that may hold something to repair; most texts match none."""

_SIGNS = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "|": "il", "€": "e", "*": "aeiou",
}  # fmt: skip
_CHUNK = re.compile(
    r"(?P<spaces>[ \t]{2,})"
    r"|(?P<spaced>(?<![a-z0-9])[a-z0-9@$](?:[ ._\-*/|]{1,2}[a-z0-9@$](?![a-z0-9])){2,})"
    r"|[a-z0-9@$|€](?:[a-z0-9@$*!|€]*[a-z0-9@$€])?"
)
_SEPARATORS = re.compile(r"[ ._\-*/|]")
_RUNS = re.compile(r"(.)\1*")
_DRAWN_OUT = 3
_DRAWN = re.compile(r"(.)\1\1")
_SIGN = re.compile(r"[0-9@$*!|€]")
_LETTER = re.compile(r"[a-z]")
_LONGEST = 60
_MOST_TRIES = 256
_MOST_IN_ALL = 10_000
_MOST_ODD = 3


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters [start, end) of a folded text replaced by other ones."""

    start: int
    end: int
    text: str


def repairs(folded: str, known: Known) -> list[Edit]:
    """What to replace in a folded text, in order, not overlapping. A text full of riddles is not tried to the end."""
    edits = []
    budget = iter(range(_MOST_IN_ALL))
    for chunk in _CHUNK.finditer(folded):
        made = " " if chunk["spaces"] else _mend(chunk[0], known, budget, spaced=bool(chunk["spaced"]))
        if made is not None:
            edits.append(Edit(chunk.start(), chunk.end(), made))
    return edits


def apply(text: str, edits: list[Edit]) -> str:
    """The text with the edits made."""
    parts: list[str] = []
    edge = 0
    for edit in edits:
        parts += (text[edge : edit.start], edit.text)
        edge = edit.end
    return "".join((*parts, text[edge:]))


def _mend(chunk: str, known: Known, budget: Iterator[int], *, spaced: bool) -> str | None:
    """The word hidden in a chunk; None when there is nothing to mend, or no word of the rules comes out."""
    glued = _SEPARATORS.sub("", chunk) if spaced else chunk
    if (
        not (spaced or _DRAWN.search(glued) or _SIGN.search(glued))
        or not _LETTER.search(glued)
        or len(glued) > _LONGEST
    ):
        return None
    for candidate in islice(_readings(glued), _MOST_TRIES):
        if next(budget, None) is None:
            return None
        if found := known(candidate, spaced):
            return _set_apart(candidate, found)
    return None


def _readings(glued: str) -> Iterator[str]:
    """The ways to read a chunk, likeliest first: drawn-out letters once or twice, signs as letters."""
    pieces: list[tuple[str, ...]] = []
    for run in _RUNS.finditer(glued):
        sign, times = run[1], len(run[0])
        if sign in _SIGNS:
            pieces += [tuple(_SIGNS[sign])] * times
        else:
            pieces.append((run[0],) if times < _DRAWN_OUT else (sign, sign * 2))
    doubtful = [place for place, piece in enumerate(pieces) if len(piece) > 1]
    for odd in range(_MOST_ODD + 1):
        for places in combinations(doubtful, odd):
            yield from _with_others(pieces, places)


def _with_others(pieces: list[tuple[str, ...]], places: tuple[int, ...]) -> Iterator[str]:
    """The reading with, at these places, each of the less likely letters."""
    for others in product(*(pieces[place][1:] for place in places)):
        chosen = dict(zip(places, others, strict=True))
        yield "".join(chosen.get(place, piece[0]) for place, piece in enumerate(pieces))


def _set_apart(letters: str, found: list[tuple[int, int]]) -> str:
    """The letters with a space around every word found in them."""
    parts: list[str] = []
    edge = 0
    for start, end in found:
        parts += (letters[edge:start], letters[start:end])
        edge = end
    return " ".join(part for part in (*parts, letters[edge:]) if part)
