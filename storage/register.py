"""The register: what was seen, decided and done, by whom and why; only ever added to.

`Register.append` works inside the caller's transaction, so that a line and what it tells about are committed together.
Two proofs over the same bytes: each line names the leaf before it (`prev`), and all leaves form a Merkle tree whose
root goes out in checkpoints. Number, `prev` and leaf are unique, which turns a fork into an error instead of a lie.

    register_head (1 row) ──locked──▶ seq 412, leaf 9c…
    register_entry  … 411 ◀──prev── 412 ◀──prev── 413 (new)
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from domain.clock import Clock
from domain.errors import Misconfigured
from storage.base import UtcDateTime
from storage.merkle import HASH_BYTES, leaf_hash
from storage.pseudonyms import Pseudonyms
from storage.register_entry import EVENTS, GENESIS, Entry, Event, Place, encode, write

Connection = Session | sa.Connection


def _hash() -> Any:  # noqa: ANN401 - SQLModel fields are untyped defaults
    return Field(sa_column=Column(LargeBinary(HASH_BYTES), nullable=False))


class RegisterEntry(SQLModel, table=True):
    """One line. `body` is what counts: the canonical bytes that were hashed; the columns after it only find lines
    again, and verifying compares them with the bytes. comment, author, actor, second, order_key: pseudonyms.
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        UniqueConstraint("prev"),
        UniqueConstraint("leaf"),
        CheckConstraint("length(prev) = 32 AND length(leaf) = 32", name="hashes"),
        Index("ix_register_entry_at", "at"),
        Index("ix_register_entry_case", "case_number", "seq"),
        Index("ix_register_entry_comment", "comment", "seq"),
        Index("ix_register_entry_author", "author", "seq"),
        Index("ix_register_entry_actor", "actor", "seq"),
        Index("ix_register_entry_event", "event", "seq"),
        Index("ix_register_entry_answers", "answers"),
    )

    seq: int = Field(sa_column=Column(sa.Integer, primary_key=True, autoincrement=False))
    prev: bytes = _hash()
    leaf: bytes = _hash()
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime(), nullable=False))
    event: str
    case_number: str | None = None
    platform: str | None = None
    comment: str | None = None
    author: str | None = None
    action: str | None = None
    actor: str | None = None
    second: str | None = None
    order_key: str | None = None
    answers: int | None = None


class RegisterHead(SQLModel, table=True):
    """The last line: one row, locked while a line is added. key_check: tells another pseudonym key from the first."""

    __tablename__ = "register_head"
    __table_args__ = (CheckConstraint("id = 1", name="one"), CheckConstraint("length(leaf) = 32", name="hash"))

    id: int = Field(sa_column=Column(sa.Integer, primary_key=True, autoincrement=False))
    seq: int
    leaf: bytes = _hash()
    at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime(), nullable=True))
    key_check: str | None = None


class RegisterKey(SQLModel, table=True):
    """The secret behind the pseudonyms of one month of views. `secret` becomes NULL when it is destroyed: the lines
    stay and verify, and no longer say who looked at what.
    """

    __tablename__ = "register_key"

    name: str = Field(primary_key=True)
    secret: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    made_at: datetime = Field(sa_column=Column(UtcDateTime(), nullable=False))


ENTRY: sa.Table = SQLModel.metadata.tables["register_entry"]
HEAD: sa.Table = SQLModel.metadata.tables["register_head"]
KEY: sa.Table = SQLModel.metadata.tables["register_key"]

COLUMNS: dict[str, str] = {
    "event": "gebeurtenis",
    "case_number": "geval",
    "platform": "platform",
    "comment": "reactie",
    "author": "auteur",
    "action": "handeling",
    "actor": "door",
    "second": "tweede",
    "order_key": "opdracht",
    "answers": "bij",
}
"""Column that finds lines → key in the line that it repeats."""

# Made once: building a statement costs more than running it.
_LOCK = sa.select(HEAD).where(HEAD.c.id == 1).with_for_update()
_ADD = sa.insert(ENTRY)
_MOVE = sa.update(HEAD).where(HEAD.c.id == 1)
_ASKED = sa.select(ENTRY.c.event).where(ENTRY.c.seq == sa.bindparam("answers"))


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """A *voornemen* that has no *uitkomst* yet."""

    seq: int
    at: datetime
    case_number: str | None
    action: str | None
    order_key: str | None


