"""Engines and sessions: who reads, who writes, and how a commit gets to disk.

Three engines on one database. `writing` has one connection on SQLite and begins every transaction with
BEGIN IMMEDIATE, because a deferred begin loses updates without an error; the writer thread and the transactions of
workflow steps share it. `reading` takes no lock. The durable engine gets an engine of its own: a transaction
that waits for a second connection of its own pool hangs.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from domain.errors import Misconfigured

_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")
_POOL_WAIT_S = 60
_POSTGRES_WRITERS = 4
_READERS = 8


def is_sqlite(url: str) -> bool:
    """True for the embedded default; Misconfigured for an address of neither database. The address may hold a password,
    so it is not repeated.
    """
    try:
        name = make_url(url).drivername
    except ArgumentError:
        name = ""
    if name not in ("sqlite", "sqlite+pysqlite", "postgresql+psycopg"):
        raise Misconfigured("NABIJ_DATABASE_URL must begin with postgresql+psycopg:// or sqlite:///.")
    return name != "postgresql+psycopg"


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Misconfigured(
            "The data folder {path} cannot be made ({why}); name another one with --data.",
            path=str(path),
            why=error.strerror or type(error).__name__,
        ) from None


class Database:
    """The three doors to one database."""

    def __init__(self, url: str) -> None:
        """url: an SQLAlchemy address; the folder of an SQLite file is made when absent."""
        self.url = url
        self.sqlite = is_sqlite(url)
        if self.sqlite and (path := make_url(url).database):
            _make_folder(Path(path).parent)
        self.writing = self._engine(immediate=True, size=1 if self.sqlite else _POSTGRES_WRITERS)
        self.reading = self._engine(immediate=False, size=_READERS)

    def engine_for_workflows(self) -> Engine:
        """A separate engine for the durable engine's own tables.

        On SQLite it never runs out of connections: a workflow that holds the write lock reads here, and must not wait
        for others that hold all connections while they wait for that lock.
        """
        return self._engine(immediate=False, size=_READERS, extra=-1 if self.sqlite else 0)

    def _engine(self, *, immediate: bool, size: int, extra: int = 0) -> Engine:
        engine = create_engine(
            self.url, pool_size=size, max_overflow=extra, pool_timeout=_POOL_WAIT_S, hide_parameters=True
        )
        if self.sqlite:
            event.listen(engine, "connect", _prepare_immediate if immediate else _prepare)
        if self.sqlite and immediate:
            event.listen(engine, "begin", _begin_immediate)
        return engine

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session that takes no write lock; nothing in it is committed."""
        with Session(self.reading, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction, committed at the end. For start-up, tests and the command line; a running
        process writes through the writer and through workflow transactions.
        """
        with Session(self.writing, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give the connections back."""
        self.writing.dispose()
        self.reading.dispose()


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _prepare_immediate(connection: sqlite3.Connection, record: object) -> None:
    connection.isolation_level = None
    _prepare(connection, record)


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def count(session: Session, name: str) -> int:
    """The next value of a counter without gaps, inside the caller's transaction."""
    one_more = sa.text(
        "INSERT INTO counter (name, value) VALUES (:name, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counter.value + 1 RETURNING value"
    )
    return int(session.execute(one_more, {"name": name}).scalar_one())
