"""Durable work: what was begun is finished, whatever dies in between. The one module that knows the engine (DBOS core).

A workflow is a plain function `work(run, *ids)` under a name. What it does goes through `run`: `transaction` commits
our rows together with the note that this step was done (exactly once), `step` is one external effect (repeated only if
the process dies inside it), `start` enqueues another workflow. Inputs and results are stored, so they hold ids and
plain words, never the text of a comment.

Settings that are not optional, each pinned by a test:
1. an engine of its own with WAL, a busy timeout and synchronous FULL    4. a slot per live process, version "stable"
2. separate engines for the durable engine and for our rows             5. the portable JSON serializer, never pickle
3. BEGIN IMMEDIATE by event on our writing engine (SQLite)              6. no limiter of the engine: pacing is ours
"""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, SQLAlchemyDatasource
from dbos._datasource import DatasourceOptions
from dbos._serialization import DBOSPortableJSONSerializer
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from storage.database import Database
from storage.slots import SLOTS, FileLocks, Locks, PostgresLocks, claim

T = TypeVar("T")
APP = "nabij"
VERSION = "stable"
SCHEMA = "dbos"
WORKFLOW = "nabij"
CLICKS, WORK, CLOCK = "klik", "werk", "klok"
QUEUES: dict[str, tuple[int, float]] = {CLICKS: (16, 0.05), WORK: (16, 0.1), CLOCK: (8, 0.1)}
"""Queue → how many at once per process, and how often it is looked at (seconds). Clicks never wait behind work."""
_REAP_EVERY_S = 0.5
_log = logging.getLogger(__name__)


class Run(Protocol):
    """What a workflow may do."""

    def transaction(self, name: str, work: Callable[[Session], T]) -> T:
        """Commit our rows and the note that this was done, together. The result must be plain data."""
        ...

    def step(self, name: str, work: Callable[[], T]) -> T:
        """One external effect; its result (plain data) is noted. It must end in a result, not in an exception."""
        ...

    def start(
        self, connection: sa.Connection | Session, queue: str, workflow: str, workflow_id: str, *args: object
    ) -> None:
        """Enqueue a workflow within the caller's transaction. The same id again is ignored."""
        ...


Workflow = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Stuck:
    """Work that ended in an error or was tried too often."""

    id: str
    workflow: str
    status: str


