"""Drafts: the texts that may go to the author of a comment, filled in and checked, for the form and for the command.

The words themselves are data of the house-rule profile (`rules.templates`); a person may change them before sending.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from commands import strikes
from commands.house import House
from domain.clock import local
from domain.errors import BadInput
from domain.messages import Fault, Template
from domain.model import CaseView
from domain.states import Visibility

_MEASURES = {Visibility.VERBORGEN: " en is verborgen", Visibility.VERWIJDERD: " en is verwijderd"}
"""{maatregel}: what is true of the comment, or will be when the message goes out."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One text, ready to be looked at. name: of its template, as shown · number: which strike it makes, 0 for none ·
    faults: what is wrong with it as it stands.
    """

    template: str
    name: str
    text: str
    number: int
    faults: tuple[Fault, ...]


def drafts(house: House, view: CaseView, *, hide: bool) -> tuple[Draft, ...]:
    """What may be sent about this case, the advised one first. hide: the comment will be hidden with it."""
    visibility = Visibility.VERBORGEN if hide and view.visibility is Visibility.ZICHTBAAR else view.visibility
    values = {
        **_ours(house),
        "regel": house.templates.rule(view.category),
        "maatregel": _MEASURES.get(visibility, ""),
        "n": str(view.ledger.next),
        "max": str(view.ledger.maximum),
    }
    return tuple(_draft(house, key, values, view.ledger.next) for key in _advised(view))


def _advised(view: CaseView) -> tuple[Template, ...]:
    if not strikes.counts(view.category):
        return (Template.HINT,)
    if view.ledger.next == 1:
        return (Template.WAARSCHUWING_1, Template.WAARSCHUWING_2, Template.HINT)
    return (Template.WAARSCHUWING_2, Template.WAARSCHUWING_1, Template.HINT)


def _draft(house: House, key: Template, values: Mapping[str, str], number: int) -> Draft:
    text = house.templates.fill(key, values)
    counted = 0 if key is Template.HINT else number
    return Draft(key, house.templates[key].name, text, counted, faults(house, key, text))


def explanation(house: House) -> str:
    """The text that explains a deletion."""
    return house.templates.fill(Template.VERWIJDERD_PRIVACY, _ours(house))


def faults(house: House, template: str, text: str) -> tuple[Fault, ...]:
    """What is wrong with a text as it stands, in order of place."""
    return house.templates.check(
        template,
        text,
        link=house.settings.zone.huisregels,
        personal=house.flagger.judge(text).personal,
        own=_ours(house).values(),
        today=local(house.clock.now()).date(),
    )


def allow(house: House, template: str, text: str) -> None:
    """Raises BadInput for the first fault that blocks sending; `start` and `end` are its place in code points."""
    wrong = next((fault for fault in faults(house, template, text) if fault.blocks), None)
    if wrong is not None:
        start, end = wrong.place
        raise BadInput(wrong.msgid, start=start, end=end)


def _ours(house: House) -> dict[str, str]:
    """Names, numbers and addresses of the force."""
    texts = house.settings.texts
    return {
        "noodnummer": texts.noodnummer,
        "meldpunt": texts.meldpunt,
        "hierniet": texts.hierniet,
        "ondertekening": texts.ondertekening,
        "huisregels": house.settings.zone.huisregels,
    }
