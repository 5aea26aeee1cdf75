"""Messages to citizens and the strikes that come of them (product §12).

State machine of a message; the case it is about has its own (`domain.states`).

                        goedkeuren                  due                 answered
   ┌─────────────┐ ───────────────▶ ┌─────────┐ ──────────▶ ┌───────┐ ──────────▶ ┌────────────┐
   │ wacht_4ogen │                  │ gepland │             │ bezig │             │ afgeleverd │ strike is booked
   └─────────────┘ ──┐          ┌── └─────────┘             └───────┘             └────────────┘
                     │ weigeren │ verzenden_annuleren         │ │ └ never possible ─▶ niet_afleverbaar ─┐
                     ▼          ▼                             │ │                                       │
                   ┌──────────────┐      no, or not yet known │ └ answer lost, cannot be looked up      │
                   │ geannuleerd  │               ┌───────────┘      ▼                                  │
                   └──────────────┘               ▼             ┌──────────┐                            │
                                             ┌─────────┐ ◀──────│ onbekend │ ── wel_verstuurd ──▶ afgeleverd
                                     bezig ◀─│ mislukt │ niet_  └──────────┘                            │
                                      again  └─────────┘ verstuurd                                      │
                                                  └────────── manueel_gedaan ──▶ ┌─────────┐ ◀──────────┘
                                                                                 │ manueel │ strike is booked
                                                                                 └─────────┘
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MessageState(StrEnum):
    """State of one message to a citizen."""

    WACHT_4OGEN = "wacht_4ogen"
    GEPLAND = "gepland"
    BEZIG = "bezig"
    AFGELEVERD = "afgeleverd"
    NIET_AFLEVERBAAR = "niet_afleverbaar"
    MISLUKT = "mislukt"
    ONBEKEND = "onbekend"
    MANUEEL = "manueel"
    GEANNULEERD = "geannuleerd"


SENT = (MessageState.AFGELEVERD, MessageState.MANUEEL)
"""The citizen has it: a strike counts, and the one private message of the comment is used."""

UNDERWAY = (MessageState.WACHT_4OGEN, MessageState.GEPLAND, MessageState.BEZIG, MessageState.ONBEKEND)
"""It may still come, or may have come: no second message for the same comment meanwhile."""


class Template(StrEnum):
    """Keys of the templates that Nabij sends so far; their texts are data of the house-rule profile."""

    WAARSCHUWING_1 = "waarschuwing_1"
    WAARSCHUWING_2 = "waarschuwing_2"
    HINT = "hint"
    VERWIJDERD_PRIVACY = "verwijderd_privacy"


WARNINGS = (Template.WAARSCHUWING_1, Template.WAARSCHUWING_2)
"""Templates that count as a strike."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text may not be sent, or had better not. place: [start, end) in code points, (0, 0) for the whole text ·
    msgid: translated at the edge · blocks: False = only a warning.
    """

    place: tuple[int, int]
    msgid: str
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message as a card shows it. number: which strike it makes, 0 for none · by: who asked · due_at: when it goes
    out, or the next try · text: as it was sent or will be.
    """

    id: int
    template: str
    state: MessageState
    number: int
    by: str
    at: datetime
    due_at: datetime | None
    settled_at: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The strikes of one platform author. live: those that count now · maximum: at which blocking is proposed · here:
    the live strike of this very case, None without · same_post: the newest live strike is on the same post within 24
    hours, so another warning makes no new one · next: number that a warning would carry now.
    """

    live: int = 0
    maximum: int = 3
    here: int | None = None
    same_post: bool = False

    @property
    def next(self) -> int:
        """Number that a warning would carry now."""
        return self.live if self.same_post else self.live + 1
