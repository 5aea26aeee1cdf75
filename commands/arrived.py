"""*Wel verstuurd* and *Niet verstuurd*: a person looked what became of a message whose answer got lost.

Whatever became of the case meanwhile, the question stays open until somebody answers it.
"""

from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from commands import message, strikes
from commands.case import Matter, answer, change, entry, let_go, load, refuse, take, touch
from commands.flow import MESSAGE
from commands.flows import BY_ACT
from commands.house import House
from commands.outcome import last_intent
from domain.errors import Expected, NotPossible
from domain.messages import MessageState
from domain.model import Answer
from domain.states import State
from storage.durable import Run
from storage.paper_tables import MessageRow
from storage.register_entry import Event, Result

Say = Callable[[Session, House, Matter, MessageRow], Answer]


def was_sent(house: House, run: Run, order_id: int) -> None:
    """Carry out a `WasSent` order: it did go out; its strike counts, and the case goes on as it was meant."""
    run.transaction("wel verstuurd", lambda session: _say(session, house, order_id, _sent, Result.GELUKT))


def was_not_sent(house: House, run: Run, order_id: int) -> None:
    """Carry out a `WasNotSent` order: it did not, so it may be sent after all."""
    run.transaction("niet verstuurd", lambda session: _say(session, house, order_id, _not_sent, Result.MISLUKT))


def _say(session: Session, house: House, order_id: int, say: Say, result: Result) -> None:
    matter = change(session, order_id)
    before = matter.case.state
    try:
        take(session, house, matter, partial(_check, session))
    except Expected as why:
        refuse(matter, house, why)
        return
    let_go(matter.case)
    letter = _in_doubt(session, matter)
    asked = load(session, letter.order_id, order_id)
    told = say(session, house, asked, letter)
    about = {"outcome": result, "reason": matter.order.word, "from_state": before, "to_state": asked.case.state}
    intent = last_intent(session, asked, MESSAGE.name)
    said = entry(house, asked, Event.UITKOMST, answers=intent.seq if intent else None, **about)
    house.register.append(session, said)
    touch(session, matter.case)
    answer(matter, house, told)


def _check(session: Session, _house: House, matter: Matter) -> None:
    _in_doubt(session, matter)


def _in_doubt(session: Session, matter: Matter) -> MessageRow:
    letter = message.newest(session, matter.case.id)
    if letter is None or letter.state != MessageState.ONBEKEND:
        raise NotPossible("There is no message of which nobody knows whether it arrived.")
    return letter


def _sent(session: Session, house: House, asked: Matter, _letter: MessageRow) -> Answer:
    strikes.deliver(session, house, asked, MessageState.AFGELEVERD)
    if _waits(asked):
        return BY_ACT[asked.order.word, MESSAGE.name].settle(session, house, asked)
    return Answer(True, "Noted: the message arrived.")


def _not_sent(session: Session, house: House, asked: Matter, letter: MessageRow) -> Answer:
    letter.state, letter.tried_at = MessageState.MISLUKT.value, None
    flow = BY_ACT[asked.order.word, MESSAGE.name]
    if _waits(asked) and flow.then:
        letter.state = MessageState.GEPLAND.value
        return flow.settle(session, house, asked)
    return Answer(True, "Noted: the message did not arrive; it can be tried again.")


def _waits(asked: Matter) -> bool:
    """True while the case waits for this message alone."""
    return asked.case.state == State.MISLUKT and (asked.case.trouble or {}).get("order_id") == asked.id
