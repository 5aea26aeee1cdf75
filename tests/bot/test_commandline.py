"""The command line: every command called rightly and wrongly. What is wrong is one line; nothing is half-written."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.main import get_command

from bot.__main__ import Doors, backfill, digest, doctor, flagger, link
from bot.commandline import commandline, origin, program
from domain.clock import SystemClock
from domain.settings import Settings
from storage import migrate
from storage.configuration import load
from storage.database import Database
from storage.register import Register
from storage.register_triggers import drop_triggers
from storage.register_verify import PATIENCE
from storage.tables import StartLinkRow
from tests.fakes.clock import FakeClock
from tests.fakes.registers import story

KEY = "ab" * 32
TOML = """
[zone]
huisregels = "https://huisregels.example/"
[[persoon]]
sleutel = "noor"
naam = "Noor V."
rol = "moderator"
[[persoon]]
sleutel = "jef"
naam = "Jef T."
rol = "moderator"
"""


class Place:
    """A folder in which commands are run; `serve` and `demo` only note that they were called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.called: list[object] = []
        (folder / "nabij.toml").write_text(TOML, encoding="utf-8")
        (folder / ".env").write_text(f"NABIJ_PSEUDONYM_KEY={KEY}\n")
        self.doors = Doors(self._serve, lambda *a: self.called.append(a), flagger, backfill, link, doctor, digest)

    def _serve(self, settings: Settings) -> None:
        self.called.append(settings)

    def run(self, *arguments: str) -> int:
        """One command; its exit code."""
        return commandline(self.doors, list(arguments))

    def fill(self) -> Database:
        """A house that worked: two comments' worth of register."""
        database = Database(f"sqlite:///{self.data / 'nabij.sqlite'}")
        migrate.upgrade(database)
        register = Register(bytes.fromhex(KEY), SystemClock())
        with database.writing.begin() as connection:
            for entry in [*story(1), *story(2)]:
                register.append(connection, entry)
        return database


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """An empty house in the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("NABIJ_DATA", "NABIJ_CONFIG", "NABIJ_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Place(tmp_path)


@pytest.fixture
def filled(place: Place) -> Iterator[Place]:
    """A house with a register."""
    place.fill().close()
    return place


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    """What stands on stderr, which must be one line."""
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    return said


WRONG = [
    (("--nergens",), "--nergens"),
    (("nergens",), "nergens"),
    (("serve", "--poort", "1"), "--poort"),
    (("demo", "--port", "tekst"), "--port"),
    (("demo", "--speed", "-1"), "speed"),
    (("link",), "person"),
    (("link", "niemand"), "known are noor, jef"),
    (("backfill",), "--since"),
    (("backfill", "--since", "gisteren"), "--since must be a date like 2026-11-01."),
    (("backfill", "--since", "2026-02-30"), "--since must be a date like 2026-11-01."),
    (("register", "export"), "--to"),
    (("register", "export", "--to", "register.pdf"), "--to must end in .csv or .jsonl."),
    (("register", "export", "--to", "register.csv"), "There is no database in"),
    (("register", "checkpoint"), "There is no database in"),
    (("rules", "nergens"), "nergens"),
    (("register", "nergens"), "nergens"),
    (("dossier", "nergens"), "nergens"),
    (("demo", "--scenario", "onbekend"), "--scenario “onbekend” is unknown; known are feesten."),
    (("digest",), "--to"),
    (("digest", "--nergens", "--to", "x.md"), "--nergens"),
    (("digest", "--week", "--to", "x.md"), "--to"),
    (("digest", "--to", "x.md"), "Say which report: --week 2026-W47 or --day 2026-11-23, one of the two."),
    (("digest", "--week", "2026-W47", "--day", "2026-11-23", "--to", "x.md"), "one of the two."),
    (("digest", "--week", "2026-W47", "--to", "x.pdf"), "--to must end in .html, .md or .csv."),
    (("digest", "--week", "2026-W47", "--to", "x.md"), "There is no database in"),
]


UNVERIFIABLE = [
    ("register", "verify"),
    ("register", "verify", "--checkpoint", "nergens"),
    ("register", "verify", "--checkpoint", "."),
    ("register", "verify", "--checkpoint", ".env"),
    ("register", "verify", "--nergens"),
    ("register", "verify", "te", "veel"),
    ("register", "verify", "--data", ".env"),
    ("dossier", "verify"),
    ("dossier", "verify", "nergens.zip"),
    ("dossier", "verify", "."),
    ("dossier", "verify", "--nergens", "nergens.zip"),
    ("dossier", "verify", "te.zip", "veel.zip"),
    ("dossier", "verify", "nergens.zip", "--digest"),
]


def leaves(command: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Every command that does something, as it is typed."""
    below = getattr(command, "commands", None)
    return {path} if below is None else {leaf for name in below for leaf in leaves(below[name], (*path, name))}


