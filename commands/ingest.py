"""Ingest: what came in is judged, stored and handed on, before anybody is answered.

`judge` reads nothing and writes nothing (it runs beside the event loop); `store` is one job of the writer: the raw
delivery, its comments, the flags and the work for the flagged ones are committed together, so that an answer 200 means
everything is kept. The same comment may come many times, by push and by poll: it is stored once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from commands.house import House
from domain.categories import Urgency
from domain.model import BadChange, Change, ChangeKind, Comment, Judgement, Raw, Reading
from domain.states import Visibility
from domain.text import text_hash
from storage.durable import WORK, Run
from storage.tables import CommentRow, DeadLetterRow, DeliveryRow, FlagRow, TextVersionRow

INTAKE = "intake"
NOTICED = "opgemerkt"
PER_COMMIT = 100
"""Changes stored in one transaction, so that a click never waits long behind a flood."""

_comments = CommentRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_flags = FlagRow.__table__  # type: ignore[attr-defined]
_versions = TextVersionRow.__table__  # type: ignore[attr-defined]
_deliveries = DeliveryRow.__table__  # type: ignore[attr-defined]
_dead = DeadLetterRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Judged:
    """A change with its judgement (None where there is no text to judge) and the hash of its text."""

    change: Change
    judgement: Judgement
    hash: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a delivery that is committed in one go."""

    platform: str
    raw: Raw
    received_at: datetime
    changes: tuple[Judged, ...]
    bad: tuple[BadChange, ...] = ()
    quiet: bool = False
    """True: store only, no cards (backfill)."""


@dataclass(slots=True)
class _Known:
    """A comment that is stored already, with its newest text; follows the edits of this batch."""

    id: int
    hash: str
    version: int
    text: str
    seen_at: datetime
    delivery_id: int | None


@dataclass(frozen=True, slots=True)
class Stored:
    """What a batch came to."""

    new: int = 0
    edited: int = 0
    known: int = 0
    flagged: int = 0


def judge(house: House, platform: str, raw: Raw, reading: Reading, *, quiet: bool = False) -> list[Batch]:
    """The batches of one delivery: judged, and cut so that each fits one transaction. At least one batch, so that a
    delivery of only bad changes is kept too.
    """
    judged = [_judged(house, change) for change in reading.changes]
    parts = [tuple(judged[start : start + PER_COMMIT]) for start in range(0, len(judged), PER_COMMIT)] or [()]
    now = house.clock.now()
    return [
        Batch(platform, raw, now, part, reading.bad if place == 0 else (), quiet)
        for place, part in enumerate(parts)
        if part or reading.bad
    ]


_NOTHING = Judgement()
_WITH_TEXT = (ChangeKind.NIEUW, ChangeKind.AANGEPAST)


def _judged(house: House, change: Change) -> Judged:
    comment = change.comment
    if change.kind not in _WITH_TEXT or comment.own:
        return Judged(change, _NOTHING, text_hash(comment.text))
    return Judged(change, house.flagger.judge(comment.text, media=bool(comment.media)), text_hash(comment.text))


def store(house: House, run: Run, connection: sa.Connection, batch: Batch) -> Stored:
    """One job of the writer. Idempotent: a delivery that comes again changes nothing."""
    known = _known(connection, batch)
    fresh = [each for each in _newest_of_each(batch.changes) if _key(each) not in known]
    later = [
        (known[_key(each)], each) for each in batch.changes if _key(each) in known and _says_something(each, known)
    ]
    if not (fresh or later or batch.bad):
        return Stored(known=len(batch.changes))
    delivery = _keep_delivery(connection, batch, sum(map(_card, fresh)))
    _keep_bad(connection, delivery, batch)
    ruleset = house.flagger.ruleset
    cards = _insert(connection, delivery, batch, fresh, ruleset)
    edits = [(row, each) for row, each in later if each.change.kind is ChangeKind.AANGEPAST]
    cards += [_edit(connection, delivery, batch, row, each, ruleset) for row, each in edits]
    if cards and not batch.quiet:
        run.start(connection, WORK, INTAKE, f"{INTAKE}:{delivery}", cards)
    for row, each in later:
        if (kind := each.change.kind) not in _WITH_TEXT:
            run.start(connection, WORK, NOTICED, f"{NOTICED}:{delivery}:{row.id}:{kind}", row.id, kind.value)
    return Stored(len(fresh), len(edits), len(batch.changes) - len(fresh) - len(edits), len(cards))


def _key(each: Judged) -> str:
    return each.change.comment.id


def _newest_of_each(changes: Iterable[Judged]) -> list[Judged]:
    """Comments of the batch, each once; an edit in the same batch as its comment counts as the newest text."""
    newest: dict[str, Judged] = {}
    for each in changes:
        if each.change.kind is ChangeKind.AANGEPAST or (
            each.change.kind is ChangeKind.NIEUW and _key(each) not in newest
        ):
            newest[_key(each)] = each
    return list(newest.values())


def _says_something(each: Judged, known: dict[str, _Known]) -> bool:
    """False for what we knew: the same comment again, or an edit whose text we have."""
    if each.change.kind is ChangeKind.NIEUW:
        return False
    return each.change.kind is not ChangeKind.AANGEPAST or known[_key(each)].hash != each.hash


