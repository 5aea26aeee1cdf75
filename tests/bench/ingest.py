"""How fast comments are taken in for good, beside the least that could do it: `python -m tests.bench ingest`.

Signed deliveries of 1 and of 100 comments, 3 % of them flagged, over 32 connections; counted from the first byte sent
to the last 200, which comes only after the commit (WAL, synchronous FULL). The house is `python -m bot serve` with all
it does beside (cases, evidence, register for the flagged ones); the yardstick is `_yardstick.py` with the same bodies.
"""

import statistics
import tempfile
from pathlib import Path

from tests.bench._figures import Figure
from tests.bench._mix import Mix
from tests.bench._served import House, again, load, yardstick

SINGLE, BATCHED, WARM, CARDS = 3_000, 30_000, 200, 30
BATCH = 100


def measure() -> list[Figure]:
    """Comments a second in deliveries of 1 and of 100, and how long a flagged comment takes to become a card."""
    with tempfile.TemporaryDirectory(prefix="nabij-bench-") as name, House(Path(name)) as house:
        mix = Mix()
        house.load(mix.comments(WARM), each=1)
        cards = _time_to_card(house, mix)
        single = _taken_in(house, mix, SINGLE, 1)
        batched = _taken_in(house, mix, BATCHED, BATCH)
        return [
            Figure("ingest, deliveries of 1", *single),
            Figure(f"ingest, deliveries of {BATCH}", *batched),
            Figure("delivery → card, idle, p50", cards * 1e3, "ms", less_is_better=True),
        ]


def _taken_in(house: House, mix: Mix, count: int, each: int) -> tuple[float, str, float]:
    """(comments a second, unit, the same of the yardstick)."""
    comments = mix.comments(count)
    sent = house.requests(comments, each=each)
    before = house.count("comment")
    ours = load(house.port, sent, house.folder)["seconds"]
    if house.count("comment") - before != count:
        raise RuntimeError("answered 200, but not stored")
    house.settle()
    with tempfile.TemporaryDirectory(prefix="nabij-bench-") as name, yardstick(Path(name), house.secret) as port:
        bare = again(sent, port, house.secret)
        load(port, bare[: max(1, len(bare) // 10)], Path(name))
        theirs = load(port, bare, Path(name))["seconds"]
    return count / ours, "comments/s", count / theirs


def _time_to_card(house: House, mix: Mix) -> float:
    """Seconds from sending a flagged comment to its case being there, the median; one at a time."""
    times = []
    for comment in mix.flagged(CARDS):
        wanted = house.count("case") + 1
        sent = house.requests([comment], each=1)
        told = load(house.port, sent, house.folder)
        times.append(told["seconds"] + house.wait("case", wanted))
    return statistics.median(times)
