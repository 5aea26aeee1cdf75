"""*Overmaken* and *Dossier intrekken*: a sealed dossier goes to an investigator, a concept goes no further."""

from typing import cast

from sqlalchemy.orm import Session

from commands.case import Matter, allow_person, motive
from commands.dossier_form import REASON_MAX, needed, pv_number, typed
from commands.dossiers import SEALED, dossiers_of, newest, wrote
from commands.house import House
from commands.paper import note, salted, settle
from domain.dossier import DossierState
from domain.errors import AlreadyHandled, NotAllowed, NotPossible
from domain.model import Answer
from domain.orders import HandOver, WithdrawDossier
from storage.durable import Run
from storage.paper_tables import DossierRow
from storage.register_entry import Event

GIVEN = "opgegeven"
"""Reason code: somebody typed why; the register holds the digest of it."""


def withdraw(house: House, run: Run, order_id: int) -> None:
    """Carry out a `WithdrawDossier` order."""
    run.transaction("trek dossier in", lambda session: settle(session, house, order_id, _withdraw))


def _withdraw(session: Session, house: House, matter: Matter) -> Answer:
    allow_person(house, matter.order)
    needed(cast("WithdrawDossier", matter.order).reason, REASON_MAX)
    row = newest(session, matter.case.id or 0)
    if row is None or row.state != DossierState.CONCEPT:
        raise NotPossible("There is no dossier in concept; a sealed one stays as it is.")
    row.state = DossierState.INGETROKKEN.value
    row.withdrawn_by, row.withdrawn_at = matter.order.by, house.clock.now()
    note(session, house, matter, row, Event.DOSSIER_INGETROKKEN, reason=GIVEN, digests=motive(matter))
    return Answer(True, "Dossier {number} is withdrawn; its number stays used.", {"number": row.number})


def hand_over(house: House, run: Run, order_id: int) -> None:
    """Carry out a `HandOver` order; a second one fills in the number of the PV."""
    run.transaction("maak dossier over", lambda session: settle(session, house, order_id, _hand_over))


def _hand_over(session: Session, house: House, matter: Matter) -> Answer:
    allow_person(house, matter.order)
    order = cast("HandOver", matter.order)
    row = _chosen(session, order)
    if wrote(session, row, order.by):
        raise NotAllowed("You wrote in this dossier yourself; somebody else must hand it over.")
    if row.state == DossierState.OVERGEMAAKT:
        return _fill_in(session, house, matter, row, pv_number(order))
    row.recipient, row.purpose = needed(order.recipient), needed(order.purpose)
    row.channel, row.pv_number = typed(order.channel), pv_number(order)
    row.state = DossierState.OVERGEMAAKT.value
    row.handed_by, row.handed_at = order.by, house.clock.now()
    digests = {"dossier": row.digest, **salted(matter, "ontvanger", row.recipient)}
    note(session, house, matter, row, Event.DOSSIER_OVERGEMAAKT, digests=digests)
    return Answer(True, "Dossier {number} is handed over.", {"number": row.number})


def _chosen(session: Session, order: HandOver) -> DossierRow:
    """The sealed dossier that was meant: by its number, or the newest of the case."""
    rows = [row for row in dossiers_of(session, order.case_id) if order.dossier in ("", row.number)]
    if not rows:
        raise NotPossible("This case has no such dossier.")
    sealed = [row for row in rows if row.state in SEALED]
    if not sealed:
        raise NotPossible("Only a sealed dossier is handed over; somebody else reads it first.")
    return sealed[-1]


def _fill_in(session: Session, house: House, matter: Matter, row: DossierRow, number: str) -> Answer:
    if not number or row.pv_number:
        raise AlreadyHandled(
            "{who} was first: handed over at {at}.",
            who=house.name(row.handed_by),
            at=row.handed_at.isoformat() if row.handed_at else "",
        )
    row.pv_number = number
    digests = {"dossier": row.digest, **salted(matter, "pv_nummer", number)}
    note(session, house, matter, row, Event.DOSSIER_OVERGEMAAKT, reason="pv_nummer", digests=digests)
    return Answer(True, "The PV number stands with dossier {number}.", {"number": row.number})
