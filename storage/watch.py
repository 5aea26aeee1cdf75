"""Heartbeats and alarms: every check that can be blind says when it last succeeded, and silence becomes an alarm."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.errors import NabijError
from storage.tables import AlarmRow, HeartbeatRow

TOO_LARGE = "te-groot:"
"""Begin of the name of an alarm about a delivery that was too large; the platform stands behind it."""
CLOCK_BACK = "klok-terug"
"""Name of the alarm about a clock that went back."""
MISSED = 2
"""Intervals of silence after which a check counts as blind."""


class Alarm(NabijError):
    """What people read on every page until it ends; a msgid with params, like an error, but told instead of raised."""


def beat(session: Session, name: str, now: datetime, interval_s: int) -> None:
    """This check succeeded just now."""
    row = session.get(HeartbeatRow, name) or HeartbeatRow(name=name, last_ok=now, interval_s=interval_s)
    row.last_ok, row.interval_s, row.last_error = now, interval_s, ""
    session.add(row)


def stumble(session: Session, name: str, now: datetime, interval_s: int, why: str) -> None:
    """This check failed; its last success stands. A check that never succeeded counts from its first failure."""
    row = session.get(HeartbeatRow, name) or HeartbeatRow(name=name, last_ok=now, interval_s=interval_s)
    row.interval_s, row.last_error = interval_s, why
    session.add(row)


def silent(session: Session, now: datetime) -> list[HeartbeatRow]:
    """Checks that missed two intervals."""
    rows = session.scalars(select(HeartbeatRow)).all()
    return [row for row in rows if now - row.last_ok > timedelta(seconds=MISSED * row.interval_s)]


def heartbeats(session: Session) -> list[HeartbeatRow]:
    """All checks, for the health page."""
    return list(session.scalars(select(HeartbeatRow).order_by(col(HeartbeatRow.name))))


def sound(session: Session, name: str, alarm: Alarm, now: datetime) -> bool:
    """Begin an alarm unless it sounds already; True when it is new."""
    if _sounding(session, name) is not None:
        return False
    session.add(AlarmRow(name=name, msgid=alarm.msgid, params=_plain(alarm.params), since=now))
    return True


def sound_in(connection: sa.Connection, name: str, alarm: Alarm, now: datetime) -> bool:
    """`sound` inside a job of the writer."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        new = sound(session, name, alarm, now)
        session.commit()
    return new


def end(session: Session, name: str, now: datetime) -> bool:
    """End an alarm; True when it sounded."""
    row = _sounding(session, name)
    if row is None:
        return False
    row.ended_at = now
    return True


def alarms(session: Session) -> list[AlarmRow]:
    """Alarms that sound, oldest first."""
    return list(session.scalars(select(AlarmRow).where(col(AlarmRow.ended_at).is_(None)).order_by(col(AlarmRow.since))))


def _sounding(session: Session, name: str) -> AlarmRow | None:
    return session.scalars(select(AlarmRow).where(col(AlarmRow.name) == name, col(AlarmRow.ended_at).is_(None))).first()


def _plain(params: Mapping[str, object]) -> dict[str, str | int]:
    return {key: value if isinstance(value, int) else str(value) for key, value in params.items()}
