"""`dev.py bench` finds every measurement by itself."""

from pathlib import Path

import pytest

from tests.bench import __main__ as bench


class TestBench:
    """The one word for all measurements."""

    def test_knows_every_measurement_in_its_folder(self) -> None:
        """A module that is added is run; helpers begin with an underscore."""
        there = {path.stem for path in Path(bench.__file__).parent.glob("[a-z]*.py")}

        assert there
        assert set(bench.NAMES) == there

    def test_an_unknown_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        """One line names those it knows; exit 2, and nothing is measured."""
        assert bench.main(["nothing"]) == 2
        assert "bench knows no “nothing”; it knows: " in capsys.readouterr().err
