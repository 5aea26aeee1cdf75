"""What is true on the practice platform: one page, its posts, what citizens wrote, and what the page did with it.

The rules are those of the real platform (facts: platforms §3): the page's own comments cannot be hidden, a comment
allows one private message within seven days, a hidden comment is still there for its author, deleting takes the
replies along. A breach raises GraphError, which carries the platform's own code. Safe to use from several threads.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from domain.clock import Clock
from platforms.practice import deliveries

WINDOW = timedelta(days=7)
_FIRST_PERSON = 7001
_FIRST_POST = 2001
_FIRST_COMMENT = 3001


class GraphError(Exception):
    """A refusal in the platform's own words: HTTP status, code, subcode (0 for none)."""

    def __init__(
        self, code: int, message: str, *, subcode: int = 0, status: int = 400, transient: bool = False
    ) -> None:
        super().__init__(message)
        self.code = code
        self.subcode = subcode
        self.status = status
        self.transient = transient


def missing() -> GraphError:
    """The ambiguous answer about something that is not there, or may not be seen."""
    return GraphError(100, "Unsupported request. Object does not exist or permission is missing.", subcode=33)


@dataclass
class Post:
    """A post of the page."""

    id: str
    text: str
    at: datetime
    picture: str = ""
    moved_at: datetime | None = None


@dataclass
class Written:
    """A comment. gone: empty, `auteur` (its author took it away) or `pagina` (the page deleted it)."""

    id: str
    number: int
    post_id: str
    parent_id: str | None
    author_id: str
    text: str
    at: datetime
    picture: str = ""
    hidden: bool = False
    gone: str = ""
    edited: bool = False
    messaged: bool = False


@dataclass
class Message:
    """A private message of the page to a citizen, about a comment."""

    id: str
    to: str
    comment_id: str
    text: str
    at: datetime


@dataclass
class Happening:
    """Something that a citizen can notice. text: what was written.

    what: `geschreven`, `gewijzigd`, `weggenomen` (by himself), `verborgen` (others no longer see it), `zichtbaar`,
    `verwijderd` (by the page), `antwoord` or `bericht` (the page wrote to him).
    """

    at: datetime
    person: str
    what: str
    comment_id: str
    text: str = ""


@dataclass
class _State:
    posts: dict[str, Post] = field(default_factory=dict)
    comments: dict[str, Written] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)


