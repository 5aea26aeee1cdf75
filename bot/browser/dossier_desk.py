"""What the room of the dossiers needs from the house."""

from collections.abc import Sequence
from typing import Protocol

from bot.browser.desk import Page
from domain.dossier import Contents, DossierView
from domain.model import CaseView, Person


class DossierDesk(Protocol):
    """The dossiers as the browser channel sees them. Methods do not block the loop; any may raise NabijError."""

    async def dossiers(self, page: int) -> Page[DossierView]:
        """All dossiers: concepts first, then newest first."""
        ...

    async def waiting(self) -> Sequence[CaseView]:
        """Cards that wait for a second person, the longest waiting first."""
        ...

    async def look(self, number: str, viewer: Person) -> tuple[Contents, int] | None:
        """A dossier whole, and the text version of its case now. That somebody looked is registered before this
        returns; None (and nothing registered) when there is no such dossier.
        """
        ...

    async def file(self, number: str, viewer: Person) -> bytes | None:
        """The sealed ZIP. That it was taken along is registered before this returns; None when it is not sealed."""
        ...
