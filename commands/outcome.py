"""What came of an act: what it means for the case, the card, the register and the person who pressed."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands import accounts
from commands.case import (
    AGAIN,
    Matter,
    answer,
    author_removed,
    close_deadlines,
    entry,
    let_go,
    mark,
    open_again,
    refuse,
    see,
    set_deadline,
    touch,
)
from commands.flow import Outcome, Task
from commands.house import House
from domain.errors import AccountStopped, Expected
from domain.model import Answer
from domain.states import GONE, Marker, State, Visibility
from storage.register_entry import Entry, Event, Result
from storage.tables import IntentRow

BACKOFF_S = 30
"""Wait before the first try by the clock; doubles each time."""


def conclude(session: Session, task: Task, outcome: Outcome) -> None:
    """Close the intent of a task with what is true, and carry it through to the case if that still waits for it."""
    matter = task.change(session)
    intent = last_intent(session, matter, task.flow.act.name)
    before = matter.case.state
    if _waits(matter):
        _apply(session, task, matter, outcome)
    elif outcome["result"] == Result.GELUKT:
        see(matter.comment, task.flow.act.goal)
        touch(session, matter.case)
    if intent is not None:
        intent.closed_at = intent.closed_at or task.house.clock.now()
        said = _outcome_entry(task.house, matter, intent, outcome, before)
        task.house.register.append(session, said)


def last_intent(session: Session, matter: Matter, act: str) -> IntentRow | None:
    """The newest intent of this order to do this."""
    mine = (col(IntentRow.order_id) == matter.id, col(IntentRow.act) == act)
    return session.scalars(sa.select(IntentRow).where(*mine).order_by(col(IntentRow.seq).desc())).first()


def _waits(matter: Matter) -> bool:
    """True while the case still waits for this order; after a crash somebody may have gone on without it."""
    case = matter.case
    if case.doing_order is None:
        return case.state == State.MISLUKT and (case.trouble or {}).get("order_id") == matter.id
    return case.doing_order == matter.id


def _apply(session: Session, task: Task, matter: Matter, outcome: Outcome) -> None:
    """The case as it is after this outcome, and the answer to who pressed."""
    house, flow, result = task.house, task.flow, Result(outcome["result"])
    failed = result in (Result.MISLUKT, Result.ONBEKEND)
    if result is Result.ONBEKEND:
        see(matter.comment, Visibility.ONBEKEND)
    if _author_was_first(session, task, matter, result):
        author_removed(session, house, matter.case, matter.comment)
        answer(matter, house, Answer(True, "The author removed it; the evidence is kept."))
    elif failed and not flow.also_failed:
        fail(session, task, matter, outcome["error"])
    else:
        if not failed:
            mark(matter.case, off=(Marker.ELDERS_VERBORGEN,))
        answer(matter, house, flow.done(session, house, matter, outcome))
        touch(session, matter.case)
    _heed(session, house, matter, outcome.get("error", {}))


def _author_was_first(session: Session, task: Task, matter: Matter, result: Result) -> bool:
    """The comment is gone and it was not us: an earlier try to delete it may have worked without telling."""
    if matter.comment.visibility in GONE:
        return True
    ours = task.flow.act.final and last_intent(session, matter, task.flow.act.name) is not None
    return result is Result.REEDS_WEG and not ours


def fail(session: Session, task: Task, matter: Matter, error: Mapping[str, Any]) -> None:
    """The platform refused or did not answer: nothing is lost, a red line says what is true and what happens now."""
    house, case = task.house, matter.case
    tries = _tries(matter) + 1
    let_go(case)
    close_deadlines(session, house, case, AGAIN)
    case.state = State.MISLUKT.value
    retry_at = _again_later(session, house, matter, error, tries)
    case.trouble = {
        "flow": task.flow.key,
        "word": matter.order.word,
        "by": matter.presser.by,
        "order_id": matter.id,
        "at": house.clock.now().isoformat(),
        "msgid": error["msgid"],
        "params": error["params"],
        "code": error["code"],
        "tries": tries,
        "retry_at": retry_at,
        "reference": "",
    }
    _heed(session, house, matter, error)
    answer(matter, house, Answer(False, error["msgid"], error["params"]))
    touch(session, case)


def _tries(matter: Matter) -> int:
    """How often this order was tried before."""
    trouble = matter.case.trouble or {}
    return int(trouble["tries"]) if trouble.get("order_id") == matter.id else 0


def _again_later(session: Session, house: House, matter: Matter, error: Mapping[str, Any], tries: int) -> str | None:
    """When Nabij tries again by itself; None when it does not."""
    if not error["retryable"] or tries >= house.settings.numbers.retry_max:
        return None
    wait = error["retry_after"] or BACKOFF_S * 2 ** (tries - 1)
    return set_deadline(session, house, matter, AGAIN, wait).due_at.isoformat()


def _heed(session: Session, house: House, matter: Matter, error: Mapping[str, Any]) -> None:
    """A stopped account concerns more than this case."""
    if error.get("kind") == AccountStopped.__name__:
        accounts.stop(session, house, matter.comment.platform, matter.comment.account, error["code"])


def stop(session: Session, house: House, matter: Matter, why: Expected) -> None:
    """The decision no longer stands: nothing is done, and a person looks again."""
    let_go(matter.case)
    if matter.case.state in (State.GEPLAND, State.MISLUKT):
        open_again(session, house, matter.case)
    refuse(matter, house, why)
    touch(session, matter.case)


def _outcome_entry(house: House, matter: Matter, intent: IntentRow, outcome: Outcome, before: str) -> Entry:
    return entry(
        house,
        matter,
        Event.UITKOMST,
        answers=intent.seq,
        outcome=Result(outcome["result"]),
        code=outcome.get("error", {}).get("code", ""),
        from_state=before,
        to_state=matter.case.state,
    )
