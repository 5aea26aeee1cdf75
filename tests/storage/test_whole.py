"""The whole way of a comment through the real engine, on both databases: in, case, hidden, registered, verified."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.loopback import guarded
from tests.fakes.postgres import fresh_url

ROOT = Path(__file__).parents[2]


def play(url: str) -> Any:
    """What came of it, in a process of its own."""
    command = [sys.executable, "-m", "tests.fakes.whole", url]
    done = subprocess.run(
        command, cwd=ROOT, env=guarded(os.environ), capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
def test_a_comment_is_hidden_once(kind: str, tmp_path: Path) -> None:
    """Two people press at once: one effect, one is told who was first. Evidence before it, intent before it, outcome
    after it; the register verifies; our tables are up to date beside those of the engine, and in those stands not a
    word that a citizen wrote.
    """
    told = play(f"sqlite:///{tmp_path / 'nabij.sqlite'}" if kind == "sqlite" else fresh_url())

    assert told["state"] == "afgehandeld"
    assert told["comments"] == 2
    assert told["effects"] == [["hide", "2001_1"]]
    assert told["ok"] == [False, True]
    assert told["evidence"] >= 2
    steps = [event for event in told["register"] if event != "vastgelegd"]
    assert steps == ["gemarkeerd", "voornemen", "uitkomst"]
    assert told["register"].index("vastgelegd") < told["register"].index("voornemen")
    assert told["verdict"] == 0
    assert told["behind"] == []
    assert told["stuck"] == []
    assert told["text in the engine"] == []
    assert told["id in the engine"], "the look into the tables of the engine finds nothing at all"
