"""Ingest: what came in is judged, stored and handed on, before anybody is answered.

`judge` reads nothing and writes nothing (it runs beside the event loop); `store` is one job of the writer: the raw
delivery, its comments, the flags and the work for the flagged ones are committed together, so that an answer 200 means
everything is kept. The same comment may come many times, by push and by poll: it is stored once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from commands.house import House
from domain.categories import Urgency
from domain.model import BadChange, Change, ChangeKind, Comment, Flag, Judgement, Raw, Reading
from domain.states import GONE, Visibility
from domain.text import text_hash
from storage.bulk import Bulk
from storage.durable import WORK, Run
from storage.tables import CommentRow, DeadLetterRow, DeliveryRow, FlagRow, TextVersionRow

INTAKE = "intake"
NOTICED = "opgemerkt"
PER_COMMIT = 100
"""Changes stored in one transaction, so that a click never waits long behind a flood."""

NOTICES = {
    ChangeKind.VERWIJDERD: Visibility.VERWIJDERD,
    ChangeKind.VERBORGEN: Visibility.VERBORGEN,
    ChangeKind.ZICHTBAAR: Visibility.ZICHTBAAR,
}
"""What a push may tell that happened to a comment → what is true then."""

_comments = CommentRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_flags = FlagRow.__table__  # type: ignore[attr-defined]
_versions = TextVersionRow.__table__  # type: ignore[attr-defined]
_KEEP_TEXT = sa.text(
    "INSERT INTO text_version (comment_id, version, text, hash, seen_at, delivery_id)"
    " VALUES (:comment_id, :version, :text, :hash, :seen_at, :delivery_id) ON CONFLICT DO NOTHING"
).bindparams(sa.bindparam("seen_at", type_=_versions.c.seen_at.type))
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
    """True: comments that are new to us get no card (backfill)."""


@dataclass(slots=True)
class _Known:
    """A comment that is stored already, with its newest text; follows the edits of this batch."""

    id: int
    hash: str
    version: int
    text: str
    seen_at: datetime
    delivery_id: int | None
    visibility: str


# Made once: building a statement costs more than running it.
_ON = _comments.c.platform == sa.bindparam("platform")
_AMONG = _comments.c.comment.in_(sa.bindparam("ids", expanding=True))
_KNOWN = sa.select(_comments.c.comment, *(_comments.c[each.name] for each in fields(_Known))).where(_ON)
_FIND_KNOWN = _KNOWN.where(_AMONG)
_FIND_ONE = _KNOWN.where(_comments.c.comment == sa.bindparam("id"))
_FIND_IDS = sa.select(_comments.c.comment, _comments.c.id).where(_ON, _AMONG)
_ADD_DELIVERY = sa.insert(_deliveries)
_ADD_COMMENTS = Bulk(_comments, [column.name for column in _comments.c if column.name != "id"])
_ADD_FLAGS = sa.insert(_flags)


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
    later = [each for each in batch.changes if _key(each) in known]
    if not (fresh or batch.bad or any(_is_news(each, known[_key(each)]) for each in later)):
        return Stored(known=len(batch.changes))
    page = _Page(connection, batch, _keep_delivery(connection, batch, sum(map(_card, fresh))), house.flagger.ruleset)
    _keep_bad(page)
    cards = _insert(page, fresh)
    edits = [_edit(page, each, row) for each in later if _is_edit(each, row := known[_key(each)])]
    work = edits if batch.quiet else cards + edits
    if work:
        run.start(connection, WORK, INTAKE, f"{INTAKE}:{page.delivery}", work)
    _hand_on_notices(run, page, known)
    return Stored(len(fresh), len(edits), len(batch.changes) - len(fresh) - len(edits), len(cards))


@dataclass(frozen=True, slots=True)
class _Page:
    """Where a batch is being written."""

    connection: sa.Connection
    batch: Batch
    delivery: int
    ruleset: str


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


def _is_news(each: Judged, row: _Known) -> bool:
    """False for what we knew: the same comment again, an edit whose text we have, a hide that we saw or did."""
    return _is_edit(each, row) or _is_notice(each, row)


def _is_edit(each: Judged, row: _Known) -> bool:
    return each.change.kind is ChangeKind.AANGEPAST and row.hash != each.hash


def _is_notice(each: Judged, row: _Known) -> bool:
    goal = NOTICES.get(each.change.kind)
    return goal is not None and row.visibility not in (goal, *GONE)


def _hand_on_notices(run: Run, page: _Page, known: dict[str, _Known]) -> None:
    """What happened to comments on the platform is looked into; also for those that this batch brought."""
    told = [each for each in page.batch.changes if each.change.kind in NOTICES]
    if any(_key(each) not in known for each in told):
        known = _known(page.connection, page.batch)
    for each in told:
        row = known.get(_key(each))
        if row is not None and _is_notice(each, row):
            name = f"{NOTICED}:{page.delivery}:{row.id}:{each.change.kind}"
            run.start(page.connection, WORK, NOTICED, name, row.id, each.change.kind.value)


def _known(connection: sa.Connection, batch: Batch) -> dict[str, _Known]:
    ids = list({_key(each) for each in batch.changes})
    if not ids:
        return {}
    if len(ids) == 1:  # most deliveries; a list is spelled out anew each time, which takes longer than the search
        rows = connection.execute(_FIND_ONE, {"platform": batch.platform, "id": ids[0]})
    else:
        rows = connection.execute(_FIND_KNOWN, {"platform": batch.platform, "ids": ids})
    return {row.comment: _Known(*row[1:]) for row in rows}


def _card(each: Judged) -> bool:
    """A card of its own: a live flag from *laag* up."""
    return any(flag.urgency > Urgency.GEEN for flag in each.judgement.live)


def _keep_delivery(connection: sa.Connection, batch: Batch, flagged: int) -> int:
    account = batch.changes[0].change.comment.account if batch.changes else ""
    row = {
        "platform": batch.platform,
        "account": account,
        "source": batch.raw.source,
        "received_at": batch.received_at,
        "body": batch.raw.body,
        "headers": dict(batch.raw.headers),
        "flagged": flagged,
    }
    return int(connection.execute(_ADD_DELIVERY, row).inserted_primary_key[0])  # type: ignore[index]  # one was inserted


def _keep_bad(page: _Page) -> None:
    if page.batch.bad:
        rows = [
            {"delivery_id": page.delivery, "place": bad.place, "why": bad.why, "at": page.batch.received_at}
            for bad in page.batch.bad
        ]
        page.connection.execute(sa.insert(_dead), rows)


def _insert(page: _Page, fresh: Sequence[Judged]) -> list[list[int]]:
    """Insert new comments and their flags; [comment row id, version] of those that become a card."""
    if not fresh:
        return []
    _ADD_COMMENTS.insert(page.connection, _shared(page), map(_row, fresh))
    flagged = {_key(each): each for each in fresh if each.judgement.flags}
    if not flagged:
        return []
    found = page.connection.execute(_FIND_IDS, {"platform": page.batch.platform, "ids": list(flagged)})
    ids = {row.comment: row.id for row in found}
    flags = [row for key, each in flagged.items() for row in _flag_rows(page, each, ids[key], 1)]
    page.connection.execute(_ADD_FLAGS, flags)
    return [[ids[key], 1] for key, each in flagged.items() if _card(each)]


def _edit(page: _Page, each: Judged, row: _Known) -> list[int]:
    """A new text of a known comment: the old one is kept. [comment row id, version], to be looked at again."""
    _keep_old_text(page.connection, row)
    comment = each.change.comment
    row.version, row.hash, row.text = row.version + 1, each.hash, comment.text
    row.seen_at, row.delivery_id = page.batch.received_at, page.delivery
    new: dict[str, Any] = {"text": row.text, "hash": row.hash, "version": row.version, "delivery_id": page.delivery}
    if comment.media:
        new["media"] = _media(comment)
    page.connection.execute(
        sa.update(_comments).where(_comments.c.id == row.id).values(personal=spans_of(each.judgement.personal), **new)
    )
    flags = list(_flag_rows(page, each, row.id, row.version))
    if flags:
        page.connection.execute(_ADD_FLAGS, flags)
    return [row.id, row.version]


def _keep_old_text(connection: sa.Connection, row: _Known) -> None:
    old = {name: getattr(row, name) for name in ("version", "text", "hash", "seen_at", "delivery_id")}
    keep_text(connection, comment_id=row.id, **old)


def keep_text(connection: sa.Connection, **row: Any) -> None:  # noqa: ANN401 - columns of TextVersionRow
    """A text that a comment had, unless it is kept already: its intake and the edit after it may come together."""
    connection.execute(_KEEP_TEXT, row)


def _shared(page: _Page) -> dict[str, Any]:
    return {
        "platform": page.batch.platform,
        "version": 1,
        "seen_at": page.batch.received_at,
        "visibility": Visibility.ZICHTBAAR.value,
        "pasted": False,
        "delivery_id": page.delivery,
    }


def _row(each: Judged) -> dict[str, Any]:
    comment: Comment = each.change.comment
    return {
        "account": comment.account,
        "comment": comment.id,
        "post": comment.post_id,
        "parent": comment.parent_id,
        "author_id": comment.author.id if comment.author else None,
        "author_name": comment.author.name if comment.author else None,
        "text": comment.text,
        "hash": each.hash,
        "personal": spans_of(each.judgement.personal),
        "media": _media(comment),
        "permalink": comment.permalink,
        "posted_at": comment.created_at,
        "own": comment.own,
    }


def _media(comment: Comment) -> list[list[str]]:
    return [[link.url, link.kind] for link in comment.media]


def _flag_rows(page: _Page, each: Judged, comment: int, version: int) -> Iterable[dict[str, Any]]:
    for flag in each.judgement.flags:
        yield {
            "comment_id": comment,
            "version": version,
            **flag_values(flag),
            "ruleset": page.ruleset,
            "verdict": "",
            "at": page.batch.received_at,
        }


def flag_values(flag: Flag) -> dict[str, Any]:
    """A flag as it is stored, without the text it hit and when."""
    return {
        "rule": flag.rule,
        "category": flag.category,
        "urgency": int(flag.urgency),
        "certainty": flag.certainty.value,
        "state": flag.state,
        "spans": spans_of(flag.spans),
        "matched": flag.matched,
        "fuzzy": flag.fuzzy,
        "guards": list(flag.guards),
    }


def spans_of(spans: Iterable[Sequence[int]]) -> list[list[int]]:
    """Spans [start, end) as they are stored."""
    return [list(span) for span in spans]
