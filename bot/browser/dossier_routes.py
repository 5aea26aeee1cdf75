"""Routes of the dossiers: the list, one dossier for its second reader, its buttons, and the sealed file."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.browser.asked import number as number_of
from bot.browser.asked import search_of
from bot.browser.dossier_desk import DossierDesk
from bot.browser.guard import NotFound, Visitor
from bot.browser.html import Found
from bot.browser.site import Site, guarded, html
from bot.letters import dossier as letters
from bot.said import MessageLine, message_line
from bot.texts import N_, labels
from domain.dossier import DossierState, DossierView
from domain.errors import BadInput
from domain.model import CaseView, Person
from domain.orders import CaseOrder, HandOver, Review, WithdrawDossier
from domain.roles import Role, may

_PAGE = "dossiers"
_SEALED = (DossierState.NAGEKEKEN, DossierState.OVERGEMAAKT)
_is_number = re.compile(r"SMD-[0-9]{4}-[0-9]{6,9}(-A[0-9]{1,3})?").fullmatch
Fields = Mapping[str, str]
Asked = Mapping[str, Any]


def router(site: Site, room: DossierDesk) -> APIRouter:
    """The routes of this room."""
    dossiers = Dossiers(site, room)
    routes = APIRouter(route_class=guarded(site), include_in_schema=False)
    for path, page in {
        "/dossiers": dossiers.list,
        "/dossier/{number}": dossiers.one,
        "/dossier/{number}/bestand": dossiers.file,
    }.items():
        routes.add_api_route(path, page, methods=["GET"], response_model=None)
    routes.add_api_route("/dossier/{number}", dossiers.press, methods=["POST"], response_model=None)
    return routes


class Dossiers:
    """The handlers of this room."""

    def __init__(self, site: Site, room: DossierDesk) -> None:
        self._site, self._room = site, room

    async def list(self, request: Request) -> Response:
        """Dossiers: concepts first."""
        who = await self._site.visitor(request, _PAGE)
        _, page = search_of(request)
        drawn = self._site.pages.page(
            "dossiers.html",
            who,
            page=_PAGE,
            found=Found(await self._room.dossiers(page), ""),
            states=labels.DOSSIER_STATES,
            names=who.scene.names,
            asked=[] if who.opens("kaarten") else await self._asked(who),
        )
        return html(drawn)

    async def _asked(self, who: Visitor) -> Sequence[tuple[CaseView, MessageLine]]:
        """Cards that ask for a second person, and what of: for whom has no page with cards."""
        lines = [(view, message_line(view, who.scene)) for view in await self._room.waiting()]
        return [(view, line) for view, line in lines if line]

    async def one(self, request: Request) -> Response:
        """One dossier, whole; that it was looked at is registered first."""
        who = await self._site.visitor(request, _PAGE)
        found = await self._room.look(_number(request), who.person)
        if found is None:
            raise NotFound("There is no such dossier.")
        contents, seen = found
        drawn = self._site.pages.page(
            "dossier.html",
            who,
            page=_PAGE,
            notice=await self._site.notice(request, who),
            view=contents.view,
            seen=seen,
            state=labels.DOSSIER_STATES[contents.view.state],
            steps=steps(contents.view, who.person),
            names=who.scene.names,
            sealed=contents.view.state in _SEALED,
            changes=contents.view.state is DossierState.CONCEPT and may(Role(who.person.role), "documenteren"),
            body=letters.body(contents, self._site.words),
        )
        return html(drawn)

    async def file(self, request: Request) -> Response:
        """The sealed ZIP; that it was taken along is registered first."""
        who = await self._site.visitor(request, _PAGE)
        number = _number(request)
        body = await self._room.file(number, who.person)
        if body is None:
            raise NotFound("There is no sealed file of this dossier.")
        headers = {"Content-Disposition": f'attachment; filename="{number}.zip"'}
        return Response(body, media_type="application/zip", headers=headers)

    async def press(self, request: Request) -> Response:
        """*Nagekeken*, *Overmaken…* or *Intrekken…*."""
        return await self._site.take(
            request,
            _PAGE,
            lambda fields, who: order_of(fields, who, _number(request)),
            back=f"/dossier/{request.path_params['number']}",
        )


def _number(request: Request) -> str:
    number = str(request.path_params["number"])
    if not _is_number(number):
        raise NotFound("There is no such dossier.")
    return number


# ---------------------------------------------------------------- what can be pressed


@dataclass(frozen=True, slots=True)
class Step:
    """A button of the page. why: msgid of why this person may not press it, empty when he may."""

    act: str
    label: str
    why: str = ""


_ROLE = N_("This is for a coordinator or a legal officer.")
_OWN = N_("You wrote in this dossier yourself; somebody else must read it.")
_OWN_HANDS = N_("You wrote in this dossier yourself; somebody else must hand it over.")


def steps(view: DossierView, viewer: Person) -> tuple[Step, ...]:
    """What can be done with a dossier now, in order; the command judges again."""
    role, own = Role(viewer.role), viewer.key in view.authors
    if view.state is DossierState.CONCEPT:
        why = _OWN if own else ""
        read = Step("nakijken", N_("I read it: seal"), why if may(role, "nakijken") else _ROLE)
        return read, Step("dossier_intrekken", N_("Withdraw…"))
    if view.state is DossierState.NAGEKEKEN or (view.state is DossierState.OVERGEMAAKT and not view.pv_number):
        label = N_("Hand over…") if view.state is DossierState.NAGEKEKEN else N_("Fill in the PV number…")
        why = _OWN_HANDS if own else ""
        return (Step("overmaken", label, why if may(role, "overmaken") else _ROLE),)
    return ()


def order_of(fields: Fields, person: Person, number: str) -> CaseOrder:
    """The order that a form of this page asks for; BadInput when it cannot be read."""
    build = _ORDERS.get(fields.get("act", ""))
    if build is None:
        raise BadInput("This form cannot be read. Reload the page and press again.")
    asked = {"case_id": number_of(fields.get("case", "")), "seen_version": number_of(fields.get("seen", ""))}
    return build(fields, asked, person.key, number)


Build = Callable[[Fields, Asked, str, str], CaseOrder]


def _review(fields: Fields, asked: Asked, by: str, _number: str) -> CaseOrder:
    return Review(**asked, by=by, seen_form=number_of(fields.get("form", "")))


def _hand_over(fields: Fields, asked: Asked, by: str, number: str) -> CaseOrder:
    typed: Asked = {name: fields.get(name, "") for name in ("recipient", "purpose", "channel", "pv_number")}
    return HandOver(**asked, **typed, by=by, dossier=number)


def _withdraw(fields: Fields, asked: Asked, by: str, _number: str) -> CaseOrder:
    return WithdrawDossier(**asked, by=by, reason=fields.get("reason", ""))


_ORDERS: Mapping[str, Build] = {Review.word: _review, HandOver.word: _hand_over, WithdrawDossier.word: _withdraw}
