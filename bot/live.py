"""Live: what changed and what was answered, in whichever process, told to everybody who watches in this one.

One look at the database every tenth of a second, whoever watches; both databases can do that, and it needs nothing to
be kept open. A watcher that does not keep up is let go: its page draws itself again when it comes back.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.model import Answer
from storage.call_tables import IncidentRow
from storage.tables import CaseRow, CounterRow, GivenOrderRow

EVERY_S = 0.1
KEEPS = 500


@dataclass(frozen=True, slots=True)
class CaseChanged:
    """A case must be drawn again."""

    case_id: int
    revision: int


@dataclass(frozen=True, slots=True)
class IncidentChanged:
    """An incident must be drawn again."""

    incident_id: int


@dataclass(frozen=True, slots=True)
class OrderAnswered:
    """An order given in this process was answered."""

    by: str
    key: str
    answer: Answer


News = CaseChanged | IncidentChanged | OrderAnswered
Read = Callable[[], AbstractContextManager[Session]]


def answer_of(row: GivenOrderRow) -> Answer | None:
    """What was told to whoever gave this order; None while it is being carried out."""
    told = row.answer
    return Answer(told["ok"], told["msgid"], told["params"], told["offer"]) if told else None


class Live:
    """Looks, and tells."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._last = 0
        self._expected: dict[str, str] = {}
        self._watchers: set[asyncio.Queue[News | None]] = set()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._last = await asyncio.to_thread(self._count)
        self._task = asyncio.create_task(self._look_for_ever())

    async def stop(self) -> None:
        """Look no more, and let all watchers go."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        for queue in list(self._watchers):
            self._let_go(queue)

    def expect(self, key: str, by: str) -> None:
        """This order was given here; tell when it is answered."""
        self._expected[key] = by

    async def watch(self) -> AsyncGenerator[News, None]:
        """News from now on, until the caller stops or cannot keep up."""
        queue: asyncio.Queue[News | None] = asyncio.Queue(KEEPS)
        self._watchers.add(queue)
        try:
            while (news := await queue.get()) is not None:
                yield news
        finally:
            self._watchers.discard(queue)

    async def answer(self, key: str, timeout: float) -> Answer | None:  # noqa: ASYNC109 - part of the question
        """The answer to an order, awaited for at most so many seconds."""
        deadline = asyncio.get_running_loop().time() + timeout
        while (found := await asyncio.to_thread(self._answer, key)) is None:
            if asyncio.get_running_loop().time() >= deadline:
                return None
            await asyncio.sleep(EVERY_S / 4)
        return found

    def _answer(self, key: str) -> Answer | None:
        with self._read() as session:
            row = session.scalars(sa.select(GivenOrderRow).where(col(GivenOrderRow.key) == key)).first()
        return answer_of(row) if row else None

    async def _look_for_ever(self) -> None:
        while True:
            with contextlib.suppress(SQLAlchemyError):  # the database is away for a moment; the heartbeat says so
                for news in await asyncio.to_thread(self._look):
                    self._tell(news)
            await asyncio.sleep(EVERY_S)

    def _count(self) -> int:
        with self._read() as session:
            row = session.get(CounterRow, "changed")
            return row.value if row else 0

    def _look(self) -> list[News]:
        with self._read() as session:
            return [*self._changed(session), *self._answered(session)]

    def _changed(self, session: Session) -> list[News]:
        row = session.get(CounterRow, "changed")
        if row is None or row.value == self._last:
            return []
        rows = session.execute(
            sa.select(col(CaseRow.id), col(CaseRow.revision)).where(col(CaseRow.changed) > self._last)
        ).all()
        calls = session.scalars(sa.select(col(IncidentRow.id)).where(col(IncidentRow.changed) > self._last)).all()
        self._last = row.value  # read first: all up to it is committed, and what came since is told the next time
        cases = [CaseChanged(each.id, each.revision) for each in rows]
        return [*cases, *(IncidentChanged(each or 0) for each in calls)]

    def _answered(self, session: Session) -> list[News]:
        if not self._expected:
            return []
        rows = session.scalars(
            sa.select(GivenOrderRow).where(
                col(GivenOrderRow.key).in_(list(self._expected)), col(GivenOrderRow.answered_at).is_not(None)
            )
        ).all()
        return [
            OrderAnswered(self._expected.pop(row.key), row.key, answer)
            for row in rows
            if (answer := answer_of(row)) is not None
        ]

    def _tell(self, news: News) -> None:
        for queue in list(self._watchers):
            try:
                queue.put_nowait(news)
            except asyncio.QueueFull:
                self._let_go(queue)

    def _let_go(self, queue: asyncio.Queue[News | None]) -> None:
        self._watchers.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait(None)
