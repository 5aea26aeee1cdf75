"""One normal form of a text: tokens, clauses and sentences for the rules, and the way back to the original."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from rules.normalise import Fold, fold_char, trace
from rules.repair import Edit, apply

Span = tuple[int, int]

_TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?]+(?=[\s\"')]|$)|[\n;…]")
_CLAUSE_END = re.compile(r"[,:()]")
_CLAUSE_OPENERS = frozenset({"maar", "want"})
_QUOTED = re.compile(r"\"[^\"\n]{1,400}\"|(?<!\w)'[^'\n]{2,400}'(?!\w)")


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The places in order, joined where they touch or overlap."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


class Hit(NamedTuple):
    """A place where a source was found: characters [start, end) and the first and last token touched."""

    start: int
    end: int
    first: int
    last: int


class View:
    """A folded and repaired text. Everything beyond the text itself is worked out when first asked for."""

    def __init__(self, original: str, folded: str, *, edits: Sequence[Edit] = (), piece: Fold = fold_char) -> None:
        self.original = original
        self.edits = list(edits)
        self.text = apply(folded, self.edits) if self.edits else folded
        self._piece = piece

    @cached_property
    def tokens(self) -> tuple[list[int], list[int]]:
        """Starts and ends of the tokens; one empty token when there is none."""
        spans = [found.span() for found in _TOKEN.finditer(self.text)] or [(0, 0)]
        return [start for start, _ in spans], [end for _, end in spans]

    @cached_property
    def _breaks(self) -> tuple[list[int], list[int]]:
        """First tokens of the sentences, and of the clauses."""
        starts, ends = self.tokens
        sentences, clauses = [0], [0]
        for token in range(1, len(starts)):
            gap = self.text[ends[token - 1] : starts[token]]
            if gap == " ":
                if self.text[starts[token] : ends[token]] in _CLAUSE_OPENERS:
                    clauses.append(token)
            elif _SENTENCE_END.search(gap):
                sentences.append(token)
                clauses.append(token)
            elif _CLAUSE_END.search(gap):
                clauses.append(token)
        return sentences, clauses

    @cached_property
    def quotes(self) -> list[Span]:
        """Places between quotation marks."""
        return [found.span() for found in _QUOTED.finditer(self.text)]

    def hit(self, start: int, end: int) -> Hit:
        """The place with the tokens it touches."""
        starts, _ = self.tokens
        first = max(0, bisect_right(starts, start) - 1)
        return Hit(start, end, first, max(first, bisect_left(starts, end) - 1))

    def sentence(self, token: int, around: int = 0) -> Span:
        """First token of the sentence and first token after it; `around` sentences on both sides come along."""
        return self._stretch(self._breaks[0], token, around)

    def clause(self, token: int) -> Span:
        """First token of the clause and first token after it."""
        return self._stretch(self._breaks[1], token, 0)

    def _stretch(self, breaks: list[int], token: int, around: int) -> Span:
        place = bisect_right(breaks, token) - 1
        after = place + 1 + around
        return breaks[max(0, place - around)], breaks[after] if after < len(breaks) else len(self.tokens[0])

    def is_tag(self, hit: Hit) -> bool:
        """True for a word that ends a question, as in “…, nie?”."""
        gap = self.text[self.tokens[1][hit.last] : self.tokens[1][hit.last] + 2]
        return gap.lstrip().startswith("?")

    def is_quoted(self, hit: Hit) -> bool:
        """True between quotation marks."""
        place = bisect_right(self.quotes, (hit.start, 0)) - 1
        return place >= 0 and hit.end < self.quotes[place][1]

    def origins(self, spans: Iterable[Span]) -> tuple[Span, ...]:
        """Where these places stand in the original: code points, in order, merged where they touch or overlap."""
        starts, ends = self._map
        return merge((starts[start], ends[end - 1]) for start, end in spans)

    def repaired(self, edits: Sequence[Edit]) -> "View":
        """The same view with repairs made."""
        return View(self.original, self.text, edits=edits, piece=self._piece)

    @cached_property
    def _map(self) -> tuple[Sequence[int], Sequence[int]]:
        if self.original.isascii():
            starts: Sequence[int] = range(len(self.original))
            ends: Sequence[int] = range(1, len(self.original) + 1)
        else:
            starts, ends = trace(self.original, self._piece)
        return self._through_edits(starts, ends) if self.edits else (starts, ends)

    def _through_edits(self, starts: Sequence[int], ends: Sequence[int]) -> tuple[list[int], list[int]]:
        """The map after the edits: every character of a replacement stands for the whole of what it replaced."""
        new_starts: list[int] = []
        new_ends: list[int] = []
        edge = 0
        for edit in self.edits:
            new_starts += starts[edge : edit.start]
            new_ends += ends[edge : edit.start]
            new_starts += [starts[edit.start]] * len(edit.text)
            new_ends += [ends[edit.end - 1]] * len(edit.text)
            edge = edit.end
        return [*new_starts, *starts[edge:]], [*new_ends, *ends[edge:]]
