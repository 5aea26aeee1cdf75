"""The practice Graph API: what the contract has is answered, anything else is refused in the platform's own shape."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from platforms.practice import PracticeServer
from platforms.practice.contract import CALLS
from platforms.practice.server import APP_SECRET, TOKEN
from platforms.practice.world import World
from tests.fakes.clock import FakeClock

PROOF = hmac.new(APP_SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
Graph = httpx.Client


@pytest.fixture
def graph(server: PracticeServer) -> Iterator[Graph]:
    """A plain HTTP client with the right token, that knows nothing of our adapter."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    base = f"{server.url}/v26.0"
    with httpx.Client(base_url=base, headers=headers, params={"appsecret_proof": PROOF}, trust_env=False) as client:
        yield client


def code(answer: httpx.Response) -> tuple[int, int]:
    """Code and subcode of a refusal in the platform's own shape."""
    error = answer.json()["error"]
    assert {"message", "type", "code", "fbtrace_id"} <= error.keys()
    return error["code"], error.get("error_subcode", 0)


class TestContract:
    """Which calls there are."""

    @pytest.mark.parametrize(
        ("method", "path", "sent"),
        [
            ("GET", "{post}/comments", {"params": {"filter": "all"}}),
            ("GET", "{post}/comments", {"params": {"order": "ranked"}}),
            ("GET", "{post}/comments", {"params": {"limit": "101"}}),
            ("GET", "{post}/comments", {"params": {"limit": "0"}}),
            ("GET", "{post}/comments", {"params": {"until": "1"}}),
            ("GET", "{post}/comments", {"params": {"since": "gisteren"}}),
            ("GET", "{post}/comments", {"params": {"fields": "id,geheim"}}),
            ("GET", "{post}/comments", {"params": {"after": "../x"}}),
            ("GET", "{comment}", {"params": {"fields": "hidden"}}),
            ("GET", "{comment}", {"params": {"foo": "bar"}}),
            ("GET", "{comment}/private_replies", {}),
            ("POST", "{comment}/private_replies", {"data": {"message": "x"}}),
            ("POST", "{comment}", {"data": {"hide": "true"}}),
            ("POST", "{comment}", {"data": {"is_hidden": "1"}}),
            ("POST", "{comment}", {"data": {}}),
            ("POST", "{comment}", {"json": {"is_hidden": True}}),
            ("POST", "{comment}/comments", {"data": {"message": ""}}),
            ("POST", "{comment}/comments", {"data": {"text": "x"}}),
            ("POST", "{post}", {"data": {"comment_enabled": "false"}}),
            ("DELETE", "{post}", {}),
            ("DELETE", "{comment}/comments", {}),
            ("PUT", "{comment}", {"data": {"is_hidden": "true"}}),
            ("POST", "1001/messages", {"json": {"recipient": {"id": "7001"}, "message": {"text": "x"}}}),
            ("POST", "1001/messages", {"json": {"recipient": {"comment_id": "{comment}"}, "message": {}}}),
            ("POST", "1001/messages", {"data": {"recipient": "x"}}),
            ("POST", "1001/messages", {"content": b"{"}),
            (
                "POST",
                "1001/messages",
                {
                    "json": {
                        "recipient": {"comment_id": "{comment}"},
                        "message": {"text": "x"},
                        "messaging_type": "RESPONSE",
                    }
                },
            ),
            ("GET", "{conversation}", {}),
            ("GET", "{conversation}/messages", {"params": {"fields": "id,geheim"}}),
            ("GET", "{conversation}/messages", {"params": {"user": "7001"}}),
            ("GET", "{conversation}/messages", {"params": {"limit": "101"}}),
            ("POST", "{conversation}/messages", {"data": {"message": "x"}}),
            ("GET", "t_9999/messages", {}),
            ("GET", "{comment}", {"params": {"fields": "private_replies"}}),
            ("GET", "1001/feed/x", {}),
            ("GET", "", {}),
        ],
    )
    def test_refused(
        self, *, graph: Graph, world: World, post: str, comment: str, method: str, path: str, sent: dict[str, Any]
    ) -> None:
        """Unknown calls, parameters and values are refused and change nothing."""
        talk = world.conversation_of(world.send_message(world.add_comment(post, "An", "Dag").id, "Dag An").to)
        before = world.dump()

        answer = graph.request(method, "/" + path.format(post=post, comment=comment, conversation=talk), **sent)

        assert answer.status_code == 400
        assert code(answer)[0] in (100, 2500)
        assert world.dump() == before

    def test_every_call_of_the_contract_is_answered(self, graph: Graph, world: World, post: str, comment: str) -> None:
        """No call of the contract is left without an answer."""
        earlier = world.send_message(world.add_comment(post, "An", "Dag").id, "Dag An")
        nodes = {"page": "1001", "post": post, "comment": comment, "conversation": world.conversation_of(earlier.to)}
        bodies: dict[str, dict[str, Any]] = {
            "": {"data": {"is_hidden": "true"}},
            "comments": {"data": {"message": "dag"}},
            "messages": {"json": {"recipient": {"comment_id": comment}, "message": {"text": "dag"}}},
        }
        ordered = sorted(CALLS, key=lambda call: call[0] == "DELETE")

        answers = [
            graph.request(method, f"/{nodes[kind]}/{edge}".rstrip("/"), **bodies[edge] if method == "POST" else {})
            for method, kind, edge in ordered
        ]

        assert len(answers) == len(CALLS) > 10
        assert [answer.status_code for answer in answers] == [200] * len(answers)

    def test_without_a_token(self, graph: Graph, comment: str) -> None:
        """No token, or another one: 190."""
        assert code(graph.get(f"/{comment}", headers={"Authorization": ""})) == (190, 0)
        assert code(graph.get(f"/{comment}", headers={"Authorization": "Bearer x"})) == (190, 0)
        assert code(graph.get("/t_7001/messages", headers={"Authorization": ""})) == (190, 0)

    def test_without_the_proof(self, graph: Graph, comment: str) -> None:
        """A wrong proof is refused."""
        assert code(graph.get(f"/{comment}", params={"appsecret_proof": "0" * 64})) == (100, 0)

    def test_what_is_not_there(self, graph: Graph, world: World, comment: str) -> None:
        """Never there and taken away are answered alike: 100/33."""
        world.take_away(comment)

        assert code(graph.get("/2001_9999")) == (100, 33)
        assert code(graph.get(f"/{comment}")) == (100, 33)
        assert code(graph.delete(f"/{comment}")) == (100, 33)


