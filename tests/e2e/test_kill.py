"""What is promised when the power goes: `kill -9` of any process at any moment loses nothing and doubles nothing."""

from pathlib import Path

import pytest

from tests.soak.kills import Plan, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_five_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    """While 500 comments arrive (some deliveries twice, some out of order, all again until they are answered) and 200
    clicks are given, five processes are killed. Afterwards: every flagged comment has its one card; every stored click
    its one answer; no delete without committed evidence and intent before it; no comment was seen to go a way twice and
    nobody was written to; every voornemen has its one uitkomst; register and database are whole.
    """
    outcome = run(tmp_path, Plan(kills=5))

    assert outcome.wrong == []
    assert outcome.figures["comments"] == 500
    assert outcome.figures["clicks"] == 200
    assert sum(outcome.figures["kills"].values()) == 5
