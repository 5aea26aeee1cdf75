"""Pictures and films under comments: fetched within limits, or a slip."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from domain.model import Media, MediaLink
from platforms.facebook.account import MEDIA_HOSTS
from platforms.media import Fetcher, kind_of
from platforms.practice import PracticeServer
from platforms.practice.pictures import png

ORIGIN = "http://127.0.0.1:9"
PICTURE = png("voorbeeld")
CDN = "https://scontent.xx.fbcdn.net/v/x.png?oh=1"
Answer = Callable[[httpx.Request], httpx.Response]


class Asked:
    """A network that writes down which addresses were asked."""

    def __init__(self, answer: Answer) -> None:
        self.addresses: list[str] = []
        self._answer = answer

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The answer."""
        self.addresses.append(str(request.url))
        assert "authorization" not in request.headers
        return self._answer(request)


def fetch(answer: Answer, url: str = CDN, **limits: Any) -> tuple[Media, list[str]]:
    """What comes of fetching this address, and which addresses were asked."""
    asked = Asked(answer)
    fetcher = Fetcher(MEDIA_HOSTS, ORIGIN, limits.pop("most", 10_000), transport=httpx.MockTransport(asked), **limits)
    with contextlib.closing(fetcher):
        return fetcher.fetch(MediaLink(url, "foto")), asked.addresses


def picture(_: httpx.Request) -> httpx.Response:
    """The picture."""
    return httpx.Response(200, content=PICTURE)


class TestAllowed:
    """Which addresses are asked at all."""

    @pytest.mark.parametrize(
        "url",
        [
            CDN,
            "https://external.fbru2-1.fna.fbcdn.net/emg1?x",
            "https://lookaside.fbsbx.com/x",
            "https://www.facebook.com:443/x",
            f"{ORIGIN}/media/x.png",
        ],
    )
    def test_the_platforms_own_hosts(self, url: str) -> None:
        """Its own hosts over https, and the practice platform on this machine."""
        media, _ = fetch(picture, url)

        assert (media.body, media.mime, media.missing) == (PICTURE, "image/png", "")

    @pytest.mark.parametrize(
        "url",
        [
            "http://scontent.xx.fbcdn.net/x",
            "https://evilfbcdn.net/x",
            "https://fbcdn.net.example.org/x",
            "https://127.0.0.1/x",
            "https://10.0.0.1/x",
            "https://[::1]/x",
            "http://169.254.169.254/latest/meta-data",
            "https://fbcdn.net:8080/x",
            "https://fbcdn.net:99999/x",
            "https://me@fbcdn.net/x",
            "ftp://fbcdn.net/x",
            "file:///etc/passwd",
            "http://127.0.0.1:99/media/x.png",
            f"{ORIGIN}9/x",
            "",
            "https://",
        ],
    )
    def test_nothing_else(self, url: str) -> None:
        """Foreign, private and odd addresses are never asked."""
        media, asked = fetch(picture, url)

        assert media.body is None
        assert media.missing == "address not allowed"
        assert asked == []


class TestRedirects:
    """Every hop is judged anew."""

    def test_within_the_platform(self) -> None:
        """From one of its hosts to another."""

        def answer(request: httpx.Request) -> httpx.Response:
            if request.url.host == "www.facebook.com":
                return httpx.Response(302, headers={"Location": CDN})
            return picture(request)

        media, asked = fetch(answer, "https://www.facebook.com/x")

        assert media.body == PICTURE
        assert len(asked) == 2

    @pytest.mark.parametrize(
        "target",
        ["https://elders.example/x", "http://127.0.0.1:80/x", "http://169.254.169.254/", "//10.0.0.1/", "file:///x"],
    )
    def test_to_elsewhere(self, target: str) -> None:
        """A redirect to a foreign or private address is not followed."""
        media, asked = fetch(lambda _: httpx.Response(302, headers={"Location": target}))

        assert media.missing == "address not allowed"
        assert asked == [CDN]

    def test_round_and_round(self) -> None:
        """A redirect to itself ends."""
        media, asked = fetch(lambda _: httpx.Response(302, headers={"Location": CDN}))

        assert media.missing == "too many redirects"
        assert len(asked) == 4


class TestLimits:
    """Size, time, kind."""

    def test_too_large(self) -> None:
        """Counted while it comes in; what is larger is not kept."""
        media, _ = fetch(picture, most=len(PICTURE) - 1)

        assert (media.body, media.missing) == (None, "too large")

    def test_just_large_enough(self) -> None:
        """The limit itself is allowed."""
        assert fetch(picture, most=len(PICTURE))[0].body == PICTURE

    def test_too_slow(self) -> None:
        """A body that trickles in is left after a while."""
        moments = iter([0.0, 1.0, 30.0])

        def trickle() -> Iterator[bytes]:
            yield PICTURE[:10]
            yield PICTURE[10:20]
            yield b"never read"

        media, _ = fetch(lambda _: httpx.Response(200, content=trickle()), stopwatch=lambda: next(moments))

        assert media.missing == "too slow"

    @pytest.mark.parametrize("status", [204, 304, 403, 404, 410, 500])
    def test_not_there(self, status: int) -> None:
        """A link that died is a slip with its status."""
        assert fetch(lambda _: httpx.Response(status))[0].missing == f"HTTP {status}"

    def test_packed(self) -> None:
        """A body that would unpack to something larger is not unpacked."""
        media, _ = fetch(lambda _: httpx.Response(200, headers={"Content-Encoding": "br"}, content=b""))

        assert media.missing == "packed"

    @pytest.mark.parametrize("content", [b"<svg xmlns='x'/>", b"<html>", b"", b"%PDF-1.7", b"MZ"])
    def test_other_kinds(self, content: bytes) -> None:
        """What is no picture or film is refused, whatever the server calls it."""
        media, _ = fetch(lambda _: httpx.Response(200, headers={"Content-Type": "image/png"}, content=content))

        assert media.missing == "not a picture or film"

    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (PICTURE, "image/png"),
            (b"\xff\xd8\xff\xe0", "image/jpeg"),
            (b"GIF89a", "image/gif"),
            (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
            (b"\x00\x00\x00\x20ftypavif", "image/avif"),
            (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
            (b"\x1aE\xdf\xa3", "video/webm"),
        ],
    )
    def test_kinds_by_their_first_bytes(self, content: bytes, kind: str) -> None:
        """The kind is read from the bytes."""
        assert kind_of(content) == kind

    @pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
    def test_the_network_fails(self, failure: type[httpx.HTTPError]) -> None:
        """No connection, no answer: a slip."""

        def answer(_: httpx.Request) -> httpx.Response:
            raise failure("geheim adres")

        media, _ = fetch(answer)

        assert media.missing == f"not reached ({failure.__name__})"


def test_over_a_real_socket(server: PracticeServer) -> None:
    """A picture of the practice platform arrives as it was drawn."""
    fetcher = Fetcher(MEDIA_HOSTS, server.url, 10_000)

    media = fetcher.fetch(MediaLink(f"{server.url}/media/voorbeeld.png", "foto"))

    assert (media.body, media.mime) == (PICTURE, "image/png")
    fetcher.close()
