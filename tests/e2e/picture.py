"""`python -m tests.e2e.picture [FILE]`: the night of the scenario, for the readme (default `docs/picture.png`).

`--all FOLDER` instead makes one of every page in light, dark and 390 px wide, to look at.
"""

import re
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.chromium import browser
from tests.e2e.demo import Demo
from tests.e2e.house import ROOT, until
from tests.e2e.tab import SIZES, Tab, sign_in

PICTURE = ROOT / "docs" / "picture.png"
PAGES = {
    "kaarten": "/",
    "reacties": "/reacties",
    "register": "/register",
    "geval": "/geval/1",
    "kaart": "/kaart/2",
    "verwijderen": "/kaart/2/formulier/verwijderen",
    "waarschuwen": "/kaart/1/formulier/waarschuwen",
    "documenteren": "/kaart/1/formulier/documenteren",
    "alarmen": "/alarmen",
    "dossiers": "/dossiers",
    "event": "/event",
    "rooster": "/rooster",
    "overzichten": "/overzichten",
    "melding": "/melding",
    "opdracht": "/opdracht",
}


CALLED = "commandant, wordt opgeroepen"
"""What the scenario says when the threat is there and somebody is called."""


def main(given: list[str]) -> int:
    """Exit code 0; 2 when called wrongly."""
    if given[:1] == ["--all"] and len(given) != 2:
        sys.stderr.write("usage: python -m tests.e2e.picture [FILE | --all FOLDER]\n")
        return 2
    with tempfile.TemporaryDirectory() as folder, browser() as chrome:
        if given[:1] == ["--all"]:
            _every_page(chrome, Path(folder), Path(given[1]))
        else:
            _picture(chrome, Path(folder), Path(given[0]) if given else PICTURE)
    return 0


def _handle(tab: Tab) -> None:
    """A card is left standing, so that every kind of line is there to be seen."""
    card = tab.page.locator("#open > .card", has_text="Vraag").first
    name = card.get_attribute("id")
    card.locator("button[value=laten_staan]").click()
    tab.page.locator(f"#{name}.line").wait_for()


def _picture(chrome: Browser, folder: Path, to: Path) -> None:
    """The night of the scenario, at the moment of the threat."""
    with Demo(folder, scenario="feesten", speed=1) as demo:
        tab = Tab(chrome, sign_in(chrome, demo.first), demo.address)
        until(lambda: CALLED in demo.said(), "the threat is there", within=120)
        card = tab.page.locator("#open > .card", has_text="KRITIEK").first
        expect(card).to_contain_text(re.compile(r"Bewijs\s+\d\d:\d\d"))
        expect(tab.page.locator("#alarmen-aantal")).to_have_text("1")
        tab.page.screenshot(path=to)


def _every_page(chrome: Browser, folder: Path, to: Path) -> None:
    """Every page, once the night was played and Monday has come."""
    to.mkdir(parents=True, exist_ok=True)
    with Demo(folder, scenario="feesten", speed=10) as demo:
        state = sign_in(chrome, demo.links["Ann C."])
        until(lambda: "kijk bij Overzichten" in demo.said(), "the scenario was played", within=240)
        until(
            lambda: _links(Tab(chrome, state, demo.address, path="/overzichten"), "/overzicht/"), "the report is there"
        )
        first = Tab(chrome, state, demo.address)
        _handle(first)
        pages = {**PAGES, "dossier": _links(first, "/dossier/", on="/dossiers")[0]}
        pages["overzicht"] = _links(first, "/overzicht/", on="/overzichten")[0]
        for size in SIZES:
            tab = Tab(chrome, state, demo.address, size=size)
            for name, path in pages.items():
                tab.go(path)
                tab.page.screenshot(path=to / f"{name}-{size}.png", full_page=name != "reacties")
            tab.close()


def _links(tab: Tab, start: str, *, on: str = "") -> list[str]:
    """Addresses on a page that begin like this."""
    if on:
        tab.go(on)
    found = [link.get_attribute("href") or "" for link in tab.page.locator("main a").all()]
    return [each for each in found if each.startswith(start)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
