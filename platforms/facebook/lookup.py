"""Finds what the page itself sent, which is asked before anything that may not be sent twice is sent again.

A private message is found through the comment: its field `private_reply_conversation` is there once the page answered
it privately, and leads to the conversation with its author, whose messages are then read. A comment without that field
got none only when it may still be answered privately: a field may also be left out for want of a permission.

The name of the field and the edge `messages` are documented. Assumed, because nobody could check it on a live page: the
conversation comes as an object with an `id`; it may hold messages about other comments of the same person; a message
has `id`, `message`, `from` and `created_time` as a comment has. Where that fails the answer is an error, never None:
then a person looks.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.errors import Gone
from platforms.facebook.client import Answer, Client, ended
from platforms.facebook.errors import no_access, unsure
from platforms.facebook.reader import missing
from platforms.facebook.shapes import known_id, moment

PAGE_SIZE = 100
MOST_PAGES = 10
_FIELDS = "id,message,from,created_time"
_WHOLE = {"filter": "stream", "order": "reverse_chronological"}
"""The default filter would leave some out."""
_is_key = re.compile(r"[0-9A-Za-z][0-9A-Za-z_=:-]{0,299}").fullmatch


def private_message(client: Client, page: str, comment_id: str, text: str) -> str | None:
    """Id of our private message of this text about a comment; None when there surely is none. PlatformError otherwise,
    Gone when the comment is gone and so cannot lead to a conversation any more.
    """
    comment = _node(client, page, comment_id, "id,created_time,can_reply_privately,private_reply_conversation")
    if "private_reply_conversation" not in comment:
        if comment.get("can_reply_privately") is True:
            return None
        raise unsure("no conversation, and none possible")
    conversation = comment["private_reply_conversation"]
    key = conversation.get("id") if isinstance(conversation, dict) else None
    if not isinstance(key, str) or not _is_key(key):
        raise unsure("no conversation id")
    return _Ours(client, page, text, moment(comment.get("created_time"))).among(f"/{key}/messages", {})


def public_answer(client: Client, page: str, comment_id: str, text: str) -> str | None:
    """Id of our answer of this text under a comment. An answer to a reply may stand under the reply's own parent."""
    comment = _node(client, page, comment_id, "id,created_time,parent")
    ours = _Ours(client, page, text, moment(comment.get("created_time")))
    parent = comment.get("parent")
    if parent is None:
        return ours.among(f"/{comment_id}/comments", _WHOLE)
    above = known_id(parent.get("id")) if isinstance(parent, dict) else None
    if above is None:
        raise unsure("no parent id")
    return ours.among(f"/{comment_id}/comments", _WHOLE) or ours.among(f"/{above}/comments", _WHOLE)


def _node(client: Client, page: str, comment_id: str, fields: str) -> Mapping[str, Any]:
    try:
        found = client.get(f"/{comment_id}", {"fields": fields}).data
    except Gone as error:
        raise missing(client, page, comment_id, error) from error
    if known_id(found.get("id")) is None:
        raise unsure("no comment")
    return found


class _Ours:
    """Looks for one text of the page, sent after a moment, in lists of what was said."""

    def __init__(self, client: Client, page: str, text: str, since: datetime | None) -> None:
        self._client, self._page, self._text, self._since = client, page, _plain(text), since

    def among(self, path: str, params: Mapping[str, str | int]) -> str | None:
        """Its id in this list; None when it surely is not in there."""
        last: Answer | None = None
        asked = {"fields": _FIELDS, "limit": PAGE_SIZE, **params}
        try:
            for _, last in self._client.pages(path, asked, MOST_PAGES):
                if found := self._on(last):
                    return found
        except Gone as error:
            raise no_access(error.code) from error
        if last is None or not ended(last):
            raise unsure("list not ended")
        return None

    def _on(self, answer: Answer) -> str | None:
        items = answer.data.get("data")
        if not isinstance(items, list):
            raise unsure("no list")
        return next((found for item in items if (found := self._one(item))), None)

    def _one(self, item: object) -> str | None:
        """The id when this is it, None when it is something else, an error when that cannot be told."""
        if not isinstance(item, dict):
            raise unsure("not an object")
        author, said, key = _author(item), item.get("message"), item.get("id")
        other_words = isinstance(said, str) and _plain(said) != self._text
        if author not in ("", self._page) or other_words or self._before(item.get("created_time")):
            return None
        if not (author and isinstance(said, str) and isinstance(key, str) and key):
            raise unsure("incomplete message")
        return key

    def _before(self, given: object) -> bool:
        """True for what was said before the comment: the same words, about another one."""
        at = moment(given)
        return at is not None and self._since is not None and at < self._since


def _author(item: Mapping[str, Any]) -> str:
    """Who said it; empty when Facebook does not tell, because then it may be us."""
    sender = item.get("from")
    return str(sender.get("id") or "") if isinstance(sender, dict) else ""


def _plain(text: str) -> str:
    """A text without what a platform may do to its white space and to the way its letters are composed."""
    return " ".join(unicodedata.normalize("NFC", text).split())
