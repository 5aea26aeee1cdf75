"""The writer: one thread per process through which everything the edge stores is committed.

Whoever must store something before it may answer hands in a job and waits. The writer gathers what waits, runs the jobs
in one transaction, commits once, and only then answers all of them: one flush to disk serves many. When a job fails,
the transaction is taken back and all of it done again with each job behind a savepoint, so that its neighbours live; a
job may therefore run twice, and does nothing but write rows. Clicks go before ingest, and one transaction takes a
bounded number of rows, so that a click never waits for a flood.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from domain.errors import StorageUnavailable

T = TypeVar("T")
Job = Callable[[sa.Connection], T]
ROWS_PER_COMMIT = 200
QUEUE_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T]):
    job: Job[T]
    rows: int
    result: "Future[T]"


_Told = tuple[_Waiting[Any], Any, BaseException | None]
"""A job with its result, or with its error."""


class Writer:
    """Takes jobs from any thread, commits them in groups."""

    def __init__(self, engine: sa.Engine) -> None:
        """engine: the writing engine of `storage.database`."""
        self._engine = engine
        self._urgent: deque[_Waiting[Any]] = deque()
        self._others: deque[_Waiting[Any]] = deque()
        self._wake = threading.Condition()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def submit(self, job: Job[T], *, urgent: bool = False, rows: int = 1) -> "Future[T]":
        """Run the job in the next commit. The future ends after the commit: with the job's result, with the job's own
        error, or with StorageUnavailable; the sender must then come back. rows: what the job writes, roughly.
        """
        waiting: _Waiting[T] = _Waiting(job, rows, Future())
        with self._wake:
            if not self._open or (not urgent and len(self._others) >= QUEUE_LIMIT):
                waiting.result.set_exception(StorageUnavailable("The writer takes nothing now; try again."))
                return waiting.result
            (self._urgent if urgent else self._others).append(waiting)
            self._wake.notify()
        return waiting.result

    def waiting(self) -> int:
        """Jobs that wait, for the metrics."""
        return len(self._urgent) + len(self._others)

    def close(self) -> None:
        """Commit what waits, then stop."""
        with self._wake:
            self._open = False
            self._wake.notify()
        self._thread.join()

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        while group := self._next_group():
            # Whoever gave up waiting before this moment wants nothing stored; from here on it is too late to cancel.
            self._commit([each for each in group if each.result.set_running_or_notify_cancel()])

    def _next_group(self) -> list[_Waiting[Any]]:
        with self._wake:
            while self._open and not self._urgent and not self._others:
                self._wake.wait()
            group: list[_Waiting[Any]] = list(self._urgent)
            self._urgent.clear()
            rows = sum(each.rows for each in group)
            while self._others and (not group or rows + self._others[0].rows <= ROWS_PER_COMMIT):
                group.append(self._others.popleft())
                rows += group[-1].rows
            return group

    def _commit(self, group: Sequence[_Waiting[Any]]) -> None:
        try:
            told = self._together(group)
        except Exception:  # noqa: BLE001 - whose error it is, and whom it hits, comes out one by one
            told = self._one_by_one(group)
        for each, result, error in told:
            if error is None:
                each.result.set_result(result)
            else:
                each.result.set_exception(error)

    def _together(self, group: Iterable[_Waiting[Any]]) -> list[_Told]:
        with self._engine.begin() as connection:
            return [(each, each.job(connection), None) for each in group]

    def _one_by_one(self, group: Sequence[_Waiting[Any]]) -> list[_Told]:
        try:
            with self._engine.begin() as connection:
                return [_behind_savepoint(connection, each) for each in group]
        except SQLAlchemyError as error:
            refusal = _refusal(error)
            return [(each, None, refusal) for each in group]


def _behind_savepoint(connection: sa.Connection, each: _Waiting[Any]) -> _Told:
    """A rollback raises when a full disk ended the whole transaction: then all are refused."""
    savepoint = connection.begin_nested()
    try:
        result = each.job(connection)
        savepoint.commit()
    except DBAPIError as error:
        savepoint.rollback()
        return each, None, _refusal(error)
    except Exception as error:  # noqa: BLE001 - the worker loop is an edge: its neighbours must live
        savepoint.rollback()
        return each, None, error
    return each, result, None


def _refusal(error: SQLAlchemyError) -> StorageUnavailable:
    kind = type(error.orig if isinstance(error, DBAPIError) and error.orig else error).__name__
    return StorageUnavailable("The database did not take it ({why}); try again.", why=kind)
