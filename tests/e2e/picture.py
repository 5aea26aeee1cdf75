"""`python -m tests.e2e.picture [FILE]`: a picture of the demo's cards for the readme (default `docs/picture.png`).

`--all FOLDER` instead makes one of every page in light, dark and 390 px wide, to look at.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.e2e.chromium import browser
from tests.e2e.demo import Demo
from tests.e2e.house import ROOT
from tests.e2e.tab import SIZES, Tab, sign_in

PICTURE = ROOT / "docs" / "picture.png"
PAGES = {
    "kaarten": "/",
    "reacties": "/reacties",
    "register": "/register",
    "geval": "/geval/1",
    "kaart": "/kaart/2",
    "verwijderen": "/kaart/2/formulier/verwijderen",
}


COMMENTS = (
    "Als ik die agent van vorige zondag nog eens tegenkom, maak ik hem kapot. Ik weet waar hij woont.",
    "Stelletje onnozelaars, ga echte boeven vangen in plaats van brave mensen te pluimen!",
    "Klootzakken! Mijn auto getakeld terwijl ik vijf minuten weg was.",
    "Die blonde van de wijkpolitie is een dikke trut, altijd even arrogant.",
)
"""Out of the scenario: one to look at closely, one open, one to hide, one to delete."""


def main(given: list[str]) -> int:
    """Exit code 0; 2 when called wrongly."""
    if given[:1] == ["--all"] and len(given) != 2:
        sys.stderr.write("usage: python -m tests.e2e.picture [FILE | --all FOLDER]\n")
        return 2
    every = given[:1] == ["--all"]
    speed = 60 if every else 0
    with (
        tempfile.TemporaryDirectory() as folder,
        Demo(Path(folder), grace=60, speed=speed) as demo,
        browser() as chrome,
    ):
        state = sign_in(chrome, demo.first)
        if every:
            demo.played()
            _every_page(chrome, demo, state, Path(given[1]))
        else:
            _picture(chrome, demo, state, Path(given[0]) if given else PICTURE)
    return 0


def _handle(tab: Tab) -> None:
    """Some cards are handled, so that every kind of card is there to be seen."""
    for act in ("verbergen", "laten_staan"):
        card = tab.page.locator("#open > .card", has_text="Belediging").nth(1)
        name = card.get_attribute("id")
        card.locator(f"button[value={act}]").click()
        tab.page.locator(f"#{name}.line").wait_for()


def _picture(chrome: Browser, demo: Demo, state: object, to: Path) -> None:
    post = demo.practice.post("Deze week controleren we extra op snelheid in de schoolstraten.")
    names = ("Danny V.D.B.", "Kevin D.", "Tamara", "Michel")
    rows = [{"post": post, "name": name, "text": text} for name, text in zip(names, COMMENTS, strict=True)]
    demo.practice.order("comments", comments=rows)
    tab = Tab(chrome, state, demo.address)
    hide, delete = (tab.card(words) for words in COMMENTS[2:])
    hide.get_by_role("button", name="Verbergen").click()
    delete.get_by_role("link", name="Verwijderen…").click()
    tab.page.get_by_role("dialog").get_by_role("button").first.click()
    hide.and_(tab.page.locator(".line")).wait_for()
    delete.and_(tab.page.locator(".line")).wait_for()
    tab.go("/")
    tab.page.screenshot(path=to, full_page=True)


def _every_page(chrome: Browser, demo: Demo, state: object, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    first = Tab(chrome, state, demo.address)
    _handle(first)
    for size in SIZES:
        tab = Tab(chrome, state, demo.address, size=size)
        for name, path in PAGES.items():
            tab.go(path)
            tab.page.screenshot(path=folder / f"{name}-{size}.png", full_page=name != "reacties")
        tab.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
