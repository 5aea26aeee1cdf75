"""*Waarschuwen*: one private message to the author, sent after a delay in which it can be cancelled (product §12).

    press ──▶ (hide ──▶) gepland, 30 s ──▶ capture ──▶ voornemen ──▶ message ──▶ uitkomst, strike
              │ third warning                 │ cancelled, undone, text changed, author gone: never sent
              ▼
        wacht_4ogen ── goedkeuren, by somebody else ──▶ gepland         weigeren ──▶ open again

What comes of the message is an act like others; a person says what became of one that got lost (`commands.arrived`).
"""

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy.orm import Session

from commands import drafts, message, strikes
from commands.act import begin, carry_out, possible, way
from commands.case import (
    SENDING,
    Matter,
    answer,
    decide,
    entry,
    hold,
    let_go,
    load,
    lock,
    motive,
    see,
    set_deadline,
    touch,
)
from commands.flow import HIDE, MESSAGE, Flow, Outcome, Task
from commands.house import House, wall
from domain.errors import BadInput, NotPossible
from domain.messages import WARNINGS, MessageState, Template
from domain.model import Answer, Way
from domain.orders import Hide, Warn
from domain.states import State, Visibility
from domain.text import clean
from storage.durable import Run
from storage.paper_tables import MessageRow
from storage.register_entry import Event
from storage.tables import DeadlineRow

BUSY = timedelta(seconds=2)
"""Until the case is looked at again, when another order holds it."""
RED = timedelta(seconds=15)
"""The same, while hiding failed: the message says that it was hidden, so it waits until that is true."""
UNWATCHED = timedelta(seconds=15)
"""A message overdue by more than this could not be cancelled by anybody: everything was down."""


# ---------------------------------------------------------------- what outcomes mean


