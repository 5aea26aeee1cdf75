"""Deliveries of the practice platform: signed, repeated until answered, batched, doubled; and the scenario."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from domain.clock import SystemClock
from domain.errors import Unsigned
from domain.model import ChangeKind
from platforms.facebook import FacebookReceiver
from platforms.practice import PracticeServer, deliveries, scenario
from platforms.practice.sender import PATIENCE, Manner, Sender
from platforms.practice.server import APP_SECRET, VERIFY_TOKEN, Options
from platforms.practice.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.listener import Delivered, Listener

RECEIVER = FacebookReceiver([APP_SECRET], [VERIFY_TOKEN], ["1001"])


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Where the deliveries go."""
    with Listener() as there:
        yield there


def comments(delivered: Delivered) -> list[str]:
    """Ids in a delivery, once its signature is found right."""
    RECEIVER.verify({"x-hub-signature-256": delivered.signature}, delivered.body)
    return [change.comment.id for change in RECEIVER.read(delivered.body).changes]


class Sending:
    """A sender at work; stopped at the end."""

    def __init__(self, listener: Listener, manner: Manner) -> None:
        self.sender = Sender(listener.url, APP_SECRET, SystemClock(), manner=manner)

    def __enter__(self) -> Sender:
        self.sender.start()
        return self.sender

    def __exit__(self, *_: object) -> None:
        self.sender.stop()


def put(sender: Sender, count: int) -> list[str]:
    """Hand over so many new comments; their ids."""
    ids = [f"2001_{number}" for number in range(count)]
    for key in ids:
        sender.put(deliveries.written(key, "tekst"))
    return ids


class TestSender:
    """How deliveries go out."""

    def test_signed_and_in_order(self, listener: Listener) -> None:
        """One delivery per change, signed over its raw bytes."""
        with Sending(listener, Manner()) as sender:
            ids = put(sender, 5)
            got = listener.wait_for(5)

        assert [comments(each) for each in got] == [[key] for key in ids]

    def test_again_until_answered(self, listener: Listener) -> None:
        """A delivery that is refused or not answered comes again, the same bytes."""
        listener.answers = [503, 500]
        with Sending(listener, Manner()) as sender:
            put(sender, 1)
            got = listener.wait_for(3)

        assert len({each.body for each in got}) == 1
        assert sender.figures.failed == 2

    def test_a_receiver_that_is_away(self, listener: Listener) -> None:
        """Where nobody listens it is tried again, ever more slowly, and given up after 36 hours."""
        clock = FakeClock()
        tries: list[float] = []

        def away(_: httpx.Request) -> httpx.Response:
            tries.append(clock.now().timestamp())
            message = "away"
            raise httpx.ConnectError(message)

        sender = Sender(
            "http://127.0.0.1:1",
            APP_SECRET,
            clock,
            transport=httpx.MockTransport(away),
            wait=lambda _, left: clock.advance(timedelta(seconds=left or 1)),
        )
        sender.put(deliveries.written("2001_1", "x"))
        while not sender.figures.given_up:
            delivery = sender._next()
            assert delivery is not None
            sender._deliver(delivery)
        sender.stop()

        pauses = [later - earlier for earlier, later in pairwise(tries)]
        assert pauses[:4] == [0.25, 0.5, 1.0, 2.0]
        assert max(pauses) == 30
        assert PATIENCE.total_seconds() - 60 < tries[-1] - tries[0] <= PATIENCE.total_seconds()

    def test_batches(self, listener: Listener) -> None:
        """Many changes of the same moment come in one delivery, at most so many."""
        sender = Sender(listener.url, APP_SECRET, SystemClock(), manner=Manner(batch=100))
        ids = put(sender, 250)
        sender.start()
        got = listener.wait_for(3)
        sender.stop()

        assert [len(comments(each)) for each in got] == [100, 100, 50]
        assert [key for each in got for key in comments(each)] == ids

    def test_twice_and_shuffled(self, listener: Listener) -> None:
        """Deliveries come double and out of order when asked to."""
        sender = Sender(listener.url, APP_SECRET, SystemClock(), manner=Manner(batch=50, twice=1.0, shuffled=1.0))
        ids = put(sender, 50)
        sender.start()
        one, two = listener.wait_for(2)
        sender.stop()

        assert one == two
        assert comments(one) != ids
        assert sorted(comments(one)) == sorted(ids)

    def test_overtaken(self, listener: Listener) -> None:
        """Deliveries come late and are overtaken when asked to; none is lost."""
        with Sending(listener, Manner(late=0.5)) as sender:
            ids = put(sender, 20)
            got = [key for each in listener.wait_for(20) for key in comments(each)]

        assert got != ids
        assert sorted(got) == sorted(ids)

    def test_wrongly_signed_first(self, listener: Listener) -> None:
        """A wrong signature comes before the right one, and is not repeated when refused."""
        listener.answers = [401]
        with Sending(listener, Manner(wrong=1.0)) as sender:
            put(sender, 1)
            wrong, right = listener.wait_for(2)

        with pytest.raises(Unsigned):
            comments(wrong)
        assert comments(right) == ["2001_0"]
        assert sender.figures.refused_wrong == 1

    def test_quiet_without_an_address(self) -> None:
        """Without an address nothing is kept to be sent."""
        sender = Sender("", APP_SECRET, SystemClock())

        sender.put(deliveries.written("2001_1", "x"))

        assert sender.pending == 0
        sender.stop()


