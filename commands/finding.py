"""Which stored comment does a colleague mean? By its address, or by the id in it; everything given here is foreign."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.text import text_hash
from storage.tables import CommentRow, CounterRow

LINK_MAX = 2000
PASTED = "melding"
"""Begin of the id of a pasted comment, and the counter behind it: `melding-12`."""
_RECENT = 200
"""Pasted comments among which the same one is looked for."""
_ID_KEYS = ("reply_comment_id", "comment_id")
"""Where an address carries the id of a comment; a reply stands under a comment, so it goes first."""
_POST_KEYS = ("story_fbid", "fbid")
_is_id = re.compile(r"(?=.*[0-9])[A-Za-z0-9_.-]{1,120}").fullmatch


@dataclass(frozen=True, slots=True)
class Link:
    """What was given to find a comment by. address: as it was given, empty for a bare id · labels: parts of its host ·
    part: the id in it · posts: what may be the id of its post.
    """

    address: str
    labels: tuple[str, ...]
    part: str
    posts: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids that the comment may have: platforms put the post before it."""
        return (self.part, *(f"{post}_{self.part}" for post in self.posts)) if self.part else ()

    @property
    def secure(self) -> str | None:
        """The address, when it may be shown as a link."""
        return self.address if self.address.lower().startswith("https://") else None


def link_of(text: str) -> Link | None:
    """An address or a bare id; None for anything else."""
    given = text.strip()
    if len(given) > LINK_MAX or not given.isprintable():
        return None
    if _is_id(given):
        return Link("", (), given)
    try:
        parts = urlsplit(given)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    query = parse_qs(parts.query)
    return Link(given, tuple(host.split(".")), _part(query), tuple(_posts(parts.path, query)))


def _part(query: dict[str, list[str]]) -> str:
    found = (query[key][0] for key in _ID_KEYS if key in query)
    return next((each for each in found if _is_id(each)), "")


def _posts(path: str, query: dict[str, list[str]]) -> Iterator[str]:
    """Whatever looks like the id of a post; `1001_2001` also as `2001`."""
    for each in (*path.split("/"), *(query[key][0] for key in _POST_KEYS if key in query)):
        if _is_id(each):
            yield from dict.fromkeys((each, each.rpartition("_")[2]))


def find(session: Session, link: Link, among: Sequence[str]) -> int:
    """Row id of the stored comment that is meant, 0 when there is none or several may be. among: platforms."""
    wanted = [
        (col(CommentRow.comment).in_(link.ids), bool(link.ids)),
        (col(CommentRow.permalink) == link.address, bool(link.address)),
        (col(CommentRow.comment).endswith(f"_{link.part}", autoescape=True), bool(link.part)),
    ]
    tried = (_only(session, condition, among) for condition, fits in wanted if fits)
    return next((each for each in tried if each), 0)


def _only(session: Session, condition: Any, among: Sequence[str]) -> int:  # noqa: ANN401 - an SQL condition
    rows = session.scalars(
        sa.select(col(CommentRow.id)).where(col(CommentRow.platform).in_(among), condition).limit(2)
    ).all()
    return (rows[0] or 0) if len(rows) == 1 else 0


def pasted_before(session: Session, platform: str, link: Link | None, text: str) -> CommentRow | None:
    """The comment that a colleague pasted before: of the same address, or with the same text when either has none."""
    counter = session.get(CounterRow, PASTED)
    newest = counter.value if counter else 0
    recent = [f"{PASTED}-{number}" for number in range(newest, max(0, newest - _RECENT), -1)]
    address, same = link.secure if link else None, text_hash(text)
    rows = session.scalars(
        sa.select(CommentRow)
        .where(col(CommentRow.platform) == platform, col(CommentRow.comment).in_(recent))
        .order_by(col(CommentRow.id).desc())
    )
    return next((row for row in rows if _is_same(row, address, same)), None)


def _is_same(row: CommentRow, address: str | None, same: str) -> bool:
    if address and row.permalink:
        return row.permalink == address
    return row.hash == same