def _known(connection: sa.Connection, batch: Batch) -> dict[str, _Known]:
    ids = list({_key(each) for each in batch.changes})
    if not ids:
        return {}
    names = ("id", "hash", "version", "text", "seen_at", "delivery_id")
    rows = connection.execute(
        sa.select(_comments.c.comment, *(_comments.c[name] for name in names)).where(
            _comments.c.platform == batch.platform, _comments.c.comment.in_(ids)
        )
    )
    return {row.comment: _Known(*row[1:]) for row in rows}


def _card(each: Judged) -> bool:
    """A card of its own: a live flag from *laag* up."""
    return any(flag.urgency > Urgency.GEEN for flag in each.judgement.live)


def _keep_delivery(connection: sa.Connection, batch: Batch, flagged: int) -> int:
    account = batch.changes[0].change.comment.account if batch.changes else ""
    result = connection.execute(
        sa.insert(_deliveries).values(
            platform=batch.platform,
            account=account,
            source=batch.raw.source,
            received_at=batch.received_at,
            body=batch.raw.body,
            headers=dict(batch.raw.headers),
            flagged=flagged,
        )
    )
    return int(result.inserted_primary_key[0])  # type: ignore[index]  # one row was inserted


def _keep_bad(connection: sa.Connection, delivery: int, batch: Batch) -> None:
    if batch.bad:
        connection.execute(
            sa.insert(_dead),
            [
                {"delivery_id": delivery, "place": bad.place, "why": bad.why, "at": batch.received_at}
                for bad in batch.bad
            ],
        )


def _insert(
    connection: sa.Connection, delivery: int, batch: Batch, fresh: Sequence[Judged], ruleset: str
) -> list[list[int]]:
    """Insert new comments and their flags; [comment row id, version] of those that become a card."""
    if not fresh:
        return []
    connection.execute(sa.insert(_comments), [_row(batch, delivery, each) for each in fresh])
    flagged = {_key(each): each for each in fresh if each.judgement.flags}
    if not flagged:
        return []
    found = connection.execute(
        sa.select(_comments.c.id, _comments.c.comment).where(
            _comments.c.platform == batch.platform, _comments.c.comment.in_(list(flagged))
        )
    )
    ids = {row.comment: row.id for row in found}
    flags = [row for key, each in flagged.items() for row in _flag_rows(ids[key], 1, each, ruleset, batch.received_at)]
    connection.execute(sa.insert(_flags), flags)
    return [[ids[key], 1] for key, each in flagged.items() if _card(each)]


def _edit(connection: sa.Connection, delivery: int, batch: Batch, row: _Known, each: Judged, ruleset: str) -> list[int]:
    """A new text of a known comment: the old one is kept. [comment row id, version], to be looked at again."""
    kept = sa.select(_versions.c.version).where(_versions.c.comment_id == row.id, _versions.c.version == row.version)
    if connection.execute(kept).first() is None:
        old = {
            "version": row.version,
            "text": row.text,
            "hash": row.hash,
            "seen_at": row.seen_at,
            "delivery_id": row.delivery_id,
        }
        connection.execute(sa.insert(_versions).values(comment_id=row.id, **old))
    row.version, row.hash, row.text = row.version + 1, each.hash, each.change.comment.text
    row.seen_at, row.delivery_id = batch.received_at, delivery
    connection.execute(
        sa.update(_comments)
        .where(_comments.c.id == row.id)
        .values(
            text=row.text,
            hash=row.hash,
            version=row.version,
            personal=_spans(each.judgement.personal),
            delivery_id=delivery,
        )
    )
    flags = list(_flag_rows(row.id, row.version, each, ruleset, batch.received_at))
    if flags:
        connection.execute(sa.insert(_flags), flags)
    return [row.id, row.version]


def _row(batch: Batch, delivery: int, each: Judged) -> dict[str, Any]:
    comment: Comment = each.change.comment
    return {
        "platform": batch.platform,
        "account": comment.account,
        "comment": comment.id,
        "post": comment.post_id,
        "parent": comment.parent_id,
        "author_id": comment.author.id if comment.author else None,
        "author_name": comment.author.name if comment.author else None,
        "text": comment.text,
        "hash": each.hash,
        "version": 1,
        "personal": _spans(each.judgement.personal),
        "media": [[link.url, link.kind] for link in comment.media],
        "permalink": comment.permalink,
        "posted_at": comment.created_at,
        "seen_at": batch.received_at,
        "visibility": Visibility.ZICHTBAAR.value,
        "own": comment.own,
        "delivery_id": delivery,
    }


def _flag_rows(comment: int, version: int, each: Judged, ruleset: str, now: datetime) -> Iterable[dict[str, Any]]:
    for flag in each.judgement.flags:
        yield {
            "comment_id": comment,
            "version": version,
            "rule": flag.rule,
            "category": flag.category,
            "urgency": int(flag.urgency),
            "certainty": flag.certainty.value,
            "state": flag.state,
            "spans": _spans(flag.spans),
            "matched": flag.matched,
            "fuzzy": flag.fuzzy,
            "guards": list(flag.guards),
            "ruleset": ruleset,
            "verdict": "",
            "at": now,
        }


def _spans(spans: Iterable[Sequence[int]]) -> list[list[int]]:
    return [list(span) for span in spans]
