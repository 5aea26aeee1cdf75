"""How an order comes in and is carried out.

`give` is one job of the writer: the order and its workflow are committed together, under the delivery key of the
press, so that the same press is one order however often it arrives. `perform` is that workflow.
"""

import logging
import secrets
from collections.abc import Callable, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands import claim, delete, hide, leave, retry, show_text, unhide
from commands.case import answer, let_go, load, touch
from commands.house import House
from domain.errors import BadInput
from domain.model import Answer
from domain.orders import Order, to_data
from domain.states import State
from storage.durable import CLICKS, Run
from storage.tables import CaseRow, GivenOrderRow

ORDER = "opdracht"
MAX_KEY = 200
Handler = Callable[[House, Run, int], None]

HANDLERS: Mapping[str, Handler] = {
    "neem_ik": claim.claim,
    "laat_los": claim.release,
    "verbergen": hide.hide,
    "laten_staan": leave.leave,
    "fout_gemarkeerd": leave.leave,
    "verwijderen": delete.delete,
    "annuleren": delete.cancel,
    "terug_zichtbaar": unhide.unhide,
    "heropenen": leave.reopen,
    "opnieuw": retry.retry,
    "manueel_gedaan": retry.done_by_hand,
    "toon_tekst": show_text.show_text,
}
"""One handler per command word."""

_orders = GivenOrderRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_cases = CaseRow.__table__  # type: ignore[attr-defined]
_log = logging.getLogger(__name__)


def give(house: House, run: Run, connection: sa.Connection, order: Order, key: str) -> bool:
    """Store an order and enqueue it; False when this very press was stored before."""
    if not key or len(key) > MAX_KEY or not key.isprintable():
        raise BadInput("This press has no usable key; draw the card again.")
    if connection.execute(sa.select(_orders.c.id).where(_orders.c.key == key)).first() is not None:
        return False
    if connection.execute(sa.select(_cases.c.id).where(_cases.c.id == order.case_id)).first() is None:
        raise BadInput("There is no such card.")
    result = connection.execute(
        sa.insert(_orders).values(
            key=key,
            word=order.word,
            case_id=order.case_id,
            by=order.by,
            surface=order.surface,
            data=to_data(order),
            given_at=house.clock.now(),
        )
    )
    run.start(connection, CLICKS, ORDER, f"{ORDER}:{key}", int(result.inserted_primary_key[0]))  # type: ignore[index]
    return True


def perform(house: House, run: Run, order_id: int) -> None:
    """Carry out one order. What nobody foresaw gets a number, on the card and in the log, and the card is free again."""
    with house.read() as session:
        word = session.get_one(GivenOrderRow, order_id).word
    try:
        HANDLERS[word](house, run, order_id)
    except Exception as error:
        reference = secrets.token_hex(3).upper()
        _log.exception("order %s (%s) failed; reference %s", order_id, word, reference)
        run.transaction("onvoorzien", lambda session: _unforeseen(session, house, order_id, reference))
        raise RuntimeError(f"reference {reference}") from error


def _unforeseen(session: Session, house: House, order_id: int, reference: str) -> None:
    matter = load(session, order_id)
    case = matter.case
    told = Answer(
        False,
        "Something went wrong that nobody foresaw. Tell the administrator this number: {reference}.",
        {"reference": reference},
    )
    answer(matter, house, told)
    if case.doing_order is None:
        return
    let_go(case)
    case.state = State.MISLUKT.value
    case.trouble = {
        "flow": "",
        "word": matter.order.word,
        "by": matter.order.by,
        "order_id": order_id,
        "at": house.clock.now().isoformat(),
        "msgid": told.msgid,
        "params": dict(told.params),
        "code": "",
        "tries": 1,
        "retry_at": None,
        "reference": reference,
    }
    touch(session, case)
