"""Reads the two files that configure a house: `nabij.toml` (policy) and `.env` (secrets and addresses)."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from domain.errors import Misconfigured
from domain.settings import Settings, parse


def load(root: Path, *, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a house rooted here. What stands in the environment wins over `.env`."""
    env = environ(root, environment)
    return parse(_toml(root / env.get("NABIJ_CONFIG", "nabij.toml"), asked="NABIJ_CONFIG" in env), env, root=root)


def environ(root: Path, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """`.env` with the environment over it."""
    own = dict(os.environ if environment is None else environment)
    try:
        written = {key: value for key, value in dotenv_values(root / ".env").items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        why = type(error).__name__
        raise Misconfigured(".env cannot be read ({why}); write it as plain UTF-8 text.", why=why) from None
    return {**written, **own}


def _toml(path: Path, *, asked: bool) -> dict[str, Any]:
    if not path.exists() and not asked:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured("{path}: {why}", path=path.name, why=str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured("{path} cannot be read ({why}).", path=str(path), why=type(error).__name__) from None
