"""Registers for tests: small ones made by real appends, big ones in bulk with a correct chain, and forged ones."""

import itertools
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage.base import metadata
from storage.database import Database
from storage.merkle import leaf_hash
from storage.pseudonyms import Pseudonyms
from storage.register import COLUMNS, ENTRY, HEAD, KEY, Register
from storage.register_entry import GENESIS, Entry, Event, Place, Result, encode, write
from storage.register_triggers import drop_triggers, install_triggers

KEY_BYTES = bytes(range(32))
START = datetime(2026, 7, 18, 21, 0, tzinfo=UTC)
_STEP = timedelta(seconds=7)
_CHUNK = 5_000


def empty(url: str) -> Database:
    """A database with an empty register and its triggers."""
    database = Database(url)
    with database.writing.begin() as connection:
        metadata.create_all(connection, tables=[ENTRY, HEAD, KEY])
        install_triggers(connection)
    return database


def story(number: int) -> list[Entry]:
    """Five lines about one comment: flagged, captured, intended, done, looked at."""
    about: dict[str, Any] = {
        "case": f"NB-2026-{number:06}",
        "platform": "facebook",
        "account": "1001",
        "comment_id": f"555_{number}",
        "author_id": f"90{number % 37}",
        "text_version": 1,
    }
    act = about | {"action": "verbergen", "actor": ("noor", "jef", "ann")[number % 3], "order": f"browser:{number}"}
    digest = {"bewijs": f"{number:064x}"}
    return [
        Entry(event=Event.GEMARKEERD, category="bedreiging", rules=("dreig.direct",), ruleset="0a1b2c3d4e5f", **about),
        Entry(event=Event.VASTGELEGD, digests=digest, **about),
        Entry(event=Event.VOORNEMEN, category="bedreiging", house_rules="v3", digests=digest, surface="slack", **act),
        Entry(event=Event.UITKOMST, outcome=Result.GELUKT, answers=5 * number - 2, to_state="afgehandeld", **act),
        Entry(event=Event.INGEZIEN, reason="nazicht", actor="lia", case=about["case"]),
    ]


def stories() -> Iterator[Entry]:
    """Stories without end; line numbers fit a register that holds nothing else."""
    for number in itertools.count(1):
        yield from story(number)


def told(database: Database, register: Register, count: int) -> None:
    """Append so many stories, each in one transaction."""
    for number in range(1, count + 1):
        with database.write() as session:
            for entry in story(number):
                register.append(session, entry)


def lines(entries: Iterable[Entry], pseudonyms: Pseudonyms) -> Iterator[dict[str, Any]]:
    """Lines of a correct chain, seven seconds apart."""
    prev = GENESIS
    for seq, entry in enumerate(entries, 1):
        line = write(entry, Place(seq, prev, START + seq * _STEP), pseudonyms)
        yield line
        prev = leaf_hash(encode(line))


def row_of(line: dict[str, Any]) -> dict[str, Any]:
    """The row of a line, as an append would store it."""
    body = encode(line)
    return {
        "seq": line["seq"],
        "prev": bytes.fromhex(line["prev"]),
        "leaf": leaf_hash(body),
        "body": body,
        "at": datetime.fromisoformat(line["tijd"]),
        **{name: line.get(key) for name, key in COLUMNS.items()},
    }


def fill(database: Database, count: int) -> None:
    """Put so many lines into an empty register, in bulk."""
    rows = map(row_of, lines(itertools.islice(stories(), count), Pseudonyms(KEY_BYTES)))
    with database.writing.begin() as connection:
        drop_triggers(connection)
        last = None
        while chunk := list(itertools.islice(rows, _CHUNK)):
            connection.execute(sa.insert(ENTRY), chunk)
            last = chunk[-1]
        if last is not None:
            connection.execute(
                sa.insert(HEAD).values(id=1, seq=last["seq"], leaf=last["leaf"], at=last["at"], key_check=None)
            )
        install_triggers(connection)


def forge(database: Database, lines_wanted: Iterable[dict[str, Any]]) -> None:
    """What an administrator can do: drop the triggers, put these lines in place of all others, and chain them anew."""
    with database.writing.begin() as connection:
        drop_triggers(connection)
        connection.execute(sa.delete(ENTRY))
        prev, row = GENESIS, None
        for seq, line in enumerate(lines_wanted, 1):
            row = row_of({**line, "seq": seq, "prev": prev.hex()})
            connection.execute(sa.insert(ENTRY).values(**row))
            prev = row["leaf"]
        if row is not None:
            connection.execute(sa.update(HEAD).values(seq=row["seq"], leaf=row["leaf"], at=row["at"]))
        install_triggers(connection)
