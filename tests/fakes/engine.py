"""The durable engine for tests: one per file, because ending one takes a second, and processes that may be killed.

    engine.durable.register("tel", work)            # in a test with the fixture `engine`
    with Worker(folder) as worker: worker.kill()    # a process of its own over the same kind of database

A process is `python -m tests.fakes.engine DATABASE_URL FOLDER`: it knows the workflows below, says `ready SLOT`, and
lives until it is stopped.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

import storage.tables  # noqa: F401 - makes the tables known
from storage.base import metadata
from storage.database import Database, count
from storage.durable import WORK, Durable, Run
from storage.writer import Writer
from tests.fakes.loopback import guarded

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0
STATUS = sa.table("workflow_status", *map(sa.column, ("workflow_uuid", "status", "executor_id", "application_version")))


def until(found: Callable[[], Any], what: str, within: float = PATIENCE_S) -> Any:
    """What `found` gives, once it is true; AssertionError that says what was waited for."""
    end = time.monotonic() + within
    while not (result := found()):
        assert time.monotonic() < end, f"{what}: not within {within:g} s"
        time.sleep(0.02)
    return result


class Engine:
    """A launched engine over a database with our tables; its work is done in this process."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        metadata.create_all(self.database.writing)
        self.durable = Durable(self.database)
        self.writer = Writer(self.database.writing)
        self.durable.launch()
        self._names = 0

    def close(self) -> None:
        """End it."""
        self.writer.close()
        self.durable.stop()
        self.database.close()

    def name(self) -> str:
        """A name that no other test uses."""
        self._names += 1
        return f"proef-{self._names}"

    def start(self, workflow: str, workflow_id: str, *args: object, queue: str = WORK) -> None:
        """Enqueue, as ingest does: in a job of the writer."""
        self.writer.submit(lambda c: self.durable.start(c, queue, workflow, workflow_id, *args)).result()

    def run(self, workflow: str, workflow_id: str, *args: object) -> str:
        """Enqueue and wait; how it ended."""
        self.start(workflow, workflow_id, *args)
        return self.ended(workflow_id)

    def ended(self, workflow_id: str) -> str:
        """Wait for the end of a workflow; its status."""
        return str(until(lambda: self._end(workflow_id), f"{workflow_id} ends"))

    def _end(self, workflow_id: str) -> str:
        status = status_of(self.database, workflow_id)
        return status if status not in ("", "ENQUEUED", "PENDING") else ""

    def counted(self, name: str) -> int:
        """A counter."""
        return counted(self.database, name)


def status_of(database: Database, workflow_id: str) -> str:
    """Status of a workflow; empty when it is not there."""
    table = sa.select(STATUS.c.status).where(STATUS.c.workflow_uuid == workflow_id)
    with database.reading.connect() as connection:
        return str(connection.execute(table).scalar() or "")


def counted(database: Database, name: str) -> int:
    """A counter; 0 when it was never raised."""
    with database.reading.connect() as connection:
        return int(connection.execute(sa.text("SELECT value FROM counter WHERE name = :n"), {"n": name}).scalar() or 0)


# ---------------------------------------------------------------- workflows of a process


def tally(run: Run, name: str, times: int) -> None:
    """Raise a counter so many times, each in a transaction of its own: read, then write."""
    for place in range(times):
        run.transaction(f"tel {place}", lambda session: _read_then_write(session, name))


def _read_then_write(session: Session, name: str) -> int:
    found = session.execute(sa.text("SELECT value FROM counter WHERE name = :n"), {"n": name}).scalar() or 0
    if found:
        session.execute(sa.text("UPDATE counter SET value = :v WHERE name = :n"), {"v": found + 1, "n": name})
    else:
        session.execute(sa.text("INSERT INTO counter (name, value) VALUES (:n, 1)"), {"n": name})
    return int(found) + 1


def long_way(run: Run, folder: str, name: str) -> None:
    """Count, stand still until `folder/gate` is there, count again: what is begun before a death and ended after it."""
    run.transaction("eerst", lambda session: count(session, f"{name}-eerst"))
    run.step("wacht", lambda: _stand(Path(folder), name))
    run.transaction("dan", lambda session: count(session, f"{name}-dan"))


def _stand(folder: Path, name: str) -> str:
    with (folder / "stood").open("a") as file:
        file.write(f"{name} {os.getpid()}\n")
    while not (folder / "gate").exists():
        time.sleep(0.02)
    return name


class Worker:
    """A process with an engine of its own. `with Worker(url, folder) as worker:`."""

    def __init__(self, url: str, folder: Path) -> None:
        self._command = [sys.executable, "-m", "tests.fakes.engine", url, str(folder)]
        self.slot = ""
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command, cwd=ROOT, env=guarded(os.environ), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        said = self.process.stdout.readline().split()
        assert said[:1] == ["ready"], f"the process said {said}"
        self.slot = said[1]
        return self

    def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


def main(url: str, _folder: str) -> None:
    """Work until stdin ends."""
    database = Database(url)
    durable = Durable(database)
    durable.register("tel", tally)
    durable.register("lange weg", long_way)
    durable.launch()
    sys.stdout.write(f"ready {durable.slot}\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
