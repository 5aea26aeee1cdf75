"""How long a press waits until it is stored: `python -m tests.bench clicks`.

One colleague presses *Verbergen* on one card after the other, about six a second, over one open connection to
`python -m bot serve` with its clock process beside it: idle, while single comments come in at 30 a second, and while
100 a second come in deliveries of 100. From the first byte of the POST to the last of the 202, which comes after the
commit; what the press sets off (capture, hide, register) goes on beside it and is part of the load. The yardstick is
the bare server of `_yardstick.py`, one signed comment after the other.
"""

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.bench._figures import Figure, percentile
from tests.bench._mix import Mix
from tests.bench._served import House, Presser, again, load, loading, yardstick

PRESSES = 200
PAUSE_S = 0.15
_MARGIN = 5
LOADS = (("at 30 single comments/s", 30.0, 1), ("at 100 comments/s in deliveries of 100", 1.0, 100))
"""What is measured beside idle: its name, deliveries a second, comments in each."""


def measure() -> list[Figure]:
    """p50 and p99 of a press, in milliseconds, for each load."""
    with tempfile.TemporaryDirectory(prefix="nabij-bench-") as name, House(Path(name), clock=True) as house:
        mix = Mix()
        wanted = PRESSES * (1 + len(LOADS)) + PRESSES // 10
        house.load(mix.flagged(wanted), each=50)
        house.wait("case", wanted)
        house.settle()
        cases = iter(range(1, wanted + 1))
        bare = _bare(house, mix)
        presser = house.presser()
        _press(presser, [next(cases) for _ in range(PRESSES // 10)])
        found = _figures("idle", _press(presser, [next(cases) for _ in range(PRESSES)]), bare)
        for title, rate, each in LOADS:
            seconds = 5 + PRESSES * PAUSE_S * _MARGIN
            sent = house.requests(mix.comments(int(seconds * rate) * each), each=each)
            with loading(house.port, sent, house.folder, rate=rate) as process:
                time.sleep(1)
                times = _press(presser, [next(cases) for _ in range(PRESSES)])
                _still_there(process, title)
            found += _figures(title, times, None)
        return found


def _press(presser: Presser, cases: Sequence[int]) -> list[float]:
    """Seconds of each press."""
    times = []
    for case_id in cases:
        time.sleep(PAUSE_S)
        times.append(presser.press(case_id, "verbergen"))
    return times


def _bare(house: House, mix: Mix) -> tuple[float, float]:
    """(p50, p99) in milliseconds of the bare server at the same pace, over one connection."""
    sent = house.requests(mix.comments(PRESSES), each=1)
    with tempfile.TemporaryDirectory(prefix="nabij-bench-") as name, yardstick(Path(name), house.secret) as port:
        told = load(port, again(sent, port, house.secret), Path(name), rate=1 / PAUSE_S)
    return told["p50_ms"], told["p99_ms"]


def _figures(title: str, times: Sequence[float], bare: tuple[float, float] | None) -> list[Figure]:
    names = (("p50", 0.5), ("p99", 0.99))
    return [
        Figure(
            f"press → stored, {title}, {name}",
            percentile(times, share) * 1e3,
            "ms",
            bare[place] if bare else None,
            less_is_better=True,
        )
        for place, (name, share) in enumerate(names)
    ]


def _still_there(process: "subprocess.Popen[bytes]", title: str) -> None:
    if process.poll() is not None:
        raise RuntimeError(f"the load ended before the presses did: {title}")
