"""Digests: reports made by the clock, each once, caught up after downtime.

    job ─ which are due? ─▶ workflow `weekoverzicht:2026-W47:…` ─▶ figures ─▶ row + notice, in one commit

The same report is the same workflow in every clock process, and a row with a unique name besides. While the row is not
there, each hour has a workflow of its own: one that ended in an error must not cost the week its report.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands import notices
from commands.case import lock
from commands.figures import digest, totals
from commands.house import House
from commands.views import working_hours
from domain.digests import (
    AccountCoverage,
    Digest,
    DigestKind,
    OpenWork,
    Period,
    PostFigures,
    Span,
    before,
    day,
    due,
    week,
)
from domain.errors import BadInput
from domain.settings import OVERZICHT as READERS
from storage.durable import CLOCK, Run
from storage.paper_tables import DigestRow
from storage.tables import AccountRow

OVERZICHT = "overzicht"
"""Workflow that makes one report."""

_name = col(DigestRow.name)


# ---------------------------------------------------------------- which are due


def catch_up(house: House, run: Run) -> int:
    """Start what is due and not there yet; how many. A report that is being made already is not made again."""
    with house.read() as session:
        periods = _due(session, house)
    hour = f"{house.clock.now():%Y%m%d%H}"
    for period in periods:
        house.store(partial(_start, run=run, period=period, hour=hour))
    return len(periods)


def _start(connection: sa.Connection, run: Run, period: Period, hour: str) -> None:
    moments = (period.start.isoformat(), period.end.isoformat())
    run.start(connection, CLOCK, OVERZICHT, f"{period.id}:{hour}", period.kind.value, period.key, *moments)


def _due(session: Session, house: House) -> list[Period]:
    since = session.scalar(sa.select(sa.func.min(col(AccountRow.since))))
    if since is None:
        return []
    return due(house.clock.now(), working_hours(house), _made(session), since)


def _made(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(sa.select(_name)))


# ---------------------------------------------------------------- make one


def make(house: House, run: Run, *plain: str) -> None:
    """The workflow of one report: kind, key, start and end (ISO 8601) of its period. A Dagstart begins where the last
    one ended, so its key alone does not say it.
    """
    kind, key, start, end = plain
    period = Period(DigestKind(kind), key, datetime.fromisoformat(start), datetime.fromisoformat(end))
    with house.read() as session:
        content = to_data(figures(session, house, period))
    run.transaction("overzicht", lambda session: _keep(session, house, run, period, content))


def _keep(session: Session, house: House, run: Run, period: Period, content: dict[str, Any]) -> None:
    """The report is there, and who gets it by mail will; unless it was there already."""
    lock(session)
    if session.scalars(sa.select(_name).where(_name == period.id)).first() is not None:
        return
    row = DigestRow(name=period.id, kind=period.kind.value, content=content, made_at=house.clock.now())
    session.add(row)
    session.flush()
    if READERS in house.settings.addresses:
        mail = f"{OVERZICHT}:{period.id}"
        notices.post(session, house, run, key=mail, kind=notices.DIGEST, who=READERS, digest_id=row.id)


def figures(session: Session, house: House, period: Period) -> Digest:
    """The figures of a period, with those of the week before beside them as they were reported then."""
    if period.kind is DigestKind.DAGSTART:
        return digest(session, house, period, {})
    last = before(period)
    row = _stored(session, last.id)
    previous = digest_of(row).totals if row else totals(session, house, last.window)
    return digest(session, house, period, previous)


def report(session: Session, house: House, *, week_key: str = "", day_key: str = "") -> Digest:
    """The report of a week or of a day: as it was made, or made now when it never was. BadInput for a wrong key, and
    for a period that is not over yet.
    """
    period = week(week_key) if week_key else day(day_key, working_hours(house), _made(session))
    if row := _stored(session, period.id):
        return digest_of(row)
    if period.end > house.clock.now():
        raise BadInput("That is not over yet: {key} ends later.", key=period.key)
    return figures(session, house, period)


def _stored(session: Session, name: str) -> DigestRow | None:
    return session.scalars(sa.select(DigestRow).where(_name == name)).first()


# ---------------------------------------------------------------- as data


def to_data(made: Digest) -> dict[str, Any]:
    """A report as plain data, for storage."""
    data = asdict(made)
    for name in ("start", "end", "made_at"):
        data[name] = data[name].isoformat()
    for each in data["coverage"]:
        each["since"] = each["since"].isoformat() if each["since"] else None
    data["work"]["oldest"] = made.work.oldest.isoformat() if made.work.oldest else None
    return data


def digest_of(row: DigestRow) -> Digest:
    """A report as it was made."""
    data = row.content
    parts: dict[str, Any] = {
        "kind": DigestKind(data["kind"]),
        **{name: datetime.fromisoformat(data[name]) for name in ("start", "end", "made_at")},
        **{name: _spans(data[name]) for name in ("to_action", "visible")},
        "posts": tuple(PostFigures(**each) for each in data["posts"]),
        "work": _work(data["work"]),
        "coverage": tuple(_coverage(each) for each in data["coverage"]),
        "events": tuple(data["events"]),
    }
    return Digest(**{**data, **parts})


def _spans(data: Mapping[str, Any]) -> dict[str, Span]:
    return {key: Span(**each) for key, each in data.items()}


def _coverage(data: Mapping[str, Any]) -> AccountCoverage:
    return AccountCoverage(**{**data, "since": datetime.fromisoformat(data["since"]) if data.get("since") else None})


def _work(data: Mapping[str, Any]) -> OpenWork:
    return OpenWork(**{**data, "oldest": datetime.fromisoformat(data["oldest"]) if data["oldest"] else None})
