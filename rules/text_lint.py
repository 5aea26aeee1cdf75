"""What is wrong with a text that is about to be sent to a citizen: faults with their place, that block or only warn.

Every check is linear in the length of the text, whatever stands in it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from domain.messages import Fault

LONGEST = 1000
"""Code points of a private message. Facebook publishes no length for this one; 1,000 code points are at most 2,000
UTF-16 units, which is said to be the limit of its ordinary messages, however it counts.
"""
_BRACED = re.compile(r"\{[^{}]*\}|[{}]")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_TOKEN = re.compile(r"\S+")
_SHOUTED = re.compile(r"\b[A-ZÀ-ÖØ-Þ]{5,}\b|\b[A-ZÀ-ÖØ-Þ]{2,}\b(?:[ ,]+[A-ZÀ-ÖØ-Þ]{2,}\b)+")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_AFTER_LINK = r"(?![\w/?#%&=~+@:-]|[.,]\w)"


@dataclass(frozen=True, slots=True)
class Tone:
    """Words of a profile: openings that count as friendly, words that lecture, and the two ways to address somebody."""

    greeting: tuple[str, ...]
    lecturing: tuple[str, ...]
    informal: tuple[str, ...]
    formal: tuple[str, ...]


def blocking(text: str, personal: Iterable[Sequence[int]], own: Iterable[str], tone: Tone) -> Iterator[Fault]:
    """What blocks sending. personal: spans of personal data · own: addresses and numbers of ours, which may stay."""
    yield from _length(text)
    yield from _unfilled(text)
    yield from _invisible(text)
    yield from _personal(text, personal, tuple(own))
    yield from _mixed(text, tone)


def warnings(text: str, tone: Tone) -> Iterator[Fault]:
    """What had better be said otherwise."""
    if text.strip() and not _words(tone.greeting).match(text.lstrip()):
        first = _TOKEN.search(text)
        yield Fault(first.span() if first else (0, 0), "The text does not open in a friendly way.", blocks=False)
    for found in _words(tone.lecturing).finditer(text):
        yield Fault(found.span(), "This sounds lecturing.", blocks=False)
    for found in _SHOUTED.finditer(_without_addresses(text)):
        yield Fault(found.span(), "Capitals read as shouting.", blocks=False)


def refers(text: str, link: str) -> bool:
    """True when the text holds this address whole, and not as the beginning of another one."""
    return re.search(re.escape(link) + _AFTER_LINK, text) is not None


def _length(text: str) -> Iterator[Fault]:
    if not text.strip():
        yield Fault((0, 0), "The text is empty.")
    if len(text) > LONGEST:
        yield Fault((LONGEST, len(text)), "The text is too long for a private message.")


def _unfilled(text: str) -> Iterator[Fault]:
    """Variables, lone braces, and anything with letters between square brackets."""
    bracketed = (found for found in _BRACKETED.finditer(text) if any(map(str.isalpha, found[0])))
    for found in (*_BRACED.finditer(text), *bracketed):
        yield Fault(found.span(), "Something was not filled in here.")


def _invisible(text: str) -> Iterator[Fault]:
    for found in _INVISIBLE.finditer(text):
        yield Fault(found.span(), "An invisible sign stands here.")


def _personal(text: str, spans: Iterable[Sequence[int]], own: tuple[str, ...]) -> Iterator[Fault]:
    ours = [found.span() for each in own if each for found in re.finditer(re.escape(each), text)]
    for start, end in spans:
        if not any(first <= start and end <= last for first, last in ours):
            yield Fault((start, end), "A phone number or other personal data may not be sent.")


def _mixed(text: str, tone: Tone) -> Iterator[Fault]:
    """Both ways to address somebody: the one that is used least is the slip."""
    plain = _without_addresses(text)
    ways = [list(_words(words).finditer(plain)) for words in (tone.informal, tone.formal)]
    if all(ways):
        for slip in min(ways, key=len):
            yield Fault(slip.span(), "The text mixes “je” and “u”.")


def _without_addresses(text: str) -> str:
    """The text with links and addresses blanked, every other sign in its place."""
    return _TOKEN.sub(lambda found: " " * len(found[0]) if _is_address(found[0]) else found[0], text)


def _is_address(token: str) -> bool:
    return "://" in token or "@" in token or token.startswith("www.")


def _words(words: Iterable[str]) -> re.Pattern[str]:
    """Finds any of these whole words or phrases, whatever their case; none that follows a figure, as in “9 u”."""
    either = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![0-9])(?<![0-9] )\b(?:{either})\b", re.IGNORECASE)