class TestWrong:
    """Called wrongly: one line that says what, exit code 2, or 3 of what verifies."""

    @pytest.mark.parametrize(("arguments", "says"), WRONG)
    def test_one_line(
        self, place: Place, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
    ) -> None:
        """It names what is wrong; nothing is made."""
        assert place.run(*arguments) == 2
        assert says in one_line(capsys)
        assert sorted(path.name for path in place.folder.iterdir() if path.name != "data") == [".env", "nabij.toml"]
        assert place.called == []

    def test_every_command_is_called_wrongly_here(self) -> None:
        """A new command cannot escape."""
        root = get_command(program(Doors(*[lambda *_: None] * len(fields(Doors)))))  # type: ignore[arg-type]
        wrong = [*(arguments for arguments, _ in WRONG), *UNVERIFIABLE]
        called = {leaf for leaf in leaves(root) for arguments in wrong if arguments[: len(leaf)] == leaf}
        assert leaves(root) - called == {("flag",), ("doctor",), ("rules", "check")}, "these take nothing of their own"

    @pytest.mark.parametrize("group", [(), ("register",), ("dossier",), ("rules",)])
    def test_a_group_alone(self, place: Place, capsys: pytest.CaptureFixture[str], group: tuple[str, ...]) -> None:
        """Its commands are listed; nothing is done, so the exit code is 2."""
        known = leaves(get_command(program(place.doors)))
        assert place.run(*group) == 2
        said = capsys.readouterr()
        assert all(path[len(group)] in said.out for path in known if path[: len(group)] == group)
        assert said.err == ""

    @pytest.mark.parametrize(
        "command", [("serve",), ("doctor",), ("link", "noor"), ("flag",), ("register", "export", "--to", "x.csv")]
    )
    def test_a_broken_nabij_toml(
        self, place: Place, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
    ) -> None:
        """Named with the line, whatever was asked."""
        (place.folder / "nabij.toml").write_text("[zone\n")
        assert place.run(*command) == 2
        assert "nabij.toml: " in one_line(capsys)

    @pytest.mark.parametrize("command", [("doctor",), ("link", "noor"), ("backfill", "--since", "2026-11-01")])
    def test_without_a_key(self, place: Place, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]) -> None:
        """The register cannot begin without one; told how to make it."""
        (place.folder / ".env").unlink()
        assert place.run(*command) == 2
        assert "openssl rand -hex 32" in one_line(capsys)

    @pytest.mark.parametrize("command", [("doctor",), ("link", "noor"), ("backfill", "--since", "2026-11-01")])
    def test_a_data_path_below_a_file(
        self, place: Place, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
    ) -> None:
        """Told which folder cannot be made."""
        assert place.run(*command, "--data", ".env/data") == 2
        assert "cannot be made" in one_line(capsys)

    @pytest.mark.parametrize(
        "command", [("link", "noor"), ("register", "export", "--to", "x.csv"), ("register", "checkpoint")]
    )
    def test_a_file_that_is_no_database(
        self, place: Place, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
    ) -> None:
        """Told so; the file stays as it is, and no export is begun."""
        place.data.mkdir()
        (place.data / "nabij.sqlite").write_text("geen databank " * 1000)
        assert place.run(*command) == 2
        assert "The database cannot be used" in one_line(capsys)
        assert (place.data / "nabij.sqlite").read_text() == "geen databank " * 1000
        assert not list(place.folder.glob("x.csv*"))


