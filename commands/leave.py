"""*Laten staan*, *Fout gemarkeerd* and *Heropenen*: decisions that ask nothing of a platform."""

from sqlalchemy.orm import Session

from commands.case import answer, close_deadlines, decide, entry, live_flags, load, refuse, take, touch
from commands.house import House, wall
from domain.errors import Expected, NotPossible
from domain.model import Answer
from domain.orders import MarkWrong
from domain.states import State, Visibility
from storage.durable import Run
from storage.register_entry import Event


def leave(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Leave` or `MarkWrong` order: the comment stays as it is."""
    run.transaction("laat staan", lambda session: _leave(session, house, order_id))


def _leave(session: Session, house: House, order_id: int) -> None:
    matter = load(session, order_id)
    before = matter.case.state
    try:
        take(session, house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return
    wrong = isinstance(matter.order, MarkWrong)
    for flag in live_flags(session, matter.comment):
        flag.verdict = "fout" if wrong else "laten_staan"
    close_deadlines(session, house, matter.case)
    decide(house, matter.case, matter.order, State.AFGEHANDELD)
    said = entry(
        house,
        matter,
        Event.BESLIST,
        from_state=before,
        to_state=State.AFGEHANDELD.value,
        rules=tuple(flag.rule for flag in live_flags(session, matter.comment)),
    )
    house.register.append(session, said)
    touch(session, matter.case)
    at = wall(house.clock.now())
    answer(
        matter,
        house,
        Answer(True, "Marked as wrongly flagged at {at}.", {"at": at})
        if wrong
        else Answer(True, "Left standing at {at}.", {"at": at}),
    )


def reopen(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Reopen` order: the case is open again, its history kept."""
    run.transaction("heropen", lambda session: _reopen(session, house, order_id))


def _reopen(session: Session, house: House, order_id: int) -> None:
    matter = load(session, order_id)
    before = matter.case.state
    try:
        _still_there(matter.comment.visibility)
        take(session, house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return
    for flag in live_flags(session, matter.comment):
        flag.verdict = ""
    decide(house, matter.case, matter.order, State.HEROPEND)
    house.register.append(
        session, entry(house, matter, Event.HEROPEND, from_state=before, to_state=State.HEROPEND.value)
    )
    touch(session, matter.case)
    answer(matter, house, Answer(True, "Open again at {at}.", {"at": wall(house.clock.now())}))


def _still_there(visibility: str) -> None:
    if visibility in (Visibility.VERWIJDERD, Visibility.DOOR_AUTEUR_VERWIJDERD):
        raise NotPossible("The comment is gone from the platform; that cannot be undone.")
