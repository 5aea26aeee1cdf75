"""What every room of the browser channel shares: who asks, how a press is taken, how errors become pages.

A press is stored before it is answered: a fetch gets 202 and the key, a plain browser a redirect with the answer on it.
"""

import secrets
import traceback
from collections.abc import Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import urlencode

import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from bot.browser.desk import Desk
from bot.browser.guard import (
    HEADERS,
    SignInNeeded,
    Visitor,
    check_csrf,
    check_host,
    check_origin,
    order_key,
    read_form,
    session,
    status_of,
    visitor,
)
from bot.browser.html import HERE, Notice, Pages
from bot.scene import Scene
from bot.texts import catalogue
from bot.texts.params import tell
from domain.errors import Expected, NabijError
from domain.model import Answer, Person
from domain.orders import Order

WAIT_S = 2.0
"""How long a browser without script waits for the answer to a press."""

_LOG = structlog.get_logger("nabij.browser")
_NOBODY = Person("", "", "lezer")
_TAKE_OVER_OFFER = "neem_over"
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Build = Callable[[Mapping[str, str], Person], Order]


class Site:
    """The house, its words and its pages; each room adds handlers of its own."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.static_files = {path.name: path.read_bytes() for path in sorted((HERE / "static").iterdir())}
        self.words = catalogue()
        self.pages = Pages(desk.house, self.words, self.static_files)

    async def visitor(self, request: Request, page: str) -> Visitor:
        """Who asks for this page; SignInNeeded or NotAllowed."""
        return await visitor(request, self.desk, page)

    async def take(self, request: Request, page: str, build: Build, *, back: str) -> Response:
        """A button of a room: check where it comes from, build its order, store it, answer. back: local address that a
        browser without script returns to, with the answer on it. build may raise NabijError.
        """
        who, fields = await self.pressed(request, page)
        key = await self.store(build(fields, who.person), who, fields)
        if wants_json(request):
            return JSONResponse({"key": key}, status_code=202)
        await self.desk.answer(key, WAIT_S)
        joined = "&" if "?" in back else "?"
        return RedirectResponse(f"{back}{joined}{urlencode({'antwoord': key})}", status_code=303)

    async def pressed(self, request: Request, page: str) -> tuple[Visitor, Mapping[str, str]]:
        """Who pressed, and the fields of the form; every check of a press was made."""
        check_origin(request, self.desk)
        cookie, _ = await session(request, self.desk)
        fields = await read_form(request)
        check_csrf(cookie, fields.get("csrf", ""))
        return await self.visitor(request, page), fields

    async def store(self, order: Order, who: Visitor, fields: Mapping[str, str]) -> str:
        """Store the order of a form that was pressed; its key."""
        key = order_key(who.person, fields.get("key", ""), order.word, take_over=False)
        await self.desk.give(order, key)
        return key

    async def own_answer(self, request: Request, who: Visitor) -> Answer | None:
        """The answer to the order that stands in the address, if it is this person's own and is there."""
        key = request.query_params.get("antwoord", "")
        mine = key.startswith(f"browser:{who.person.key}:")
        return await self.desk.answer(key, 0) if mine else None

    async def notice(self, request: Request, who: Visitor) -> Notice | None:
        """What stands above a page after a press without script."""
        if "antwoord" not in request.query_params:
            return None
        answer = await self.own_answer(request, who)
        if answer is None:
            return Notice(ok=True, text=self.words("Stored; it is being carried out."))
        return Notice(answer.ok, told(answer, who.scene)["text"])

    def refusal(self, request: Request, error: NabijError) -> Response:
        """An error of the tree as a page, or as JSON for the script."""
        status = status_of(error)
        reference = "" if isinstance(error, Expected) else log(error)
        msgid = error.msgid if isinstance(error, Expected) else "Something went wrong. What you pressed is kept."
        text = tell(msgid, error.params, str, self.desk.scene(_NOBODY).now, self.words)
        if wants_json(request):
            return JSONResponse({"ok": False, "text": text, "reference": reference}, status_code=status)
        if isinstance(error, SignInNeeded):
            return html(self.pages.sign_in(), status=status)
        return html(self.pages.problem(status, text, reference), status=status)


def guarded(site: Site) -> type[APIRoute]:
    """A route that checks the Host first, turns errors into pages and puts the headers on everything."""

    class Guarded(APIRoute):
        def get_route_handler(self) -> Handler:
            inner = super().get_route_handler()

            async def handle(request: Request) -> Response:
                try:
                    check_host(request, site.desk)
                    answer = await inner(request)
                except NabijError as error:
                    answer = site.refusal(request, error)
                for name, value in HEADERS.items():
                    answer.headers.setdefault(name, value)
                return answer

            return handle

    return Guarded


def told(answer: Answer, scene: Scene) -> dict[str, Any]:
    """An answer as the script reads it."""
    text = tell(answer.msgid, answer.params, scene.names, scene.now, scene.words)
    offer = scene.words("Take over") if answer.offer == _TAKE_OVER_OFFER else ""
    return {"ok": answer.ok, "text": text, "offer": offer}


def wants_json(request: Request) -> bool:
    """True when the script asks."""
    return "application/json" in request.headers.get("accept", "")


def html(body: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A page."""
    return HTMLResponse(body, status_code=status, headers=dict(headers or {}))


def log(error: Exception) -> str:
    """Log where it went wrong and give the number. Only types and places: messages may hold text of citizens."""
    reference = "F-" + secrets.token_hex(4).upper()
    places = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-6:]]
    _LOG.error("page failed", reference=reference, kind=type(error).__name__, places=places)
    return reference
