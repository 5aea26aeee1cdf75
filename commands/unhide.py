"""*Terug zichtbaar maken*: the undo of hiding, at any time. The case is open again, with its history."""

from sqlalchemy.orm import Session

from commands.act import UNHIDE, Flow, Outcome, begin, carry_out
from commands.case import Matter, decide, entry, load, refuse, touch
from commands.house import House, wall
from domain.errors import NotPossible
from domain.model import Answer
from domain.states import State, Visibility
from storage.durable import Run
from storage.register_entry import Event


def _shown(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    before = matter.case.state
    matter.comment.visibility = Visibility.ZICHTBAAR.value
    decide(house, matter.case, matter.order, State.HEROPEND)
    house.register.append(
        session, entry(house, matter, Event.HEROPEND, from_state=before, to_state=State.HEROPEND.value)
    )
    return Answer(True, "Visible again at {at}.", {"at": wall(house.clock.now())})


FLOW = Flow("terug_zichtbaar", UNHIDE, _shown)


def unhide(house: House, run: Run, order_id: int) -> None:
    """Carry out an `Unhide` order."""
    if run.transaction("neem", lambda session: _begin(session, house, order_id)):
        carry_out(house, run, order_id, FLOW)


def _begin(session: Session, house: House, order_id: int) -> bool:
    matter = load(session, order_id)
    if matter.comment.visibility in (Visibility.VERWIJDERD, Visibility.DOOR_AUTEUR_VERWIJDERD):
        refuse(matter, house, NotPossible("The comment is gone from the platform; that cannot be undone."))
        touch(session, matter.case)
        return False
    return begin(session, house, order_id, UNHIDE)
