"""*Verbergen*: capture, hide; reversible, so it goes on with a note when the capture fails."""

from sqlalchemy.orm import Session

from commands.act import HIDE, Flow, Outcome, begin, carry_out
from commands.case import Matter, decide
from commands.house import House, wall
from domain.model import Answer
from domain.states import State, Visibility
from storage.durable import Run


def _hidden(_session: Session, house: House, matter: Matter, _outcome: Outcome) -> Answer:
    matter.comment.visibility = Visibility.VERBORGEN.value
    decide(house, matter.case, matter.order, State.AFGEHANDELD)
    return Answer(True, "Hidden at {at}.", {"at": wall(house.clock.now())})


FLOW = Flow("verbergen", HIDE, _hidden)


def hide(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Hide` order."""
    if run.transaction("neem", lambda session: begin(session, house, order_id, HIDE)):
        carry_out(house, run, order_id, FLOW)
