"""Drives the real Chromium that is installed here, cut off from everything but this machine.

Use: `with browser() as chrome: page = chrome.new_page()`. Skips with one line when Chromium is absent.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.real import need, need_path

ARGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def browser() -> Iterator[Browser]:
    """A fresh Chromium, closed at the end."""
    program = need("chromium")
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=program, args=list(ARGS))
        try:
            yield chrome
        finally:
            chrome.close()


def violations(page: Page) -> list[str]:
    """What axe finds wrong on this page: rule and the first place, one line each."""
    need_path(AXE, "npm ci in tests/e2e")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(found => found.violations)", list(WCAG)
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]
