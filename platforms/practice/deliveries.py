"""Bodies of webhook deliveries in the shapes of the facts, and their signature."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

PAGE = "1001"
Change = dict[str, Any]
"""One element of `changes`: {"field": "feed", "value": {…}}."""


def sign(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature-256`."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def body(changes: Sequence[Change], *, page: str = PAGE, at: int = 1_795_000_000) -> bytes:
    """One delivery for one page. at: unix seconds."""
    return json.dumps({"object": "page", "entry": [{"id": page, "time": at, "changes": list(changes)}]}).encode()


def change(verb: str, comment_id: str, post_id: str, **value: Any) -> Change:  # noqa: ANN401 - as in the payload
    """One change to a comment. value: `message`, `from`, `created_time`, `parent_id`, `photo` … in Facebook's names."""
    ids = {"post_id": post_id, "comment_id": comment_id, "parent_id": value.pop("parent_id", None) or post_id}
    return {"field": "feed", "value": {"item": "comment", "verb": verb, **ids, **value}}


def written(  # noqa: PLR0913 - a comment has this many parts
    comment_id: str,
    text: str,
    *,
    post_id: str = f"{PAGE}_2001",
    author: tuple[str, str] = ("7771", "Test Persoon"),
    at: int = 1_795_000_000,
    verb: str = "add",
    permalink: str = "https://www.facebook.com/1001/posts/2001",
) -> Change:
    """A comment as it is pushed when somebody writes it. author: id and name · at: unix seconds."""
    key, name = author
    return change(
        verb,
        comment_id,
        post_id,
        **{"from": {"id": key, "name": name}},
        message=text,
        created_time=at,
        post={"id": post_id, "permalink_url": permalink, "status_type": "added_photos"},
    )
