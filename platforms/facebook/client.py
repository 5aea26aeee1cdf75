"""HTTP to the Graph API for one page: address, authorisation, time limits, usage headers, and the stop.

The token travels in a header, never in an address; `appsecret_proof` shows that it is us who hold it. A client that was
told its token is dead sends nothing more until `resume()`.
"""

import hashlib
import hmac
import ipaddress
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from domain.clock import Clock
from domain.errors import AccountStopped, PlatformError
from domain.model import Raw
from domain.settings import Account
from platforms.facebook.errors import Class, Failure, classify, lost, standing_back, trial, unreachable
from platforms.hooks import Hooks

API = "https://graph.facebook.com"
VERSION = "v26.0"
TIMEOUT = httpx.Timeout(connect=5.0, read=20.0, write=10.0, pool=5.0)
BUSY_PERCENT = 95
BUSY_WAIT = timedelta(minutes=5)
_ABSURD = 1_000_000
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)
_DROPPED_HEADERS = frozenset({"set-cookie"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: the parsed body and the bytes it came from."""

    data: Mapping[str, Any]
    raw: Raw


class Client:
    """Calls of one page. Raises PlatformError; its messages hold codes only."""

    def __init__(
        self,
        account: Account,
        *,
        clock: Clock,
        hooks: Hooks,
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout = TIMEOUT,
    ) -> None:
        self.origin = (account.api or API).rstrip("/")
        self._account = account
        self._clock = clock
        self._hooks = hooks
        self._lock = threading.Lock()
        self._stopped: Failure | None = None
        self._busy_until: datetime | None = None
        self._proof = hmac.new(account.app_secret.encode(), account.token.encode(), hashlib.sha256).hexdigest()
        self._http = httpx.Client(
            base_url=f"{self.origin}/{VERSION}",
            headers={"Authorization": f"Bearer {account.token}", "Accept": "application/json"},
            timeout=timeout,
            transport=transport,
            trust_env=not _on_this_machine(self.origin),
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def note(self, sentence: str) -> None:
        """Tell the house something for its log, without foreign text."""
        self._hooks.note(sentence)

    # ---------------------------------------------------------------- the stop

    @property
    def stopped(self) -> AccountStopped | None:
        """Why this page sends nothing more; None while it works."""
        error = self._stopped.error() if self._stopped else None
        return error if isinstance(error, AccountStopped) else None

    def stop(self, failure: Failure) -> None:
        """Send nothing more (after a block: write nothing more), and say so once."""
        with self._lock:
            first, self._stopped = self._stopped is None, failure
        if first and (error := self.stopped):
            self._hooks.stopped(error)

    def resume(self) -> None:
        """A person mended it."""
        self._stopped = None

    def _guard(self, *, write: bool) -> None:
        if self._stopped and (write or self._stopped.row.kind is Class.STOP):
            raise self._stopped.error()

    # ---------------------------------------------------------------- calls

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Answer:
        """Read. Everything that goes wrong on the way is Transient."""
        self._guard(write=False)
        try:
            response = self._http.get(path, params={**(params or {}), "appsecret_proof": self._proof})
        except httpx.HTTPError as error:
            raise unreachable(_name(error)) from None
        return self._answer(response, unsure=unreachable)

    def pages(self, path: str, params: Mapping[str, str | int], most: int) -> Iterator[tuple[Any, Answer]]:
        """The items of a list, page by page: (items, answer). Follows cursors, never an address it is handed."""
        seen: set[str] = set()
        given = dict(params)
        for _ in range(most):
            answer = self.get(path, given)
            items = answer.data.get("data")
            yield items if isinstance(items, list) else [], answer
            after = _next_cursor(answer.data.get("paging"))
            if after is None or after in seen:
                return
            seen.add(after)
            given["after"] = after
        self.note(f"Facebook: a list was longer than {most} pages; the rest was not read.")

    def write(self, method: str, path: str, body: Mapping[str, str], *, repeatable: bool) -> Answer:
        """Hide, unhide, delete, or (not repeatable) an answer, as a form."""
        return self._write(method, path, repeatable=repeatable, data=body)

    def message(self, path: str, body: Mapping[str, Any]) -> Answer:
        """A private message, as JSON; never repeatable."""
        return self._write("POST", path, repeatable=False, json=body)

    def _write(self, method: str, path: str, *, repeatable: bool, **sent: Any) -> Answer:  # noqa: ANN401 - httpx's own
        if self._account.acties != "aan":
            raise trial()
        self._guard(write=True)
        try:
            response = self._http.request(method, path, params={"appsecret_proof": self._proof}, **sent)
        except _UNSENT as error:
            raise unreachable(_name(error)) from None
        except httpx.HTTPError as error:
            raise lost(_name(error)) from None
        return self._answer(response, unsure=unreachable if repeatable else lost)

    def _answer(self, response: httpx.Response, *, unsure: Callable[[str], PlatformError]) -> Answer:
        """The answer, or its error. unsure: what to raise when it is open whether anything was done."""
        self._heed(response.headers)
        data = _parsed(response.content)
        if response.is_success and not (isinstance(data, dict) and "error" in data):
            if isinstance(data, dict):
                return Answer(data, raw_of(response))
            raise unsure(f"HTTP {response.status_code}")
        failure = classify(response.status_code, data, _wait(response.headers))
        if failure.row.kind in (Class.STOP, Class.STOP_WRITES):
            self.stop(failure)
        if failure.row.kind is Class.TRANSIENT and unsure is lost:
            raise lost(failure.code)
        raise failure.error()

    # ---------------------------------------------------------------- usage

    def make_room(self) -> None:
        """RateLimited while the page has nearly used up its calls: bulk reading waits, people's acts go on."""
        if self._busy_until and (left := (self._busy_until - self._clock.now()).total_seconds()) > 0:
            raise standing_back("usage", left)

    def _heed(self, headers: httpx.Headers) -> None:
        percent = _usage(headers)
        if percent < BUSY_PERCENT:
            return
        wait = timedelta(seconds=_wait(headers) or BUSY_WAIT.total_seconds())
        fresh = self._busy_until is None or self._busy_until <= self._clock.now()
        self._busy_until = self._clock.now() + wait
        if fresh:
            self.note(f"Facebook: {percent} % of the calls are used up; bulk reading waits {wait}.")


def raw_of(response: httpx.Response) -> Raw:
    """The bytes of an answer; the address without its query, because that holds the proof."""
    headers = {name: value for name, value in response.headers.items() if name not in _DROPPED_HEADERS}
    return Raw(str(response.request.url.copy_with(query=None)), response.content, response.status_code, headers)


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def ended(answer: Answer) -> bool:
    """True when a list says that nothing follows."""
    paging = answer.data.get("paging")
    return not (isinstance(paging, dict) and paging.get("next"))


def _next_cursor(paging: object) -> str | None:
    if not isinstance(paging, dict) or not paging.get("next"):
        return None
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) and after else None


def _blocks(headers: httpx.Headers) -> Iterator[Mapping[str, Any]]:
    """All usage blocks of an answer: that of the app, and those per business use case."""
    for name in ("x-app-usage", "x-business-use-case-usage"):
        try:
            given = json.loads(headers.get(name, "{}"))
        except (ValueError, RecursionError):
            continue
        rows = [given, *(given.values() if isinstance(given, dict) else ())]
        for row in rows:
            yield from (each for each in (row if isinstance(row, list) else [row]) if isinstance(each, dict))


def _usage(headers: httpx.Headers) -> int:
    parts = ("call_count", "total_cputime", "total_time")
    return max((_positive(block.get(part)) for block in _blocks(headers) for part in parts), default=0)


def _wait(headers: httpx.Headers) -> float | None:
    """Seconds until calls are taken again, when Facebook says so; `estimated_time_to_regain_access` is in minutes."""
    minutes = max((_positive(block.get("estimated_time_to_regain_access")) for block in _blocks(headers)), default=0)
    if minutes:
        return minutes * 60.0
    given = headers.get("retry-after", "")
    return float(given) if given.isascii() and given.isdigit() and len(given) <= len("86400") else None


def _positive(value: object) -> int:
    """A sensible percentage or number of minutes; 0 for anything else."""
    return int(value) if isinstance(value, int | float) and 0 < value < _ABSURD else 0


def _name(error: httpx.HTTPError) -> str:
    """`ReadTimeout`: the class alone, because messages may hold addresses."""
    return type(error).__name__


def _on_this_machine(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
