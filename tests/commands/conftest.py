"""One house per test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.house import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An ordinary house on a Tuesday at 10:00."""
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[World]:
    """A house whose one account is in trial: buttons tell what they would do."""
    world = World(tmp_path, acties="uit")
    yield world
    world.close()
