"""Orders that are not about a case: loaded, allowed, carried out in one transaction, answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from sqlalchemy.orm import Session

from commands.case import allow_person, answer_to, lock, refuse_to
from commands.house import House
from domain.errors import Expected
from domain.model import Answer
from domain.orders import Order, from_data
from storage.durable import Run
from storage.register_entry import Entry, Event
from storage.tables import GivenOrderRow

O = TypeVar("O", bound=Order)  # noqa: E741 - the usual letter for an order here


@dataclass(frozen=True, slots=True)
class Asked(Generic[O]):
    """An order and the row in which it was given."""

    given: GivenOrderRow
    order: O


Work = Callable[[Session, House, Asked[O]], Answer]
"""Carries an order out and gives the answer; an Expected that it raises is told, and it has changed nothing then."""


def carry_out(house: House, run: Run, order_id: int, work: Work[O]) -> None:
    """The whole handler of such an order: one transaction that may be done again."""
    run.transaction("voer uit", lambda session: perform(session, house, order_id, work))


def perform(session: Session, house: House, order_id: int, work: Work[O]) -> None:
    """Inside a transaction: may this person do it? Then do it, and tell what came of it."""
    lock(session)
    given = session.get_one(GivenOrderRow, order_id)
    order = cast("O", from_data(given.data))
    try:
        allow_person(house, order)
        told = work(session, house, Asked(given, order))
    except Expected as why:
        refuse_to(given, house, why)
    else:
        answer_to(given, house, told)


def noted(session: Session, house: House, asked: Asked[Any], reason: str, **more: Any) -> None:  # noqa: ANN401 - of Entry
    """The register line of a changed setting. reason: what changed, a word such as `event_bevestigd`."""
    said = Entry(event=Event.INSTELLING, reason=reason, **by_order(asked), **more)
    house.register.append(session, said)


def by_order(asked: Asked[Any]) -> dict[str, Any]:
    """Who gave an order, from where: fields of a register entry."""
    order = asked.order
    return {"action": order.word, "actor": order.by, "surface": order.surface, "order": asked.given.key}
