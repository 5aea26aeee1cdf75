"""What the rooms *Evenementen*, *Rooster*, *Melding* and *Opdracht* ask of the house."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.events import EventView, Turn
from domain.model import Person
from domain.orders import Order


class AgendaDesk(Protocol):
    """The calendar and the rosters, as the browser channel sees them. Nothing here blocks the loop."""

    @property
    def people(self) -> Sequence[Person]:
        """Everybody with an account."""
        ...

    @property
    def emergency(self) -> str:
        """Number to call in immediate danger."""
        ...

    async def events(self) -> Sequence[EventView]:
        """All events, by their start."""
        ...

    async def turns(self, since: datetime, until: datetime) -> Sequence[Turn]:
        """Turns on call of which any part lies between two moments, by their start."""
        ...

    async def order(self, key: str) -> Order | None:
        """What was asked under a key, to fill a form again that was refused; None when nothing was."""
        ...