def _hidden(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    see(matter.comment, Visibility.VERBORGEN)
    letter = message.of_order(session, matter.id)
    waits = letter.state == MessageState.WACHT_4OGEN
    decide(session, house, matter, State.WACHT_4OGEN if waits else State.AFGEHANDELD)
    if letter.state == MessageState.GEANNULEERD:
        matter.case.done_word = Hide.word
        return Answer(True, "Hidden at {at}.", {"at": wall(house.clock.now())})
    if waits:
        return _asks_second(house, letter)
    return Answer(True, "Hidden; the message goes out at {at} unless you cancel.", {"at": wall(letter.due_at)})


def _delivered(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    """The case is as it was meant to be when the message was planned."""
    let_go(matter.case)
    matter.case.state, matter.case.trouble = State.AFGEHANDELD.value, None
    ledger = strikes.ledger_of(session, house, matter.comment)
    if ledger.here is None or ledger.live < ledger.maximum:
        return Answer(True, "Noted: the message arrived.")
    return Answer(True, "The author has {n} warnings of {max}: blocking is proposed.", _of(ledger.live, ledger.maximum))


def _asks_second(house: House, letter: MessageRow) -> Answer:
    numbers = _of(letter.number, house.settings.numbers.strike_max)
    return Answer(True, "Warning {n} of {max}: a second person must approve it; then blocking is proposed.", numbers)


def _of(number: int, maximum: int) -> dict[str, int]:
    return {"n": number, "max": maximum}


FIRST = Flow(Warn.word, Warn.word, HIDE, _hidden)
SEND = Flow("bericht", Warn.word, MESSAGE, _delivered, strict=True)


# ---------------------------------------------------------------- press


def warn(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Warn` order up to its delay."""
    if run.transaction("neem", lambda session: _begin(session, house, order_id)):
        carry_out(run, Task(house, FIRST, order_id))


def _begin(session: Session, house: House, order_id: int) -> bool:
    """Plan the message; True when the comment is to be hidden first."""
    if not begin(session, house, order_id, MESSAGE, lambda _, matter: _check(session, house, matter)):
        return False
    matter = load(session, order_id)
    before, hides = matter.case.state, _hides(matter)
    letter = _plan(session, house, matter)
    if not hides:
        _decide(session, house, matter, letter)
    register(session, house, matter, letter, Event.GEPLAND, from_state=before, due=letter.due_at)
    return hides


def _order(matter: Matter) -> Warn:
    return cast("Warn", matter.order)


def _hides(matter: Matter) -> bool:
    return _order(matter).hide and matter.comment.visibility != Visibility.VERBORGEN


def _decide(session: Session, house: House, matter: Matter, letter: MessageRow) -> None:
    """What was open is decided, what was decided stays so; a third warning waits for somebody else."""
    waits = letter.state == MessageState.WACHT_4OGEN
    state = State.WACHT_4OGEN if waits else State.AFGEHANDELD
    if matter.case.state == State.AFGEHANDELD:
        let_go(matter.case)
        matter.case.state = state.value
    else:
        decide(session, house, matter, state)
    planned = Answer(True, "The message goes out at {at} unless you cancel.", {"at": wall(letter.due_at)})
    answer(matter, house, _asks_second(house, letter) if waits else planned)
    touch(session, matter.case)


# ---------------------------------------------------------------- may it be sent?


def _check(session: Session, house: House, matter: Matter) -> None:
    """Raises why this may not be sent (Expected)."""
    order = _order(matter)
    if order.template not in (*WARNINGS, Template.HINT):
        raise BadInput("Choose one of the texts for a warning.")
    if order.template in WARNINGS and not strikes.counts(matter.case.category):
        raise NotPossible("This category makes no warning; a hint is possible.")
    if letter := message.in_the_way(session, matter.case.id):
        raise message.taken(house, letter)
    drafts.allow(house, order.template, _text(order))
    _check_platform(house, matter)


def _text(order: Warn) -> str:
    return clean(order.text).strip()


def _check_platform(house: House, matter: Matter) -> None:
    """By hand is no way to begin: who wants that writes on the platform itself."""
    if _hides(matter):
        possible(house, matter, HIDE)
    platform = house.platform(matter.comment.platform, matter.comment.account)
    if platform is not None and way(platform, MESSAGE) is Way.MANUEEL:
        raise NotPossible("Nabij cannot send private messages on {platform}.", platform=platform.label)


# ---------------------------------------------------------------- plan it


def _plan(session: Session, house: House, matter: Matter) -> MessageRow:
    """The message of this order, with the moment at which it goes out unless a second person must agree first."""
    order, ledger = _order(matter), strikes.ledger_of(session, house, matter.comment)
    number = ledger.next if order.template in WARNINGS else 0
    text = message.Text(order.template, _text(order), number)
    due = set_due(session, house, matter) if number < ledger.maximum else None
    return message.plan(session, matter.given, text, house.clock.now(), due)


def set_due(session: Session, house: House, matter: Matter) -> datetime:
    """The usual delay begins, in which anybody may cancel; when it ends."""
    return set_deadline(session, house, matter, SENDING, house.settings.numbers.warn_delay_s).due_at


def register(session: Session, house: House, matter: Matter, letter: MessageRow, event: Event, **more: Any) -> None:  # noqa: ANN401 - fields of Entry
    """A line about a message: its template and the salted digest of its text, never the text."""
    about = {
        "template": house.templates[letter.template].label,
        "digests": {"uitgaand": message.seal(matter.given.key, letter.text), **motive(matter)},
        "to_state": matter.case.state,
    }
    house.register.append(session, entry(house, matter, event, **{**about, **more}))


# ---------------------------------------------------------------- when its moment has come


def send_due(house: House, run: Run, deadline_id: int) -> None:
    """The clock says that a message may go out; the row says whether it may."""
    order_id = run.transaction("verzending", lambda session: _take_due(session, house, deadline_id))
    if order_id:
        carry_out(run, Task(house, SEND, order_id))


def _take_due(session: Session, house: House, deadline_id: int) -> int:
    """Take the case of a message whose moment has come; 0 when there is nothing to do, or not yet."""
    lock(session)
    row = session.get_one(DeadlineRow, deadline_id)
    now = house.clock.now()
    if row.closed_at is not None or row.due_at > now:
        return 0
    matter = load(session, row.order_id or 0)
    if message.of_order(session, matter.id).state != MessageState.GEPLAND:
        row.closed_at = now  # it failed before its moment came, so only a person sends it
    elif now - row.due_at > UNWATCHED:
        _later(session, matter, row, now + timedelta(seconds=row.seconds))
    elif hold(session, house, matter, (State.AFGEHANDELD,)):
        row.closed_at = now
        return matter.id
    else:
        _later(session, matter, row, now + (BUSY if matter.case.doing_order else RED))
    return 0


def _later(session: Session, matter: Matter, row: DeadlineRow, due: datetime) -> None:
    row.due_at = message.of_order(session, matter.id).due_at = due
    touch(session, matter.case)
