"""Observed: when an account was really looked at, so that a figure can say what it does not know.

Every poll that works in time makes the newest stretch longer. What lies between two stretches was not watched: pushes
may have come, but nobody can say that nothing was missed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.calendar import Window
from storage.paper_tables import ObservedRow
from storage.tables import AccountRow

IN_TIME = 3
"""Intervals between two polls within which an account counts as watched; one that fails now and then is no gap."""
Account = tuple[str, str]
"""Platform key and account id."""

_observed = ObservedRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_accounts = AccountRow.__table__  # type: ignore[attr-defined]


def saw(session: Session | sa.Connection, platform: str, account: str, now: datetime, every_s: int) -> None:
    """A poll worked just now: the newest stretch goes on when it comes in time, else another begins. every_s: seconds
    between polls.
    """
    newest = (
        sa.select(_observed.c.id, _observed.c.until)
        .where(_observed.c.platform == platform, _observed.c.account == account, _observed.c.start <= now)
        .order_by(_observed.c.until.desc())
        .limit(1)
        .with_for_update()
    )
    row = session.execute(newest).first()
    if row is None or now - row.until > timedelta(seconds=IN_TIME * every_s):
        session.execute(sa.insert(_observed).values(platform=platform, account=account, start=now, until=now))
    elif now > row.until:
        session.execute(sa.update(_observed).where(_observed.c.id == row.id).values(until=now))


def stretches(session: Session, accounts: Iterable[Account], window: Window) -> dict[Account, tuple[Window, ...]]:
    """Per account the parts of a window in which it was looked at: in order, apart from each other, cut to the window.
    One look alone is a stretch without length.
    """
    rows = session.execute(
        sa.select(_observed.c.platform, _observed.c.account, _observed.c.start, _observed.c.until)
        .where(_observed.c.until >= window.start, _observed.c.start < window.end)
        .order_by(_observed.c.start)
    ).all()
    return {
        account: _joined([_cut(row.start, row.until, window) for row in rows if (row.platform, row.account) == account])
        for account in accounts
    }


def share(session: Session, accounts: Sequence[Account], window: Window) -> Mapping[Account, float | None]:
    """Per account how much of a window it was looked at, 0.0 to 1.0, counted from the moment it was first in use; None
    when it was not in use yet.
    """
    seen, since = stretches(session, accounts, window), in_use(session)
    return {account: _share(seen[account], since.get(account), window) for account in accounts}


def in_use(session: Session) -> Mapping[Account, datetime]:
    """Since when each account is in use."""
    return {(row.platform, row.account): row.since for row in session.execute(sa.select(_accounts))}


def _share(seen: Iterable[Window], since: datetime | None, window: Window) -> float | None:
    start = max(since, window.start) if since else window.end
    if start >= window.end:
        return None
    watched = sum((max(each.end - max(each.start, start), timedelta()) for each in seen), timedelta())
    return watched / (window.end - start)


def _cut(start: datetime, end: datetime, window: Window) -> Window:
    return Window(max(start, window.start), min(end, window.end))


def _joined(found: Sequence[Window]) -> tuple[Window, ...]:
    """Two processes may each have begun a stretch at the same moment: what overlaps counts once."""
    joined: list[Window] = []
    for each in found:
        if joined and each.start <= joined[-1].end:
            joined[-1] = Window(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return tuple(joined)
