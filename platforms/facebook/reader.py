"""Reads one Facebook page: the net under the pushes, one comment, its post, what stood before it, its pictures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.errors import AccountStopped, Denied, Gone, PlatformError
from domain.model import Ability, Comment, Media, MediaLink, Post, Snapshot
from domain.states import Visibility
from platforms.facebook.client import Client
from platforms.facebook.errors import gone, no_access, unreachable
from platforms.facebook.shapes import KEY, Odd, count, ident, link, moment, node, post_of, title
from platforms.media import Fetcher

COMMENT_FIELDS = (
    "id,message,from,created_time,is_hidden,can_hide,can_remove,can_comment,can_reply_privately,"
    "comment_count,like_count,parent,object,attachment,permalink_url"
)
LISTED_FIELDS = "id,message,from,created_time,parent,attachment,permalink_url"
POST_FIELDS = "id,message,story,created_time,updated_time,permalink_url"
PAGE_SIZE = 100
NEWEST_POSTS = 25
"""Posts that every poll visits; older ones only when Facebook says that they moved."""
PRECEDING = 10
_MOST_PAGES = 200
_MOST_CONTEXT_PAGES = 10
_ABILITIES = {
    "can_hide": Ability.HIDE,
    "can_remove": Ability.DELETE,
    "can_comment": Ability.REPLY_PUBLIC,
    "can_reply_privately": Ability.REPLY_PRIVATE,
}


class FacebookReader:
    """`domain.ports.Reader` for one page."""

    def __init__(self, client: Client, fetcher: Fetcher, account: str) -> None:
        self.client = client
        self._fetcher = fetcher
        self._page = account

    def recent(self, since: datetime) -> Iterator[Sequence[Comment]]:
        """Pages of comments since then. RateLimited before a post when the page has nearly used up its calls."""
        since = since.replace(microsecond=0)  # Facebook tells whole seconds
        posts = self._moved_posts(since)
        unseen = 0
        for post_id in posts:
            self.client.make_room()
            try:
                yield from self._since(post_id, since)
            except Gone as error:  # a post may be deleted while we read; all of them at once is a lost permission
                unseen += 1
                if unseen == len(posts):
                    raise no_access(error.code) from error

    def _since(self, post_id: str, since: datetime) -> Iterator[Sequence[Comment]]:
        params = {"since": int(since.timestamp()), "limit": PAGE_SIZE}
        for page in self._stream(post_id, params, _MOST_PAGES):
            if found := [each for each in page if each.created_at is None or each.created_at >= since]:
                yield found

    def _moved_posts(self, since: datetime) -> list[str]:
        """Ids of the newest posts, and of older ones that may have got a comment since then."""
        self.client.make_room()
        answer = self.client.get(f"/{self._page}/published_posts", {"fields": POST_FIELDS, "limit": PAGE_SIZE})
        posts = answer.data.get("data")
        found: list[str] = []
        for place, post in enumerate(posts if isinstance(posts, list) else []):
            try:
                post_id = ident(post.get("id") if isinstance(post, dict) else None, "id")
            except Odd:
                continue
            moved = moment(post.get("updated_time"))
            if place < NEWEST_POSTS or moved is None or moved >= since:
                found.append(post_id)
        return found

    def _stream(self, post_id: str, params: Mapping[str, str | int], most: int) -> Iterator[list[Comment]]:
        """All comments under a post, replies too, newest first. The default filter would leave some out."""
        asked = {"fields": LISTED_FIELDS, "filter": "stream", "order": "reverse_chronological", **params}
        for items, _ in self.client.pages(f"/{post_id}/comments", asked, most):
            yield list(self._readable(items, post_id))

    def _readable(self, items: Sequence[object], post_id: str) -> Iterator[Comment]:
        for item in items:
            try:
                yield node(self._page, item, post_id=post_id)
            except Odd as odd:
                self.client.note(f"Facebook: a listed comment was left out: {odd}.")

    def comment(self, comment_id: str) -> Snapshot:
        """One comment as it is now. Gone only after its post could be read."""
        try:
            answer = self.client.get(f"/{checked(comment_id)}", {"fields": COMMENT_FIELDS})
            comment = node(self._page, answer.data)
        except Gone as error:
            raise missing(self.client, self._page, comment_id, error) from error
        except Odd as error:
            raise unreachable("unreadable answer") from error
        data = answer.data
        return Snapshot(
            comment,
            Visibility.VERBORGEN if data.get("is_hidden") is True else Visibility.ZICHTBAAR,
            answer.raw,
            count(data.get("like_count")),
            count(data.get("comment_count")),
            _abilities(data),
        )

    def post(self, post_id: str) -> Post:
        """One own post."""
        answer = self.client.get(f"/{checked(post_id)}", {"fields": POST_FIELDS})
        data = answer.data
        written, address = moment(data.get("created_time")), link(data.get("permalink_url"))
        return Post(KEY, self._page, post_id, title(data), address, written, answer.raw)

    def preceding(self, comment: Comment) -> Sequence[Comment]:
        """What stood before it, oldest first: under the post, or for a reply its parent and the replies before it."""
        if comment.parent_id is None:
            return self._before(comment, comment.post_id, PRECEDING)
        parent = self.comment(comment.parent_id).comment
        return (parent, *self._before(comment, comment.parent_id, PRECEDING - 1))

    def _before(self, comment: Comment, edge: str, most: int) -> tuple[Comment, ...]:
        found: list[Comment] = []
        reached = False
        for page in self._stream(checked(edge), {"limit": PAGE_SIZE}, _MOST_CONTEXT_PAGES):
            for each in page:
                if reached or _older(each, comment):
                    found.append(each)
                reached = reached or each.id == comment.id
                if len(found) == most:
                    return tuple(reversed(found))
        return tuple(reversed(found))

    def media(self, link: MediaLink) -> Media:
        """A picture or film; a slip instead of an error when it cannot be had."""
        return self._fetcher.fetch(link)


def _older(each: Comment, than: Comment) -> bool:
    """True for a comment written before; also serves when the comment itself is gone from the list."""
    return bool(each.created_at and than.created_at and each.id != than.id and each.created_at < than.created_at)


def _abilities(data: Mapping[str, Any]) -> dict[Ability, bool]:
    return {ability: data[name] for name, ability in _ABILITIES.items() if isinstance(data.get(name), bool)}


def checked(given: str) -> str:
    """An id that goes into an address; Denied when it cannot be one."""
    try:
        return ident(given, "id")
    except Odd as error:
        raise Denied("This is not an id of Facebook (code {code}).", code="id") from error


def missing(client: Client, page: str, comment_id: str, error: Gone) -> PlatformError:
    """What 100/33 on a comment truly means: Gone when its post can be read, Denied when that is out of sight too."""
    try:
        client.get(f"/{post_of(page, comment_id)}", {"fields": "id"})
    except AccountStopped as stopped:
        return stopped
    except (Gone, Denied):
        return no_access(error.code)
    except PlatformError as other:
        return other
    return gone(error.code)
