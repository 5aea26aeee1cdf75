"""Routes of *Evenementen*, *Rooster*, *Melding* and *Opdracht*: read, draw, and take presses. Nothing is decided here.

A form that was refused is drawn again with what was typed, as the order that was stored still knows it.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.browser import agenda_view as view
from bot.browser.agenda_desk import AgendaDesk
from bot.browser.asked import number
from bot.browser.guard import Visitor
from bot.browser.site import WAIT_S, Site, guarded, html, told
from bot.quote import visible
from bot.words import AHEAD, Known, Line, answer, order_of, understand
from commands.report import TEXT_MAX
from domain.categories import CATEGORIES, Urgency
from domain.errors import BadInput
from domain.events import EVENT_KINDS, EventView
from domain.model import Person
from domain.orders import AddTurn, CancelEvent, ConfirmEvent, Order, PlanEvent, RemoveTurn, Report
from domain.roles import Role, may
from domain.text import clean

LINE_MAX = 4000
"""Code points of a command line."""
_MOST_COMMANDERS = 9
Fields = Mapping[str, str]
O = TypeVar("O", bound=Order)  # noqa: E741 - the usual letter for an order here


def router(site: Site, room: AgendaDesk) -> APIRouter:
    """The routes of these rooms."""
    rooms = Rooms(site, room)
    routes = APIRouter(route_class=guarded(site), include_in_schema=False)
    for path, page, press in (
        ("/event", rooms.events, rooms.event_pressed),
        ("/rooster", rooms.rosters, rooms.roster_pressed),
        ("/melding", rooms.report, rooms.report_pressed),
        ("/opdracht", rooms.command, rooms.command_pressed),
    ):
        routes.add_api_route(path, page, methods=["GET"], response_model=None)
        routes.add_api_route(path, press, methods=["POST"], response_model=None)
    return routes


class Rooms:
    """The handlers of these rooms."""

    def __init__(self, site: Site, room: AgendaDesk) -> None:
        self._site, self._room = site, room

    # ------------------------------------------------------------ events

    async def events(self, request: Request) -> Response:
        """Evenementen; with `?wijzig=3` the form of that event."""
        who = await self._site.visitor(request, "event")
        found = await self._room.events()
        plan = await self._refused(request, who, PlanEvent) or _plan_asked(request, found, who.person)
        commanders = [each for each in self._room.people if each.role == Role.COMMANDANT]
        drawn = self._site.pages.page(
            "event.html",
            who,
            page="event",
            notice=await self._site.notice(request, who),
            agenda=view.agenda(found, who.scene),
            plan=plan,
            changing=visible(plan.name),
            places=view.places(plan, commanders),
            open=bool(plan.event_id or plan.name),
            kinds=EVENT_KINDS,
            commanders=commanders,
            people=self._room.people,
            plans=may(Role(who.person.role), "event_plannen"),
            confirms=may(Role(who.person.role), "event_bevestigen"),
        )
        return html(drawn)

    async def event_pressed(self, request: Request) -> Response:
        """Plan, change, confirm, call off."""
        return await self._site.take(request, "event", _event_order, back="/event")

    # ------------------------------------------------------------ rosters

    async def rosters(self, request: Request) -> Response:
        """Rooster: who is on call now, and in the coming two weeks."""
        who = await self._site.visitor(request, "rooster")
        now = who.scene.now
        turns = await self._room.turns(now, now + AHEAD)
        drawn = self._site.pages.page(
            "rooster.html",
            who,
            page="rooster",
            notice=await self._site.notice(request, who),
            rosters=view.rosters(turns, self._room.people, who.scene),
            first=view.called_first(await self._room.events(), who.scene),
            typed=await self._refused(request, who, AddTurn) or view.turn_of(who.person),
            changes=may(Role(who.person.role), "wacht_toevoegen"),
        )
        return html(drawn)

    async def roster_pressed(self, request: Request) -> Response:
        """Put on call, take off call."""
        return await self._site.take(request, "rooster", _roster_order, back="/rooster")

    # ------------------------------------------------------------ report

    async def report(self, request: Request) -> Response:
        """Melding: a form for everybody with an account."""
        who = await self._site.visitor(request, "melding")
        typed = await self._refused(request, who, Report) or Report(by=who.person.key, link="")
        drawn = self._site.pages.page(
            "melding.html",
            who,
            page="melding",
            notice=await self._site.notice(request, who),
            typed=typed,
            text_max=TEXT_MAX,
            emergency=self._room.emergency,
            categories=[key for key, row in CATEGORIES.items() if row.on and row.urgency > Urgency.GEEN],
        )
        return html(drawn)

    async def report_pressed(self, request: Request) -> Response:
        """A colleague reports a comment."""
        return await self._site.take(request, "melding", _report_order, back="/melding")

    # ------------------------------------------------------------ command words

    async def command(self, request: Request) -> Response:
        """Opdracht: one line for a command word."""
        return self._command_page(await self._site.visitor(request, "melding"), "", ())

    async def command_pressed(self, request: Request) -> Response:
        """The private answer, in place: it stands under no address."""
        who, fields = await self._site.pressed(request, "melding")
        typed = clean(fields.get("regel", ""))[:LINE_MAX]
        word = understand(typed)
        if (order := order_of(word, who.person.key)) is not None:
            return self._command_page(who, "", await self._ordered(order, who, fields))
        known = await self._known(who)
        return self._command_page(who, typed, answer(word, known, who.scene.words))

    async def _ordered(self, order: Order, who: Visitor, fields: Fields) -> tuple[Line, ...]:
        key = await self._site.store(order, who, fields)
        given = await self._site.desk.answer(key, WAIT_S)
        if given is None:
            return (Line(self._site.words("Stored; it is being carried out.")),)
        return (Line(told(given, who.scene)["text"]),)

    async def _known(self, who: Visitor) -> Known:
        now = who.scene.now
        events, turns = await self._room.events(), await self._room.turns(now, now + AHEAD)
        return Known(now, events, turns, who.scene.names, who.opens)

    def _command_page(self, who: Visitor, typed: str, lines: tuple[Line, ...]) -> Response:
        drawn = self._site.pages.page("opdracht.html", who, page="opdracht", typed=typed, lines=lines)
        return html(drawn)

    # ------------------------------------------------------------ a form again

    async def _refused(self, request: Request, who: Visitor, kind: type[O]) -> O | None:
        """What this person asked a moment ago and was refused, to mend it."""
        given = await self._site.own_answer(request, who)
        if given is None or given.ok:
            return None
        order = await self._room.order(request.query_params["antwoord"])
        return order if isinstance(order, kind) else None


def _plan_asked(request: Request, events: Sequence[EventView], person: Person) -> PlanEvent:
    """The event in the address, or an empty form."""
    wanted = request.query_params.get("wijzig", "")
    found = next((each for each in events if str(each.id) == wanted), None)
    return view.plan_of(found, person)


# ---------------------------------------------------------------- orders


def _event_order(fields: Fields, person: Person) -> Order:
    act, event_id = fields.get("act", ""), number(fields.get("event", "0"))
    if act == ConfirmEvent.word:
        return ConfirmEvent(by=person.key, event_id=event_id)
    if act == CancelEvent.word:
        return CancelEvent(by=person.key, event_id=event_id)
    if act == PlanEvent.word:
        chosen = (fields.get(f"commandant{place}", "") for place in range(1, _MOST_COMMANDERS + 1))
        return PlanEvent(
            by=person.key,
            event_id=event_id,
            name=_text(fields, "name"),
            kind=_text(fields, "kind"),
            start=_text(fields, "start"),
            end=_text(fields, "end"),
            owner=_text(fields, "owner"),
            commanders=tuple(clean(key) for key in chosen if key),
        )
    raise _unreadable()


def _roster_order(fields: Fields, person: Person) -> Order:
    act = fields.get("act", "")
    if act == RemoveTurn.word:
        return RemoveTurn(by=person.key, turn_id=number(fields.get("turn", "")))
    if act == AddTurn.word:
        return AddTurn(
            by=person.key,
            roster=_text(fields, "roster"),
            person=_text(fields, "person"),
            start=_text(fields, "start"),
            end=_text(fields, "end"),
            rank=number(fields.get("rank", "")),
        )
    raise _unreadable()


def _report_order(fields: Fields, person: Person) -> Order:
    link, category = _text(fields, "link"), _text(fields, "category")
    return Report(by=person.key, link=link, text=_text(fields, "text"), category=category)


def _text(fields: Fields, name: str) -> str:
    return clean(fields.get(name, "")).strip()


def _unreadable() -> BadInput:
    return BadInput("This form cannot be read. Reload the page and press again.")
