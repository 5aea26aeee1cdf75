"""Blindness: an account that could not be read for too long calls somebody, because no news then means nothing.

Not: no comments. What counts is the last poll that worked. A stopped account is as blind as any.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands import calls
from commands.alarm import ACCOUNT_LEFT, IN_SIGHT, end_by_itself
from commands.case import lock
from commands.house import House
from commands.incidents import event_at, insert
from commands.poll import POLL
from domain.categories import Urgency
from domain.incidents import IncidentKind
from domain.settings import Account
from storage.call_tables import IncidentRow
from storage.durable import Run
from storage.tables import AccountRow, HeartbeatRow


def look(session: Session, house: House, run: Run) -> int:
    """Begin an incident for every account that is blind for too long, end those that see again; how many changed."""
    if not any(_found(session, house)):
        return 0
    lock(session)
    session.expire_all()  # what somebody else did until we had the lock counts
    wanted, over = _found(session, house)
    for incident, reason in over:
        end_by_itself(session, house, incident, reason)
    return len(over) + sum(_begin(session, house, run, account, since) for account, since in wanted)


def _found(session: Session, house: House) -> tuple[list[tuple[Account, datetime]], list[tuple[IncidentRow, str]]]:
    """Accounts that are blind since when and have no incident for it, and incidents that are over, with why."""
    blind = [each for each in (_blind(session, house, account) for account in house.settings.accounts) if each]
    wanted = [(account, since) for account, since in blind if _is_news(session, account, since)]
    return wanted, list(_over(session, house))


def _blind(session: Session, house: House, account: Account) -> tuple[Account, datetime] | None:
    """The account and since when it cannot be seen, when that is too long."""
    now, numbers = house.clock.now(), house.settings.numbers
    since = _last_seen(session, account)
    limit = numbers.blind_event_min if event_at(session, now) else numbers.blind_min
    return (account, since) if since is not None and now - since > timedelta(minutes=limit) else None


def _last_seen(session: Session, account: Account) -> datetime | None:
    """When a poll last worked; since the account is known when none ever did, None when it is not known yet."""
    row = session.get(AccountRow, (account.platform, account.id))
    beat = session.get(HeartbeatRow, f"{POLL}:{account.platform}:{account.id}")
    if row is None:
        return None
    return beat.last_ok if beat is not None and row.polled_until is not None else row.since


def _key(account: Account) -> str:
    return f"{IncidentKind.BLIND}:{account.platform}:{account.id}"


def _is_news(session: Session, account: Account, since: datetime) -> bool:
    """False when this very blindness has its incident, also one that a person ended."""
    last = session.scalars(
        sa.select(IncidentRow).where(col(IncidentRow.key) == _key(account)).order_by(col(IncidentRow.id).desc())
    ).first()
    return last is None or (last.ended_at is not None and last.blind_since != since)


def _begin(session: Session, house: House, run: Run, account: Account, since: datetime) -> bool:
    now = house.clock.now()
    event = event_at(session, now)
    row = insert(
        session,
        IncidentRow(
            key=_key(account),
            kind=IncidentKind.BLIND.value,
            urgency=Urgency.KRITIEK.value if event else Urgency.HOOG.value,
            platform=account.platform,
            account=account.id,
            event_id=event.id if event else None,
            opened_at=now,
            calls_from=now,
            blind_since=since,
        ),
    )
    if row is None:
        return False
    calls.begin(session, house, run, row)
    return True


def _over(session: Session, house: House) -> Iterable[tuple[IncidentRow, str]]:
    """Living incidents whose account sees again, or left the settings."""
    rows = session.scalars(
        sa.select(IncidentRow).where(
            col(IncidentRow.kind) == IncidentKind.BLIND.value, col(IncidentRow.ended_at).is_(None)
        )
    ).all()
    for row in rows:
        account = house.account(row.platform, row.account)
        seen = _last_seen(session, account) if account else None
        if account is None:
            yield row, ACCOUNT_LEFT
        elif seen is not None and row.blind_since is not None and seen > row.blind_since:
            yield row, IN_SIGHT
