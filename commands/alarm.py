"""What everything about incidents shares: find them, touch them, note them in the register, end them.

Whoever changes an incident has taken the lock of the house first (`commands.case.lock`). Nothing is committed here.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.house import House
from domain.incidents import LIVING, IncidentKind, IncidentState
from domain.orders import CLOCK
from domain.states import OPEN
from storage import watch
from storage.call_tables import IncidentCaseRow, IncidentRow
from storage.database import count
from storage.register_entry import Entry, Event
from storage.tables import CaseRow, CommentRow, DeadlineRow

CALL = "oproep"
LOOK_AGAIN = "herzie"
DECIDED, IN_SIGHT, ACCOUNT_LEFT = "beslist", "weer_zicht", "account_weg"
"""Why an incident ended by itself: words of the register."""

_deadlines = DeadlineRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it


# ---------------------------------------------------------------- find


def living(session: Session, key: str) -> IncidentRow | None:
    """The living incident of this key; there is at most one."""
    return session.scalars(
        sa.select(IncidentRow).where(col(IncidentRow.key) == key, col(IncidentRow.ended_at).is_(None))
    ).first()


def cases_of(session: Session, incident: IncidentRow) -> list[CaseRow]:
    """Its cases, in the order in which they joined."""
    return list(
        session.scalars(
            sa.select(CaseRow)
            .join(IncidentCaseRow, col(IncidentCaseRow.case_id) == col(CaseRow.id))
            .where(col(IncidentCaseRow.incident_id) == incident.id)
            .order_by(col(IncidentCaseRow.joined_at), col(CaseRow.id))
        )
    )


def undecided(session: Session, incident: IncidentRow) -> bool:
    """True while somebody has to decide: on a case of it, or while its account cannot be seen."""
    if incident.kind == IncidentKind.BLIND:
        return incident.ended_at is None
    return any(case.state in OPEN for case in cases_of(session, incident))


# ---------------------------------------------------------------- change


def touch(session: Session, incident: IncidentRow) -> None:
    """It must be drawn again, everywhere."""
    incident.changed = count(session, "changed")


def set_deadline(session: Session, house: House, incident: IncidentRow, kind: str, due_at: datetime) -> None:
    """A moment at which something must happen to it; an open one of the same kind is replaced."""
    now = house.clock.now()
    close_deadlines(session, house, incident, kind)
    seconds = max(0, int((due_at - now).total_seconds()))
    session.add(DeadlineRow(kind=kind, incident_id=incident.id, by=CLOCK, set_at=now, due_at=due_at, seconds=seconds))


def close_deadlines(session: Session, house: House, incident: IncidentRow, *kinds: str) -> None:
    """These moments need not come any more (all kinds when none is named)."""
    wanted = (_deadlines.c.kind.in_(kinds),) if kinds else ()
    session.execute(
        sa.update(_deadlines)
        .where(_deadlines.c.incident_id == incident.id, _deadlines.c.closed_at.is_(None), *wanted)
        .values(closed_at=house.clock.now())
    )


def take_due(session: Session, house: House, deadline_id: int) -> DeadlineRow | None:
    """The deadline, closed, when it is still wanted and due; None otherwise."""
    row = session.get_one(DeadlineRow, deadline_id)
    if row.closed_at is not None or row.due_at > house.clock.now():
        return None
    row.closed_at = house.clock.now()
    return row


def look_again_in(session: Session, house: House, incident: IncidentRow) -> datetime:
    """Whoever looked or muted has this long; then it is looked at again. Until when."""
    until = house.clock.now() + timedelta(minutes=house.settings.numbers.alert_mute_min)
    set_deadline(session, house, incident, LOOK_AGAIN, until)
    return until


def end(session: Session, house: House, incident: IncidentRow, state: IncidentState) -> None:
    """It is over: nobody is called any more. The register line is the caller's."""
    incident.state, incident.ended_at, incident.until = state.value, house.clock.now(), None
    close_deadlines(session, house, incident)
    watch.end(session, nobody(incident), house.clock.now())
    touch(session, incident)


def end_by_itself(session: Session, house: House, incident: IncidentRow, reason: str) -> None:
    """It is over, and no person said so."""
    end(session, house, incident, IncidentState.GESLOTEN)
    note(session, house, incident, Event.ALARM_GESLOTEN, reason=reason, actor=CLOCK, automated=True)


def nobody(incident: IncidentRow) -> str:
    """Name of the alarm of the house that nobody can be called for this incident."""
    return f"oproep:{incident.id}"


# ---------------------------------------------------------------- a case of it was decided


def settle(session: Session, house: House, case: CaseRow) -> None:
    """A case was decided, or went on: its living incidents are drawn again, and end once nothing is left to decide.
    Not when nobody looked: an author who takes a threat away does not unsay it.
    """
    rows = session.scalars(
        sa.select(IncidentRow)
        .join(IncidentCaseRow, col(IncidentCaseRow.incident_id) == col(IncidentRow.id))
        .where(col(IncidentCaseRow.case_id) == case.id, col(IncidentRow.ended_at).is_(None))
    ).all()
    for incident in rows:
        touch(session, incident)
        end_if_decided(session, house, incident)


def end_if_decided(session: Session, house: House, incident: IncidentRow) -> bool:
    """End an incident of which nothing is left to decide, once somebody took notice or decided; True when it ended."""
    if incident.kind == IncidentKind.BLIND or undecided(session, incident):
        return False
    if not incident.by and all(case.done_by in ("", CLOCK) for case in cases_of(session, incident)):
        return False
    end_by_itself(session, house, incident, DECIDED)
    return True


def is_living(incident: IncidentRow) -> bool:
    """Not over yet."""
    return incident.state in LIVING


# ---------------------------------------------------------------- register


def note(session: Session, house: House, incident: IncidentRow, event: Event, **more: Any) -> None:  # noqa: ANN401
    """A register line about an incident, with the number of the case that began it. more: fields of Entry."""
    first = next(iter(cases_of(session, incident)), None)
    about: dict[str, Any] = {
        "platform": incident.platform,
        "account": incident.account,
        "post_id": incident.post or None,
        "to_state": incident.state,
    }
    if first is not None:
        author = session.get_one(CommentRow, first.comment_id).author_id
        about |= {"case": first.number, "category": first.category, "author_id": author}
    house.register.append(session, Entry(event=event, **{**about, **more}))
