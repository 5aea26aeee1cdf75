"""A real Chromium in front of the browser channel over invented cases: what a moderator sees and does."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chromium import browser, violations

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
SIZES: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
    "smallest": {"viewport": {"width": 320, "height": 700}},
}
PAGES = ("", "reacties", "reacties?zoek=nergens", "register", "beheer", "geval/122", "kaart/123", "kaart/99",
         "kaart/104/formulier/verwijderen")  # fmt: skip


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    """One Chromium for all tests of this file."""
    with browser() as started:
        yield started


@pytest.fixture
def site() -> Iterator[str]:
    """The fake desk in its own process, with an alarm; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "tests.fakes.desk", "--port", str(port), "--alarm"]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.DEVNULL)
    try:
        yield _ready(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


def _ready(address: str) -> str:
    for _ in range(200):
        try:
            httpx.get(address)
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return address
    pytest.fail("the fake desk does not answer")


class Seat:
    """Somebody with a tab; notes what went wrong in it and which hosts it called."""

    def __init__(
        self, chrome: Browser, site: str, who: str = "noor", size: str = "light", *, script: bool = True
    ) -> None:
        self.context = chrome.new_context(**SIZES[size], java_script_enabled=script)
        self.page: Page = self.context.new_page()
        self.site, self.wrong, self.hosts = site, [], set()
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        self.page.goto(f"{site}/?start={who}")

    def _note(self, kind: str, text: str) -> None:
        """A page that is not there is asked for on purpose; everything else on the console is wrong."""
        if kind in ("error", "warning") and "the server responded with a status of" not in text:
            self.wrong.append(text)

    def card(self, number: int) -> Any:
        """One card."""
        return self.page.locator(f"#kaart-{number}")


class TestLooks:
    """Every page, in every size and scheme."""

    @pytest.mark.parametrize("size", list(SIZES))
    def test_no_violation_no_foreign_host_no_sideways_scroll(self, chrome: Browser, site: str, size: str) -> None:
        """No axe rule is broken (WCAG 2.2 AA, good practice), the policy is never broken, nothing sticks out."""
        seat = Seat(chrome, site, "mia", size)

        for path in PAGES:
            seat.page.goto(f"{site}/{path}")
            assert violations(seat.page) == [], path
            assert seat.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert seat.wrong == []
        assert seat.hosts == {site.removeprefix("http://")}

    def test_open_menu_and_dialog(self, chrome: Browser, site: str) -> None:
        """*Meer* and the dialog are without violations too; Escape closes both."""
        seat = Seat(chrome, site)
        seat.card(104).get_by_text("Meer").click()
        assert violations(seat.page) == []
        seat.page.keyboard.press("Escape")
        expect(seat.card(104).get_by_role("button", name="Laat los")).to_be_hidden()

        seat.card(104).get_by_role("link", name="Verwijderen…").click()
        expect(seat.page.get_by_role("dialog")).to_be_visible()
        assert violations(seat.page) == []
        seat.page.keyboard.press("Escape")
        expect(seat.page.get_by_role("dialog")).to_be_hidden()


class TestHands:
    """What a moderator does."""

    def test_hide_and_undo(self, chrome: Browser, site: str) -> None:
        """One press collapses the card where it stands; *Ongedaan maken* brings it back."""
        seat = Seat(chrome, site)
        seat.card(104).get_by_role("button", name="Verbergen").click()
        expect(seat.card(104)).to_contain_text("Verborgen door Noor V. · 21:10")

        seat.card(104).get_by_role("button", name="Ongedaan maken").click()
        expect(seat.card(104).get_by_role("button", name="Verbergen")).to_be_visible()
        assert seat.wrong == []

    def test_a_colleague_sees_it_at_once(self, chrome: Browser, site: str) -> None:
        """The second browser shows the new truth, and the number in the title follows, within half a second."""
        noor, jef = Seat(chrome, site), Seat(chrome, site, "jef")
        expect(jef.card(104)).to_contain_text("Verbergen")
        noor.card(104).get_by_role("button", name="Verbergen").click()

        expect(jef.card(104)).to_contain_text("Verborgen door Noor V.", timeout=500)
        expect(jef.page).to_have_title("Kaarten (9) · Nabij")
        expect(jef.page.get_by_role("link", name="Normaal 3")).to_be_visible()

    def test_keys(self, chrome: Browser, site: str) -> None:
        """With j and k one walks; v hides, z undoes my own last, l leaves; off is off."""
        seat = Seat(chrome, site)
        for key in "jjk":
            seat.page.keyboard.press(key)
        expect(seat.card(123)).to_have_attribute("aria-current", "true")
        seat.page.keyboard.press("v")
        expect(seat.card(123)).to_contain_text("Verborgen door Noor V.")
        seat.page.keyboard.press("z")
        expect(seat.card(123).get_by_role("button", name="Laten staan")).to_be_visible()

        seat.page.get_by_role("button", name="Toetsen staan aan: uitzetten").click()
        seat.page.keyboard.press("j")
        assert seat.page.locator("#open > [aria-current]").count() == 0

    def test_keys_never_undo_a_colleague(self, chrome: Browser, site: str) -> None:
        """Key z does nothing to what somebody else decided, however new it is."""
        noor, jef = Seat(chrome, site), Seat(chrome, site, "jef")
        noor.card(104).get_by_role("button", name="Verbergen").click()
        expect(jef.card(104)).to_contain_text("Verborgen door Noor V.")
        jef.page.keyboard.press("z")

        expect(jef.page.locator("#bundel-rijen #kaart-117")).to_be_visible()  # his own last one is open again
        expect(jef.card(104)).to_contain_text("Verborgen door Noor V.")

    def test_delete_with_grace(self, chrome: Browser, site: str) -> None:
        """The dialog asks, the line counts down, *Annuleren* brings the card back."""
        seat = Seat(chrome, site)
        seat.card(104).get_by_role("link", name="Verwijderen…").click()
        seat.page.get_by_role("textbox", name="Reden").fill("twee keer gewaarschuwd")
        seat.page.get_by_role("button", name="Verwijderen na 60 seconden").click()
        expect(seat.card(104)).to_contain_text("Verwijderen gepland door Noor V.")
        expect(seat.card(104)).to_contain_text(re.compile(r"nog 0:5[0-8]"))

        seat.card(104).get_by_role("button", name="Annuleren").click()
        expect(seat.card(104).get_by_role("button", name="Verbergen")).to_be_visible()

    def test_show_text(self, chrome: Browser, site: str) -> None:
        """The masked text appears for the presser; it was nowhere in the page before."""
        seat = Seat(chrome, site)
        assert "wonen" not in seat.page.content()
        seat.card(123).get_by_role("button", name="Toon tekst").click()

        expect(seat.card(123)).to_contain_text("Ik weet waar jullie wonen")

    def test_a_new_card_comes_in_at_its_place(self, chrome: Browser, site: str) -> None:
        """What a colleague reopens appears in the other browser, in the order of urgency, and is announced."""
        noor, jef = Seat(chrome, site), Seat(chrome, site, "jef")
        noor.card(122).get_by_role("button", name="Ongedaan maken").click()

        expect(jef.page.locator("#open #kaart-122")).to_be_visible()
        order = jef.page.locator("#open > article").evaluate_all("all => all.map(one => one.id)")
        assert order.index("kaart-123") < order.index("kaart-122")

    def test_the_live_line_comes_back(self, chrome: Browser, site: str) -> None:
        """Without connection a press says that it was not sent; nothing is lost or doubled by pressing again."""
        seat = Seat(chrome, site)
        seat.context.set_offline(True)
        seat.card(104).get_by_role("button", name="Verbergen").click()
        expect(seat.page.get_by_role("alert").last).to_contain_text("Niet verstuurd: geen verbinding.")
        seat.context.set_offline(False)
        seat.card(104).get_by_role("button", name="Verbergen").click()

        expect(seat.card(104)).to_contain_text("Verborgen door Noor V.")

    def test_hostile_text_is_read_not_run(self, chrome: Browser, site: str) -> None:
        """A script in a comment stands there as letters."""
        seat = Seat(chrome, site)

        expect(seat.card(128)).to_contain_text("<script>alert(1)</script> <!channel> ⟨U+202E⟩gnik")
        assert seat.wrong == []

    def test_everything_works_without_script(self, chrome: Browser, site: str) -> None:
        """Plain forms: hide, read the answer, undo, delete through the page of the dialog."""
        seat = Seat(chrome, site, script=False)
        seat.card(104).get_by_role("button", name="Verbergen").click()
        expect(seat.page.get_by_role("status").first).to_contain_text("Bewaard; het wordt uitgevoerd.")
        seat.card(104).get_by_role("button", name="Ongedaan maken").click()
        seat.card(104).get_by_role("link", name="Verwijderen…").click()
        seat.page.get_by_role("button", name="Verwijderen na 60 seconden").click()

        expect(seat.card(104)).to_contain_text("Verwijderen gepland door Noor V.")
