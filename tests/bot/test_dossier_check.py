"""`python -m bot dossier verify`: JSON, one Dutch sentence, four exit codes; compared with a register that is there."""

import json
import shutil
from pathlib import Path

import pytest

from bot.__main__ import Doors
from bot.commandline import commandline
from domain.orders import Document, Review
from storage.register_triggers import drop_triggers
from tests.fakes.dossier import LINK, Paper, anew, repack, sealed, unpack
from tests.fakes.house import LOST_PHOTO, THREAT

FIRST = "SMD-2026-000001"
KEY = "ab" * 32


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without any house in it."""
    folder = tmp_path / "elders"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("NABIJ_DATA", "NABIJ_CONFIG", "NABIJ_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return folder


def run(*arguments: str) -> int:
    """One command; its exit code."""
    doors = Doors(*([None] * len(Doors.__dataclass_fields__)))  # type: ignore[arg-type]  # none of them is needed
    return commandline(doors, ["dossier", "verify", *arguments])


def said(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, object], str]:
    """The JSON, and the one sentence."""
    out = capsys.readouterr()
    assert out.err.count("\n") == 1, out.err
    return json.loads(out.out), out.err.strip()


class TestAnywhere:
    """A file is enough: no house, no settings, no database."""

    def test_good(self, away: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """0, and what to compare with; with the digest it says that it is unchanged."""
        file, digest = sealed(tmp_path / "huis")
        assert run(str(file)) == 0
        told, line = said(capsys)
        assert (told["nummer"], told["vingerafdruk"], told["vergeleken"]) == (FIRST, digest, [])
        assert digest in line
        assert run(str(file), "--digest", digest) == 0
        assert said(capsys)[1] == f"In orde: dossier {FIRST} is onveranderd sinds het verzegeld is."

    def test_incomplete(self, away: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """2, with the part and why."""
        file, digest = sealed(tmp_path / "huis", media=(LOST_PHOTO,))
        assert run(str(file)) == 2
        told, line = said(capsys)
        assert told["ontbreekt"] == [{"deel": "media 0", "reden": "404"}]
        assert "ontbrekende delen 1" in line
        assert run(str(file), "--digest", digest) == 2
        assert "onveranderd" in said(capsys)[1]

    def test_tampered(self, away: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """1, with what and where."""
        file, _ = sealed(tmp_path / "huis")
        made = repack(file, unpack(file) | {"data/dossier.html": b"anders"})
        assert run(str(made)) == 1
        assert said(capsys)[1] == "Niet in orde: een bestand is gewijzigd (data/dossier.html)."
        assert run(str(file), "--digest", "0" * 64) == 1
        assert said(capsys)[1] == "Niet in orde: de vingerafdruk is niet die welke opgegeven is."

    @pytest.mark.parametrize(
        ("arguments", "line"),
        [
            (("weg.zip",), "Kan niet nagegaan worden: dat bestand bestaat niet."),
            ((".",), "Kan niet nagegaan worden: het bestand kan niet geopend worden."),
            (
                ("weg.zip", "--digest", "x"),
                "Kan niet nagegaan worden: een vingerafdruk heeft 64 tekens, 0 tot 9 en a tot f.",
            ),
        ],
    )
    def test_cannot(
        self, away: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
    ) -> None:
        """3, with why."""
        assert run(*arguments) == 3
        assert said(capsys)[1] == line

    @pytest.mark.parametrize("arguments", [(), ("a", "b"), ("--nergens",), ("a.zip", "--digest")])
    def test_called_wrongly(self, away: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
        """3 as well: 1 and 2 say something about a file."""
        assert run(*arguments) == 3
        assert capsys.readouterr().err.count("\n") == 1


class TestWithTheHouse:
    """Where the register is, its digest counts too."""

    @pytest.fixture
    def house(self, away: Path) -> Paper:
        """A house in `data`, with a sealed dossier and its settings."""
        (away / "data").mkdir()
        (away / ".env").write_text(f"NABIJ_PSEUDONYM_KEY={KEY}\n")
        (away / "nabij.toml").write_text('[zone]\nhuisregels = "https://huisregels.example/"\n')
        paper = Paper(away / "data")
        paper.document()
        paper.review()
        return paper

    def test_the_register_agrees(self, away: Path, house: Paper, capsys: pytest.CaptureFixture[str]) -> None:
        """Then it is unchanged, without a digest on the command line."""
        assert run(str(house.file(away))) == 0
        told, line = said(capsys)
        assert told["vergeleken"] == ["register"]
        assert "onveranderd sinds het verzegeld is" in line

    def test_made_anew_with_care(self, away: Path, house: Paper, capsys: pytest.CaptureFixture[str]) -> None:
        """A file whose lists were all made again is caught."""
        file = house.file(away)
        made = repack(file, anew(unpack(file) | {"data/dossier.html": b"anders"}))
        assert run(str(made)) == 1
        assert said(capsys)[1] == "Niet in orde: de vingerafdruk is niet die in het register."

    def test_the_same_number_sealed_elsewhere(
        self, away: Path, house: Paper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Is not the dossier of this house."""
        assert run(str(sealed(tmp_path / "ander")[0])) == 1
        assert said(capsys)[0]["fouten"] == [{"wat": "register", "pad": ""}]

    def test_a_number_that_the_register_does_not_know(
        self, away: Path, house: Paper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Then it says nothing about it."""
        (tmp_path / "ander").mkdir()
        other = Paper(tmp_path / "ander")
        second = other.arrives(THREAT, "2001_2", permalink=LINK)
        other.document()
        other.press(Document, second)
        other.press(Review, second, by="ann", seen_form=1)
        assert run(str(other.file(tmp_path, "SMD-2026-000002"))) == 0
        assert said(capsys)[0]["vergeleken"] == []

    def test_a_register_that_cannot_be_read(self, away: Path, house: Paper, capsys: pytest.CaptureFixture[str]) -> None:
        """Proves nothing, so it is no agreement."""
        file = house.file(away)
        with house.database.writing.begin() as connection:
            drop_triggers(connection)
            connection.exec_driver_sql("UPDATE register_entry SET body = X'00' WHERE event = 'dossier_nagekeken'")
        assert run(str(file)) == 1
        assert said(capsys)[0]["fouten"] == [{"wat": "register", "pad": ""}]

    def test_a_folder_that_was_named_must_be_one(
        self, away: Path, house: Paper, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """3: who names a house wants it asked."""
        copy = shutil.copy(house.file(away), tmp_path)
        assert run(str(copy), "--data", str(tmp_path / "leeg")) == 3
        assert "There is no database" in capsys.readouterr().err
