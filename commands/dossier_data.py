"""`dossier.json`: everything that is known of a dossier, in keys and words of data. Schema 1.

Two axes stand apart: `huisregel` (what was broken) and `strafbaar` (what police and justice decide; Nabij qualifies
nothing, so `kwalificatie` is always null). What should be there and is not has a row in `stukken` that says why.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from commands.dossier_material import Captured, Material, Text
from commands.house import House
from domain.categories import Urgency
from domain.clock import local
from domain.dossier import ELEMENTS, Form
from domain.orders import CLOCK
from domain.points import points, spelled
from storage.register_entry import Event

SCHEMA = 1
_SINCE = "voorafgaande reacties"
_FAILED = Event.VASTLEGGING_MISLUKT
_NOT_FETCHED = "niet_opgehaald"
_NOT_GIVEN = "niet_meegegeven_door_platform"
Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sealing:
    """Who seals, when, and the last register line that the file holds."""

    by: str
    at: datetime
    upto: int


def data_of(house: House, made: Material, sealing: Sealing | None) -> Data:
    """The object, without `stukken`."""
    form = Form.of(made.forms[-1].form)
    return {
        "schema": SCHEMA,
        "nummer": made.row.number,
        "vult_aan": added_to(made.row.number),
        "geval": made.case.number,
        "zone": house.settings.zone.naam,
        "opgesteld": _signed(house, made.row.made_by, made.row.made_at),
        "formulier": [{"versie": each.version, **_signed(house, each.by, each.at)} for each in made.forms],
        "nagekeken": _signed(house, sealing.by, sealing.at) if sealing else None,
        "identificatie": _identity(house, made),
        "huisregel": {"categorie": form.category, **_house_rules(house)},
        "strafbaar": _punishable(form),
        "nota": form.note,
        "teksten": [_text(made, each) for each in made.texts],
        "markeringen": [_flag(each) for each in made.flags if each.state == "live"],
        "bewijs": [_capture(each) for each in made.captures],
        "voorafgaand": before(made) or [],
        "bericht": post_of(made),
        "media": [_picture(place, each) for place, each in enumerate(pictures(made))],
        "niet_meer_opvraagbaar": _last_failure(made),
        "berichten_aan_auteur": [_message(each) for each in made.messages],
        "eerdere_gevallen": [{"geval": each.number, "op": _at(each.opened_at)} for each in made.earlier],
        "tijdlijn": list(_timeline(house, made, sealing)),
    }


def added_to(number: str) -> str:
    """`SMD-2026-000001-A2` → `SMD-2026-000001`; empty for a dossier that adds to none."""
    return number.rpartition("-A")[0]


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _signed(house: House, person: str, at: datetime | None) -> Data:
    found = house.settings.person(person)
    return {"door": house.name(person), "rol": found.role if found else "", "op": _at(at)}


def _house_rules(house: House) -> Data:
    zone = house.settings.zone
    return {"versie": zone.huisregels_versie, "adres": zone.huisregels}


def _punishable(form: Form) -> Data:
    return {
        "mogelijk_strafbaar": form.punishable,
        "kwalificatie": None,
        "elementen": {each: each in form.elements for each in ELEMENTS},
        "criterium": form.criterion,
        "doelwit": form.target,
        "benadeelde": form.injured,
        "klacht": form.complaint,
    }


def _identity(house: House, made: Material) -> Data:
    comment, account = made.comment, house.account(made.comment.platform, made.comment.account)
    return {
        "platform": comment.platform,
        "account": comment.account,
        "account_naam": account.naam if account else "",
        "reactie_id": comment.comment,
        "bericht_id": comment.post,
        "antwoord_op": comment.parent,
        "link": comment.permalink,
        "auteur_id": comment.author_id,
        "auteur_naam": comment.author_name,
        "auteur_naam_gespeld": spelled(comment.author_name or ""),
        "identiteit_geverifieerd": False,
        "geplaatst_op": _at(comment.posted_at),
        "eerst_gezien_op": _at(made.case.opened_at),
        "toestand": comment.visibility,
    }


# ---------------------------------------------------------------- texts and captures


def _text(made: Material, each: Text) -> Data:
    captures = [one for one in made.captures if one.row.version == each.version]
    return {
        "versie": each.version,
        "tekst": each.text,
        "gespeld": spelled(each.text),
        "tekens": [{"code": one.code, "naam": one.name, "aantal": one.count} for one in points(each.text)],
        "lengte": len(each.text),
        "gezien_op": _at(each.seen_at),
        "bron": captures[0].row.source if captures else "",
        "vingerafdruk": captures[-1].row.digest if captures else "",
    }


def _flag(row: Any) -> Data:  # noqa: ANN401 - a FlagRow
    return {
        "regel": row.rule,
        "categorie": row.category,
        "urgentie": Urgency(row.urgency).key,
        "zekerheid": row.certainty,
        "tekstversie": row.version,
        "regelset": row.ruleset,
    }


def _capture(each: Captured) -> Data:
    row = each.row
    return {
        "pad": each.path,
        "versie": row.version,
        "moment": row.moment,
        "op": _at(row.at),
        "bron": row.source,
        "status": row.status,
        "zichtbaarheid": row.visibility,
        "vingerafdruk": row.digest,
        "heel": each.whole,
        "regel": each.line,
    }


def http_of(each: Captured) -> Data:
    """How the bytes of a capture were obtained, and all that its digest is made of."""
    row = each.row
    names = ("source", "status", "headers", "context", "media", "missing")
    return {
        **{name: value for name, value in _capture(each).items() if name not in ("pad", "regel")},
        "nonce": row.nonce.hex(),
        "naast": {name: getattr(row, name) for name in names},
    }


def _last_failure(made: Material) -> Data | None:
    """When the newest try to read the comment failed: since when it is out of reach, and the platform's code."""
    tries = [each.said for each in made.lines if each.said["gebeurtenis"] in (Event.VASTGELEGD, _FAILED)]
    if not tries or tries[-1]["gebeurtenis"] != _FAILED:
        return None
    return {"op": tries[-1]["tijd"], "code": tries[-1].get("code", "")}


