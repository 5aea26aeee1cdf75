"""The settings of a demo: a folder that is emptied at each start, fresh secrets, and a practice page as only account.

A `nabij.toml` that stands where the demo is started gives the policy (hours, numbers, display); its accounts are left
out, because a demo never speaks to a real platform.
"""

import fcntl
import secrets
import shutil
import socket
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from domain.errors import Misconfigured
from domain.model import Person
from domain.roles import Role
from domain.settings import OVERZICHT, VANGNET, Settings, parse

SHIPPED = Path(__file__).parent / "nabij.toml"
MARKER = "demo"
MODERATES = ("moderator", "coordinator")
_held: list[TextIO] = []
_LOCK_NOTE = "This folder belongs to a demo of Nabij and is emptied when the next one starts.\n"


def folder(path: Path) -> Path:
    """An empty folder for this demo. A folder that holds something else than a demo is never touched."""
    if path.exists() and not path.is_dir():
        raise Misconfigured("{path} is a file; name a folder with --data.", path=str(path))
    if path.exists() and any(path.iterdir()) and not (path / MARKER).exists():
        raise Misconfigured(
            "{path} holds something that is not a demo; name an empty folder with --data.", path=str(path)
        )
    try:
        path.mkdir(parents=True, exist_ok=True)
        _take(path / MARKER)
        _empty(path)
    except BlockingIOError:
        raise Misconfigured(
            "A demo is running in {path}; stop it, or name another folder with --data.", path=str(path)
        ) from None
    except OSError as error:
        raise Misconfigured(
            "{path} cannot be used ({why}); name another folder with --data.",
            path=str(path),
            why=error.strerror or type(error).__name__,
        ) from None
    return path


def _take(marker: Path) -> None:
    """Hold the folder for as long as this process lives; BlockingIOError when another demo holds it."""
    file = marker.open("a", encoding="utf-8")
    _held.append(file)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    file.truncate(0)
    file.write(_LOCK_NOTE)
    file.flush()


def _empty(path: Path) -> None:
    for each in path.iterdir():
        if each.name != MARKER:
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()


def free_port(port: int) -> int:
    """This port, or with 0 a free one; Misconfigured when it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise Misconfigured(
                "Port {port} is taken; choose another with --port, or --port 0 for a free one.", port=port
            ) from None
        return int(probe.getsockname()[1])


def settings(  # noqa: PLR0913 - a demo is told this much
    data: Path,
    port: int,
    account: Mapping[str, str],
    *,
    page: str,
    root: Path,
    letterbox: str = "",
    played: bool = False,
) -> Settings:
    """Settings of a demo in this folder. account: variables with which the practice page is spoken to · letterbox:
    beginning of the addresses of colleagues, empty = nobody is called outside the browser · played: a scenario plays
    with the shipped people, whoever else works here.
    """
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    toml: dict[str, Any] = dict(shipped)
    own = root / "nabij.toml"
    if own.exists():
        toml = {**shipped, **_read(own)}
    if played or not moderators(_people(toml.get("persoon", [])), least=2):
        toml["persoon"] = shipped["persoon"]
    toml["account"] = [{"platform": "facebook", "id": page, "naam": "Gentse Flikken (oefenpagina)"}]
    toml["browser"] = {"host": "127.0.0.1", "port": port}
    env = {"NABIJ_DATA": str(data.absolute()), "NABIJ_PSEUDONYM_KEY": secrets.token_hex(32), **account}
    return parse(toml, {**env, **_addresses(toml["persoon"], letterbox)}, root=root)


def _addresses(rows: object, letterbox: str) -> dict[str, str]:
    """Everybody is reached at the practice letterboxes, never outside this machine."""
    if not letterbox:
        return {}
    keys = (*(person.key for person in _people(rows)), VANGNET, OVERZICHT)
    return {f"NABIJ_ADDRESS_{key.upper().replace('-', '_')}": f"{letterbox}{key}?format=text" for key in keys}


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured("{path}: {why}", path=path.name, why=str(error)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured("{path} cannot be read ({why}).", path=path.name, why=type(error).__name__) from None


def _people(rows: object) -> list[Person]:
    if not isinstance(rows, list):
        return []
    return [Person(str(row.get("sleutel")), "", str(row.get("rol"))) for row in rows if isinstance(row, dict)]


def moderators(people: Sequence[Person], *, least: int) -> list[Person]:
    """The first people who moderate; empty when there are fewer than asked."""
    found = [person for person in people if person.role in MODERATES]
    return found[:least] if len(found) >= least else []


def commander(people: Sequence[Person]) -> Person | None:
    """The first commander, who is called at night; None when there is none."""
    return next((person for person in people if person.role == Role.COMMANDANT), None)
