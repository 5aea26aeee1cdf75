"""The docs are complete and true: what the code has, a page names; what a page names, the code has."""

import importlib.util
import re
from collections.abc import Iterable
from dataclasses import MISSING, fields
from datetime import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from sqlmodel import SQLModel
from typer.main import get_command

from bot.buttons import BUTTONS
from bot.commandline import Doors, program
from bot.texts import catalogue
from domain.orders import ORDERS
from domain.roles import PAGES, PERMISSIONS, Role
from domain.settings import ENVIRONMENT, SECTIONS, Numbers
from jobs.schedule import jobs
from storage.tables import CommentRow
from storage.tables import __name__ as tables
from tests.house.pages import rules_page

ROOT = Path(__file__).parents[2]
PAGES_OF_DOCS = sorted(
    page
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if not {"node_modules", ".venv"} & set(page.parts)
)
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


def _page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _missing(names: Iterable[str], page: str) -> list[str]:
    """Names that stand nowhere on a page between backticks."""
    wanted = list(names)
    assert wanted, "nothing was checked"
    words = set(re.findall(r"`([^`]+)`", _page(page)))
    return [f"{page} says nothing of `{name}`" for name in wanted if name not in words]


class TestSettings:
    """`docs/settings.md`."""

    def test_every_setting_has_a_row_with_its_default(self) -> None:
        """The default on the page is the default in the code."""
        page = _page("docs/settings.md")
        wrong = [
            f"[{section}] {each.name} = {_toml(each.default)}"
            for section, kind in SECTIONS.items()
            for each in fields(kind)
            if f"| `{each.name}` | `{_toml(each.default)}` |" not in page.partition(f"### [{section}]")[2]
        ]

        assert wrong == []

    def test_every_variable_has_a_row(self) -> None:
        """Every variable of the environment that is read."""
        assert _missing(ENVIRONMENT, "docs/settings.md") == []

    def test_a_setting_that_nothing_reads_says_so(self) -> None:
        """Its row says "no effect yet", and no other row does: no setting is a promise that nobody keeps."""
        code = "\n".join(path.read_text(encoding="utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py"))
        names = [each.name for kind in SECTIONS.values() for each in fields(kind)]
        unused = {name for name in names if not re.search(rf"\.{name}\b", code)}
        told = set(re.findall(r"^\| `(\w+)` \| .*no effect yet.* \|$", _page("docs/settings.md"), re.MULTILINE))

        assert unused == told


class TestManual:
    """`docs/handleiding.md`, for moderators."""

    def test_every_command_word_is_explained(self) -> None:
        """The word as it stands in the register."""
        assert _missing(ORDERS, "docs/handleiding.md") == []

    def test_every_button_is_there_under_its_own_name(self) -> None:
        """The Dutch label on the page is the label on the card."""
        page, words = _page("docs/handleiding.md"), catalogue()
        labels = {words(row.label) for row in BUTTONS}

        assert labels
        assert sorted(label for label in labels if f"**{label}**" not in page) == []

    def test_every_key_is_there(self) -> None:
        """Single keys of the browser channel."""
        assert _missing({row.key for row in BUTTONS if row.key} | {"j", "k"}, "docs/handleiding.md") == []


class TestRunbook:
    """`docs/runbook.md`, for whoever is on duty."""

    def test_every_command_of_the_command_line_is_there(self) -> None:
        """All that `python -m bot` knows, with its group."""
        nothing: Any = None
        doors = Doors(**{each.name: nothing for each in fields(Doors)})

        assert _missing(_commands(program(doors)), "docs/runbook.md") == []

    def test_every_job_is_there(self) -> None:
        """All that the clock does."""
        house: Any = SimpleNamespace(settings=SimpleNamespace(numbers=Numbers()))

        assert _missing((job.name for job in jobs(house)), "docs/runbook.md") == []


class TestRules:
    """`docs/regels.md`, the rules in words."""

    def test_the_page_is_fresh(self) -> None:
        """Made from the profile; after a change: `python -m tests.house.pages`."""
        page = rules_page()

        assert page.count("\n| `") > 1
        assert _page("docs/regels.md") == page


