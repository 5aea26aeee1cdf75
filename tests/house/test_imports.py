"""Who may import whom is a contract (`[tool.importlinter]`); the domain imports the standard library only."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "commands", "domain", "jobs", "platforms", "rules", "storage")
MAY = {
    "domain": {"domain"},
    "rules": {"domain", "rules"},
    "platforms": {"domain", "platforms"},
    "storage": {"domain", "storage"},
    "commands": {"commands", "domain", "rules", "storage"},
}


def _imports(path: Path) -> set[str]:
    """Top-level names that a file imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    plain = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    origins = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | origins}


def _files(room: str) -> list[Path]:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    return files


class TestRooms:
    """The direction of imports."""

    def test_the_contract_holds(self) -> None:
        """Layers, ports and channels as written in pyproject.toml."""
        check = "from importlinter.cli import lint_imports_command as check; check(['--no-cache'])"
        done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=False)

        assert done.returncode == 0, done.stdout
        assert "KEPT" in done.stdout

    @pytest.mark.parametrize("room", MAY)
    def test_a_room_imports_only_what_it_may(self, room: str) -> None:
        """Each file on its own, so that the line below names the file."""
        wrong = [
            f"{path.relative_to(ROOT)}: {name}"
            for path in _files(room)
            for name in sorted(_imports(path) & set(ROOMS) - MAY[room])
        ]

        assert wrong == []

    def test_the_domain_needs_nothing_installed(self) -> None:
        """Words, states, ports and settings can be read and used with Python alone."""
        foreign = {
            f"{path.name}: {name}"
            for path in _files("domain")
            for name in _imports(path) - sys.stdlib_module_names - {"domain"}
        }

        assert foreign == set()

    def test_no_room_imports_the_tests(self) -> None:
        """Stand-ins never run in earnest; practice platforms live in `platforms/practice`."""
        wrong = [path for room in ROOMS for path in _files(room) if "tests" in _imports(path)]

        assert wrong == []
