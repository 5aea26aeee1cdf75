"""Dossiers as people see them: lists, the newest of a case, and all that stands in one."""

import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.dossier_file import PAGE, assemble
from commands.house import House
from domain.dossier import Contents, DossierState, DossierView, Form, Slip, TextVersion
from storage.paper_tables import DossierFileRow, DossierFormRow, DossierRow
from storage.register import RegisterEntry
from storage.register_entry import Event, decode
from storage.tables import CaseRow

SEALED = (DossierState.NAGEKEKEN.value, DossierState.OVERGEMAAKT.value)
_LIVE = (DossierState.CONCEPT.value, *SEALED)


def newest(session: Session, case_id: int) -> DossierRow | None:
    """The newest dossier of a case that was not withdrawn."""
    return session.scalars(_live((case_id,)).order_by(col(DossierRow.id).desc()).limit(1)).first()


def dossiers_of(session: Session, case_id: int) -> list[DossierRow]:
    """All dossiers of a case, oldest first, withdrawn ones too."""
    rows = sa.select(DossierRow).where(col(DossierRow.case_id) == case_id).order_by(col(DossierRow.id))
    return list(session.scalars(rows))


def of_number(session: Session, number: str) -> DossierRow | None:
    """The dossier with this number."""
    return session.scalars(sa.select(DossierRow).where(col(DossierRow.number) == number)).first()


def form_version(session: Session, row: DossierRow, version: int) -> Form | None:
    """A version of the form of a dossier; None when there is no such version."""
    found = session.get(DossierFormRow, (row.id, version)) if 0 < version <= row.version else None
    return Form.of(found.form) if found else None


def wrote(session: Session, row: DossierRow, person: str) -> bool:
    """True if this person filled in any version of the form."""
    versions = sa.select(col(DossierFormRow.by)).where(col(DossierFormRow.dossier_id) == row.id)
    return person in session.scalars(versions).all()


def newest_views(session: Session, case_ids: Sequence[int]) -> Mapping[int, DossierView]:
    """Case id → its newest dossier that was not withdrawn."""
    rows = {row.case_id: row for row in session.scalars(_live(case_ids).order_by(col(DossierRow.id)))}
    return {view.case_id: view for view in dossier_views(session, list(rows.values()))}


def _live(case_ids: Sequence[int]) -> sa.Select[DossierRow]:
    return sa.select(DossierRow).where(col(DossierRow.case_id).in_(case_ids), col(DossierRow.state).in_(_LIVE))


def page(session: Session, number: int, size: int) -> tuple[list[DossierView], int]:
    """One page of all dossiers, concepts first, then newest first; and how many there are in all."""
    waits = sa.case((col(DossierRow.state) == DossierState.CONCEPT.value, 0), else_=1)
    rows = session.scalars(
        sa.select(DossierRow).order_by(waits, col(DossierRow.id).desc()).limit(size).offset((number - 1) * size)
    ).all()
    total = session.scalar(sa.select(sa.func.count()).select_from(DossierRow)) or 0
    return dossier_views(session, rows), total


def dossier_views(session: Session, rows: Sequence[DossierRow]) -> list[DossierView]:
    """These dossiers, in this order."""
    if not rows:
        return []
    ids = [row.id or 0 for row in rows]
    forms: dict[int, list[DossierFormRow]] = defaultdict(list)
    for form in session.scalars(
        sa.select(DossierFormRow).where(col(DossierFormRow.dossier_id).in_(ids)).order_by(col(DossierFormRow.version))
    ):
        forms[form.dossier_id].append(form)
    length: Any = sa.func.length(col(DossierFileRow.body))
    sealed = (row.id for row in rows if row.state in SEALED)
    sizes = session.execute(
        sa.select(col(DossierFileRow.dossier_id), length).where(col(DossierFileRow.dossier_id).in_(sealed))
    )
    numbers = session.execute(
        sa.select(col(CaseRow.id), col(CaseRow.number)).where(col(CaseRow.id).in_({row.case_id for row in rows}))
    )
    return list(_views(rows, forms, {key or 0: each for key, each in numbers}, dict(sizes.all())))


def _views(
    rows: Iterable[DossierRow],
    forms: Mapping[int, list[DossierFormRow]],
    cases: Mapping[int, str],
    sizes: Mapping[int, int],
) -> Iterable[DossierView]:
    for row in rows:
        versions = forms[row.id or 0]
        yield DossierView(
            id=row.id or 0,
            number=row.number,
            case_id=row.case_id,
            case_number=cases[row.case_id],
            state=DossierState(row.state),
            version=row.version,
            form=Form.of(versions[-1].form),
            authors=tuple(dict.fromkeys(each.by for each in versions)),
            made_by=row.made_by,
            made_at=row.made_at,
            reviewed_by=row.reviewed_by,
            reviewed_at=row.reviewed_at,
            handed_by=row.handed_by,
            handed_at=row.handed_at,
            recipient=row.recipient,
            pv_number=row.pv_number,
            digest=row.digest,
            size=sizes.get(row.id or 0, 0),
        )


def registered_digest(session: Session, number: str) -> str:
    """The digest that the register holds for a sealed dossier; empty when it knows none, ValueError when a line there
    cannot be read.
    """
    sealed = sa.select(col(RegisterEntry.body)).where(col(RegisterEntry.event) == Event.DOSSIER_NAGEKEKEN.value)
    lines = (decode(body) for body in session.scalars(sealed))
    return next((str(line["vingerafdrukken"]["dossier"]) for line in lines if line.get("dossier") == number), "")


# ---------------------------------------------------------------- all that stands in one


def contents(session: Session, house: House, dossier_id: int) -> Contents:
    """A dossier whole: of a sealed one what was sealed, whatever happened since; of a concept what would be sealed."""
    row = session.get_one(DossierRow, dossier_id)
    (view,) = dossier_views(session, [row])
    file = session.get(DossierFileRow, dossier_id) if row.state in SEALED else None
    data = _sealed(row.number, file.body) if file else assemble(session, house, row).data
    return as_contents(view, data)


def as_contents(view: DossierView, data: Mapping[str, Any]) -> Contents:
    """What a page shows, out of `dossier.json`."""
    return Contents(
        view,
        data,
        tuple(_text(each) for each in data["teksten"]),
        tuple(Slip(each["deel"], each["pad"], each["sha256"], each["ontbreekt"]) for each in data["stukken"]),
    )


def _text(each: Mapping[str, Any]) -> TextVersion:
    seen = datetime.fromisoformat(each["gezien_op"])
    return TextVersion(each["versie"], each["tekst"], seen, each["bron"], each["vingerafdruk"])


def _sealed(number: str, body: bytes) -> Mapping[str, Any]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        data: Mapping[str, Any] = json.loads(archive.read(f"{number}/data/{PAGE}"))
    return data
