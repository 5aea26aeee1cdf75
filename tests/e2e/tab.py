"""A tab of the real Chromium in front of a real house; notes what went wrong in it and which hosts it called."""

import re
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page

DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
SIZES: dict[str, dict[str, Any]] = {
    "light": DESK,
    "dark": {**DESK, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}
_NOTE_CSP = "window.csp = []; addEventListener('securitypolicyviolation', e => csp.push(e.violatedDirective))"
_ASKED_FOR = "the server responded with a status of"


class Tab:
    """One tab with the session of one person. wrong: script errors and console warnings · hosts: who was called."""

    def __init__(
        self, chrome: Browser, state: Any, address: str, *, size: str = "light", script: bool = True, path: str = "/"
    ) -> None:
        """state: the `storage_state` of somebody who signed in."""
        self.address = address
        self.wrong: list[str] = []
        self.hosts: set[str] = set()
        self.context: BrowserContext = chrome.new_context(
            **SIZES[size], storage_state=state, java_script_enabled=script
        )
        self.context.add_init_script(_NOTE_CSP)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda said: self._note(said.type, said.text))
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))
        self.go(path)

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and _ASKED_FOR not in text:
            self.wrong.append(text)

    def go(self, path: str) -> None:
        """Open a page of the house."""
        self.page.goto(f"{self.address}{path}")

    def card(self, words: str) -> Locator:
        """The open card whose text holds these words, found by its id, so that it stays the same one when it folds."""
        found = self.page.locator("[data-kaart]", has_text=words).first
        found.wait_for()
        return self.page.locator(f"#{found.get_attribute('id')}")

    def broken_policy(self) -> list[str]:
        """Directives of the Content Security Policy that this page broke."""
        return list(self.page.evaluate("window.csp"))

    def close(self) -> None:
        """Close the tab."""
        self.context.close()


def sign_in(chrome: Browser, start_link: str) -> Any:
    """Exchange a start link for a session, which any number of tabs may share."""
    context = chrome.new_context()
    context.new_page().goto(start_link)
    state = context.storage_state()
    context.close()
    return state


WHO_AND_WHEN = re.compile(r"(Noor V\.|Jef T\.) .*\d\d:\d\d")