def test_the_whole_way(listener: Listener) -> None:
    """What a citizen and the page do arrives as signed deliveries that our receiver understands."""
    with PracticeServer(Options(webhook=listener.url)) as server:
        world = server.practice.world
        written = world.add_comment(world.add_post("bericht").id, "An", "kijk", picture="fiets")
        world.edit(written.id, "kijk eens")
        world.hide(written.id, hidden=True)
        world.hide(written.id, hidden=False)
        world.answer(written.id, "dag")
        world.take_away(written.id)
        got = listener.wait_for(6)

    changes = [RECEIVER.read(each.body).changes[0] for each in got]
    assert [change.kind for change in changes] == [
        ChangeKind.NIEUW,
        ChangeKind.AANGEPAST,
        ChangeKind.VERBORGEN,
        ChangeKind.ZICHTBAAR,
        ChangeKind.NIEUW,
        ChangeKind.VERWIJDERD,
    ]
    assert changes[0].comment.media[0].url == f"{server.url}/media/fiets.png"
    assert changes[0].comment.permalink == f"{server.url}/post/{written.post_id}?comment_id={written.number}"
    assert [change.comment.own for change in changes] == [False, False, False, False, True, False]


def test_the_echo_carries_either_name(world: World, post: str) -> None:
    """Whose name stands on the echo of a hide is open, so practice shows both: the page and the author."""
    told: list[deliveries.Change] = []
    keys = [world.add_comment(post, "An", "x").id for _ in range(2)]
    world.listeners.append(told.append)

    for key in keys:
        world.hide(key, hidden=True)

    assert len({each["value"]["from"]["id"] for each in told}) == 2
    assert "1001" in {each["value"]["from"]["id"] for each in told}


