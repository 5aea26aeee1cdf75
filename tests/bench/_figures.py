"""What a measurement comes to, and the machine on which it was made."""

import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FSYNCS = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. yardstick: the same thing done by the least that could do it, in the same run; None where there
    is none to be had. less_is_better: a time, not a speed.
    """

    name: str
    value: float
    unit: str
    yardstick: float | None = None
    less_is_better: bool = False

    @property
    def ratio(self) -> float | None:
        """How much of the yardstick is reached: 1.0 = as good as the yardstick, less = worse."""
        if not self.yardstick:
            return None
        return self.yardstick / self.value if self.less_is_better else self.value / self.yardstick


def machine() -> str:
    """Cores, Python, SQLite."""
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {sys.platform}"
    )


def fsync_us(rounds: int = FSYNCS) -> float:
    """Microseconds that one fsync of a small append takes here, the median."""
    times = []
    with tempfile.TemporaryDirectory(prefix="nabij-bench-") as folder, (Path(folder) / "file").open("wb") as file:
        for _ in range(rounds):
            file.write(b"x" * 4096)
            file.flush()
            start = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` (0 to 1) of the values stay at or under."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
