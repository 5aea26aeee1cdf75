"""The room of the alarms over the house: `bot.browser.incident_desk.IncidentDesk`."""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from bot.browser.incident_desk import Link
from bot.live import answer_of
from bot.reach import Reach
from commands import give
from commands.deliver import hash_of
from commands.incident_views import incident_views
from domain.incidents import IncidentView
from domain.orders import from_data
from storage.call_tables import IncidentLinkRow, IncidentRow
from storage.durable import Run
from storage.tables import GivenOrderRow

SHOWN_FOR = timedelta(days=3)
"""How long an incident stands in the list after it ended."""
SHOWN_MAX = 50
SURFACE = "telefoon"

_links = IncidentLinkRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it


class HouseIncidentDesk:
    """Reads incidents, and takes the one press of a link."""

    def __init__(self, reach: Reach, run: Run) -> None:
        self._reach, self._house, self._run = reach, reach.house, run

    @property
    def number(self) -> str:
        """The emergency number."""
        return self._house.settings.texts.noodnummer

    @property
    def mute_min(self) -> int:
        """How long a mute lasts, minutes."""
        return self._house.settings.numbers.alert_mute_min

    async def incidents(self) -> Sequence[IncidentView]:
        """Living ones first, newest first; then those that ended in the last days."""
        return await self._reach.read(self._list)

    def _list(self, session: Session) -> list[IncidentView]:
        ended = col(IncidentRow.ended_at)
        rows = session.scalars(
            sa.select(IncidentRow)
            .where(sa.or_(ended.is_(None), ended > self._house.clock.now() - SHOWN_FOR))
            .order_by(ended.is_not(None), col(IncidentRow.id).desc())
            .limit(SHOWN_MAX)
        ).all()
        return incident_views(session, self._house, rows)

    async def incident(self, incident_id: int) -> IncidentView | None:
        """One of them."""
        return await self._reach.read(lambda session: self._one(session, incident_id))

    def _one(self, session: Session, incident_id: int) -> IncidentView | None:
        row = session.get(IncidentRow, incident_id)
        return incident_views(session, self._house, [row])[0] if row else None

    # ------------------------------------------------------------ the phone page

    async def link(self, token: str) -> Link | None:
        """What is behind a link in a letter."""
        return await self._reach.read(lambda session: self._link(session, hash_of(token)))

    def _link(self, session: Session, hashed: str) -> Link | None:
        row = session.get(IncidentLinkRow, hashed)
        person = self._house.settings.person(row.person) if row else None
        if row is None or person is None or row.expires_at <= self._house.clock.now():
            return None
        view = incident_views(session, self._house, [session.get_one(IncidentRow, row.incident_id)])[0]
        key = _key(hashed)
        given = session.scalars(sa.select(GivenOrderRow).where(col(GivenOrderRow.key) == key)).first()
        return Link(view, person, key, row.used_at is not None, answer_of(given) if given else None)

    async def press(self, token: str, word: str) -> str | None:
        """Give the order of a link and use it up, in one commit."""
        return await self._reach.write(lambda connection: self._press(connection, hash_of(token), word))

    def _press(self, connection: sa.Connection, hashed: str, word: str) -> str | None:
        now = self._house.clock.now()
        taken = connection.execute(
            sa.update(_links)
            .where(_links.c.hash == hashed, _links.c.used_at.is_(None), _links.c.expires_at > now)
            .values(used_at=now)
            .returning(_links.c.person, _links.c.incident_id)
        ).first()
        if taken is None:
            return None
        data = {"word": word, "incident_id": taken.incident_id, "by": taken.person, "surface": SURFACE}
        give.give(self._house, self._run, connection, from_data(data), _key(hashed))
        return _key(hashed)


def _key(hashed: str) -> str:
    """The order of a link: however often it is pressed, it is one. Of half the hash, so that no key opens a page."""
    return f"{SURFACE}:{hashed[:32]}"
