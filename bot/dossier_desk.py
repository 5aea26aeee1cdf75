"""The room of the dossiers over the house: `bot.browser.dossier_desk.DossierDesk`."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.browser.desk import PAGE_SIZE, Page
from bot.reach import Reach
from commands.case import entry_of
from commands.dossiers import SEALED, contents, of_number, page
from commands.views import views
from domain.dossier import Contents, DossierView
from domain.model import CaseView, Person
from domain.states import State
from storage.paper_tables import DossierFileRow, DossierRow
from storage.register_entry import Entry, Event
from storage.tables import CaseRow, CommentRow

_LOOKED = "dossier"
"""Reason code in the register."""
_WAITING_MAX = 20
"""Cards that are named; the next ones come up as these are judged."""


class HouseDossierDesk:
    """Reads dossiers; every look and every download is a line in the register before anything is shown."""

    def __init__(self, reach: Reach) -> None:
        self._reach, self._house = reach, reach.house

    async def dossiers(self, page_number: int) -> Page[DossierView]:
        """All dossiers: concepts first, then newest first."""
        rows, total = await self._reach.read(lambda session: page(session, page_number, PAGE_SIZE))
        return Page(rows, page_number, total)

    async def waiting(self) -> Sequence[CaseView]:
        """Cards that wait for a second person, the longest waiting first."""
        return await self._reach.read(self._waiting)

    def _waiting(self, session: Session) -> list[CaseView]:
        asked = sa.select(CaseRow).where(col(CaseRow.state) == State.WACHT_4OGEN.value)
        rows = session.scalars(asked.order_by(col(CaseRow.opened_at)).limit(_WAITING_MAX)).all()
        return views(session, self._house, rows)

    async def look(self, number: str, viewer: Person) -> tuple[Contents, int] | None:
        """A dossier whole, and the text version of its case now."""
        said = await self._reach.read(lambda session: self._said(session, number, viewer, Event.INGEZIEN))
        if said is None:
            return None
        await self._register(said)
        return await self._reach.read(lambda session: self._whole(session, number))

    async def file(self, number: str, viewer: Person) -> bytes | None:
        """The sealed ZIP."""
        body = await self._reach.read(lambda session: _sealed(session, number))
        said = await self._reach.read(lambda session: self._said(session, number, viewer, Event.GEEXPORTEERD))
        if body is None or said is None:
            return None
        await self._register(said)
        return body

    def _said(self, session: Session, number: str, viewer: Person, event: Event) -> Entry | None:
        row = of_number(session, number)
        if row is None:
            return None
        case, comment = _about(session, row)
        about = {"dossier": row.number, "actor": viewer.key, "surface": "browser", "reason": _LOOKED}
        return entry_of(self._house, case, comment, event, **about)

    async def _register(self, said: Entry) -> None:
        def job(connection: sa.Connection) -> int:
            return self._house.register.append(connection, said)

        await self._reach.write(job)

    def _whole(self, session: Session, number: str) -> tuple[Contents, int] | None:
        row = of_number(session, number)
        if row is None:
            return None
        return contents(session, self._house, row.id or 0), _about(session, row)[1].version


def _about(session: Session, row: DossierRow) -> tuple[CaseRow, CommentRow]:
    case = session.get_one(CaseRow, row.case_id)
    return case, session.get_one(CommentRow, case.comment_id)


def _sealed(session: Session, number: str) -> bytes | None:
    row = of_number(session, number)
    if row is None or row.state not in SEALED:
        return None
    file = session.get(DossierFileRow, row.id)
    return file.body if file else None
