"""Reads a profile: rule files (`*.toml`), term lists (`lists/*.txt`) and the citations (`huisregels.toml`).

A folder outside the code may hold the same tree under `rules/`; a file there replaces the shipped one of the same
name. Everything that is wrong is one line that names the file and, where there is one, the rule (Misconfigured).
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from domain.categories import CATEGORIES, Category, Certainty, Urgency
from domain.errors import Misconfigured
from rules.book import STATES, Book, Rule, TermList
from rules.normalise import fold

PROFILES = Path(__file__).parent / "profiles"
CITATIONS = "huisregels.toml"
LONGEST_WINDOW = 40
FEWEST_EXAMPLES = 2

_KNOWN = frozenset(
    [
        "id",
        "title",
        "category",
        "urgency",
        "certainty",
        "state",
        "suggest",
        "negate",
        "window",
        "fuzzy",
        "media",
        "all",
        "any",
        "near",
        "unless",
        "downgrade",
        "must_match",
        "must_not_match",
    ]
)
_KINDS = {str: "text", int: "whole number", bool: "true or false", list: "list"}
_Value = TypeVar("_Value", str, int, bool, list[Any])
_HEADER = ("bron", "auteur", "licentie", "label")
_POLARITIES = {"positief": True, "negatief": False}
_ADVICE = frozenset(word for row in CATEGORIES.values() for word in row.advice)
_REMOVING = frozenset({"verbergen", "verwijderen"})


def read(profile: str, override: Path | None, states: Mapping[str, str]) -> Book:
    """The book of a profile. override: folder of the house · states: rule id → state from the channel, which wins."""
    files = _files(profile, override)
    lists = _lists({path.stem: path for name, path in files.items() if name.startswith("lists/")})
    paths = [path for name, path in files.items() if name.endswith(".toml") and name != CITATIONS]
    rules = tuple(rule for path in paths for rule in _rules(path))
    _refuse_doubles(rules)
    return Book(profile, _with_states(rules, states), lists, _citations(files.get(CITATIONS)))


def _files(profile: str, override: Path | None) -> dict[str, Path]:
    """Name in the tree → file that counts, in order of name."""
    shipped = PROFILES / profile
    if not profile.isidentifier() or not shipped.is_dir():
        raise Misconfigured("nabij.toml: [zone] profiel “{profile}” is not in rules/profiles.", profile=profile)
    if override is not None and not override.is_dir():
        raise Misconfigured("nabij.toml: [zone] huis “{folder}” is not a folder.", folder=str(override))
    files: dict[str, Path] = {}
    for root in (shipped, *([override / "rules"] if override else [])):
        for pattern in ("*.toml", "lists/*.txt"):
            files |= {path.relative_to(root).as_posix(): path for path in root.glob(pattern)}
    return dict(sorted(files.items()))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Misconfigured("{file}: not UTF-8 text.", file=str(path)) from None


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text(path))
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured("{file}: not TOML: {why}.", file=str(path), why=str(error)) from None


# ---------------------------------------------------------------- rules


class _Row:
    """One [[rule]] table while it is read; every complaint names its file and its id."""

    def __init__(self, path: Path, row: Mapping[str, Any]) -> None:
        self.path = path
        self._row = row
        self.id = str(row.get("id", "?"))
        for key in row:
            if key not in _KNOWN:
                raise self.wrong("unknown key “{value}”", value=key)

    def wrong(self, why: str, **params: str | int) -> Misconfigured:
        """The complaint, to be raised."""
        return Misconfigured("{file}: rule {rule}: " + why + ".", file=str(self.path), rule=self.id, **params)

    def value(self, key: str, default: _Value) -> _Value:
        """The value of a key, of the type of its default."""
        value = self._row.get(key, default)
        if type(value) is not type(default):
            raise self.wrong("{key} must be a {kind}", key=key, kind=_KINDS[type(default)])
        return value

    def needed(self, key: str) -> str:
        """A text that must be there."""
        return self.value(key, "") or self._missing(key)

    def _missing(self, key: str) -> str:
        raise self.wrong("{key} is missing", key=key)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self.value(key, [])
        if not all(isinstance(value, str) for value in values):
            raise self.wrong("{key} must hold texts", key=key)
        return tuple(values)

    def examples(self, key: str) -> tuple[str, ...]:
        """Own sentences that prove the rule."""
        texts = self.texts(key)
        if len(texts) < FEWEST_EXAMPLES:
            raise self.wrong("{key} needs {least} examples or more", key=key, least=FEWEST_EXAMPLES)
        return texts

    def one_of(self, key: str, default: str, allowed: Iterable[str]) -> str:
        """A text out of a few."""
        value, known = self.value(key, default), tuple(allowed)
        if value not in known:
            raise self.wrong(
                "{key} “{value}” is unknown; known are {known}", key=key, value=value, known=", ".join(known)
            )
        return value


def _rules(path: Path) -> Iterator[Rule]:
    data = _toml(path)
    rows = data.pop("rule", [])
    if data or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Misconfigured("{file}: holds [[rule]] tables and nothing else.", file=str(path))
    for row in rows:
        yield _rule(_Row(path, row))


def _rule(row: _Row) -> Rule:
    category = CATEGORIES[row.one_of("category", row.needed("category"), CATEGORIES)]
    together, any_of = row.texts("all"), row.texts("any")
    anchors, rest = (any_of, together) if any_of else (together[:1], together[1:])
    near = row.texts("near")
    if (rest or near or not row.value("media", False)) and not anchors:
        raise row.wrong("nothing to look for: write any or all")
    return Rule(
        id=row.needed("id"),
        title=row.value("title", row.id),
        category=category.key,
        urgency=row.one_of("urgency", category.urgency.key, (each.key for each in Urgency)),
        certainty=row.one_of("certainty", Certainty.TE_BEOORDELEN.value, (each.value for each in Certainty)),
        state=row.one_of("state", "shadow", STATES),
        suggest=_advice(row, category),
        anchors=anchors,
        needs=rest + near,
        shown=len(rest),
        window=_window(row),
        unless=row.texts("unless"),
        downgrade=row.texts("downgrade"),
        flip=row.one_of("negate", "", ("", "flip")) == "flip",
        media=row.value("media", False),
        must_match=row.examples("must_match"),
        must_not_match=row.examples("must_not_match"),
        file=row.path.name,
    )


def _advice(row: _Row, category: Category) -> str:
    advice = row.one_of("suggest", category.advice[0], _ADVICE)
    if advice in _REMOVING and not category.breach:
        raise row.wrong("{category} is no breach, so hiding is never advised", category=category.key)
    return advice


def _window(row: _Row) -> int:
    window = row.value("window", 8)
    if not 1 <= window <= LONGEST_WINDOW:
        raise row.wrong("window must be 1 to {most}", most=LONGEST_WINDOW)
    if row.value("fuzzy", 0):
        raise row.wrong("fuzzy is not available without a list of known words; write 0")
    return window


def _with_states(rules: Iterable[Rule], states: Mapping[str, str]) -> tuple[Rule, ...]:
    found = {rule.id: rule for rule in rules}
    if unknown := sorted(state for state in states.values() if state not in STATES):
        raise Misconfigured("Unknown rule state “{state}”.", state=unknown[0])
    return tuple(replace(rule, state=states.get(name, rule.state)) for name, rule in found.items())


def _refuse_doubles(rules: Iterable[Rule]) -> None:
    seen: dict[str, str] = {}
    for rule in rules:
        if rule.id in seen:
            raise Misconfigured(
                "{file}: rule {rule} stands in {other} too.", file=rule.file, rule=rule.id, other=seen[rule.id]
            )
        seen[rule.id] = rule.file


# ---------------------------------------------------------------- lists and citations


def _lists(paths: Mapping[str, Path]) -> dict[str, TermList]:
    raw = {name: _raw_list(path) for name, path in paths.items()}
    return {
        name: TermList(
            header["label"], _POLARITIES[header["polariteit"]], tuple(sorted(_included(name, raw, paths, ())))
        )
        for name, (header, _) in raw.items()
    }


def _raw_list(path: Path) -> tuple[dict[str, str], list[str]]:
    """Header and entries of a list file."""
    lines = [line.strip() for line in _text(path).splitlines()]
    pairs = (line.lstrip("# ").partition(":") for line in lines if line.startswith("#"))
    header = {"polariteit": "negatief"} | {key.strip(): value.strip() for key, _, value in pairs}
    for key in _HEADER:
        if not header.get(key):
            raise Misconfigured("{file}: the header misses “# {key}: …”.", file=str(path), key=key)
    if header["polariteit"] not in _POLARITIES:
        raise Misconfigured("{file}: polariteit must be positief or negatief.", file=str(path))
    entries = [line if line.startswith("/") else fold(line) for line in lines if line and not line.startswith("#")]
    if not entries:
        raise Misconfigured("{file}: holds no terms.", file=str(path))
    return header, entries


def _included(
    name: str, raw: Mapping[str, tuple[dict[str, str], list[str]]], paths: Mapping[str, Path], trail: tuple[str, ...]
) -> set[str]:
    """Entries of a list with those of the lists it includes (`@other`)."""
    found: set[str] = set()
    for entry in raw[name][1]:
        if not entry.startswith("@"):
            found.add(entry)
        elif entry[1:] not in raw or entry[1:] in (*trail, name):
            raise Misconfigured("{file}: {entry} is no list, or includes itself.", file=str(paths[name]), entry=entry)
        else:
            found |= _included(entry[1:], raw, paths, (*trail, name))
    return found


def _citations(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    citations = _toml(path)
    for key, value in citations.items():
        if key not in CATEGORIES or not isinstance(value, str):
            raise Misconfigured("{file}: {key} must be a category with a sentence.", file=str(path), key=key)
    return citations
