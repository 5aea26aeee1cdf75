"""What one rule makes of one text: hits with all they need, the guards asked, and the urgency that is left."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from domain.categories import Certainty, Urgency
from rules.book import Rule
from rules.scene import Scene
from rules.view import Hit, Span, merge

_MOST_HITS = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule on one text, flagged or not: what *Waarom* and `rules test` show.

    spans: places in the original · matched: normal form · guards: `name=ja` or `name=nee`, in the order asked ·
    stopped_by: the guard that kept the rule from flagging, empty when it flags.
    """

    rule: Rule
    urgency: Urgency
    certainty: Certainty
    spans: tuple[Span, ...]
    matched: str
    guards: tuple[str, ...] = ()
    stopped_by: str = ""

    def with_(self, other: "Finding") -> "Finding":
        """The stronger of two findings of one rule in two views of a text, with the places of both when both flag."""
        first, second = sorted((self, other), key=lambda each: (bool(each.stopped_by), -each.urgency))
        return first if second.stopped_by else replace(first, spans=merge((*first.spans, *second.spans)))


@dataclass(frozen=True, slots=True)
class _Hitting:
    """An anchor with what it needed. hits: source and place, the anchor first · asked: guard → fired."""

    hits: tuple[tuple[str, Hit], ...]
    asked: Mapping[str, bool]
    stopped_by: str
    lowered: bool


def finding(rule: Rule, scene: Scene, positive: AbstractSet[str]) -> Finding | None:
    """What a rule makes of a scene; None when it does not hit at all. positive: lists of praise."""
    tried = list(_tried(rule, scene, positive))
    if not tried and rule.anchors:
        return None
    kept = [each for each in tried if not each.stopped_by]
    lowered = all(each.lowered for each in kept or tried)
    return Finding(
        rule=rule,
        urgency=_one_lower(rule.level) if lowered and tried else rule.level,
        certainty=Certainty.TE_BEOORDELEN if lowered and tried else rule.certain,
        spans=scene.view.origins((hit.start, hit.end) for each in kept or tried for _, hit in each.hits),
        matched=_matched(scene, kept or tried),
        guards=_asked(tried),
        stopped_by=tried[0].stopped_by if tried and not kept else "",
    )


def _tried(rule: Rule, scene: Scene, positive: AbstractSet[str]) -> Iterator[_Hitting]:
    """Every hit of the rule, until enough of them flag."""
    kept = 0
    for hits in _hits(rule, scene):
        each = _ask_guards(rule, scene, hits, positive)
        yield each
        kept += not each.stopped_by
        if kept == _MOST_HITS:
            return


def _hits(rule: Rule, scene: Scene) -> Iterator[tuple[tuple[str, Hit], ...]]:
    """Every anchor that has all it needs near it; the shown ones of its needs go with it."""
    for source in rule.anchors:
        for anchor in scene.hits(source):
            near = [(need, scene.nearest(need, anchor, rule.window)) for need in rule.needs]
            found = [(need, hit) for need, hit in near if hit is not None]
            if len(found) == len(near):
                yield ((source, anchor), *found[: rule.shown])


def _ask_guards(rule: Rule, scene: Scene, hits: tuple[tuple[str, Hit], ...], positive: AbstractSet[str]) -> _Hitting:
    asked: dict[str, bool] = {}
    stops: list[str] = []
    if rule.flip:
        asked["ontkenning"] = any(scene.denied(hit) for _, hit in hits)
        if asked["ontkenning"] != any(source in positive for source, _ in hits):
            stops.append("ontkenning")
    for guard in dict.fromkeys((*rule.unless, *rule.downgrade)):
        asked[guard] = any(scene.guarded(guard, hit) for _, hit in hits)
    stops += (guard for guard in rule.unless if asked[guard])
    return _Hitting(hits, asked, next(iter(stops), ""), any(asked[guard] for guard in rule.downgrade))


def _one_lower(level: Urgency) -> Urgency:
    """One step lower, but never so low that the card is gone."""
    return Urgency(max(level - 1, min(level, Urgency.LAAG)))


def _matched(scene: Scene, hittings: list[_Hitting]) -> str:
    """The normal forms that hit; of personal data only the kind."""
    forms = (
        source[1:] if source.startswith("#") else scene.view.text[hit.start : hit.end]
        for each in hittings
        for source, hit in each.hits
    )
    return " … ".join(dict.fromkeys(forms))


def _asked(hittings: list[_Hitting]) -> tuple[str, ...]:
    """Guards in the order asked, each with whether it fired for some hit."""
    fired: dict[str, bool] = {}
    for each in hittings:
        for guard, yes in each.asked.items():
            fired[guard] = fired.get(guard, False) or yes
    return tuple(f"{guard}={'ja' if yes else 'nee'}" for guard, yes in fired.items())
