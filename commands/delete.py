"""*Verwijderen*: capture → hide → grace → (explain →) delete (product §10), and its *Annuleren*.

    press ──▶ capture ──▶ hide ──▶ gepland, bedenktijd 60 s ──▶ capture again ──▶ delete ──▶ read back
              │ none: nothing happens          │ cancel: visible again     │ text changed: open again, nothing deleted

The message that explains a deletion is addressed by the comment, so it goes out first and the deletion waits for what
becomes of it. A grace that nobody could watch (everything was down) is shown again as a fresh one before anything goes.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from commands import drafts, message
from commands.act import begin, carry_out, possible
from commands.case import (
    AGAIN,
    GRACE,
    Matter,
    close_deadlines,
    decide,
    drop_message,
    entry,
    entry_of,
    hold,
    let_go,
    load,
    lock,
    open_again,
    see,
    set_deadline,
    touch,
)
from commands.flow import DELETE, HIDE, MESSAGE, UNHIDE, Flow, Outcome, Task, undeliverable
from commands.house import House, wall
from commands.kept import kept, refusal
from domain.categories import CATEGORIES
from domain.errors import BadInput, NotPossible
from domain.messages import SENT, MessageState, Template
from domain.model import Answer
from domain.orders import CLOCK
from domain.states import State, Visibility
from storage.durable import Run
from storage.paper_tables import MessageRow
from storage.register_entry import Event, Result
from storage.tables import CaseRow, CommentRow, DeadlineRow

_EXPLAINED = "persoonsgegevens"
"""The house rule of which the one explanation there is so far is true."""
WATCHED_S = 15
"""A grace overdue by more than this was not watched by anybody."""
BUSY = timedelta(seconds=2)
"""Until the case is looked at again, when another order holds it."""


def _planned(session: Session, house: House, matter: Matter, outcome: Outcome) -> Answer:
    """Hidden (or not, then the card says so); the grace begins."""
    hidden = outcome["result"] == Result.GELUKT
    if hidden:
        see(matter.comment, Visibility.VERBORGEN)
    before = matter.case.state
    decide(session, house, matter, State.GEPLAND)
    due = set_deadline(session, house, matter, GRACE, house.settings.numbers.delete_grace_s).due_at
    about = _plan_explanation(session, house, matter, due) if getattr(matter.order, "explain", False) else {}
    said = entry(house, matter, Event.GEPLAND, from_state=before, to_state=State.GEPLAND.value, due=due, **about)
    house.register.append(session, said)
    if hidden:
        return Answer(True, "Hidden now; deleted at {at} unless you cancel.", {"at": wall(due)})
    return Answer(True, "Hiding failed, so it stays visible; deleted at {at} unless you cancel.", {"at": wall(due)})


def _plan_explanation(session: Session, house: House, matter: Matter, due: datetime) -> dict[str, Any]:
    """The message to the author, planned with the grace; what the register says of it."""
    draft = message.Text(Template.VERWIJDERD_PRIVACY, drafts.explanation(house))
    letter = message.plan(session, matter.given, draft, house.clock.now(), due)
    label = house.templates[letter.template].label
    return {"template": label, "digests": {"uitgaand": message.seal(matter.given.key, letter.text)}}


def _explained(_session: Session, _house: House, _matter: Matter, _outcome: Outcome) -> Answer:
    """Delivered, or it never will be: the case stays held, and the deletion follows."""
    return Answer(True, "The author was told why; deleting it now.")


def _grace_again(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    """A person said what became of the explanation: a fresh grace, and then the deletion."""
    case = matter.case
    let_go(case)
    close_deadlines(session, house, case, AGAIN)
    case.state, case.trouble = State.GEPLAND.value, None
    due = set_deadline(session, house, matter, GRACE, house.settings.numbers.delete_grace_s).due_at
    message.of_order(session, matter.id).due_at = due
    return Answer(True, "Noted; deleted at {at} unless you cancel.", {"at": wall(due)})


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


FIRST = Flow("verwijderen", "verwijderen", HIDE, _planned, strict=True, passes=lambda _outcome: True, settled=_deleted)
SECOND = Flow("bedenktijd", "verwijderen", DELETE, _deleted, strict=True)
EXPLAIN = Flow(
    "uitleg",
    "verwijderen",
    MESSAGE,
    _explained,
    strict=True,
    passes=undeliverable,
    settled=_grace_again,
    then=SECOND,
)
CANCEL = Flow("annuleren", "annuleren", UNHIDE, _cancelled)


# ---------------------------------------------------------------- press and cancel


def delete(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Delete` order up to its grace."""
    if run.transaction("neem", lambda session: _begin(session, house, order_id)):
        carry_out(run, Task(house, FIRST, order_id))


