"""Routes of the browser channel: who asks, what is asked, draw it. No decision about a case is taken here.

A press is stored before it is answered: a fetch gets 202 and the key, a plain browser a redirect with the answer on it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from sse_starlette import EventSourceResponse

from bot.browser.asked import case_id_of, number, order_of, search_of, wanted_of, written
from bot.browser.desk import Called, Changed, Desk, Told, Wanted
from bot.browser.guard import (
    COOKIE,
    HEADERS,
    NotFound,
    Visitor,
    check_csrf,
    check_origin,
    order_key,
    read_form,
    session,
    visitor,
)
from bot.browser.html import MENU, Notice, Offer, query_of
from bot.browser.site import WAIT_S, Site, guarded, html, log, told, wants_json
from bot.buttons import BUTTONS
from bot.cards import reveal
from bot.fields import Form, Typed
from bot.forms import form
from bot.scene import Scene
from bot.texts import N_
from domain.errors import Expected, NotAllowed
from domain.model import Answer, CaseView, Person
from domain.roles import Role, may, may_open

_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_SESSION_S = 12 * 3600
_FORM_WORDS = {row.word for row in BUTTONS if row.form}
_TAKE_OVER_OFFER = "neem_over"
_UNFIT = 422
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def router(desk: Desk) -> APIRouter:
    """The routes of the cards, the lists and the page Beheer."""
    site = Cards(desk)
    routes = APIRouter(route_class=guarded(site), include_in_schema=False)
    pages: Mapping[str, Callable[[Request], Awaitable[Response]]] = {
        "/": site.cards,
        "/kaart/{case_id}": site.card,
        "/kaart/{case_id}/formulier/{word}": site.form,
        "/klokken": site.clocks,
        "/antwoord": site.answer,
        "/gebeurtenissen": site.events,
        "/reacties": site.comments,
        "/register": site.register,
        "/register.csv": site.csv,
        "/geval/{case_id}": site.history,
        "/beheer": site.health,
        "/static/{name}": site.static,
    }
    for path, page in pages.items():
        routes.add_api_route(path, page, methods=["GET"], response_model=None)
    routes.add_api_route("/kaart/{case_id}", site.press, methods=["POST"], response_model=None)
    routes.add_api_route("/kaart/{case_id}/formulier/{word}", site.draw_again, methods=["POST"], response_model=None)
    return routes


PUBLIC = frozenset({"/", "/static/{name}"})
"""Routes that answer without a session: the sign-in page, and style and script. All others are 401."""


class Cards(Site):
    """The handlers of cards, lists and the page Beheer."""

    # ------------------------------------------------------------ cards

    async def cards(self, request: Request) -> Response:
        """Kaarten; with `?start=` the exchange of a start link for a session."""
        if token := request.query_params.get("start"):
            return await self._start(request, token)
        _, person = await session(request, self.desk)
        who = await visitor(request, self.desk, "")
        if not who.opens("kaarten"):
            return self._elsewhere(who)
        wanted = wanted_of(request.query_params, person)
        queue = await self.desk.cases(wanted)
        notice = await self.notice(request, who)
        # Two hundred cards take about 60 ms to draw: not on the loop, where presses are answered.
        return html(await asyncio.to_thread(self.pages.cards, who, wanted, queue, notice))

    async def card(self, request: Request) -> Response:
        """One card: a page, or with `?deel=kaart` the piece for the old one's place (204: not on this page)."""
        who = await visitor(request, self.desk, "kaart")
        view = await self._case(request)
        if request.query_params.get("deel") != "kaart":
            return html(self.pages.one_card(who, view, notice=await self.notice(request, who)))
        wanted = wanted_of(request.query_params, who.person)
        headers = {"Nabij-Open": str(who.standing.open)}
        if not wanted.fits(view):
            return Response(status_code=204, headers=headers)
        return html(self.pages.card_fragment(who, view, query_of(wanted)), headers=headers)

    async def form(self, request: Request) -> Response:
        """The dialog of a button."""
        who = await visitor(request, self.desk, "kaart")
        drawn = await self._dialog(request, who, request.path_params["word"])
        van = query_of(wanted_of(request.query_params, who.person))
        return html(self.pages.form(who, drawn, fragment=_fragment(request), van=van))

    async def draw_again(self, request: Request) -> Response:
        """The dialog for what is chosen in it now; what was typed stays. Nothing is stored."""
        fields, who = await self._pressed(request)
        drawn = await self._dialog(request, who, request.path_params["word"], _written(fields))
        return html(self.pages.form(who, drawn, fragment=_fragment(request), van=fields.get("van", "")))

    async def _dialog(self, request: Request, who: Visitor, word: str, typed: Typed | None = None) -> Form:
        if not may(Role(who.person.role), word):
            raise NotAllowed("Your role ({role}) may not do this.", role=who.person.role)
        view = await self._case(request)
        over = request.query_params.get("overnemen") == "1"
        # Texts to citizens are filled in and checked by the rules: not on the loop.
        drawn = await asyncio.to_thread(form, view, word, who.scene, take_over=over, typed=typed)
        if drawn is None:
            raise NotFound("There is no such page.")
        return drawn

    async def clocks(self, request: Request) -> Response:
        """The clocks of the open cards, drawn for now."""
        who = await visitor(request, self.desk, "kaarten")
        queue = await self.desk.cases(Wanted())
        return JSONResponse(await asyncio.to_thread(self.pages.clocks, who, queue.open))

    # ------------------------------------------------------------ a press

    async def press(self, request: Request) -> Response:
        """A button: parse, store, answer."""
        fields, who = await self._pressed(request)
        if (unfit := await self._unfit(request, who, fields)) is not None:
            return unfit
        over = request.query_params.get("overnemen") == "1"
        order = order_of(fields, case_id_of(request), who.person, take_over=over)
        key = order_key(who.person, fields.get("key", ""), order.word, take_over=over)
        await self.desk.give(order, key)
        if order.word == "toon_tekst":
            return await self._show(request, who, key)
        if wants_json(request):
            return JSONResponse({"key": key}, status_code=202)
        await self.desk.answer(key, WAIT_S)
        back = query_of(wanted_of(dict(parse_qsl(fields.get("van", ""))), who.person))
        asked = urlencode({"antwoord": key, "geval": order.case_id, "gezien": order.seen_version})
        page = "/" if who.opens("kaarten") else f"/kaart/{order.case_id}"
        return RedirectResponse(f"{page}?" + "&".join(part for part in (back, asked) if part), status_code=303)

    async def _pressed(self, request: Request) -> tuple[Mapping[str, str], Visitor]:
        """The fields of a form that we drew for this session, and whose it is."""
        check_origin(request, self.desk)
        cookie, _ = await session(request, self.desk)
        fields = await read_form(request)
        check_csrf(cookie, fields.get("csrf", ""))
        return fields, await visitor(request, self.desk, "kaart")

    async def _unfit(self, request: Request, who: Visitor, fields: Mapping[str, str]) -> Response | None:
        """The dialog again, with what was typed, when a message cannot go out as it stands; None when it can. The
        command judges again.
        """
        if fields.get("act") != "waarschuwen":
            return None
        drawn = await self._dialog(request, who, "waarschuwen", typed := _written(fields))
        if drawn.shows(typed) and not drawn.blocked:
            return None
        note = "" if drawn.blocked else N_("The text changed with what you chose. Read it, then send it.")
        if wants_json(request):
            piece = self.pages.form(who, drawn, fragment=True, van=fields.get("van", ""), note=note)
            return JSONResponse({"html": piece}, status_code=_UNFIT)
        page = self.pages.form(who, drawn, fragment=False, van=fields.get("van", ""), note=note)
        return html(page, status=_UNFIT)

    async def _show(self, request: Request, who: Visitor, key: str) -> Response:
        """The text, privately and never under an address: only in answer to the registered press."""
        answer = await self.desk.answer(key, WAIT_S)
        if answer is None:
            raise Expected("This takes longer than usual. Press again in a moment.")
        if not answer.ok:
            raise Expected(answer.msgid, **answer.params)
        view = await self._case(request)
        if wants_json(request):
            return JSONResponse({"html": self.pages.text_fragment(who, reveal(view))})
        return html(self.pages.one_card(who, view, shown=reveal(view)))

    async def answer(self, request: Request) -> Response:
        """The answer to an order of one's own, for a page whose live line is down; 204 while there is none."""
        who = await visitor(request, self.desk, "")
        answer = await self.own_answer(request, who)
        if answer is None:
            return Response(status_code=204)
        return JSONResponse(told(answer, who.scene))

    async def notice(self, request: Request, who: Visitor) -> Notice | None:
        """As everywhere, with the take-over of a press that a colleague's claim refused."""
        plain, answer = await super().notice(request, who), await self.own_answer(request, who)
        if plain is None or answer is None:
            return plain
        return replace(plain, offer=_offer(answer, request, self.words("Take over")))

    # ------------------------------------------------------------ live

    async def events(self, request: Request) -> Response:
        """Server-sent events: `kaart` (a case changed) and `antwoord` (to the presser only)."""
        cookie, person = await session(request, self.desk)
        return EventSourceResponse(self._live(cookie, person), headers={"X-Accel-Buffering": "no"})

    async def _live(self, cookie: str, person: Person) -> AsyncIterator[dict[str, str]]:
        async with aclosing(self.desk.changes()) as changes:
            async for change in changes:
                if await self.desk.who(cookie) is None:
                    return
                if isinstance(change, Called):
                    event = await self._called(change, person)
                else:
                    event = _event(change, person, self.desk.scene(person))
                if event is not None:
                    yield event

    async def _called(self, change: Called, person: Person) -> dict[str, str] | None:
        """An alarm began, went on or ended; living: how many there are now, for the menu of every page."""
        if not may_open(Role(person.role), "alarmen"):
            return None
        living = (await self.desk.standing()).incidents
        return {"event": "alarm", "data": json.dumps({"id": change.incident_id, "levend": living})}

    # ------------------------------------------------------------ lists

    async def comments(self, request: Request) -> Response:
        """Reacties."""
        who = await visitor(request, self.desk, "reacties")
        search, page = search_of(request)
        found, looked = await self.desk.comments(search, page)
        return html(self.pages.comments(who, found, search, looked))

    async def register(self, request: Request) -> Response:
        """Register."""
        who = await visitor(request, self.desk, "register")
        search, page = search_of(request)
        return html(self.pages.register(who, await self.desk.register(search, page, who.person), search))

    async def csv(self, request: Request) -> Response:
        """The register as a file."""
        who = await visitor(request, self.desk, "register")
        search, _ = search_of(request)
        name = f"register-{who.scene.now:%Y%m%d}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(
            self.desk.csv(search, who.person), media_type="text/csv; charset=utf-8", headers=headers
        )

    async def history(self, request: Request) -> Response:
        """Everything that happened with one case."""
        who = await visitor(request, self.desk, "register")
        found = await self.desk.history(case_id_of(request), who.person)
        if found is None:
            raise NotFound("There is no such case.")
        return html(self.pages.history(who, found))

    async def health(self, request: Request) -> Response:
        """Beheer."""
        who = await visitor(request, self.desk, "beheer")
        return html(self.pages.health(who, await self.desk.health()))

    async def static(self, request: Request) -> Response:
        """Style, script and icon; the address holds the hash, so that they may be kept."""
        name = request.path_params["name"]
        if name not in self.static_files:
            raise NotFound("There is no such page.")
        headers = {"Cache-Control": "public, max-age=86400"}
        return Response(self.static_files[name], media_type=_KINDS[name.rpartition(".")[2]], headers=headers)

    # ------------------------------------------------------------ help

    async def _start(self, request: Request, token: str) -> Response:
        cookie = await self.desk.open_start_link(token)
        if cookie is None:
            return html(self.pages.sign_in(N_("This start link was used already or is too old.")), status=401)
        answer = RedirectResponse("/", status_code=303)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, cookie, max_age=_SESSION_S, httponly=True, samesite="strict", secure=secure)
        return answer

    def _elsewhere(self, who: Visitor) -> Response:
        """The first page that this role may open."""
        first = next(path for page, path, _ in MENU if who.opens(page))
        return RedirectResponse(first, status_code=303)

    async def _case(self, request: Request) -> CaseView:
        view = await self.desk.case(case_id_of(request))
        if view is None:
            raise NotFound("There is no such case.")
        return view


