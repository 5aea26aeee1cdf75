"""What came of an act: what it means for the case, the card, the message, the register and the person who pressed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands import accounts, message, strikes
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
    void_message,
)
from commands.flow import Flow, Outcome, Task, undeliverable
from commands.house import House
from domain.errors import AccountStopped, Expected
from domain.messages import MessageState
from domain.model import Answer
from domain.states import GONE, Marker, State, Visibility
from storage.register_entry import Entry, Event, Result
from storage.tables import IntentRow

BACKOFF_S = 30
"""Wait before the first try by the clock; doubles each time."""


_UNSENT = (MessageState.GEPLAND, MessageState.BEZIG)


def conclude(session: Session, task: Task, outcome: Outcome) -> bool:
    """Close the intent of a task with what is true, and carry it through to the case if that still waits for it. True
    while the case is still held for this order, because something follows.
    """
    matter = task.change(session)
    intent = last_intent(session, matter, task.flow.act.name)
    before = matter.case.state
    if not task.flow.act.repeatable:
        _note_message(session, task.house, matter, outcome)
    if _waits(matter):
        _apply(session, task, matter, outcome)
    elif outcome["result"] == Result.GELUKT:
        _see_goal(task, matter)
        touch(session, matter.case)
    if intent is not None:
        intent.closed_at = intent.closed_at or task.house.clock.now()
        said = _outcome_entry(task.house, matter, intent, outcome, before)
        task.house.register.append(session, replace(said, template=label(session, task, matter)))
    return matter.case.doing_order == matter.id


def by_hand(session: Session, house: House, matter: Matter, flow: Flow) -> None:
    """A person did it on the platform itself; registered the same way."""
    before = matter.case.state
    if not flow.act.repeatable:
        strikes.deliver(session, house, matter, MessageState.MANUEEL)
    told = flow.settle(session, house, matter)
    mark(matter.case, Marker.MANUEEL)
    said = entry(house, matter, Event.MANUEEL, from_state=before, to_state=matter.case.state)
    house.register.append(session, said)
    touch(session, matter.case)
    answer(matter, house, told)


def label(session: Session, task: Task, matter: Matter) -> str:
    """The template of the message that a task sends, as the register names it; empty when it sends none."""
    if task.flow.act.repeatable:
        return ""
    return task.house.templates[message.of_order(session, matter.id).template].label


def _note_message(session: Session, house: House, matter: Matter, outcome: Outcome) -> None:
    """What is true of the message now, whoever has the case; a strike is booked with its delivery."""
    letter = message.of_order(session, matter.id)
    if outcome["result"] == Result.GELUKT:
        strikes.deliver(session, house, matter, MessageState.AFGELEVERD, outcome.get("sent", ""))
    elif letter.state == MessageState.BEZIG:
        letter.state = _unsent(outcome).value


def _unsent(outcome: Outcome) -> MessageState:
    if outcome["result"] == Result.ONBEKEND:
        return MessageState.ONBEKEND
    return MessageState.NIET_AFLEVERBAAR if undeliverable(outcome) else MessageState.MISLUKT


def _see_goal(task: Task, matter: Matter) -> None:
    if task.flow.act.goal is not None:
        see(matter.comment, task.flow.act.goal)


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
    if result is Result.ONBEKEND and flow.act.goal is not None:
        see(matter.comment, Visibility.ONBEKEND)
    if _author_was_first(session, task, matter, result):
        author_removed(session, house, matter.case, matter.comment)
        answer(matter, house, Answer(True, "The author removed it; the evidence is kept."))
    elif failed and not flow.passes(outcome):
        fail(session, task, matter, outcome["error"])
    else:
        if not failed and flow.act.goal is not None:
            mark(matter.case, off=(Marker.ELDERS_VERBORGEN,))
        told = flow.done(session, house, matter, outcome)
        if matter.case.doing_order is None:
            answer(matter, house, told)
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
    if not task.flow.act.repeatable and (letter := message.of_order(session, matter.id)).state in _UNSENT:
        letter.state = MessageState.MISLUKT.value
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
    dropped = void_message(session, house, matter.case, "vervallen")
    if matter.case.state in (State.GEPLAND, State.MISLUKT) or (dropped and matter.case.state == State.AFGEHANDELD):
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
