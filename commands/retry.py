"""After a failure: *Opnieuw proberen* (by a person or by the clock) and *Manueel gedaan*."""

from typing import Any

from sqlalchemy.orm import Session

from commands import message
from commands.act import carry_out
from commands.case import (
    AGAIN,
    Matter,
    change,
    close_deadlines,
    hold,
    load,
    lock,
    refuse,
    take,
)
from commands.flow import Task
from commands.flows import FLOWS
from commands.house import House
from commands.outcome import by_hand
from domain.errors import Expected, NotPossible
from domain.messages import MessageState
from domain.states import State
from storage.durable import Run
from storage.tables import DeadlineRow


def retry(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Retry` order: the failed act once more, as the order that asked for it first, so that its intents
    and outcomes stay together; who pressed now is told, and stands in the register as who did it.
    """
    failed = run.transaction("opnieuw", lambda session: _begin(session, house, order_id))
    if failed:
        carry_out(run, Task(house, FLOWS[failed["flow"]], failed["order_id"], order_id))


def _begin(session: Session, house: House, order_id: int) -> dict[str, Any]:
    matter = change(session, order_id)
    try:
        take(session, house, matter, _known_failure, lambda *_: _known_outcome(session, matter))
    except Expected as why:
        refuse(matter, house, why)
        return {}
    close_deadlines(session, house, matter.case, AGAIN)
    failed = _failure(matter)
    matter.case.doing_order = failed["order_id"]
    return failed


def _known_failure(_house: House, matter: Matter) -> None:
    if not _failure(matter):
        raise NotPossible("There is nothing to try again on this card.")


def _known_outcome(session: Session, matter: Matter) -> None:
    """What may have arrived is not sent again before somebody looked."""
    letter = message.find(session, _failure(matter)["order_id"])
    if letter is not None and letter.state == MessageState.ONBEKEND:
        raise NotPossible("Nobody knows whether the message arrived: look first, then say whether it did.")


def _failed_by_hand(_house: House, matter: Matter) -> None:
    if not _failure(matter):
        raise NotPossible("There is nothing on this card that could be done by hand.")


def _failure(matter: Matter) -> dict[str, Any]:
    """Order and flow that failed; empty when nobody foresaw the failure."""
    trouble = matter.case.trouble or {}
    return {name: trouble[name] for name in ("order_id", "flow", "word")} if trouble.get("flow") in FLOWS else {}


def again_by_clock(house: House, run: Run, deadline_id: int) -> None:
    """The wait after a failure is over: try again, as the same order."""
    failed = run.transaction("opnieuw", lambda session: _take_due(session, house, deadline_id))
    if failed:
        carry_out(run, Task(house, FLOWS[failed["flow"]], failed["order_id"]))


def _take_due(session: Session, house: House, deadline_id: int) -> dict[str, Any]:
    lock(session)
    row = session.get_one(DeadlineRow, deadline_id)
    if row.closed_at is not None or row.due_at > house.clock.now():
        return {}
    row.closed_at = house.clock.now()
    matter = load(session, row.order_id or 0)
    return _failure(matter) if hold(session, house, matter, (State.MISLUKT,)) else {}


def done_by_hand(house: House, run: Run, order_id: int) -> None:
    """Carry out a `DoneByHand` order: a person did on the platform what Nabij could not; registered the same way."""
    run.transaction("manueel", lambda session: _done_by_hand(session, house, order_id))


def _done_by_hand(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    try:
        take(session, house, matter, _failed_by_hand)
    except Expected as why:
        refuse(matter, house, why)
        return
    failed = _failure(matter)
    by_hand(session, house, load(session, failed["order_id"], order_id), FLOWS[failed["flow"]])