class World:
    """One practice page.

    base: address under which pictures and posts are found · listeners hear every change as it would be pushed.
    """

    def __init__(self, clock: Clock, *, page: str = deliveries.PAGE, name: str = "Gentse Flikken") -> None:
        self.clock = clock
        self.page = page
        self.name = name
        self.base = "http://127.0.0.1"
        self.listeners: list[Callable[[deliveries.Change], None]] = []
        self.lock = threading.RLock()
        self.dirty = False
        self._state = _State(people={page: name})

    # ---------------------------------------------------------------- to look at

    def posts(self) -> list[Post]:
        """All posts, newest first."""
        with self.lock:
            return sorted(self._state.posts.values(), key=lambda post: post.at, reverse=True)

    def post(self, post_id: str) -> Post | None:
        """One post."""
        return self._state.posts.get(post_id)

    def comment(self, comment_id: str) -> Written | None:
        """One comment that is still there."""
        found = self._state.comments.get(comment_id)
        return None if found is None or found.gone else found

    def comments(self, post_id: str, *, gone: bool = False) -> list[Written]:
        """All comments and replies under a post, oldest first. gone: also those that were taken away."""
        with self.lock:
            return [
                each for each in self._state.comments.values() if each.post_id == post_id and (gone or not each.gone)
            ]

    def replies(self, comment_id: str) -> list[Written]:
        """Replies under a comment, oldest first."""
        with self.lock:
            return [each for each in self._state.comments.values() if each.parent_id == comment_id and not each.gone]

    def person(self, key: str) -> str:
        """Name of a citizen, or of the page."""
        return self._state.people.get(key, "")

    def people(self) -> dict[str, str]:
        """All citizens by id, the page left out."""
        with self.lock:
            return {key: name for key, name in self._state.people.items() if key != self.page}

    def messages(self) -> list[Message]:
        """All private messages, oldest first."""
        with self.lock:
            return list(self._state.messages)

    def conversation_of(self, person: str) -> str:
        """Id of the conversation with a citizen."""
        return f"t_{person}"

    def conversation(self, key: str) -> list[Message]:
        """What the page wrote to one citizen, oldest first; empty for a conversation that does not exist."""
        return [each for each in self.messages() if self.conversation_of(each.to) == key]

    def happenings(self, person: str) -> list[Happening]:
        """What one citizen noticed, in order."""
        with self.lock:
            return [each for each in self._state.happenings if each.person == person]

    def ever(self, comment_id: str) -> Written | None:
        """One comment, also when it is gone."""
        return self._state.comments.get(comment_id)

    def post_address(self, post_id: str) -> str:
        """Where people see a post."""
        return f"{self.base}/post/{post_id}"

    def picture_address(self, name: str) -> str:
        """Where a picture is fetched."""
        return f"{self.base}/media/{name}.png"

    # ---------------------------------------------------------------- what citizens do

    def add_post(self, text: str, *, picture: str = "", at: datetime | None = None) -> Post:
        """The page publishes something."""
        with self._changing():
            number = _FIRST_POST + len(self._state.posts)
            post = Post(f"{self.page}_{number}", text, at or self.clock.now(), picture)
            self._state.posts[post.id] = post
            return post

    def add_comment(  # noqa: PLR0913 - a comment has this many parts
        self,
        post_id: str,
        name: str,
        text: str,
        *,
        parent_id: str | None = None,
        picture: str = "",
        at: datetime | None = None,
    ) -> Written:
        """A citizen writes something."""
        with self._changing():
            return self._write(post_id, self._known(name), text, parent_id=parent_id, picture=picture, at=at)

    def edit(self, comment_id: str, text: str) -> Written:
        """The author changes the text."""
        with self._changing():
            comment = self._present(comment_id)
            comment.text, comment.edited = text, True
            self._notice("gewijzigd", comment, text)
            self._tell("edited", comment, **self._content(comment))
            return comment

    def take_away(self, comment_id: str) -> None:
        """The author deletes the comment."""
        with self._changing():
            self._remove(self._present(comment_id), "auteur")

    # ---------------------------------------------------------------- what the page does, by the API

    def hide(self, comment_id: str, *, hidden: bool) -> None:
        """Hide or show again; harmless when repeated, and echoed to the page as the real one does."""
        with self._changing():
            comment = self._present(comment_id)
            if comment.author_id == self.page:
                raise GraphError(200, "(#200) Comments of the page itself cannot be hidden.", status=403)
            if comment.hidden != hidden:
                comment.hidden = hidden
                self._notice("verborgen" if hidden else "zichtbaar", comment)
                self._tell("hide" if hidden else "unhide", comment, **self._echo(comment))

    def delete(self, comment_id: str) -> None:
        """Delete, with its replies."""
        with self._changing():
            self._remove(self._present(comment_id), "pagina")

    def answer(self, target: str, text: str) -> Written:
        """The page writes under a post or a comment."""
        with self._changing():
            if self.post(target):
                return self._write(target, self.page, text)
            comment = self._present(target)
            self._notice("antwoord", comment, text)
            return self._write(comment.post_id, self.page, text, parent_id=comment.parent_id or comment.id)

    def send_message(self, comment_id: str, text: str) -> Message:
        """The one private message that a comment allows."""
        with self._changing():
            comment = self._present(comment_id)
            self._may_message(comment)
            comment.messaged = True
            number = len(self._state.messages) + 1
            message = Message(f"m_{number}", comment.author_id, comment_id, text, self.clock.now())
            self._state.messages.append(message)
            self._notice("bericht", comment, text)
            return message

    def can_message(self, comment: Written) -> bool:
        """True while a private message is allowed."""
        return not (comment.messaged or comment.author_id == self.page or self.clock.now() - comment.at > WINDOW)

    def _may_message(self, comment: Written) -> None:
        if comment.author_id == self.page:
            raise GraphError(10903, "(#10903) This activity cannot be replied to.")
        if comment.messaged:
            raise GraphError(10900, "(#10900) Activity already replied to.")
        if self.clock.now() - comment.at > WINDOW:
            raise GraphError(10, "(#10) This message is sent outside of allowed window.", subcode=2018278, status=403)

    # ---------------------------------------------------------------- underneath

    def _changing(self) -> threading.RLock:
        self.dirty = True
        return self.lock

    def _known(self, name: str) -> str:
        for key, known in self._state.people.items():
            if known == name and key != self.page:
                return key
        key = str(_FIRST_PERSON + len(self._state.people))
        self._state.people[key] = name
        return key

    def _present(self, comment_id: str) -> Written:
        found = self.comment(comment_id)
        if found is None:
            raise missing()
        return found

    def _write(  # noqa: PLR0913 - a comment has this many parts
        self,
        post_id: str,
        author_id: str,
        text: str,
        *,
        parent_id: str | None = None,
        picture: str = "",
        at: datetime | None = None,
    ) -> Written:
        post = self.post(post_id)
        if post is None:
            raise missing()
        number = _FIRST_COMMENT + len(self._state.comments)
        key = f"{post_id.rpartition('_')[2]}_{number}"
        comment = Written(key, number, post_id, parent_id, author_id, text, at or self.clock.now(), picture)
        self._state.comments[key] = comment
        self._notice("geschreven", comment, text)
        post.moved_at = max(comment.at, post.moved_at or comment.at)
        self._tell("add", comment, **self._content(comment))
        return comment

    def _remove(self, comment: Written, by: str) -> None:
        for each in (comment, *self.replies(comment.id)):
            each.gone = by
            self._notice("weggenomen" if by == "auteur" and each is comment else "verwijderd", each)
        self._tell("remove", comment, **self._echo(comment))

    def _notice(self, what: str, comment: Written, text: str = "") -> None:
        at = comment.at if what == "geschreven" else self.clock.now()
        self._state.happenings.append(Happening(at, comment.author_id, what, comment.id, text))

    def _content(self, comment: Written) -> dict[str, Any]:
        content: dict[str, Any] = {"from": {"id": comment.author_id, "name": self.person(comment.author_id)}}
        if comment.text:
            content["message"] = comment.text
        if comment.picture:
            content["photo"] = self.picture_address(comment.picture)
        return content

    def _echo(self, comment: Written) -> dict[str, Any]:
        """Whose name stands on an echo is not settled: the page on even comments, the author on odd ones."""
        key = self.page if comment.number % 2 == 0 else comment.author_id
        return {"from": {"id": key, "name": self.person(key)}}

    def _tell(self, verb: str, comment: Written, **value: Any) -> None:  # noqa: ANN401 - as in the payload
        post = {
            "id": comment.post_id,
            "permalink_url": self.post_address(comment.post_id),
            "status_type": "added_photos",
        }
        written = int(comment.at.timestamp())
        ids = {"parent_id": comment.parent_id, "created_time": written, "post": post}
        told = deliveries.change(verb, comment.id, comment.post_id, **ids, **value)
        for listener in self.listeners:
            listener(told)

    # ---------------------------------------------------------------- to keep

    def dump(self) -> dict[str, Any]:
        """The whole state as plain data."""
        with self.lock:
            return {"page": self.page, "name": self.name, **_plain(asdict(self._state))}

    def clear(self) -> None:
        """Begin again: no posts, no comments, no messages."""
        with self._changing():
            self._state = _State(people={self.page: self.name})

    def load(self, data: dict[str, Any]) -> None:
        """Take up a state that `dump` gave."""
        with self.lock:
            self._state = _State(
                {key: Post(**_times(row)) for key, row in data["posts"].items()},
                {key: Written(**_times(row)) for key, row in data["comments"].items()},
                dict(data["people"]),
                [Message(**_times(row)) for row in data["messages"]],
                [Happening(**_times(row)) for row in data.get("happenings", [])],
            )

    def save(self, path: Path) -> None:
        """Write the state to a file, whole or not at all."""
        self.dirty = False
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(self.dump()), encoding="utf-8")
        draft.replace(path)


def _plain(value: Any) -> Any:  # noqa: ANN401 - any plain data
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _times(row: dict[str, Any]) -> dict[str, Any]:
    return dict(_timed(row))


def _timed(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        yield key, datetime.fromisoformat(value) if key in ("at", "moved_at") and value else value
