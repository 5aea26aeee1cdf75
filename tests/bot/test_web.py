"""The app as a whole: up or down, figures for who may see them, and a guard on every route there is."""

import asyncio

import pytest
import sqlalchemy as sa
from fastapi import Request

from bot.web import _may_measure, hosts_of
from platforms.practice import deliveries
from tests.fakes.house import INSULT
from tests.fakes.parts import METRICS_TOKEN, Site

PUBLIC = {"/healthz", "/static/{name}"}


class TestRoutes:
    """The route table, whole."""

    def test_every_route_asks_who(self, site: Site) -> None:
        """Generated from the table: without session, signature or token every route is 401 or 403, but for the two that
        are public. A new route cannot escape.
        """
        routes = [(path, method) for path, method in site.routes() if path not in PUBLIC]
        assert {path for path, _ in routes} >= {
            "/",
            "/webhooks/facebook",
            "/metrics",
            "/register.csv",
            "/kaart/{case_id}",
        }
        for path, method in routes:
            where = path.replace("{case_id}", "1").replace("{word}", "verwijderen")
            answer = asyncio.run(site.ask(method, where, at="192.0.2.7"))
            assert answer.status_code in (401, 403), (path, method)

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
