"""The demo: what it refuses, in one line with the mend, and that it never touches what is not its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.demo import house
from domain.errors import Misconfigured
from tests.fakes.loopback import guarded

ROOT = Path(__file__).parents[2]
ACCOUNT = {
    "FACEBOOK_APP_SECRET": "app",
    "FACEBOOK_VERIFY_TOKEN": "verify",
    "FACEBOOK_TOKEN": "token",
    "FACEBOOK_API": "http://127.0.0.1:1",
}


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    """What a demo of a test held is let go."""
    yield
    _end_of_process()


class TestFolder:
    """A demo has a folder of its own, emptied at each start."""

    def test_a_new_one(self, tmp_path: Path) -> None:
        """Made with its parents, and marked."""
        made = house.folder(tmp_path / "a" / "b")
        assert [path.name for path in made.iterdir()] == [house.MARKER]

    def test_one_of_an_earlier_demo_is_emptied(self, tmp_path: Path) -> None:
        """Whatever that one left; a link that points elsewhere is removed, not followed."""
        elsewhere = tmp_path / "elders"
        elsewhere.mkdir()
        (elsewhere / "dierbaar").touch()
        data = tmp_path / "demo"
        house.folder(data)
        _end_of_process()
        (data / "slots").mkdir()
        (data / "nabij.sqlite").touch()
        (data / "link").symlink_to(elsewhere)

        house.folder(data)
        assert [path.name for path in data.iterdir()] == [house.MARKER]
        assert (elsewhere / "dierbaar").exists()

    def test_one_in_which_a_demo_runs(self, tmp_path: Path) -> None:
        """Its database is not taken from under it."""
        house.folder(tmp_path / "demo")
        (tmp_path / "demo" / "nabij.sqlite").touch()
        with pytest.raises(Misconfigured, match=r"A demo is running in .*--data"):
            house.folder(tmp_path / "demo")
        assert (tmp_path / "demo" / "nabij.sqlite").exists()

    def test_one_of_somebody_else(self, tmp_path: Path) -> None:
        """Never touched."""
        (tmp_path / "dierbaar").write_text("van mij")
        with pytest.raises(Misconfigured, match="holds something that is not a demo"):
            house.folder(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["dierbaar"]

    @pytest.mark.parametrize(("name", "says"), [("bestand", "is a file"), ("bestand/data", "cannot be used")])
    def test_a_file_or_below_one(self, tmp_path: Path, name: str, says: str) -> None:
        """Told to name another."""
        (tmp_path / "bestand").write_text("x")
        with pytest.raises(Misconfigured, match=f"{says}.*--data"):
            house.folder(tmp_path / name)


def _end_of_process() -> None:
    """The lock dies with the process that held it."""
    while house._held:
        house._held.pop().close()


class TestPort:
    """Where it listens."""

    def test_a_free_one(self) -> None:
        """0 finds one."""
        assert house.free_port(0) > 1024

    def test_a_taken_one(self) -> None:
        """Named, with the mend."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(Misconfigured, match=f"Port {port} is taken; choose another with --port"):
                house.free_port(port)

    @pytest.mark.parametrize("port", [-1, 65_536, 10**9])
    def test_one_that_cannot_be(self, port: int) -> None:
        """The same line."""
        with pytest.raises(Misconfigured, match="--port"):
            house.free_port(port)