class Register:
    """Adds lines, and knows whose pseudonyms they hold."""

    def __init__(
        self, pseudonym_key: bytes, clock: Clock, *, clock_went_back: Callable[[Connection, int], None] | None = None
    ) -> None:
        """pseudonym_key: 32 bytes or more, never changed · clock_went_back: called inside the transaction with the
        number of a line that is earlier than the line before it, to raise the alarm.
        """
        self.pseudonyms = Pseudonyms(pseudonym_key)
        self._key_check = self.pseudonyms.of("controle")
        self._clock = clock
        self._clock_went_back = clock_went_back

    def append(self, session: Connection, entry: Entry) -> int:
        """Add one line in the caller's transaction and give its number. Nothing is committed here; no network call may
        follow before the commit. ValueError when the entry is incomplete or holds what may not stand in the register;
        Misconfigured when the key is not the one this register began with.

        On SQLite the transaction must have begun with BEGIN IMMEDIATE, on PostgreSQL its isolation level must be READ
        COMMITTED; otherwise two writers meet an error, never a fork.
        """
        self._check_answer(session, entry)
        head = self._lock_head(session)
        at = self._clock.now()
        pseudonyms, key = self._pseudonyms_for(session, entry.event, at)
        place = Place(head.seq + 1, head.leaf, at, back=head.at is not None and at < head.at, key=key)
        line = write(entry, place, pseudonyms)
        body = encode(line)
        row = {name: line.get(key) for name, key in COLUMNS.items()}
        leaf = leaf_hash(body)
        session.execute(_ADD, {"seq": place.seq, "prev": place.prev, "leaf": leaf, "body": body, "at": at, **row})
        session.execute(_MOVE, {"seq": place.seq, "leaf": leaf, "at": at, "key_check": self._key_check})
        if place.back and self._clock_went_back:
            self._clock_went_back(session, place.seq)
        return place.seq

    def people(self, session: Connection, keys: Iterable[str]) -> dict[str, str]:
        """Pseudonym → person key for these people, over every key that still exists: to show or number who did what."""
        known = list(keys)
        every = [self.pseudonyms]
        for (secret,) in session.execute(sa.select(KEY.c.secret).where(KEY.c.secret.is_not(None))):
            every.append(self.pseudonyms.with_secret(secret))
        return {pseudonyms.person(key): key for pseudonyms in every for key in known}

    @staticmethod
    def destroy_view_keys(session: Connection, before: datetime) -> int:
        """Destroy the keys of views made before a moment (product §19: 24 months); gives how many."""
        old = sa.update(KEY).where(KEY.c.made_at < before, KEY.c.secret.is_not(None)).values(secret=None)
        return len(session.execute(old.returning(KEY.c.name)).all())

    def _lock_head(self, session: Connection) -> Any:  # noqa: ANN401 - a row of HEAD
        head = session.execute(_LOCK).one_or_none()
        if head is None:
            seed_head(session)
            head = session.execute(_LOCK).one()
        if head.key_check not in (None, self._key_check):
            raise Misconfigured("NABIJ_PSEUDONYM_KEY is not the key this register began with; put the old one back.")
        return head

    @staticmethod
    def _check_answer(session: Connection, entry: Entry) -> None:
        if entry.answers is None:
            return
        asked = session.execute(_ASKED, {"answers": entry.answers}).scalar()
        if asked != Event.VOORNEMEN:
            raise ValueError("register: answers is not the number of a voornemen")

    def _pseudonyms_for(self, session: Connection, event: Event, at: datetime) -> tuple[Pseudonyms, str]:
        """The lasting pseudonyms, or for a view those of its month. Called behind the lock of the head."""
        if not EVENTS[event].view:
            return self.pseudonyms, ""
        name = f"inzage-{at:%Y-%m}"
        row = session.execute(sa.select(KEY.c.secret).where(KEY.c.name == name)).one_or_none()
        if row is None:
            secret = secrets.token_bytes(32)
            session.execute(sa.insert(KEY).values(name=name, secret=secret, made_at=at))
        else:
            # Destroyed stays destroyed: a clock set back far enough gets pseudonyms that nobody can make again.
            secret = row.secret or secrets.token_bytes(32)
        return self.pseudonyms.with_secret(secret), name


def seed_head(session: Connection) -> None:
    """The head of an empty register, once. RuntimeError when there are lines without a head: somebody took it away."""
    if session.execute(sa.select(ENTRY.c.seq).limit(1)).first() is not None:
        # On PostgreSQL another process may just have written head and first line; both are seen from now on.
        if session.execute(sa.select(HEAD.c.id)).first() is None:
            raise RuntimeError("the register has lines but no head; run `register verify`")
        return
    session.execute(
        sa.text("INSERT INTO register_head (id, seq, leaf) VALUES (1, 0, :leaf) ON CONFLICT DO NOTHING"),
        {"leaf": GENESIS},
    )


def open_intents(session: Connection) -> Sequence[OpenIntent]:
    """Every *voornemen* without *uitkomst*, oldest first: what must be asked of the platform after a crash."""
    answer = ENTRY.alias("answer")
    rows = session.execute(
        sa.select(ENTRY.c.seq, ENTRY.c.at, ENTRY.c.case_number, ENTRY.c.action, ENTRY.c.order_key)
        .where(ENTRY.c.event == Event.VOORNEMEN)
        .where(~sa.exists().where(answer.c.answers == ENTRY.c.seq))
        .order_by(ENTRY.c.seq)
    )
    return [OpenIntent(*row) for row in rows]
