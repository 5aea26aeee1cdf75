"""What may not be erased now, and why."""

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.dossier import DossierState
from domain.errors import NotPossible
from domain.states import Marker
from storage.paper_tables import DossierRow
from storage.tables import CaseRow

DOSSIER = "dossier_concept"


def kept(session: Session, case: CaseRow) -> str:
    """Why nothing of this case may be erased, as a word of the register; empty when it may."""
    if Marker.BEWAARPLICHT.value in case.markers:
        return Marker.BEWAARPLICHT.value
    return DOSSIER if held_by_dossier(session, case) else ""


def held_by_dossier(session: Session, case: CaseRow) -> bool:
    """True while a dossier about this case waits for its second reader, who may want to look at the comment itself."""
    concept = (col(DossierRow.case_id) == case.id, col(DossierRow.state) == DossierState.CONCEPT.value)
    return session.scalars(sa.select(DossierRow).where(*concept).limit(1)).first() is not None


def refusal(why: str) -> NotPossible:
    """What a person is told who wants to erase it all the same."""
    if why == DOSSIER:
        return NotPossible("A PV dossier in concept is open on this card: have it checked or withdraw it first.")
    return NotPossible("Legal hold: this may not be erased.")
