"""What a request asks for: filters, searches, case numbers, orders. Everything read here is foreign until it fits."""

import dataclasses
from collections.abc import Callable, Container, Mapping
from typing import Any

from fastapi import Request

from bot.browser.desk import Wanted
from bot.browser.guard import NotFound
from bot.fields import REASON_MAX, SHOWN
from bot.message_forms import TEXT_MAX
from commands.dossier_form import FIELD_MAX, NOTE_MAX
from domain.categories import CATEGORIES, Urgency
from domain.dossier import COMPLAINTS, ELEMENTS, TARGETS, Punishable
from domain.errors import BadInput
from domain.messages import Template
from domain.model import Person
from domain.orders import ORDERS, CaseOrder, Order, from_data
from domain.text import clean

_DIGITS_MAX = 15
_SEARCH_MAX = 200


def wanted_of(query: Mapping[str, str], person: Person) -> Wanted:
    """The filter in an address; what cannot be read is no filter."""
    urgency = next((one for one in Urgency if one.key == query.get("urgentie")), None)
    return Wanted(urgency, person.key if query.get("mijn") == "1" else "")


def order_of(fields: Mapping[str, str], case_id: int, person: Person, *, take_over: bool) -> CaseOrder:
    """The order that a form asks for; BadInput when it cannot be read, or holds what this order does not have."""
    data: dict[str, Any] = {
        "word": fields.get("act", ""),
        "case_id": case_id,
        "by": person.key,
        "seen_version": number(fields.get("seen", "")),
        "surface": "browser",
    }
    if take_over:
        data["take_over"] = True
    order = from_data(data | _asked(ORDERS.get(data["word"], CaseOrder), fields))
    if not isinstance(order, CaseOrder):
        raise BadInput("This form cannot be read. Reload the page and press again.")
    return order


def _asked(kind: type[Order], fields: Mapping[str, str]) -> dict[str, Any]:
    """What was filled in, by the fields of the order. `elements.openbaar` is a tick of `elements`; empty is nothing."""
    types = {field.name: field.type for field in dataclasses.fields(kind) if field.name not in _NEVER_ASKED}
    found: dict[str, Any] = {}
    for name, text in fields.items():
        if name in _OF_THE_FORM or not (value := written(text)):
            continue
        of, dot, tick = name.partition(".")
        if types.get(of) == _TICKS and dot:
            found[of] = (*found.get(of, ()), _known(of, tick))
        elif name in types and types[name] in _READ:
            found[name] = _READ[types[name]](name, value)
        else:
            raise BadInput("This form cannot be read. Reload the page and press again.")
    return found


def _text(name: str, text: str) -> str:
    most = _LONGEST.get(name, FIELD_MAX)
    if name == "reason" and len(text) > most:
        raise BadInput("Write the reason in at most {n} characters.", n=most)
    if len(text) > most:
        raise BadInput("Write at most {n} characters in one field.", n=most)
    return _known(name, text)


def _known(name: str, key: str) -> str:
    if name == "category" and key not in CATEGORIES:
        raise BadInput("Choose a category from the list.")
    if key not in _KEYS.get(name, (key,)):
        raise BadInput("This form cannot be read. Reload the page and press again.")
    return key


def _yes(_name: str, text: str) -> bool:
    if text != "1":
        raise BadInput("This form cannot be read. Reload the page and press again.")
    return True


def _whole(_name: str, text: str) -> int:
    return number(text)


_OF_THE_FORM = frozenset({"act", "csrf", "key", "seen", "van", SHOWN})
_NEVER_ASKED = frozenset({"case_id", "by", "seen_version", "surface", "take_over"})
"""Fields of an order that no form fills in."""
_TICKS = tuple[str, ...]
_READ: Mapping[Any, Callable[[str, str], Any]] = {str: _text, int: _whole, bool: _yes}
_LONGEST = {"reason": REASON_MAX, "text": TEXT_MAX, "note": NOTE_MAX}
_KEYS: Mapping[str, Container[str]] = {
    "template": tuple(Template),
    "punishable": tuple(Punishable),
    "elements": ELEMENTS,
    "target": TARGETS,
    "complaint": COMPLAINTS,
}


def written(text: str) -> str:
    """What somebody typed, storable, with one kind of line end."""
    return clean(text).replace("\r\n", "\n").strip()


def number(text: str) -> int:
    """A whole number from outside; BadInput when it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX):
        raise BadInput("This form cannot be read. Reload the page and press again.")
    return int(text)


def case_id_of(request: Request) -> int:
    """The case in the address; NotFound when it cannot be one."""
    try:
        return number(request.path_params["case_id"])
    except BadInput:
        raise NotFound("There is no such case.") from None


def search_of(request: Request) -> tuple[str, int]:
    """Words to look for, and the page."""
    page = request.query_params.get("blad", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < _DIGITS_MAX else 1
    return clean(request.query_params.get("zoek", ""))[:_SEARCH_MAX].strip(), max(1, number)