class TestReading:
    """Lists and nodes."""

    def test_only_the_fields_asked(self, graph: Graph, comment: str) -> None:
        """The id, and what was asked."""
        assert graph.get(f"/{comment}", params={"fields": "message"}).json() == {
            "id": comment,
            "message": "Voorbeeldreactie",
        }

    def test_the_default_filter_leaves_replies_out(self, graph: Graph, world: World, post: str, comment: str) -> None:
        """Only `stream` shows replies too."""
        world.add_comment(post, "Bo", "antwoord", parent_id=comment)

        assert len(graph.get(f"/{post}/comments").json()["data"]) == 1
        assert len(graph.get(f"/{post}/comments", params={"filter": "stream"}).json()["data"]) == 2

    def test_pages_survive_what_vanishes(self, graph: Graph, world: World, post: str) -> None:
        """A comment taken away between two pages makes no other one fall out."""
        written = [world.add_comment(post, "An", f"{number}").id for number in range(6)]
        asked = {"limit": "3", "filter": "stream", "order": "reverse_chronological"}
        first = graph.get(f"/{post}/comments", params=asked).json()
        world.take_away(written[3])

        after = first["paging"]["cursors"]["after"]
        second = graph.get(f"/{post}/comments", params={**asked, "after": after}).json()

        assert [each["id"] for each in first["data"] + second["data"]] == written[::-1]
        assert "next" not in second["paging"]


