"""A moderator without a browser: signs in with a start link, reads cards out of the HTML, presses their buttons."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

_JSON = {"Accept": "application/json"}
_TIRED_S = 60.0
_PAUSE_S = 0.1
_COME_BACK = 503


@dataclass(slots=True)
class Card:
    """One card as it stands on a page. place: `open`, `bundel` or `klaar` · fields: the hidden ones of its form ·
    acts: the command words of its buttons.
    """

    id: int
    revision: int
    place: str
    text: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    acts: list[str] = field(default_factory=list)


class CardReader(HTMLParser):
    """Reads the cards of a page, in order. A card ends where its own element ends; no card stands inside another."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.cards: list[Card] = []
        self._element = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A card begins, or something of it."""
        given = {name: value or "" for name, value in attrs}
        if "data-kaart" in given:
            self._element = tag
            self.cards.append(Card(int(given["data-kaart"]), int(given["data-revisie"]), given["data-plaats"]))
        elif self._element and tag == "input":
            self.cards[-1].fields[given["name"]] = given["value"]
        elif self._element and given.get("name") == "act":
            self.cards[-1].acts.append(given["value"])
        elif self._element and "data-act" in given:
            self.cards[-1].acts.append(given["data-act"])

    def handle_endtag(self, tag: str) -> None:
        """The card may be at its end."""
        if tag == self._element:
            self._element = ""

    def handle_data(self, data: str) -> None:
        """Words on the card."""
        if self._element and data.strip():
            self.cards[-1].text += " ".join(data.split()) + " "


def cards_in(html: str) -> list[Card]:
    """The cards of a page."""
    reader = CardReader()
    reader.feed(html)
    return reader.cards


class FormReader(HTMLParser):
    """Reads the fields of the first form on a page that goes to `action`, as a browser would send them."""

    def __init__(self, action: str) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self._action, self._inside, self._name, self._seen = action, False, "", False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The form begins, or one of its fields."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and not self._seen:
            self._inside = given.get("action", "").partition("?")[0] == self._action
            self._seen = self._inside
        if not self._inside:
            return
        if tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.fields.setdefault(given.get("name", ""), given.get("value", "on"))
        if tag == "option" and self._name and ("selected" in given or self._name not in self.fields):
            self.fields[self._name] = given.get("value", "")
        if tag in ("textarea", "select"):
            self._name = given.get("name", "")
            if tag == "textarea":
                self.fields[self._name] = ""

    def handle_data(self, data: str) -> None:
        """What stands in a text field."""
        if self._inside and self._name in self.fields and self.lasttag == "textarea":
            self.fields[self._name] += data

    def handle_endtag(self, tag: str) -> None:
        """A field or the form ends."""
        if tag in ("textarea", "select"):
            self._name = ""
        if tag == "form":
            self._inside = False


class Seat:
    """Somebody who is signed in. Patient: while a process is away the same thing is asked again, as a person would."""

    def __init__(self, address: str, start_link: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=15, trust_env=False)
        self.pressed_again = 0
        answer = self._ask("GET", start_link)
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise PermissionError(f"the start link was answered {answer.status_code}")

    def close(self) -> None:
        """Leave."""
        self._http.close()

    def get(self, path: str) -> httpx.Response:
        """A page."""
        return self._ask("GET", path)

    def cards(self) -> list[Card]:
        """All cards on the first page."""
        return cards_in(self.get("/").raise_for_status().text)

    def card(self, number: int) -> Card | None:
        """One card; None while there is no such case."""
        answer = self.get(f"/kaart/{number}")
        return cards_in(answer.text)[0] if answer.is_success else None

    def press(self, card: Card, act: str, **more: str) -> str:
        """Press a button until it is stored; the key of the order. more: fields of its dialog."""
        form = {**card.fields, "act": act, **more}
        answer = self._ask("POST", f"/kaart/{card.id}", data=form, headers=_JSON)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise PermissionError(f"the press was answered {answer.status_code}: {answer.text[:200]}")
        return str(answer.json()["key"])

    def form(self, path: str, action: str) -> dict[str, str]:
        """The fields of the form on a page that goes to `action`, as they are drawn."""
        reader = FormReader(action)
        reader.feed(self.get(path).raise_for_status().text)
        return reader.fields

    def dialog(self, card: Card, act: str, **more: str) -> str:
        """Open the dialog of a button, fill in, and send it until it is stored; the key of the order."""
        drawn = self.form(f"/kaart/{card.id}/formulier/{act}", f"/kaart/{card.id}")
        return self.press(card, act, **{**drawn, **more})

    def send(self, path: str, fields: dict[str, str], act: str) -> str:
        """Press a button of a room until it is stored; the key of the order."""
        answer = self._ask("POST", path, data={**fields, "act": act}, headers=_JSON)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise PermissionError(f"the press was answered {answer.status_code}: {answer.text[:200]}")
        return str(answer.json()["key"])

    def told(self, key: str, within: float = _TIRED_S) -> dict[str, Any]:
        """What was answered to an order: {"ok", "text", …}."""
        end = time.monotonic() + within
        while (answer := self._ask("GET", f"/antwoord?antwoord={key}", headers=_JSON)).status_code != httpx.codes.OK:
            if time.monotonic() > end:
                raise TimeoutError(f"no answer within {within:g} s")
            time.sleep(_PAUSE_S / 2)
        return dict(answer.json())

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        end = time.monotonic() + _TIRED_S
        while True:
            try:
                answer = self._http.request(method, path, **more)
            except httpx.TransportError:
                if time.monotonic() > end:
                    raise
            else:
                if answer.status_code != _COME_BACK:
                    return answer
            self.pressed_again += 1
            time.sleep(_PAUSE_S)
