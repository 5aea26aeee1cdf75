"""What people do about a message that waits: *Verzenden annuleren*, and for a third warning *Goedkeuren* and *Weigeren*
by somebody else than who asked for it (product §9, four eyes).
"""

from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from commands import message
from commands.case import SENDING, Matter, answer, change, close_deadlines, decide, let_go, load, refuse, take, touch
from commands.house import House, wall
from commands.warn import register, set_due
from domain.errors import BadInput, Expected, NotAllowed, NotPossible
from domain.messages import SENT, MessageState, Template
from domain.model import Answer
from domain.orders import Hide, Warn
from domain.states import State, Visibility
from storage.durable import Run
from storage.paper_tables import MessageRow
from storage.register_entry import Event

Find = Callable[[Session, Matter], MessageRow]


def _check(session: Session, find: Find, _house: House, matter: Matter) -> None:
    find(session, matter)


# ---------------------------------------------------------------- cancel


def cancel(house: House, run: Run, order_id: int) -> None:
    """Carry out a `CancelMessage` order: the message does not go out."""
    run.transaction("annuleer", lambda session: _cancel(session, house, order_id))


def _cancel(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    before = matter.case.state
    try:
        take(session, house, matter, partial(_check, session, _can_cancel))
    except Expected as why:
        refuse(matter, house, why)
        return
    letter = _can_cancel(session, matter)
    _void(session, house, matter)
    _after_cancel(session, house, matter)
    register(session, house, matter, letter, Event.GEANNULEERD, from_state=before)
    touch(session, matter.case)
    answer(matter, house, Answer(True, "Cancelled: nothing was sent."))


def _can_cancel(session: Session, matter: Matter) -> MessageRow:
    letter = message.newest(session, matter.case.id)
    if letter is not None and letter.state in SENT:
        raise NotPossible("It went out at {at}; that cannot be undone.", at=wall(letter.settled_at))
    if letter is None or letter.state not in (MessageState.GEPLAND, MessageState.WACHT_4OGEN):
        raise NotPossible("No message waits on this card.")
    if letter.template == Template.VERWIJDERD_PRIVACY:
        raise NotPossible("This message explains the deletion; cancel that instead.")
    return letter


def _void(session: Session, house: House, matter: Matter) -> None:
    message.cancel(session, matter.case.id, house.clock.now())
    close_deadlines(session, house, matter.case, SENDING)


def _after_cancel(session: Session, house: House, matter: Matter) -> None:
    """What was only decided by the warning is open again; what was hidden stays hidden, what failed stays failed."""
    case = matter.case
    let_go(case)
    if case.state == State.MISLUKT:
        return
    if case.done_word != Warn.word:
        case.state = State.AFGEHANDELD.value
    elif matter.comment.visibility == Visibility.VERBORGEN:
        case.state, case.done_word = State.AFGEHANDELD.value, Hide.word
    else:
        decide(session, house, matter, State.HEROPEND)


# ---------------------------------------------------------------- four eyes


def approve(house: House, run: Run, order_id: int) -> None:
    """Carry out an `Approve` order: the third warning is planned, with the usual delay."""
    run.transaction("keur goed", lambda session: _approve(session, house, order_id))


def _approve(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    try:
        take(session, house, matter, partial(_check, session, _second))
    except Expected as why:
        refuse(matter, house, why)
        return
    letter, case = _second(session, matter), matter.case
    due = set_due(session, house, load(session, letter.order_id, order_id))
    letter.state, letter.due_at, letter.approved_by = MessageState.GEPLAND.value, due, matter.order.by
    let_go(case)
    case.state = State.AFGEHANDELD.value
    about = {"second": letter.by, "from_state": State.WACHT_4OGEN.value, "due": due}
    register(session, house, matter, letter, Event.GOEDGEKEURD, **about)
    touch(session, case)
    answer(matter, house, Answer(True, "Approved: the message goes out at {at} unless you cancel.", {"at": wall(due)}))


def decline(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Decline` order: the message does not go out, and the case is open again."""
    run.transaction("keur af", lambda session: _decline(session, house, order_id))


def _decline(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    try:
        take(session, house, matter, partial(_check, session, _second), _reasoned)
    except Expected as why:
        refuse(matter, house, why)
        return
    letter = _second(session, matter)
    _void(session, house, matter)
    decide(session, house, matter, State.HEROPEND)
    about = {"second": letter.by, "from_state": State.WACHT_4OGEN.value}
    register(session, house, matter, letter, Event.AFGEKEURD, **about)
    touch(session, matter.case)
    answer(matter, house, Answer(True, "Declined: nothing was sent, and the card is open again."))


def _second(session: Session, matter: Matter) -> MessageRow:
    """The message that waits for a second person; raises unless this is one."""
    letter = message.newest(session, matter.case.id)
    if letter is None or letter.state != MessageState.WACHT_4OGEN:
        raise NotPossible("Nothing on this card waits for a second person.")
    if letter.by == matter.order.by:
        raise NotAllowed("You asked for this yourself; somebody else decides.")
    return letter


def _reasoned(_house: House, matter: Matter) -> None:
    if not getattr(matter.order, "reason", "").strip():
        raise BadInput("Say why you decline.")
