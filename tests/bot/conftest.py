"""A web app over real tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.parts import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A house of one page, with its web app."""
    made = Site(tmp_path)
    yield made
    made.close()
