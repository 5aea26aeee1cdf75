"""Tests read as the manual: every test and test class says what is expected."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]


def _tests(tree: ast.Module) -> list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.lower().startswith("test")
    ]


def test_every_test_says_what_is_expected() -> None:
    """A docstring on each test class and test function; the silent ones are named."""
    seen, silent = 0, []
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in _tests(ast.parse(path.read_text(encoding="utf-8"))):
            seen += 1
            if not ast.get_docstring(node):
                silent.append(f"{path.relative_to(TESTS)}: {node.name}")

    assert seen > 0
    assert silent == []
