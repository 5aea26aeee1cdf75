"""The app as a whole: up or down, figures for who may see them, and a guard on every route there is."""

import asyncio
import re

import pytest
import sqlalchemy as sa
from fastapi import Request

from bot.browser import incident_routes
from bot.browser.guard import COOKIE
from bot.web import _may_measure, hosts_of
from platforms.practice import deliveries
from storage import people
from storage.tables import GivenOrderRow
from tests.fakes.house import INSULT
from tests.fakes.parts import HOST, METRICS_TOKEN, Site

OPEN = {"/healthz", "/static/{name}"}
"""Nothing of anybody: up or down, style and script."""
BY_TOKEN = incident_routes.PUBLIC
"""The address itself is the right: without a token of ours there is nothing."""
BY_MACHINES = {"/metrics", "/webhooks/facebook"}
"""For a program that proves who it is; all others are of the browser channel."""
HOLES = {
    "case_id": "1",
    "word": "verwijderen",
    "name": "2026-W29",
    "number": "1",
    "token": "a" * 43,
}
"""What stands in the addresses of this house."""
HERE = {"Origin": f"http://{HOST}"}


def at(path: str) -> str:
    """An address out of a route; one with a hole that is not known here is an error."""
    return re.sub(r"\{(\w+)\}", lambda hole: HOLES[hole[1]], path)


def channel(site: Site) -> list[tuple[str, str]]:
    """Every route of the browser channel that is not open."""
    return [(path, method) for path, method in site.routes() if path not in OPEN | BY_TOKEN | BY_MACHINES]


def signed_in(site: Site, person: str) -> str:
    """The cookie of a colleague who came in with a start link."""
    now = site.world.clock.now()
    token = site.world.store(lambda connection: people.make_link(connection, person, now))
    answer = asyncio.run(site.ask("GET", f"/?start={token}"))
    return answer.headers["set-cookie"].partition(";")[0]