def _begin(session: Session, house: House, order_id: int) -> bool:
    def checks(_house: House, matter: Matter) -> None:
        _motivated(matter)
        _erasable(session, matter.case)
        _explicable(session, house, matter)

    return begin(session, house, order_id, DELETE, checks)


def _motivated(matter: Matter) -> None:
    """Only what breaks a house rule is deleted; on a service card the person has to say which."""
    if not CATEGORIES[_category(matter)].breach:
        raise BadInput("Choose the house rule that was broken; this is none of them.")


def _category(matter: Matter) -> str:
    return getattr(matter.order, "category", "") or matter.case.category


def _erasable(session: Session, case: CaseRow) -> None:
    """Nothing keeps it; and no message waits that is addressed by this comment."""
    if why := kept(session, case):
        raise refusal(why)
    waits = message.in_the_way(session, case.id)
    if waits is not None and waits.state not in SENT:
        raise NotPossible("A message about this comment is still under way: cancel it, or wait until it went out.")


def _explicable(session: Session, house: House, matter: Matter) -> None:
    if not getattr(matter.order, "explain", False):
        return
    if _category(matter) != _EXPLAINED and not matter.comment.personal:
        raise BadInput(
            "The explanation speaks of personal data, and this comment is not about that; delete without it."
        )
    possible(house, matter, MESSAGE)
    if taken := message.in_the_way(session, matter.case.id):
        raise message.taken(house, taken)
    drafts.allow(house, Template.VERWIJDERD_PRIVACY, drafts.explanation(house))


def cancel(house: House, run: Run, order_id: int) -> None:
    """Carry out a `CancelDelete` order: the grace ends at once, then the comment is made visible."""
    if run.transaction("neem", lambda session: _begin_cancel(session, house, order_id)):
        carry_out(run, Task(house, CANCEL, order_id))


def _begin_cancel(session: Session, house: House, order_id: int) -> bool:
    if not begin(session, house, order_id, UNHIDE):
        return False
    matter = load(session, order_id)
    close_deadlines(session, house, matter.case, GRACE)
    drop_message(session, house, matter.case, partial(entry, house, matter))
    return True


# ---------------------------------------------------------------- when the grace is over


def grace_over(house: House, run: Run, deadline_id: int) -> None:
    """The clock says that a grace may be over; the row says whether it is."""
    due = run.transaction("bedenktijd", lambda session: _take_due(session, house, deadline_id))
    if due:
        carry_out(run, Task(house, _AFTER_GRACE[due["flow"]], due["order_id"]))


_AFTER_GRACE = {flow.key: flow for flow in (EXPLAIN, SECOND)}


def _take_due(session: Session, house: House, deadline_id: int) -> dict[str, Any]:
    """Take the case of a grace that is really over; {} when there is nothing to do."""
    lock(session)
    row = session.get_one(DeadlineRow, deadline_id)
    now = house.clock.now()
    if row.closed_at is not None or row.due_at > now:
        return {}
    matter = load(session, row.order_id or 0)
    letter = message.find(session, matter.id)
    if now - row.due_at > timedelta(seconds=WATCHED_S):
        _show_again(row, letter, now)
        touch(session, matter.case)
    elif not hold(session, house, matter, (State.GEPLAND,)):
        row.due_at = now + BUSY
    elif why := kept(session, matter.case):
        let_go(matter.case)
        stop_deletion(session, house, matter.case, matter.comment, why)
    else:
        row.closed_at = now
        explains = letter is not None and letter.state == MessageState.GEPLAND
        return {"order_id": matter.id, "flow": (EXPLAIN if explains else SECOND).key}
    return {}


def _show_again(row: DeadlineRow, letter: MessageRow | None, now: datetime) -> None:
    row.set_at, row.due_at = now, now + timedelta(seconds=row.seconds)
    if letter is not None:
        letter.due_at = row.due_at


def stop_deletion(session: Session, house: House, case: CaseRow, comment: CommentRow, reason: str) -> bool:
    """What is planned, or failed and would be tried again, is not erased: the case is open again, with what was hidden
    still hidden. False when no deletion waits. reason: word of the register, `bewaarplicht` or `dossier_concept`.
    """
    before = case.state
    if case.doing_order is not None or not (before == State.GEPLAND or _failed_to_erase(case)):
        return False
    open_again(session, house, case)
    about = {"action": "verwijderen", "actor": CLOCK, "automated": True, "reason": reason}
    said = entry_of(house, case, comment, Event.GEANNULEERD, from_state=before, to_state=case.state, **about)
    house.register.append(session, said)
    touch(session, case)
    return True


def _failed_to_erase(case: CaseRow) -> bool:
    return (case.trouble or {}).get("flow") in _AFTER_GRACE
