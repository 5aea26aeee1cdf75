"""The locks: complete, hashed, and without the address of any index or host."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-test.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _name(requirement: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match is not None
    return match[0].lower().replace("_", "-")


def _pins(lock: str) -> dict[str, int]:
    """Package → how many hashes stand under it."""
    pins: dict[str, int] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if "==" in line and not line.lstrip().startswith("#"):
            last = _name(line)
            pins[last] = 0
        elif "--hash=sha256:" in line:
            pins[last] += 1
    return pins


class TestPythonLocks:
    """`requirements.lock` and `requirements-test.lock`."""

    @pytest.mark.parametrize("lock", LOCKS)
    def test_hold_no_address(self, lock: str) -> None:
        """Where packages come from is the business of the machine that installs, not of the repository."""
        text = (ROOT / lock).read_text(encoding="utf-8")

        assert "://" not in text
        assert "--index" not in text

    @pytest.mark.parametrize("lock", LOCKS)
    def test_every_package_is_hashed(self, lock: str) -> None:
        """No pin without a hash, and there are pins at all."""
        pins = _pins(lock)

        assert pins
        assert [name for name, hashes in pins.items() if not hashes] == []

    def test_the_run_time_lock_holds_every_dependency(self) -> None:
        """A dependency added to pyproject.toml and not locked is named here."""
        wanted = {_name(each) for each in PROJECT["project"]["dependencies"]}

        assert sorted(wanted - set(_pins("requirements.lock"))) == []

    def test_the_test_lock_holds_every_test_tool(self) -> None:
        """The same for the tools of tests and checks."""
        wanted = {_name(each) for each in PROJECT["dependency-groups"]["test"]}

        assert sorted(wanted - set(_pins("requirements-test.lock"))) == []

    def test_the_locks_agree(self) -> None:
        """A package in both has the same version in both, so that the tests run what runs."""
        versions = [
            dict(re.findall(r"^([a-z0-9._-]+)==([^ \\;]+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
            for lock in LOCKS
        ]
        shared = versions[0].keys() & versions[1].keys()

        assert {name for name in shared if versions[0][name] != versions[1][name]} == set()


class TestNodeLock:
    """The browser test parts."""

    def test_holds_no_address(self) -> None:
        """No `resolved` line, so no host; every part has its hash."""
        lock = ROOT / "tests" / "e2e" / "package-lock.json"
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        parts = {name: part for name, part in packages.items() if name}

        assert parts
        assert [name for name, part in parts.items() if "resolved" in part or "integrity" not in part] == []


class TestReasons:
    """Every dependency costs; its reason stands in decision 0009."""

    def test_every_dependency_has_one(self) -> None:
        """A row `| name | reason |` with more than a word in it."""
        record = (ROOT / "docs" / "decisions" / "0009-dependencies.md").read_text(encoding="utf-8")
        reasons = dict(re.findall(r"^\| `([^`]+)` \| (.+?) \|$", record, re.MULTILINE))
        wanted = {_name(each) for each in PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["test"]}

        assert sorted(name for name in wanted if len(reasons.get(name, "")) < len("a reason")) == []
        assert sorted(set(reasons) - wanted) == []
