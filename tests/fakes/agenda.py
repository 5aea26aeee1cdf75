"""A calendar and two rosters in memory, for the pages about them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from fastapi import FastAPI

from bot.browser.agenda_routes import router
from bot.browser.site import Site
from domain.events import EventState, EventView, Turn, gentse_feesten
from domain.model import Answer, Person
from domain.orders import Order
from tests.fakes.cases import NOW, PEOPLE
from tests.fakes.desk import FakeDesk, app

STAFF = (*PEOPLE, Person("dirk", "Dirk L.", "commandant"))
STORED = Answer(ok=True, msgid="Stored; it is being carried out.")


class FakeAgenda:
    """`bot.browser.agenda_desk.AgendaDesk`. Orders are those that its desk took."""

    def __init__(self, desk: FakeDesk, events: Sequence[EventView] = (), turns: Sequence[Turn] = ()) -> None:
        self.desk, self.found, self.stood = desk, tuple(events), tuple(turns)
        self.people: Sequence[Person] = STAFF

    @property
    def emergency(self) -> str:
        """Not the usual one, so that it shows where it comes from."""
        return "112"

    async def events(self) -> Sequence[EventView]:
        """As given."""
        return self.found

    async def turns(self, since: datetime, until: datetime) -> Sequence[Turn]:
        """As given, cut to the stretch."""
        return [each for each in self.stood if each.end > since and each.start < until]

    async def order(self, key: str) -> Order | None:
        """What the desk took."""
        return self.desk.orders.get(key)


def rooms(desk: FakeDesk, agenda: FakeAgenda) -> FastAPI:
    """The cards and these rooms. Every order is answered as `desk.refuse` says."""
    desk.refuse = desk.refuse or STORED
    made = app(desk)
    made.include_router(router(Site(desk), agenda))
    return made


def event(number: int = 1, **more: object) -> EventView:
    """A demonstration this evening."""
    about: dict[str, object] = {
        "name": "Mars voor het klimaat",
        "kind": "betoging",
        "state": EventState.BEVESTIGD,
        "start": NOW - timedelta(hours=2),
        "end": NOW + timedelta(hours=3),
        "owner": "Dienst Openbare Orde",
        "commanders": ("els", "dirk"),
        "by": "mia",
        **more,
    }
    return EventView(id=number, **about)  # type: ignore[arg-type]


def feesten(number: int = 2, year: int = 2026, **more: object) -> EventView:
    """The Gentse Feesten of a year, as the rule proposes them."""
    found = gentse_feesten(year)
    about: dict[str, object] = {
        "name": f"Gentse Feesten {year}",
        "kind": "feesten",
        "start": found.window.start,
        "end": found.window.end,
        "first_day": found.first,
        "days": 10,
        **more,
    }
    return event(number, **about)


def turn(number: int, person: str, hours: tuple[int, int], roster: str = "wacht_moderatie", rank: int = 1) -> Turn:
    """On call from so many hours after now until so many."""
    return Turn(number, roster, person, NOW + timedelta(hours=hours[0]), NOW + timedelta(hours=hours[1]), rank)


def several() -> tuple[tuple[EventView, ...], tuple[Turn, ...]]:
    """A calendar and rosters with something of everything."""
    later = datetime(2026, 8, 8, 14, tzinfo=UTC)
    events = (
        feesten(1, 2025),
        feesten(2, 2026),
        event(
            3, name="Wedstrijd", kind="wedstrijd", start=later, end=later + timedelta(hours=6), owner="", commanders=()
        ),
        event(
            4, state=EventState.VOORGESTELD, start=later - timedelta(days=9), end=later - timedelta(days=8), by="noor"
        ),
        feesten(5, 2027, state=EventState.VOORGESTELD, by="nabij", owner="", commanders=()),
        event(6, state=EventState.AFGELAST, name="Lichtfestival", kind="lichtfestival", first_day=date(2026, 1, 29)),
    )
    turns = (
        turn(1, "jef", (-3, 11)),
        turn(2, "noor", (-3, 11), rank=2),
        turn(3, "noor", (20, 60)),
        turn(4, "els", (30, 90), "wacht_commando"),
    )
    return events, turns
