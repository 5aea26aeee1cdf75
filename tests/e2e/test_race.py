"""Two moderators press at once, through two processes over one SQLite: one effect each, and the other is told."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.house import House, until
from tests.e2e.seat import Card, Seat

CARDS = 200
PAIRS = (
    ("verbergen", "verbergen"),
    ("verbergen", "laten_staan"),
    ("laten_staan", "laten_staan"),
    ("laten_staan", "verbergen"),
    ("fout_gemarkeerd", "verbergen"),
)
WHO_AND_WHEN = re.compile(r"^(Noor V\.|Jef T\.) .*\b\d\d:\d\d\b")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two web processes and one clock."""
    with House(tmp_path_factory.mktemp("huis"), webs=2, clocks=1) as started:
        yield started


class Race:
    """Both sit before the same cards and press at the same moment."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.seats = {"Noor V.": house.seat("noor", 0), "Jef T.": house.seat("jef", 1)}
        self.keys: dict[str, list[str]] = {name: [] for name in self.seats}

    def run(self, cards: int) -> None:
        """Every card, one after the other."""
        start = threading.Barrier(len(self.seats), timeout=60)
        presses = [
            threading.Thread(target=self._press, args=(name, seat, place, cards, start))
            for place, (name, seat) in enumerate(self.seats.items())
        ]
        for each in presses:
            each.start()
        for each in presses:
            each.join()

    def _press(self, name: str, seat: Seat, place: int, cards: int, start: threading.Barrier) -> None:
        shown = {card.id: card for card in seat.cards()}
        for number in range(1, cards + 1):
            start.wait()
            self.keys[name].append(seat.press(shown[number], act_of(number, place)))

    def answers(self, name: str) -> list[dict[str, Any]]:
        """What this one was told, card by card."""
        return [self.seats[name].told(key) for key in self.keys[name]]


def act_of(number: int, place: int) -> str:
    """What the first or second one presses on a card."""
    return PAIRS[number % len(PAIRS)][place]


@pytest.mark.timeout(240)
def test_one_effect_each_and_the_other_is_told_who_and_when(house: House) -> None:
    """On 200 cards, with equal and with contrary buttons: exactly one is carried out, once; the other one reads in
    Dutch who was first, or is busy, and when; the register is whole.
    """
    post = house.practice.post()
    house.practice.order("manner", batch=50)
    house.practice.comments(post, [f"Stelletje onnozelaars, nummer {number}" for number in range(CARDS)])
    until(lambda: house.value('SELECT count(*) FROM "case"') == CARDS, "all cards are there")
    race = Race(house)

    race.run(CARDS)

    noor, jef = race.answers("Noor V."), race.answers("Jef T.")
    for number, pair in enumerate(zip(noor, jef, strict=True), 1):
        assert sorted(each["ok"] for each in pair) == [False, True], (number, pair)
        loser = next(each["text"] for each in pair if not each["ok"])
        winner = "Noor V." if pair[0]["ok"] else "Jef T."
        assert loser.startswith(winner), (number, pair)
        assert WHO_AND_WHEN.match(loser), (number, pair)
    _only_what_the_winners_did(house, noor, jef)
    _register_is_whole(house)


def _only_what_the_winners_did(house: House, noor: list[dict[str, Any]], jef: list[dict[str, Any]]) -> None:
    """The platform was asked once for every winner who hid, and never for the others."""
    won = [act_of(number, 0 if pair[0]["ok"] else 1) for number, pair in enumerate(zip(noor, jef, strict=True), 1)]
    hides = [row["path"] for row in house.practice.requests("POST") if row["form"] == {"is_hidden": "true"}]
    written = list(house.practice.written().values())

    assert len(hides) == len(set(hides)) == len([act for act in won if act == "verbergen"])
    assert [row["hidden"] for row in written].count(True) == len(hides)
    assert house.practice.requests("DELETE") == []


def _register_is_whole(house: House) -> None:
    verified = house.bot("register", "verify")
    assert verified.returncode == 0, verified.stdout
    twice = "SELECT count(*) FROM given_order WHERE answer IS NULL"
    assert house.value(twice) == 0


def test_a_press_that_comes_twice_is_one_order(house: House) -> None:
    """The same form sent ten times, to both processes at once, is one order with one answer and one call."""
    house.practice.comments(house.practice.post(), ["Stelletje onnozelaars"])
    noor = house.seat("noor", 0)
    card: Card = until(lambda: next(iter(noor.cards()), None), "the card is there")
    assert card.place == "open"
    before = len(house.practice.requests("POST"))

    keys: list[str] = []
    presses = [threading.Thread(target=lambda: keys.append(noor.press(card, "verbergen"))) for _ in range(10)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()

    assert len(set(keys)) == 1
    assert noor.told(keys[0])["ok"] is True
    assert house.value("SELECT count(*) FROM given_order WHERE key = ?", keys[0]) == 1
    assert len(house.practice.requests("POST")) == before + 1
