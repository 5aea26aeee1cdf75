"""What nobody foresaw gets a number, told to who pressed, on the card and in the log; the card is free again."""

import logging
import secrets
from collections.abc import Callable

from sqlalchemy.orm import Session

from commands import message
from commands.case import Matter, answer_to, change, let_go, lock, touch
from commands.house import House
from domain.messages import MessageState
from domain.model import Answer
from domain.states import State
from storage.durable import Run
from storage.tables import GivenOrderRow

_log = logging.getLogger(__name__)


def guarded(house: House, run: Run, order_id: int, work: Callable[[], None]) -> None:
    """Do the work of an order. What it did not foresee ends the workflow in an error, with a reference."""
    try:
        work()
    except Exception as error:
        reference = run.transaction("onvoorzien", lambda session: _note(session, house, order_id))
        _log.exception("order %s failed; reference %s", order_id, reference)
        raise RuntimeError(f"reference {reference}") from error


def _note(session: Session, house: House, order_id: int) -> str:
    lock(session)
    given = session.get_one(GivenOrderRow, order_id)
    reference = secrets.token_hex(3).upper()
    told = Answer(
        False,
        "Something went wrong that nobody foresaw. Tell the administrator this number: {reference}.",
        {"reference": reference},
    )
    answer_to(given, house, told)
    if given.case_id is None:
        return reference
    matter = change(session, order_id)
    if matter.case.doing_order in _held_by(matter):
        _redden(house, matter, told, reference)
        _strand(session, house, matter)
        touch(session, matter.case)
    return reference


def _strand(session: Session, house: House, matter: Matter) -> None:
    """A message whose moment had come does not go out by itself any more; what was handed over is asked about later."""
    letter = message.find(session, matter.id)
    if letter and letter.state == MessageState.GEPLAND and letter.due_at and letter.due_at <= house.clock.now():
        letter.state = MessageState.MISLUKT.value


def _held_by(matter: Matter) -> tuple[int, ...]:
    """The orders under which this one may hold the case: its own, or the one it tries again."""
    tried = (matter.case.trouble or {}).get("order_id", 0) if matter.order.word == "opnieuw" else 0
    return (matter.id, tried)


def _redden(house: House, matter: Matter, told: Answer, reference: str) -> None:
    case = matter.case
    case.trouble = {
        "flow": "",
        "word": matter.order.word,
        "by": matter.order.by,
        "order_id": case.doing_order,
        "at": house.clock.now().isoformat(),
        "msgid": told.msgid,
        "params": dict(told.params),
        "code": "",
        "tries": 1,
        "retry_at": None,
        "reference": reference,
    }
    let_go(case)
    case.state = State.MISLUKT.value
