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
from tests.fakes.clock import FakeClock

QUICK = httpx.Timeout(2.0, read=0.3)


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


@pytest.fixture
def server(clock: FakeClock) -> Iterator[PracticeServer]:
    """A practice Facebook that stands at the clock of the test."""
    with PracticeServer(clock=clock) as running:
        yield running


@pytest.fixture
def world(server: PracticeServer) -> World:
    """What is true on the practice Facebook."""
    return server.practice.world


@pytest.fixture
def account(server: PracticeServer) -> Account:
    """Our page there."""
    return Account("facebook", "1001", "Gentse Flikken", token=TOKEN, app_secret=APP_SECRET, api=server.url)


@pytest.fixture
def facebook(account: Account, clock: FakeClock, house: House) -> Iterator[Facebook]:
    """Our adapter for that page."""
    adapter = Facebook(account, clock=clock, hooks=house.hooks, media_max_bytes=5000, timeout=QUICK)
    yield adapter
    adapter.close()


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
