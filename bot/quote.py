"""Foreign text made ready to show: personal data masked, links without target, tricks with direction made visible.

Nothing here is markup; every channel escapes what it gets. Offsets are code points of the original text.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.text import mask_spans

Span = Sequence[int]
SHOWN = 1200
"""Code points of a comment that are shown before "show all"."""

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{2,}", re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:[^/@\s]*@)?([^/:?#\s]+)", re.IGNORECASE)
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]")
_EXCERPT = 60
_JOINERS = "\u200d\ufe0f"
_LONGEST_CLUSTER = 16


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text; marked: a rule hit here."""

    text: str
    marked: bool = False


def visible(text: str) -> str:
    """The text with control and direction characters as visible marks, `⟨U+202E⟩`, so that it cannot lie."""
    return _HIDDEN.sub(lambda hit: f"⟨U+{ord(hit[0]):04X}⟩", text)


def one_line(text: str, limit: int = _EXCERPT) -> str:
    """The text on one line, links without target, at most `limit` code points."""
    flat = " ".join("".join(segment.text for segment in segments(text[: 4 * limit], (), ())).split())
    return flat if len(flat) <= limit else flat[: cut(flat, limit - 1)].rstrip() + "…"


def segments(text: str, personal: Iterable[Span], marks: Iterable[Span]) -> tuple[Segment, ...]:
    """The text in pieces. A link is never cut: it is shown as `[link: host]`, marked when a rule hit any part of it."""
    shown = mask_spans(text, personal)
    links = [hit.span() for hit in _LINK.finditer(shown)]
    marked = _merged([_whole(span, links) for span in marks if span[0] < span[1]])
    edges = sorted({0, len(shown), *(edge for span in (*links, *marked) for edge in span if edge <= len(shown))})
    pieces = (
        Segment(_literal(shown[start:end], (start, end) in links), any(s <= start < e for s, e in marked))
        for start, end in pairwise(edges)
    )
    return tuple(_joined(pieces))


def excerpt(text: str, personal: Iterable[Span], spans: Iterable[Span]) -> str:
    """The words that a rule hit, on one line: `weet … wonen`."""
    masked = mask_spans(text, personal)
    hits = (one_line(masked[start:end]) for start, end in list(spans)[:3])
    return " … ".join(hit for hit in hits if hit)


def split(parts: Sequence[Segment], limit: int = SHOWN) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """The first `limit` code points and the rest, never inside a composed character."""
    head: list[Segment] = []
    left = limit
    for place, part in enumerate(parts):
        if len(part.text) > left:
            at = cut(part.text, left)
            first, second = Segment(part.text[:at], part.marked), Segment(part.text[at:], part.marked)
            return _filled(*head, first), _filled(second, *parts[place + 1 :])
        head.append(part)
        left -= len(part.text)
    return tuple(head), ()


def cut(text: str, limit: int) -> int:
    """The place at or just before `limit` where the text may be cut."""
    for at in range(limit, max(0, limit - _LONGEST_CLUSTER), -1):
        if at >= len(text) or not (_glued(text[at]) or text[at - 1] == "\u200d"):
            return at
    return limit


def _glued(letter: str) -> bool:
    return letter in _JOINERS or unicodedata.combining(letter) != 0


def _whole(span: Span, links: list[tuple[int, int]]) -> tuple[int, int]:
    start, end = span[0], span[1]
    for first, last in links:
        if first < end and start < last:
            start, end = min(start, first), max(end, last)
    return start, end


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _literal(text: str, link: bool) -> str:  # noqa: FBT001 - private, named at both ends
    if not link:
        return visible(text)
    host = _HOST.match(text)
    return f"[link: {visible(host[1] if host else '?')}]"


def _joined(pieces: Iterable[Segment]) -> Iterator[Segment]:
    last: Segment | None = None
    for piece in pieces:
        if last and last.marked == piece.marked:
            last = Segment(last.text + piece.text, piece.marked)
            continue
        if last:
            yield last
        last = piece
    if last and last.text:
        yield last


def _filled(*parts: Segment) -> tuple[Segment, ...]:
    return tuple(part for part in parts if part.text)
