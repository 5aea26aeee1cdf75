"""The form of one line in the register. Final: lines are hashed as stored, so what is written stays as it is.

A line is one JSON object in the canonical form of RFC 8785. It holds words of our own, numbers, pseudonyms and salted
digests, never text, names or handles. What does not apply is absent. Adding an event is a row in `EVENTS`, adding a
field a row in `FIELDS`; the meaning of a key that was ever written never changes (a change of form would be `v` 2).

    {"automatisch":false,"categorie":"bedreiging","door":"1f…","gebeurtenis":"voornemen","geval":"NB-2026-000123",
     "handeling":"verbergen","opdracht":"77…","oppervlak":"browser","platform":"facebook","prev":"9c…","reactie":"e0…",
     "seq":412,"tekstversie":1,"tijd":"2026-11-21T20:06:41.120394Z","v":1,"vingerafdrukken":{"bewijs":"a3f9…"}}
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import rfc8785

from domain.orders import CLOCK
from storage.pseudonyms import Pseudonyms

VERSION = 1
GENESIS = bytes(32)
"""`prev` of the first line."""


class Event(StrEnum):
    """What a line tells. The words are data: one that was ever written keeps its meaning."""

    GEMARKEERD = "gemarkeerd"
    VASTGELEGD = "vastgelegd"
    VASTLEGGING_MISLUKT = "vastlegging_mislukt"
    GECLAIMD = "geclaimd"
    OVERGENOMEN = "overgenomen"
    LOSGELATEN = "losgelaten"
    VERLOPEN = "verlopen"
    VOORNEMEN = "voornemen"
    UITKOMST = "uitkomst"
    BESLIST = "beslist"
    MANUEEL = "manueel"
    GEPLAND = "gepland"
    GEANNULEERD = "geannuleerd"
    HEROPEND = "heropend"
    TEKST_GEWIJZIGD = "tekst_gewijzigd"
    AUTEUR_VERWIJDERD = "auteur_verwijderd"
    ELDERS_VERBORGEN = "elders_verborgen"
    ELDERS_ZICHTBAAR = "elders_zichtbaar"
    INGEZIEN = "ingezien"
    GEEXPORTEERD = "geexporteerd"
    AFGEDRUKT = "afgedrukt"
    GEREDIGEERD = "geredigeerd"
    STRIKE_GEBOEKT = "strike_geboekt"
    STRIKE_INGETROKKEN = "strike_ingetrokken"
    DOSSIER_CONCEPT = "dossier_concept"
    DOSSIER_GEWIJZIGD = "dossier_gewijzigd"
    DOSSIER_NAGEKEKEN = "dossier_nagekeken"
    DOSSIER_OVERGEMAAKT = "dossier_overgemaakt"
    DOSSIER_INGETROKKEN = "dossier_ingetrokken"
    BEWAARPLICHT_GEZET = "bewaarplicht_gezet"
    BEWAARPLICHT_OPGEHEVEN = "bewaarplicht_opgeheven"
    GOEDGEKEURD = "goedgekeurd"
    AFGEKEURD = "afgekeurd"
    NACONTROLE = "nacontrole"
    ALARM = "alarm"
    ALARM_GEZIEN = "alarm_gezien"
    ALARM_GESLOTEN = "alarm_gesloten"
    VERNIETIGD = "vernietigd"
    HERSTEL = "herstel"
    INSTELLING = "instelling"


@dataclass(frozen=True, slots=True)
class Kind:
    """One event. meaning: one line (Dutch, for the manual) · needs: fields without which the line says nothing ·
    view: somebody looked; its pseudonyms hang on a key of the month that is destroyed later (product §19).
    """

    meaning: str
    needs: tuple[str, ...] = ()
    view: bool = False


_WHO = ("actor",)
_ACT = ("action", "actor")
_LOOK = ("actor", "reason")

EVENTS: Mapping[Event, Kind] = {
    Event.GEMARKEERD: Kind("Een regel, collega of platform markeerde een reactie; het geval bestaat.", ("case",)),
    Event.VASTGELEGD: Kind("Het bewijs van een tekstversie is bewaard.", ("digests",)),
    Event.VASTLEGGING_MISLUKT: Kind("Het bewijs kon niet (volledig) bewaard worden."),
    Event.GECLAIMD: Kind("Iemand neemt een geval op zich.", _WHO),
    Event.OVERGENOMEN: Kind("Iemand neemt een geval over van een collega (tweede).", _WHO),
    Event.LOSGELATEN: Kind("Iemand laat een geval weer los.", _WHO),
    Event.VERLOPEN: Kind("Een termijn liep af: neem ik, bedenktijd, uitstel of vraag."),
    Event.VOORNEMEN: Kind("Een handeling op een platform gaat gebeuren, met haar motivering.", _ACT),
    Event.UITKOMST: Kind("Wat er van een voornemen geworden is.", ("action", "answers", "outcome")),
    Event.BESLIST: Kind("Een geval is afgehandeld door een beslissing.", _ACT),
    Event.MANUEEL: Kind("Iemand voerde een handeling zelf uit op het platform.", _ACT),
    Event.GEPLAND: Kind("Een handeling is gepland tegen een termijn.", _ACT),
    Event.GEANNULEERD: Kind("Een geplande handeling gaat niet door.", _ACT),
    Event.HEROPEND: Kind("Een geval is weer open."),
    Event.TEKST_GEWIJZIGD: Kind("De auteur wijzigde de tekst; er is een nieuwe versie.", ("text_version",)),
    Event.AUTEUR_VERWIJDERD: Kind("De auteur verwijderde de reactie zelf."),
    Event.ELDERS_VERBORGEN: Kind("De reactie is buiten Nabij om verborgen."),
    Event.ELDERS_ZICHTBAAR: Kind("De reactie is buiten Nabij om weer zichtbaar gemaakt."),
    Event.INGEZIEN: Kind("Iemand bekeek een afgeschermde tekst, auteurskaart of dossier.", _LOOK, view=True),
    Event.GEEXPORTEERD: Kind("Iemand haalde gegevens op als bestand.", _LOOK, view=True),
    Event.AFGEDRUKT: Kind("Iemand drukte een dossier af.", _LOOK, view=True),
    Event.GEREDIGEERD: Kind("Iemand maakte een versie met weglatingen van een dossier.", _LOOK, view=True),
    Event.STRIKE_GEBOEKT: Kind("Een waarschuwing telt mee voor de auteur.", ("count",)),
    Event.STRIKE_INGETROKKEN: Kind("Een waarschuwing telt niet meer mee.", ("actor", "reason")),
    Event.DOSSIER_CONCEPT: Kind("Een PV-dossier kreeg een nummer.", ("actor", "dossier")),
    Event.DOSSIER_GEWIJZIGD: Kind(
        "Het formulier van een concept kreeg een nieuwe versie (aantal).", ("actor", "dossier", "count")
    ),
    Event.DOSSIER_NAGEKEKEN: Kind("Een tweede lezer keek een dossier na en verzegelde het.", ("actor", "dossier")),
    Event.DOSSIER_OVERGEMAAKT: Kind("Een dossier is overgemaakt aan een onderzoeker.", ("actor", "dossier")),
    Event.DOSSIER_INGETROKKEN: Kind(
        "Een concept is ingetrokken; het nummer blijft gebruikt.", ("actor", "dossier", "reason")
    ),
    Event.BEWAARPLICHT_GEZET: Kind("Wat hierbij hoort, mag niet gewist worden.", _WHO),
    Event.BEWAARPLICHT_OPGEHEVEN: Kind("De bewaarplicht is opgeheven.", _LOOK),
    Event.GOEDGEKEURD: Kind("Een tweede persoon keurde een handeling goed.", _ACT),
    Event.AFGEKEURD: Kind("Een tweede persoon keurde een handeling af.", _ACT),
    Event.NACONTROLE: Kind("Een nood-uitvoering is achteraf nagekeken.", _WHO),
    Event.ALARM: Kind("Er ging een alarm uit.", ("reason",)),
    Event.ALARM_GEZIEN: Kind("Iemand nam kennis van een alarm.", _WHO),
    Event.ALARM_GESLOTEN: Kind("Een alarm is afgesloten, gedempt of vals gebleken.", ("reason",)),
    Event.VERNIETIGD: Kind("Gegevens zijn gewist na hun bewaartermijn; de vingerafdruk blijft.", ("reason",)),
    Event.HERSTEL: Kind("Een reservekopie is teruggezet of een fout rechtgezet.", ("reason",)),
    Event.INSTELLING: Kind("Een regel, tekst, rooster of instelling is gewijzigd.", ("actor", "reason")),
}
"""Every event with its meaning; a test keeps the two lists equal."""


class Result(StrEnum):
    """What became of an act on a platform."""

    GELUKT = "gelukt"
    MISLUKT = "mislukt"
    REEDS_WEG = "reeds_weg"
    ONBEKEND = "onbekend"
    PROEF = "proef"
    """Nothing was sent: the account is in trial (`acties = "uit"`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line to be written. Ids and keys are given as they are: the register writes pseudonyms of them.

    event: what happened · case, dossier: numbers · platform, account: key and own account id · comment_id, author_id,
    post_id: platform ids · action: command word · actor: person key, or `nabij` for the clock · second: person key of
    the other one (taken over from, approved for) · surface · order: delivery key · answers: seq of the *voornemen* that
    an *uitkomst* belongs to · from_state, to_state · category, house_rule, house_rules: what was broken, its rule and
    the version of the rules · rules, ruleset: why it was flagged · reason: code · objection: template that tells the
    citizen how to object · template: text sent · text_version: which text was judged · digests: name → salted SHA-256
    as hex (`bewijs`, `toelichting`, `uitgaand`, `dossier` …) · outcome, code: what the platform made of it · due: the
    moment something is planned for · count · period · automated: no person decided · drill: training or exercise.
    """

    event: Event
    case: str = ""
    dossier: str = ""
    platform: str = ""
    account: str = ""
    comment_id: str | None = None
    author_id: str | None = None
    post_id: str | None = None
    action: str = ""
    actor: str = ""
    second: str = ""
    surface: str = ""
    order: str = ""
    answers: int | None = None
    from_state: str = ""
    to_state: str = ""
    category: str = ""
    house_rule: str = ""
    house_rules: str = ""
    rules: tuple[str, ...] = ()
    ruleset: str = ""
    reason: str = ""
    objection: str = ""
    template: str = ""
    text_version: int | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    outcome: Result | None = None
    code: str = ""
    due: datetime | None = None
    count: int | None = None
    period: str = ""
    automated: bool = False
    drill: bool = False


Form = Callable[[Any], Any]
"""Gives the value as it is written; ValueError when it does not fit, without the value: it may be foreign text."""


def _like(pattern: str) -> Form:
    fits = re.compile(pattern).fullmatch

    def form(value: Any) -> str:  # noqa: ANN401 - any wrong type must be refused here
        if not isinstance(value, str) or not fits(value):
            raise ValueError("unfit")
        return str(value)

    return form


def _whole(value: Any) -> int:  # noqa: ANN401 - same
    if type(value) is not int or not 0 <= value < 2**53:
        raise ValueError("unfit")
    return value


def _yes(value: Any) -> bool:  # noqa: ANN401 - same
    if type(value) is not bool:
        raise ValueError("unfit")
    return value


def _code(value: Any) -> str:  # noqa: ANN401 - same
    """A platform may answer anything; a line must never fail on it, nor carry its text."""
    return value if re.fullmatch(r"[A-Za-z0-9_.:/#-]{1,40}", str(value)) else "onleesbaar"


def _digests(value: Mapping[str, str]) -> dict[str, str]:
    return {_word(name): _sha256(digest) for name, digest in value.items()}


def _rules(value: tuple[str, ...]) -> list[str]:
    return [_rule(each) for each in value]


def is_word(text: str) -> bool:
    """True for what may stand as a word of our own (a reason, a category): keys, never sentences."""
    return re.fullmatch(_WORD, text) is not None


def moment(value: datetime) -> str:
    """A moment as it is written: UTC, microseconds, Z."""
    if value.tzinfo is None:
        raise ValueError("a moment without a zone cannot be written")
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


_WORD = r"[a-z][a-z0-9_]{0,39}"
_word = _like(_WORD)
_rule = _like(r"[a-z0-9][a-z0-9_.:-]{0,79}")
_label = _like(r"[A-Za-z0-9][A-Za-z0-9 ._/:-]{0,39}")
_sha256 = _like(r"[0-9a-f]{64}")
_own_account = _like(r"[A-Za-z0-9_.:-]{1,80}")


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a line. name: attribute of Entry · key: in the line · header: in an export · form: what may stand
    there (None: a pseudonym takes its place).
    """

    name: str
    key: str
    header: str
    form: Form | None


FIELDS: tuple[Field, ...] = (
    Field("event", "gebeurtenis", "Gebeurtenis", _word),
    Field("case", "geval", "Geval", _like(r"NB-[0-9]{4}-[0-9]{6,9}")),
    Field("dossier", "dossier", "Dossier", _like(r"SMD-[0-9]{4}-[0-9]{6,9}(-[A-Z][0-9]{1,3})*")),
    Field("platform", "platform", "Platform", _word),
    Field("account", "account", "Account", _own_account),
    Field("comment_id", "reactie", "Reactie (pseudoniem)", None),
    Field("author_id", "auteur", "Auteur (pseudoniem)", None),
    Field("post_id", "bericht", "Bericht (pseudoniem)", None),
    Field("action", "handeling", "Handeling", _word),
    Field("actor", "door", "Door", None),
    Field("second", "tweede", "Tweede persoon", None),
    Field("surface", "oppervlak", "Oppervlak", _word),
    Field("order", "opdracht", "Opdracht (pseudoniem)", None),
    Field("answers", "bij", "Bij voornemen", _whole),
    Field("from_state", "van", "Van", _word),
    Field("to_state", "naar", "Naar", _word),
    Field("category", "categorie", "Categorie", _word),
    Field("house_rule", "huisregel", "Huisregel", _label),
    Field("house_rules", "huisregels", "Versie huisregels", _label),
    Field("rules", "regels", "Detectieregels", _rules),
    Field("ruleset", "regelset", "Regelset", _like(r"[0-9a-f]{12,64}")),
    Field("reason", "reden", "Reden", _word),
    Field("objection", "bezwaarweg", "Bezwaarweg", _word),
    Field("template", "sjabloon", "Sjabloon", _rule),
    Field("text_version", "tekstversie", "Tekstversie", _whole),
    Field("digests", "vingerafdrukken", "Vingerafdrukken", _digests),
    Field("outcome", "uitkomst", "Uitkomst", _word),
    Field("code", "code", "Code", _code),
    Field("due", "termijn", "Termijn", moment),
    Field("count", "aantal", "Aantal", _whole),
    Field("period", "periode", "Periode", _like(r"[0-9W.Q-]{4,24}")),
    Field("automated", "automatisch", "Automatisch", _yes),
    Field("drill", "oefening", "Oefening", _yes),
)
"""Every key that Entry can fill, in the order of an export."""

_ALWAYS = frozenset({"automated"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands: its number, the leaf before it, when; back: the clock was earlier than on the line before;
    key: name of the key behind its pseudonyms, empty for the lasting one.
    """

    seq: int
    prev: bytes
    at: datetime
    back: bool = False
    key: str = ""


def write(entry: Entry, place: Place, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """The line as an object; ValueError names the field that is missing or unfit."""
    _complete(entry)
    line: dict[str, Any] = {"v": VERSION, "seq": place.seq, "prev": place.prev.hex(), "tijd": moment(place.at)}
    if place.back:
        line["klok_afwijking"] = True
    if place.key:
        line["sleutel"] = place.key
    for each in FIELDS:
        value = getattr(entry, each.name)
        if each.name in _ALWAYS or not _absent(value):
            line[each.key] = _written(each, value, entry, pseudonyms)
    return line


def _absent(value: object) -> bool:
    """True for None, False and everything empty; 0 is a figure."""
    return not value and type(value) is not int


def _complete(entry: Entry) -> None:
    for name in EVENTS[entry.event].needs:
        if _absent(getattr(entry, name)):
            raise ValueError(f"register: {entry.event} needs {name}")
    if (entry.comment_id or entry.author_id or entry.post_id) and not entry.platform:
        raise ValueError("register: an id needs platform")


def _written(each: Field, value: Any, entry: Entry, pseudonyms: Pseudonyms) -> Any:  # noqa: ANN401 - by field
    if each.form is None:
        return _pseudonym(each.name, value, entry.platform, pseudonyms)
    try:
        return each.form(value)
    except ValueError:
        raise ValueError(f"register: {each.name} is unfit") from None


def _pseudonym(name: str, value: str, platform: str, pseudonyms: Pseudonyms) -> str:
    match name:
        case "comment_id":
            return pseudonyms.comment(platform, value)
        case "author_id":
            return pseudonyms.author(platform, value)
        case "post_id":
            return pseudonyms.post(platform, value)
        case "order":
            return pseudonyms.order(value)
        case _:
            return CLOCK if value == CLOCK else pseudonyms.person(value)


def encode(line: Mapping[str, Any]) -> bytes:
    """The canonical bytes (RFC 8785): what is stored and hashed."""
    return rfc8785.dumps(dict(line))


def decode(body: bytes) -> dict[str, Any]:
    """The line in stored bytes; ValueError unless they are the one canonical form of an object.

    For ASCII text, small integers, booleans, lists and objects `json` writes exactly what RFC 8785 asks (a test
    compares the two), a good deal faster; everything else is refused: no line needs it.
    """
    text = body.decode("ascii")
    line = _READER.decode(text)
    if not isinstance(line, dict) or _WRITER.encode(line) != text:
        raise ValueError("a line is an object in canonical form")
    return line


def _refuse(_number: str) -> Any:  # noqa: ANN401 - never returns
    raise ValueError("a line holds whole numbers only")


def _small(number: str) -> int:
    value = int(number)
    if abs(value) >= 2**53:
        raise ValueError("a number in a line is too large")
    return value


_READER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, parse_int=_small)
_WRITER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
