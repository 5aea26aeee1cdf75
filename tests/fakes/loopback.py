"""The environment in which processes started by tests may reach this machine only (`site/sitecustomize.py`)."""

import os
from collections.abc import Mapping
from pathlib import Path

SITE = Path(__file__).parent / "site"


def guarded(environment: Mapping[str, str]) -> dict[str, str]:
    """A copy of the environment in which every Python process guards its own sockets."""
    paths = [str(SITE), *filter(None, [environment.get("PYTHONPATH")])]
    return {**environment, "NABIJ_ONLY_LOOPBACK": "1", "PYTHONPATH": os.pathsep.join(paths)}
