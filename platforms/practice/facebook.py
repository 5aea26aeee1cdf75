"""The practice Graph API: what Facebook would answer, from the world, by the contract."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from platforms.practice.contract import check, check_message
from platforms.practice.world import GraphError, Message, Post, World, Written, missing

_DEFAULT_LIMIT = 25
T = TypeVar("T")
_GRAPH_TIME = "%Y-%m-%dT%H:%M:%S+0000"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it came in. path: without version, `/{node}` or `/{node}/{edge}`."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    bearer: str = ""


class GraphApi:
    """Answers calls. token, app_secret: what a caller must know."""

    def __init__(self, world: World, *, token: str, app_secret: str) -> None:
        self._world = world
        self._token = token
        self._proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        self._calls: dict[tuple[str, str, str], Callable[[str, Mapping[str, str], bytes], dict[str, Any]]] = {
            ("GET", "page", ""): self._page,
            ("GET", "page", "published_posts"): self._posts,
            ("GET", "post", ""): self._post,
            ("GET", "post", "comments"): self._under_post,
            ("GET", "comment", ""): self._comment,
            ("GET", "comment", "comments"): self._under_comment,
            ("POST", "comment", ""): self._hide,
            ("POST", "comment", "comments"): self._answer,
            ("POST", "post", "comments"): self._answer,
            ("POST", "page", "messages"): self._message,
            ("GET", "conversation", "messages"): self._conversation,
            ("DELETE", "comment", ""): self._delete,
        }

    def call(self, asked: Asked) -> dict[str, Any]:
        """The answer; GraphError for a refusal."""
        query = dict(asked.query)
        self._authorise(asked.bearer, query.pop("appsecret_proof", ""))
        node, edge = self._split(asked.path)
        kind = self._kind(node)
        call = check(asked.method, kind, edge, query, {} if asked.body and not asked.form else asked.form)
        if asked.body and not asked.form and not call.json:
            raise GraphError(100, "(#100) This call takes a form.")
        return self._calls[asked.method, kind, edge](node, {**query, **asked.form}, asked.body)

    def _authorise(self, bearer: str, proof: str) -> None:
        if not hmac.compare_digest(bearer.encode(), self._token.encode()):
            raise GraphError(190, "Invalid OAuth access token.", status=401)
        if not hmac.compare_digest(proof.encode(), self._proof.encode()):
            raise GraphError(100, "Invalid appsecret_proof provided in the API argument.")

    def _split(self, path: str) -> tuple[str, str]:
        parts = path.strip("/").split("/")
        if len(parts) > 2 or not parts[0]:  # noqa: PLR2004 - node and edge
            raise GraphError(2500, "Unknown path components.")
        return parts[0], parts[1] if parts[1:] else ""

    def _kind(self, node: str) -> str:
        if node == self._world.page:
            return "page"
        if self._world.post(node):
            return "post"
        if self._world.comment(node):
            return "comment"
        if self._world.conversation(node):
            return "conversation"
        raise missing()

    # ---------------------------------------------------------------- reading

    def _page(self, _node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        return _chosen({"id": self._world.page, "name": self._world.name}, params.get("fields", "id,name"))

    def _posts(self, _node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        posts = list(enumerate(reversed(self._world.posts())))
        found = [(number, post) for number, post in reversed(posts) if _within(post.at, params)]
        chosen = params.get("fields", "id,message,created_time")
        return _paged(found, params, lambda post: _chosen(self._post_node(post), chosen), newest_first=True)

    def _post(self, node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        post = self._world.post(node)
        if post is None:
            raise missing()
        return _chosen(self._post_node(post), params.get("fields", "id,message,created_time"))

    def _post_node(self, post: Post) -> dict[str, Any]:
        return {
            "id": post.id,
            "message": post.text,
            "created_time": post.at.strftime(_GRAPH_TIME),
            "updated_time": (post.moved_at or post.at).strftime(_GRAPH_TIME),
            "permalink_url": self._world.post_address(post.id),
        }

    def _under_post(self, node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        every = self._world.comments(node)
        whole = params.get("filter") == "stream"
        return self._list([each for each in every if whole or each.parent_id is None], params)

    def _under_comment(self, node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        return self._list(self._world.replies(node), params)

    def _list(self, comments: Sequence[Written], params: Mapping[str, str]) -> dict[str, Any]:
        newest_first = params.get("order") == "reverse_chronological"
        found = [(each.number, each) for each in comments if _within(each.at, params)]
        chosen = params.get("fields", "id,message,from,created_time")
        return _paged(
            sorted(found, key=lambda pair: pair[0], reverse=newest_first),
            params,
            lambda each: _chosen(self._comment_node(each), chosen),
            newest_first=newest_first,
        )

    def _comment(self, node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        chosen = params.get("fields", "id,message,from,created_time")
        return _chosen(self._comment_node(self._there(node)), chosen)

    def _there(self, comment_id: str) -> Written:
        comment = self._world.comment(comment_id)
        if comment is None:
            raise missing()
        return comment

    def _comment_node(self, each: Written) -> dict[str, Any]:
        own = each.author_id == self._world.page
        address = f"{self._world.post_address(each.post_id)}?comment_id={each.number}"
        node: dict[str, Any] = {
            "id": each.id,
            "message": each.text,
            "from": {"id": each.author_id, "name": self._world.person(each.author_id)},
            "created_time": each.at.strftime(_GRAPH_TIME),
            "is_hidden": each.hidden,
            "is_private": False,
            "can_hide": not own,
            "can_remove": True,
            "can_comment": True,
            "can_reply_privately": self._world.can_message(each),
            "comment_count": len(self._world.replies(each.id)),
            "like_count": 0,
            "object": {"id": each.post_id},
            "permalink_url": address,
        }
        if each.parent_id:
            node["parent"] = {"id": each.parent_id}
        if each.messaged:
            node["private_reply_conversation"] = {"id": self._world.conversation_of(each.author_id)}
        if each.picture:
            image = {"height": 200, "width": 320, "src": self._world.picture_address(each.picture)}
            node["attachment"] = {"type": "photo", "media": {"image": image}, "url": address}
        return node

    def _conversation(self, node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        """Newest first, as Facebook tells them."""
        found = list(enumerate(self._world.conversation(node)))[::-1]
        chosen = params.get("fields", "id,created_time")
        return _paged(found, params, lambda each: _chosen(self._message_node(each), chosen), newest_first=True)

    def _message_node(self, each: Message) -> dict[str, Any]:
        return {
            "id": each.id,
            "message": each.text,
            "from": {"id": self._world.page, "name": self._world.name},
            "to": {"data": [{"id": each.to, "name": self._world.person(each.to)}]},
            "created_time": each.at.strftime(_GRAPH_TIME),
        }

    # ---------------------------------------------------------------- acting

    def _hide(self, node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        self._world.hide(node, hidden=params["is_hidden"] == "true")
        return {"success": True}

    def _delete(self, node: str, _params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        self._world.delete(node)
        return {"success": True}

    def _answer(self, node: str, params: Mapping[str, str], _body: bytes) -> dict[str, Any]:
        return {"id": self._world.answer(node, params["message"]).id}

    def _message(self, _node: str, _params: Mapping[str, str], body: bytes) -> dict[str, Any]:
        try:
            given = json.loads(body)
        except ValueError as error:
            raise GraphError(100, "(#100) The body is not JSON.") from error
        message = self._world.send_message(*check_message(given))
        return {"recipient_id": message.to, "message_id": message.id}


def error_body(error: GraphError) -> dict[str, Any]:
    """The refusal in the platform's own shape."""
    body: dict[str, Any] = {"message": str(error), "type": "OAuthException", "code": error.code}
    if error.subcode:
        body["error_subcode"] = error.subcode
    if error.transient:
        body["is_transient"] = True
    return {"error": {**body, "fbtrace_id": "PRACTICE"}}


