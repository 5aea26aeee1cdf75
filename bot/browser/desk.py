"""What the browser needs from the house: one port, and the values that pass over it.

The wiring implements `Desk` over storage; `tests/fakes/desk.py` is a whole one with invented cases.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from bot.scene import Scene
from domain.categories import Urgency
from domain.errors import Param
from domain.model import Answer, CaseView, Person
from domain.orders import Order

T = TypeVar("T")
CARDS_MAX = 200
"""Open cards on one page; the page says how many more there are."""
PAGE_SIZE = 50
"""Rows on one page of comments or register."""


# ---------------------------------------------------------------- what every page shows


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person must know now, on every page. msgid: translated at the edge · at: since when."""

    msgid: str
    params: Mapping[str, Param]
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How things are. open: cards that wait · channels/working: accounts in use, and those that answer ·
    looked_at: the oldest of their newest looks, None when one was never looked at · incidents: living ones.
    """

    open: int
    channels: int
    working: int
    looked_at: datetime | None
    alarms: tuple[Alarm, ...] = ()
    incidents: int = 0


# ---------------------------------------------------------------- cards


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which open cards. urgency: None = all · mine: person key whose claimed cards only, empty = everybody's."""

    urgency: Urgency | None = None
    mine: str = ""

    def fits(self, view: CaseView) -> bool:
        """True if this case belongs on a page with this filter."""
        return self.urgency in (None, view.urgency) and self.mine in ("", view.claimed_by)


@dataclass(frozen=True, slots=True)
class Queue:
    """open: cards that wait, most urgent first, then what is due first, at most `CARDS_MAX` · handled: deletions in
    their grace, then what was handled in the last hours, newest first · counts: open cards by urgency, over everything.
    """

    open: Sequence[CaseView]
    handled: Sequence[CaseView]
    counts: Mapping[Urgency, int]


# ---------------------------------------------------------------- lists


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of rows. number: from 1 · total: rows over all pages."""

    rows: Sequence[T]
    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Looked:
    """When a channel last answered; None: not yet."""

    platform: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CommentRow:
    """One comment that was read. platform: label · urgency: GEEN without live flag · case_id/number: None, "" without
    card.
    """

    platform: str
    author_name: str | None
    text: str
    personal: tuple[tuple[int, int], ...]
    at: datetime
    permalink: str | None
    urgency: Urgency
    category: str | None = None
    case_id: int | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One step in the register. command: command word · event: `voornemen` or `uitkomst` or another event key ·
    ok: False = refused or failed, None = not known yet · by: name or `M1`, as this reader may see it.
    """

    at: datetime
    command: str
    event: str
    ok: bool | None
    category: str | None
    platform: str
    by: str
    evidence: str
    case_id: int | None
    number: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened with one case, oldest first."""

    view: CaseView
    rows: Sequence[RegisterRow]


# ---------------------------------------------------------------- health


@dataclass(frozen=True, slots=True)
class Channel:
    """One account. note: msgid of what is wrong, empty when nothing is."""

    label: str
    account: str
    ok: bool
    looked_at: datetime | None
    trial: bool = False
    note: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat: something that must keep happening. name: msgid."""

    name: str
    at: datetime | None
    ok: bool


@dataclass(frozen=True, slots=True)
class Health:
    """All that can be blind, and what it says. waiting: orders stored and not yet carried out."""

    channels: Sequence[Channel]
    beats: Sequence[Beat]
    dead_letters: int
    waiting: int
    ruleset: str
    version: str


# ---------------------------------------------------------------- live


@dataclass(frozen=True, slots=True)
class Changed:
    """A case changed, in whichever process."""

    case_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class Called:
    """An incident is new or changed."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class Told:
    """An order of this person was answered. key: as given to `Desk.give`."""

    by: str
    key: str
    answer: Answer


class Desk(Protocol):
    """The house as the browser channel sees it. Async methods do not block the loop; any may raise NabijError."""

    @property
    def hosts(self) -> frozenset[str]:
        """Host headers that are us: `127.0.0.1:8780`. Everything else is refused (DNS rebinding)."""
        ...

    @property
    def house(self) -> str:
        """Name of the force, under the brand."""
        ...

    def scene(self, viewer: Person) -> Scene:
        """How cards are drawn for this person, now."""
        ...

    async def open_start_link(self, token: str) -> str | None:
        """A new cookie value (random, 128 bits or more) for a single-use start token; None when used or unknown."""
        ...

    async def who(self, cookie: str) -> Person | None:
        """Whose session this is; None when there is none (any more)."""
        ...

    async def standing(self) -> Standing:
        """How things are."""
        ...

    async def cases(self, wanted: Wanted) -> Queue:
        """The cards of the page Kaarten."""
        ...

    async def case(self, case_id: int) -> CaseView | None:
        """One case."""
        ...

    async def comments(self, search: str, page: int) -> tuple[Page[CommentRow], Sequence[Looked]]:
        """Everything that was read, newest first, and when each channel was last looked at."""
        ...

    async def register(self, search: str, page: int, viewer: Person) -> Page[RegisterRow]:
        """Steps in the register, newest first, names as this person may see them."""
        ...

    async def history(self, case_id: int, viewer: Person) -> History | None:
        """Everything that happened with one case."""
        ...

    async def health(self) -> Health:
        """What stands on the page Beheer."""
        ...

    def csv(self, search: str, viewer: Person) -> AsyncIterator[bytes]:
        """The register as CSV, in pieces; the export is registered."""
        ...

    async def give(self, order: Order, key: str) -> None:
        """Store an order; stored when this returns. The same key again is the same order: one effect."""
        ...

    async def answer(self, key: str, timeout: float) -> Answer | None:  # noqa: ASYNC109 - part of the question
        """The answer to an order, awaited for at most `timeout` seconds; None when it is not there yet."""
        ...

    def changes(self) -> AsyncGenerator[Changed | Called | Told, None]:
        """Changes and answers from now on, of all processes, until the caller closes it."""
        ...
