"""Evidence: what was there, kept as it was received, before anybody touches it.

A capture is the raw answer of the platform (or the delivery that brought the comment), the comments before it, and the
pictures or the slips that say why they are missing. Its digest is SHA-256 over a random nonce, the raw bytes and what
stands beside them, so that it proves the content without giving a short text away.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from domain.model import Media, Raw
from storage.tables import DeliveryRow, EvidenceRow, MediaRow

ARRIVAL = "aankomst"
NONCE_BYTES = 32

_evidence = EvidenceRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_media = MediaRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture to be kept. delivery_id instead of raw.body: the bytes stand in that delivery."""

    comment_id: int
    version: int
    moment: str
    at: datetime
    raw: Raw
    visibility: str = ""
    delivery_id: int | None = None
    context: Sequence[Mapping[str, Any]] = ()
    missing: Sequence[str] = ()
    media: Sequence[Media] = field(default=())


def digest(nonce: bytes, body: bytes, beside: Mapping[str, Any]) -> str:
    """Hex SHA-256 over nonce, length of the body, body, and the canonical JSON of what stands beside it."""
    canonical = json.dumps(beside, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    return hashlib.sha256(nonce + len(body).to_bytes(8, "big") + body + canonical).hexdigest()


def keep(connection: sa.Connection | Session, capture: Capture) -> tuple[int, str]:
    """Store a capture; (its id, its digest)."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    pictures = [_picture(place, media) for place, media in enumerate(capture.media)]
    row = {
        "source": capture.raw.source,
        "status": capture.raw.status,
        "headers": dict(capture.raw.headers),
        "context": [dict(each) for each in capture.context],
        "media": [{key: picture[key] for key in ("place", "sha256", "missing")} for picture in pictures],
        "missing": list(capture.missing),
    }
    seal = digest(nonce, capture.raw.body, row)
    result = connection.execute(
        sa.insert(_evidence).values(
            comment_id=capture.comment_id,
            version=capture.version,
            moment=capture.moment,
            at=capture.at,
            body=None if capture.delivery_id else capture.raw.body,
            delivery_id=capture.delivery_id,
            visibility=capture.visibility,
            nonce=nonce,
            digest=seal,
            **row,
        )
    )
    _keep_pictures(connection, capture, pictures)
    return int(result.inserted_primary_key[0]), seal  # type: ignore[attr-defined]  # one row was inserted


def _picture(place: int, media: Media) -> dict[str, Any]:
    sha256 = hashlib.sha256(media.body).hexdigest() if media.body is not None else ""
    return {
        "place": place,
        "kind": media.link.kind,
        "mime": media.mime,
        "sha256": sha256,
        "body": media.body,
        "missing": media.missing,
    }


def _keep_pictures(
    connection: sa.Connection | Session, capture: Capture, pictures: Sequence[Mapping[str, Any]]
) -> None:
    """A picture that was had once is never replaced by a later slip."""
    for picture in pictures:
        place = (_media.c.comment_id == capture.comment_id, _media.c.place == picture["place"])
        had = connection.execute(sa.select(_media.c.sha256).where(*place)).first()
        if had is None:
            connection.execute(
                sa.insert(_media).values(comment_id=capture.comment_id, fetched_at=capture.at, **picture)
            )
        elif not had.sha256 and picture["sha256"]:
            connection.execute(sa.update(_media).where(*place).values(fetched_at=capture.at, **picture))


def newest(session: Session, comment_id: int) -> EvidenceRow | None:
    """The newest capture of a comment."""
    return session.scalars(
        sa.select(EvidenceRow).where(EvidenceRow.comment_id == comment_id).order_by(_evidence.c.id.desc()).limit(1)  # type: ignore[arg-type]
    ).first()


def body_of(session: Session, row: EvidenceRow) -> bytes:
    """The raw bytes of a capture, wherever they stand; empty when they are gone."""
    if row.body is not None:
        return row.body
    delivery = session.get(DeliveryRow, row.delivery_id) if row.delivery_id else None
    return delivery.body if delivery else b""


def intact(session: Session, row: EvidenceRow) -> bool:
    """True when the stored bytes still have the digest that was registered."""
    beside = {name: getattr(row, name) for name in ("source", "status", "headers", "context", "media", "missing")}
    return row.digest == digest(row.nonce, body_of(session, row), beside)
