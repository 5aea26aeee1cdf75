"""How the rooms of the browser channel reach the house from the event loop: reads in threads, writes by the writer."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands.house import House
from storage.writer import Writer

T = TypeVar("T")


class Reach:
    """The house of this process, as seen from the loop."""

    def __init__(self, house: House, writer: Writer) -> None:
        self.house, self._writer = house, writer

    async def read(self, work: Callable[[Session], T]) -> T:
        """What work finds."""

        def inside() -> T:
            with self.house.read() as session:
                return work(session)

        return await asyncio.to_thread(inside)

    async def write(self, job: Callable[[sa.Connection], T]) -> T:
        """Commit what a job writes; committed when this returns."""
        return await asyncio.wrap_future(self._writer.submit(job, urgent=True))
