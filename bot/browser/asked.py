"""What a request asks for: filters, searches, case numbers, orders. Everything read here is foreign until it fits."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request

from bot.browser.desk import Wanted
from bot.browser.guard import NotFound
from bot.forms import REASON_MAX
from domain.categories import CATEGORIES, Urgency
from domain.errors import BadInput
from domain.model import Person
from domain.orders import CaseOrder, from_data
from domain.text import clean

_DIGITS_MAX = 15
_SEARCH_MAX = 200


def wanted_of(query: Mapping[str, str], person: Person) -> Wanted:
    """The filter in an address; what cannot be read is no filter."""
    urgency = next((one for one in Urgency if one.key == query.get("urgentie")), None)
    return Wanted(urgency, person.key if query.get("mijn") == "1" else "")


def order_of(fields: Mapping[str, str], case_id: int, person: Person, *, take_over: bool) -> CaseOrder:
    """The order that a form asks for; BadInput when it cannot be read."""
    data: dict[str, Any] = {
        "word": fields.get("act", ""),
        "case_id": case_id,
        "by": person.key,
        "seen_version": number(fields.get("seen", "")),
        "surface": "browser",
    }
    if take_over:
        data["take_over"] = True
    if category := fields.get("category", ""):
        data["category"] = _category(category)
    if reason := clean(fields.get("reason", "")).strip():
        data["reason"] = _reason(reason)
    order = from_data(data)
    if not isinstance(order, CaseOrder):
        raise BadInput("This form cannot be read. Reload the page and press again.")
    return order


def _category(key: str) -> str:
    if key not in CATEGORIES:
        raise BadInput("Choose a category from the list.")
    return key


def _reason(reason: str) -> str:
    if len(reason) > REASON_MAX:
        raise BadInput("Write the reason in at most {n} characters.", n=REASON_MAX)
    return reason


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
