"""Who is signed in: start links and sessions, kept by hash only, so that a stolen database opens no door."""

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.tables import SessionRow, StartLinkRow

LINK_LIVES = timedelta(minutes=30)
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
_TOUCH = timedelta(minutes=5)
_BYTES = 32

_links = StartLinkRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_sessions = SessionRow.__table__  # type: ignore[attr-defined]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def make_link(connection: sa.Connection, person: str, now: datetime) -> str:
    """A new start token for this person, good once and for half an hour."""
    token = secrets.token_urlsafe(_BYTES)
    connection.execute(sa.insert(_links).values(hash=_hash(token), person=person, expires_at=now + LINK_LIVES))
    return token


def open_link(connection: sa.Connection, token: str, now: datetime) -> str | None:
    """Exchange a start token for a cookie; None when it is unknown, used or too old."""
    taken = connection.execute(
        sa.update(_links)
        .where(_links.c.hash == _hash(token), _links.c.used_at.is_(None), _links.c.expires_at > now)
        .values(used_at=now)
        .returning(_links.c.person)
    ).scalar()
    if taken is None:
        return None
    cookie = secrets.token_urlsafe(_BYTES)
    connection.execute(sa.insert(_sessions).values(hash=_hash(cookie), person=taken, started_at=now, seen_at=now))
    return cookie


def whose(connection: sa.Connection, cookie: str, now: datetime) -> tuple[str, bool] | None:
    """(person key, whether `seen` should be called) of a living session; None otherwise."""
    row = connection.execute(sa.select(_sessions).where(_sessions.c.hash == _hash(cookie))).first()
    if row is None or now - row.seen_at > IDLE or now - row.started_at > LONGEST:
        return None
    return row.person, now - row.seen_at > _TOUCH


def seen(connection: sa.Connection, cookie: str, now: datetime) -> None:
    """The session was used just now."""
    connection.execute(sa.update(_sessions).where(_sessions.c.hash == _hash(cookie)).values(seen_at=now))


def forget(connection: sa.Connection, now: datetime) -> int:
    """Remove sessions and start links that no longer open anything; how many."""
    old = connection.execute(sa.delete(_sessions).where(_sessions.c.started_at < now - LONGEST)).rowcount
    return old + connection.execute(sa.delete(_links).where(_links.c.expires_at < now - LONGEST)).rowcount
