"""Facebook's error codes as errors of the domain.

Facebook answers limits and most errors as HTTP 400 or 403, so the code decides, the subcode first: `SUBCODES`, then
`CODES`, then `is_transient`, then the HTTP status. What is data here is never an `if` elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from domain.errors import AccountStopped, Denied, Gone, OutcomeUnknown, PlatformError, RateLimited, Transient


class Class(Enum):
    """What an answer means for the call that got it."""

    TRANSIENT = auto()
    LIMIT = auto()
    STOP = auto()
    STOP_WRITES = auto()
    MISSING = auto()
    """Gone, or no access: the parent post decides."""
    DENIED = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: the class and the English sentence for people."""

    kind: Class
    msgid: str


_WAIT = Row(Class.TRANSIENT, "Facebook has a problem on its side (code {code}).")
_SLOW = Row(Class.LIMIT, "Facebook asks us to slow down (code {code}).")
_TOKEN = Row(Class.STOP, "Facebook no longer accepts the access token of this page (code {code}). Connect it again.")
_PAGE_TOKEN = Row(Class.STOP, "Facebook wants the token of the page, not that of a person (code {code}).")
_BLOCKED = Row(Class.STOP_WRITES, "Facebook has blocked this page from acting for a while (code {code}).")
_RIGHT = Row(Class.DENIED, "The access token lacks the permission for this (code {code}).")
_MISSING = Row(Class.MISSING, "Facebook says the comment does not exist, or we may not see it (code {code}).")
_BAD = Row(Class.DENIED, "Facebook refused this call (code {code}).")
_DOUBLE = Row(Class.DENIED, "Facebook refused it because the same was just sent (code {code}).")
_WINDOW = Row(Class.DENIED, "The time for a private message about this comment has passed (code {code}).")
_UNREACHABLE = Row(Class.DENIED, "This person cannot receive a private message (code {code}).")
_ANSWERED = Row(Class.DENIED, "This comment already had its one private message (code {code}).")
_NO_MESSAGE = Row(Class.DENIED, "This comment cannot be answered privately (code {code}).")

SUBCODES: dict[tuple[int, int], Row] = {
    (1, 2853006): _RIGHT,
    (10, 2018108): _NO_MESSAGE,
    (10, 2018278): _WINDOW,
    (10, 2534022): _WINDOW,
    (100, 33): _MISSING,
    (190, 458): _TOKEN,
    (190, 459): _TOKEN,
    (190, 460): _TOKEN,
    (190, 463): _TOKEN,
    (190, 464): _TOKEN,
    (190, 467): _TOKEN,
    (190, 2069032): _PAGE_TOKEN,
    (200, 2069030): _RIGHT,
    (200, 2069031): _RIGHT,
    (200, 2069033): _RIGHT,
    (551, 1545041): _UNREACHABLE,
}
"""(code, subcode) → row (facts: platforms §8.1)."""

CODES: dict[int, Row] = {
    **dict.fromkeys((1, 2), _WAIT),
    **dict.fromkeys((4, 17, 32, 341, 613, 80001, 80002), _SLOW),
    **dict.fromkeys((102, 190), _TOKEN),
    368: _BLOCKED,
    **dict.fromkeys((3, 10, *range(200, 300)), _RIGHT),
    1705: _MISSING,
    100: _BAD,
    506: _DOUBLE,
    551: _UNREACHABLE,
    10900: _ANSWERED,
    10903: _NO_MESSAGE,
}
"""code → row, when its subcode has none."""

_TOO_MANY = 429
_SERVER = 500
_NAMED = re.compile(r"\(#(551)\)").match


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that is not a success: its row, and the code as shown to people (`190/463`, `HTTP 503`)."""

    row: Row
    code: str
    retry_after: float | None = None

    def error(self) -> PlatformError:
        """The error of the domain. `MISSING` counts as gone; who can look further decides first."""
        return _ERRORS[self.row.kind](self.row.msgid, code=self.code, retry_after=self.retry_after)


_ERRORS: dict[Class, type[PlatformError]] = {
    Class.TRANSIENT: Transient,
    Class.LIMIT: RateLimited,
    Class.STOP: AccountStopped,
    Class.STOP_WRITES: AccountStopped,
    Class.MISSING: Gone,
    Class.DENIED: Denied,
}


def classify(status: int, body: object, retry_after: float | None = None) -> Failure:
    """The failure in an answer. body: the parsed JSON, whatever it is · retry_after: seconds, from the headers."""
    error = body.get("error") if isinstance(body, Mapping) else None
    if not isinstance(error, Mapping) or (code := _number(error.get("code"))) is None:
        return Failure(_by_status(status), f"HTTP {status}", retry_after)
    subcode = _number(error.get("error_subcode"))
    row = _row(_true_code(code, error), subcode, transient=error.get("is_transient") is True, status=status)
    return Failure(row, f"{code}/{subcode}" if subcode else str(code), retry_after)


def _row(code: int, subcode: int | None, *, transient: bool, status: int) -> Row:
    if subcode is not None and (exact := SUBCODES.get((code, subcode))):
        return exact
    row = CODES.get(code) or _by_status(status)
    return _WAIT if transient and row.kind is Class.DENIED else row


def _true_code(code: int, error: Mapping[str, Any]) -> int:
    """Code 200 whose message opens with `(#551)` is a 551 (seen in messaging)."""
    message = error.get("message")
    return 551 if code == 200 and isinstance(message, str) and _NAMED(message) else code  # noqa: PLR2004 - codes


def _by_status(status: int) -> Row:
    if status == _TOO_MANY:
        return _SLOW
    return _WAIT if status >= _SERVER else _BAD


def _number(value: object) -> int | None:
    if type(value) is int:
        return value
    return int(value) if type(value) is str and value.isascii() and value.isdigit() and len(value) < 12 else None  # noqa: PLR2004


def remembered(code: str) -> Failure:
    """The stop that the house kept, by the code it was told (`190/463`); an unknown one counts as a dead token."""
    numbers = [int(part) for part in code.split("/") if part.isascii() and part.isdigit()]
    row = _row(numbers[0], numbers[1] if numbers[1:] else None, transient=False, status=0) if numbers else _TOKEN
    return Failure(row if row.kind in (Class.STOP, Class.STOP_WRITES) else _TOKEN, code)


def lost(code: str) -> OutcomeUnknown:
    """A write was sent and its answer never came, or came unreadable."""
    return OutcomeUnknown("Facebook did not answer, so it is not known whether it was done ({code}).", code=code)


def unreachable(code: str) -> Transient:
    """Nothing was sent, or nothing that changes anything."""
    return Transient("Facebook cannot be reached now ({code}).", code=code)


def standing_back(code: str, seconds: float) -> RateLimited:
    """Our own brake on bulk reading, so that people's acts keep the room that is left."""
    return RateLimited("Reading waits, to leave room for what people do (code {code}).", code=code, retry_after=seconds)


def gone(code: str) -> Gone:
    """The comment is missing, and its post could be read."""
    return Gone("The comment no longer exists on Facebook (code {code}).", code=code)


def no_access(code: str) -> Denied:
    """The comment cannot be seen, and neither can its post: that proves nothing about the comment."""
    return Denied("Facebook shows neither the comment nor its post: we may lack permission (code {code}).", code=code)


def unsure(code: str) -> Denied:
    """Whether something of ours was sent cannot be read from what Facebook tells; asking again would not help."""
    return Denied("Facebook does not show for sure whether this was sent (code {code}).", code=code)


def trial() -> Denied:
    """The account stands on trial."""
    return Denied("This account is on trial: nothing is sent to Facebook ({code}).", code='acties = "uit"')
