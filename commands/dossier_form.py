"""What a person filled in about a dossier, judged before anything is kept: keys we know, lengths, who may say *ja*."""

import re

from commands.house import House
from domain.categories import CATEGORIES
from domain.dossier import COMPLAINTS, ELEMENTS, TARGETS, Form, Punishable
from domain.errors import BadInput, NotAllowed
from domain.orders import Document, HandOver
from domain.roles import Role
from domain.text import clean

NOTE_MAX = 4000
FIELD_MAX = 200
REASON_MAX = 500
_pv = re.compile(r"[A-Z]{2}\.[0-9]{2}\.[A-Z0-9]{2}\.[0-9]{5,6}/([0-9]{2}|[0-9]{4})").fullmatch


def form_of(house: House, order: Document, category: str, before: Form | None) -> Form:
    """The form of an order. category: of the case, when the person chose none · before: the form that was on the
    screen, None for the first. BadInput or NotAllowed says why not.
    """
    chosen = order.category or category
    if chosen not in CATEGORIES or not CATEGORIES[chosen].breach:
        raise BadInput("Choose the house rule that was broken; this is none of them.")
    _allow_yes(house, order, before)
    if not (set(order.elements) <= set(ELEMENTS) and _known(order)):
        raise BadInput("This form cannot be read. Reload the page and press again.")
    return Form(
        category=chosen,
        punishable=order.punishable,
        elements=tuple(each for each in ELEMENTS if each in order.elements),
        criterion=typed(order.criterion),
        target=order.target,
        injured=typed(order.injured),
        complaint=order.complaint,
        note=typed(order.note, NOTE_MAX),
    )


def _known(order: Document) -> bool:
    return order.punishable in set(Punishable) and order.target in ("", *TARGETS) and order.complaint in _ANSWERS


_ANSWERS = ("", *COMPLAINTS)


def _allow_yes(house: House, order: Document, before: Form | None) -> None:
    """*Ja* is set and taken back by a jurist; whoever changes something else leaves it as it is."""
    said, says = before is not None and before.punishable == Punishable.JA, order.punishable == Punishable.JA
    person = house.settings.person(order.by)
    if said == says or (person is not None and person.role == Role.JURIST):
        return
    if says:
        raise NotAllowed("Only a legal officer may say that it is possibly punishable; choose “to be judged”.")
    raise NotAllowed("A legal officer said that it is possibly punishable; only a legal officer may take that back.")


def typed(text: str, most: int = FIELD_MAX) -> str:
    """What a person typed, storable; BadInput when it is too long."""
    found = clean(text).strip()
    if len(found) > most:
        raise BadInput("Write at most {n} characters in one field.", n=most)
    return found


def needed(text: str, most: int = FIELD_MAX) -> str:
    """The same, and it may not be empty."""
    found = typed(text, most)
    if not found:
        raise BadInput("Fill in every field that is needed; one is empty.")
    return found


def pv_number(order: HandOver) -> str:
    """The number of the PV, empty when it is not known yet; BadInput when it cannot be one."""
    number = typed(order.pv_number)
    if number and not _pv(number):
        raise BadInput("A PV number looks like TG.69.L3.005752/24.")
    return number
