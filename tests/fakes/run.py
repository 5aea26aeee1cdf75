"""Durable work without the engine: everything is done at once, in order, in this thread."""

import json
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage.database import Database

T = TypeVar("T")


class Killed(BaseException):
    """The process died here."""


class PlainRun:
    """`storage.durable.Run` for tests of commands. Started workflows wait until `work` is called.

    Steps and transactions are noted per workflow, as the engine does, so that `kill_after` can stop a workflow between
    any two of them and `work` go on behind the last one. kill_inside: the same, but the death comes inside a step,
    after its effect and before its note, so that the step is done again. All that is noted must be plain data.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.workflows: dict[str, Callable[..., None]] = {}
        self.waiting: deque[tuple[str, str, tuple[Any, ...]]] = deque()
        self.seen: set[str] = set()
        self.failed: list[str] = []
        self.steps = 0
        self.kill_after: int | None = None
        self.kill_inside: int | None = None
        self._notes: dict[str, list[Any]] = {}
        self._current = ""
        self._place = 0

    def register(self, name: str, work: Callable[..., None]) -> None:
        """Give a workflow its name."""
        self.workflows[name] = work

    def transaction(self, name: str, work: Callable[[Session], T]) -> T:
        """Commit and note, together."""

        def inside() -> T:
            with self._database.write() as session:
                return work(session)

        return self._noted(inside)

    def step(self, name: str, work: Callable[[], T]) -> T:
        """Do, then note."""

        def inside() -> T:
            result = work()
            self._count_down("kill_inside")
            return result

        return self._noted(inside)

    def start(
        self, connection: sa.Connection | Session, queue: str, workflow: str, workflow_id: str, *args: object
    ) -> None:
        """Wait for `work`; the same id again is ignored."""
        if workflow_id not in self.seen:
            self.seen.add(workflow_id)
            self.waiting.append((workflow, workflow_id, tuple(_plain(list(args)))))

    def work(self) -> int:
        """Do everything that waits, and what comes of it; how many workflows. A killed one waits again."""
        done = 0
        while self.waiting:
            workflow, workflow_id, args = self.waiting[0]
            self._current, self._place = workflow_id, 0
            try:
                self.workflows[workflow](self, *args)
            except RuntimeError as error:
                if "reference" not in str(error):
                    raise
                self.failed.append(workflow_id)
            self.waiting.popleft()
            done += 1
        return done

    def _noted(self, work: Callable[[], T]) -> T:
        notes = self._notes.setdefault(self._current, [])
        self._place += 1
        if self._place <= len(notes):
            return notes[self._place - 1]
        result = _plain(work())
        notes.append(result)
        self.steps += 1
        self._count_down("kill_after")
        return result

    def _count_down(self, name: str) -> None:
        left = getattr(self, name)
        if left is None:
            return
        setattr(self, name, left - 1 if left > 1 else None)
        if left <= 1:
            raise Killed


def _plain(result: Any) -> Any:
    """What the engine would give back after a restart."""
    return json.loads(json.dumps(result))
