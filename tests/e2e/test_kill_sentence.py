"""The power goes while people warn, document and are called: nothing is sent twice, no number is lost."""

from pathlib import Path

import pytest

from tests.soak.sentence import run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_four_kills_in_a_night_of_threats(tmp_path: Path) -> None:
    """While twelve threats are warned, hidden and documented by two people and their calls go out, four processes are
    killed. Afterwards every citizen got one message, every delivered warning is one strike, dossier numbers have no
    gap, every call was made once, the report of last week was made once by two clocks, and the register verifies.
    """
    outcome = run(tmp_path, kills=4, cases=12)

    assert outcome.wrong == []
    assert sum(outcome.figures["kills"].values()) == 4  # type: ignore[attr-defined]
