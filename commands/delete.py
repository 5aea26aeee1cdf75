"""*Verwijderen*: capture → hide → grace → delete (product §10), and its *Annuleren*.

    press ──▶ capture ──▶ hide ──▶ gepland, bedenktijd 60 s ──▶ capture again ──▶ delete ──▶ read back
              │ none: nothing happens          │ cancel: visible again     │ text changed: open again, nothing deleted

A grace that nobody could watch (everything was down) is shown again as a fresh one before anything is deleted.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from commands.act import begin, carry_out
from commands.case import (
    GRACE,
    Matter,
    close_deadlines,
    decide,
    entry,
    hold,
    load,
    lock,
    open_again,
    see,
    set_deadline,
    touch,
)
from commands.flow import DELETE, HIDE, UNHIDE, Flow, Outcome, Task
from commands.house import House, wall
from domain.categories import CATEGORIES
from domain.errors import BadInput, NotPossible
from domain.model import Answer
from domain.orders import CLOCK
from domain.states import Marker, State, Visibility
from storage.durable import Run
from storage.register_entry import Event, Result
from storage.tables import DeadlineRow

WATCHED_S = 15
"""A grace overdue by more than this was not watched by anybody."""


def _planned(session: Session, house: House, matter: Matter, outcome: Outcome) -> Answer:
    """Hidden (or not, then the card says so); the grace begins."""
    hidden = outcome["result"] == Result.GELUKT
    if hidden:
        see(matter.comment, Visibility.VERBORGEN)
    before = matter.case.state
    decide(session, house, matter, State.GEPLAND)
    due = set_deadline(session, house, matter, GRACE, house.settings.numbers.delete_grace_s).due_at
    said = entry(house, matter, Event.GEPLAND, from_state=before, to_state=State.GEPLAND.value, due=due)
    house.register.append(session, said)
    if hidden:
        return Answer(True, "Hidden now; deleted at {at} unless you cancel.", {"at": wall(due)})
    return Answer(True, "Hiding failed, so it stays visible; deleted at {at} unless you cancel.", {"at": wall(due)})


def _deleted(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    see(matter.comment, Visibility.VERWIJDERD)
    decide(session, house, matter, State.AFGEHANDELD)
    return Answer(True, "Deleted at {at}; this cannot be undone.", {"at": wall(house.clock.now())})


def _cancelled(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    before = matter.case.state
    see(matter.comment, Visibility.ZICHTBAAR)
    decide(session, house, matter, State.HEROPEND)
    said = entry(house, matter, Event.GEANNULEERD, from_state=before, to_state=State.HEROPEND.value)
    house.register.append(session, said)
    return Answer(True, "Cancelled: visible again and open again.")


FIRST = Flow("verwijderen", "verwijderen", HIDE, _planned, strict=True, also_failed=True)
SECOND = Flow("bedenktijd", "verwijderen", DELETE, _deleted, strict=True)
CANCEL = Flow("annuleren", "annuleren", UNHIDE, _cancelled)


# ---------------------------------------------------------------- press and cancel


def delete(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Delete` order up to its grace."""
    if run.transaction("neem", lambda session: begin(session, house, order_id, DELETE, _motivated, _erasable)):
        carry_out(run, Task(house, FIRST, order_id))


def _motivated(_house: House, matter: Matter) -> None:
    """Only what breaks a house rule is deleted; on a service card the person has to say which."""
    category = getattr(matter.order, "category", "") or matter.case.category
    if not CATEGORIES[category].breach:
        raise BadInput("Choose the house rule that was broken; this is none of them.")


def _erasable(_house: House, matter: Matter) -> None:
    if Marker.BEWAARPLICHT.value in matter.case.markers:
        raise NotPossible("Legal hold: this may not be erased.")


def cancel(house: House, run: Run, order_id: int) -> None:
    """Carry out a `CancelDelete` order: the grace ends at once, then the comment is made visible."""
    if run.transaction("neem", lambda session: _begin_cancel(session, house, order_id)):
        carry_out(run, Task(house, CANCEL, order_id))


def _begin_cancel(session: Session, house: House, order_id: int) -> bool:
    if not begin(session, house, order_id, UNHIDE):
        return False
    close_deadlines(session, house, load(session, order_id).case, GRACE)
    return True


# ---------------------------------------------------------------- when the grace is over


def grace_over(house: House, run: Run, deadline_id: int) -> None:
    """The clock says that a grace may be over; the row says whether it is."""
    order_id = run.transaction("bedenktijd", lambda session: _take_due(session, house, deadline_id))
    if order_id:
        carry_out(run, Task(house, SECOND, order_id))


def _take_due(session: Session, house: House, deadline_id: int) -> int:
    """Take the case of a grace that is really over; 0 when there is nothing to do."""
    lock(session)
    row = session.get_one(DeadlineRow, deadline_id)
    now = house.clock.now()
    if row.closed_at is not None or row.due_at > now:
        return 0
    matter = load(session, row.order_id or 0)
    if Marker.BEWAARPLICHT.value in matter.case.markers:
        _held_back(session, house, matter)
        return 0
    if now - row.due_at > timedelta(seconds=WATCHED_S):
        row.set_at, row.due_at = now, now + timedelta(seconds=row.seconds)
        touch(session, matter.case)
        return 0
    if not hold(session, house, matter, (State.GEPLAND,)):
        return 0
    row.closed_at = now
    return matter.id


def _held_back(session: Session, house: House, matter: Matter) -> None:
    """A legal hold came in time: nothing is erased, a person looks again."""
    open_again(session, house, matter.case)
    said = entry(
        house,
        matter,
        Event.GEANNULEERD,
        actor=CLOCK,
        automated=True,
        reason=Marker.BEWAARPLICHT.value,
        from_state=State.GEPLAND.value,
        to_state=matter.case.state,
    )
    house.register.append(session, said)
    touch(session, matter.case)
