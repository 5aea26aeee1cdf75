"""Real clients: a test that needs one skips with one line that says what to install.

Where NABIJ_REQUIRE_REAL=1 is set the same test fails instead, and so does every other skip (`tests/conftest.py`): a
green run there means that everything ran. The switch is explicit and never guessed from the environment.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

INSTALL = {
    "chromium": "sudo apt install chromium",
    "node": "sudo apt install nodejs",
    "npm": "sudo apt install npm",
    "openssl": "sudo apt install openssl",
    "postgres": "sudo apt install postgresql",
}
"""Program → what installs it on Debian."""

_ALSO = {"chromium": ("chromium-browser", "google-chrome")}
_PLACES = {"postgres": "/usr/lib/postgresql/*/bin", "initdb": "/usr/lib/postgresql/*/bin"}


def required() -> bool:
    """True where a skip counts as a failure."""
    return os.environ.get("NABIJ_REQUIRE_REAL") == "1"


def missing(reason: str) -> NoReturn:
    """Skip this test, or fail it where real clients are required. reason: what is absent and what installs it."""
    if required():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def need(program: str) -> str:
    """Path of a real program; skips or fails visibly when it is absent."""
    for name in (program, *_ALSO.get(program, ())):
        if found := shutil.which(name) or _newest(Path("/").glob(_PLACES.get(name, "none").lstrip("/") + f"/{name}")):
            return found
    missing(f"{program} is not installed: {INSTALL.get(program, f'install {program}')}")


def need_path(path: Path, mend: str) -> Path:
    """A file or folder that a real client needs; `mend` is the command that makes it."""
    if not path.exists():
        missing(f"{path.name} is absent: {mend}")
    return path


def _newest(found: Iterable[Path]) -> str | None:
    return max(map(str, found), default=None)
