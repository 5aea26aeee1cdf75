"""Who comes in? Sessions, CSRF, Host and Origin, sizes; every refusal is an error of the tree with its own page.

Refused by default: each check that cannot be made is a no.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from bot.browser.desk import Desk, Standing
from bot.scene import Scene
from domain.errors import BadInput, Expected, NabijError, NotAllowed, StorageUnavailable, TooLarge
from domain.model import Person
from domain.roles import Role, may_open

COOKIE = "nabij"
BODY_MAX = 96 * 1024
"""Bytes of a form; the longest has 4,600 letters in it, of at most twelve bytes each as they are sent."""
FIELDS_MAX = 40
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would make browsers send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer of the browser channel."""


class SignInNeeded(Expected):
    """No session, or not any more."""


class NotFound(Expected):
    """There is no such page or case."""


class WrongSite(Expected):
    """The request came from, or thinks it goes to, another site."""


_STATUS: dict[type[NabijError], int] = {
    SignInNeeded: 401,
    NotAllowed: 403,
    WrongSite: 403,
    NotFound: 404,
    TooLarge: 413,
    BadInput: 400,
    StorageUnavailable: 503,
}


def status_of(error: NabijError) -> int:
    """HTTP status of an error; 409 for what was expected, 500 for the rest."""
    return _STATUS.get(type(error), 409 if isinstance(error, Expected) else 500)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a session, and all that every page needs."""

    person: Person
    csrf: str
    scene: Scene
    standing: Standing

    def opens(self, page: str) -> bool:
        """True if this person may open a page."""
        return may_open(Role(self.person.role), page)


async def visitor(request: Request, desk: Desk, page: str) -> Visitor:
    """Who asks for this page (`domain.roles.PAGES`); SignInNeeded or NotAllowed."""
    cookie, person = await session(request, desk)
    if page and not may_open(Role(person.role), page):
        raise NotAllowed("Your role ({role}) does not open this page.", role=person.role)
    return Visitor(person, csrf_of(cookie), desk.scene(person), await desk.standing())


async def session(request: Request, desk: Desk) -> tuple[str, Person]:
    """The cookie and its person; SignInNeeded without."""
    cookie = request.cookies.get(COOKIE, "")
    person = await desk.who(cookie) if cookie else None
    if person is None:
        raise SignInNeeded("Sign in with your start link.")
    return cookie, person


def check_host(request: Request, desk: Desk) -> None:
    """WrongSite unless the Host header is ours: a foreign name that resolves to this machine gets nothing."""
    if request.headers.get("host", "").lower() not in desk.hosts:
        raise WrongSite("This address is not the one Nabij listens to.")


def check_origin(request: Request, desk: Desk) -> None:
    """WrongSite when a browser says that another site sent this. No Origin: no browser; CSRF decides."""
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() not in {f"{request.url.scheme}://{host}" for host in desk.hosts}:
        raise WrongSite("This press came from another site, so nothing was done.")


def csrf_of(cookie: str) -> str:
    """Token that binds a form to a session; nothing to store, and the cookie cannot be read back from it."""
    return hmac.new(cookie.encode(), b"nabij csrf", hashlib.sha256).hexdigest()


def check_csrf(cookie: str, given: str) -> None:
    """WrongSite unless the form was drawn for this session."""
    if not hmac.compare_digest(csrf_of(cookie).encode(), given.encode("utf-8", "replace")):
        raise WrongSite("This form is from an older session. Reload the page and press again.")


def new_key() -> str:
    """A key for one drawn form: however often the form is sent, it is one order."""
    return secrets.token_urlsafe(16)


def order_key(person: Person, form_key: str, act: str, *, take_over: bool) -> str:
    """The key of an order: of this person, this form and this button. BadInput for a key that we did not draw."""
    if not _KEY.fullmatch(form_key):
        raise BadInput("This form cannot be read. Reload the page and press again.")
    return f"browser:{person.key}:{form_key}:{act}" + (":over" if take_over else "")


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a POST; TooLarge above the cap, BadInput when it is no form."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise BadInput("This form cannot be read. Reload the page and press again.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_MAX:
            raise TooLarge("The form is larger than {n} bytes.", n=BODY_MAX)
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_MAX))
    except ValueError as error:
        raise BadInput("This form cannot be read. Reload the page and press again.") from error
