"""Polling: the safety net under the pushes. What a push missed comes in here, and a poll that fails is noticed.

A new account is read from the moment it was first seen; what is older comes in only by an explicit backfill, without
cards. The cursor moves only after a page is stored, and overlaps a little, because pages shift while they are read.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands import accounts, ingest
from commands.accounts import reach
from commands.house import House
from commands.observed import saw
from domain.errors import AccountStopped, PlatformError
from domain.model import Change, ChangeKind, Comment, Raw, Reading
from domain.ports import Platform
from storage.durable import Run
from storage.tables import AccountRow, HeartbeatRow
from storage.watch import beat, stumble

OVERLAP = timedelta(minutes=5)
POLL = "peiling"

_accounts = AccountRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_heartbeats = HeartbeatRow.__table__  # type: ignore[attr-defined]


def _heartbeat(platform: str, account: str) -> str:
    return f"{POLL}:{platform}:{account}"


def poll(house: House, run: Run, platform_key: str, account: str) -> None:
    """The workflow of one poll of one account."""
    outcome = run.step("peil", lambda: _poll(house, run, platform_key, account))
    run.transaction("gepeild", lambda session: _note(session, house, platform_key, account, outcome))


def _poll(house: House, run: Run, key: str, account: str) -> dict[str, str | int]:
    started = house.clock.now()
    try:
        platform = reach(house, key, account)
        new = read_since(house, run, platform, _cursor(house, key, account))
    except PlatformError as error:
        return {"ok": 0, "why": error.kind, "code": error.code}
    return {"ok": 1, "new": new, "until": started.isoformat()}


def _cursor(house: House, key: str, account: str) -> datetime:
    """From when on to read: a little before the last poll, never before the account was first seen."""
    with house.read() as session:
        row = session.get_one(AccountRow, (key, account))
    return max(row.since, (row.polled_until or row.since) - OVERLAP)


def read_since(  # noqa: PLR0913 - the last two are for a backfill only, and by name
    house: House,
    run: Run,
    platform: Platform,
    since: datetime,
    *,
    quiet: bool = False,
    told: Callable[[int], None] | None = None,
) -> int:
    """Read and store all comments since a moment, page by page; how many were new or changed. told: progress."""
    changed = 0
    for page in platform.recent(since):
        changed += _store_page(house, run, platform, [each for each in page if _since(each, since)], quiet=quiet)
        if told:
            told(len(page))
    return changed


def _since(comment: Comment, since: datetime) -> bool:
    return comment.created_at is None or comment.created_at >= since


def _store_page(house: House, run: Run, platform: Platform, page: Sequence[Comment], *, quiet: bool) -> int:
    if not page:
        return 0
    reading = Reading(tuple(Change(ChangeKind.AANGEPAST, comment) for comment in page))
    raw = Raw(f"{platform.key}:peiling", _as_bytes(page))
    stored = 0
    for batch in ingest.judge(house, platform.key, raw, reading, quiet=quiet):
        result: ingest.Stored = house.store(partial(ingest.store, house, run, batch=batch))
        stored += result.new + result.edited
    return stored


def _as_bytes(page: Sequence[Comment]) -> bytes:
    """What a page told, as we read it; the exact bytes come with the capture of each flagged comment."""
    return json.dumps([[each.id, each.post_id, each.text] for each in page], ensure_ascii=True).encode()


def _note(session: Session, house: House, key: str, account: str, outcome: dict[str, str | int]) -> None:
    name, interval = _heartbeat(key, account), house.settings.numbers.poll_s
    now = house.clock.now()
    if outcome["ok"]:
        session.get_one(AccountRow, (key, account)).polled_until = datetime.fromisoformat(str(outcome["until"]))
        accounts.works(session, house, key, account)
        beat(session, name, now, interval)
        saw(session, key, account, now, interval)
        return
    stumble(session, name, now, interval, str(outcome["why"]))
    if outcome["why"] == AccountStopped.__name__:
        accounts.stop(session, house, key, account, str(outcome["code"]))


def meet(connection: sa.Connection, house: House) -> None:
    """At start: every account in the settings is known, from now on if it is new; a stopped one may try again, because
    a start means that a person looked. One that was taken out of the settings is not missed.
    """
    expected = [_heartbeat(account.platform, account.id) for account in house.settings.accounts]
    polls = _heartbeats.c.name.startswith(f"{POLL}:", autoescape=True)
    connection.execute(sa.delete(_heartbeats).where(polls, _heartbeats.c.name.not_in(expected)))
    for account in house.settings.accounts:
        here = (_accounts.c.platform == account.platform, _accounts.c.account == account.id)
        again = sa.update(_accounts).where(*here).values(stopped_at=None, stopped_code="")
        if not connection.execute(again.returning(_accounts.c.account)).all():
            connection.execute(
                sa.insert(_accounts).values(
                    platform=account.platform, account=account.id, since=house.clock.now(), stopped_code=""
                )
            )
