"""`python -m bot demo`, started as a newcomer would, in a folder of its own."""

import re
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.e2e.house import PracticeControl, Program, until

POLICY = """[getallen]
delete_grace_s = {grace}
poll_s = 30

[zone]
huisregels = "https://huisregels.example/"
huisregels_versie = "v3"
"""
_READY = re.compile(r"Nabij ready: (\S+)\n.*: (\S+)\nPractice Facebook: (\S+)/\n")


class Demo:
    """A running demo. first, second: start links of two moderators · practice: its practice Facebook."""

    def __init__(self, folder: Path, *, grace: int = 8, speed: float = 60) -> None:
        """grace: seconds before a deletion · speed: of the scenario."""
        (folder / "nabij.toml").write_text(POLICY.format(grace=grace), encoding="utf-8")
        options = ("--no-open", "--port", "0", "--data", str(folder / "demo"), "--speed", str(speed))
        self._program = Program("demo", ("bot", "demo", *options), folder)
        self.first = self.second = self.address = ""
        self.practice: PracticeControl

    def __enter__(self) -> Self:
        self._program.start()
        said = until(lambda: _READY.search(self._program.said()) or not self._program.running, "the demo is ready")
        if isinstance(said, bool):
            raise TimeoutError(self._program.said())
        self.first, self.second, practice = said.groups()
        self.address = self.first.partition("/?")[0]
        self.practice = PracticeControl(practice)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.practice.close()
        self._program.kill()

    def played(self) -> None:
        """Until every step of the scenario was played, delivered and turned into cards."""
        until(lambda: "Heirnis" in str(self.practice.ask("state")["comments"]), "the last comment is written")
        until(lambda: self.practice.ask("sender")["pending"] == 0, "all is delivered")
        waiting = re.compile(r'^nabij_queue_waiting\{queue="werk"\} 0\.0$', re.MULTILINE)
        until(lambda: waiting.search(httpx.get(f"{self.address}/metrics", trust_env=False).text), "all cards are there")
