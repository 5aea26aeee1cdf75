"""What the room of the reports needs from the house."""

from typing import Protocol

from bot.browser.desk import Page
from domain.digests import Digest


class ReportDesk(Protocol):
    """The reports as the browser channel sees them. Methods do not block the loop; any may raise NabijError."""

    async def reports(self, page: int) -> Page[Digest]:
        """Reports as they were made, newest first."""
        ...

    async def report(self, name: str) -> Digest | None:
        """The report with this name (`weekoverzicht:2026-W47`)."""
        ...

    async def chart(self, name: str, *, dark: bool, narrow: bool) -> bytes | None:
        """The chart of a report as PNG; None when there is no such report, or it has no chart."""
        ...
