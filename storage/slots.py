"""A slot per process: the name under which a process owns its work, held by a lock that dies with it.

Whoever can take the lock of a slot that still owns work knows that its process is dead, and may hand that work on.
On SQLite the lock is an `flock` on a file (the kernel frees it when the holder dies), on PostgreSQL a session-level
advisory lock on a connection of its own.
"""

import fcntl
import os
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

SLOTS = tuple(f"w{place}" for place in range(16))
_NAMESPACE = 0x4E41
"""First integer of the advisory locks, so that they meet nobody else's."""


class Locks(Protocol):
    """Locks on slots."""

    def take(self, slot: str) -> bool:
        """True when the lock was free and is ours now."""
        ...

    def give_back(self, slot: str) -> None:
        """Free a lock taken by us."""
        ...

    def alive(self) -> bool:
        """False when the locks may have been lost: the process must end at once."""
        ...


class FileLocks:
    """Locks for processes on one machine."""

    def __init__(self, folder: Path) -> None:
        """folder: where the lock files stand, beside the database."""
        self._folder = folder
        self._held: dict[str, int] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, slot: str) -> bool:
        """True when the lock was free and is ours now."""
        if slot in self._held:
            return False
        handle = os.open(self._folder / f"{slot}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._held[slot] = handle
        return True

    def give_back(self, slot: str) -> None:
        """Free a lock taken by us."""
        os.close(self._held.pop(slot))

    def alive(self) -> bool:
        """File locks are never lost while the process lives."""
        return True


class PostgresLocks:
    """Locks for processes on several machines that share one PostgreSQL."""

    def __init__(self, engine: sa.Engine) -> None:
        """engine: gives the one connection that holds all locks of this process."""
        self._connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        self._held: set[str] = set()

    def take(self, slot: str) -> bool:
        """True when the lock was free and is ours now. The lock is re-entrant, so our own slots are never tried."""
        if slot in self._held:
            return False
        taken = bool(self._ask("pg_try_advisory_lock", slot))
        if taken:
            self._held.add(slot)
        return taken

    def give_back(self, slot: str) -> None:
        """Free a lock taken by us."""
        self._ask("pg_advisory_unlock", slot)
        self._held.discard(slot)

    def alive(self) -> bool:
        """False when the connection, and with it the locks, is gone."""
        try:
            self._connection.execute(sa.text("SELECT 1"))
        except sa.exc.SQLAlchemyError:
            return False
        return True

    def _ask(self, function: str, slot: str) -> object:
        statement = sa.select(getattr(sa.func, function)(_NAMESPACE, SLOTS.index(slot)))
        return self._connection.execute(statement).scalar()


def claim(locks: Locks) -> str:
    """The first free slot, held from now on; RuntimeError when sixteen processes live already."""
    for slot in SLOTS:
        if locks.take(slot):
            return slot
    raise RuntimeError("all 16 process slots are taken; stop a process first")
