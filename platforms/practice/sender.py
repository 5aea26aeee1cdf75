"""Pushes changes as signed webhook deliveries, the way the real platform does: in batches, again and again.

A delivery that is not answered 200 comes back after a while, ever more slowly, for 36 hours. On request deliveries come
twice, out of order, or once more with a wrong signature before the right one. One thread, started and stopped.
"""

import heapq
import itertools
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import httpx

from domain.clock import Clock
from platforms.practice import deliveries

PATIENCE = timedelta(hours=36)
LATE = timedelta(seconds=0.3)
FIRST_RETRY_S = 0.25
SLOWEST_RETRY_S = 30.0
_ANSWER_S = 5.0
_OK = 200


@dataclass(frozen=True, slots=True)
class Manner:
    """How deliveries go out.

    batch: most changes in one (the real one: 1,000) · linger_s: how long changes are gathered · twice, wrong, shuffled,
    late: share of deliveries that comes twice, is first sent with a wrong signature, has its changes in another order,
    or is overtaken by the next ones.
    """

    batch: int = 1
    linger_s: float = 0.0
    twice: float = 0.0
    wrong: float = 0.0
    shuffled: float = 0.0
    late: float = 0.0

    def but(self, given: Mapping[str, Any]) -> "Manner":
        """The same with some of it changed; TypeError for an unknown part."""
        return replace(self, **given)


@dataclass(slots=True)
class _Delivery:
    body: bytes
    since: datetime
    pause_s: float = FIRST_RETRY_S


@dataclass(slots=True)
class Figures:
    """What the sender did so far. refused_wrong: wrongly signed deliveries that were refused, as they should be."""

    accepted: int = 0
    failed: int = 0
    given_up: int = 0
    refused_wrong: int = 0
    accepted_wrong: int = 0


class Sender:
    """Delivers to one address. url: empty = keep quiet · wall: seconds that only go on, for the pace of retries."""

    def __init__(  # noqa: PLR0913 - each is one dial
        self,
        url: str,
        secret: str,
        clock: Clock,
        *,
        page: str = deliveries.PAGE,
        manner: Manner | None = None,
        wait: Callable[[threading.Condition, float | None], object] | None = None,
        transport: httpx.BaseTransport | None = None,
        seed: int = 0,
    ) -> None:
        self.url = url
        self.manner = manner or Manner()
        self.figures = Figures()
        self._secret = secret
        self._clock = clock
        self._page = page
        self._wait = wait or threading.Condition.wait
        self._chance = random.Random(seed)  # noqa: S311 - practice, not secrecy
        self._http = httpx.Client(timeout=_ANSWER_S, transport=transport, trust_env=False)
        self._news = threading.Condition()
        self._changes: list[deliveries.Change] = []
        self._due: list[tuple[datetime, int, _Delivery]] = []
        self._order = itertools.count()
        self._busy = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="practice-sender", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Deliver nothing more; what is left is forgotten."""
        with self._news:
            self._stopping = True
            self._news.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        self._http.close()

    def handshake(self, verify_token: str) -> bool:
        """Ask the address whether it knows the agreed word; True when it answers the challenge raw."""
        challenge = str(self._chance.randrange(10**9))
        query = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token}
        answer = self._http.get(self.url, params=query)
        return answer.status_code == _OK and answer.text == challenge

    def put(self, change: deliveries.Change) -> None:
        """Deliver this change soon."""
        if self.url:
            with self._news:
                self._changes.append(change)
                self._news.notify_all()

    @property
    def pending(self) -> int:
        """Changes and deliveries that are still to go out."""
        with self._news:
            return len(self._changes) + len(self._due) + self._busy

    # ---------------------------------------------------------------- the thread

    def _run(self) -> None:
        while (delivery := self._next()) is not None:
            self._deliver(delivery)
            with self._news:
                self._busy = False
                self._news.notify_all()

    def _next(self) -> _Delivery | None:
        """The next delivery that is due; waits for one, None when it is time to stop."""
        with self._news:
            while not self._stopping:
                if self._changes:
                    self._gather()
                    self._pack()
                if self._due and self._due[0][0] <= self._clock.now():
                    self._busy = True
                    return heapq.heappop(self._due)[2]
                left = (self._due[0][0] - self._clock.now()).total_seconds() if self._due else None
                self._wait(self._news, left)
            return None

    def _gather(self) -> None:
        """Wait for more changes of the same moment, when deliveries are batched."""
        if self.manner.batch > 1 and self.manner.linger_s and len(self._changes) < self.manner.batch:
            self._wait(self._news, self.manner.linger_s)

    def _pack(self) -> None:
        now = self._clock.now()
        while self._changes:
            part, self._changes = self._changes[: self.manner.batch], self._changes[self.manner.batch :]
            if self._happens(self.manner.shuffled):
                self._chance.shuffle(part)
            body = deliveries.body(part, page=self._page, at=int(now.timestamp()))
            for _ in range(2 if self._happens(self.manner.twice) else 1):
                due = now + (LATE if self._happens(self.manner.late) else timedelta())
                heapq.heappush(self._due, (due, next(self._order), _Delivery(body, now)))

    def _deliver(self, delivery: _Delivery) -> None:
        if self._happens(self.manner.wrong):
            self._send_wrong(delivery.body)
        if self._send(delivery.body, self._secret):
            self.figures.accepted += 1
            return
        self.figures.failed += 1
        due = self._clock.now() + timedelta(seconds=delivery.pause_s)
        delivery.pause_s = min(2 * delivery.pause_s, SLOWEST_RETRY_S)
        if due - delivery.since > PATIENCE:
            self.figures.given_up += 1
            return
        with self._news:
            heapq.heappush(self._due, (due, next(self._order), delivery))

    def _send_wrong(self, body: bytes) -> None:
        if self._send(body, f"{self._secret}-wrong"):
            self.figures.accepted_wrong += 1
        else:
            self.figures.refused_wrong += 1

    def _send(self, body: bytes, secret: str) -> bool:
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": deliveries.sign(secret, body)}
        try:
            return self._http.post(self.url, content=body, headers=headers).status_code == _OK
        except httpx.HTTPError:
            return False

    def _happens(self, share: float) -> bool:
        return share > 0 and self._chance.random() < share
