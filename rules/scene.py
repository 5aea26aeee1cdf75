"""What rules ask of one text: where a source hits, what stands near, and which guards fire."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from rules.matcher import Index
from rules.view import Hit, Span, View

NEGATION, SEEMING, QUOTING, AGREEING = "@ontkenning", "@ontkenning_schijn", "@citaat", "@instemming"
GUARD_LISTS: Mapping[str, tuple[str, ...]] = {"ontkenning": (NEGATION, SEEMING), "citaat": (QUOTING, AGREEING)}
"""Built-in guards and the lists each of them reads. `ontkenning:3` looks only at the three words before the hit."""

_QUOTE_REACH = 8
_LONGEST_TERM = 6


class Scene:
    """One view of a text with the hits in it. awake: anchors that may hit · personal: kind (`#telefoon`) → places."""

    def __init__(
        self, view: View, index: Index, awake: AbstractSet[str], personal: Mapping[str, Sequence[Span]]
    ) -> None:
        self.view = view
        self.awake = awake
        self._index = index
        self._personal = personal
        self._hits: dict[str, list[Hit]] = {}

    @cached_property
    def _places(self) -> dict[str, list[Span]]:
        return self._index.places(self.view.text)

    def hits(self, source: str) -> list[Hit]:
        """Where a source hits, in order."""
        if source not in self._hits:
            self._hits[source] = sorted((self.view.hit(*span) for span in self._spans(source)), key=_by_token)
        return self._hits[source]

    def _spans(self, source: str) -> Sequence[Span]:
        if source.startswith("#"):
            return self._personal.get(source, ())
        matches = self._index.matches(source, self.view.text)
        return (*self._places.get(source, ()), *(span for span in matches if span[0] < span[1]))

    def _between(self, hits: list[Hit], first: int, after: int) -> list[Hit]:
        """The hits that begin at token `first` or later and before token `after`."""
        low = bisect_left(hits, first, key=_first)
        return hits[low : bisect_left(hits, after, lo=low, key=_first)]

    def nearest(self, source: str, anchor: Hit, window: int) -> Hit | None:
        """The hit of a source closest to the anchor, within so many tokens and in the same sentence."""
        start, after = self.view.sentence(anchor.first)
        low = max(start, anchor.first - window - _LONGEST_TERM)
        high = min(after, anchor.last + window + 1)
        near = (
            hit
            for hit in self._between(self.hits(source), low, high)
            if (hit.start, hit.end) != (anchor.start, anchor.end) and _gap(anchor, hit) <= window
        )
        return min(near, key=lambda hit: _gap(anchor, hit), default=None)

    def personal_places(self) -> tuple[Span, ...]:
        """All personal data, in the original."""
        return self.view.origins(span for spans in self._personal.values() for span in spans)

    # ------------------------------------------------------------ guards

    def guarded(self, guard: str, hit: Hit) -> bool:
        """True when a guard of a rule fires for a hit."""
        if guard.startswith("@"):
            return bool(self._between(self.hits(guard), *self.view.sentence(hit.first, around=1)))
        name, _, reach = guard.partition(":")
        if name == "citaat":
            return self.quoted(hit)
        return self.denied(hit, int(reach) if reach else None)

    def denied(self, hit: Hit, reach: int | None = None) -> bool:
        """True when a negation stands in the clause of the hit, or from `reach` tokens before it to its end.

        A negation that opens or closes the hit belongs to it (“niet welkom”) and denies nothing.
        """
        start, after = self.view.clause(hit.first)
        if reach is not None:
            start, after = max(start, hit.first - reach), hit.last + 1
        denials = self._between(self._denials, start, after)
        return any(denial.start != hit.start and denial.end != hit.end for denial in denials)

    @cached_property
    def _denials(self) -> list[Hit]:
        """Negations that deny: not “niet alleen …”, not the tag of a question."""
        seeming = {token for hit in self.hits(SEEMING) for token in range(hit.first, hit.last + 1)}
        return [hit for hit in self.hits(NEGATION) if hit.first not in seeming and not self.view.is_tag(hit)]

    def quoted(self, hit: Hit) -> bool:
        """True when somebody else is quoted, and the author does not agree with it."""
        start, _ = self.view.sentence(hit.first)
        introduced = self._between(self.hits(QUOTING), max(start, hit.first - _QUOTE_REACH), hit.first)
        if not introduced and not self.view.is_quoted(hit):
            return False
        return not self._between(self.hits(AGREEING), *self.view.sentence(hit.first, around=1))


def _first(hit: Hit) -> int:
    return hit.first


def _by_token(hit: Hit) -> tuple[int, int, int]:
    return (hit.first, hit.start, hit.end)


def _gap(one: Hit, other: Hit) -> int:
    """Tokens from one place to the other; 0 where they touch or overlap."""
    return max(0, other.first - one.last, one.first - other.last)
