"""Who is called, and who next: the order of call of an incident, step by step, until somebody takes notice.

A round of calls is frozen into the incident when it opens, and anew when it opens again. Each step is a deadline; what
is overdue after downtime is done in order, at once, each step once.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from commands import notices
from commands.alarm import (
    CALL,
    LOOK_AGAIN,
    cases_of,
    close_deadlines,
    end_if_decided,
    is_living,
    nobody,
    note,
    set_deadline,
    take_due,
    touch,
    undecided,
)
from commands.case import lock
from commands.house import House
from commands.roster import order_of_call_for
from domain.categories import Certainty
from domain.incidents import Call, IncidentState, order_of_call
from domain.orders import CLOCK
from domain.states import OPEN
from storage import watch
from storage.call_tables import IncidentRow
from storage.durable import Run
from storage.register_entry import Event
from storage.tables import DeadlineRow


def begin(session: Session, house: House, run: Run, incident: IncidentRow) -> None:
    """It is open: the calls begin now, with whoever is on call now."""
    now = house.clock.now()
    calls = _order(session, house, incident, now)
    incident.state, incident.by, incident.by_at, incident.until = IncidentState.OPEN.value, "", None, None
    incident.calls = [[call.after_s, list(call.who)] for call in calls]
    incident.calls_from, incident.step = now, 0
    incident.round += 1
    close_deadlines(session, house, incident, LOOK_AGAIN)
    if not any(house.settings.addresses.get(who) for call in calls for who in call.who):
        alarm = watch.Alarm("There is an alarm and nobody can be called: nobody in the order of call has an address.")
        watch.sound(session, nobody(incident), alarm, now)
    _call(session, house, run, incident)
    touch(session, incident)


def _order(session: Session, house: House, incident: IncidentRow, now: datetime) -> tuple[Call, ...]:
    """Sure of it, or in an event: the commanders at once. Otherwise the person on call judges first."""
    moderators, commanders, everybody = order_of_call_for(session, house, now)
    numbers = house.settings.numbers
    sure = any(case.certainty == Certainty.HOOG for case in cases_of(session, incident) if case.state in OPEN)
    if sure or incident.event_id is not None:
        chain = (*commanders, *moderators)
        first, then = chain[:1], chain[1:2]
    else:
        first, then = moderators, commanders
    return order_of_call(first, then, everybody, next_s=60 * numbers.alert_next_min, all_s=60 * numbers.alert_all_min)


def planned(incident: IncidentRow) -> tuple[datetime, tuple[str, ...]] | None:
    """When who is called next; None when nobody will be."""
    if incident.state != IncidentState.OPEN or incident.step >= len(incident.calls):
        return None
    after_s, who = incident.calls[incident.step]
    return incident.calls_from + timedelta(seconds=after_s), tuple(who)


def _call(session: Session, house: House, run: Run, incident: IncidentRow) -> None:
    """Do every step that is due, in order, and set the moment of the next one."""
    while (step := planned(incident)) is not None:
        at, who = step
        if at > house.clock.now():
            set_deadline(session, house, incident, CALL, at)
            return
        _call_these(session, house, run, incident, who)


def _call_these(session: Session, house: House, run: Run, incident: IncidentRow, who: tuple[str, ...]) -> None:
    incident.step += 1
    for person in who:
        notices.post(
            session,
            house,
            run,
            key=f"{notices.ALARM}:{incident.id}:{incident.round}:{incident.step}:{person}",
            kind=notices.ALARM,
            who=person,
            incident_id=incident.id,
            step=incident.step,
        )
    note(session, house, incident, Event.ALARM, reason=incident.kind, count=incident.step, actor=CLOCK, automated=True)


def call_next(house: House, run: Run, deadline_id: int) -> None:
    """Nobody took notice in time: the next are called."""
    run.transaction("roep op", lambda session: _call_next(session, house, run, deadline_id))


def _call_next(session: Session, house: House, run: Run, deadline_id: int) -> None:
    incident = _of_due(session, house, deadline_id)
    if incident is not None and incident.state == IncidentState.OPEN:
        _call(session, house, run, incident)
        touch(session, incident)


def look_again(house: House, run: Run, deadline_id: int) -> None:
    """Somebody looked, or muted it, or nobody answered a while ago: what is still undecided calls again."""
    run.transaction("herzie", lambda session: _look_again(session, house, run, deadline_id))


def _look_again(session: Session, house: House, run: Run, deadline_id: int) -> None:
    incident = _of_due(session, house, deadline_id)
    if incident is None or not is_living(incident):
        return
    if undecided(session, incident):
        begin(session, house, run, incident)
    else:
        end_if_decided(session, house, incident)


def _of_due(session: Session, house: House, deadline_id: int) -> IncidentRow | None:
    lock(session)
    row: DeadlineRow | None = take_due(session, house, deadline_id)
    return session.get_one(IncidentRow, row.incident_id) if row else None
