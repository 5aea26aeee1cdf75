"""Routes of the reports: the list, one report, its chart. Nothing is ordered here."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot import chart
from bot.browser.asked import search_of
from bot.browser.guard import NotFound, Visitor
from bot.browser.html import Found
from bot.browser.report_desk import ReportDesk
from bot.browser.site import Site, guarded, html
from bot.letters import digest as letters
from domain.digests import DAYS, Digest

_PAGE = "overzichten"
_KEPT = {"Cache-Control": "private, max-age=86400"}
"""A report never changes once it is made."""


def router(site: Site, room: ReportDesk) -> APIRouter:
    """The routes of this room."""
    reports = Reports(site, room)
    routes = APIRouter(route_class=guarded(site), include_in_schema=False)
    for path, page in {
        "/overzichten": reports.list,
        "/overzicht/{name}.png": reports.chart,
        "/overzicht/{name}": reports.one,
    }.items():
        routes.add_api_route(path, page, methods=["GET"], response_model=None)
    return routes


class Reports:
    """The handlers of this room."""

    def __init__(self, site: Site, room: ReportDesk) -> None:
        self._site, self._room = site, room

    async def list(self, request: Request) -> Response:
        """Overzichten: newest first."""
        who = await self._site.visitor(request, _PAGE)
        _, number = search_of(request)
        found = await self._room.reports(number)
        rows = [(letters.name_of(one), letters.title(one, self._site.words), self._brief(one)) for one in found.rows]
        return html(self._site.pages.page("overzichten.html", who, page=_PAGE, found=Found(found, ""), rows=rows))

    def _brief(self, digest: Digest) -> str:
        """What a row of the list says: what was done, and how much was seen."""
        words = self._site.words
        seen = words("Observed: {share}.", share=letters.observed(digest, words))
        if all(digest.totals[key] is None for key in DAYS):
            return f"{words('no data')} · {seen}"
        heads = [head.lower() for head in letters.day_heads(words)]
        figures = [letters.number(digest.totals[key], words) for key in DAYS]
        return f"{', '.join(f'{figure} {head}' for head, figure in zip(heads, figures, strict=True))} · {seen}"

    async def one(self, request: Request) -> Response:
        """One report, whole."""
        who = await self._site.visitor(request, _PAGE)
        digest = await self._room.report(request.path_params["name"])
        if digest is None:
            raise NotFound("There is no such page.")
        return html(self._drawn(who, digest))

    def _drawn(self, who: Visitor, digest: Digest) -> str:
        words = self._site.words
        return self._site.pages.page(
            "overzicht.html",
            who,
            page=_PAGE,
            digest=digest,
            name=letters.name_of(digest),
            title=letters.title(digest, words),
            sections=letters.sections(digest, words),
            observed=letters.observed(digest, words),
            alt=chart.alt(digest, words) if digest.days else "",
            heads=letters.day_heads(words),
            days=letters.day_rows(digest, words),
        )

    async def chart(self, request: Request) -> Response:
        """The chart of one report; `?donker=1` for dark pages, `?smal=1` for a phone."""
        await self._site.visitor(request, _PAGE)
        wanted = {
            name: request.query_params.get(word) == "1" for name, word in (("dark", "donker"), ("narrow", "smal"))
        }
        drawn = await self._room.chart(request.path_params["name"], **wanted)
        if drawn is None:
            raise NotFound("There is no such page.")
        return Response(drawn, media_type="image/png", headers=_KEPT)
