"""Fetches pictures and films under comments, within limits: the platform's own hosts, a size, a time, known kinds.

The address comes from outside, so only an allow-list of hosts is asked (and the practice platform on this machine),
each redirect is judged anew, the body is counted while it comes in, and its kind is read from its first bytes, never
from what the server says it is. Failure is a slip, because a missing picture must not stop the rest of the evidence.
"""

import time
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

import httpx

from domain.model import Media, MediaLink

SECONDS = 20.0
_REDIRECTS = 3
_REDIRECT_STATUS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_KINDS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
"""(place, bytes there, kind); the first that fits counts."""


class _Slip(Exception):
    """Why a picture could not be had."""


class Fetcher:
    """Fetches within limits.

    hosts: domains of the platform, with all below them · origin: address of the API, also allowed · most_bytes: larger
    is not kept · seconds: longer is not waited for.
    """

    def __init__(  # noqa: PLR0913 - each is one limit
        self,
        hosts: Collection[str],
        origin: str,
        most_bytes: int,
        *,
        transport: httpx.BaseTransport | None = None,
        seconds: float = SECONDS,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hosts = tuple(hosts)
        self._origin = origin
        self._most = most_bytes
        self._seconds = seconds
        self._stopwatch = stopwatch
        self._http = httpx.Client(
            timeout=httpx.Timeout(10.0, connect=5.0),
            transport=transport,
            headers={"Accept": "image/*,video/*", "Accept-Encoding": "identity"},
            follow_redirects=False,
            trust_env=not origin.startswith("http://"),
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def fetch(self, link: MediaLink) -> Media:
        """The bytes and their kind, or a slip."""
        try:
            body = self._follow(link.url)
            return Media(link, body, kind_of(body))
        except _Slip as slip:
            return Media(link, None, missing=str(slip))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Media(link, None, missing=f"not reached ({type(error).__name__})")

    def _follow(self, url: str) -> bytes:
        ends = self._stopwatch() + self._seconds
        for _ in range(_REDIRECTS + 1):
            if not self._allowed(url):
                raise _Slip("address not allowed")
            with self._http.stream("GET", url) as response:
                if response.status_code not in _REDIRECT_STATUS:
                    return self._body(response, ends)
                url = str(response.request.url.join(response.headers.get("location", "")))
        raise _Slip("too many redirects")

    def _allowed(self, url: str) -> bool:
        if url.startswith(f"{self._origin}/"):
            return True
        parts = urlsplit(url)
        host = parts.hostname or ""
        ours = any(host == name or host.endswith(f".{name}") for name in self._hosts)
        return ours and parts.scheme == "https" and _port(url) in (None, 443) and "@" not in parts.netloc

    def _body(self, response: httpx.Response, ends: float) -> bytes:
        if response.status_code != _OK:
            raise _Slip(f"HTTP {response.status_code}")
        if "content-encoding" in response.headers:
            raise _Slip("packed")
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self._most:
                raise _Slip("too large")
            if self._stopwatch() > ends:
                raise _Slip("too slow")
        return bytes(body)


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return 0


def kind_of(body: bytes) -> str:
    """The kind in the first bytes; a slip for anything but pictures and films (no SVG, no HTML)."""
    for place, mark, kind in _KINDS:
        if body[place : place + len(mark)] == mark:
            return kind
    raise _Slip("not a picture or film")
