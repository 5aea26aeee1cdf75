"""A ruleset as plain data: rules, term lists and citations, their canonical JSON and its hash."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from domain.categories import CATEGORIES, Category, Certainty, Urgency
from domain.errors import Misconfigured
from rules import normalise

ENGINE = 1
"""Raised whenever the same rules would flag differently: windows, guards, detectors, repairs."""

STATES = ("shadow", "live", "off")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a file.

    anchors: sources of which one must hit · needs: sources that must all hit within `window` tokens of the anchor, in
    its sentence; the first `shown` of them belong to the span · unless, downgrade: guards · flip: a negation turns the
    polarity · media: only for comments with a picture or film.

    A source is `@list`, `/pattern/`, `#kind of personal data` or a literal term.
    """

    id: str
    title: str
    category: str
    urgency: str
    certainty: str
    state: str
    suggest: str
    anchors: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    shown: int = 0
    window: int = 8
    unless: tuple[str, ...] = ()
    downgrade: tuple[str, ...] = ()
    flip: bool = False
    media: bool = False
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()
    file: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Everything this rule looks for."""
        return self.anchors + self.needs

    @property
    def level(self) -> Urgency:
        """The urgency as a value."""
        return Urgency.of(self.urgency)

    @property
    def certain(self) -> Certainty:
        """The certainty as a value."""
        return Certainty(self.certainty)

    @property
    def row(self) -> Category:
        """The row of the category."""
        return CATEGORIES[self.category]


@dataclass(frozen=True, slots=True)
class TermList:
    """One list file. label: Dutch word for the card · positive: praise, hostile only when denied · entries: terms
    (`word`, `begin*`, `*end`, `*middle*`, several words) and `/patterns/`, includes already filled in.
    """

    label: str
    positive: bool
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """A whole ruleset. citations: category → sentence of the house rules it rests on."""

    profile: str
    rules: tuple[Rule, ...]
    lists: Mapping[str, TermList]
    citations: Mapping[str, str] = field(default_factory=dict)

    def terms(self, name: str) -> tuple[str, ...]:
        """Entries of a list; none when the profile does not have it."""
        return self.lists[name].entries if name in self.lists else ()

    def words(self, rule: Rule) -> str:
        """What a rule looks for, in Dutch: the labels of its lists and kinds of personal data."""
        named = (each for each in rule.sources if not each.startswith("/"))
        labels = (self.lists[each[1:]].label if each.startswith("@") else each.strip("#") for each in named)
        return " + ".join(dict.fromkeys(labels))

    def content(self) -> str:
        """Canonical JSON of everything that decides what is flagged."""
        data = asdict(self) | {"engine": ENGINE, "normaliser": normalise.VERSION}
        return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(content: str) -> str:
    """Name of a ruleset: the first 12 hex characters of the SHA-256 over its canonical JSON."""
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def parse(content: str) -> Book:
    """The book out of its canonical JSON; Misconfigured when it was made for another engine or normaliser."""
    data: dict[str, Any] = json.loads(content)
    if (data["engine"], data["normaliser"]) != (ENGINE, normalise.VERSION):
        raise Misconfigured("This ruleset was made by another version of Nabij and cannot be run exactly any more.")
    lists = {name: TermList(**_tuples(each)) for name, each in data["lists"].items()}
    return Book(data["profile"], tuple(Rule(**_tuples(rule)) for rule in data["rules"]), lists, data["citations"])


def _tuples(data: Mapping[str, Any]) -> dict[str, Any]:
    """JSON has lists only; ours are tuples."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