class TestRoutes:
    """The route table, whole: what is generated from it holds of every room, and a new route cannot escape."""

    def test_every_room_is_in_it(self, site: Site) -> None:
        """Cards, dossiers, alarms, calendar, reports; pages and presses."""
        assert set(channel(site)) >= {
            ("/", "GET"),
            ("/kaart/{case_id}", "POST"),
            ("/register.csv", "GET"),
            ("/dossier/{number}/bestand", "GET"),
            ("/dossier/{number}", "POST"),
            ("/alarm/{number}", "POST"),
            ("/event", "POST"),
            ("/rooster", "POST"),
            ("/melding", "POST"),
            ("/overzicht/{name}", "GET"),
        }
        assert {path for path, _ in site.routes()} >= OPEN | BY_TOKEN | BY_MACHINES

    def test_every_route_asks_who(self, site: Site) -> None:
        """Without a session, and with a made-up one, every route of the channel is 401, from our own pages as well."""
        for path, method in channel(site):
            for headers in ({}, HERE, {**HERE, "Cookie": f"{COOKIE}=made-up"}):
                answer = asyncio.run(site.ask(method, at(path), headers=headers))
                assert answer.status_code == 401, (path, method, headers)

    def test_machines_prove_who_they_are(self, site: Site) -> None:
        """Without signature or token 401 or 403."""
        for path, method in site.routes():
            if path in BY_MACHINES:
                answer = asyncio.run(site.ask(method, path, at="192.0.2.7"))
                assert answer.status_code in (401, 403), (path, method)

    def test_a_made_up_token_opens_nothing(self, site: Site) -> None:
        """404 on looking and on pressing, with a session as well: a session is no token."""
        form = {"act": "kennis_genomen"}
        for path in BY_TOKEN:
            for headers in (HERE, {**HERE, "Cookie": signed_in(site, "els")}):
                looked = asyncio.run(site.ask("GET", at(path), headers=headers))
                pressed = asyncio.run(site.ask("POST", at(path), headers=headers, data=form))
                assert (looked.status_code, pressed.status_code) == (404, 404), path

    def test_a_foreign_name_gets_nothing(self, site: Site) -> None:
        """DNS rebinding: a Host that is not ours is refused on every route, also with a session."""
        headers = {"Host": "boef.example:8780", "Cookie": signed_in(site, "noor")}
        for path, method in site.routes():
            if path not in BY_MACHINES | {"/healthz"}:
                answer = asyncio.run(site.ask(method, at(path), headers=headers))
                assert answer.status_code == 403, (path, method)

    def test_every_press_comes_from_our_own_form(self, site: Site) -> None:
        """With a session, but from another site or from a form that was not drawn for it: refused, nothing stored."""
        cookie = {"Cookie": signed_in(site, "noor")}
        presses = [path for path, method in channel(site) if method == "POST"]
        assert len(presses) >= 7
        for path in presses:
            for headers in ({"Origin": "https://boef.example"}, {"Origin": "null"}, HERE):
                form = {"key": "k" * 22, "act": "verbergen", "csrf": "f" * 64}
                answer = asyncio.run(site.ask("POST", at(path), headers={**cookie, **headers}, data=form))
                assert answer.status_code == 403, (path, headers)
        assert site.world.rows(GivenOrderRow) == []

    def test_headers_on_every_answer(self, site: Site) -> None:
        """Strict policy, no guessing of types, and nothing is kept, in every room."""
        for path, method in channel(site):
            headers = asyncio.run(site.ask(method, at(path))).headers
            assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'"), path
            assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store"), path

    def test_what_is_not_there(self, site: Site) -> None:
        """No documentation, no schema, nothing of the framework."""
        for path in (
            "/docs",
            "/redoc",
            "/openapi.json",
            "/webhooks",
            "/webhooks/instagram",
            "/.env",
            "/data/nabij.sqlite",
        ):
            assert asyncio.run(site.ask("GET", path)).status_code == 404

    def test_a_fault_of_ours_shows_no_text(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """What nobody foresaw is a page with a number, without a word of what happened."""

        def wrong(*_: object) -> None:
            raise RuntimeError("tekst van een burger")

        monkeypatch.setattr("bot.inbound.ingest.judge", wrong)
        answer = asyncio.run(site.push(deliveries.body([deliveries.written("2001_1", INSULT)])))

        assert answer.status_code == 500
        assert "burger" not in answer.text
        assert "F-" in answer.text


class TestHealth:
    """Up or down, nothing more."""

    def test_up(self, site: Site) -> None:
        """One word."""
        answer = asyncio.run(site.ask("GET", "/healthz", at="192.0.2.7"))
        assert (answer.status_code, answer.text) == (200, "up")

    def test_down_without_an_engine(self, site: Site) -> None:
        """A process that hands on no work is down."""
        site.engine.lives = False
        answer = asyncio.run(site.ask("GET", "/healthz"))
        assert (answer.status_code, answer.text) == (503, "down")

    def test_down_without_a_database(self, site: Site) -> None:
        """Also over a connection that was there already; why is not told."""
        assert asyncio.run(site.ask("GET", "/healthz")).status_code == 200
        with site.world.database.writing.begin() as connection:
            connection.execute(sa.text("DROP TABLE counter"))

        answer = asyncio.run(site.ask("GET", "/healthz"))
        assert (answer.status_code, answer.text) == (503, "down")


class TestMetrics:
    """For this machine, or with the token."""

    @pytest.mark.parametrize("at", ["127.0.0.1", "::1"])
    def test_from_here(self, site: Site, at: str) -> None:
        """What was counted, and what waits."""
        asyncio.run(site.push(deliveries.body([deliveries.written("2001_1", INSULT)])))
        answer = asyncio.run(site.ask("GET", "/metrics", at=at))

        assert answer.status_code == 200
        assert 'nabij_deliveries_total{platform="facebook",status="200"}' in answer.text
        assert 'nabij_queue_waiting{queue="werk"} 1.0' in answer.text
        assert "nabij_writer_waiting 0.0" in answer.text

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
    def test_through_a_proxy_is_not_from_here(self, site: Site, header: str) -> None:
        """The proxy stands on this machine, whoever asks does not."""
        answer = asyncio.run(site.ask("GET", "/metrics", headers={header: "192.0.2.7"}))
        assert answer.status_code == 403

    def test_with_the_token(self, site: Site) -> None:
        """From anywhere."""
        token = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        assert asyncio.run(site.ask("GET", "/metrics", at="192.0.2.7", headers=token)).status_code == 200

    @pytest.mark.parametrize(
        "token", [b"", b"Bearer", b"Bearer ", b"Bearer ander", METRICS_TOKEN.encode(), b"Bearer \xff"]
    )
    def test_with_another_word(self, site: Site, token: bytes) -> None:
        """403, whatever it holds."""
        headers = {b"Authorization": token}
        answer = asyncio.run(site.ask("GET", "/metrics", at="192.0.2.7", headers=headers))  # type: ignore[arg-type]
        assert (answer.status_code, answer.text) == (403, "not here")

    def test_without_a_token_no_word_opens(self) -> None:
        """An empty setting is not an empty password."""
        scope = {"type": "http", "headers": [(b"authorization", b"Bearer ")], "client": ("192.0.2.7", 1)}
        assert not _may_measure(Request(scope), "")

    def test_while_the_database_is_away(self, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
        """The other figures still come."""

        def away() -> dict[str, int]:
            raise sa.exc.OperationalError("SELECT", {}, Exception("away"))

        monkeypatch.setattr(site.engine, "depth", away)
        assert asyncio.run(site.ask("GET", "/metrics")).status_code == 200


class TestHosts:
    """Names that mean us."""

    def test_on_loopback(self) -> None:
        """Both names of this machine."""
        assert hosts_of("127.0.0.1", 8780, "") == {"127.0.0.1:8780", "localhost:8780"}

    def test_elsewhere(self) -> None:
        """The address it listens on, and the one that the world knows; then this machine's name is a stranger's."""
        assert hosts_of("10.0.0.5", 8780, "nabij.example") == {"10.0.0.5:8780", "nabij.example"}
