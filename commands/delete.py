"""*Verwijderen*: capture → hide → grace → delete (product §10), and its *Annuleren*.

    press ──▶ capture ──▶ hide ──▶ gepland, bedenktijd 60 s ──▶ capture again ──▶ delete ──▶ read back
              │ none: nothing happens          │ cancel: visible again     │ text changed: open again, nothing deleted

A grace that nobody could watch (everything was down) is shown again as a fresh one before anything is deleted.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from commands.act import DELETE, HIDE, UNHIDE, Flow, Outcome, begin, carry_out
from commands.case import GRACE, Matter, close_deadlines, decide, entry, load, set_deadline, touch
from commands.house import House, wall
from domain.model import Answer
from domain.states import Marker, State, Visibility
from storage.durable import Run
from storage.register_entry import Event, Result
from storage.tables import CaseRow, DeadlineRow

WATCHED_S = 15
"""A grace overdue by more than this was not watched by anybody."""


def _planned(session: Session, house: House, matter: Matter, outcome: Outcome) -> Answer:
    """Hidden (or not, then the card says so); the grace begins."""
    hidden = outcome["result"] == Result.GELUKT
    if hidden:
        matter.comment.visibility = Visibility.VERBORGEN.value
    before, case = matter.case.state, matter.case
    decide(house, case, matter.order, State.GEPLAND)
    seconds = house.settings.numbers.delete_grace_s
    due = set_deadline(session, house, case, GRACE, seconds, order_id=matter.given.id, by=matter.order.by)
    house.register.append(
        session, entry(house, matter, Event.GEPLAND, from_state=before, to_state=State.GEPLAND.value, due=due.due_at)
    )
    at = wall(due.due_at)
    if hidden:
        return Answer(True, "Hidden now; deleted at {at} unless you cancel.", {"at": at})
    return Answer(True, "Hiding failed, so it stays visible; deleted at {at} unless you cancel.", {"at": at})


def _deleted(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    matter.comment.visibility = Visibility.VERWIJDERD.value
    close_deadlines(session, house, matter.case)
    decide(house, matter.case, matter.order, State.AFGEHANDELD)
    return Answer(True, "Deleted at {at}; this cannot be undone.", {"at": wall(house.clock.now())})


def _cancelled(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    before = matter.case.state
    matter.comment.visibility = Visibility.ZICHTBAAR.value
    decide(house, matter.case, matter.order, State.HEROPEND)
    house.register.append(
        session, entry(house, matter, Event.GEANNULEERD, from_state=before, to_state=State.HEROPEND.value)
    )
    return Answer(True, "Cancelled: visible again and open again.")


FIRST = Flow("verwijderen", HIDE, _planned, strict=True, also_failed=True)
SECOND = Flow("bedenktijd", DELETE, _deleted, strict=True)
CANCEL = Flow("annuleren", UNHIDE, _cancelled)


def delete(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Delete` order up to its grace."""
    if run.transaction("neem", lambda session: _begin(session, house, order_id)):
        carry_out(house, run, order_id, FIRST)


def _begin(session: Session, house: House, order_id: int) -> bool:
    matter = load(session, order_id)
    chosen = str(matter.given.data.get("category", ""))
    if not begin(session, house, order_id, DELETE):
        return False
    if chosen:
        matter.case.category = chosen
    return True


def cancel(house: House, run: Run, order_id: int) -> None:
    """Carry out a `CancelDelete` order: the grace ends at once, then the comment is made visible."""
    if not run.transaction("neem", lambda session: _begin_cancel(session, house, order_id)):
        return
    carry_out(house, run, order_id, CANCEL)


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
        carry_out(house, run, order_id, SECOND)


def _take_due(session: Session, house: House, deadline_id: int) -> int:
    """Take the case of a grace that is really over; 0 when there is nothing to do."""
    row = session.get_one(DeadlineRow, deadline_id)
    case = session.get_one(CaseRow, row.case_id)
    now = house.clock.now()
    if row.closed_at is not None or row.due_at > now or case.state != State.GEPLAND or case.doing_order is not None:
        return 0
    if Marker.BEWAARPLICHT.value in case.markers:
        return 0
    if now - row.due_at > timedelta(seconds=WATCHED_S):
        row.set_at, row.due_at = now, now + timedelta(seconds=row.seconds)
        touch(session, case)
        return 0
    matter = load(session, row.order_id or 0)
    row.closed_at = now
    case.doing_order, case.doing_word, case.doing_by, case.doing_at = matter.given.id, "verwijderen", row.by, now
    touch(session, case)
    return matter.given.id or 0
