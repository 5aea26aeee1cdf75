"""*Documenteren (PV)*: a dossier in concept, and its form in versions.

    may it? ─▶ capture (a failure is noted) ─▶ number, dossier, form and register line in one transaction

A case has one concept at a time, whose form gets versions; to a sealed dossier a new one is added, with `-A1` behind
its number. Sealing is `commands.seal`, what comes after it `commands.hand_over`.
"""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy.orm import Session

from commands.capture import capture
from commands.case import Matter, allow, change, entry, refuse
from commands.delete import stop_deletion
from commands.dossier_data import added_to
from commands.dossier_form import form_of
from commands.dossier_material import proven
from commands.dossiers import form_version, newest
from commands.house import House
from commands.kept import DOSSIER
from commands.paper import note, salted, settle
from domain.clock import local
from domain.dossier import DossierState, Form
from domain.errors import EvidenceMissing, Expected, StaleText
from domain.model import Answer
from domain.orders import Document
from storage.database import count
from storage.durable import Run
from storage.paper_tables import DossierFormRow, DossierRow
from storage.register_entry import Event

MOMENT = "documenteren"


def document(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Document` order."""
    comment_id = run.transaction("mag documenteren", lambda session: _may(session, house, order_id))
    if not comment_id:
        return
    seen = run.step("leg vast documenteren", lambda: capture(house, run, comment_id, MOMENT))
    run.transaction("documenteer", lambda session: _document(session, house, order_id, seen))


def _may(session: Session, house: House, order_id: int) -> int:
    """Row id of the comment to be captured; 0 when the order was refused."""
    matter = change(session, order_id)
    try:
        _form(session, house, matter)
    except Expected as why:
        refuse(matter, house, why)
        return 0
    return matter.case.comment_id


def _form(session: Session, house: House, matter: Matter) -> Form:
    """The form of an order that may be carried out now; Expected says why not."""
    allow(house, matter)
    return form_of(house, _order(matter), matter.case.category, _on_screen(session, matter))


def _on_screen(session: Session, matter: Matter) -> Form | None:
    """The form that this one was made from: the version that was seen, or what an addition begins with."""
    row, seen = newest(session, matter.case.id or 0), _order(matter).seen_form
    if row is None:
        return None
    last = 0 if row.state == DossierState.CONCEPT else row.version
    return form_version(session, row, seen or last)


def _order(matter: Matter) -> Document:
    return cast("Document", matter.order)  # handlers are chosen by the word of an order


def _document(session: Session, house: House, order_id: int, seen: Mapping[str, Any]) -> None:
    _note_capture(session, house, change(session, order_id), seen)
    settle(session, house, order_id, _place)


def _note_capture(session: Session, house: House, matter: Matter, seen: Mapping[str, Any]) -> None:
    """Documenting goes on when the platform is away; the register says that it was."""
    if seen["ok"]:
        reason = "" if seen["complete"] else "onvolledig"
        said = entry(house, matter, Event.VASTGELEGD, digests={"bewijs": str(seen["digest"])}, reason=reason)
    else:
        code = seen["error"]["code"] or seen["error"]["kind"]
        said = entry(house, matter, Event.VASTLEGGING_MISLUKT, code=code)
    house.register.append(session, said)


# ---------------------------------------------------------------- where the form goes


def _place(session: Session, house: House, matter: Matter) -> Answer:
    """A new dossier, a new version of a concept, or an addition to a sealed one; and nothing is erased meanwhile."""
    form, row = _form(session, house, matter), newest(session, matter.case.id or 0)
    if not proven(session, matter.comment):
        raise EvidenceMissing("There is no evidence of this comment itself, so no dossier can be made of it.")
    if row is not None and row.state == DossierState.CONCEPT:
        told = _change(session, house, matter, row, form)
    elif _order(matter).seen_form:
        raise StaleText("The dossier was sealed or withdrawn meanwhile. Nothing was kept; open the form again.")
    else:
        number = _addition(session, row.number) if row else _number(session, house)
        told = _make(session, house, matter, number, form)
    stop_deletion(session, house, matter.case, matter.comment, DOSSIER)
    return told


def _number(session: Session, house: House) -> str:
    year = local(house.clock.now()).year
    return f"SMD-{year}-{count(session, f'dossier-{year}'):06d}"


def _addition(session: Session, number: str) -> str:
    first = added_to(number) or number
    return f"{first}-A{count(session, f'aanvulling-{first}')}"


def _make(session: Session, house: House, matter: Matter, number: str, form: Form) -> Answer:
    row = DossierRow(
        number=number, case_id=matter.case.id or 0, version=0, made_by=matter.order.by, made_at=house.clock.now()
    )
    session.add(row)
    session.flush()
    _add_version(session, house, matter, row, form)
    note(session, house, matter, row, Event.DOSSIER_CONCEPT, digests=salted(matter, "formulier", form))
    return Answer(True, "Dossier {number} is there; somebody else reads it and seals it.", {"number": number})


def _change(session: Session, house: House, matter: Matter, row: DossierRow, form: Form) -> Answer:
    last = session.get_one(DossierFormRow, (row.id, row.version))
    if Form.of(last.form) == form:
        return Answer(True, "Dossier {number} says this already.", {"number": row.number})
    if _order(matter).seen_form != row.version:
        raise StaleText(
            "{who} changed the form of dossier {number} at {at}. Nothing was kept; open the form again.",
            who=house.name(last.by),
            number=row.number,
            at=last.at.isoformat(),
        )
    _add_version(session, house, matter, row, form)
    digests = salted(matter, "formulier", form)
    note(session, house, matter, row, Event.DOSSIER_GEWIJZIGD, count=row.version, digests=digests)
    return Answer(True, "Dossier {number} is changed.", {"number": row.number})


def _add_version(session: Session, house: House, matter: Matter, row: DossierRow, form: Form) -> None:
    row.version += 1
    session.add(
        DossierFormRow(
            dossier_id=row.id or 0,
            version=row.version,
            form=form.to_data(),
            by=matter.order.by,
            at=house.clock.now(),
        )
    )
