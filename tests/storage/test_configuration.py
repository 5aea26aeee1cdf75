"""The two files that configure a house, as people get them wrong."""

from pathlib import Path

import pytest

from domain.errors import Misconfigured
from storage.configuration import environ, load

KEY = "ab" * 32


def write(folder: Path, toml: str | bytes = "", env: str | bytes = "") -> Path:
    """A folder with the two files; an empty one is not there."""
    for name, content in (("nabij.toml", toml), (".env", env)):
        if content:
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


class TestFiles:
    """Where what is set comes from."""

    def test_without_files_the_defaults(self, tmp_path: Path) -> None:
        """SQLite in the data folder below the house."""
        settings = load(tmp_path, environment={})

        assert settings.data == tmp_path / "data"
        assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'nabij.sqlite'}"

    def test_both_files(self, tmp_path: Path) -> None:
        """Policy from one, secrets from the other."""
        write(tmp_path, '[zone]\nnaam = "Politiezone Gent"\n', f"NABIJ_PSEUDONYM_KEY={KEY}\n")
        settings = load(tmp_path, environment={})

        assert settings.zone.naam == "Politiezone Gent"
        assert settings.secrets.pseudonym_key == bytes.fromhex(KEY)

    def test_the_environment_wins(self, tmp_path: Path) -> None:
        """A service may override what stands in the file."""
        write(tmp_path, env="NABIJ_DATA=uit-bestand\n")

        assert load(tmp_path, environment={}).data == tmp_path / "uit-bestand"
        assert load(tmp_path, environment={"NABIJ_DATA": "elders"}).data == tmp_path / "elders"

    def test_another_toml(self, tmp_path: Path) -> None:
        """NABIJ_CONFIG names it; one that was asked for must be there."""
        (tmp_path / "ander.toml").write_text('[zone]\nnaam = "Ander"\n')

        assert load(tmp_path, environment={"NABIJ_CONFIG": "ander.toml"}).zone.naam == "Ander"
        with pytest.raises(Misconfigured, match=r"weg\.toml cannot be read \(FileNotFoundError\)"):
            load(tmp_path, environment={"NABIJ_CONFIG": "weg.toml"})

    def test_a_name_without_value_is_no_value(self, tmp_path: Path) -> None:
        """A line that holds a name only sets nothing."""
        assert environ(write(tmp_path, env="NABIJ_DATA\n"), {}) == {}


class TestMistakes:
    """One line that names the file and the place, and never the value of a secret."""

    @pytest.mark.parametrize(
        ("toml", "says"),
        [
            ("[zone\n", r"nabij\.toml: .*line 1"),
            ('[zone]\nnaam = "a"\nnaam = "b"\n', r"nabij\.toml: .*line 3"),
            (b'[zone]\nnaam = "\xff"\n', r"nabij\.toml cannot be read \(UnicodeDecodeError\)"),
            ("[zoen]\n", r"nabij\.toml: unknown table \[zoen\]"),
            ('[zone]\nnam = "x"\n', r"\[zone\] has no setting “nam”"),
        ],
    )
    def test_a_toml_that_cannot_be_read(self, tmp_path: Path, toml: str | bytes, says: str) -> None:
        """Not TOML, not UTF-8, or not a setting."""
        with pytest.raises(Misconfigured, match=says) as refused:
            load(write(tmp_path, toml), environment={})
        assert "\n" not in str(refused.value)

    def test_a_folder_for_a_file(self, tmp_path: Path) -> None:
        """Named with why."""
        (tmp_path / "nabij.toml").mkdir()
        with pytest.raises(Misconfigured, match="cannot be read \\(IsADirectoryError\\)"):
            load(tmp_path, environment={})

    def test_an_env_that_is_no_text(self, tmp_path: Path) -> None:
        """Told how to write it; its bytes are not repeated."""
        with pytest.raises(Misconfigured, match=r"\.env cannot be read \(UnicodeDecodeError\)") as refused:
            load(write(tmp_path, env=b"TOKEN=\xff\xfegeheim"), environment={})
        assert "geheim" not in str(refused.value)
