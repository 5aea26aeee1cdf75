#!/usr/bin/env python3
"""The verbs of Nabij. Needs Python 3.11 and nothing else; the first one makes `.venv` from the hashed locks.

    python3 dev.py demo           the whole of Nabij with a practice Facebook, in your browser
    python3 dev.py test [args]    all tests; args go to pytest
    python3 dev.py check          style, types, import contract, texts and docs
    python3 dev.py bench [args]   measurements beside their yardsticks
    python3 dev.py soak [args]    long runs: kills, floods
    python3 dev.py run COMMAND    `python -m bot COMMAND …`: serve, flag, register, doctor …
    python3 dev.py lock           new hashed locks out of pyproject.toml (needs uv)

This file must stay readable for Python 3.8, so that an old Python gets one clear line instead of a syntax error.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST = (3, 11)
RUNTIME = "requirements.lock"
TESTING = "requirements-test.lock"
ABSENT = 127
"""Exit code of a program that could not be started, as in a shell."""
TAIL = 8
"""Lines of a failed step that are shown at most."""

PYTEST = ("-m", "pytest")
CHECKS = (
    ("style", ("-m", "ruff", "check", ".")),
    ("format", ("-m", "ruff", "format", "--check", ".")),
    ("types", ("-m", "mypy")),
    ("imports", ("-c", "from importlinter.cli import lint_imports_command as check; check()")),
    ("texts", (*PYTEST, "-q", "tests/bot/test_texts.py")),
    ("docs", (*PYTEST, "-q", "tests/house")),
)
"""What `check` runs, each under its name."""

_COMPILE = ("uv", "pip", "compile", "--no-config", "--universal", "--generate-hashes", "--python-version", "3.11")
LOCKING = (
    (*_COMPILE, "--no-header", "pyproject.toml", "-o", RUNTIME),
    (*_COMPILE, "--no-header", "--group", "pyproject.toml:test", "-c", RUNTIME, "-o", TESTING),
)
"""What `lock` runs: no address of an index ever stands in these files."""


class StopError(Exception):
    """Nothing more can be done; one line says why, and what mends it."""


class Machine:
    """What dev.py asks of the machine it runs on; tests hand in another one."""

    version = sys.version_info[:2]
    build = sys.version
    python = sys.executable
    root = ROOT

    def has_module(self, name: str) -> bool:
        """Whether the Python that runs this file can import a module."""
        return importlib.util.find_spec(name) is not None

    def run(self, command: list[str], *, quiet: bool = False, cwd: Path | None = None) -> tuple[int, str]:
        """Run to the end: its exit code, and what it said when `quiet` (else that went to the terminal)."""
        out = subprocess.PIPE if quiet else None
        err = subprocess.STDOUT if quiet else None
        try:
            done = subprocess.run(command, cwd=cwd or self.root, env=environment(), check=False, stdout=out, stderr=err)
        except OSError as error:
            return ABSENT, str(error)
        return done.returncode, (done.stdout or b"").decode(errors="replace")

    def become(self, command: list[str], cwd: Path) -> int:
        """Go on as this command, so that Ctrl-C and signals reach it and nothing stands in between."""
        sys.stdout.flush()
        os.chdir(cwd)
        if os.name == "posix":
            os.execve(command[0], command, environment())
        return self.run(command, cwd=cwd)[0]

    def say(self, line: str) -> None:
        """One line for the person at the keyboard; stdout belongs to the command that follows."""
        print(line, file=sys.stderr, flush=True)


def environment() -> dict[str, str]:
    """The environment of every child: the rooms can be imported from any folder, pip neither asks nor advertises."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    pip = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    return {**os.environ, **pip, "PYTHONPATH": os.pathsep.join(paths)}