def unexpected(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    """For `app.add_exception_handler(Exception, …)`: a page with a number that is also in the log, never the text."""
    pages = Site(desk)

    async def handle(_request: Request, error: Exception) -> Response:
        text = pages.words("Something went wrong. What you pressed is kept.")
        return html(pages.pages.problem(500, text, log(error)), status=500, headers=HEADERS)

    return handle


def _fragment(request: Request) -> bool:
    return request.query_params.get("deel") == "formulier"


def _written(fields: Mapping[str, str]) -> Typed:
    return {name: written(text) for name, text in fields.items()}


def _offer(answer: Answer, request: Request, label: str) -> Offer | None:
    """The take-over of the press that was refused, rebuilt from the key and the query of the redirect."""
    act = request.query_params["antwoord"].rsplit(":", 1)[-1]
    case_id, seen = (request.query_params.get(name, "") for name in ("geval", "gezien"))
    if answer.offer != _TAKE_OVER_OFFER or not (case_id.isdigit() and seen.isdigit()):
        return None
    url = f"/kaart/{case_id}/formulier/{act}?overnemen=1" if act in _FORM_WORDS else ""
    return Offer(label, number(case_id), act, number(seen), url)


def _event(change: Changed | Told, person: Person, scene: Scene) -> dict[str, str] | None:
    if isinstance(change, Changed):
        return {"event": "kaart", "data": json.dumps({"id": change.case_id, "revision": change.revision})}
    if change.by != person.key:
        return None
    return {"event": "antwoord", "data": json.dumps({"key": change.key, **told(change.answer, scene)})}
