"""A practice Facebook on a loopback port, and our adapter that speaks to it over a real socket."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from domain.errors import AccountStopped
from domain.settings import Account
from platforms.facebook import Facebook
from platforms.hooks import Hooks
from platforms.practice import PracticeServer
from platforms.practice.faults import Fault
from platforms.practice.server import APP_SECRET, TOKEN
from platforms.practice.world import World
from tests.fakes.clock import TUESDAY_TEN, FakeClock

QUICK = httpx.Timeout(5.0, read=1.0)


class House:
    """What the house heard from the platform."""

    def __init__(self) -> None:
        self.stops: list[AccountStopped] = []
        self.notes: list[str] = []

    @property
    def hooks(self) -> Hooks:
        """Hooks that write down what they hear."""
        return Hooks(self.stops.append, self.notes.append)


@pytest.fixture
def house() -> House:
    """What the house heard."""
    return House()


@pytest.fixture(scope="session")
def running() -> Iterator[tuple[PracticeServer, FakeClock]]:
    """One practice Facebook for all tests of this room, and the clock it stands at."""
    standing = FakeClock()
    with PracticeServer(clock=standing) as server:
        yield server, standing


@pytest.fixture
def clock(running: tuple[PracticeServer, FakeClock]) -> FakeClock:
    """The clock of the test and of the practice Facebook: Tuesday 10:00 until it is moved."""
    running[1].set(TUESDAY_TEN)
    return running[1]


@pytest.fixture
def server(running: tuple[PracticeServer, FakeClock], clock: FakeClock) -> PracticeServer:
    """The practice Facebook, as empty as on its first day."""
    running[0].practice.reset()
    running[0].practice.world.listeners.clear()
    running[0].practice.clock.set(clock.now())
    return running[0]


@pytest.fixture
def world(server: PracticeServer) -> World:
    """What is true on the practice Facebook."""
    return server.practice.world


@pytest.fixture
def account(server: PracticeServer) -> Account:
    """Our page there."""
    return Account("facebook", "1001", "Gentse Flikken", token=TOKEN, app_secret=APP_SECRET, api=server.url)


@pytest.fixture
def connect(clock: FakeClock, house: House) -> Iterator[Callable[..., Facebook]]:
    """Makes adapters at the clock of the test, which tell the same house, and closes them."""
    made: list[Facebook] = []

    def make(account: Account, **given: Any) -> Facebook:
        adapter = Facebook(account, clock=clock, hooks=house.hooks, timeout=QUICK, **given)
        made.append(adapter)
        return adapter

    yield make
    for adapter in made:
        adapter.close()


@pytest.fixture
def canned(connect: Callable[..., Facebook]) -> Callable[..., Facebook]:
    """An adapter on a network that only exists in this test: a function that answers requests."""
    account = Account("facebook", "1001", "x", token="t", app_secret="s", api="https://graph.example")
    return lambda answer: connect(account, transport=httpx.MockTransport(answer))


@pytest.fixture
def facebook(account: Account, connect: Callable[..., Facebook]) -> Facebook:
    """Our adapter for that page."""
    return connect(account, media_max_bytes=5000)


@pytest.fixture
def post(world: World) -> str:
    """Id of a post on the page."""
    return world.add_post("Zaterdag graveren we fietsen.\nAan het station.").id


@pytest.fixture
def comment(world: World, post: str) -> str:
    """Id of a comment of a citizen under that post."""
    return world.add_comment(post, "Test Persoon", "Voorbeeldreactie").id


@pytest.fixture
def spoil(server: PracticeServer) -> Callable[..., None]:
    """Spoil the next answers: the fields of `Fault`."""

    def add(kind: str, **given: Any) -> None:
        server.practice.faults.add(Fault(kind, **given))

    return add


@pytest.fixture
def calls(server: PracticeServer) -> Callable[[], list[str]]:
    """The calls so far, as `POST /2001_3001`."""
    return lambda: [f"{call['method']} {call['path']}" for call in server.practice.requests]
