"""A machine for dev.py that installs nothing: it notes what it is asked, and a venv is a folder with a file in it."""

from pathlib import Path

import dev


class FakeMachine(dev.Machine):
    """modules: what its Python can import · failing: word in a command → what that command says while it fails."""

    version = (3, 11)
    build = "3.11.7 (a build)"
    python = "/usr/bin/python3"

    def __init__(self, root: Path, *, modules: tuple[str, ...] = ("ensurepip", "pip")) -> None:
        self.root = root
        self.modules = modules
        self.failing: dict[str, str] = {}
        self.ran: list[list[str]] = []
        self.said: list[str] = []
        self.became: tuple[list[str], Path] | None = None
        (root / dev.RUNTIME).write_text("alpha==1 \\\n    --hash=sha256:00\nbeta==2 \\\n    --hash=sha256:01\n")
        (root / dev.TESTING).write_text("gamma==3 \\\n    --hash=sha256:02\n")

    def has_module(self, name: str) -> bool:
        """Whether the pretended Python has it."""
        return name in self.modules

    def run(self, command: list[str], *, quiet: bool = False, cwd: Path | None = None) -> tuple[int, str]:
        """Note it; make a pretended venv; fail where told to."""
        self.ran.append(command)
        for word, said in self.failing.items():
            if word in " ".join(command):
                return 1, said
        if "venv" in command:
            self._make(Path(command[-1]), cleared="--clear" in command)
        return 0, ""

    def become(self, command: list[str], cwd: Path) -> int:
        """Note what would take over."""
        self.became = (command, cwd)
        return 0

    def say(self, line: str) -> None:
        """Keep the line."""
        self.said.append(line)

    def installs(self) -> list[str]:
        """Names of the locks that were installed, in order."""
        return [Path(command[-1]).name for command in self.ran if "install" in command]

    def forget(self) -> None:
        """Begin a new run on the same disk."""
        self.ran.clear()
        self.said.clear()

    @staticmethod
    def _make(folder: Path, *, cleared: bool) -> None:
        if cleared:
            for stamp in folder.glob("*.stamp"):
                stamp.unlink()
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").touch()