class TestStart:
    """The two that stay."""

    def test_serve_gets_the_settings(self, place: Place) -> None:
        """Of the folder it stands in, or of the one that is named."""
        assert place.run("serve") == 0
        assert place.run("serve", "--data", "elders") == 0
        assert [settings.data for settings in place.called] == [place.data, place.folder / "elders"]  # type: ignore[attr-defined]

    def test_demo_gets_what_was_asked(self, place: Place) -> None:
        """Port, folder, whether to open a browser, pace, and what plays itself."""
        place.run("demo")
        place.run("demo", "--port", "0", "--data", "x", "--no-open", "--speed", "20", "--scenario", "feesten")
        assert place.called == [(8780, Path("data/demo"), True, 1.0, ""), (0, Path("x"), False, 20.0, "feesten")]


class TestLink:
    """A way in for a colleague."""

    def test_it_opens(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """One line with the address, and only the hash in the database, which is made when it is not there."""
        assert place.run("link", "noor") == 0
        said = capsys.readouterr().out
        assert said.startswith("http://127.0.0.1:8780/?start=")
        database = Database(f"sqlite:///{place.data / 'nabij.sqlite'}")
        with database.read() as session:
            (row,) = session.query(StartLinkRow)
        database.close()
        assert row.person == "noor"
        assert row.hash not in said

    def test_with_a_public_address(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """Over https, under the name that colleagues know."""
        (place.folder / "nabij.toml").write_text(TOML + '[browser]\npubliek_adres = "nabij.example"\n')
        place.run("link", "noor")
        assert capsys.readouterr().out.startswith("https://nabij.example/?start=")


class TestVerify:
    """`register verify`: 0 good, 1 tampered, 2 incomplete, 3 cannot verify, as `dossier verify`."""

    def test_good(self, filled: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """Number of lines and root."""
        assert filled.run("register", "verify") == 0
        assert "10" in capsys.readouterr().out

    def test_with_a_checkpoint_that_was_kept(self, filled: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """Made by the command beside it; a register that was shortened since does not fit."""
        filled.run("register", "checkpoint")
        kept = filled.folder / "kept"
        kept.write_text(capsys.readouterr().out)
        assert kept.read_text().startswith(origin(load(filled.folder)) + "\n10\n")
        assert filled.run("register", "verify", "--checkpoint", str(kept)) == 0

        self.tamper(filled, "DELETE FROM register_entry WHERE seq > 5")
        self.tamper(filled, "UPDATE register_head SET seq = 5, leaf = (SELECT leaf FROM register_entry WHERE seq = 5)")
        assert filled.run("register", "verify", "--checkpoint", str(kept)) == 1

    @pytest.mark.parametrize(
        "slip",
        [
            "UPDATE register_entry SET body = CAST(replace(CAST(body AS TEXT), 'bedreiging', 'klacht') AS BLOB)",
            "DELETE FROM register_entry WHERE seq = 4",
            "DELETE FROM register_entry WHERE seq = 10",
        ],
    )
    def test_tampered(self, filled: Place, capsys: pytest.CaptureFixture[str], slip: str) -> None:
        """Told where."""
        self.tamper(filled, slip)
        assert filled.run("register", "verify") == 1
        assert len(capsys.readouterr().out.splitlines()) >= 2

    def test_incomplete(self, place: Place, clock: FakeClock) -> None:
        """An intent that is long without its outcome: nothing was changed, something is open."""
        clock.set(datetime(2030, 1, 1, tzinfo=UTC))
        database = place.fill()
        with database.writing.begin() as connection:
            for entry in story(3)[:3]:
                Register(bytes.fromhex(KEY), clock).append(connection, entry)
            clock.advance(PATIENCE + timedelta(seconds=1))
            Register(bytes.fromhex(KEY), clock).append(connection, story(3)[4])
        database.close()
        assert place.run("register", "verify") == 2

    @pytest.mark.parametrize("arguments", UNVERIFIABLE)
    def test_cannot_be_verified(
        self, place: Place, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
    ) -> None:
        """No database, no checkpoint or dossier that can be read, or called wrongly: 3, never 0 to 2; nothing is
        made.
        """
        assert place.run(*arguments) == 3
        assert capsys.readouterr().err.count("\n") <= 1
        assert not place.data.exists()

    def test_a_checkpoint_of_another_kind(self, filled: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """Text that is no checkpoint proves nothing."""
        (filled.folder / "vals").write_text("dit is geen checkpoint\n")
        assert filled.run("register", "verify", "--checkpoint", "vals") == 3

    @pytest.mark.parametrize("content", ["geen databank " * 1000, ""])
    def test_a_file_that_is_no_register(self, place: Place, content: str) -> None:
        """Not a database, or one without tables."""
        place.data.mkdir()
        (place.data / "nabij.sqlite").write_text(content)
        assert place.run("register", "verify") == 3

    @staticmethod
    def tamper(place: Place, statement: str) -> None:
        """What whoever owns the file can do."""
        database = Database(f"sqlite:///{place.data / 'nabij.sqlite'}")
        with database.writing.begin() as connection:
            drop_triggers(connection)
            connection.execute(sa.text(statement))
        database.close()


class TestExport:
    """The register as a file for people."""

    @pytest.mark.parametrize(("name", "lines"), [("r.csv", 11), ("r.jsonl", 10)])
    def test_a_file(self, filled: Place, capsys: pytest.CaptureFixture[str], name: str, lines: int) -> None:
        """Whole, under its own name, and nothing beside it."""
        assert filled.run("register", "export", "--to", name) == 0
        assert "10" in capsys.readouterr().out
        assert len((filled.folder / name).read_text(encoding="utf-8-sig").splitlines()) == lines
        assert not list(filled.folder.glob("*.deel"))

    def test_names_only_when_asked(self, filled: Place) -> None:
        """Colleagues are M1, M2 … unless names are asked for."""
        filled.run("register", "export", "--to", "zonder.csv")
        filled.run("register", "export", "--to", "met.csv", "--names")
        assert "Jef T." not in (filled.folder / "zonder.csv").read_text(encoding="utf-8-sig")
        assert "Jef T." in (filled.folder / "met.csv").read_text(encoding="utf-8-sig")

    @pytest.mark.parametrize("to", ["nergens/r.csv", ".env/r.csv", "map.csv"])
    def test_where_it_cannot_be_written(self, filled: Place, capsys: pytest.CaptureFixture[str], to: str) -> None:
        """One line; no half a file is left."""
        (filled.folder / "map.csv").mkdir()
        assert filled.run("register", "export", "--to", to) == 2
        assert f"{to} cannot be written" in one_line(capsys)
        assert not list(filled.folder.rglob("*.deel"))

    def test_a_register_that_is_damaged_leaves_no_half_a_file(
        self, filled: Place, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What was there under that name stays."""
        (filled.folder / "r.csv").write_text("van vorige week")
        TestVerify.tamper(filled, "DROP TABLE register_key")
        assert filled.run("register", "export", "--to", "r.csv") == 2
        one_line(capsys)
        assert (filled.folder / "r.csv").read_text() == "van vorige week"
        assert not list(filled.folder.glob("*.deel"))


class TestDigest:
    """A report as a file, without a running process."""

    @pytest.mark.parametrize(
        ("name", "holds"),
        [
            ("week.html", "<!doctype html>"),
            ("week.md", "# Weekoverzicht 2: 5 januari tot 11 januari 2026"),
            ("week.csv", "totalen;Verborgen;geen gegevens;geen gegevens;;"),
        ],
    )
    def test_a_week(self, filled: Place, capsys: pytest.CaptureFixture[str], name: str, holds: str) -> None:
        """In the form that its name asks for; a week that nobody saw says so. Nothing else is left behind."""
        assert filled.run("digest", "--week", "2026-W02", "--to", name) == 0
        assert holds in (filled.folder / name).read_text(encoding="utf-8")
        assert capsys.readouterr().out == f"Het overzicht staat in {name}.\n"
        assert [path.name for path in filled.folder.glob("week*")] == [name]

    def test_a_day(self, filled: Place) -> None:
        """The start of a day, in the same way."""
        assert filled.run("digest", "--day", "2026-01-08", "--to", "dag.md") == 0
        assert (filled.folder / "dag.md").read_text().startswith("# Dagstart donderdag 8 januari 2026")

    @pytest.mark.parametrize(
        ("asked", "says"),
        [
            (("--week", "2026-W60"), "A week is written like 2026-W47."),
            (("--week", "2999-W01"), "That is not over yet: 2999-W01 ends later."),
            (("--day", "morgen"), "A day is written like 2026-11-23."),
            (("--day", "2026-01-10"), "There is no start of the day on 2026-01-10: nobody works then."),
        ],
    )
    def test_no_such_report(
        self, filled: Place, capsys: pytest.CaptureFixture[str], asked: tuple[str, str], says: str
    ) -> None:
        """One line, and what stood there stays."""
        (filled.folder / "x.md").write_text("van vroeger")
        assert filled.run("digest", *asked, "--to", "x.md") == 2
        assert one_line(capsys) == f"{says}\n"
        assert (filled.folder / "x.md").read_text() == "van vroeger"

    def test_where_it_cannot_be_written(self, filled: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """One line as well."""
        assert filled.run("digest", "--week", "2026-W02", "--to", "nergens/x.md") == 2
        assert "nergens/x.md cannot be written" in one_line(capsys)


class TestOthers:
    """Flag, rules, backfill, doctor."""

    def test_rules_check(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """The rules that are shipped pass; a folder of one's own with a broken one does not."""
        assert place.run("rules", "check") == 0
        assert capsys.readouterr().out == ""
        (place.folder / "huis" / "rules").mkdir(parents=True)
        (place.folder / "huis" / "rules" / "dienst.toml").write_text("[[regel]\n")
        (place.folder / "nabij.toml").write_text(TOML.replace("[zone]", '[zone]\nhuis = "huis"'))
        assert place.run("rules", "check") == 1
        assert "dienst.toml" in capsys.readouterr().out

    def test_backfill_without_accounts(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """Nothing to read is nothing kept."""
        assert place.run("backfill", "--since", "2026-11-01") == 0
        assert "0" in capsys.readouterr().out

    def test_doctor(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """Part by part; 1 while something needs attention, and it changes nothing."""
        assert place.run("doctor") == 1
        assert "✗" in capsys.readouterr().out

    @pytest.mark.slow
    def test_as_a_program(self, place: Place) -> None:
        """`python -m bot`: flags on stdout line by line and nothing else; a bad line in its place, exit code 1."""
        lines = [{"id": 1, "text": "Mooi weer"}, {"id": 2, "text": "Stelletje klootzakken zijn jullie"}]
        given = "\n".join([json.dumps(lines[0]), "{kapot", json.dumps(lines[1])])
        root = Path(__file__).parents[2]
        done = subprocess.run(
            [sys.executable, "-m", "bot", "flag"],
            cwd=place.folder,
            env={"PYTHONPATH": str(root), "PATH": "/usr/bin"},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        told = [json.loads(line) for line in done.stdout.splitlines()]
        assert done.returncode == 1
        assert [row.get("id") for row in told] == [1, None, 2]
        assert told[0]["categories"] == []
        assert told[1]["line"] == 2
        assert "belediging_scheldproza" in told[2]["categories"]
