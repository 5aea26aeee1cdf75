"""The rows behind a dossier, read in one go."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from storage import evidence
from storage.paper_tables import DossierFormRow, DossierRow, MessageRow
from storage.register import RegisterEntry
from storage.register_entry import Event, decode
from storage.tables import CaseRow, CommentRow, EvidenceRow, FlagRow, MediaRow, PostRow, TextVersionRow

LAST = 2**31 - 1
"""The largest number that a line can have on both databases."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the comment had."""

    version: int
    text: str
    hash: str
    seen_at: Any


@dataclass(frozen=True, slots=True)
class Captured:
    """A capture with its bytes. path: its folder in the file · whole: the bytes still have the digest under which they
    were kept · line: number of the register line that holds that digest, 0 without.
    """

    path: str
    row: EvidenceRow
    body: bytes
    whole: bool
    line: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the register: its exact bytes, and what they say."""

    body: bytes
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that is known of one dossier. texts, captures, lines, messages, flags: oldest first."""

    row: DossierRow
    forms: tuple[DossierFormRow, ...]
    case: CaseRow
    comment: CommentRow
    texts: tuple[Text, ...]
    captures: tuple[Captured, ...]
    media: Mapping[int, MediaRow]
    post: PostRow | None
    flags: tuple[FlagRow, ...]
    messages: tuple[MessageRow, ...]
    lines: tuple[Line, ...]
    earlier: tuple[CaseRow, ...]

    @property
    def nonce(self) -> bytes:
        """Out of the random nonces of the captures, so that the same rows give the same file."""
        secrets = b"".join(each.row.nonce for each in self.captures)
        return hashlib.sha256(f"nabij dossier {self.row.number}\n".encode() + secrets).digest()

    @property
    def basis(self) -> str:
        """Changes whenever the form or the evidence does."""
        said = [
            self.row.version,
            [each.row.digest for each in self.captures],
            [[each.version, each.hash] for each in self.texts],
            [[place, row.sha256, row.missing] for place, row in self.media.items()],
        ]
        return hashlib.sha256(self.nonce + json.dumps(said).encode()).hexdigest()


def gather(session: Session, row: DossierRow, upto: int = LAST) -> Material:
    """Read it. upto: number of the last register line that counts."""
    case = session.get_one(CaseRow, row.case_id)
    comment = session.get_one(CommentRow, case.comment_id)
    lines = _lines(session, case, upto)
    return Material(
        row=row,
        forms=_all(session, DossierFormRow, col(DossierFormRow.dossier_id) == row.id, col(DossierFormRow.version)),
        case=case,
        comment=comment,
        texts=_texts(session, comment),
        captures=tuple(_captures(session, comment, lines)),
        media={
            each.place: each
            for each in _all(session, MediaRow, col(MediaRow.comment_id) == comment.id, col(MediaRow.place))
        },
        post=session.get(PostRow, (comment.platform, comment.post)),
        flags=_all(session, FlagRow, col(FlagRow.comment_id) == comment.id, col(FlagRow.id)),
        messages=_all(session, MessageRow, col(MessageRow.case_id) == case.id, col(MessageRow.id)),
        lines=lines,
        earlier=_earlier(session, case, comment),
    )


def proven(session: Session, comment: CommentRow) -> bool:
    """True if raw bytes of the comment itself were kept, and are as they were kept."""
    rows = _all(session, EvidenceRow, col(EvidenceRow.comment_id) == comment.id, col(EvidenceRow.id))
    return any(evidence.body_of(session, row) and evidence.intact(session, row) for row in rows)


def _all(session: Session, kind: type[Any], where: Any, order: Any) -> tuple[Any, ...]:  # noqa: ANN401 - of any table
    return tuple(session.scalars(sa.select(kind).where(where).order_by(order)))


def _texts(session: Session, comment: CommentRow) -> tuple[Text, ...]:
    rows = _all(session, TextVersionRow, col(TextVersionRow.comment_id) == comment.id, col(TextVersionRow.version))
    texts = [Text(row.version, row.text, row.hash, row.seen_at) for row in rows]
    if comment.version not in {each.version for each in texts}:
        texts.append(Text(comment.version, comment.text, comment.hash, comment.seen_at))
    return tuple(texts)


def _captures(session: Session, comment: CommentRow, lines: Sequence[Line]) -> Sequence[Captured]:
    kept = {
        line.said["vingerafdrukken"]["bewijs"]: line.said["seq"]
        for line in lines
        if line.said["gebeurtenis"] == Event.VASTGELEGD
    }
    found: list[Captured] = []
    for row in _all(session, EvidenceRow, col(EvidenceRow.comment_id) == comment.id, col(EvidenceRow.id)):
        place = 1 + sum(each.row.version == row.version for each in found)
        body, whole = evidence.body_of(session, row), evidence.intact(session, row)
        found.append(Captured(f"bron/v{row.version}/{place:02d}", row, body, whole, kept.get(row.digest, 0)))
    return found


def _lines(session: Session, case: CaseRow, upto: int) -> tuple[Line, ...]:
    bodies = session.scalars(
        sa.select(col(RegisterEntry.body))
        .where(col(RegisterEntry.case_number) == case.number, col(RegisterEntry.seq) <= upto)
        .order_by(col(RegisterEntry.seq))
    )
    return tuple(Line(body, decode(body)) for body in bodies)


def _earlier(session: Session, case: CaseRow, comment: CommentRow) -> tuple[CaseRow, ...]:
    """Cases of the same author on the same platform that came before."""
    if not comment.author_id:
        return ()
    rows = session.scalars(
        sa.select(CaseRow)
        .join(CommentRow, col(CommentRow.id) == col(CaseRow.comment_id))
        .where(
            col(CommentRow.platform) == comment.platform,
            col(CommentRow.author_id) == comment.author_id,
            col(CaseRow.id) < case.id,
        )
        .order_by(col(CaseRow.id))
    )
    return tuple(rows)
