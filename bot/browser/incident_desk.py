"""What the room of the alarms needs from the house."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.incidents import IncidentView
from domain.model import Answer, Person


@dataclass(frozen=True, slots=True)
class Link:
    """A way to the phone page that is not too old. key: of the order that its press gives · used: somebody pressed ·
    answer: what that press was told, None while it is carried out.
    """

    incident: IncidentView
    person: Person
    key: str
    used: bool = False
    answer: Answer | None = None


class IncidentDesk(Protocol):
    """The alarms as the browser channel sees them. Methods do not block the loop; any may raise NabijError."""

    @property
    def number(self) -> str:
        """The emergency number."""
        ...

    @property
    def mute_min(self) -> int:
        """How long a mute lasts, minutes."""
        ...

    async def incidents(self) -> Sequence[IncidentView]:
        """Living ones first, newest first; then those that ended in the last days."""
        ...

    async def incident(self, incident_id: int) -> IncidentView | None:
        """One of them."""
        ...

    async def link(self, token: str) -> Link | None:
        """What is behind a link in a letter; None when it is unknown or too old. Looking uses nothing."""
        ...

    async def press(self, token: str, word: str) -> str | None:
        """Give the order of a link and use it up, in one commit; its key, None when the link does not work (any more).
        word: one of `bot.incidents.WORDS`.
        """
        ...
