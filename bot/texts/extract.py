"""Which msgids does the house use? Read from the source of every room, and from the templates.

Found are: `_("…")`, `N_("…")`, `words("…")` and `ngettext("…", "…", n)`; the first literal of every error that people
see; the literals of `Answer`, `Capability`, `Alarm`, `Beat`, `Fault` and `Row` (a platform's table of codes); and
every `msgid="…"` or `note="…"`.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from jinja2.ext import babel_extract

ROOT = Path(__file__).parents[2]
ROOMS = ("domain", "rules", "platforms", "storage", "commands", "bot", "jobs")
Msgid = str | tuple[str, str]

_ONE = {"_", "N_", "words"}
_FIELDS = {
    "Answer": (1, "msgid"),
    "Capability": (1, "why"),
    "Alarm": (0, "msgid"),
    "Beat": (0, "name"),
    "Fault": (1, "msgid"),
    "Row": (1, "msgid"),
}
"""Values that carry a msgid: its place and its name."""
_KEYWORDS = {"msgid", "note"}
_SEEN_ROOTS = {"Expected", "PlatformError"}
"""Errors below these are told to people; `Misconfigured` and `Refused` are not."""


def msgids(root: Path = ROOT) -> set[Msgid]:
    """Every msgid of the house."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in _sources(root)]
    errors = _errors(trees)
    found = {
        msgid for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) for msgid in _of(node, errors)
    }
    return found | set(_templates(root))


def template(found: Iterable[Msgid]) -> Catalog:
    """The msgids as a catalogue without translations."""
    catalogue = Catalog(project="Nabij")
    for msgid in sorted(found, key=str):
        catalogue.add(msgid)
    return catalogue


def _sources(root: Path) -> Iterator[Path]:
    return (path for room in ROOMS for path in sorted((root / room).rglob("*.py")))


def _errors(trees: list[ast.Module]) -> set[str]:
    """Names of all error classes that people see, in whichever room they are made."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    known = set(_SEEN_ROOTS)
    while fresh := {node.name for node in classes if _bases(node) & known} - known:
        known |= fresh
    return known


def _bases(node: ast.ClassDef) -> set[str]:
    return {_name(base) for base in node.bases}


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _of(call: ast.Call, errors: set[str]) -> Iterator[Msgid]:
    name = _name(call.func)
    if name == "ngettext" and len(call.args) > 1:
        yield from zip(_literals(call.args[0]), _literals(call.args[1]), strict=True)
    elif (name in _ONE or name in errors) and call.args:
        yield from _literals(call.args[0])
    elif name in _FIELDS:
        place, field = _FIELDS[name]
        yield from (text for node in _field(call, place, field) for text in _literals(node))
    for keyword in call.keywords:
        if keyword.arg in _KEYWORDS:
            yield from _literals(keyword.value)


def _field(call: ast.Call, place: int, field: str) -> Iterator[ast.expr]:
    yield from call.args[place : place + 1]
    yield from (keyword.value for keyword in call.keywords if keyword.arg == field)


def _literals(node: ast.expr) -> Iterator[str]:
    """The texts an expression can be: a literal, or either side of a choice."""
    if isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def _templates(root: Path) -> Iterator[Msgid]:
    for path in sorted((root / "bot").rglob("templates/*.html")):
        with path.open("rb") as file:
            for _, function, message, _ in babel_extract(file, ("_", "ngettext"), (), {}):
                texts = [text for text in ([message] if isinstance(message, str) else message or []) if text]
                if function == "ngettext":
                    yield texts[0], texts[1]
                elif texts:
                    yield texts[0]
