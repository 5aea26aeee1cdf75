"""Random lives of cases, the short form; `tests.commands.life.live(1000, 50)` is the long one."""

import pytest

from tests.commands.life import live


@pytest.mark.slow
def test_the_promises_hold_in_random_lives() -> None:
    """Whatever people, authors, platforms, clocks and dying processes do in whatever order."""
    live(runs=60, steps=30)