def _chosen(node: Mapping[str, Any], fields: str) -> dict[str, Any]:
    wanted = {"id", *fields.split(",")}
    return {name: value for name, value in node.items() if name in wanted}


def _within(at: datetime, params: Mapping[str, str]) -> bool:
    after = "since" not in params or at >= _moment(params["since"])
    return after and ("until" not in params or at < _moment(params["until"]))


def _moment(given: str) -> datetime:
    if given.isdigit():
        return datetime.fromtimestamp(int(given), UTC)
    found = datetime.fromisoformat(given)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _paged(
    found: Sequence[tuple[int, T]],
    params: Mapping[str, str],
    draw: Callable[[T], dict[str, Any]],
    *,
    newest_first: bool,
) -> dict[str, Any]:
    """One page. A cursor holds the number of its last item, so that items that vanish meanwhile do no harm."""
    limit = int(params.get("limit", _DEFAULT_LIMIT))
    if "after" in params:
        edge = _edge(params["after"])
        found = [pair for pair in found if (pair[0] < edge if newest_first else pair[0] > edge)]
    page = found[:limit]
    answer: dict[str, Any] = {"data": [draw(each) for _, each in page]}
    if page:
        answer["paging"] = {"cursors": {"before": _cursor(page[0][0]), "after": _cursor(page[-1][0])}}
        if len(found) > limit:
            answer["paging"]["next"] = "https://graph.facebook.com/never-to-be-followed?access_token=practice"
    return answer


def _cursor(number: int) -> str:
    return base64.urlsafe_b64encode(str(number).encode()).decode()


def _edge(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor))
    except (ValueError, binascii.Error) as error:
        raise GraphError(100, "(#100) Invalid cursor.") from error
