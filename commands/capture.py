"""Capture: what is there now is read from the platform and kept as evidence, before anybody touches it.

`capture` is one step of a workflow. Its result is plain data without text (the engine stores it):

    {"ok": true, "evidence": 12, "digest": "a3f9…", "complete": true, "same": true}
    {"ok": false, "gone": false, "error": {…}}

same: the text is still the one this version holds. A new text is fed to ingest at once, so that the card shows it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import sqlalchemy as sa

from commands import ingest
from commands.accounts import reach_comment
from commands.house import House
from domain.errors import Denied, Gone, NabijError, PlatformError
from domain.model import Change, ChangeKind, Comment, Media, MediaLink, Post, Reading, Snapshot
from domain.ports import Platform
from domain.text import text_hash
from storage import evidence
from storage.durable import Run
from storage.tables import CommentRow, PostRow

_posts = PostRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
_REMEMBER = sa.text(
    "INSERT INTO post (platform, post, account, title, permalink, read_at)"
    " VALUES (:platform, :post, :account, :title, :permalink, :read_at) ON CONFLICT (platform, post) DO UPDATE SET"
    " account = excluded.account, title = excluded.title, permalink = excluded.permalink, read_at = excluded.read_at"
).bindparams(sa.bindparam("read_at", type_=_posts.c.read_at.type))
"""In one statement, because the first comments under a post are captured side by side."""


def capture(house: House, run: Run, comment_id: int, moment: str) -> dict[str, Any]:
    """Read the comment, its surroundings and (at arrival) its pictures, and keep them."""
    with house.read() as session:
        comment = session.get_one(CommentRow, comment_id)
    if comment.pasted:
        return {"ok": False, "gone": False, "error": describe(_nobody_to_ask())}
    try:
        platform = reach_comment(house, comment)
        snapshot = platform.comment(comment.comment)
    except PlatformError as error:
        return {"ok": False, "gone": isinstance(error, Gone), "error": describe(error)}
    around = _Surroundings(platform, comment, moment)
    seen = _seen(house, comment, snapshot, around)
    kept, digest = house.store(lambda connection: _keep(connection, house, comment, seen, around.post))
    same = seen.version == comment.version
    if not same:
        _feed(house, run, comment, snapshot)
    return {
        "ok": True,
        "evidence": kept,
        "digest": digest,
        "complete": not around.missing,
        "same": same,
    }


def _nobody_to_ask() -> Denied:
    return Denied("A colleague pasted this comment, so its platform cannot be asked about it.", code="melding")


def describe(error: NabijError) -> dict[str, Any]:
    """An error as plain data."""
    return {
        "kind": error.kind,
        "msgid": error.msgid,
        "params": {key: value if isinstance(value, int) else str(value) for key, value in error.params.items()},
        "code": getattr(error, "code", ""),
        "retryable": error.retryable,
        "retry_after": error.retry_after,
    }


class _Surroundings:
    """What stands around a comment; each part that cannot be had becomes a slip instead of an error."""

    def __init__(self, platform: Platform, comment: CommentRow, moment: str) -> None:
        self.moment = moment
        self.missing: list[str] = []
        self.context: list[dict[str, Any]] = []
        self.post: Post | None = None
        self.media: list[Media] = []
        self._try("voorafgaande reacties", lambda: self._before(platform, comment))
        if moment == evidence.ARRIVAL:
            self._try("bericht", lambda: self._under(platform, comment))
            self.media = [platform.media(MediaLink(url, kind)) for url, kind in comment.media]
            self.missing += [f"media {place}" for place, each in enumerate(self.media) if each.body is None]

    def _try(self, part: str, read: Callable[[], None]) -> None:
        try:
            read()
        except PlatformError as error:
            self.missing.append(f"{part} ({error.kind})")

    def _before(self, platform: Platform, comment: CommentRow) -> None:
        self.context = [_line(each) for each in platform.preceding(_as_told(comment))]

    def _under(self, platform: Platform, comment: CommentRow) -> None:
        self.post = platform.post(comment.post)


def _line(comment: Comment) -> dict[str, Any]:
    at = comment.created_at.isoformat() if comment.created_at else ""
    return {
        "id": comment.id,
        "auteur": comment.author.name if comment.author else None,
        "tekst": comment.text,
        "tijd": at,
    }


def _as_told(row: CommentRow) -> Comment:
    return Comment(row.platform, row.account, row.comment, row.post, row.text, row.parent, created_at=row.posted_at)


def _seen(house: House, comment: CommentRow, snapshot: Snapshot, around: _Surroundings) -> evidence.Capture:
    same = text_hash(snapshot.comment.text) == comment.hash
    return evidence.Capture(
        comment_id=comment.id or 0,
        version=comment.version if same else comment.version + 1,
        moment=around.moment,
        at=house.clock.now(),
        raw=snapshot.raw,
        visibility=snapshot.visibility.value,
        context=around.context,
        missing=around.missing,
        media=around.media,
    )


def _keep(
    connection: sa.Connection, house: House, comment: CommentRow, seen: evidence.Capture, post: Post | None
) -> tuple[int, str]:
    """One job of the writer; id and digest of the capture."""
    if post is not None:
        _remember_post(connection, post, comment, house)
    return evidence.keep(connection, seen)


def _feed(house: House, run: Run, comment: CommentRow, snapshot: Snapshot) -> None:
    """A text that we did not know goes the way of every edit."""
    told = snapshot.comment
    change = Change(ChangeKind.AANGEPAST, told)
    for batch in ingest.judge(house, comment.platform, snapshot.raw, Reading((change,))):
        house.store(partial(ingest.store, house, run, batch=batch))


def _remember_post(connection: sa.Connection, post: Post, comment: CommentRow, house: House) -> None:
    values = {
        "account": comment.account,
        "title": post.title,
        "permalink": post.permalink,
        "read_at": house.clock.now(),
    }
    connection.execute(_REMEMBER, {"platform": comment.platform, "post": comment.post, **values})
