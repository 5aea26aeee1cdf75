"""`dev.py` starts Nabij on a machine that has only Python, and says in one line what is missing."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.fakes.machine import FakeMachine

FILE = Path(dev.__file__)


@pytest.fixture
def machine(tmp_path: Path) -> FakeMachine:
    """A machine with everything, whose folder has a space in its name."""
    root = tmp_path / "a folder"
    root.mkdir()
    return FakeMachine(root)


class TestAnOldPython:
    """A Python below 3.11."""

    @pytest.mark.parametrize("version", [(3, 8), (3, 10), (2, 7)])
    def test_gets_one_line(self, machine: FakeMachine, version: tuple[int, int]) -> None:
        """Exit 2 and one line that names both versions; nothing is tried."""
        machine.version = version

        assert dev.main(["demo"], machine) == 2
        assert machine.said == [f"Nabij needs Python 3.11 or newer; this is {version[0]}.{version[1]}."]
        assert machine.ran == []

    def test_can_read_the_file(self) -> None:
        """The grammar stays that of Python 3.8, so that the line above is reached at all."""
        ast.parse(FILE.read_text(encoding="utf-8"), feature_version=(3, 8))

    def test_imports_nothing_new(self) -> None:
        """Every import existed in Python 3.8, and none comes from outside the standard library."""
        tree = ast.parse(FILE.read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        origins = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

        assert names == {"hashlib", "importlib.util", "os", "subprocess", "sys", "time"}
        assert origins == {"__future__", "pathlib"}


class TestTheFirstTime:
    """Nothing is installed yet."""

    def test_demo_needs_only_the_run_time_lock(self, machine: FakeMachine) -> None:
        """A venv is made, one lock installed with hashes and without building, and the demo takes over."""
        assert dev.main(["demo", "--port", "9000"], machine) == 0

        folder = machine.root / ".venv"
        assert [machine.python, "-m", "venv", "--clear", str(folder)] in machine.ran
        assert machine.ran[-1][-5:] == [
            "install",
            "--only-binary=:all:",
            "--require-hashes",
            "-r",
            str(machine.root / dev.RUNTIME),
        ]
        assert machine.became is not None
        assert machine.became[0] == [str(folder / "bin" / "python"), "-P", "-m", "bot", "demo", "--port", "9000"]

    def test_tells_what_it_does(self, machine: FakeMachine) -> None:
        """One line says how much is installed and about how long it takes; one says that it is done."""
        dev.main(["demo"], machine)

        assert machine.said[0].startswith("Installing 2 packages from requirements.lock into .venv; once, about half")
        assert machine.said[1].startswith("Installed in ")

    @pytest.mark.parametrize("verb", ["test", "check", "bench", "soak"])
    def test_the_others_need_both_locks(self, machine: FakeMachine, verb: str) -> None:
        """Tests, checks and measurements add the test lock."""
        dev.main([verb], machine)

        assert machine.installs() == [dev.RUNTIME, dev.TESTING]

    def test_without_ensurepip_the_system_pip_helps(self, tmp_path: Path) -> None:
        """Debian without python3-venv but with pip: the venv is made without pip and filled from outside."""
        machine = FakeMachine(tmp_path, modules=("pip",))
        machine.failing["-m pip --version"] = "No module named pip"

        assert dev.main(["run", "doctor"], machine) == 0
        assert [machine.python, "-m", "venv", "--clear", "--without-pip", str(tmp_path / ".venv")] in machine.ran
        assert machine.ran[-1][:5] == [machine.python, "-m", "pip", "--python", str(tmp_path / ".venv/bin/python")]

    def test_without_both_one_line_names_the_package(self, tmp_path: Path) -> None:
        """Exit 2 and the apt line; no half-made folder."""
        machine = FakeMachine(tmp_path, modules=())

        assert dev.main(["demo"], machine) == 2
        assert len(machine.said) == 1
        assert machine.said[0].endswith("mend: sudo apt install python3-venv")
        assert not (tmp_path / ".venv").exists()

    def test_a_failed_install_says_why(self, machine: FakeMachine) -> None:
        """Exit 2 with pip's own error lines, and nothing of the noise around them."""
        machine.failing["pip install"] = "Collecting alpha\nERROR: no matching distribution\nnotice: update pip"

        assert dev.main(["demo"], machine) == 2
        assert machine.said[-1] == (
            "dev.py: installing requirements.lock failed (code 1):\nERROR: no matching distribution"
        )
        assert machine.became is None


class TestTheNextTime:
    """`.venv` is there."""

    def test_nothing_is_installed_again(self, machine: FakeMachine) -> None:
        """A good stamp for the lock and this Python: the command takes over at once, without a word."""
        dev.main(["test"], machine)
        machine.forget()

        assert dev.main(["test", "-k", "hide"], machine) == 0
        assert machine.installs() == []
        assert machine.said == []

    def test_the_demo_first_then_the_tests(self, machine: FakeMachine) -> None:
        """The test lock is added to what is there; the venv is not made anew."""
        dev.main(["demo"], machine)
        machine.forget()
        dev.main(["test"], machine)

        assert machine.installs() == [dev.TESTING]

    @pytest.mark.parametrize("change", ["lock", "python", "interrupted", "broken"])
    def test_what_does_not_fit_is_made_anew(self, machine: FakeMachine, change: str) -> None:
        """A changed lock, another Python, an interrupted install, a venv whose Python is gone: all start clean."""
        dev.main(["demo"], machine)
        machine.forget()
        match change:
            case "lock":
                (machine.root / dev.RUNTIME).write_text("alpha==2\n")
            case "python":
                machine.build = "3.12.0 (another build)"
            case "interrupted":
                (machine.root / ".venv" / "requirements.lock.stamp").unlink()
            case "broken":
                (machine.root / ".venv" / "bin" / "python").unlink()

        assert dev.main(["demo"], machine) == 0
        assert [machine.python, "-m", "venv", "--clear", str(machine.root / ".venv")] in machine.ran
        assert machine.installs() == [dev.RUNTIME]

    def test_an_install_that_failed_leaves_no_stamp(self, machine: FakeMachine) -> None:
        """The stamp is written after success only, so that the next run tries again."""
        machine.failing["pip install"] = "ERROR: the network is down"
        dev.main(["demo"], machine)
        machine.failing.clear()
        machine.forget()

        assert dev.main(["demo"], machine) == 0
        assert machine.installs() == [dev.RUNTIME]


