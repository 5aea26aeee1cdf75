"""Orders: one frozen dataclass per command, what a person (or the clock) asks of a case.

An order is parsed at the edge, stored before it is answered, and carried out by one handler in `commands`. `word` is
the command word of the permission table, the register and the action ids of every channel. Action ids are an API:
every word that ever shipped stays in `ORDERS` or in `RETIRED`.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar

from domain.errors import BadInput

CLOCK = "nabij"
"""Who gives the orders that the clock gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What all orders share. case_id: the case · by: person key · seen_version: the text version on the card · surface:
    `browser`, `slack`, `teams`, `klok`.
    """

    word: ClassVar[str] = ""

    case_id: int
    by: str
    seen_version: int
    surface: str = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Order):
    """*Neem ik*: this case is mine for a while. take_over: also when a colleague holds it."""

    word: ClassVar[str] = "neem_ik"
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Order):
    """*Laat los*: the case is free again."""

    word: ClassVar[str] = "laat_los"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide(Order):
    """*Verbergen*: reversible, harmless when repeated. category: empty = the category on the card."""

    word: ClassVar[str] = "verbergen"
    category: str = ""
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Order):
    """*Laten staan*: the comment stays; no rule was broken, or not enough. reason: optional."""

    word: ClassVar[str] = "laten_staan"
    reason: str = ""
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkWrong(Order):
    """*Fout gemarkeerd*: as *Laten staan*, and the rule was wrong."""

    word: ClassVar[str] = "fout_gemarkeerd"
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(Order):
    """*Verwijderen…*: capture → hide → grace → delete. category and reason come from the form."""

    word: ClassVar[str] = "verwijderen"
    category: str = ""
    reason: str = ""
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDelete(Order):
    """*Annuleren* within the grace: visible again, open again."""

    word: ClassVar[str] = "annuleren"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhide(Order):
    """*Terug zichtbaar maken*, the undo of hiding."""

    word: ClassVar[str] = "terug_zichtbaar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Order):
    """*Heropenen*, the undo of leaving: the case is open again, its history kept."""

    word: ClassVar[str] = "heropenen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry(Order):
    """*Opnieuw proberen*: the act that failed, again."""

    word: ClassVar[str] = "opnieuw"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneByHand(Order):
    """*Manueel gedaan*: a person carried it out on the platform itself; registered the same way."""

    word: ClassVar[str] = "manueel_gedaan"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowText(Order):
    """*Toon tekst*: the masked text, privately; the view is registered."""

    word: ClassVar[str] = "toon_tekst"


ORDERS: dict[str, type[Order]] = {
    kind.word: kind
    for kind in (
        Claim,
        Release,
        Hide,
        Leave,
        MarkWrong,
        Delete,
        CancelDelete,
        Unhide,
        Reopen,
        Retry,
        DoneByHand,
        ShowText,
    )
}
"""Every command word and its order."""

RETIRED: dict[str, str] = {}
"""Words that shipped once → the word that took their place; old buttons keep working."""


def to_data(order: Order) -> dict[str, Any]:
    """The order as plain data, for storage."""
    return {"word": order.word, **asdict(order)}


def from_data(data: dict[str, Any]) -> Order:
    """The order out of plain data; BadInput for an unknown word, a missing or an unknown field."""
    word = RETIRED.get(str(data.get("word")), str(data.get("word")))
    kind = ORDERS.get(word)
    if kind is None:
        raise BadInput("Unknown command “{word}”.", word=word[:40])
    known = {field.name for field in fields(kind)}
    given = {key: value for key, value in data.items() if key != "word"}
    if unknown := sorted(given.keys() - known):
        raise BadInput("The command “{word}” has no field “{field}”.", word=word, field=unknown[0][:40])
    try:
        return kind(**given)
    except TypeError as error:
        raise BadInput("The command “{word}” misses a field.", word=word) from error