class TestPrivacy:
    """`docs/privacy.md`."""

    def test_every_table_with_data_of_people_is_there(self) -> None:
        """Each table that has a column with text, a name or bytes of strangers."""
        telling = {"text", "author_name", "body", "title", "context", "data"}
        holds = [table.name for table in SQLModel.metadata.sorted_tables if telling & set(table.columns.keys())]

        assert CommentRow.__tablename__ in holds, f"{tables} lost the comment"
        assert _missing(holds, "docs/privacy.md") == []


class TestPagesAreTrue:
    """Every page."""

    @pytest.mark.parametrize("page", PAGES_OF_DOCS, ids=lambda page: str(page.relative_to(ROOT)))
    def test_names_only_files_that_exist(self, page: Path) -> None:
        """A path between backticks or behind a link leads somewhere."""
        text = page.read_text(encoding="utf-8")
        gone = [path for path in _paths(text) if not (ROOT / path).exists()]
        dead = [link for link in re.findall(r"\]\(([^)#\s]+)\)", text) if not _leads(page, link)]

        assert gone == []
        assert dead == []

    def test_every_decision_is_listed_and_whole(self) -> None:
        """The list of decisions knows each file, and each says what was faced, chosen, paid and left."""
        listed = _page("docs/decisions/README.md")

        assert len(DECISIONS) >= 12
        for path in DECISIONS:
            text = path.read_text(encoding="utf-8")
            assert path.name in listed
            assert [part for part in ("Faced", "Chosen", "Costs", "Left") if f"**{part}.**" not in text] == [], (
                path.name
            )

    def test_every_invariant_names_its_guards(self) -> None:
        """Each row of the table of invariants names at least one test that exists."""
        rows = re.findall(r"^\| (\d+) \| .+ \| (.+) \|$", _page("docs/architecture.md"), re.MULTILINE)

        assert [number for number, _ in rows] == [str(number) for number in range(1, 13)]
        assert [number for number, guards in rows if "tests/" not in guards] == []


class TestRoles:
    """Who may what, in the manual and in the code."""

    def test_what_the_manual_says_is_so(self) -> None:
        """The table of the manual is the table of the code: every role, word for word."""
        rows = re.findall(r"^\| \*\*(\w+)\*\* \| (`.+`) \|$", _page("docs/handleiding.md"), re.MULTILINE)
        told = {role: set(re.findall(r"`(\w+)`", words)) for role, words in rows}

        assert PERMISSIONS.keys() == ORDERS.keys()
        assert told == {role.value: {word for word, roles in PERMISSIONS.items() if role in roles} for role in Role}

    def test_names_of_colleagues(self) -> None:
        """For two roles only."""
        assert PAGES["register_namen"] == {Role.COORDINATOR, Role.JURIST}


ROOMS = ("bot", "commands", "jobs", "platforms", "rules", "storage", "domain")
_TOPS = "|".join((*ROOMS, "tests", "docs"))


def _paths(text: str) -> list[str]:
    """Paths between backticks, without what must be filled in (`<name>`, `*`)."""
    found = re.findall(rf"`((?:{_TOPS})/[^`\s<>*]*)`", text)
    return [path.rstrip("/") for path in found]


def _leads(page: Path, link: str) -> bool:
    return "://" in link or (page.parent / link).exists()


def _toml(value: object) -> str:
    """A default as it would stand in nabij.toml."""
    assert value is not MISSING
    if isinstance(value, time):
        return f'"{value:%H:%M}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _commands(app: typer.Typer) -> list[str]:
    """Every command that a person can type, with its group: `register verify`."""
    found: list[str] = []

    def walk(command: object, words: tuple[str, ...]) -> None:
        below = getattr(command, "commands", None)
        if below is None:
            found.append(" ".join(words))
            return
        for name, each in below.items():
            walk(each, (*words, name))

    walk(get_command(app), ())
    return found


def test_the_house_has_its_doors() -> None:
    """Both processes of the Procfile, and the release step, are modules that exist."""
    doors = re.findall(r"python -m (\w+)", _page("Procfile"))

    assert doors == ["bot", "jobs", "storage"]
    assert [door for door in doors if importlib.util.find_spec(f"{door}.__main__") is None] == []
