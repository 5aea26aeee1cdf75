"""Ports: what the house asks of the outside, in our words. Small Protocols; the wiring hands in what fits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.digests import Digest
from domain.dossier import Contents
from domain.incidents import IncidentView
from domain.model import Capabilities, CaseView, Comment, Judgement, Media, MediaLink, Post, Reading, Snapshot


class Receiver(Protocol):
    """Reads pushes of one platform."""

    def challenge(self, query: Mapping[str, str]) -> str:
        """Answer to the platform's handshake; Unsigned when the token is wrong."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Unsigned unless the signature over the raw body is right. Any doubt is a no."""
        ...

    def read(self, body: bytes) -> Reading:
        """The changes in a verified body; Unreadable when it is not JSON of the documented shape."""
        ...


class Reader(Protocol):
    """Reads one account of one platform. Raises PlatformError."""

    def recent(self, since: datetime) -> Iterator[Sequence[Comment]]:
        """Pages of comments created since then, all own posts together; the safety net under the pushes."""
        ...

    def comment(self, comment_id: str) -> Snapshot:
        """One comment as it is now; Gone when it no longer exists, confirmed through its post."""
        ...

    def post(self, post_id: str) -> Post:
        """One own post."""
        ...

    def preceding(self, comment: Comment) -> Sequence[Comment]:
        """The comments just before this one, oldest first, at most ten: context for the evidence."""
        ...

    def media(self, link: MediaLink) -> Media:
        """A picture or film, within limits of size, type and time; a slip instead of an error when it cannot be had."""
        ...


class Actor(Protocol):
    """Acts on one account of one platform. Raises PlatformError; all but the replies are harmless when repeated."""

    def hide(self, comment_id: str) -> None:
        """Hide a comment, reversibly."""
        ...

    def unhide(self, comment_id: str) -> None:
        """Make it visible again."""
        ...

    def delete(self, comment_id: str) -> None:
        """Delete it, for ever. Gone when it was gone already."""
        ...

    def reply_public(self, comment_id: str, text: str) -> str:
        """Answer under the comment; the id of the answer. Not harmless when repeated."""
        ...

    def reply_private(self, comment_id: str, text: str) -> str:
        """The one private message a comment allows; the id of the message. Not harmless when repeated."""
        ...

    def sent_public(self, comment_id: str, text: str) -> str | None:
        """Id of our own answer of this text under the comment; None when there surely is none. PlatformError when it
        cannot be looked up. This is what is asked before an answer is ever repeated.
        """
        ...

    def sent_private(self, comment_id: str, text: str) -> str | None:
        """Id of our own private message of this text about the comment; None when there surely is none. PlatformError
        when it cannot be looked up.
        """
        ...


class Platform(Reader, Actor, Protocol):
    """One account of one platform, whole."""

    @property
    def key(self) -> str:
        """Platform key in data: `facebook`."""
        ...

    @property
    def label(self) -> str:
        """Name as shown: `Facebook`."""
        ...

    @property
    def account(self) -> str:
        """Id of the account on the platform."""
        ...

    def capabilities(self) -> Capabilities:
        """What can be asked of this account."""
        ...


class Flagger(Protocol):
    """Says why a comment is flagged."""

    @property
    def ruleset(self) -> str:
        """First 12 hex characters of the hash over rules, lists, normaliser version and settings."""
        ...

    def judge(self, text: str, *, media: bool = False) -> Judgement:
        """The flags and the personal data of one text; never raises on any text."""
        ...


class Announcer(Protocol):
    """Tells every surface that cases changed, so that they are drawn again."""

    def changed(self, case_ids: Sequence[int]) -> None:
        """Draw these again."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes out by e-mail or another way without buttons. text: whole without the rest · html: the same, drawn;
    empty = text only · picture: PNG, with its name and alternative text.
    """

    subject: str
    text: str
    html: str = ""
    picture: bytes = b""
    picture_name: str = ""
    alt: str = ""


class Herald(Protocol):
    """Carries letters to addresses outside the channel."""

    def send(self, address: str, letter: Letter) -> bool:
        """Hand a letter over; True when it was accepted. Blocks for seconds, never raises."""
        ...


class Scribe(Protocol):
    """Puts into words what leaves the house or goes into a file: commands hand over data and hold no texts."""

    def alert(self, incident: IncidentView, *, link: str) -> Letter:
        """What somebody who is called reads. link: single-use address of the phone page, empty without one."""
        ...

    def report(self, case: CaseView, *, link: str) -> Letter:
        """What the person on call reads when a colleague reported a comment. link: address of the card."""
        ...

    def digest(self, digest: Digest) -> Letter:
        """A report, with its chart."""
        ...

    def dossier(self, contents: Contents) -> Mapping[str, bytes]:
        """What people read of a dossier: file name → bytes (`dossier.html`, `LEESMIJ.txt`). The same for the same."""
        ...


Sleep = Callable[[float], None]
"""Waits for seconds; tests hand in one that does not."""
