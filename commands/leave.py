"""*Laten staan*, *Fout gemarkeerd* and *Heropenen*: decisions that ask nothing of a platform."""

from sqlalchemy.orm import Session

from commands.case import Matter, answer, change, decide, entry, live_flags, motive, refuse, still_there, take, touch
from commands.house import House, wall
from domain.errors import Expected
from domain.model import Answer
from domain.orders import MarkWrong
from domain.states import State
from storage.durable import Run
from storage.register_entry import Event


def leave(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Leave` or `MarkWrong` order: the comment stays as it is."""
    run.transaction("laat staan", lambda session: _leave(session, house, order_id))


def _leave(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    before = matter.case.state
    try:
        take(session, house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return
    rules = _judge_rules(session, matter)
    decide(session, house, matter, State.AFGEHANDELD)
    said = entry(
        house,
        matter,
        Event.BESLIST,
        from_state=before,
        to_state=State.AFGEHANDELD.value,
        rules=rules,
        digests=motive(matter),
    )
    house.register.append(session, said)
    touch(session, matter.case)
    answer(matter, house, _told(matter, wall(house.clock.now())))


def _judge_rules(session: Session, matter: Matter) -> tuple[str, ...]:
    """What a person says of a flag is what its rule is measured by; the rules concerned."""
    flags = live_flags(session, matter.comment)
    for flag in flags:
        flag.verdict = "fout" if isinstance(matter.order, MarkWrong) else "laten_staan"
    return tuple(sorted({flag.rule for flag in flags}))


def _told(matter: Matter, at: str) -> Answer:
    if isinstance(matter.order, MarkWrong):
        return Answer(True, "Marked as wrongly flagged at {at}.", {"at": at})
    return Answer(True, "Left standing at {at}.", {"at": at})


def reopen(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Reopen` order: the case is open again, its history kept."""
    run.transaction("heropen", lambda session: _reopen(session, house, order_id))


def _reopen(session: Session, house: House, order_id: int) -> None:
    matter = change(session, order_id)
    before = matter.case.state
    try:
        take(session, house, matter, still_there)
    except Expected as why:
        refuse(matter, house, why)
        return
    for flag in live_flags(session, matter.comment):
        flag.verdict = ""
    decide(session, house, matter, State.HEROPEND)
    said = entry(house, matter, Event.HEROPEND, from_state=before, to_state=State.HEROPEND.value)
    house.register.append(session, said)
    touch(session, matter.case)
    answer(matter, house, Answer(True, "Open again at {at}.", {"at": wall(house.clock.now())}))
