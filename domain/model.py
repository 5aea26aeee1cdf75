"""What a platform tells us, and what a card is drawn from: frozen values without behaviour of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.categories import Certainty, Urgency
from domain.dossier import DossierView
from domain.messages import Ledger, MessageView
from domain.states import Marker, State, Visibility

# ---------------------------------------------------------------- what a platform tells us


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment, as shown by the platform. Never linked across platforms."""

    id: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class MediaLink:
    """A picture or film under a comment. `kind` is `foto` or `video`; the link may die within the hour."""

    url: str
    kind: str


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment as a platform told it. Ids are strings; `text` is already cleaned (`domain.text.clean`).

    created_at: platform time, UTC, None when unknown · parent_id: None for a top-level comment ·
    own: written by the account itself (never a card).
    """

    platform: str
    account: str
    id: str
    post_id: str
    text: str
    parent_id: str | None = None
    author: Author | None = None
    created_at: datetime | None = None
    permalink: str | None = None
    media: tuple[MediaLink, ...] = ()
    own: bool = False


class ChangeKind(StrEnum):
    """What a push says that happened to a comment."""

    NIEUW = "nieuw"
    AANGEPAST = "aangepast"
    VERWIJDERD = "verwijderd"
    VERBORGEN = "verborgen"
    ZICHTBAAR = "zichtbaar"


@dataclass(frozen=True, slots=True)
class Change:
    """One change out of a delivery. For everything but `nieuw` and `aangepast` only the ids of `comment` count."""

    kind: ChangeKind
    comment: Comment


@dataclass(frozen=True, slots=True)
class BadChange:
    """A change that could not be read. place: its path in the body (`entry[0].changes[3]`) · why: no foreign text."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a signed delivery said. ignored: changes that are known and mean nothing to us, or unknown ones, counted."""

    changes: tuple[Change, ...] = ()
    bad: tuple[BadChange, ...] = ()
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes exactly as an outside party sent them, with what is needed to judge them later.

    source: `webhook` or the URL without token · status: HTTP status (0 for a webhook) · headers: names in lower case.
    """

    source: str
    body: bytes
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


class Ability(StrEnum):
    """What can be asked of a platform (product §8.3)."""

    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"
    REPLY_PUBLIC = "reply_public"
    REPLY_PRIVATE = "reply_private"
    BLOCK = "block"
    UNBLOCK = "unblock"
    CLOSE_COMMENTS = "close_comments"
    REOPEN_COMMENTS = "reopen_comments"
    LIKE = "like"
    DETECT_EDIT = "detect_edit"
    REPORT = "report"


class Way(StrEnum):
    """How an ability is had: by API, by hand with steps, or not at all."""

    API = "api"
    MANUEEL = "manueel"
    GEEN = "geen"


@dataclass(frozen=True, slots=True)
class Capability:
    """One ability of one account, with the reason (msgid) when it is not `api`."""

    way: Way
    why: str = ""


Capabilities = Mapping[Ability, Capability]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One comment as read back from its platform just now.

    visibility: zichtbaar or verborgen · abilities: what the platform says may be done to this one comment; an ability
    that is absent follows the account's capabilities.
    """

    comment: Comment
    visibility: Visibility
    raw: Raw
    likes: int = 0
    replies: int = 0
    abilities: Mapping[Ability, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """An own post of the account, for the context line of a card."""

    platform: str
    account: str
    id: str
    title: str
    permalink: str | None
    created_at: datetime | None
    raw: Raw


@dataclass(frozen=True, slots=True)
class Media:
    """A picture or film, fetched. `body` is None when it could not be had; `missing` says why then (English slip)."""

    link: MediaLink
    body: bytes | None
    mime: str = ""
    missing: str = ""


# ---------------------------------------------------------------- what the rules say


@dataclass(frozen=True, slots=True)
class Flag:
    """One rule that hit one text. spans: [start, end) in code points of the original text.

    state: `live` or `shadow` · matched: the normal form that hit · guards: guards considered, fired or not.
    """

    rule: str
    category: str
    urgency: Urgency
    certainty: Certainty
    state: str
    spans: tuple[tuple[int, int], ...]
    matched: str = ""
    fuzzy: bool = False
    guards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of one comment. personal: spans of personal data, masked everywhere."""

    flags: tuple[Flag, ...] = ()
    personal: tuple[tuple[int, int], ...] = ()

    @property
    def live(self) -> tuple[Flag, ...]:
        """Flags that count."""
        return tuple(flag for flag in self.flags if flag.state == "live")


# ---------------------------------------------------------------- people


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. key: short ASCII name in data · name: as shown to colleagues."""

    key: str
    name: str
    role: str


# ---------------------------------------------------------------- what a card is drawn from


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """The newest capture: when, the first characters of its digest, whether it is complete, and what is missing."""

    at: datetime
    digest: str
    complete: bool
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doing:
    """An order that is being carried out right now."""

    command: str
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """The last decision on a case. after: time since first seen, in seconds."""

    command: str
    by: str
    at: datetime
    after: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a case is `mislukt`. msgid/params: the error; command and by: what was asked, by whom; retry_at: when Nabij
    tries again by itself (None: it does not); reference: number that is also in the log (unknown errors).
    """

    command: str
    by: str
    at: datetime
    msgid: str
    params: Mapping[str, str | int]
    code: str = ""
    retry_at: datetime | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """A deletion in its grace."""

    by: str
    at: datetime
    due: datetime
    seconds: int


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that any channel may need to draw one case, read from the database in one go."""

    id: int
    number: str
    revision: int
    state: State
    urgency: Urgency
    category: str
    certainty: Certainty
    platform: str
    platform_label: str
    account: str
    account_name: str
    comment_id: str
    permalink: str | None
    post_title: str | None
    post_url: str | None
    author_name: str | None
    earlier_cases: int
    text: str
    text_version: int
    personal: tuple[tuple[int, int], ...]
    flags: tuple[Flag, ...]
    media: tuple[str, ...]
    visibility: Visibility
    markers: frozenset[Marker]
    posted_at: datetime | None
    seen_at: datetime
    decided_at: datetime | None
    due_near: datetime
    due_at: datetime
    due_target_seconds: int
    capabilities: Capabilities
    trial: bool = False
    evidence: EvidenceView | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    doing: Doing | None = None
    done: Done | None = None
    trouble: Trouble | None = None
    planned: Planned | None = None
    message: MessageView | None = None
    """The newest message about this comment."""
    ledger: Ledger = field(default_factory=Ledger)
    dossier: DossierView | None = None
    """The newest dossier that was not withdrawn."""
    reported_by: str = ""
    """Person key of the colleague who sent a *melding* about it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person who gave an order is told, privately. ok: carried out; msgid is translated at the edge."""

    ok: bool
    msgid: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    offer: str = ""
    """A command word that mends it, offered as a button (`neem_over`)."""