class Durable:
    """The engine of one process. Made once; `launch` takes a slot and starts work, `stop` ends it."""

    def __init__(self, database: Database, *, locks: Locks | None = None) -> None:
        """locks: handed in by tests; otherwise those that fit the database."""
        self._database = database
        self._locks = locks
        self._workflows: dict[str, Workflow] = {}
        self._stop = threading.Event()
        self._reaper: threading.Thread | None = None
        self._system = database.engine_for_workflows()
        self._serializer = DBOSPortableJSONSerializer()
        names = ("queue_name", "status", "created_at", "executor_id")
        self._status = sa.table(
            "workflow_status", *(sa.column(name) for name in names), schema=None if database.sqlite else SCHEMA
        )
        self.slot = ""
        self._data: SQLAlchemyDatasource | None = None
        self._client = DBOSClient(
            system_database_engine=self._system, serializer=self._serializer, application_name=APP, lazy=True
        )

    # -------------------------------------------------- life

    def register(self, name: str, work: Workflow) -> None:
        """Give a workflow its name. Every process registers all, so that none takes what it cannot do."""
        self._workflows[name] = work

    def launch(self, *, queues: Sequence[str] | None = None) -> None:
        """Take a slot, take over what a dead holder of it left, and start working. queues: only these (default all)."""
        self._locks = self._locks or _locks_for(self._database)
        self.slot = claim(self._locks)
        _current.engine = self
        self._data = SQLAlchemyDatasource.create(
            self._database.url, engine=self._database.writing, serializer=self._serializer, schema=SCHEMA
        )
        DBOS(config=self._config())
        if queues is not None:
            DBOS.listen_queues(list(queues))
        DBOS.launch()
        for name, (at_once, poll) in QUEUES.items():
            DBOS.register_queue(name, worker_concurrency=at_once, polling_interval_sec=poll)
        self._reaper = threading.Thread(target=self._reap_for_ever, name="reaper", daemon=True)
        self._reaper.start()

    def stop(self, *, wait_s: int = 0) -> None:
        """Take no more work, give running work `wait_s` seconds to end, and end the engine. The slot dies with us."""
        self._stop.set()
        if self._reaper is not None:
            self._reaper.join()
        DBOS.destroy(workflow_completion_timeout_sec=wait_s)
        self.close()

    def close(self) -> None:
        """Give the connections of the engine back; all there is to do for one that was never launched."""
        self._system.dispose()

    def _config(self) -> DBOSConfig:
        return {
            "name": APP,
            "system_database_url": self._database.url,
            "system_database_engine": self._system,
            "application_version": VERSION,
            "executor_id": self.slot,
            "serializer": self._serializer,
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": 0.05,
        }

    # -------------------------------------------------- work

    def start(
        self, connection: sa.Connection | Session, queue: str, workflow: str, workflow_id: str, *args: object
    ) -> None:
        """Enqueue within the caller's transaction: rows and work are committed together, or not at all. Works
        without a launch as well (a command line hands work to the processes that run), once the tables are there.
        """
        if not workflow_id:
            raise ValueError("a workflow needs an id")
        self._client.enqueue_in_transaction(
            connection,
            {"workflow_name": WORKFLOW, "queue_name": queue, "workflow_id": workflow_id, "app_version": VERSION},
            workflow,
            *args,
        )

    # the three things a workflow may do (Run)

    def transaction(self, name: str, work: Callable[[Session], T]) -> T:
        """Commit our rows and the note that this was done, together."""
        if self._data is None:
            raise RuntimeError("the durable engine is not launched")
        options: DatasourceOptions = {
            "name": name,
            "isolation_level": "SERIALIZABLE" if self._database.sqlite else "READ COMMITTED",
        }

        def inside() -> T:
            session: Session = self._data.sql_session()  # type: ignore[union-attr]  # checked above
            return work(session)

        return self._data.run_tx_step(options, inside)

    def step(self, name: str, work: Callable[[], T]) -> T:
        """One external effect."""
        return DBOS.run_step({"name": name}, work)

    def perform(self, workflow: str, args: Sequence[Any]) -> None:
        """Do one workflow; called by the engine."""
        self._workflows[workflow](self, *args)

    # -------------------------------------------------- watch

    def alive(self) -> bool:
        """False when this process no longer hands on or takes work."""
        return self._reaper is not None and self._reaper.is_alive()

    def stuck(self, limit: int = 100) -> list[Stuck]:
        """Work that ended in an error or in the engine's dead letters."""
        found = DBOS.list_workflows(
            status=["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
            limit=limit,
            sort_desc=True,
            load_input=False,
            load_output=False,
        )
        return [Stuck(each.workflow_id, each.name, each.status) for each in found]

    def prune(self, older_than: timedelta, limit: int = 1000) -> int:
        """Forget work that finished longer ago than this, by the engine's own clock; how many. Later than any
        redelivery, because a forgotten id no longer stops a second run.
        """
        before_ms = int((time.time() - older_than.total_seconds()) * 1000)
        found = DBOS.list_workflows(
            status="SUCCESS", completed_before=_iso(before_ms), limit=limit, load_input=False, load_output=False
        )
        DBOS.delete_workflows([each.workflow_id for each in found])
        return len(found)

    def depth(self) -> dict[str, int]:
        """Per queue how much waits, for the metrics and the heartbeat."""
        waits = self._status.c.status == "ENQUEUED"
        queue = self._status.c.queue_name
        with self._system.connect() as connection:
            rows = connection.execute(sa.select(queue, sa.func.count()).where(waits).group_by(queue))
            counted = {str(name): int(number) for name, number in rows}
        return {name: counted.get(name, 0) for name in QUEUES}

    def waiting_s(self) -> float | None:
        """For how long the oldest waiting work waits, seconds by the engine's own clock; None when nothing waits."""
        waits = self._status.c.status == "ENQUEUED"
        with self._system.connect() as connection:
            found = connection.execute(sa.select(sa.func.min(self._status.c.created_at)).where(waits)).scalar()
        return None if found is None else time.time() - int(found) / 1000

    # -------------------------------------------------- hand on what dead processes left

    def _reap_for_ever(self) -> None:
        while not self._stop.wait(_REAP_EVERY_S):
            if self._locks is not None and not self._locks.alive():
                _die("the lock of this process is lost; another may already do its work")
            try:
                self.reap()
            except (sa.exc.SQLAlchemyError, OSError) as error:
                _log.warning("reaper: %s; again in a moment", type(error).__name__)

    def reap(self) -> list[str]:
        """Hand on the work of every slot whose process is dead; the slots that were dead."""
        if self._locks is None:
            return []
        dead = []
        for slot in self._owners():
            if slot == self.slot or slot not in SLOTS or not self._locks.take(slot):
                continue
            try:
                DBOS._recover_pending_workflows([slot])  # noqa: SLF001 - in the engine's core, but not yet public
                dead.append(slot)
            finally:
                self._locks.give_back(slot)
        return dead

    def _owners(self) -> list[str]:
        owner = self._status.c.executor_id
        with self._system.connect() as connection:
            rows = connection.execute(sa.select(owner).where(self._status.c.status == "PENDING").distinct())
            return [str(each) for (each,) in rows]


class _Current:
    """Which engine of this process the one registered workflow belongs to."""

    engine: Durable | None = None


_current = _Current()


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=100)
def _perform(workflow: str, *args: Any) -> None:  # noqa: ANN401 - plain data of any workflow
    """The one workflow the engine knows; ours have their own names inside it, so that no process can lack one."""
    if _current.engine is None:
        raise RuntimeError("no durable engine in this process")
    _current.engine.perform(workflow, args)


def _locks_for(database: Database) -> Locks:
    if database.sqlite:
        return FileLocks(Path(make_url(database.url).database or ".").parent / "slots")
    return PostgresLocks(database.engine_for_workflows())


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


def _die(why: str) -> None:
    _log.critical(why)
    logging.shutdown()
    os._exit(70)
