"""The room of the reports over the house: `bot.browser.report_desk.ReportDesk`."""

import asyncio

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot import chart
from bot.browser.desk import PAGE_SIZE, Page
from bot.reach import Reach
from bot.texts import Words
from commands.digests import digest_of
from domain.digests import Digest
from storage.paper_tables import DigestRow

_CHARTS = 16
"""Charts that are kept drawn."""


class HouseReportDesk:
    """Reads reports as they were made, and draws their charts beside the loop."""

    def __init__(self, reach: Reach, words: Words) -> None:
        self._reach, self._words = reach, words
        self._kept: dict[tuple[str, bool, bool], bytes] = {}

    async def reports(self, page: int) -> Page[Digest]:
        """Reports as they were made, newest first."""

        def work(session: Session) -> Page[Digest]:
            total = session.scalar(sa.select(sa.func.count()).select_from(DigestRow)) or 0
            newest = sa.select(DigestRow).order_by(col(DigestRow.id).desc())
            rows = session.scalars(newest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
            return Page([digest_of(row) for row in rows], page, total)

        return await self._reach.read(work)

    async def report(self, name: str) -> Digest | None:
        """The report with this name."""

        def work(session: Session) -> Digest | None:
            row = session.scalars(sa.select(DigestRow).where(col(DigestRow.name) == name)).first()
            return digest_of(row) if row else None

        return await self._reach.read(work)

    async def chart(self, name: str, *, dark: bool, narrow: bool) -> bytes | None:
        """The chart of a report as PNG. A report never changes, so what was drawn may be kept."""
        digest = await self.report(name)
        if digest is None or not digest.days:
            return None
        key = (name, dark, narrow)
        if key in self._kept:
            return self._kept[key]
        drawn = await asyncio.to_thread(chart.draw, digest, self._words, dark=dark, narrow=narrow)
        if len(self._kept) >= _CHARTS:
            self._kept.clear()
        self._kept[key] = drawn
        return drawn
