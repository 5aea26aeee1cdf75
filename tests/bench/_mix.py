"""A realistic mix of comments: Flemish sentences of 120 to 280 characters out of the practice scenario, of which three
in a hundred are flagged, as signed deliveries.
"""

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.categories import Urgency
from platforms.practice import deliveries, scenario
from rules.engine import Rules

FLAGGED_EACH = 33
"""One in so many comments is flagged."""
SHORTEST, LONGEST = 120, 280
_FIRST_ID = 5_000_000


@dataclass(frozen=True, slots=True)
class Written:
    """A comment that is still to be pushed."""

    id: str
    text: str
    flagged: bool


class Mix:
    """Comments without end, always the same ones in the same order."""

    def __init__(self) -> None:
        rules = Rules.load("gent")
        texts = [step.text for step in scenario.load().steps if step.text]
        self._rules = rules
        self._harmless = [text for text in texts if not self._carded(text) and len(text) < LONGEST - SHORTEST]
        self._flagged = [text for text in texts if self._carded(text)]
        self._chance = random.Random(20261121)
        self._ids = itertools.count(_FIRST_ID)

    def comments(self, count: int) -> list[Written]:
        """The next so many."""
        return [self._comment(flagged=place % FLAGGED_EACH == 0) for place in range(count)]

    def flagged(self, count: int) -> list[Written]:
        """The next so many, all flagged."""
        return [self._comment(flagged=True) for _ in range(count)]

    def _comment(self, *, flagged: bool) -> Written:
        while True:
            text = self._text([self._chance.choice(self._flagged)] if flagged else [])
            if self._carded(text) is flagged:
                return Written(f"2001_{next(self._ids)}", text, flagged)

    def _carded(self, text: str) -> bool:
        return any(flag.urgency > Urgency.GEEN for flag in self._rules.judge(text).live)

    def _text(self, parts: list[str]) -> str:
        while sum(map(len, parts)) < SHORTEST:
            parts.append(self._chance.choice(self._harmless))
        return " ".join(parts)[:LONGEST]


def requests(comments: Sequence[Written], *, each: int, port: int, secret: str, post: str) -> Iterator[bytes]:
    """Whole HTTP requests, signed, with `each` comments in one delivery."""
    for start in range(0, len(comments), each):
        changes = [
            deliveries.written(one.id, one.text, post_id=post, author=(f"77{number % 900}", "Test Persoon"))
            for number, one in enumerate(comments[start : start + each], start)
        ]
        yield request(deliveries.body(changes), port=port, secret=secret)


def request(body: bytes, *, port: int, secret: str) -> bytes:
    """One HTTP request as the platform sends it."""
    head = (
        "POST /webhooks/facebook HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "Content-Type: application/json\r\n"
        "User-Agent: facebookexternalua\r\n"
        f"X-Hub-Signature-256: {deliveries.sign(secret, body)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def in_request(raw: bytes) -> list[str]:
    """The comment ids in a request, for checks."""
    body = json.loads(raw.partition(b"\r\n\r\n")[2])
    return [change["value"]["comment_id"] for change in body["entry"][0]["changes"]]
