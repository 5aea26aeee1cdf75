"""Inbound: who may push, what is refused and how, and that nothing that was answered 200 is lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.inbound import SHORT
from commands.poll import POLL
from domain.states import State
from platforms.practice import deliveries
from storage.tables import CommentRow, DeadLetterRow, DeliveryRow
from tests.fakes.house import INSULT
from tests.fakes.parts import APP_SECRET, VERIFY_TOKEN, Site

WEBHOOK = "/webhooks/facebook"
HANDSHAKE = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}


def written(text: str, number: int = 1) -> deliveries.Change:
    """A comment as it is pushed."""
    return deliveries.written(f"2001_{number}", text, post_id="1001_2001")


def texts(site: Site) -> list[str]:
    """Texts that are stored, in order."""
    return [row.text for row in site.world.rows(CommentRow)]


class TestDoor:
    """Only who knows the secret comes in."""

    def test_every_inbound_route_asks(self, site: Site) -> None:
        """Generated from the route table: a new route cannot escape. Unsigned, wrongly signed, signed for another body,
        signed with another word: 401 each, and nothing is stored.
        """
        routes = [(path, method) for path, method in site.routes() if path.startswith("/webhooks/")]
        assert {method for _, method in routes} == {"GET", "HEAD", "POST"}
        body = deliveries.body([written(INSULT)])
        attacks: list[dict[str, str]] = [
            {},
            {"X-Hub-Signature-256": ""},
            {"X-Hub-Signature-256": "sha256="},
            {"X-Hub-Signature-256": deliveries.sign("ander geheim", body)},
            {"X-Hub-Signature-256": deliveries.sign(APP_SECRET, body + b" ")},
            {"X-Hub-Signature-256": deliveries.sign(APP_SECRET, body).removeprefix("sha256=")},
            {"X-Hub-Signature": deliveries.sign(APP_SECRET, body)},
            {"X-Hub-Signature-256": deliveries.sign("", body)},
        ]
        for path, method in routes:
            for headers in attacks:
                answer = asyncio.run(site.ask(method, path, content=body, headers=headers))
                assert answer.status_code == 401, (path, method, headers)
                assert method == "HEAD" or answer.text.count("\n") == 0 < len(answer.text)
        assert texts(site) == []
        assert site.world.rows(DeliveryRow) == []

    @pytest.mark.parametrize(
        "signature", [b"sha256=\xff\xfe", "sha256=é".encode(), b"\xf0\x9f\x98\x80", b"sha256=" + b"0" * 5000]
    )
    def test_a_header_that_is_no_text(self, site: Site, signature: bytes) -> None:
        """Any doubt about a signature is a no, never a fault of ours."""
        body = deliveries.body([written(INSULT)])
        answer = asyncio.run(
            site.ask("POST", WEBHOOK, content=body, headers={b"X-Hub-Signature-256": signature})  # type: ignore[dict-item]
        )
        assert answer.status_code == 401

    def test_handshake(self, site: Site) -> None:
        """The challenge comes back raw, as text."""
        answer = asyncio.run(site.ask("GET", WEBHOOK, params=HANDSHAKE))

        assert (answer.status_code, answer.text) == (200, "1158201444")
        assert answer.headers["content-type"].startswith("text/plain")

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"hub.verify_token": "ander woord"}, 401),
            ({"hub.verify_token": ""}, 401),
            ({"hub.verify_token": "é😀"}, 401),
            ({"hub.mode": "unsubscribe"}, 401),
            ({"hub.challenge": ""}, 400),
            ({"hub.challenge": "<script>alert(1)</script>" * 50}, 400),
        ],
    )
    def test_a_wrong_handshake(self, site: Site, wrong: dict[str, str], status: int) -> None:
        """Nothing of it is repeated."""
        answer = asyncio.run(site.ask("GET", WEBHOOK, params={**HANDSHAKE, **wrong}))

        assert answer.status_code == status
        assert "script" not in answer.text


class TestTakenIn:
    """200 means kept."""

    def test_a_comment(self, site: Site) -> None:
        """Stored with the raw bytes, and handed on when it is flagged."""
        site.world.comment(INSULT)
        body = deliveries.body([written(INSULT), written("Mooi weer vandaag", 2)])

        assert asyncio.run(site.push(body)).status_code == 200
        assert texts(site) == [INSULT, "Mooi weer vandaag"]
        (delivery,) = site.world.rows(DeliveryRow)
        assert delivery.body == body
        assert delivery.headers["x-hub-signature-256"] == deliveries.sign(APP_SECRET, body)
        site.engine.work()
        assert site.world.case("2001_1").state == State.NIEUW  # type: ignore[union-attr]
        assert site.world.case("2001_2") is None

    def test_a_thousand_in_one(self, site: Site) -> None:
        """The largest delivery there is comes in whole, in several commits."""
        body = deliveries.body([written(f"tekst {number}", number) for number in range(1000)])
        assert len(body) > SHORT

        assert asyncio.run(site.push(body)).status_code == 200
        assert len(texts(site)) == 1000

    def test_a_hundred_times_at_once(self, site: Site) -> None:
        """The same delivery, again and again: one comment, one case."""
        body = deliveries.body([written(INSULT)])

        async def all_at_once() -> set[int]:
            return {answer.status_code for answer in await asyncio.gather(*(site.push(body) for _ in range(100)))}

        assert asyncio.run(all_at_once()) == {200}
        site.engine.work()
        assert texts(site) == [INSULT]
        assert len(site.world.rows(DeliveryRow)) == 1

    def test_one_bad_change_harms_no_other(self, site: Site) -> None:
        """The others are stored; the bad one is a dead letter with its place in the raw delivery."""
        bad = written("x", 2)
        bad["value"]["comment_id"] = "../../etc/passwd"
        body = deliveries.body([written("een"), bad, written("drie", 3)])

        assert asyncio.run(site.push(body)).status_code == 200
        assert texts(site) == ["een", "drie"]
        (letter,) = site.world.rows(DeadLetterRow)
        assert letter.place == "entry[0].changes[1]"
        assert "passwd" not in letter.why
        assert site.world.row(DeliveryRow, letter.delivery_id).body == body

    def test_only_bad_changes_are_kept_too(self, site: Site) -> None:
        """A delivery of nothing but bad changes is not lost."""
        bad = written("x")
        bad["value"]["comment_id"] = {"a": 1}

        assert asyncio.run(site.push(deliveries.body([bad]))).status_code == 200
        assert len(site.world.rows(DeadLetterRow)) == len(site.world.rows(DeliveryRow)) == 1

    def test_what_is_not_for_us(self, site: Site) -> None:
        """Signed, but another page, another kind of thing, a like: 200, so that it stays away, and not stored."""
        other = {"object": "page", "entry": [{"id": "999", "changes": [written("x")]}]}
        like = {
            "object": "page",
            "entry": [{"id": "1001", "changes": [{"field": "feed", "value": {"item": "reaction"}}]}],
        }
        for given_ in (other, like, {"object": "user", "entry": []}):
            assert asyncio.run(site.push(json.dumps(given_).encode())).status_code == 200
        assert texts(site) == []

    HOSTILE = (
        "\u202egnidaer",
        "😀" * 10_000,
        "<!channel> <@U123> *vet* _schuin_ `code`",
        "<script>alert(document.cookie)</script>",
        "'); DROP TABLE comment; --",
        "{{ 7 * 7 }} {tekst} %s %(x)s",
        "\u200b\ufeff\u2066",
        "e\u0301" * 500,
        "a" * 200_000,
        "",
    )

    @pytest.mark.parametrize("text", HOSTILE)
    def test_hostile_text_is_text(self, site: Site, text: str) -> None:
        """Whatever a citizen writes is stored as it was written."""
        assert asyncio.run(site.push(deliveries.body([written(text)]))).status_code == 200
        assert texts(site) == [text]

    def test_what_no_database_takes(self, site: Site) -> None:
        """Lone surrogates and NUL become replacement characters; the raw bytes stay what they were."""
        body = deliveries.body([written("half \ud83d en nul \x00 einde")])

        assert asyncio.run(site.push(body)).status_code == 200
        assert texts(site) == ["half \ufffd en nul \ufffd einde"]
        assert site.world.rows(DeliveryRow)[0].body == body


class TestRefused:
    """One clear line, the right number, and never 5xx but when the database takes nothing."""

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"null",
            b"[]x",
            b"\xff\xfe",
            b"nan",
            b'"tekst"',
            b"[" * 100_000,
            b'{"object": 1}',
            b'{"object":"page"}',
        ],
    )
    def test_not_json_of_the_documented_shape(self, site: Site, body: bytes) -> None:
        """400: coming back with the same will not help."""
        answer = asyncio.run(site.push(body))

        assert answer.status_code == 400
        assert answer.text.startswith("The delivery ")
        assert "\n" not in answer.text

    @settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        given_=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "object",
                            "entry",
                            "id",
                            "changes",
                            "field",
                            "value",
                            "item",
                            "verb",
                            "comment_id",
                            "from",
                            "message",
                        ]
                    ),
                    inner | st.sampled_from(["page", "feed", "comment", "add", "1001", "2001_1"]),
                    max_size=8,
                )
            ),
            max_leaves=12,
        )
    )
    def test_any_json_is_answered(self, site: Site, given_: Any) -> None:
        """Signed nonsense of every shape: 200 or 400, never a fault of ours."""
        assert asyncio.run(site.push(json.dumps(given_).encode())).status_code in (200, 400)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        value=st.fixed_dictionaries(
            {},
            optional={
                name: st.none() | st.integers() | st.text(max_size=40) | st.lists(st.integers(), max_size=2)
                for name in (
                    "comment_id",
                    "post_id",
                    "parent_id",
                    "message",
                    "created_time",
                    "from",
                    "photo",
                    "verb",
                    "post",
                )
            },
        )
    )
    def test_absurd_parts_of_a_comment(self, site: Site, value: dict[str, Any]) -> None:
        """Ids, times and names of every kind: 200, and what cannot be used is a dead letter."""
        change = written("goed")
        change["value"] |= value
        assert asyncio.run(site.push(deliveries.body([change, written("ook goed", 2)]))).status_code == 200
        assert "ook goed" in texts(site)

    def test_too_large_by_its_own_word(self, site: Site) -> None:
        """413 before a byte of it is read; it alarms, and the page is polled instead, so that nothing is lost."""
        answer = asyncio.run(site.push(b"{}", Content_Length=str(17 * 1024 * 1024)))

        assert answer.status_code == 413
        assert answer.text == "The body is larger than 16 MiB."
        assert [alarm.name for alarm in site.world.alarms()] == ["te-groot:facebook"]
        assert [work[0] for work in site.engine.waiting] == [POLL]

    def test_too_large_in_truth(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        """A sender that lies about its length, or tells none, is stopped at the cap."""
        site = Site(tmp_path_factory.mktemp("klein"), body_max_mib=1)

        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b"x" * 100_000

        answer = asyncio.run(site.ask("POST", WEBHOOK, content=pieces()))
        assert answer.status_code == 413
        assert len(site.world.alarms()) == 1
        site.close()

    def test_too_large_again_and_again(self, site: Site) -> None:
        """A stranger can make us poll once a minute at most, and makes one alarm."""
        for _ in range(5):
            assert asyncio.run(site.push(b"{}", Content_Length="99999999999999999999999")).status_code == 413

        assert len(site.engine.waiting) == 1
        assert len(site.world.alarms()) == 1

    @pytest.mark.parametrize("length", ["-1", "abc", "1e9", "١٢"])
    def test_a_length_that_is_no_number(self, site: Site, length: str) -> None:
        """400."""
        answer = asyncio.run(site.push(b"{}", Content_Length=length.encode()))
        assert answer.status_code == 400

    def test_a_sender_that_hangs_up(self, site: Site) -> None:
        """Nothing is stored, nothing is logged as a fault of ours."""
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": WEBHOOK,
            "headers": [],
            "query_string": b"",
            "http_version": "1.1",
        }
        asyncio.run(site.app({**scope, "root_path": "", "scheme": "http", "server": ("127.0.0.1", 1)}, receive, send))

        assert sent[0]["status"] == 400
        assert texts(site) == []

    def test_a_database_that_takes_nothing(self, site: Site) -> None:
        """503: come back later. When it does, the delivery is taken in as if nothing had happened."""

        def refuse(_connection: sa.Connection) -> None:
            raise sa.exc.OperationalError("BEGIN", {}, Exception("disk full"))

        body = deliveries.body([written(INSULT)])
        large = {"Content_Length": str(17 * 1024 * 1024)}
        sa.event.listen(site.world.database.writing, "begin", refuse, insert=True)
        try:
            answers = [asyncio.run(site.push(body)), asyncio.run(site.push(body, **large))]
        finally:
            sa.event.remove(site.world.database.writing, "begin", refuse)

        assert [answer.status_code for answer in answers] == [503, 503]
        assert "disk full" not in answers[0].text
        assert texts(site) == []
        assert asyncio.run(site.push(body)).status_code == 200
        assert texts(site) == [INSULT]
