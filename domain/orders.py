"""Orders: one frozen dataclass per command, what a person (or the clock) asks.

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
    """What all orders share. by: person key · surface: `browser`, `slack`, `teams`, `klok`."""

    word: ClassVar[str] = ""

    by: str
    surface: str = "browser"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOrder(Order):
    """An order about one case. case_id: the case · seen_version: the text version on the card."""

    case_id: int
    seen_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOrder(Order):
    """An order about one incident."""

    incident_id: int


# ---------------------------------------------------------------- about a case


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(CaseOrder):
    """*Neem ik*: this case is mine for a while. take_over: also when a colleague holds it."""

    word: ClassVar[str] = "neem_ik"
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(CaseOrder):
    """*Laat los*: the case is free again."""

    word: ClassVar[str] = "laat_los"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hide(CaseOrder):
    """*Verbergen*: reversible, harmless when repeated. category: empty = the category on the card."""

    word: ClassVar[str] = "verbergen"
    category: str = ""
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(CaseOrder):
    """*Laten staan*: the comment stays; no rule was broken, or not enough. reason: optional."""

    word: ClassVar[str] = "laten_staan"
    reason: str = ""
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkWrong(CaseOrder):
    """*Fout gemarkeerd*: as *Laten staan*, and the rule was wrong."""

    word: ClassVar[str] = "fout_gemarkeerd"
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(CaseOrder):
    """*Verwijderen…*: capture → hide → grace → (explain →) delete. category and reason come from the form · explain:
    the author gets the template `verwijderd_privacy` before the comment goes.
    """

    word: ClassVar[str] = "verwijderen"
    category: str = ""
    reason: str = ""
    explain: bool = False
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDelete(CaseOrder):
    """*Annuleren* within the grace: visible again, open again."""

    word: ClassVar[str] = "annuleren"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhide(CaseOrder):
    """*Terug zichtbaar maken*, the undo of hiding."""

    word: ClassVar[str] = "terug_zichtbaar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(CaseOrder):
    """*Heropenen*, the undo of leaving: the case is open again, its history kept."""

    word: ClassVar[str] = "heropenen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry(CaseOrder):
    """*Opnieuw proberen*: the act that failed, again."""

    word: ClassVar[str] = "opnieuw"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneByHand(CaseOrder):
    """*Manueel gedaan*: a person carried it out on the platform itself; registered the same way."""

    word: ClassVar[str] = "manueel_gedaan"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowText(CaseOrder):
    """*Toon tekst*: the masked text, privately; the view is registered."""

    word: ClassVar[str] = "toon_tekst"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn(CaseOrder):
    """*Waarschuwen…*: one private message, sent after a delay in which it can be cancelled. template: key · text: as it
    will be sent, with everything filled in · hide: hide the comment as well, first.
    """

    word: ClassVar[str] = "waarschuwen"
    template: str
    text: str
    hide: bool = False
    take_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelMessage(CaseOrder):
    """*Verzenden annuleren*, while the message waits."""

    word: ClassVar[str] = "verzenden_annuleren"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(CaseOrder):
    """*Goedkeuren*: a second person agrees with what waits for four eyes."""

    word: ClassVar[str] = "goedkeuren"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(CaseOrder):
    """*Weigeren*: a second person does not agree, and says why."""

    word: ClassVar[str] = "weigeren"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WasSent(CaseOrder):
    """*Wel verstuurd*: a person looked, and the message whose outcome was unknown did go out."""

    word: ClassVar[str] = "wel_verstuurd"


@dataclass(frozen=True, slots=True, kw_only=True)
class WasNotSent(CaseOrder):
    """*Niet verstuurd*: a person looked, and it did not go out; it may be tried again."""

    word: ClassVar[str] = "niet_verstuurd"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawStrike(CaseOrder):
    """*Waarschuwing intrekken*: the strike of this case does not count any more. reason: always."""

    word: ClassVar[str] = "waarschuwing_intrekken"
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(CaseOrder):
    """*Documenteren (PV)…*: gives the case a dossier in concept, or changes the form of the one it has.

    punishable: the second axis, a word of `domain.dossier.Punishable` · elements: ticks, keys of `ELEMENTS` ·
    criterion, target, injured, complaint: what belongs to them, see `domain.dossier.Form` · note: free text ·
    seen_form: version of the form that was on the screen, 0 for a new dossier.
    """

    word: ClassVar[str] = "documenteren"
    category: str = ""
    punishable: str = "te_beoordelen"
    elements: tuple[str, ...] = ()
    criterion: str = ""
    target: str = ""
    injured: str = ""
    complaint: str = ""
    note: str = ""
    seen_form: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Review(CaseOrder):
    """*Nagekeken*: a second person read the dossier and seals it. seen_form: the version that was read."""

    word: ClassVar[str] = "nakijken"
    seen_form: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(CaseOrder):
    """*Overmaken*: the sealed dossier went to an investigator. channel: how it went · pv_number: may come later ·
    dossier: its number, empty = the newest sealed one of the case.
    """

    word: ClassVar[str] = "overmaken"
    recipient: str
    purpose: str
    channel: str = ""
    pv_number: str = ""
    dossier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDossier(CaseOrder):
    """*Dossier intrekken*: only a concept, with a reason; its number stays used."""

    word: ClassVar[str] = "dossier_intrekken"
    reason: str = ""


# ---------------------------------------------------------------- about an incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(IncidentOrder):
    """*Kennis genomen*: somebody looks at it; nobody else is called."""

    word: ClassVar[str] = "kennis_genomen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute(IncidentOrder):
    """*Demp*: no calls for a while; a new *kritiek* case ends it at once."""

    word: ClassVar[str] = "demp"


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseAlarm(IncidentOrder):
    """*Vals alarm*: there was nothing; the incident ends."""

    word: ClassVar[str] = "vals_alarm"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncident(IncidentOrder):
    """*Afsluiten*: it was something, and it is over."""

    word: ClassVar[str] = "incident_sluiten"


# ---------------------------------------------------------------- about the calendar and the rosters


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanEvent(Order):
    """A new event, or with event_id a changed one. start, end: local wall time `2027-07-15T18:00` · owner: person key
    or the name of a service · commanders: person keys in the order in which they are called.
    """

    word: ClassVar[str] = "event_plannen"
    event_id: int = 0
    name: str
    kind: str
    start: str
    end: str
    owner: str = ""
    commanders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmEvent(Order):
    """*Bevestigen*: a proposed event is on."""

    word: ClassVar[str] = "event_bevestigen"
    event_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelEvent(Order):
    """*Afgelasten*: an event is off; it stays in the list."""

    word: ClassVar[str] = "event_afgelasten"
    event_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTurn(Order):
    """Somebody is on call. roster: `wacht_moderatie` or `wacht_commando` · start, end: local wall time · rank: 1 is
    called first.
    """

    word: ClassVar[str] = "wacht_toevoegen"
    roster: str
    person: str
    start: str
    end: str
    rank: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTurn(Order):
    """A turn on call is taken off the roster."""

    word: ClassVar[str] = "wacht_wissen"
    turn_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Order):
    """*Melding*: a colleague saw something bad. link: address of the comment · text: its text, when Nabij does not know
    it yet · category: key, empty = what the rules say.
    """

    word: ClassVar[str] = "melding"
    link: str
    text: str = ""
    category: str = ""


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
        Warn,
        CancelMessage,
        Approve,
        Decline,
        WasSent,
        WasNotSent,
        WithdrawStrike,
        Document,
        Review,
        HandOver,
        WithdrawDossier,
        Acknowledge,
        Mute,
        FalseAlarm,
        CloseIncident,
        PlanEvent,
        ConfirmEvent,
        CancelEvent,
        AddTurn,
        RemoveTurn,
        Report,
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
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items() if key != "word"}
    if unknown := sorted(given.keys() - known):
        raise BadInput("The command “{word}” has no field “{field}”.", word=word, field=unknown[0][:40])
    try:
        return kind(**given)  # type: ignore[arg-type]  # the fields were compared above
    except TypeError as error:
        raise BadInput("The command “{word}” misses a field.", word=word) from error
