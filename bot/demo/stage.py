"""The time of a scenario: a clock that runs at its own pace and can jump, and what jumps along with it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.parts import Parts
from storage.paper_tables import ObservedRow
from storage.tables import HeartbeatRow, SessionRow, StartLinkRow

OPENING = datetime(2027, 7, 17, 20, 45, tzinfo=UTC)
"""Saturday 17 July 2027, 22:45 in Ghent: the second night of the Gentse Feesten."""

_sessions = SessionRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_links = StartLinkRow.__table__  # type: ignore[attr-defined]
_beats = HeartbeatRow.__table__  # type: ignore[attr-defined]
_observed = ObservedRow.__table__  # type: ignore[attr-defined]


class StageClock:
    """`domain.clock.Clock` of a scenario: begins at a moment, runs as fast as any clock, and can jump ahead.

    ticks: seconds that only go on.
    """

    def __init__(self, start: datetime = OPENING, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._since = start - timedelta(seconds=ticks())

    def now(self) -> datetime:
        """The moment on stage, aware, UTC."""
        return self._since + timedelta(seconds=self._ticks())

    def jump(self, to: datetime) -> None:
        """Stand at this moment and run on. ValueError for the past, because no house lives backwards."""
        self._since += self.ahead(to)

    def ahead(self, to: datetime) -> timedelta:
        """How far away a moment is; ValueError for the past."""
        found = to - self.now()
        if found < timedelta():
            raise ValueError("a scenario never goes back in time")
        return found


def jump(parts: Parts, clock: StageClock, to: datetime) -> None:
    """Jump, with everything that would look old afterwards although nothing was neglected: nobody is signed out, no
    check looks silent, and the page counts as watched. What is due meanwhile comes due, as after a real wait.

    The rows go first: seen from before the jump they only look very fresh.
    """
    ahead = clock.ahead(to)
    parts.house.store(lambda connection: _shift(connection, ahead))
    clock.jump(to)


def _shift(connection: sa.Connection, ahead: timedelta) -> int:
    """Move these rows ahead; how many."""
    return (
        _move(connection, _sessions, _sessions.c.hash, ahead, "started_at", "seen_at")
        + _move(connection, _links, _links.c.hash, ahead, "expires_at")
        + _move(connection, _beats, _beats.c.name, ahead, "last_ok")
        + _move(connection, _observed, _observed.c.id, ahead, "until", only=_newest(connection))
    )


def _move(
    connection: sa.Connection,
    table: sa.Table,
    key: sa.Column[object],
    ahead: timedelta,
    *columns: str,
    only: tuple[object, ...] | None = None,
) -> int:
    rows = connection.execute(sa.select(key, *(table.c[name] for name in columns))).all()
    chosen = [row for row in rows if only is None or row[0] in only]
    for row in chosen:
        moved = {name: getattr(row, name) + ahead for name in columns}
        connection.execute(sa.update(table).where(key == row[0]).values(**moved))
    return len(chosen)


def _newest(connection: sa.Connection) -> tuple[object, ...]:
    """The newest stretch of every account: only that one still goes on."""
    rows = connection.execute(sa.select(_observed).order_by(_observed.c.until)).all()
    return tuple({(row.platform, row.account): row.id for row in rows}.values())
