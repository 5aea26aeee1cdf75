"""The platform refuses or is away (product P8), and a press that another process handled: seen in a real Chromium."""

import re
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.chromium import browser, violations
from tests.e2e.house import House, until
from tests.e2e.tab import Tab, sign_in

pytestmark = [pytest.mark.real, pytest.mark.slow]

REFUSES = {"kind": "error", "method": "POST", "status": 403, "code": 200}
AWAY = {"kind": "error", "status": 500, "code": 2, "transient": True, "times": -1}
AT_ONCE_S = 0.5


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two web processes and a clock."""
    with House(tmp_path_factory.mktemp("huis"), webs=2, clocks=1) as started:
        yield started


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One Chromium for all tests of this file."""
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def session(chrome: Browser, house: House) -> Any:
    """Noor, at the first process."""
    return sign_in(chrome, house.start_link("noor", 0))


@pytest.fixture
def noor(chrome: Browser, house: House, session: Any) -> Iterator[Tab]:
    """Noor's tab; all is well with the platform again when she leaves."""
    tab = Tab(chrome, session, house.address(0))
    yield tab
    house.practice.spoil()
    assert tab.wrong == []
    tab.close()


def insult(house: House, tab: Tab, number: int) -> Locator:
    """The card of a new insult, with its evidence."""
    words = f"Stelletje onnozelaars, brief {number}"
    house.practice.comments(house.practice.post(f"Bericht {number}"), [words])
    card = tab.card(words)
    expect(card).to_contain_text(re.compile(r"Bewijs\s+\d\d:\d\d"))
    return card


def hidden(house: House, number: int) -> bool:
    """Whether the platform hides that comment."""
    written = house.practice.written().values()
    return bool(next(row for row in written if row["text"].endswith(f"brief {number}"))["hidden"])


class TestPlatform:
    """P8: a red line, nothing lost, again or by hand."""

    def test_refused_then_again(self, house: House, noor: Tab) -> None:
        """The platform refuses: a red line with its code; *Opnieuw proberen* carries it out."""
        card = insult(house, noor, 1)
        house.practice.spoil(REFUSES)
        card.get_by_role("button", name="Verbergen").click()

        expect(card.locator(".trouble")).to_contain_text(re.compile(r"Facebook weigerde.*\(code 200\)"))
        assert violations(noor.page) == []
        assert not hidden(house, 1)
        card.get_by_role("button", name="Opnieuw proberen").click()
        expect(card).to_contain_text("Verborgen door Noor V.")
        assert hidden(house, 1)

    def test_refused_then_by_hand(self, house: House, noor: Tab) -> None:
        """*Manueel gedaan* says that a person did it on the platform; it is registered the same way."""
        card = insult(house, noor, 2)
        house.practice.spoil(REFUSES)
        card.get_by_role("button", name="Verbergen").click()
        expect(card.locator(".trouble")).to_be_visible()
        card.get_by_role("link", name="Manueel gedaan…").click()
        noor.page.get_by_role("dialog").get_by_role("button").click()

        expect(card).to_contain_text("Verborgen door Noor V.")
        assert not hidden(house, 2)

    def test_away_then_back(self, house: House, noor: Tab) -> None:
        """The platform is away: the card says so and when it is tried again; once it is back that happens by itself."""
        card = insult(house, noor, 3)
        house.practice.spoil(AWAY)
        card.get_by_role("button", name="Verbergen").click()
        expect(card.locator(".trouble")).to_be_visible()
        assert not hidden(house, 3)

        house.practice.spoil()
        house.time_passes("opnieuw")
        expect(card).to_contain_text("Verborgen door Noor V.", timeout=15_000)
        assert hidden(house, 3)


def test_a_press_at_another_process_is_seen_at_once(house: House, noor: Tab) -> None:
    """Jef presses at the second process; Noor's tab, held by the first, shows it within half a second (median of 7)."""
    jef = house.seat("jef", 1)
    took = []
    for number in range(10, 17):
        card = insult(house, noor, number)
        theirs = until(lambda card=card: jef.card(int(str(card.get_attribute("data-kaart")))), "the card is there")
        begun = time.monotonic()
        jef.press(theirs, "laten_staan")
        card.get_by_text("Laten staan door Jef T.").wait_for()
        took.append(time.monotonic() - begun)

    assert median(took) < AT_ONCE_S, took
