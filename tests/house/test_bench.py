"""Every measurement still works, and gives figures that can be read."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.__main__ import NAMES
from tests.bench._figures import Figure, fsync_us, percentile
from tests.bench._one import QUICK

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_measures(name: str) -> None:
    """In its quick form: finite figures above nothing, a yardstick for one of them at least, a ratio for those."""
    command = [sys.executable, "-m", "tests.bench._one", name, "--quick"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = [Figure(**row) for row in json.loads(done.stdout)]

    assert figures
    assert all(math.isfinite(each.value) and each.value > 0 for each in figures)
    assert any(each.ratio for each in figures)
    assert all(each.ratio is None or math.isfinite(each.ratio) for each in figures)


def test_every_measurement_has_a_quick_form() -> None:
    """A new one cannot be forgotten."""
    assert set(QUICK) == set(NAMES) >= {"clicks", "flagging", "ingest", "register"}


def test_called_wrongly() -> None:
    """One that does not exist: told which there are, exit code 2."""
    command = [sys.executable, "-m", "tests.bench", "nergens"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "flagging" in done.stderr


def test_figures() -> None:
    """A speed of half the yardstick is 0.5, and so is a time of twice it; percentiles are values that occurred."""
    assert Figure("x", 50, "/s", 100).ratio == Figure("x", 20, "ms", 10, less_is_better=True).ratio == 0.5
    assert Figure("x", 50, "/s").ratio is None
    assert [percentile([3.0, 1.0, 2.0, 4.0], share) for share in (0, 0.5, 0.99)] == [1.0, 3.0, 4.0]
    assert fsync_us(3) > 0