class TestConversation:
    """What the page wrote to one citizen."""

    def test_of_a_comment(self, graph: Graph, world: World, comment: str) -> None:
        """The comment leads to it once a message was sent, and not before."""
        asked = {"fields": "private_reply_conversation,can_reply_privately"}
        before = graph.get(f"/{comment}", params=asked).json()
        message = world.send_message(comment, "Dag")
        after = graph.get(f"/{comment}", params=asked).json()

        assert before == {"id": comment, "can_reply_privately": True}
        talk = after["private_reply_conversation"]["id"]
        assert graph.get(f"/{talk}/messages", params={"fields": "message,from"}).json()["data"] == [
            {"id": message.id, "message": "Dag", "from": {"id": "1001", "name": "Gentse Flikken"}}
        ]

    def test_in_pages(self, graph: Graph, world: World, post: str) -> None:
        """Messages about all comments of one citizen, newest first, page by page; those of others are elsewhere."""
        sent = [world.send_message(world.add_comment(post, "An", f"{n}").id, f"Bericht {n}") for n in range(3)]
        world.send_message(world.add_comment(post, "Bo", "x").id, "Voor Bo")
        path = f"/{world.conversation_of(sent[0].to)}/messages"

        first = graph.get(path, params={"limit": "2"}).json()
        second = graph.get(path, params={"limit": "2", "after": first["paging"]["cursors"]["after"]}).json()

        assert [each["id"] for each in first["data"] + second["data"]] == [each.id for each in sent[::-1]]


class TestWorld:
    """The rules of the platform."""

    def test_deleting_takes_the_replies_along(self, world: World, post: str, comment: str) -> None:
        """A deleted comment leaves no replies behind."""
        world.add_comment(post, "Bo", "antwoord", parent_id=comment)

        world.delete(comment)

        assert world.comments(post) == []
        assert [each.gone for each in world.comments(post, gone=True)] == ["pagina", "pagina"]

    def test_the_state_can_be_kept(self, world: World, post: str, comment: str, clock: FakeClock) -> None:
        """What was dumped comes back the same."""
        world.hide(comment, hidden=True)
        world.send_message(comment, "dag")
        before = world.dump()

        other = World(clock)
        other.load(before)

        assert other.dump() == before

    @pytest.mark.parametrize(
        ("act", "verb"),
        [
            (lambda world, key: world.edit(key, "anders"), "edited"),
            (lambda world, key: world.take_away(key), "remove"),
            (lambda world, key: world.delete(key), "remove"),
            (lambda world, key: world.hide(key, hidden=True), "hide"),
            (lambda world, key: world.answer(key, "dag"), "add"),
        ],
    )
    def test_everything_is_told(self, world: World, comment: str, act: Callable[..., object], verb: str) -> None:
        """Each change reaches the listeners as it would be pushed, the page's own acts too."""
        told: list[dict[str, Any]] = []
        world.listeners.append(told.append)

        act(world, comment)

        assert [each["value"]["verb"] for each in told] == [verb]


