"""Routes of the alarms: the list of a commander, one alarm, its buttons, and the page behind a link in a letter.

The phone page has no session: its token is the whole right, for twelve hours and one press. Looking uses nothing.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from bot.browser.asked import number as number_of
from bot.browser.desk import Standing
from bot.browser.guard import NotFound, Visitor, check_origin, read_form
from bot.browser.incident_desk import IncidentDesk, Link
from bot.browser.site import WAIT_S, Site, guarded, html, told
from bot.incidents import WORDS, IncidentCard, Sight, card
from domain.errors import BadInput, NotPossible
from domain.incidents import IncidentView
from domain.model import Person
from domain.orders import Order, from_data

_PAGE = "alarmen"
_TOKEN_MAX = 100
PUBLIC = frozenset({"/a/{token}"})
"""Routes that answer without a session: the token is the right."""


def router(site: Site, room: IncidentDesk) -> APIRouter:
    """The routes of this room."""
    alarms = Alarms(site, room)
    routes = APIRouter(route_class=guarded(site), include_in_schema=False)
    for path, page in {"/alarmen": alarms.all, "/alarm/{number}": alarms.one, "/a/{token}": alarms.phone}.items():
        routes.add_api_route(path, page, methods=["GET"], response_model=None)
    for path, page in {"/alarm/{number}": alarms.press, "/a/{token}": alarms.press_phone}.items():
        routes.add_api_route(path, page, methods=["POST"], response_model=None)
    return routes


class Alarms:
    """The handlers of this room."""

    def __init__(self, site: Site, room: IncidentDesk) -> None:
        self._site, self._room = site, room

    async def all(self, request: Request) -> Response:
        """Alarmen: living ones first, those that ended lately folded."""
        who = await self._site.visitor(request, _PAGE)
        drawn = [self._card(view, who) for view in await self._room.incidents()]
        return html(await self._page(request, who, drawn))

    async def one(self, request: Request) -> Response:
        """One alarm: a page, or with `?deel=kaart` the piece for the old one's place."""
        who = await self._site.visitor(request, _PAGE)
        view = await self._room.incident(_number(request))
        if view is None:
            raise NotFound("There is no such alarm.")
        drawn = self._card(view, who)
        if request.query_params.get("deel") == "kaart":
            return html(self._site.pages.draw("alarm_kaart.html", who, card=drawn))
        return html(await self._page(request, who, [drawn], alone=True))

    async def _page(self, request: Request, who: Visitor, drawn: list[IncidentCard], *, alone: bool = False) -> str:
        return self._site.pages.page(
            "alarmen.html",
            who,
            page=_PAGE,
            notice=await self._site.notice(request, who),
            living=[one for one in drawn if one.living],
            ended=[one for one in drawn if not one.living],
            alone=alone,
        )

    async def press(self, request: Request) -> Response:
        """A button of an alarm."""

        def build(fields: Mapping[str, str], person: Person) -> Order:
            return _order(fields, _number(request), person)

        return await self._site.take(request, _PAGE, build, back="/alarmen")

    def _card(self, view: IncidentView, who: Visitor) -> IncidentCard:
        return card(view, self._sight(who), who.person.role)

    def _sight(self, who: Visitor) -> Sight:
        scene = who.scene
        return Sight(scene.now, scene.names, scene.words, self._room.number, self._room.mute_min)

    # ------------------------------------------------------------ the phone page

    async def phone(self, request: Request) -> Response:
        """What a letter leads to."""
        link = await self._link(request)
        who = self._visitor(link.person)
        answer = told(link.answer, who.scene) if link.answer else None
        drawn = card(link.incident, self._sight(who), link.person.role)
        return html(
            self._site.pages.draw(
                "alarm_telefoon.html", who, card=drawn, used=link.used, answer=answer, address=request.url.path
            )
        )

    async def press_phone(self, request: Request) -> Response:
        """The one press of a link."""
        check_origin(request, self._site.desk)
        await self._link(request)
        word = _word(await read_form(request))
        key = await self._room.press(request.path_params["token"], word)
        if key is None:
            raise NotPossible("This link was used already: it works once.")
        await self._site.desk.answer(key, WAIT_S)
        return RedirectResponse(request.url.path, status_code=303)

    async def _link(self, request: Request) -> Link:
        token = request.path_params["token"]
        found = await self._room.link(token) if len(token) <= _TOKEN_MAX else None
        if found is None:
            raise NotFound("This link does not work: it is too old, or not whole.")
        return found

    def _visitor(self, person: Person) -> Visitor:
        """Who has the letter: no session, no menu."""
        return Visitor(person, "", self._site.desk.scene(person), Standing(0, 0, 0, None))


def _number(request: Request) -> int:
    return number_of(request.path_params["number"])


def _word(fields: Mapping[str, str]) -> str:
    word = fields.get("act", "")
    if word not in WORDS:
        raise BadInput("This form cannot be read. Reload the page and press again.")
    return word


def _order(fields: Mapping[str, str], incident_id: int, person: Person) -> Order:
    return from_data({"word": _word(fields), "incident_id": incident_id, "by": person.key, "surface": "browser"})
