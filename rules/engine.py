"""The flagger: a compiled ruleset that says of any text which rules hit, where, and why not.

judge(text)
├── fold, and scan for anchors and triggers          most comments end here
├── repair what was spelled to be missed             only where a trigger hit
├── rules whose anchor hit: needs, guards, urgency   per view (a second one when letters only look Latin)
└── places traced back to the original
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from domain.categories import priority
from domain.model import Flag, Judgement
from rules import book, lint, rulefile
from rules.book import Book, Rule
from rules.findings import Finding, finding
from rules.matcher import Index
from rules.normalise import cure, cure_char, fold, is_foreign
from rules.personal import KINDS, NOT_A_NUMBER, OWN, STREETS, Personal
from rules.repair import TRIGGERS, repairs
from rules.scene import Scene
from rules.sources import sources_of
from rules.view import View, merge

_REPAIR, _GLUED = "!repair", "!glued"
_TRIGGERS = {_REPAIR: "|".join(TRIGGERS), _GLUED: r"[a-z][^\x00-\x7f]+[a-z]"}
_NOTHING = Judgement()


@dataclass(frozen=True, slots=True)
class RuleCard:
    """What a card says of a rule. words: what it looks for, in Dutch · citation: the sentence of the house rules."""

    id: str
    title: str
    category: str
    suggest: str
    words: str
    citation: str


class Rules:
    """A compiled ruleset (`domain.ports.Flagger`). Made by `load` from files, by `of` from a stored snapshot."""

    def __init__(self, contents: Book) -> None:
        self.book = contents
        self.content = contents.content()
        self.ruleset = book.digest(self.content)
        self._by_anchor: dict[str, list[Rule]] = defaultdict(list)
        for rule in contents.rules:
            for anchor in rule.anchors:
                self._by_anchor[anchor].append(rule)
        self._bare_media = [rule for rule in contents.rules if not rule.anchors]
        self._positive = frozenset(f"@{name}" for name, each in contents.lists.items() if each.positive)
        self._personal = Personal(*(contents.terms(name) for name in (STREETS, NOT_A_NUMBER, OWN)))
        self._index = Index(sources_of(contents), self._by_anchor, self._personal.triggers | _TRIGGERS)

    @classmethod
    def load(cls, profile: str, override: Path | None = None, states: Mapping[str, str] | None = None) -> "Rules":
        """The rules of a profile, proven by their own examples. Misconfigured names file, rule and example.

        override: folder of the house, whose `rules/` replaces shipped files of the same name · states: rule id →
        state set from the channel.
        """
        rules = cls(rulefile.read(profile, override, states or {}))
        for problem in lint.problems(rules.book, rules.hitting):
            raise problem
        return rules

    @classmethod
    def of(cls, content: str) -> "Rules":
        """The rules of a stored snapshot, to judge again exactly as then."""
        return cls(book.parse(content))

    # ------------------------------------------------------------ the flagger

    def judge(self, text: str, *, media: bool = False) -> Judgement:
        """The flags, most pressing first, and the places of personal data; never raises on any text."""
        folded = fold(text)
        awake = self._index.wake(folded)
        if not awake and not media and not is_foreign(folded):
            return _NOTHING
        scenes = list(self._scenes(text, folded, awake))
        found = self._findings(scenes, media=media)
        flags = [_flag(each) for each in found if not each.stopped_by and each.rule.state != "off"]
        places = (place for scene in scenes for place in scene.personal_places())
        return Judgement(tuple(sorted(flags, key=_pressing)), merge(places))

    def explain(self, text: str, *, media: bool = False) -> tuple[Finding, ...]:
        """What every rule makes of a text, whatever its state: those that hit first, then those a guard stopped."""
        folded = fold(text)
        found = self._findings(self._scenes(text, folded, self._index.wake(folded)), media=media)
        return tuple(
            sorted(found, key=lambda each: (bool(each.stopped_by), *priority(each.rule.category, each.urgency)))
        )

    def hitting(self, text: str, *, media: bool) -> frozenset[str]:
        """Ids of the rules that hit a text, whatever their state."""
        return frozenset(each.rule.id for each in self.explain(text, media=media) if not each.stopped_by)

    def normal(self, text: str) -> str:
        """The normal form in which rules read a text."""
        folded = fold(text)
        return next(self._scenes(text, folded, self._index.wake(folded))).view.text

    def _scenes(self, text: str, folded: str, awake: set[str]) -> Iterator[Scene]:
        """The text as it reads, and once more with look-alike letters made Latin where that differs."""
        yield self._scene(View(text, folded), awake)
        if _GLUED in awake or is_foreign(folded):
            cured = cure(text)
            if cured != folded:
                yield self._scene(View(text, cured, piece=cure_char), self._index.wake(cured))

    def _scene(self, view: View, awake: set[str]) -> Scene:
        if _REPAIR in awake and (edits := repairs(view.text, self._index.words_in)):
            view = view.repaired(edits)
            awake = self._index.wake(view.text)
        return Scene(view, self._index, awake, self._personal.find(view.text, awake.intersection(KINDS)))

    def _findings(self, scenes: Iterable[Scene], *, media: bool) -> list[Finding]:
        """One finding per rule over all scenes."""
        found: dict[str, Finding] = {}
        for scene in scenes:
            for rule in self._candidates(scene, media=media):
                if each := finding(rule, scene, self._positive):
                    found[rule.id] = each.with_(found[rule.id]) if rule.id in found else each
        return list(found.values())

    def _candidates(self, scene: Scene, *, media: bool) -> Iterator[Rule]:
        """Rules of which an anchor may hit."""
        rules = {rule.id: rule for anchor in scene.awake for rule in self._by_anchor.get(anchor, ())}
        yield from (rule for rule in rules.values() if media or not rule.media)
        if media and not scene.view.text.strip():
            yield from self._bare_media

    # ------------------------------------------------------------ for cards

    def rule(self, rule_id: str) -> RuleCard | None:
        """What a card says of a rule; None for one that is not in this ruleset."""
        return self._cards.get(rule_id)

    @property
    def words(self) -> Mapping[str, str]:
        """Rule id → what it looks for, in Dutch: `scheldwoord + groep`."""
        return {name: card.words for name, card in self._cards.items()}

    def house_rule(self, category: str) -> str:
        """The sentence of the house rules a category rests on; empty when the profile has none."""
        return self.book.citations.get(category, "")

    @cached_property
    def _cards(self) -> dict[str, RuleCard]:
        return {rule.id: self._card(rule) for rule in self.book.rules}

    def _card(self, rule: Rule) -> RuleCard:
        words = self.book.words(rule)
        return RuleCard(rule.id, rule.title, rule.category, rule.suggest, words, self.house_rule(rule.category))


def _flag(each: Finding) -> Flag:
    rule = each.rule
    return Flag(
        rule=rule.id,
        category=rule.category,
        urgency=each.urgency,
        certainty=each.certainty,
        state=rule.state,
        spans=each.spans,
        matched=each.matched,
        guards=each.guards,
    )


def _pressing(flag: Flag) -> tuple[int, int]:
    return priority(flag.category, flag.urgency)
