"""Pages for people: a post as a citizen sees it, the private messages that citizens got, and the letters that reached
colleagues outside Nabij. Dutch, no foreign host.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from domain.clock import local
from platforms.practice.letterbox import Letterboxes
from platforms.practice.pictures import png
from platforms.practice.world import Happening, World, Written

_HERE = Path(__file__).parent
_CSP = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_NAME_MAX = 60
_TEXT_MAX = 8000
EVERYBODY = ""
_LOCAL = re.compile(r"(http://127\.0\.0\.1:[0-9]{1,5}/[A-Za-z0-9/_-]*)")
_is_local = _LOCAL.fullmatch
_NOTICED = {
    "geschreven": "schreef een reactie",
    "gewijzigd": "wijzigde de reactie",
    "weggenomen": "nam de reactie zelf weg",
    "verborgen": "anderen zien de reactie niet meer",
    "zichtbaar": "anderen zien de reactie weer",
    "verwijderd": "de reactie is verwijderd",
    "antwoord": "kreeg een openbaar antwoord",
    "bericht": "kreeg een privébericht",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment on the page. note: what only this reader sees of its state."""

    id: str
    name: str
    own: bool
    when: str
    text: str
    picture: str
    note: str
    edited: bool
    replies: tuple["Shown", ...] = ()


class Pages:
    """Draws the pages of one world."""

    def __init__(self, world: World, post: Letterboxes) -> None:
        self._world, self._post = world, post
        loader = FileSystemLoader(_HERE / "templates")
        self._templates = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)

    def _draw(self, name: str, **parts: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template shows
        page = self._templates.get_template(name).render(page_name=self._world.name, **parts)
        return HTMLResponse(page, headers=_HEADERS)

    async def home(self, _request: Request) -> Response:
        """All posts of the page."""
        posts = [
            {
                "id": post.id,
                "text": post.text,
                "picture": post.picture,
                "when": _when(post.at),
                "count": len([each for each in self._world.comments(post.id) if not each.hidden]),
            }
            for post in self._world.posts()
        ]
        return self._draw("home.html", posts=posts)

    async def post(self, request: Request) -> Response:
        """One post, through the eyes of everybody, of one citizen (`?als=7002`) or of the page itself."""
        post = self._world.post(request.path_params["post_id"])
        if post is None:
            return PlainTextResponse("Dit bericht bestaat niet.", status_code=404, headers=_HEADERS)
        reader = request.query_params.get("als", EVERYBODY)
        every = self._world.comments(post.id)
        return self._draw(
            "post.html",
            post={"id": post.id, "text": post.text, "picture": post.picture, "when": _when(post.at)},
            comments=self._shown(every, None, reader),
            readers=self._readers(every),
            reader=reader,
            marked=request.query_params.get("comment_id", ""),
        )

    async def messages(self, _request: Request) -> Response:
        """What each citizen to whom the page wrote got and noticed, in order."""
        written = list(dict.fromkeys(message.to for message in self._world.messages()))
        inboxes = [
            (self._world.person(key), [self._noticed(each) for each in self._world.happenings(key)]) for key in written
        ]
        return self._draw("messages.html", inboxes=inboxes)

    def _noticed(self, each: Happening) -> dict[str, str]:
        about = self._world.ever(each.comment_id)
        return {
            "what": each.what,
            "said": _NOTICED[each.what],
            "when": local(each.at).strftime("%d-%m-%Y %H:%M:%S"),
            "text": each.text,
            "about": about.text if about and each.what not in ("geschreven", "gewijzigd") else "",
        }

    async def letters(self, _request: Request) -> Response:
        """What reaches colleagues outside Nabij: on their telephone, in their mailbox."""
        rows = [
            {"who": each.who, "when": _when(each.at), "title": each.title, "parts": _linked(each.text)}
            for each in reversed(self._post.letters())
        ]
        return self._draw("letters.html", letters=rows)

    async def write(self, request: Request) -> Response:
        """A citizen writes a comment from the page itself; only from this page, so that no other site can."""
        if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return PlainTextResponse("Alleen vanaf deze pagina.", status_code=403, headers=_HEADERS)
        post_id = request.path_params["post_id"]
        form = await request.form()
        name, text = str(form.get("naam", "")).strip(), str(form.get("tekst", "")).strip()
        if self._world.post(post_id) is None or not 0 < len(name) <= _NAME_MAX or not 0 < len(text) <= _TEXT_MAX:
            return PlainTextResponse("Vul een naam en een reactie in.", status_code=400, headers=_HEADERS)
        self._world.add_comment(post_id, name, text)
        return RedirectResponse(f"/post/{post_id}", status_code=303, headers=_HEADERS)

    async def picture(self, request: Request) -> Response:
        """An invented picture."""
        return Response(
            png(request.path_params["name"]), media_type="image/png", headers={"Cache-Control": "max-age=60"}
        )

    def _shown(self, every: Sequence[Written], parent: str | None, reader: str) -> tuple[Shown, ...]:
        here = (each for each in every if each.parent_id == parent)
        return tuple(self._one(each, every, reader) for each in here if self._visible(each, reader))

    def _visible(self, each: Written, reader: str) -> bool:
        return not each.hidden or reader in (each.author_id, self._world.page)

    def _one(self, each: Written, every: Sequence[Written], reader: str) -> Shown:
        return Shown(
            each.id,
            self._world.person(each.author_id),
            each.author_id == self._world.page,
            _when(each.at),
            each.text,
            each.picture,
            "Verborgen voor anderen" if each.hidden else "",
            each.edited,
            self._shown(every, each.id, reader),
        )

    def _readers(self, every: Sequence[Written]) -> list[tuple[str, str]]:
        people = {each.author_id: self._world.person(each.author_id) for each in every}
        people.pop(self._world.page, None)
        named = sorted(people.items(), key=lambda pair: pair[1].casefold())
        return [(EVERYBODY, "Iedereen"), (self._world.page, f"{self._world.name} (de pagina zelf)"), *named]


def _when(moment: Any) -> str:  # noqa: ANN401 - a datetime
    return local(moment).strftime("%d-%m-%Y %H:%M")


def _linked(text: str) -> list[tuple[str, bool]]:
    """The text in parts, each with whether it is an address on this machine, which may be followed."""
    return [(part, bool(_is_local(part))) for part in _LOCAL.split(text) if part]


def routes(world: World, post: Letterboxes) -> list[Route | Mount]:
    """Pages, the form, pictures and the style."""
    pages = Pages(world, post)
    return [
        Route("/", pages.home),
        Route("/berichten", pages.messages),
        Route("/brieven", pages.letters),
        Route("/post/{post_id}", pages.post),
        Route("/post/{post_id}", pages.write, methods=["POST"]),
        Route("/media/{name:str}.png", pages.picture),
        Mount("/static", StaticFiles(directory=_HERE / "static")),
    ]
