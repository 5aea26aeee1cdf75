"""The director of a scenario: lets citizens write and colleagues press, waits for what comes of it, moves the clock.

A colleague presses as anybody does, through `commands.give`, and waits for the answer. Nothing is waited for blindly:
the director looks again and again, and gives up after a while.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.demo.stage import StageClock, jump
from bot.parts import Parts
from bot.texts import catalogue
from commands.case import GRACE
from commands.give import give
from commands.views import views
from domain.clock import local
from domain.model import CaseView
from domain.orders import CaseOrder, Order
from storage.tables import CaseRow, CommentRow, DeadlineRow, GivenOrderRow

T = TypeVar("T")
PAUSE_S = 4.0
"""Between two beats, at speed 1."""
LOOK_S = 0.1
LOOKS = 900
"""How often the director looks whether something came about before the play goes on without it."""
_MESSAGE = "verzending"


class Page(Protocol):
    """The practice page on which citizens write."""

    def next(self) -> str | None:
        """The next citizen writes; the key of the comment (empty without one), None when all have written."""
        ...

    def comment(self, key: str) -> str | None:
        """Id on the platform of a comment that was written."""
        ...


@dataclass(frozen=True, slots=True)
class Audience:
    """Whoever watches. wait: waits for seconds and says True when it is time to stop · speed: of the pauses in which
    they look · say: prints a line.
    """

    wait: Callable[[float], bool]
    speed: float = 1.0
    say: Callable[[str], None] = print


class Over(Exception):
    """Nobody watches any more."""


class Refused(Exception):
    """A beat that did not come about; its text says why."""


class Director:
    """Brings about what a scenario asks for, and waits until it came about."""

    def __init__(self, parts: Parts, stage: StageClock, page: Page, audience: Audience) -> None:
        self.parts, self.stage, self.page, self._audience = parts, stage, page, audience
        self._words = catalogue()

    # ------------------------------------------------------------ time

    def reach(self, moment: datetime) -> None:
        """Be at this moment, or later."""
        jump(self.parts, self.stage, moment)

    def tell(self, what: str) -> None:
        """A line for whoever watches, with the time on stage."""
        self._audience.say(f"{local(self.stage.now()):%H:%M} · {what}")

    def pause(self, seconds: float) -> None:
        """Let whoever watches look."""
        self._stand(seconds / self._audience.speed)

    def _stand(self, seconds: float) -> None:
        if self._audience.wait(seconds):
            raise Over

    def await_(self, found: Callable[[], T | None], what: str) -> T:
        """What `found` gives, once it gives something true; Refused when it does not come."""
        for _ in range(LOOKS):
            if result := found():
                return result
            self._stand(LOOK_S)
        raise Refused(f"{what} bleef uit")

    def hasten(self, case: CaseView, found: Callable[[], T | None], what: str) -> T:
        """As `await_`, and jumps over the waits that the house itself keeps in this case: sending, and the grace."""

        def look() -> T | None:
            if result := found():
                return result
            due = self.read(lambda session: _next_due(session, case.id))
            if due is not None and due > self.stage.now():
                self.pause(PAUSE_S)
                self.reach(due)
            return None

        return self.await_(look, what)

    # ------------------------------------------------------------ the house

    def read(self, work: Callable[[Session], T]) -> T:
        """What stands in the database now."""
        with self.parts.house.read() as session:
            return work(session)

    def press(self, order: Order) -> None:
        """Give an order as a press does, and wait until it was answered; Refused when it was not carried out."""
        house, key = self.parts.house, f"toneel:{secrets.token_hex(8)}"
        house.store(lambda connection: give(house, self.parts.durable, connection, order, key))
        told = self.await_(lambda: self.read(lambda session: _answer(session, key)), "het antwoord")
        if not told["ok"]:
            params = {name: house.name(value) if name == "who" else value for name, value in told["params"].items()}
            raise Refused(self._words(told["msgid"], **params))

    def case(self, key: str) -> CaseView:
        """The card of a comment, as it is now, once no order is being carried out on it."""
        return self.await_(lambda: self._settled(key), "de kaart")

    def look_at(self, key: str) -> CaseView | None:
        """The card of a comment, if there is one."""
        comment = self.page.comment(key)
        return self.read(lambda session: _case(session, self.parts, comment)) if comment else None

    def _settled(self, key: str) -> CaseView | None:
        view = self.look_at(key)
        return view if view is not None and view.doing is None else None

    def press_on(self, kind: type[CaseOrder], by: str, key: str, **more: Any) -> CaseView:  # noqa: ANN401 - of the order
        """An order about the case of a comment; the case as it was before."""
        case = self.case(key)
        self.press(kind(by=by, case_id=case.id, seen_version=case.text_version, **more))
        return case


def _case(session: Session, parts: Parts, comment: str) -> CaseView | None:
    row = session.scalars(
        sa.select(CaseRow)
        .join(CommentRow, col(CommentRow.id) == col(CaseRow.comment_id))
        .where(col(CommentRow.comment) == comment)
    ).first()
    return views(session, parts.house, [row])[0] if row else None


def _answer(session: Session, key: str) -> dict[str, Any] | None:
    return session.scalars(sa.select(col(GivenOrderRow.answer)).where(col(GivenOrderRow.key) == key)).first()


def _next_due(session: Session, case_id: int) -> datetime | None:
    """When the next thing happens that people only wait for."""
    return session.scalar(
        sa.select(sa.func.min(col(DeadlineRow.due_at))).where(
            col(DeadlineRow.case_id) == case_id,
            col(DeadlineRow.kind).in_((_MESSAGE, GRACE)),
            col(DeadlineRow.closed_at).is_(None),
        )
    )
