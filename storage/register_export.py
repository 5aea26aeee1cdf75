"""The register for people: rows with Dutch headings, colleagues as M1, M2 … unless names are handed in.

Numbers go by first appearance in the whole register, so that M3 is the same colleague in every export. Who only ever
looked (a reader of the register) is L1, L2 … within one export, and once the key of a month of views is destroyed
nobody can tell any more who that was.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO

import sqlalchemy as sa

from domain.clock import local
from domain.orders import CLOCK
from storage.register import ENTRY
from storage.register_entry import EVENTS, FIELDS, decode

NUMBER, UTC_TIME, LOCAL_TIME, BACK, LEAF = "Nr.", "Tijd (UTC)", "Tijd (Brussel)", "Klokafwijking", "Vingerafdruk regel"
HEADERS = (NUMBER, UTC_TIME, LOCAL_TIME, BACK, *(each.header for each in FIELDS), LEAF)
"""Headings of an export, in order."""

GONE = "gewist"
"""Stands where the key behind a pseudonym was destroyed."""

_PAGE = 2_000
_PEOPLE = frozenset({"door", "tweede"})
_VIEWS = tuple(event.value for event, kind in EVENTS.items() if kind.view)
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # what a spreadsheet would carry out


def export(
    connection: sa.Connection,
    *,
    people: Mapping[str, str],
    names: Mapping[str, str] | None = None,
    between: tuple[datetime, datetime] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Iterator[dict[str, str]]:
    """The lines as rows, oldest first, in pages. people: `Register.people`, pseudonym → person key · names: person key
    → name, only for who may see them · between: from and to, the last not included · progress: called with rows done.
    """
    who = _Who(people, names or {}, _numbers(connection, people))
    done = 0
    for line, leaf in _lines(connection, between):
        yield _row(line, leaf, who)
        done += 1
        if progress and done % _PAGE == 0:
            progress(done)
    if progress:
        progress(done)


def write_csv(rows: Iterator[dict[str, str]], stream: TextIO) -> int:
    """Write rows as CSV with semicolons and give how many. Open the file with encoding `utf-8-sig` and newline="", as
    spreadsheets here want it. A cell that a spreadsheet would carry out is written as text.
    """
    out = csv.writer(stream, delimiter=";")
    out.writerow(HEADERS)
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - the last count is the answer
        out.writerow([_harmless(row[header]) for header in HEADERS])
    return count


def write_json_lines(rows: Iterator[dict[str, str]], stream: TextIO) -> int:
    """Write rows as one JSON object a line, without empty values, and give how many."""
    count = 0
    for count, row in enumerate(rows, 1):  # noqa: B007 - same
        stream.write(json.dumps({key: value for key, value in row.items() if value}, ensure_ascii=False) + "\n")
    return count


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


@dataclass(slots=True)
class _Who:
    """What stands in an export for a pseudonym of a colleague."""

    people: Mapping[str, str]
    names: Mapping[str, str]
    numbers: Mapping[str, str]
    readers: dict[str, str] = field(default_factory=dict)

    def label(self, pseudonym: str, *, view: bool) -> str:
        if pseudonym == CLOCK:
            return "Nabij"
        key = self.people.get(pseudonym)
        if key is None and view:
            return GONE
        key = key or pseudonym
        if name := self.names.get(key) or self.numbers.get(key):
            return name
        return self.readers.setdefault(key, f"L{len(self.readers) + 1}")


def _numbers(connection: sa.Connection, people: Mapping[str, str]) -> dict[str, str]:
    """Person key (or pseudonym, for who left the settings) → M1, M2 …, from lines whose pseudonyms last for ever."""
    lasting = ENTRY.c.event.not_in(_VIEWS)
    first = sa.union_all(
        *(
            sa.select(who.label("who"), sa.func.min(ENTRY.c.seq).label("seq"), sa.literal(place).label("place"))
            .where(lasting, who.is_not(None), who != CLOCK)
            .group_by(who)
            for place, who in enumerate((ENTRY.c.actor, ENTRY.c.second))
        )
    ).subquery()
    numbers: dict[str, str] = {}
    for (pseudonym,) in connection.execute(sa.select(first.c.who).order_by(first.c.seq, first.c.place)):
        numbers.setdefault(people.get(pseudonym, pseudonym), f"M{len(numbers) + 1}")
    return numbers


def _lines(
    connection: sa.Connection, between: tuple[datetime, datetime] | None
) -> Iterator[tuple[dict[str, Any], bytes]]:
    query = sa.select(ENTRY.c.seq, ENTRY.c.body, ENTRY.c.leaf).order_by(ENTRY.c.seq).limit(_PAGE)
    if between is not None:
        query = query.where(ENTRY.c.at >= between[0], ENTRY.c.at < between[1])
    page = list(connection.execute(query))
    while page:
        for row in page:
            yield decode(row.body), row.leaf
        page = list(connection.execute(query.where(ENTRY.c.seq > page[-1].seq)))


def _row(line: dict[str, Any], leaf: bytes, who: _Who) -> dict[str, str]:
    view = "sleutel" in line
    row = {
        NUMBER: str(line["seq"]),
        UTC_TIME: line["tijd"],
        LOCAL_TIME: f"{local(datetime.fromisoformat(line['tijd'])):%d/%m/%Y %H:%M:%S}",
        BACK: _shown(line.get("klok_afwijking")),
    }
    for each in FIELDS:
        value = line.get(each.key)
        row[each.header] = who.label(value, view=view) if value and each.key in _PEOPLE else _shown(value)
    return row | {LEAF: leaf.hex()}


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nee"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{name}={digest}" for name, digest in value.items())
        case _:
            return str(value)
