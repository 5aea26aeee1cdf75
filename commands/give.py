"""How an order comes in and is carried out.

`give` is one job of the writer: the order and its workflow are committed together, under the delivery key of the
press, so that the same press is one order however often it arrives. `perform` is that workflow.
"""

from collections.abc import Callable, Mapping

import sqlalchemy as sa

from commands import (
    agenda,
    arrived,
    claim,
    delete,
    document,
    hand_over,
    hide,
    incident_orders,
    leave,
    report,
    retry,
    roster,
    seal,
    show_text,
    strikes,
    unhide,
    waiting,
    warn,
)
from commands.house import House
from commands.mishap import guarded
from domain.errors import BadInput
from domain.orders import CaseOrder, Order, to_data
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
    "waarschuwen": warn.warn,
    "verzenden_annuleren": waiting.cancel,
    "goedkeuren": waiting.approve,
    "weigeren": waiting.decline,
    "wel_verstuurd": arrived.was_sent,
    "niet_verstuurd": arrived.was_not_sent,
    "waarschuwing_intrekken": strikes.withdraw,
    "documenteren": document.document,
    "nakijken": seal.review,
    "overmaken": hand_over.hand_over,
    "dossier_intrekken": hand_over.withdraw,
    "kennis_genomen": incident_orders.acknowledge,
    "demp": incident_orders.mute,
    "vals_alarm": incident_orders.false_alarm,
    "incident_sluiten": incident_orders.close,
    "event_plannen": agenda.plan,
    "event_bevestigen": agenda.confirm,
    "event_afgelasten": agenda.cancel,
    "wacht_toevoegen": roster.add,
    "wacht_wissen": roster.remove,
    "melding": report.report,
}
"""One handler per command word."""

_orders = GivenOrderRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_cases = CaseRow.__table__  # type: ignore[attr-defined]


def give(house: House, run: Run, connection: sa.Connection, order: Order, key: str) -> bool:
    """Store an order and enqueue it; False when this very press was stored before."""
    if not key or len(key) > MAX_KEY or not key.isprintable():
        raise BadInput("This press has no usable key; draw the card again.")
    if connection.execute(sa.select(_orders.c.id).where(_orders.c.key == key)).first() is not None:
        return False
    case_id = order.case_id if isinstance(order, CaseOrder) else None
    if case_id is not None and connection.execute(sa.select(_cases.c.id).where(_cases.c.id == case_id)).first() is None:
        raise BadInput("There is no such card.")
    result = connection.execute(
        sa.insert(_orders).values(
            key=key,
            word=order.word,
            case_id=case_id,
            by=order.by,
            surface=order.surface,
            data=to_data(order),
            given_at=house.clock.now(),
        )
    )
    run.start(connection, CLICKS, ORDER, f"{ORDER}:{key}", int(result.inserted_primary_key[0]))  # type: ignore[index]
    return True


def perform(house: House, run: Run, order_id: int) -> None:
    """The workflow of one order."""
    with house.read() as session:
        word = session.get_one(GivenOrderRow, order_id).word
    guarded(house, run, order_id, lambda: HANDLERS[word](house, run, order_id))