class Venv:
    """`.venv`, filled from hashed locks. A stamp per lock, written after success, tells what is in it already."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.root = machine.root
        self.folder = self.root / ".venv"
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def ready(self, *locks: str) -> str:
        """Path of a Python that has these locks installed, the run-time lock first."""
        if not self._starts() or not self._has(locks[0]):
            self._make()
        for lock in locks:
            if not self._has(lock):
                self._install(lock)
        return str(self.python)

    def _starts(self) -> bool:
        proof = "import sys; sys.exit(sys.prefix == sys.base_prefix)"
        return self.python.exists() and self.machine.run([str(self.python), "-c", proof], quiet=True)[0] == 0

    def _stamp(self, lock: str) -> Path:
        return self.folder / (lock + ".stamp")

    def _wanted(self, lock: str) -> str:
        return hashlib.sha256((self.root / lock).read_bytes() + self.machine.build.encode()).hexdigest()

    def _has(self, lock: str) -> bool:
        try:
            return self._stamp(lock).read_text(encoding="ascii") == self._wanted(lock)
        except OSError:
            return False

    def _make(self) -> None:
        how = ["--clear"]
        if not self.machine.has_module("ensurepip"):
            if not self.machine.has_module("pip"):
                message = (
                    "Python on this machine cannot make a virtual environment; mend: sudo apt install python3-venv"
                )
                raise StopError(message)
            how.append("--without-pip")
        self._must("making .venv", [self.machine.python, "-m", "venv", *how, str(self.folder)])

    def _install(self, lock: str) -> None:
        count = sum("==" in line for line in (self.root / lock).read_text(encoding="utf-8").splitlines())
        self.machine.say(f"Installing {count} packages from {lock} into .venv; once, about half a minute …")
        began = time.monotonic()
        source = ["install", "--only-binary=:all:", "--require-hashes", "-r", str(self.root / lock)]
        self._must(f"installing {lock}", [*self._pip(), *source])
        self._stamp(lock).write_text(self._wanted(lock), encoding="ascii")
        self.machine.say(f"Installed in {time.monotonic() - began:.0f} s.")

    def _pip(self) -> list[str]:
        own = [str(self.python), "-m", "pip"]
        if self.machine.run([*own, "--version"], quiet=True)[0] == 0:
            return own
        return [self.machine.python, "-m", "pip", "--python", str(self.python)]

    def _must(self, what: str, command: list[str]) -> None:
        code, said = self.machine.run(command, quiet=True)
        if code:
            message = f"{what} failed (code {code}):\n{_telling(said)}"
            raise StopError(message)


def _telling(said: str) -> str:
    lines = said.strip().splitlines()
    return "\n".join([line for line in lines if "error" in line.lower()][:TAIL] or lines[-TAIL:] or ["it said nothing"])


def demo(machine: Machine, args: list[str]) -> int:
    """The whole of Nabij on this machine."""
    return machine.become([Venv(machine).ready(RUNTIME), "-P", "-m", "bot", "demo", *args], Path.cwd())


def run(machine: Machine, args: list[str]) -> int:
    """One command of Nabij. It keeps the folder you stand in, so that file names mean what you typed."""
    return machine.become([Venv(machine).ready(RUNTIME), "-P", "-m", "bot", *args], Path.cwd())


def test(machine: Machine, args: list[str]) -> int:
    """All tests, or those that the arguments choose."""
    python = Venv(machine).ready(RUNTIME, TESTING)
    _browser_parts(machine)
    return machine.become([python, *PYTEST, *args], machine.root)


def check(machine: Machine, args: list[str]) -> int:
    """Everything that must be green beside the tests; all of it runs, also after a failure."""
    if args:
        message = f"check takes no arguments, and got: {' '.join(args)}"
        raise StopError(message)
    python = Venv(machine).ready(RUNTIME, TESTING)
    failed = []
    for name, command in CHECKS:
        machine.say(f"── {name}")
        if machine.run([python, *command])[0]:
            failed.append(name)
    machine.say(f"check: failed: {', '.join(failed)}" if failed else f"check: all {len(CHECKS)} good")
    return 1 if failed else 0


def bench(machine: Machine, args: list[str]) -> int:
    """Measurements, each beside a yardstick of the same run."""
    return machine.become([Venv(machine).ready(RUNTIME, TESTING), "-m", "tests.bench", *args], machine.root)


def soak(machine: Machine, args: list[str]) -> int:
    """Long runs that the tests have in short form."""
    return machine.become([Venv(machine).ready(RUNTIME, TESTING), "-m", "tests.soak", *args], machine.root)


def lock(machine: Machine, args: list[str]) -> int:
    """New locks out of pyproject.toml; further arguments go to uv (`--upgrade`)."""
    for command in LOCKING:
        code, said = machine.run([*command, *args], quiet=True)
        if code == ABSENT:
            message = "lock needs uv, which is not installed; mend: pipx install uv"
            raise StopError(message)
        if code:
            raise StopError(said.strip() or "uv failed without a word")
    machine.say(f"Written: {RUNTIME}, {TESTING}")
    return 0


def _browser_parts(machine: Machine) -> None:
    """Test parts from npm, pinned in tests/e2e; without npm the tests that need them say so and skip."""
    folder = machine.root / "tests" / "e2e"
    locked, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if not locked.exists() or (installed.exists() and installed.stat().st_mtime >= locked.stat().st_mtime):
        return
    machine.say("Installing the browser test parts with npm …")
    code, said = machine.run(["npm", "ci", "--no-audit", "--no-fund"], quiet=True, cwd=folder)
    if code:
        last = (said.strip().splitlines() or ["npm said nothing"])[-1]
        machine.say(f"Without them, the tests that need them skip: {last}")


VERBS = {each.__name__: each for each in (demo, test, check, bench, soak, run, lock)}


def main(args: list[str], machine: Machine | None = None) -> int:
    """Carry out one verb: its own exit code, or 2 with one line when it cannot start."""
    machine = machine or Machine()
    if machine.version < OLDEST:
        machine.say("Nabij needs Python 3.11 or newer; this is {}.{}.".format(*machine.version))
        return 2
    if not args or args[0] in ("-h", "--help"):
        machine.say((__doc__ or "").strip())
        return 0 if args else 2
    if args[0] not in VERBS:
        machine.say(f"dev.py knows no “{args[0]}”; it knows: {', '.join(VERBS)}.")
        return 2
    try:
        return VERBS[args[0]](machine, args[1:])
    except (StopError, OSError) as stop:
        machine.say(f"dev.py: {stop}")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
