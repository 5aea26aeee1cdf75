"""Small rulesets written on the spot, and the rules of Ghent loaded once."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from rules import rulefile
from rules.engine import Rules

HEADER = "# bron: eigen woorden\n# auteur: Nabij\n# licentie: EUPL-1.2\n# label: {label}\n"
GUARD_LISTS = {
    "ontkenning": "niet\nnie\ngeen\nnooit",
    "ontkenning_schijn": "niet alleen",
    "citaat": "iemand riep\nhet woord",
    "instemming": "gelijk heeft hij",
}

Write = Callable[..., Path]
Load = Callable[..., Rules]


@pytest.fixture(scope="session")
def gent() -> Rules:
    """The shipped rules of Ghent."""
    return Rules.load("gent")


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a profile `proef` with one rule file and these lists (name → lines) and makes it the only one there is."""

    def written(toml: str, **lists: str) -> Path:
        folder = tmp_path / "proef"
        (folder / "lists").mkdir(parents=True, exist_ok=True)
        (folder / "proef.toml").write_text(dedent(toml), encoding="utf-8")
        for name, lines in (GUARD_LISTS | lists).items():
            text = lines if lines.startswith("#") else HEADER.format(label=name) + lines
            (folder / "lists" / f"{name}.txt").write_text(text, encoding="utf-8")
        monkeypatch.setattr(rulefile, "PROFILES", tmp_path)
        return folder

    return written


@pytest.fixture
def load(write: Write) -> Load:
    """Writes and loads a profile `proef`."""

    def loaded(toml: str, *, states: dict[str, str] | None = None, **lists: str) -> Rules:
        write(toml, **lists)
        return Rules.load("proef", states=states)

    return loaded


def rule(**parts: object) -> str:
    """One [[rule]] table; what is not said is filled in so that the rule is right."""
    whole: dict[str, object] = {
        "id": "proef",
        "category": "belediging_scheldproza",
        "state": "live",
        "certainty": "hoog",
        "must_match": ["pannenlap", "Pannenlap!"],
        "must_not_match": ["pan", "lap"],
    } | parts
    if "any" not in whole and "all" not in whole and "media" not in whole:
        whole["any"] = ["pannenlap"]
    return "[[rule]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in whole.items() if value is not None)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, int) else "'''" + str(value) + "'''"
