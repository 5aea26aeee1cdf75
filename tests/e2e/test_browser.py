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
         "kaart/104/formulier/verwijderen", "kaart/104/formulier/waarschuwen", "kaart/104/formulier/documenteren",
         "kaart/125/formulier/verwijderen", "kaart/134/formulier/manueel_gedaan",
         "kaart/133/formulier/weigeren")  # fmt: skip


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
        expect(jef.page).to_have_title("Kaarten (12) · Nabij")
        expect(jef.page.get_by_role("link", name="Normaal 5")).to_be_visible()

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


class TestDialogs:
    """Warning and documenting: what is read is what is sent, and nothing that was typed is lost."""

    def test_another_choice_shows_another_text(self, chrome: Browser, site: str) -> None:
        """The text follows the choice and the tick, as long as nobody wrote in it; the focus stays where it was."""
        seat = Seat(chrome, site)
        dialog = warn(seat, 135)
        text = dialog.get_by_role("textbox")
        expect(text).to_have_value(re.compile("en is verborgen.*Waarschuwing 2 van 3"))

        dialog.get_by_role("checkbox").uncheck()
        expect(text).to_have_value(re.compile("onze huisregels: .*Waarschuwing 2 van 3"))
        dialog.get_by_role("combobox").select_option("hint")
        expect(text).to_have_value(re.compile("kleine tip"))
        expect(dialog).to_contain_text("Hint (telt niet mee)")
        expect(dialog.get_by_role("combobox")).to_be_focused()
        assert seat.wrong == []

    def test_what_was_typed_survives_escape(self, chrome: Browser, site: str) -> None:
        """Closed by mistake, opened again: the own words stand there; another card has its own."""
        seat = Seat(chrome, site)
        warn(seat, 135).get_by_role("textbox").fill("Eigen woorden, zie huisregels.")
        seat.page.keyboard.press("Escape")
        expect(warn(seat, 104).get_by_role("textbox")).to_have_value(re.compile("Waarschuwing 1 van 3"))
        seat.page.keyboard.press("Escape")

        expect(warn(seat, 135).get_by_role("textbox")).to_have_value("Eigen woorden, zie huisregels.")

    @pytest.mark.parametrize("size", list(SIZES))
    def test_faults_stand_in_the_dialog(self, chrome: Browser, site: str, size: str) -> None:
        """It stays open with what was typed, the focus on what is wrong, without a violation; mended, it is sent."""
        seat = Seat(chrome, site, size=size)
        dialog = warn(seat, 135)
        dialog.get_by_role("textbox").fill("Bel {naam}")
        dialog.get_by_role("button", name="Versturen na 30 seconden").click()
        expect(dialog.get_by_role("alert")).to_contain_text("De tekst verwijst niet naar de huisregels.")
        expect(dialog.get_by_role("alert")).to_be_focused()
        expect(dialog.get_by_role("textbox")).to_have_value("Bel {naam}")
        assert violations(seat.page) == []

        dialog.get_by_role("textbox").fill("Zie onze huisregels.")
        dialog.get_by_role("button", name="Versturen na 30 seconden").click()
        expect(dialog).to_be_hidden()
        expect(seat.card(135)).to_contain_text("waarschuwing 2/3: privébericht gepland, 21:10:30")

    def test_a_message_counts_down_and_z_stops_it(self, chrome: Browser, site: str) -> None:
        """Thirty seconds with a ring; one key, and the card is open again."""
        seat = Seat(chrome, site)
        warn(seat, 135).get_by_role("button", name="Versturen na 30 seconden").click()
        expect(seat.card(135)).to_contain_text(re.compile(r"nog 0:2[0-8]"))
        seat.page.keyboard.press("z")

        expect(seat.card(135).get_by_role("button", name="Laten staan")).to_be_visible()

    def test_somebody_else_approves_on_his_own_screen(self, chrome: Browser, site: str) -> None:
        """A third warning: who asked cannot; the colleague reads the text and approves; both see it planned."""
        mia, jef = Seat(chrome, site, "mia"), Seat(chrome, site, "jef")
        expect(mia.card(133).get_by_role("button", name="Verzenden annuleren")).to_be_visible()
        expect(mia.card(133).get_by_role("button", name="Goedkeuren")).to_have_count(0)
        expect(jef.card(133)).to_contain_text("Dag, dit is al waarschuwing 3 van 3")
        jef.card(133).get_by_role("button", name="Goedkeuren").click()

        for seat in (mia, jef):
            expect(seat.card(133)).to_contain_text("waarschuwing 3/3: privébericht gepland")

    def test_document_with_the_keyboard_alone(self, chrome: Browser, site: str) -> None:
        """Enter opens, Tab and Space fill in, Enter sends; the focus comes back to the card."""
        seat = Seat(chrome, site)
        seat.card(123).get_by_role("link", name="Documenteren (PV)…").focus()
        seat.page.keyboard.press("Enter")
        dialog = seat.page.get_by_role("dialog")
        expect(dialog.get_by_role("combobox", name="Huisregel die overtreden is")).to_be_focused()
        for key in ("Tab", "Tab", "Space"):
            seat.page.keyboard.press(key)
        expect(dialog.get_by_role("checkbox", name="Openbaar")).to_be_checked()
        assert violations(seat.page) == []
        dialog.get_by_role("button", name="Dossier maken").press("Enter")

        expect(seat.card(123)).to_contain_text("SMD-2026-000123 (concept)")
        expect(seat.card(123)).to_contain_text("Op deze kaart staat een PV-dossier in concept open")

    def test_on_a_phone_the_rest_of_the_menu_opens(self, chrome: Browser, site: str) -> None:
        """Four in the bar, the others behind *Meer*; Escape closes them."""
        seat = Seat(chrome, site, "mia", "phone")
        report = seat.page.get_by_role("link", name="Overzichten")
        expect(report).to_be_hidden()
        seat.page.get_by_role("navigation", name="Hoofdmenu").get_by_text("Meer").click()
        expect(report).to_be_visible()
        assert violations(seat.page) == []
        seat.page.keyboard.press("Escape")

        expect(report).to_be_hidden()

    def test_slash_leads_to_the_command_box(self, chrome: Browser, site: str) -> None:
        """From any page, unless keys are off."""
        seat = Seat(chrome, site)
        seat.page.goto(f"{site}/register")
        seat.page.keyboard.press("/")

        seat.page.wait_for_url(f"{site}/opdracht")

    def test_without_script_the_choice_is_read_first(self, chrome: Browser, site: str) -> None:
        """The button shows the text of the choice; sent unread, the new text comes back instead."""
        seat = Seat(chrome, site, script=False)
        seat.page.goto(f"{site}/kaart/104/formulier/waarschuwen")
        text = seat.page.get_by_role("textbox")
        seat.page.get_by_role("combobox").select_option("hint")
        seat.page.get_by_role("button", name="Toon deze tekst").click()
        expect(text).to_have_value(re.compile("kleine tip"))
        seat.page.get_by_role("combobox").select_option("waarschuwing_1")
        seat.page.get_by_role("button", name="Versturen na 30 seconden").click()
        expect(seat.page.locator("#fouten")).to_contain_text("De tekst veranderde met wat je koos.")
        seat.page.get_by_role("button", name="Versturen na 30 seconden").click()

        expect(seat.page.get_by_role("status").first).to_contain_text("Bewaard")


def warn(seat: Seat, number: int) -> Any:
    """The dialog of *Waarschuwen…* of a card, open."""
    seat.card(number).get_by_role("link", name="Waarschuwen…").click()
    dialog = seat.page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox")).to_be_visible()
    return dialog
