"""`python -m bot demo`, started as a newcomer would, in a folder of its own."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from tests.e2e.house import ROOT, PracticeControl, Program, until
from tests.fakes.loopback import guarded

POLICY = """[getallen]
delete_grace_s = {grace}
warn_delay_s = {warn}
poll_s = 30

[zone]
huisregels = "https://huisregels.example/"
huisregels_versie = "v3"
"""
_READY = re.compile(r"Nabij ready: (\S+)\n((?:.+ \(\w+\): \S+\n)+)Practice Facebook: (\S+)/\n")


class Demo:
    """A running demo. first, second: start links of two moderators · links: name → start link of everybody else ·
    practice: its practice Facebook.
    """

    def __init__(self, folder: Path, *, grace: int = 8, warn: int = 30, speed: float = 60, scenario: str = "") -> None:
        """grace, warn: seconds before a deletion and a message · speed: of the scenario · scenario: one that plays
        itself.
        """
        self._folder = folder
        (folder / "nabij.toml").write_text(POLICY.format(grace=grace, warn=warn), encoding="utf-8")
        self.data = folder / "demo"
        options = ("--no-open", "--port", "0", "--data", str(self.data), "--speed", str(speed), "--scenario", scenario)
        self._program = Program("demo", ("bot", "demo", *options), folder)
        self.first = self.second = self.address = ""
        self.links: dict[str, str] = {}
        self.practice: PracticeControl

    def __enter__(self) -> Self:
        self._program.start()
        said = until(lambda: _READY.search(self._program.said()) or not self._program.running, "the demo is ready")
        if isinstance(said, bool):
            raise TimeoutError(self._program.said())
        self.first, others, practice = said.groups()
        self.links = dict(re.findall(r"^(.+) \(\w+\): (\S+)$", others, re.MULTILINE))
        self.second = next(iter(self.links.values()))
        self.address = self.first.partition("/?")[0]
        self.practice = PracticeControl(practice)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.practice.close()
        self._program.kill()

    def bot(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `python -m bot …` in an empty folder, as somebody who only has a file."""
        environment = guarded({"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)})
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self._folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def known(self, words: str) -> bool:
        """True once a comment with these words was read."""
        with closing(sqlite3.connect(self.data / "nabij.sqlite", timeout=30)) as connection:
            return bool(connection.execute("SELECT count(*) FROM comment WHERE instr(text, ?)", (words,)).fetchone()[0])

    def said(self) -> str:
        """Everything it printed so far."""
        return self._program.said()

    def case(self, words: str) -> tuple[int, str]:
        """Id and number of the case of the newest comment with these words, once it is there."""
        found = until(lambda: self._case(words), f"the case of “{words}” is there")
        return int(found["id"]), str(found["number"])

    def _case(self, words: str) -> sqlite3.Row | None:
        with closing(sqlite3.connect(self.data / "nabij.sqlite", timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            found: sqlite3.Row | None = connection.execute(
                'SELECT "case".id, "case".number FROM "case" JOIN comment ON comment.id = "case".comment_id'
                " WHERE instr(comment.text, ?) ORDER BY comment.id DESC LIMIT 1",
                (words,),
            ).fetchone()
            return found

    def played(self) -> None:
        """Until every step of the scenario was played, delivered and turned into cards."""
        until(lambda: "Heirnis" in str(self.practice.ask("state")["comments"]), "the last comment is written")
        until(lambda: self.practice.ask("sender")["pending"] == 0, "all is delivered")
        waiting = re.compile(r'^nabij_queue_waiting\{queue="werk"\} 0\.0$', re.MULTILINE)
        until(lambda: waiting.search(httpx.get(f"{self.address}/metrics", trust_env=False).text), "all cards are there")