class TestSettings:
    """The policy of whoever tries it, and never a real account."""

    def settings(self, folder: Path, toml: str = "") -> object:
        """Settings of a demo that is started in this folder."""
        if toml:
            (folder / "nabij.toml").write_text(toml)
        return house.settings(folder / "data", 8780, ACCOUNT, page="1001", root=folder)

    def test_the_shipped_ones_are_complete(self, tmp_path: Path) -> None:
        """House rules, and two people who moderate."""
        made = house.settings(tmp_path / "data", 8780, ACCOUNT, page="1001", root=tmp_path)
        assert made.zone.huisregels.startswith("https://")
        assert len(house.moderators(made.people, least=2)) == 2
        assert made.data == tmp_path / "data"

    def test_ones_own_policy_without_ones_accounts(self, tmp_path: Path) -> None:
        """Numbers and people are taken over, accounts are not: a demo never speaks to a real platform."""
        people = "".join(f'[[persoon]]\nsleutel = "p{n}"\nnaam = "P {n}"\nrol = "moderator"\n' for n in (1, 2))
        own = '[getallen]\ndelete_grace_s = 7\n[[account]]\nplatform = "facebook"\nid = "555"\nnaam = "Echt"\n'
        (tmp_path / "nabij.toml").write_text(own + people)
        made = house.settings(tmp_path / "data", 8780, ACCOUNT, page="1001", root=tmp_path)

        assert made.numbers.delete_grace_s == 7
        assert [account.id for account in made.accounts] == ["1001"]
        assert [person.key for person in made.people] == ["p1", "p2"]

    def test_everybody_is_reached_on_this_machine(self, tmp_path: Path) -> None:
        """With a letterbox every colleague, the safety net and whoever reads the reports have an address there, and
        nobody has another one; without, nobody has any.
        """
        letterbox = "json://127.0.0.1:1/brief/"
        made = house.settings(tmp_path / "data", 8780, ACCOUNT, page="1001", root=tmp_path, letterbox=letterbox)
        without = house.settings(tmp_path / "data", 8780, ACCOUNT, page="1001", root=tmp_path)

        keys = [*(person.key for person in made.people), "vangnet", "overzicht"]
        assert made.addresses == {key: (f"{letterbox}{key}?format=text",) for key in keys}
        assert without.addresses == {}

    def test_the_people_of_a_scenario(self, tmp_path: Path) -> None:
        """A scenario plays with the shipped people, whoever else works here; its commander is found by role."""
        people = "".join(f'[[persoon]]\nsleutel = "p{n}"\nnaam = "P {n}"\nrol = "moderator"\n' for n in (1, 2))
        (tmp_path / "nabij.toml").write_text(people)
        own = house.settings(tmp_path / "data", 8780, ACCOUNT, page="1001", root=tmp_path)
        played = house.settings(tmp_path / "data", 8780, ACCOUNT, page="1001", root=tmp_path, played=True)

        assert [person.key for person in own.people] == ["p1", "p2"]
        assert house.commander(own.people) is None
        assert [person.key for person in played.people] == ["noor", "jef", "ann", "els", "joris"]
        assert house.commander(played.people) == played.person("els")
        assert [person.key for person in house.moderators(played.people, least=2)] == ["noor", "jef"]

    def test_too_few_people(self, tmp_path: Path) -> None:
        """A demo needs two moderators; with fewer the shipped ones play."""
        (tmp_path / "nabij.toml").write_text('[[persoon]]\nsleutel = "p"\nnaam = "P"\nrol = "lezer"\n')
        made = house.settings(tmp_path / "data", 8780, ACCOUNT, page="1001", root=tmp_path)
        assert len(house.moderators(made.people, least=2)) == 2

    @pytest.mark.parametrize("toml", ["[zone\n", "[onbekend]\n", "persoon = 5\n", '[[persoon]]\nsleutel = "x"\n'])
    def test_a_broken_one(self, tmp_path: Path, toml: str) -> None:
        """Told, not silently left out."""
        (tmp_path / "nabij.toml").write_text(toml)
        if toml.startswith(("[zone", "[onbekend")):
            with pytest.raises(Misconfigured, match=r"nabij\.toml"):
                self.settings(tmp_path)
        else:
            assert self.settings(tmp_path)


@pytest.mark.slow
class TestProgram:
    """`python -m bot demo`, refused: one line on stderr, exit code 2, nothing made."""

    def run(self, folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """To its end."""
        env: Mapping[str, str] = guarded({"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment})
        command = [sys.executable, "-m", "bot", "demo", "--no-open", *arguments]
        return subprocess.run(
            command, cwd=folder, env=dict(env), capture_output=True, text=True, timeout=60, check=False
        )

    def test_four_ways(self, tmp_path: Path) -> None:
        """A taken port, a path below a file, somebody else's folder, a broken nabij.toml."""
        (tmp_path / "bestand").touch()
        (tmp_path / "foto's").mkdir()
        (tmp_path / "foto's" / "1.jpg").touch()
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            done = [
                self.run(tmp_path, "--port", port),
                self.run(tmp_path, "--port", "0", "--data", "bestand/data"),
                self.run(tmp_path, "--port", "0", "--data", "foto's"),
            ]
        (tmp_path / "nabij.toml").write_text("[zone\n")
        done.append(self.run(tmp_path, "--port", "0", "--data", "demo"))

        assert [each.returncode for each in done] == [2, 2, 2, 2]
        assert [each.stderr.count("\n") for each in done] == [1, 1, 1, 1], [each.stderr for each in done]
        assert [each.stdout for each in done] == ["", "", "", ""]
        for each, mend in zip(done, ("--port", "--data", "--data", "nabij.toml"), strict=True):
            assert mend in each.stderr
        assert (tmp_path / "foto's" / "1.jpg").exists()
