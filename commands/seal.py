"""*Nagekeken*: a second person read the dossier, and it is sealed: never changed again.

    may it? ─▶ build the file (again when the process died) ─▶ still the same? sealed, digest in the register

Between building and sealing the form or the evidence may change: then nothing is sealed, and it is read again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.case import Matter, allow, change, refuse
from commands.dossier_data import Sealing
from commands.dossier_file import assemble
from commands.dossier_material import gather
from commands.dossiers import as_contents, dossier_views, newest, wrote
from commands.house import House
from commands.paper import note, settle
from domain.dossier import DossierState
from domain.errors import AlreadyHandled, Expected, NotAllowed, NotPossible, StaleText
from domain.model import Answer
from domain.orders import Review
from storage.dossier_bag import Packed, pack
from storage.durable import Run
from storage.paper_tables import DossierFileRow, DossierRow
from storage.register import RegisterEntry
from storage.register_entry import Event

_files = DossierFileRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_dossiers = DossierRow.__table__  # type: ignore[attr-defined]
Plan = Mapping[str, Any]
"""{"dossier": 3, "by": "ann", "at": "2026-…", "upto": 412}: of what, by whom, when, with the register up to where."""


def review(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Review` order."""
    plan = run.transaction("mag nakijken", lambda session: _plan(session, house, order_id))
    if not plan:
        return
    made = run.step("bouw dossier", lambda: _build(house, plan))
    run.transaction(
        "verzegel",
        lambda session: settle(session, house, order_id, lambda *what: _seal(*what, plan=plan, made=made)),
    )


# ---------------------------------------------------------------- may it?


def _plan(session: Session, house: House, order_id: int) -> dict[str, Any]:
    """What is going to be sealed; empty when the order was refused."""
    matter = change(session, order_id)
    try:
        row = _readable(session, house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return {}
    upto = session.scalar(sa.select(sa.func.max(col(RegisterEntry.seq))))
    return {"dossier": row.id, "by": matter.order.by, "at": house.clock.now().isoformat(), "upto": upto}


def _readable(session: Session, house: House, matter: Matter) -> DossierRow:
    """The concept that this person may seal now; Expected says why not."""
    allow(house, matter)
    row = newest(session, matter.case.id or 0)
    if row is None:
        raise NotPossible("This case has no dossier.")
    if row.state != DossierState.CONCEPT:
        raise AlreadyHandled(
            "{who} was first: read and sealed at {at}.",
            who=house.name(row.reviewed_by),
            at=row.reviewed_at.isoformat() if row.reviewed_at else "",
        )
    if wrote(session, row, matter.order.by):
        raise NotAllowed("You wrote in this dossier yourself; somebody else must read it.")
    if cast("Review", matter.order).seen_form != row.version:
        raise StaleText("The form changed since you read it. Nothing was sealed; read it again.")
    return row


# ---------------------------------------------------------------- the file


def _build(house: House, plan: Plan) -> dict[str, str]:
    """Make the file and keep it, as often as needed: the same rows give the same bytes."""
    with house.read() as session:
        packed, basis = _packed(session, house, plan)
    house.store(lambda connection: _keep(connection, house, plan["dossier"], packed))
    return {"digest": packed.digest, "sha256": packed.sha256, "basis": basis}


def _packed(session: Session, house: House, plan: Plan) -> tuple[Packed, str]:
    row = session.get_one(DossierRow, plan["dossier"])
    sealing = Sealing(plan["by"], datetime.fromisoformat(plan["at"]), plan["upto"])
    whole = assemble(session, house, row, sealing)
    (view,) = dossier_views(session, [row])
    read = house.scribe.dossier(as_contents(view, whole.data))
    return pack(row.number, sealing.at, {**whole.files, **read}, house.settings.zone.naam), whole.basis


def _keep(connection: sa.Connection, house: House, dossier: int, packed: Packed) -> None:
    """A sealed file is never replaced."""
    mine = sa.select(_dossiers.c.state).where(_dossiers.c.id == dossier).with_for_update()
    if connection.execute(mine).scalar_one() != DossierState.CONCEPT:
        return
    connection.execute(sa.delete(_files).where(_files.c.dossier_id == dossier))
    kept = {"body": packed.body, "sha256": packed.sha256, "made_at": house.clock.now()}
    connection.execute(sa.insert(_files).values(dossier_id=dossier, **kept))


# ---------------------------------------------------------------- sealed


def _seal(session: Session, house: House, matter: Matter, *, plan: Plan, made: Mapping[str, str]) -> Answer:
    row = _readable(session, house, matter)
    session.refresh(row, with_for_update=True)
    kept = session.scalar(sa.select(_files.c.sha256).where(_files.c.dossier_id == plan["dossier"]))
    same = row.id == plan["dossier"] and gather(session, row).basis == made["basis"] and kept == made["sha256"]
    if not same:
        raise StaleText("The form or the evidence changed while the file was made. Nothing was sealed; read it again.")
    row.state, row.digest = DossierState.NAGEKEKEN.value, made["digest"]
    row.reviewed_by, row.reviewed_at = matter.order.by, datetime.fromisoformat(plan["at"])
    note(session, house, matter, row, Event.DOSSIER_NAGEKEKEN, digests={"dossier": made["digest"]})
    return Answer(
        True,
        "Dossier {number} is sealed. Read out this fingerprint: {digest}",
        {"number": row.number, "digest": made["digest"]},
    )
