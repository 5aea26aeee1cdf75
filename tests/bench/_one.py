"""One measurement, as JSON on stdout: `python -m tests.bench._one NAME [--quick]`.

A measurement is a module with `measure()` and its sizes in capitals; --quick makes those small.
"""

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from tests.bench._figures import Figure

QUICK: Mapping[str, Mapping[str, int]] = {
    "flagging": {"ROUNDS": 1},
    "register": {"SINGLE": 20, "BATCHES": 2, "VERIFIED": 1_000},
    "ingest": {"SINGLE": 60, "BATCHED": 400, "WARM": 40, "CARDS": 2},
    "clicks": {"PRESSES": 10},
}
"""Sizes that show only that a measurement works; every measurement has them."""


def figures(name: str, *, quick: bool) -> list[Figure]:
    """What a measurement comes to."""
    module = importlib.import_module(f"tests.bench.{name}")
    for size, value in QUICK[name].items() if quick else ():
        if not hasattr(module, size):
            raise AttributeError(f"{name} has no size {size}")
        setattr(module, size, value)
    return list(_as_figures(module.measure()))


def _as_figures(measured: Any) -> Iterator[Figure]:
    """Flagging gives microseconds by name, the others figures of their own."""
    if isinstance(measured, Mapping):
        yield Figure("judging, all comments", 1e6 / measured["judge_us"], "comments/s", 1e6 / measured["normalise_us"])
        yield Figure("judging, harmless comments", 1e6 / measured["judge_harmless_us"], "comments/s")
        yield Figure("judging, the longest comment", measured["long_comment_ms"], "ms", less_is_better=True)
        return
    for each in measured:
        yield each if isinstance(each, Figure) else Figure(each.name, each.value, "lines/s", each.yardstick)


if __name__ == "__main__":
    sys.stdout.write(json.dumps([asdict(each) for each in figures(sys.argv[1], quick="--quick" in sys.argv)]) + "\n")
