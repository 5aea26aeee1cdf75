"""A flood of comments in Meta's own batches, while somebody presses buttons: nothing is lost, nobody waits long."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from platforms.practice.deliveries import written
from tests.e2e.house import House, until
from tests.e2e.seat import Seat
from tests.soak.kills import HARMLESS, INSULT, Outcome, Told

BATCH = 1000
POSTS = 40
FLAGGED_EVERY = 50
ACK_MOST_S = 3.0
"""After so long a platform or a person counts a press as lost (facts: Slack's limit)."""
ENOUGH_S = 900.0
CARDS = 'SELECT count(*) FROM "case"'


@dataclass(frozen=True, slots=True)
class Plan:
    """How many comments."""

    comments: int = 20_000


def run(folder: Path, plan: Plan, told: Told = lambda _: None) -> Outcome:
    """One flood in an empty folder."""
    outcome = Outcome()
    with House(folder, webs=1, clocks=1) as house:
        house.practice.order("manner", batch=BATCH, linger_s=0.2)
        posts = [house.practice.post(f"Bericht {number}") for number in range(POSTS)]
        house.practice.comments(posts[0], [INSULT.format(number) for number in range(200)])
        until(lambda: house.value(CARDS) == 200, "cards to press on")
        presser = Presser(house.seat("noor"))
        presser.start()
        begun = time.monotonic()
        _write(house, posts, plan.comments, told)
        _await(house, plan.comments + 200, "comment", told)
        stored = time.monotonic() - begun
        _await(house, 200 + plan.comments // FLAGGED_EVERY, '"case"', told)
        carded = time.monotonic() - begun
        acks = presser.end()
        until(lambda: house.value(_WAITING) == 0, "all work is done", within=ENOUGH_S)
        outcome.wrong = list(_wrong(house, acks, plan))
    outcome.figures = {
        "comments": plan.comments,
        "stored per second": round(plan.comments / stored),
        "last card after the first comment, s": round(carded, 1),
        "presses meanwhile": len(acks),
        "press to ack, median, ms": round(1000 * median(acks)),
        "press to ack, slowest, ms": round(1000 * max(acks)),
    }
    return outcome


_WAITING = "SELECT count(*) FROM workflow_status WHERE status IN ('ENQUEUED', 'PENDING') AND queue_name <> 'klok'"


def _write(house: House, posts: list[str], comments: int, told: Told) -> None:
    """Only what is flagged is ever read again, so only that is put on the page; the rest is pushed and no more."""
    for start in range(0, comments, BATCH):
        post = posts[start // BATCH % POSTS]
        numbers = range(start, min(start + BATCH, comments))
        pushed = [_pushed(number, post) for number in numbers if number % FLAGGED_EVERY]
        house.practice.order("deliver", changes=pushed)
        house.practice.comments(post, [INSULT.format(number) for number in numbers if not number % FLAGGED_EVERY])
        told(f"{numbers.stop} of {comments} comments pushed")


def _pushed(number: int, post: str) -> dict[str, object]:
    text = HARMLESS[number % len(HARMLESS)].format(number)
    return written(f"{post.rpartition('_')[2]}_{9_000_000 + number}", text, post_id=post)


def _await(house: House, wanted: int, table: str, told: Callable[[str], None]) -> None:
    count = f"SELECT count(*) FROM {table}"
    until(lambda: house.value(count) >= wanted, f"{wanted} rows in {table}", within=ENOUGH_S)
    told(f"{wanted} rows in {table}")


def _wrong(house: House, acks: list[float], plan: Plan) -> list[str]:
    """Every invariant that did not hold."""
    counted = {name: house.value(f"SELECT count(*) FROM {name}") for name in ("comment", '"case"', "dead_letter")}
    wanted = {"comment": plan.comments + 200, '"case"': 200 + plan.comments // FLAGGED_EVERY, "dead_letter": 0}
    wrong = [
        f"{name}: {counted[name]} rows instead of {wanted[name]}" for name in wanted if counted[name] != wanted[name]
    ]
    if house.bot("register", "verify").returncode:
        wrong.append("the register does not verify")
    if unanswered := house.value("SELECT count(*) FROM given_order WHERE answer IS NULL"):
        wrong.append(f"{unanswered} presses have no answer")
    if max(acks) > ACK_MOST_S:
        wrong.append(f"a press waited {max(acks):.1f} s")
    return wrong


class Presser:
    """Somebody who goes through the cards, claims and lets go, as long as the flood lasts."""

    def __init__(self, seat: Seat) -> None:
        self._seat, self._acks = seat, list[float]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def start(self) -> None:
        """Begin to press."""
        self._thread.start()

    def end(self) -> list[float]:
        """Stop; how long each press took to be stored, in seconds."""
        self._over.set()
        self._thread.join()
        return self._acks

    def _work(self) -> None:
        number = 0
        while not self._over.wait(0.1):
            number = number % 200 + 1
            card = self._seat.card(number)
            act = next((each for each in ("neem_ik", "laat_los") if card and each in card.acts), "")
            if card and act:
                begun = time.monotonic()
                self._seat.press(card, act)
                self._acks.append(time.monotonic() - begun)