class TestControl:
    """Practising over HTTP."""

    def test_a_day_of_practice(self, server: PracticeServer, clock: FakeClock) -> None:
        """Write, edit, take away, move the clock, look at everything."""
        with httpx.Client(base_url=f"{server.url}/_practice", trust_env=False) as control:
            post = control.post("/post", json={"text": "bericht"}).json()["id"]
            rows = [{"post": post, "name": "An", "text": f"{number}"} for number in range(3)]
            first, second, _ = control.post("/comments", json={"comments": rows}).json()["ids"]
            control.post("/edit", json={"id": first, "text": "anders"})
            control.post("/take_away", json={"id": second})
            now = control.post("/clock", json={"advance": 3600}).json()["now"]

            state = control.get("/state").json()
            assert state["comments"][first]["text"] == "anders"
            assert state["comments"][second]["gone"] == "auteur"
            assert now == (clock.now() + timedelta(hours=1)).isoformat()
            assert control.get("/requests").json() == []
            assert control.get("/sender").json()["pending"] == 0

    @pytest.mark.parametrize(
        ("name", "given"),
        [
            ("comment", {}),
            ("comment", {"post": "1_1", "name": "An", "text": "x"}),
            ("edit", {"id": "9", "text": "x"}),
            ("faults", {"faults": [{"kind": "brand"}]}),
            ("faults", {"faults": [{"kind": "drop", "soort": 1}]}),
            ("clock", {"at": "morgen"}),
            ("manner", {"vaart": 1}),
            ("play", {"speed": 0}),
            ("play", {"speed": "snel"}),
            ("comment", []),
        ],
    )
    def test_nonsense(self, server: PracticeServer, name: str, given: object) -> None:
        """What cannot be done is refused with one line."""
        answer = httpx.post(f"{server.url}/_practice/{name}", json=given, trust_env=False)

        assert answer.status_code == 400
        assert answer.json()["error"]

    def test_what_a_citizen_notices(self, server: PracticeServer, world: World, post: str, comment: str) -> None:
        """Everything that happened to his comments and what the page wrote to him, in order; not what befell others."""
        reply = world.add_comment(post, "Bo", "antwoord", parent_id=comment)
        world.edit(comment, "Anders")
        world.hide(comment, hidden=True)
        world.hide(comment, hidden=True)
        world.hide(comment, hidden=False)
        world.answer(comment, "Dag!")
        world.send_message(comment, "Even onder ons.")
        world.delete(comment)
        own = world.add_comment(post, "Test Persoon", "Nog een")
        world.take_away(own.id)

        def noticed(name: str) -> list[tuple[str, str, str]]:
            told = httpx.get(f"{server.url}/_practice/citizen", params={"name": name}, trust_env=False).json()
            return [(each["what"], each["text"], each["about"]) for each in told["noticed"]]

        assert noticed("Test Persoon") == [
            ("geschreven", "Voorbeeldreactie", "Anders"),
            ("gewijzigd", "Anders", "Anders"),
            ("verborgen", "", "Anders"),
            ("zichtbaar", "", "Anders"),
            ("antwoord", "Dag!", "Anders"),
            ("bericht", "Even onder ons.", "Anders"),
            ("verwijderd", "", "Anders"),
            ("geschreven", "Nog een", "Nog een"),
            ("weggenomen", "", "Nog een"),
        ]
        assert noticed("Bo") == [("geschreven", "antwoord", "antwoord"), ("verwijderd", "", "antwoord")]
        assert world.ever(reply.id)

    @pytest.mark.parametrize("query", [{}, {"name": "Niemand"}, {"name": "Gentse Flikken"}])
    def test_nobody(self, server: PracticeServer, query: dict[str, str]) -> None:
        """Who never wrote is not known; the page itself is no citizen."""
        answer = httpx.get(f"{server.url}/_practice/citizen", params=query, trust_env=False)

        assert answer.status_code == 400
        assert answer.json()["error"]

    def test_the_clock_of_the_house(self, clock: FakeClock) -> None:
        """A practice platform that is handed a clock stands at its time: comments are dated by it, and the seven days
        of a private message run on it.
        """
        with PracticeServer(clock=clock) as other:
            world = other.practice.world
            written = world.add_comment(world.add_post("Bericht").id, "An", "Dag")
            clock.advance(timedelta(days=7))
            assert (written.at, world.can_message(written)) == (clock.now() - timedelta(days=7), True)
            clock.advance(timedelta(seconds=1))
            assert not world.can_message(written)

    def test_faults_by_rate(self, server: PracticeServer, graph: Graph, comment: str) -> None:
        """A share of the calls goes wrong, for as long as asked; the rest is answered."""
        fault = {"kind": "error", "status": 500, "times": -1, "rate": 0.5, "method": "GET"}
        httpx.post(f"{server.url}/_practice/faults", json={"faults": [fault]}, trust_env=False)

        statuses = [graph.get(f"/{comment}").status_code for _ in range(60)]

        assert 10 < statuses.count(500) < 50
        assert set(statuses) == {200, 500}