# ---------------------------------------------------------------- what stood around it


def before(made: Material) -> list[Data] | None:
    """The comments before it, as the newest capture that could read them saw them; None when none could."""
    for each in reversed(made.captures):
        if each.row.status and not any(part.startswith(_SINCE) for part in each.row.missing):
            return [{**one, "gespeld": spelled(one.get("tekst") or "")} for one in each.row.context]
    return None


def post_of(made: Material) -> Data | None:
    """The own post it stood under."""
    post = made.post
    if post is None:
        return None
    return {"titel": post.title, "link": post.permalink, "id": post.post, "gelezen_op": _at(post.read_at)}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or film of the comment. path: below `data/`, empty when it is missing · missing: why."""

    kind: str
    mime: str = ""
    path: str = ""
    sha256: str = ""
    body: bytes = b""
    missing: str = ""
    at: datetime | None = None


_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif"}
_ENDINGS |= {"video/mp4": "mp4", "video/webm": "webm"}


def pictures(made: Material) -> Iterator[Picture]:
    """Every picture that the comment ever had, there or not, by place."""
    linked = {place: kind for place, (_, kind) in enumerate(made.comment.media)}
    for place in range(max((*linked, *made.media), default=-1) + 1):
        row = made.media.get(place)
        if row is None:
            yield Picture(linked.get(place, ""), missing=_NOT_FETCHED)
        elif row.body is None:
            yield Picture(row.kind, missing=row.missing or _NOT_FETCHED, at=row.fetched_at)
        else:
            path = f"media/{place}.{_ENDINGS.get(row.mime, 'bin')}"
            yield Picture(row.kind, row.mime, path, row.sha256, row.body, at=row.fetched_at)


def _picture(place: int, each: Picture) -> Data:
    return {
        "plaats": place,
        "soort": each.kind,
        "type": each.mime,
        "pad": each.path,
        "sha256": each.sha256,
        "ontbreekt": each.missing,
        "opgehaald_op": _at(each.at),
    }


def _message(row: Any) -> Data:  # noqa: ANN401 - a MessageRow
    return {"sjabloon": row.template, "tekst": row.text, "staat": row.state, "op": _at(row.settled_at or row.at)}


# ---------------------------------------------------------------- what happened


def _timeline(house: House, made: Material, sealing: Sealing | None) -> Iterable[Data]:
    """The register lines for people: colleagues who answer for the dossier by name, others by number (M1)."""
    named = {made.row.made_by, *(each.by for each in made.forms), *({sealing.by} if sealing else ())}
    known = {each: house.register.pseudonyms.person(each) for each in named}
    people = {pseudonym: house.name(person) for person, pseudonym in known.items()} | {CLOCK: "Nabij"}
    for line in made.lines:
        said = line.said
        who = said.get("door", "")
        label = people.setdefault(who, f"M{len(people) - len(known)}") if who else ""
        yield {
            "nr": said["seq"],
            "tijd": said["tijd"],
            "gebeurtenis": said["gebeurtenis"],
            "handeling": said.get("handeling", ""),
            "door": label,
            "uitkomst": said.get("uitkomst", ""),
            "tekstversie": said.get("tekstversie"),
            "vingerafdruk": said.get("vingerafdrukken", {}).get("bewijs", ""),
        }


def time_sources(made: Material, sealing: Sealing | None) -> Data:
    """Which clocks said what: this machine, the register, the platform."""
    last = made.lines[-1].said
    return {
        "klok_van_de_machine": _at(sealing.at) if sealing else None,
        "plaatselijk": local(sealing.at).isoformat() if sealing else None,
        "laatste_registerregel": {"nr": last["seq"], "tijd": last["tijd"]},
        "klokafwijkingen": [each.said["seq"] for each in made.lines if each.said.get("klok_afwijking")],
        "platform": [
            {"pad": each.path, "date": each.row.headers["date"], "ontvangen_op": _at(each.row.at)}
            for each in made.captures
            if "date" in each.row.headers
        ],
    }


# ---------------------------------------------------------------- parts, there or missing


def parts(made: Material, sums: Mapping[str, str]) -> list[Data]:
    """Each part: where it is, or why it is missing. sums: path → SHA-256 of what is in the file."""
    found = [
        *((f"tekst {each.version}", f"bron/v{each.version}/tekst.txt", "") for each in made.texts),
        *((_part_of(each), f"{each.path}/body.bin", "" if each.whole else "niet_heel") for each in made.captures),
        ("gelezen_bij_platform", _read_back(made), _NOT_FETCHED),
        ("bericht", "context/bericht.json", _why(made, "bericht")),
        ("voorafgaande_reacties", "context/voorafgaand.json", _why(made, _SINCE)),
        *((f"media {place}", each.path, each.missing) for place, each in enumerate(pictures(made))),
        *_absent(made),
    ]
    return [_part(deel, path, why, sums) for deel, path, why in found]


def _part(deel: str, path: str, why: str, sums: Mapping[str, str]) -> Data:
    there = path in sums and why != "niet_heel"
    return {
        "deel": deel,
        "pad": path if there else "",
        "sha256": sums[path] if there else "",
        "ontbreekt": "" if there else why or _NOT_FETCHED,
    }


def _part_of(each: Captured) -> str:
    return f"bron {each.path.removeprefix('bron/v').replace('/', '.')}"


def _read_back(made: Material) -> str:
    """The newest capture that was read from the platform itself."""
    found = [each for each in made.captures if each.row.status and each.whole]
    return f"{found[-1].path}/body.bin" if found else ""


def _why(made: Material, part: str) -> str:
    """What the captures said of a part that could not be had: `bericht (Transient)` → `Transient`."""
    said = [each for capture in made.captures for each in capture.row.missing if each.startswith(f"{part} (")]
    return said[-1].partition("(")[2].rstrip(")") if said else _NOT_FETCHED


def _absent(made: Material) -> Iterator[tuple[str, str, str]]:
    """What whoever investigates needs, and the platform did not give."""
    comment = made.comment
    told = {"link": comment.permalink, "tijdstip": comment.posted_at, "auteur": comment.author_id}
    return ((part, "", _NOT_GIVEN) for part, value in told.items() if not value)
