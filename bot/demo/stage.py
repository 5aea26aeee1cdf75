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

UNDER_WAY = timedelta(seconds=2)
"""How old a moment can be that somebody read before a jump and writes after it."""

_sessions = SessionRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_links = StartLinkRow.__table__  # type: ignore[attr-defined]
_beats = HeartbeatRow.__table__  # type: ignore[attr-defined]
_observed = ObservedRow.__table__  # type: ignore[attr-defined]
_FRESH = (_sessions.c.started_at, _sessions.c.seen_at, _beats.c.last_ok)
"""Moments at which something was fresh."""


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

    def jump(self, ahead: timedelta) -> None:
        """Run on from so much later. ValueError for earlier, because no house lives backwards."""
        if ahead < timedelta():
            raise ValueError("a scenario never goes back in time")
        self._since += ahead


def jump(parts: Parts, clock: StageClock, to: datetime) -> None:
    """Be at this moment, with everything that would look old then although nothing was neglected: nobody is signed out,
    no check looks silent, and the page counts as watched. What is due meanwhile comes due, as after a real wait. For a
    moment that has passed nothing happens.

    The rows go first: seen from before the jump they only look very fresh. What was being written meanwhile still told
    the old time, and is moved afterwards.
    """
    before = clock.now()
    ahead = to - before
    if ahead <= timedelta():
        return
    parts.house.store(lambda connection: _move_all(connection, ahead))
    after = clock.now()
    clock.jump(ahead)
    parts.house.store(lambda connection: _move_late(connection, before - UNDER_WAY, after, ahead))


def _move_all(connection: sa.Connection, ahead: timedelta) -> None:
    for column in (*_FRESH, _links.c.expires_at):
        _move(connection, column, ahead, sa.true())
    _move(connection, _observed.c.until, ahead, _observed.c.id.in_(_newest(connection)))


def _move_late(connection: sa.Connection, since: datetime, until: datetime, ahead: timedelta) -> None:
    for column in _FRESH:
        _move(connection, column, ahead, column.between(since, until))


def _move(
    connection: sa.Connection, column: sa.Column[datetime], ahead: timedelta, wanted: sa.ColumnElement[bool]
) -> None:
    """Move this moment ahead in the rows that are wanted."""
    (key,) = column.table.primary_key
    for row, moment in connection.execute(sa.select(key, column).where(wanted)).all():
        connection.execute(sa.update(column.table).where(key == row).values({column.name: moment + ahead}))


def _newest(connection: sa.Connection) -> list[int]:
    """The newest stretch of every account: only that one still goes on."""
    rows = connection.execute(sa.select(_observed).order_by(_observed.c.until)).all()
    return list({(row.platform, row.account): int(row.id) for row in rows}.values())
