"""A platform in memory: comments that can be hidden, shown and deleted, and faults that happen once."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from domain.errors import Gone, PlatformError
from domain.model import Ability, Capabilities, Capability, Comment, Media, MediaLink, Post, Raw, Snapshot, Way
from domain.states import Visibility


def _nothing(_comment: str) -> None:
    return None


class FakePlatform:
    """`domain.ports.Platform`. `faults`: call name → errors raised by the next calls, in order (None: this one works).

    after_effect: names of calls whose fault comes after the effect, as when only the answer is lost · effects: what
    really changed, in order · letters: (call, comment, text) of what citizens got · before_delete: looks at the house
    just before a comment is lost for ever.
    """

    key = "facebook"
    label = "Facebook"
    account = "1001"

    def __init__(self) -> None:
        self.comments: dict[str, Comment] = {}
        self.hidden: set[str] = set()
        self.calls: list[tuple[str, str]] = []
        self.effects: list[tuple[str, str]] = []
        self.faults: dict[str, list[PlatformError | None]] = {}
        self.after_effect: set[str] = set()
        self.missing: set[Ability] = set()
        self.deaf: set[str] = set()
        self.letters: list[tuple[str, str, str]] = []
        self.before_delete: Callable[[str], None] = _nothing

    def put(self, comment: Comment) -> Comment:
        """A citizen writes (or edits) this."""
        self.comments[comment.id] = comment
        return comment

    def author_deletes(self, comment_id: str) -> None:
        """A citizen takes it away."""
        self.comments.pop(comment_id, None)
        self.hidden.discard(comment_id)

    def made(self, name: str) -> list[str]:
        """Comment ids of the calls of this name that were made."""
        return [comment for call, comment in self.calls if call == name]

    def done(self, name: str) -> list[str]:
        """Comment ids for which a call of this name changed something."""
        return [comment for call, comment in self.effects if call == name]

    def capabilities(self) -> Capabilities:
        """Everything by API, less what a test took away."""
        return {each: Capability(Way.GEEN if each in self.missing else Way.API) for each in Ability}

    def recent(self, since: datetime) -> Iterator[Sequence[Comment]]:
        """Two to a page, older ones too, as platforms do."""
        self._call("recent", "")
        found = list(self.comments.values())
        for start in range(0, len(found), 2):
            yield found[start : start + 2]

    def comment(self, comment_id: str) -> Snapshot:
        """As it is now."""
        self._call("comment", comment_id)
        told = self._here(comment_id)
        visibility = Visibility.VERBORGEN if comment_id in self.hidden else Visibility.ZICHTBAAR
        return Snapshot(told, visibility, Raw(f"https://platform.example/{comment_id}", told.text.encode(), 200))

    def post(self, post_id: str) -> Post:
        """Always there."""
        self._call("post", post_id)
        return Post("facebook", "1001", post_id, "Fietscontrole", None, None, Raw("post", b"{}", 200))

    def preceding(self, comment: Comment) -> Sequence[Comment]:
        """Whatever else is there."""
        self._call("preceding", comment.id)
        return [each for each in self.comments.values() if each.id != comment.id][:10]

    def media(self, link: MediaLink) -> Media:
        """A small picture; a slip when the address says so."""
        if "weg" in link.url:
            return Media(link, None, missing="404")
        return Media(link, b"\x89PNG", "image/png")

    def hide(self, comment_id: str) -> None:
        """Hide."""
        self._act("hide", comment_id, lambda: self.hidden.add(comment_id))

    def unhide(self, comment_id: str) -> None:
        """Show."""
        self._act("unhide", comment_id, lambda: self.hidden.discard(comment_id))

    def delete(self, comment_id: str) -> None:
        """Delete."""
        self.before_delete(comment_id)
        self._act("delete", comment_id, lambda: self.author_deletes(comment_id))

    def reply_public(self, comment_id: str, text: str) -> str:
        """Answer."""
        return self._send("reply_public", comment_id, text)

    def reply_private(self, comment_id: str, text: str) -> str:
        """Message."""
        return self._send("reply_private", comment_id, text)

    def sent_public(self, comment_id: str, text: str) -> str | None:
        """Ours under the comment."""
        return self._sent("sent_public", "reply_public", comment_id, text)

    def sent_private(self, comment_id: str, text: str) -> str | None:
        """Ours about the comment."""
        return self._sent("sent_private", "reply_private", comment_id, text)

    def _send(self, name: str, comment_id: str, text: str) -> str:
        self._act(name, comment_id, lambda: self.letters.append((name, comment_id, text)))
        return f"bericht-{len(self.letters)}"

    def _sent(self, call: str, name: str, comment_id: str, text: str) -> str | None:
        self._call(call, comment_id)
        found = [place for place, letter in enumerate(self.letters, 1) if letter == (name, comment_id, text)]
        return f"bericht-{found[0]}" if found else None

    def _act(self, name: str, comment_id: str, effect: Callable[[], object]) -> None:
        fault = self._next_fault(name)
        self.calls.append((name, comment_id))
        if fault is not None and name not in self.after_effect:
            raise fault
        self._here(comment_id)
        if name not in self.deaf:
            self._change(name, comment_id, effect)
        if fault is not None:
            raise fault

    def _change(self, name: str, comment_id: str, effect: Callable[[], object]) -> None:
        before = (comment_id in self.comments, comment_id in self.hidden)
        effect()
        if before != (comment_id in self.comments, comment_id in self.hidden):
            self.effects.append((name, comment_id))

    def _call(self, name: str, comment_id: str) -> None:
        self.calls.append((name, comment_id))
        if fault := self._next_fault(name):
            raise fault

    def _next_fault(self, name: str) -> PlatformError | None:
        waiting = self.faults.get(name, [])
        return waiting.pop(0) if waiting else None

    def _here(self, comment_id: str) -> Comment:
        if comment_id not in self.comments:
            raise Gone("{platform} says that this comment no longer exists.", code="100/33", platform="Facebook")
        return self.comments[comment_id]