class TestVerbs:
    """What each verb hands on."""

    def test_run_keeps_the_folder_of_the_caller(
        self, machine: FakeMachine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file name typed after `run` means the file in the folder where it was typed."""
        monkeypatch.chdir(tmp_path)
        dev.main(["run", "register", "verify"], machine)

        assert machine.became is not None
        assert machine.became[0][1:] == ["-P", "-m", "bot", "register", "verify"]
        assert machine.became[1] == tmp_path

    def test_tests_run_at_the_root(self, machine: FakeMachine) -> None:
        """The arguments go to pytest, which finds the tests from any folder."""
        dev.main(["test", "-k", "hide"], machine)

        assert machine.became is not None
        assert machine.became[0][1:] == ["-m", "pytest", "-k", "hide"]
        assert machine.became[1] == machine.root

    def test_check_runs_everything_and_names_what_failed(self, machine: FakeMachine) -> None:
        """One failure does not hide another; the last line sums up and the exit code is 1."""
        machine.failing["mypy"] = ""
        machine.failing["ruff format"] = ""

        assert dev.main(["check"], machine) == 1
        assert [line[3:] for line in machine.said if line.startswith("──")] == [name for name, _ in dev.CHECKS]
        assert machine.said[-1] == "check: failed: format, types"

    def test_check_says_when_all_is_good(self, machine: FakeMachine) -> None:
        """The last line counts what was checked."""
        assert dev.main(["check"], machine) == 0
        assert machine.said[-1] == f"check: all {len(dev.CHECKS)} good"

    def test_the_tests_that_check_names_exist(self) -> None:
        """A moved test file cannot fall out of `check` unseen."""
        paths = [word for _, command in dev.CHECKS for word in command if word.startswith("tests/")]

        assert paths
        assert [path for path in paths if not (FILE.parent / path).exists()] == []

    @pytest.mark.parametrize("verb", ["demo", "bench", "soak"])
    def test_what_a_verb_starts_exists(self, machine: FakeMachine, verb: str) -> None:
        """The module behind a verb can be started."""
        dev.main([verb], machine)

        assert machine.became is not None
        module = machine.became[0][machine.became[0].index("-m") + 1]
        assert (FILE.parent / module.replace(".", "/") / "__main__.py").exists()

    def test_lock_without_uv(self, machine: FakeMachine, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line says what to install; exit 2."""
        monkeypatch.setattr(machine, "run", lambda *_args, **_kwargs: (dev.ABSENT, ""))

        assert dev.main(["lock"], machine) == 2
        assert machine.said == ["dev.py: lock needs uv, which is not installed; mend: pipx install uv"]

    def test_lock_writes_both(self, machine: FakeMachine) -> None:
        """Both locks come from pyproject.toml, hashed and for every system."""
        assert dev.main(["lock", "--upgrade"], machine) == 0
        assert [command[command.index("-o") + 1] for command in machine.ran] == [dev.RUNTIME, dev.TESTING]
        assert all({"--generate-hashes", "--universal", "--upgrade"} <= set(command) for command in machine.ran)

    @pytest.mark.parametrize("words", [["dmeo"], ["--demo"]])
    def test_an_unknown_verb(self, machine: FakeMachine, words: list[str]) -> None:
        """One line names the verbs; exit 2."""
        assert dev.main(words, machine) == 2
        assert machine.said[-1].endswith("it knows: demo, test, check, bench, soak, run, lock.")

    def test_browser_parts_come_before_the_tests(self, machine: FakeMachine) -> None:
        """With a package lock and npm, the parts are installed once; without npm one line says what will skip."""
        folder = machine.root / "tests" / "e2e"
        folder.mkdir(parents=True)
        (folder / "package-lock.json").write_text("{}")
        machine.failing["npm ci"] = "sh: npm: not found"

        assert dev.main(["test"], machine) == 0
        assert machine.said[-1] == "Without them, the tests that need them skip: sh: npm: not found"


class TestCtrlC:
    """A person changes their mind."""

    def test_ends_quietly(self, machine: FakeMachine, monkeypatch: pytest.MonkeyPatch) -> None:
        """Exit 130 as in a shell, and no traceback."""

        def pressed(*_args: object, **_kwargs: object) -> tuple[int, str]:
            raise KeyboardInterrupt

        monkeypatch.setattr(machine, "run", pressed)

        assert dev.main(["demo"], machine) == 130


class TestForReal:
    """The file as a program."""

    def test_from_another_folder_without_words(self, tmp_path: Path) -> None:
        """Without a verb it explains itself on stderr, from any folder; exit 2."""
        done = subprocess.run([sys.executable, FILE], cwd=tmp_path, capture_output=True, text=True, check=False)

        assert done.returncode == 2
        assert "python3 dev.py demo" in done.stderr
        assert done.stdout == ""

    def test_children_can_import_the_rooms(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The root comes first on the path of every child, and what was there stays."""
        monkeypatch.setenv("PYTHONPATH", "/elsewhere")

        assert dev.environment()["PYTHONPATH"] == os.pathsep.join([str(FILE.parent), "/elsewhere"])
