"""The register as the browser channel shows it: newest first, colleagues by name only for who may see names."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.browser.desk import PAGE_SIZE, Page, RegisterRow
from commands.house import House
from domain.model import Person
from domain.orders import CLOCK
from domain.roles import Role, may_open
from storage.register import RegisterEntry
from storage.register_entry import Entry, Event, Result, decode
from storage.register_export import export, write_csv
from storage.tables import CaseRow

_DIGEST_SHOWN = 4
_FAILED = (Result.MISLUKT, Result.ONBEKEND)


def page(session: Session, house: House, search: str, number: int, viewer: Person) -> Page[RegisterRow]:
    """One page of steps that fit the search: a case number, or words of a line (category, platform, event)."""
    wanted = _wanted(session, search)
    total = session.scalar(sa.select(sa.func.count()).select_from(RegisterEntry).where(*wanted)) or 0
    entries = session.scalars(
        sa.select(RegisterEntry)
        .where(*wanted)
        .order_by(col(RegisterEntry.seq).desc())
        .limit(PAGE_SIZE)
        .offset((number - 1) * PAGE_SIZE)
    ).all()
    return Page(_rows(session, house, entries, viewer), number, total)


def of_case(session: Session, house: House, number: str, viewer: Person) -> Sequence[RegisterRow]:
    """All steps of one case, oldest first."""
    entries = session.scalars(
        sa.select(RegisterEntry).where(col(RegisterEntry.case_number) == number).order_by(col(RegisterEntry.seq))
    ).all()
    return _rows(session, house, entries, viewer)


def _wanted(session: Session, search: str) -> tuple[Any, ...]:
    text = search.strip()
    if not text:
        return ()
    body: Any = col(RegisterEntry.body)
    sqlite = session.get_bind().dialect.name == "sqlite"
    line = sa.cast(body, sa.Text) if sqlite else sa.func.convert_from(body, "UTF8")
    return (line.icontains(text, autoescape=True),)


def _rows(session: Session, house: House, entries: Sequence[RegisterEntry], viewer: Person) -> list[RegisterRow]:
    who = _Who(session, house, viewer)
    numbers = {each.case_number for each in entries if each.case_number}
    found = session.execute(sa.select(col(CaseRow.number), col(CaseRow.id)).where(col(CaseRow.number).in_(numbers)))
    cases = {number: case_id or 0 for number, case_id in found}
    return [_row(decode(each.body), each, who, cases, house) for each in entries]


class _Who:
    """Colleagues as this viewer may see them: by name, or as M1, M2 … by first appearance in the register."""

    def __init__(self, session: Session, house: House, viewer: Person) -> None:
        self._people = house.register.people(session, [person.key for person in house.settings.people])
        self._names = may_open(Role(viewer.role), "register_namen")
        self._viewer, self._house = viewer, house
        self._numbers = {} if self._names else _numbers(session)

    def label(self, pseudonym: str | None) -> str:
        if not pseudonym:
            return ""
        if pseudonym == CLOCK:
            return "Nabij"
        key = self._people.get(pseudonym)
        if key is not None and (self._names or key == self._viewer.key):
            return self._house.name(key)
        return self._numbers.get(pseudonym, "M?")


def _numbers(session: Session) -> dict[str, str]:
    rows = session.execute(
        sa.select(col(RegisterEntry.actor), sa.func.min(col(RegisterEntry.seq)))
        .where(col(RegisterEntry.actor).is_not(None), col(RegisterEntry.actor) != CLOCK)
        .group_by(col(RegisterEntry.actor))
        .order_by(sa.func.min(col(RegisterEntry.seq)))
    )
    return {str(actor): f"M{place}" for place, (actor, _) in enumerate(rows, 1)}


def _row(
    line: Mapping[str, Any], entry: RegisterEntry, who: _Who, cases: Mapping[str, int], house: House
) -> RegisterRow:
    outcome = line.get("uitkomst")
    platform = house.platform(line.get("platform", ""), line.get("account", ""))
    digest = line.get("vingerafdrukken", {}).get("bewijs", "")
    return RegisterRow(
        at=datetime.fromisoformat(line["tijd"]),
        command=line.get("handeling", ""),
        event=line["gebeurtenis"],
        ok=None if outcome is None and entry.event == Event.VOORNEMEN else outcome not in _FAILED,
        category=line.get("categorie"),
        platform=platform.label if platform else line.get("platform", ""),
        by=who.label(line.get("door") or (CLOCK if line.get("automatisch") else None)),
        evidence=digest[:_DIGEST_SHOWN],
        case_id=cases.get(entry.case_number or ""),
        number=entry.case_number or "",
        note=line.get("code", ""),
    )


# ---------------------------------------------------------------- as a file


def note_export(connection: sa.Connection, house: House, viewer: Person) -> int:
    """Somebody takes the register along: that is a line in the register itself."""
    return house.register.append(
        connection, Entry(event=Event.GEEXPORTEERD, actor=viewer.key, surface="browser", reason="register_csv")
    )


def csv_of(session: Session, house: House, search: str, viewer: Person) -> bytes:
    """The lines that fit the search as CSV, names only for who may see them."""
    names = {person.key: person.name for person in house.settings.people}
    people = house.register.people(session, names)
    shown = names if may_open(Role(viewer.role), "register_namen") else None
    rows = export(session.connection(), people=people, names=shown)
    text = search.strip().casefold()
    stream = io.StringIO(newline="")
    write_csv((row for row in rows if not text or text in " ".join(row.values()).casefold()), stream)
    return ("\ufeff" + stream.getvalue()).encode()
