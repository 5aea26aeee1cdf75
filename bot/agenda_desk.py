"""The calendar and the rosters over the real house (`bot.browser.agenda_desk.AgendaDesk`)."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.reach import Reach
from commands import agenda, roster
from domain.events import EventView, Turn
from domain.model import Person
from domain.orders import Order, from_data
from storage.tables import GivenOrderRow


class HouseAgendaDesk:
    """Reads in threads."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    @property
    def people(self) -> Sequence[Person]:
        """Everybody with an account."""
        return self._reach.house.settings.people

    @property
    def emergency(self) -> str:
        """Number to call in immediate danger."""
        return self._reach.house.settings.texts.noodnummer

    async def events(self) -> Sequence[EventView]:
        """All events, by their start."""
        return await self._reach.read(agenda.events)

    async def turns(self, since: datetime, until: datetime) -> Sequence[Turn]:
        """Turns between two moments."""
        return await self._reach.read(lambda session: roster.turns(session, since, until))

    async def order(self, key: str) -> Order | None:
        """What was asked under a key."""
        return await self._reach.read(lambda session: _order(session, key))


def _order(session: Session, key: str) -> Order | None:
    given = session.scalars(sa.select(GivenOrderRow).where(col(GivenOrderRow.key) == key)).first()
    return from_data(given.data) if given else None
