"""Finds the terms and patterns of many lists in one go.

All literal terms share one automaton and all patterns one set, so that a comment in which no rule can start costs
two scans in compiled code and nothing else. Only then are the places themselves looked up.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import re2
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from rules.view import Span

_GLUED_LEAST = 5
_WORD = re.compile(r"(?<![\w*\\])[a-z]{4,}(?![\w*+?{])")
_PATTERN_MEMORY = 64 << 20


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of a source; open_left/open_right: a word may go on beyond it."""

    source: str
    open_left: bool
    open_right: bool


def _split(entry: str) -> tuple[str, bool, bool]:
    return entry.strip("*"), entry.startswith("*"), entry.endswith("*")


def fits(text: str, start: int, end: int, *, open_left: bool, open_right: bool) -> bool:
    """True when the place [start, end) is a word, or ends where its term allows a word to go on."""
    return (open_left or start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())) and (
        open_right or end == len(text) or not (text[end - 1].isalnum() and text[end].isalnum())
    )


class Terms:
    """An automaton over the literal terms of some sources."""

    def __init__(self, sources: Mapping[str, Iterable[str]]) -> None:
        owners: dict[str, list[_Term]] = defaultdict(list)
        for source, entries in sources.items():
            for entry in entries:
                core, left, right = _split(entry)
                owners[core].append(_Term(source, left, right))
        self._owners = list(owners.values())
        self._scan = AhoCorasick(
            list(owners), matchkind=MatchKind.Standard, implementation=Implementation.DFA
        ).find_matches_as_indexes

        self._lengthy = AhoCorasick(
            [core for core in owners if len(core) >= _GLUED_LEAST], matchkind=MatchKind.LeftmostLongest
        ).find_matches_as_indexes

    def longest(self, letters: str) -> list[Span]:
        """Where longer terms stand in glued letters, whatever stands beside them."""
        return [(start, end) for _, start, end in self._lengthy(letters)]

    def seen(self, text: str) -> set[str]:
        """Sources that hit."""
        return {term.source for term, _, _ in self._each(text)} if self._scan(text) else set()

    def places(self, text: str) -> dict[str, list[Span]]:
        """Source → where it hits, overlaps included."""
        found: dict[str, list[Span]] = defaultdict(list)
        for term, start, end in self._each(text):
            found[term.source].append((start, end))
        return found

    def _each(self, text: str) -> Iterator[tuple[_Term, int, int]]:
        for number, start, end in self._scan(text, overlapping=True):
            for term in self._owners[number]:
                if fits(text, start, end, open_left=term.open_left, open_right=term.open_right):
                    yield term, start, end


class Index:
    """Terms and patterns of all sources. `wake` says what is worth looking at, `places` and `matches` where it is."""

    def __init__(
        self, sources: Mapping[str, Sequence[str]], anchors: Iterable[str], triggers: Mapping[str, str]
    ) -> None:
        terms = {name: [each for each in entries if not each.startswith("/")] for name, entries in sources.items()}
        patterns = {
            name: either(each[1:-1] for each in entries if each.startswith("/")) for name, entries in sources.items()
        }
        self._patterns = {name: re2.compile(pattern, options()) for name, pattern in patterns.items() if pattern}
        self._terms = Terms(terms)
        awake = [name for name in sources if name in set(anchors)]
        self._anchor_terms = Terms({name: terms[name] for name in awake})
        gates = {name: patterns[name] for name in awake if patterns[name]} | dict(triggers)
        self._gate_names = list(gates)
        self._gates = re2.Set.SearchSet(options())
        for pattern in gates.values():
            self._gates.Add(pattern)
        self._gates.Compile()
        self._words = _words(terms.values(), patterns.values())

    def wake(self, text: str) -> set[str]:
        """Anchors and triggers that hit somewhere in the text."""
        seen = self._anchor_terms.seen(text)
        for number in self._gates.Match(text) or ():
            seen.add(self._gate_names[number])
        return seen

    def places(self, text: str) -> dict[str, list[Span]]:
        """Source → where its literal terms hit."""
        return self._terms.places(text)

    def matches(self, source: str, text: str) -> list[Span]:
        """Where the patterns of a source hit."""
        pattern = self._patterns.get(source)
        return [found.span() for found in pattern.finditer(text)] if pattern else []

    def words_in(self, letters: str, glued: bool) -> list[Span]:  # noqa: FBT001 - the shape a repair asks for
        """Places of words of the rules in a string of letters; see `repair.Known`."""
        if letters in self._words or self._terms.seen(letters):
            return [(0, len(letters))]
        return self._terms.longest(letters) if glued else []


def either(patterns: Iterable[str]) -> str:
    """One pattern for several."""
    return "|".join(f"(?:{pattern})" for pattern in patterns)


def options() -> "re2.Options":
    """Settings of every pattern: silent, and memory enough for large lists."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.max_mem = _PATTERN_MEMORY
    return chosen


def _words(terms: Iterable[Iterable[str]], patterns: Iterable[str]) -> frozenset[str]:
    """Words of four letters or more that stand in a term of several words or in a pattern, and may be disguised."""
    texts = (text for group in (*terms, patterns) for text in group)
    return frozenset(word for text in texts for word in _WORD.findall(text))
