"""An engine, and databases to work on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import storage.tables  # noqa: F401 - makes the tables known
from storage.base import metadata
from storage.database import Database
from tests.fakes.engine import Engine


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One launched engine for the tests of a file; left running, its threads disturb tests that count on chance."""
    made = Engine(f"sqlite:///{tmp_path_factory.mktemp('engine') / 'nabij.sqlite'}")
    yield made
    made.close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An empty database with our tables."""
    made = Database(f"sqlite:///{tmp_path / 'data' / 'nabij.sqlite'}")
    metadata.create_all(made.writing)
    yield made
    made.close()
