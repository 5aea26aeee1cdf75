"""Which calls the Graph API v26.0 has, as far as Nabij uses them (facts: platforms §3); anything else is refused.

The table is written from the published contract and not from our client, so that both cannot share a misreading.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from platforms.practice.world import GraphError

VERSION = "v26.0"
Check = Callable[[str], bool]

COMMENT_FIELDS = frozenset(
    {
        "id",
        "message",
        "from",
        "created_time",
        "is_hidden",
        "is_private",
        "can_hide",
        "can_remove",
        "can_comment",
        "can_reply_privately",
        "comment_count",
        "like_count",
        "parent",
        "object",
        "attachment",
        "permalink_url",
        "private_reply_conversation",
    }
)
MESSAGE_FIELDS = frozenset({"id", "message", "from", "to", "created_time"})
POST_FIELDS = frozenset({"id", "message", "story", "created_time", "updated_time", "permalink_url"})
PAGE_FIELDS = frozenset({"id", "name"})


def one_of(*values: str) -> Check:
    """An enum."""
    return frozenset(values).__contains__


def fields_of(known: frozenset[str]) -> Check:
    """A comma-separated choice of fields."""
    return lambda given: all(each in known for each in given.split(","))


def _limit(given: str) -> bool:
    return given.isascii() and given.isdigit() and 1 <= int(given) <= 100  # noqa: PLR2004 - the platform's own


def _when(given: str) -> bool:
    if re.fullmatch(r"[0-9]{1,10}", given):
        return True
    try:
        datetime.fromisoformat(given)
    except ValueError:
        return False
    return True


def _text(given: str) -> bool:
    return 0 < len(given) <= 8000  # noqa: PLR2004 - the platform's own


def _cursor(given: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_=-]{1,200}", given) is not None


BOOL = one_of("true", "false")
_LIST: dict[str, Check] = {"limit": _limit, "after": _cursor}
_COMMENTS: dict[str, Check] = {
    **_LIST,
    "fields": fields_of(COMMENT_FIELDS),
    "filter": one_of("stream", "toplevel"),
    "order": one_of("chronological", "reverse_chronological"),
    "since": _when,
    "live_filter": one_of("filter_low_quality", "no_filter"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its parameters in the address, those in the form, and which of the form must be there."""

    query: Mapping[str, Check] = field(default_factory=dict)
    form: Mapping[str, Check] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
    json: bool = False


CALLS: dict[tuple[str, str, str], Call] = {
    ("GET", "page", ""): Call({"fields": fields_of(PAGE_FIELDS)}),
    ("GET", "page", "published_posts"): Call(
        {**_LIST, "fields": fields_of(POST_FIELDS), "since": _when, "until": _when}
    ),
    ("GET", "post", ""): Call({"fields": fields_of(POST_FIELDS)}),
    ("GET", "post", "comments"): Call(_COMMENTS),
    ("GET", "comment", ""): Call({"fields": fields_of(COMMENT_FIELDS)}),
    ("GET", "comment", "comments"): Call(_COMMENTS),
    ("POST", "comment", ""): Call(form={"is_hidden": BOOL}, needed=frozenset({"is_hidden"})),
    ("POST", "comment", "comments"): Call(form={"message": _text}, needed=frozenset({"message"})),
    ("POST", "post", "comments"): Call(form={"message": _text}, needed=frozenset({"message"})),
    ("POST", "page", "messages"): Call(json=True),
    ("GET", "conversation", "messages"): Call({**_LIST, "fields": fields_of(MESSAGE_FIELDS)}),
    ("DELETE", "comment", ""): Call(),
}
"""(method, kind of node, edge) → call."""


def check(method: str, node: str, edge: str, query: Mapping[str, str], form: Mapping[str, str]) -> Call:
    """The call, or the refusal of one that the contract does not have."""
    call = CALLS.get((method, node, edge))
    if call is None:
        raise GraphError(100, f"Unsupported {method.lower()} request.")
    _params(call.query, query)
    _params(call.form, form)
    if call.needed - form.keys():
        raise GraphError(100, f"(#100) Missing parameter: {min(call.needed - form.keys())}.")
    return call


def _params(known: Mapping[str, Check], given: Mapping[str, str]) -> None:
    for name, value in given.items():
        if name not in known:
            raise GraphError(100, "(#100) Unknown parameter.")
        if not known[name](value):
            raise GraphError(100, f"(#100) Param {name} has a value that is not allowed.")


def check_message(body: object) -> tuple[str, str]:
    """Comment id and text of a private message; exactly the documented shape, nothing more."""
    if isinstance(body, dict) and body.keys() == {"recipient", "message"}:
        recipient, message = body["recipient"], body["message"]
        if isinstance(recipient, dict) and recipient.keys() == {"comment_id"}:
            key, text = recipient["comment_id"], message.get("text") if isinstance(message, dict) else None
            if isinstance(key, str) and isinstance(text, str) and message.keys() == {"text"} and text:
                return key, text
    raise GraphError(100, "(#100) Parameters do not match the Send API.")
