"""When somebody is called for comments: at once, or once a case was undecided for too long.

What belongs together, the comments under one post, is one living incident: a further case joins it instead of calling
everybody again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from commands import calls
from commands.agenda import confirmed
from commands.alarm import LOOK_AGAIN, living, set_deadline, take_due, touch
from commands.case import lock
from commands.house import House
from commands.views import cover_of
from domain.calendar import due
from domain.categories import Urgency
from domain.events import EventView, current
from domain.incidents import ALWAYS, IncidentKind, IncidentState
from domain.orders import CLOCK
from domain.states import OPEN, State
from storage.call_tables import IncidentCaseRow, IncidentRow
from storage.durable import Run
from storage.tables import CaseRow, CommentRow, DeadlineRow, FlagRow

OVER_TIME = "reactietijd"

_deadlines = DeadlineRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it


def consider(session: Session, house: House, run: Run, case: CaseRow, flags: Sequence[FlagRow]) -> None:
    """A case is new, or was judged again: call somebody now, later when it stays undecided, or not at all. flags: those
    that count of the text that was judged.
    """
    if case.urgency < Urgency.KRITIEK or case.state not in OPEN:
        return
    now = house.clock.now()
    critical = {case.category, *(flag.category for flag in flags if flag.urgency >= Urgency.KRITIEK)}
    outside = event_at(session, now) is not None or not cover_of(session, house).covers(now)
    if outside or not critical.isdisjoint(ALWAYS):
        call_for(session, house, run, case)
    else:
        _call_later(session, house, case)


def event_at(session: Session, moment: datetime) -> EventView | None:
    """The confirmed event of this moment."""
    return current(confirmed(session, moment), moment)


# ---------------------------------------------------------------- later


def _call_later(session: Session, house: House, case: CaseRow) -> None:
    """Somebody is at work: the clock calls if the case is still undecided when its time is up."""
    waiting = (_deadlines.c.case_id == case.id, _deadlines.c.kind == OVER_TIME, _deadlines.c.closed_at.is_(None))
    if session.execute(sa.select(_deadlines.c.id).where(*waiting)).first() is not None:
        return
    now = house.clock.now()
    since = now if case.decided_at else case.opened_at
    at = due(Urgency.KRITIEK, since, cover_of(session, house), house.settings.numbers.targets).at
    seconds = max(0, int((at - now).total_seconds()))
    session.add(DeadlineRow(kind=OVER_TIME, case_id=case.id, by=CLOCK, set_at=now, due_at=at, seconds=seconds))


def over_time(house: House, run: Run, deadline_id: int) -> None:
    """The time of a *kritiek* case is up: whoever is on call is called, unless it was decided."""
    run.transaction("te laat", lambda session: _over_time(session, house, run, deadline_id))


def _over_time(session: Session, house: House, run: Run, deadline_id: int) -> None:
    lock(session)
    row = take_due(session, house, deadline_id)
    case = session.get_one(CaseRow, row.case_id) if row else None
    if case is not None and case.state in OPEN and case.urgency >= Urgency.KRITIEK:
        call_for(session, house, run, case)


# ---------------------------------------------------------------- now


def call_for(session: Session, house: House, run: Run, case: CaseRow) -> None:
    """Call for this case: it joins the living incident of its post, or begins one."""
    comment = session.get_one(CommentRow, case.comment_id)
    key = f"{IncidentKind.REACTIES}:{comment.platform}:{comment.post or comment.comment}"  # pasted: of no known post
    incident = living(session, key) or _new(session, house, case, comment, key)
    if incident is None:  # another process was faster by a hair
        incident = living(session, key)
    if incident is None:
        raise LookupError("an incident is taken and cannot be found")
    if incident.round == 0:
        _join(session, house, incident, case)
        calls.begin(session, house, run, incident)
    elif _join(session, house, incident, case) or case.state == State.HEROPEND:
        _wake(session, house, run, incident)


def _new(session: Session, house: House, case: CaseRow, comment: CommentRow, key: str) -> IncidentRow | None:
    now = house.clock.now()
    event = event_at(session, now)
    row = IncidentRow(
        key=key,
        kind=IncidentKind.REACTIES.value,
        urgency=case.urgency,
        platform=comment.platform,
        account=comment.account,
        post=comment.post,
        event_id=event.id if event else None,
        opened_at=now,
        calls_from=now,
    )
    return insert(session, row)


def insert(session: Session, row: IncidentRow) -> IncidentRow | None:
    """Store a new incident; None when a living one has its key, which the database decides."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        return None
    return row


def _join(session: Session, house: House, incident: IncidentRow, case: CaseRow) -> bool:
    """The case belongs to it; False when it did already."""
    if session.get(IncidentCaseRow, (incident.id, case.id)) is not None:
        return False
    session.add(IncidentCaseRow(incident_id=incident.id or 0, case_id=case.id or 0, joined_at=house.clock.now()))
    incident.urgency = max(incident.urgency, case.urgency)
    session.flush()
    return True


def _wake(session: Session, house: House, run: Run, incident: IncidentRow) -> None:
    """Something new came to an incident: a mute ends at once, whoever looked is asked to look again soon, and when all
    were called and nobody answered, the calls begin again.
    """
    touch(session, incident)
    now, numbers = house.clock.now(), house.settings.numbers
    if incident.state == IncidentState.GEDEMPT:
        calls.begin(session, house, run, incident)
    elif incident.state == IncidentState.GEZIEN:
        soon = (incident.by_at or now) + timedelta(minutes=numbers.alert_next_min)
        set_deadline(session, house, incident, LOOK_AGAIN, max(now, soon))
    elif calls.planned(incident) is None:
        soon = incident.calls_from + timedelta(minutes=numbers.alert_all_min)
        set_deadline(session, house, incident, LOOK_AGAIN, max(now, soon))
