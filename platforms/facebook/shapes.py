"""Facebook's payloads as values of the domain, read tolerantly.

What is missing is None, what is absurd is refused with `Odd`, which names the part and never repeats its content. Ids
follow one strict pattern, because they end up in URLs. Shapes: pushes of the field `feed` and nodes of the Graph API.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.model import Author, Comment, MediaLink
from domain.text import clean

KEY = "facebook"

_is_id = re.compile(r"[0-9]{1,32}(?:_[0-9]{1,32}){0,2}").fullmatch
_is_link = re.compile(
    r"(?:https://[0-9A-Za-z][0-9A-Za-z.-]*|http://(?:127\.0\.0\.1|localhost|\[::1\]))(?::[0-9]{1,5})?(?:[/?#][\x21-\x7e]{0,4000})?"
).fullmatch
_EARLIEST = datetime(2004, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_EARLIEST_S = int(_EARLIEST.timestamp())
_LATEST_S = int(_LATEST.timestamp())
_NAME_MAX = 200
_TITLE_MAX = 120
_PICTURES = frozenset({"photo", "sticker", "animated_image_share", "animated_image_autoplay", "animated_image_video"})


class Odd(ValueError):
    """A part of a payload that cannot be used. Its text names the part, without foreign text."""


def ident(value: object, part: str) -> str:
    """An id as text: digits, at most three groups joined by `_`; Odd for anything else. Numbers become text."""
    text = value if type(value) is str else str(value) if type(value) is int else ""
    if _is_id(text):
        return text
    raise Odd(f"{part} is not an id")


def known_id(value: object) -> str | None:
    """The id, or None when there is none that can be used."""
    try:
        return ident(value, "")
    except Odd:
        return None


def moment(value: object) -> datetime | None:
    """Unix seconds, or `2021-07-23T08:35:18+0000`, as an aware UTC time; None when absent or absurd."""
    if type(value) is int or type(value) is float:
        return datetime.fromtimestamp(value, UTC) if _EARLIEST_S < value < _LATEST_S else None
    if type(value) is not str:
        return None
    if value.isascii() and value.isdigit():
        return moment(int(value)) if len(value) <= len(str(_LATEST_S)) else None
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo and _EARLIEST < found < _LATEST else None
    except (ValueError, OverflowError):
        return None


def text_of(value: object) -> str:
    """A message as cleaned text; absent is empty (a photo alone), anything but text is Odd."""
    if type(value) is str:
        return clean(value)
    if value is None:
        return ""
    raise Odd("message is not text")


def link(value: object) -> str | None:
    """An https address, or http on this machine (the practice platform); None for anything else."""
    return value if type(value) is str and _is_link(value) else None


def author_of(value: Mapping[str, Any]) -> Author | None:
    """Who wrote it: `from`, or the older `sender_id` and `sender_name`; None when Facebook does not say."""
    given = value.get("from")
    if type(given) is dict:
        key, name = given.get("id"), given.get("name")
    else:
        key, name = value.get("sender_id"), value.get("sender_name")
    if key is None and name is None:
        return None
    return Author(known_id(key), clean(name[:_NAME_MAX]) if type(name) is str and name else None)


def pushed(account: str, value: Mapping[str, Any]) -> Comment:
    """The comment in the value of a `feed` change; Odd when its ids or its text cannot be used."""
    comment_id, post_id, parent_id = pushed_ids(value)
    author = author_of(value)
    return Comment(
        KEY,
        account,
        comment_id,
        post_id,
        text_of(value.get("message")),
        parent_id,
        author,
        moment(value.get("created_time")),
        _pushed_permalink(value.get("post"), comment_id),
        _pushed_media(value) if "photo" in value or "video" in value else (),
        author is not None and author.id == account,
    )


def pushed_ids(value: Mapping[str, Any]) -> tuple[str, str, str | None]:
    """Ids of comment, post and parent comment (None for a top-level comment) in the value of a `feed` change."""
    comment_id = ident(value.get("comment_id"), "comment_id")
    given = value.get("post_id")
    post = value.get("post")
    if given is None and type(post) is dict:
        given = post.get("id")
    post_id = ident(given, "post_id")
    parent = value.get("parent_id")
    if parent is None or parent == given:
        return comment_id, post_id, None
    parent_id = ident(parent, "parent_id")
    return comment_id, post_id, None if parent_id == post_id else parent_id


def _pushed_permalink(post: object, comment_id: str) -> str | None:
    address = link(post.get("permalink_url")) if type(post) is dict else None
    if address is None:
        return None
    return f"{address}{'&' if '?' in address else '?'}comment_id={comment_id.rpartition('_')[2]}"


def _pushed_media(value: Mapping[str, Any]) -> tuple[MediaLink, ...]:
    found = ((link(value.get(key)), kind) for key, kind in (("photo", "foto"), ("video", "video")))
    return tuple(MediaLink(address, kind) for address, kind in found if address)


def node(account: str, value: object, *, post_id: str | None = None) -> Comment:
    """A comment node of the Graph API. post_id: the post it was listed under; Odd when an id cannot be used."""
    if type(value) is not dict:
        raise Odd("comment is not an object")
    comment_id = ident(value.get("id"), "id")
    parent = value.get("parent")
    author = author_of(value)
    return Comment(
        KEY,
        account,
        comment_id,
        post_id or _post_of(account, value.get("object"), comment_id),
        text_of(value.get("message")),
        ident(parent.get("id"), "parent.id") if type(parent) is dict else None,
        author,
        moment(value.get("created_time")),
        link(value.get("permalink_url")),
        _attached(value.get("attachment")),
        author is not None and author.id == account,
    )


def post_of(account: str, comment_id: str) -> str:
    """Id of the page post a comment stands under: comment `2001_3001` on page 1001 → `1001_2001`."""
    return f"{account}_{comment_id.partition('_')[0]}"


def _post_of(account: str, target: object, comment_id: str) -> str:
    given = known_id(target.get("id")) if type(target) is dict else None
    return given if given and "_" in given else post_of(account, comment_id)


def _attached(attachment: object) -> tuple[MediaLink, ...]:
    if type(attachment) is not dict or type(kind := attachment.get("type")) is not str:
        return ()
    media = attachment.get("media")
    if type(media) is not dict:
        return ()
    image = media.get("image")
    picture = link(image.get("src")) if type(image) is dict else None
    if kind in _PICTURES:
        return (MediaLink(picture, "foto"),) if picture else ()
    if kind.startswith("video"):
        film = link(media.get("source"))
        return (MediaLink(film, "video"),) if film else (MediaLink(picture, "foto"),) if picture else ()
    return ()


def title(value: Mapping[str, Any]) -> str:
    """First line of a post, for the context line of a card; empty when it has none."""
    for key in ("message", "story"):
        given = value.get(key)
        if type(given) is str and (lines := clean(given).strip().splitlines()):
            return lines[0] if len(lines[0]) <= _TITLE_MAX else f"{lines[0][: _TITLE_MAX - 1]}…"
    return ""


def count(value: object) -> int:
    """A number of likes or replies; 0 when absent or absurd."""
    return value if type(value) is int and value > 0 else 0