class TestScenario:
    """The invented week."""

    def test_what_it_holds(self) -> None:
        """Enough, varied, and complete: every post and every name that a step uses exists."""
        played = scenario.load()

        written = [step for step in played.steps if step.what == "schrijft"]
        keys = {step.key for step in written if step.key}
        assert len(written) >= 120
        assert len({step.text for step in written}) == len(written)
        assert {step.post for step in written} == played.posts.keys()
        assert {step.under for step in written if step.under} <= keys
        assert {step.key for step in played.steps if step.what != "schrijft"} <= keys
        assert {step.what for step in played.steps} == {"schrijft", "wijzigt", "neemt_weg"}
        assert any(step.picture and not step.text for step in written)
        assert any("\u202e" in step.text for step in written)

    def test_something_at_once(self) -> None:
        """The first five come within three seconds, an insult among the first two."""
        steps = scenario.load().steps

        assert sum(step.after for step in steps[:5]) < 3
        assert "onnozelaars" in steps[1].text
        assert {step.after for step in steps[5:]} == {scenario.PACE_S}

    def test_played_to_the_end(self, world: World) -> None:
        """Every step is done on the world, at the pace that was asked."""
        waited: list[float] = []
        played = scenario.load()

        count = scenario.play(world, played, lambda pause: bool(waited.append(pause)), speed=2.0)

        every = [each for post in world.posts() for each in world.comments(post.id, gone=True)]
        assert count == len(played.steps) == len(waited)
        assert len(every) >= 120
        assert sum(each.edited for each in every) == 2
        assert sum(each.gone == "auteur" for each in every) == 1
        assert sum(each.parent_id is not None for each in every) >= 4
        assert waited[10] == scenario.PACE_S / 2

    def test_stops_when_told(self, world: World) -> None:
        """Playing ends at once when it is time to stop."""
        assert scenario.play(world, scenario.load(), lambda _: True) == 0

    def test_goes_on_without_what_was_deleted(self, world: World) -> None:
        """Steps on a comment that the moderator deleted are left out."""
        scenario.play(world, scenario.load(), lambda _: _delete_all(world))

        assert all(each.gone for post in world.posts() for each in world.comments(post.id, gone=True)[:-1])

    def test_posts_are_put_once(self, world: World) -> None:
        """Playing again on a kept world publishes nothing twice."""
        played = scenario.load()

        assert scenario.publish(world, played) == scenario.publish(world, played)


def _delete_all(world: World) -> bool:
    for post in world.posts():
        for each in world.comments(post.id):
            if world.comment(each.id):
                world.delete(each.id)
    return False


def test_played_on_demand(listener: Listener) -> None:
    """The scenario starts when it is asked for, once at a time, and ends when the platform stops."""
    with PracticeServer(Options(webhook=listener.url)) as server:
        started = [
            httpx.post(f"{server.url}/_practice/play", json={"speed": 20}, trust_env=False).json()["ok"]
            for _ in range(2)
        ]
        listener.wait_for(5)

    assert started == [True, False]


class TestProgram:
    """`python -m platforms.practice`."""

    def test_plays_and_keeps(self, listener: Listener, tmp_path: Path) -> None:
        """It prints its address, plays the scenario to the webhook, and keeps its world when it is stopped."""
        state = tmp_path / "wereld.json"
        command = [sys.executable, "-m", "platforms.practice", "--webhook", listener.url, "--speed", "50"]
        with subprocess.Popen([*command, "--state", str(state)], stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            line = program.stdout.readline()
            got = listener.wait_for(5)
            program.terminate()
            program.wait(10)

        assert line.startswith("Practice Facebook: http://127.0.0.1:")
        assert all(comments(each) for each in got[:5])
        kept = json.loads(state.read_text())
        assert len(kept["comments"]) >= 5

    def test_a_kept_world_goes_on(self, tmp_path: Path) -> None:
        """What was there before is there again."""
        state = tmp_path / "wereld.json"
        with PracticeServer(Options(state=state)) as server:
            post = server.practice.world.add_post("bericht").id

        with PracticeServer(Options(state=state)) as again:
            assert again.practice.world.post(post) is not None

    def test_a_taken_port(self, server: PracticeServer) -> None:
        """A port that is taken is one line with the mend."""
        command = [sys.executable, "-m", "platforms.practice", "--port", str(server.port)]

        done = subprocess.run(command, capture_output=True, text=True, check=False)

        assert done.returncode == 2
        assert "--port" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_the_handshake(listener: Listener) -> None:
    """The practice platform asks for the agreed word as the real one does, and believes only the raw challenge."""
    answers = iter(["raw", "quoted"])

    def answer(request: httpx.Request) -> httpx.Response:
        challenge = RECEIVER.challenge(dict(request.url.params))
        return httpx.Response(200, text=challenge if next(answers) == "raw" else f'"{challenge}"')

    sender = Sender(listener.url, APP_SECRET, SystemClock(), transport=httpx.MockTransport(answer))

    assert sender.handshake(VERIFY_TOKEN)
    assert not sender.handshake(VERIFY_TOKEN)
    sender.stop()
