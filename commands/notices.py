"""Notices: letters to people, each once per key, handed over by a workflow of its own (`commands.deliver`)."""

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.house import House
from storage.call_tables import NoticeRow
from storage.durable import CLICKS, WORK, Run

NOTICE = "bericht"
ALARM, REPORT, DIGEST = "alarm", "melding", "overzicht"
"""Kinds of notices."""

WAITS, SENT, FAILED, NO_ADDRESS, UNKNOWN = "wacht", "verzonden", "mislukt", "onbereikbaar", "onbekend"
"""States of a notice, see `NoticeRow`."""

TRIES = 3
AGAIN_AFTER = timedelta(seconds=15)
"""How often a letter that somebody waits for is handed over before we give up, and how soon again."""

_notices = NoticeRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it


def post(  # noqa: PLR0913 - each names a column, by name
    session: Session,
    house: House,
    run: Run,
    *,
    key: str,
    kind: str,
    who: str,
    incident_id: int | None = None,
    case_id: int | None = None,
    digest_id: int | None = None,
    step: int = 0,
) -> None:
    """Write a letter to somebody, inside the caller's transaction; nothing happens when this key was posted before.

    key: unique for ever · kind: ALARM, REPORT or DIGEST, with the id of what it is about · who: person key, `vangnet`
    or `overzicht` · step: of the order of call, from 1.
    """
    if session.scalars(sa.select(col(NoticeRow.id)).where(col(NoticeRow.key) == key)).first() is not None:
        return
    row = NoticeRow(
        key=key,
        kind=kind,
        who=who,
        incident_id=incident_id,
        case_id=case_id,
        digest_id=digest_id,
        step=step,
        at=house.clock.now(),
    )
    session.add(row)
    session.flush()
    run.start(session, WORK if kind == DIGEST else CLICKS, NOTICE, key, row.id)


def sweep(house: House, run: Run, connection: sa.Connection) -> int:
    """One job of the writer: letters that were refused a moment ago are handed over again; how many."""
    before = house.clock.now() - AGAIN_AFTER
    rows = connection.execute(
        sa.select(_notices.c.id, _notices.c.key, _notices.c.tries).where(
            _notices.c.state == WAITS, _notices.c.kind != DIGEST, _notices.c.tries > 0, _notices.c.tried_at <= before
        )
    ).all()
    for row in rows:
        run.start(connection, CLICKS, NOTICE, f"{row.key}:{row.tries}", row.id)
    return len(rows)
