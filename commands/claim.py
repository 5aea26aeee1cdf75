"""*Neem ik*, *Laat los*, and the expiry of a claim."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from commands.case import (
    CLAIM,
    Matter,
    allow,
    answer,
    change,
    close_deadlines,
    entry,
    entry_of,
    lock,
    refuse,
    set_deadline,
    touch,
)
from commands.house import House, wall
from domain.errors import Expected, NotPossible
from domain.model import Answer
from domain.orders import CLOCK
from domain.states import State
from storage.durable import Run
from storage.register_entry import Event
from storage.tables import CaseRow, CommentRow, DeadlineRow

LOOK_AGAIN = timedelta(seconds=60)
"""When a claim runs out while an order is being carried out."""


def claim(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Claim` order."""
    run.transaction("neem ik", lambda session: _claim(session, house, order_id))


def _claim(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    case, person = matter.case, matter.order.by
    try:
        allow(house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return
    taken_from = case.claimed_by if case.claimed_by not in (None, person) else None
    before = case.state
    if case.state in (State.NIEUW, State.HEROPEND):
        case.state = State.IN_BEHANDELING.value
    case.claimed_by, case.claimed_at = person, house.clock.now()
    until = wall(renew(session, house, matter))
    _register(session, house, matter, before, taken_from)
    touch(session, case)
    answer(matter, house, Answer(True, "Yours until {until}.", {"until": until}))


def renew(session: Session, house: House, matter: Matter) -> datetime:
    """A claim lasts from the last activity on; until when now."""
    return set_deadline(session, house, matter, CLAIM, house.settings.numbers.claim_ttl_min * 60).due_at


def _register(session: Session, house: House, matter: Matter, before: str, taken_from: str | None) -> None:
    event = Event.OVERGENOMEN if taken_from else Event.GECLAIMD
    house.register.append(
        session,
        entry(house, matter, event, second=taken_from or "", from_state=before, to_state=matter.case.state),
    )


def release(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Release` order."""
    run.transaction("laat los", lambda session: _release(session, house, order_id))


def _release(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    before = matter.case.state
    try:
        allow(house, matter)
        if matter.case.claimed_by != matter.order.by:
            raise NotPossible("You do not hold this card.")
    except Expected as why:
        refuse(matter, house, why)
        return
    _free(session, house, matter.case)
    said = entry(house, matter, Event.LOSGELATEN, from_state=before, to_state=matter.case.state)
    house.register.append(session, said)
    answer(matter, house, Answer(True, "Free again."))


def _free(session: Session, house: House, case: CaseRow) -> None:
    """Nobody holds it: new again, or open again when there was a decision before."""
    close_deadlines(session, house, case, CLAIM)
    case.claimed_by, case.claimed_at = None, None
    if case.state == State.IN_BEHANDELING:
        case.state = (State.HEROPEND if case.done_word else State.NIEUW).value
    touch(session, case)


def expire(house: House, run: Run, deadline_id: int) -> None:
    """A claim ran out without activity: the card is free again."""
    run.transaction("verlopen", lambda session: _expire(session, house, deadline_id))


def _expire(session: Session, house: House, deadline_id: int) -> None:
    lock(session)
    row = session.get_one(DeadlineRow, deadline_id)
    now = house.clock.now()
    if row.closed_at is not None or row.due_at > now:
        return
    case = session.get_one(CaseRow, row.case_id)
    if case.doing_order is not None:
        row.due_at = now + LOOK_AGAIN
        return
    before = case.state
    _free(session, house, case)
    about = {"actor": CLOCK, "automated": True, "reason": "neem_ik", "from_state": before, "to_state": case.state}
    comment = session.get_one(CommentRow, case.comment_id)
    house.register.append(session, entry_of(house, case, comment, Event.VERLOPEN, **about))
