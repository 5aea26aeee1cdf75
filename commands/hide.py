"""*Verbergen*: capture, hide; reversible, so it goes on with a note when the capture fails."""

from sqlalchemy.orm import Session

from commands.act import begin, carry_out
from commands.case import Matter, decide, see
from commands.flow import HIDE, Flow, Outcome, Task
from commands.house import House, wall
from domain.model import Answer
from domain.states import State, Visibility
from storage.durable import Run


def _hidden(session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    see(matter.comment, Visibility.VERBORGEN)
    decide(session, house, matter, State.AFGEHANDELD)
    return Answer(True, "Hidden at {at}.", {"at": wall(house.clock.now())})


FLOW = Flow("verbergen", "verbergen", HIDE, _hidden)


def hide(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Hide` order."""
    if run.transaction("neem", lambda session: begin(session, house, order_id, HIDE)):
        carry_out(run, Task(house, FLOW, order_id))
