"""*Terug zichtbaar maken*: the undo of hiding, whoever hid it. The case is open again, with its history."""

from sqlalchemy.orm import Session

from commands.act import begin, carry_out
from commands.case import Matter, decide, entry, see
from commands.flow import UNHIDE, Flow, Outcome, Task
from commands.house import House, wall
from domain.errors import NotPossible
from domain.model import Answer
from domain.states import State, Visibility
from storage.durable import Run
from storage.register_entry import Event


def _shown(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    before = matter.case.state
    see(matter.comment, Visibility.ZICHTBAAR)
    decide(session, house, matter, State.HEROPEND)
    said = entry(house, matter, Event.HEROPEND, from_state=before, to_state=State.HEROPEND.value)
    house.register.append(session, said)
    return Answer(True, "Visible again at {at}.", {"at": wall(house.clock.now())})


FLOW = Flow("terug_zichtbaar", "terug_zichtbaar", UNHIDE, _shown)


def unhide(house: House, run: Run, order_id: int) -> None:
    """Carry out an `Unhide` order."""
    if run.transaction("neem", lambda session: begin(session, house, order_id, UNHIDE, _hidden_now)):
        carry_out(run, Task(house, FLOW, order_id))


def _hidden_now(_house: House, matter: Matter) -> None:
    if matter.comment.visibility == Visibility.ZICHTBAAR:
        raise NotPossible("The comment is visible already.")
