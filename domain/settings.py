"""Settings: one typed, frozen object, checked at start. Policy from `nabij.toml`, secrets and addresses from `.env`.

`parse` refuses unknown keys, missing secrets of what is switched on, and impossible values, each with one line that
names the key and the mend (Misconfigured, exit 2). Reading the files is `storage.configuration`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, time
from pathlib import Path
from typing import Any

from domain.calendar import Targets
from domain.errors import Misconfigured
from domain.model import Person
from domain.orders import CLOCK
from domain.roles import Role

WEEKDAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")


@dataclass(frozen=True, slots=True)
class Zone:
    """[zone] Who we are. huisregels: address of the house rules; while empty, warnings cannot be sent."""

    naam: str = "Gentse Flikken"
    huisregels: str = ""
    huisregels_versie: str = "v1"
    profiel: str = "gent"
    huis: str = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """[uren] Cover. werkdagen: two-letter days · vrije_dagen: dates on top of the legal holidays."""

    werkdagen: tuple[str, ...] = ("ma", "di", "wo", "do", "vr")
    van: time = time(9)
    tot: time = time(17)
    vrije_dagen: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """[getallen] The default numbers of the product (§20) that have a use so far; minutes, hours, seconds as named."""

    claim_ttl_min: int = 10
    delete_grace_s: int = 60
    capture_max_age_min: int = 10
    poll_s: int = 120
    sla_kritiek_min: int = 15
    sla_hoog_min: int = 60
    sla_normaal_h: int = 4
    sla_laag_d: int = 2
    retry_max: int = 5
    warn_delay_s: int = 30
    strike_max: int = 3
    strike_days: int = 365
    alert_next_min: int = 5
    alert_all_min: int = 10
    alert_mute_min: int = 30
    blind_event_min: int = 10
    blind_min: int = 60
    body_max_mib: int = 16
    media_max_mib: int = 8

    @property
    def targets(self) -> Targets:
        """Response times as the calendar wants them."""
        return Targets(self.sla_kritiek_min, self.sla_hoog_min, self.sla_normaal_h, self.sla_laag_d)


@dataclass(frozen=True, slots=True)
class Texts:
    """[teksten] What the texts to citizens are filled with. ondertekening: how the force signs."""

    noodnummer: str = "101"
    meldpunt: str = "meldpunt.gent@police.belgium.eu"
    hierniet: str = "https://hierniet.be/"
    ondertekening: str = "De redactie van de Gentse Flikken"


@dataclass(frozen=True, slots=True)
class Display:
    """[weergave] tekst_in_chat: `vol`, `gemaskeerd` or `geen` · masker_vanaf: urgency from which text is masked."""

    tekst_in_chat: str = "vol"
    masker_vanaf: str = "hoog"


@dataclass(frozen=True, slots=True)
class Browser:
    """[browser] The browser channel. host: a loopback address, as people come in with start links · publiek_adres: name
    under which a proxy with TLS shows it, empty without one.
    """

    host: str = "127.0.0.1"
    port: int = 8780
    publiek_adres: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """[[account]] One account on one platform. acties: `aan`, or `uit` = trial: shows what every button would do.

    token, app_secret, verify_token and api come from the environment (`FACEBOOK_TOKEN_<id>` …).
    """

    platform: str
    id: str
    naam: str
    acties: str = "aan"
    token: str = field(default="", repr=False)
    app_secret: str = field(default="", repr=False)
    verify_token: str = field(default="", repr=False)
    api: str = ""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Fixed secrets. pseudonym_key: keys the pseudonyms in the register, 32 bytes or more as hex · metrics_token: opens
    /metrics from elsewhere than loopback.
    """

    pseudonym_key: bytes = field(default=b"", repr=False)
    metrics_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, checked."""

    data: Path
    database_url: str
    zone: Zone = Zone()
    hours: Hours = Hours()
    numbers: Numbers = Numbers()
    texts: Texts = Texts()
    display: Display = Display()
    browser: Browser = Browser()
    accounts: tuple[Account, ...] = ()
    people: tuple[Person, ...] = ()
    secrets: Secrets = Secrets()
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """Person key, `vangnet` or `overzicht` → apprise addresses; they may hold passwords."""

    def person(self, key: str) -> Person | None:
        """The person with this key, if there is one."""
        return next((person for person in self.people if person.key == key), None)


SECTIONS: dict[str, type] = {
    "zone": Zone,
    "uren": Hours,
    "getallen": Numbers,
    "teksten": Texts,
    "weergave": Display,
    "browser": Browser,
}
"""Tables of `nabij.toml` and what they become."""

ACCOUNT_SECRETS = {"app_secret": "APP_SECRET", "token": "TOKEN", "verify_token": "VERIFY_TOKEN"}
"""Secret of an account → part of its name in the environment (`FACEBOOK_APP_SECRET`, `FACEBOOK_TOKEN_1001`)."""

ENVIRONMENT: dict[str, str] = {
    "NABIJ_DATA": "Folder for everything Nabij keeps; `./data` when absent.",
    "NABIJ_CONFIG": "Path of nabij.toml; `./nabij.toml` when absent.",
    "NABIJ_DATABASE_URL": "postgresql+psycopg://… for several machines; absent = SQLite in the data folder.",
    "NABIJ_PSEUDONYM_KEY": "Keys the pseudonyms in the register: 64 or more hex characters. Never change it.",
    "NABIJ_METRICS_TOKEN": "Opens /metrics from elsewhere than this machine.",
    "FACEBOOK_APP_SECRET": "App secret of the Meta app: checks signatures of deliveries.",
    "FACEBOOK_VERIFY_TOKEN": "Word agreed with Meta for the webhook handshake.",
    "FACEBOOK_TOKEN_<page id>": "Page access token of one page.",
    "NABIJ_ADDRESS_<sleutel>": "Where a person of nabij.toml is called: apprise addresses, with a space between them.",
    "NABIJ_ADDRESS_VANGNET": "Who is always called in the end, such as dispatching: apprise addresses.",
    "NABIJ_ADDRESS_OVERZICHT": "Who gets the digests by e-mail: apprise addresses.",
    "FACEBOOK_API": "Address of the Graph API; only for practice and tests.",
}
"""Every variable that is read; `.env.example` and the docs list the same ones (a test compares)."""

PLATFORMS = ("facebook",)
VANGNET, OVERZICHT = "vangnet", "overzicht"
_TAKEN = (CLOCK, VANGNET, OVERZICHT)
_ADDRESS = "NABIJ_ADDRESS_"
_MIN_KEY_BYTES = 32
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_is_key = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}").fullmatch
_is_version = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/:-]{0,39}").fullmatch
_is_account = re.compile(r"[A-Za-z0-9_.:-]{1,80}").fullmatch
_MAX_PORT = 65535
_POSITIVE_ZERO_OK = frozenset({"retry_max"})


def parse(toml: Mapping[str, Any], env: Mapping[str, str], *, root: Path) -> Settings:
    """The settings out of the parsed `nabij.toml` and the environment. root: folder that relative paths start from."""
    if unknown := sorted(set(toml) - set(SECTIONS) - {"account", "persoon"}):
        raise Misconfigured(
            "nabij.toml: unknown table [{key}]; known are {known}.", key=unknown[0], known=", ".join(SECTIONS)
        )
    parts = {name: _section(name, kind, toml.get(name, {})) for name, kind in SECTIONS.items()}
    data = root / env.get("NABIJ_DATA", "data")
    people = tuple(_person(row) for row in _rows(toml, "persoon"))
    settings = Settings(
        data=data,
        database_url=env.get("NABIJ_DATABASE_URL") or f"sqlite:///{data / 'nabij.sqlite'}",
        zone=parts["zone"],
        hours=parts["uren"],
        numbers=parts["getallen"],
        texts=parts["teksten"],
        display=parts["weergave"],
        browser=parts["browser"],
        accounts=tuple(_account(row, env) for row in _rows(toml, "account")),
        people=people,
        secrets=Secrets(_key(env), env.get("NABIJ_METRICS_TOKEN", "")),
        addresses=_addresses(env, people),
    )
    _check(settings)
    return settings


def _rows(toml: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    rows = toml.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Misconfigured("nabij.toml: write [[{key}]] with double brackets, once for each.", key=name)
    return rows


def _section(name: str, kind: type, given: object) -> Any:  # noqa: ANN401 - one of the five section types
    if not isinstance(given, dict):
        raise Misconfigured("nabij.toml: [{key}] must be a table.", key=name)
    known = {each.name: each for each in fields(kind)}
    if unknown := sorted(set(given) - set(known)):
        raise Misconfigured("nabij.toml: [{section}] has no setting “{key}”.", section=name, key=unknown[0])
    values = {key: _value(f"[{name}] {key}", known[key].default, value) for key, value in given.items()}
    return kind(**values)


def _value(place: str, default: object, value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    if default is MISSING or isinstance(default, str):
        return _text(place, value)
    if isinstance(default, int):
        if type(value) is not int or value < 0:
            raise Misconfigured("nabij.toml: {key} must be a whole number from 0 up.", key=place)
        return value
    if isinstance(default, time):
        try:
            return time.fromisoformat(value) if isinstance(value, str) else time.fromisoformat(str(value))
        except ValueError:
            raise Misconfigured('nabij.toml: {key} must be a time like "09:00".', key=place) from None
    if not isinstance(value, list):
        raise Misconfigured("nabij.toml: {key} must be a list.", key=place)
    return tuple(value)


def _text(place: str, value: object) -> str:
    if not isinstance(value, str):
        raise Misconfigured("nabij.toml: {key} must be text between quotes.", key=place)
    return value


def _person(row: Mapping[str, Any]) -> Person:
    if set(row) != {"sleutel", "naam", "rol"}:
        raise Misconfigured("nabij.toml: a [[persoon]] has exactly sleutel, naam and rol.")
    key, name, role = (_text(f"[[persoon]] {part}", row[part]) for part in ("sleutel", "naam", "rol"))
    if not _is_key(key) or key in _TAKEN:
        raise Misconfigured(
            "nabij.toml: [[persoon]] sleutel “{key}” must be 1 to 40 of a-z, 0-9, - and _, and none of {taken}.",
            key=key[:40],
            taken=", ".join(_TAKEN),
        )
    if role not in tuple(Role):
        raise Misconfigured(
            "nabij.toml: [[persoon]] {key} has unknown rol “{role}”; known are {known}.",
            key=key,
            role=role,
            known=", ".join(Role),
        )
    return Person(key, name, role)


def _account(row: Mapping[str, Any], env: Mapping[str, str]) -> Account:
    if unknown := sorted(set(row) - {"platform", "id", "naam", "acties"}):
        raise Misconfigured("nabij.toml: [[account]] has no setting “{key}”.", key=unknown[0])
    if missing := sorted({"platform", "id", "naam"} - set(row)):
        raise Misconfigured("nabij.toml: an [[account]] misses “{key}”.", key=missing[0])
    text = {key: _text(f"[[account]] {key}", value) for key, value in row.items()}
    prefix = text["platform"].upper()
    secrets = {
        part: env.get(f"{prefix}_{name}_{text['id']}", "") or env.get(f"{prefix}_{name}", "")
        for part, name in ACCOUNT_SECRETS.items()
    }
    return Account(**text, **secrets, api=env.get(f"{prefix}_API", ""))


def _addresses(env: Mapping[str, str], people: Sequence[Person]) -> dict[str, tuple[str, ...]]:
    """Who is reached where; a variable that names nobody is a mistake that would be found out at night."""
    keys = {_variable(key): key for key in (*(person.key for person in people), VANGNET, OVERZICHT)}
    if unknown := sorted(name for name in env if name.startswith(_ADDRESS) and name not in keys):
        raise Misconfigured("{name} names nobody of nabij.toml; known are {known}.", name=unknown[0], known=_list(keys))
    return {key: tuple(env[name].split()) for name, key in keys.items() if env.get(name, "").split()}


def _variable(key: str) -> str:
    return _ADDRESS + key.upper().replace("-", "_")


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _key(env: Mapping[str, str]) -> bytes:
    try:
        return bytes.fromhex(env.get("NABIJ_PSEUDONYM_KEY", ""))
    except ValueError:
        raise Misconfigured("NABIJ_PSEUDONYM_KEY must be hexadecimal; make one with: openssl rand -hex 32") from None


def _check(settings: Settings) -> None:
    _check_hours(settings.hours)
    _check_policy(settings)
    for account in settings.accounts:
        _check_account(account)
    if len({(account.platform, account.id) for account in settings.accounts}) != len(settings.accounts):
        raise Misconfigured("nabij.toml: the same [[account]] stands there twice.")
    keys = [_variable(person.key) for person in settings.people]
    if len(set(keys)) != len(keys):
        raise Misconfigured("nabij.toml: two people share a sleutel.")
    if 0 < len(settings.secrets.pseudonym_key) < _MIN_KEY_BYTES:
        raise Misconfigured("NABIJ_PSEUDONYM_KEY is too short; make one with: openssl rand -hex 32")


def _check_hours(hours: Hours) -> None:
    if wrong := [day for day in hours.werkdagen if day not in WEEKDAYS]:
        raise Misconfigured(
            "nabij.toml: [uren] werkdagen knows no “{day}”; use {known}.", day=str(wrong[0]), known=", ".join(WEEKDAYS)
        )
    if hours.van >= hours.tot:
        raise Misconfigured("nabij.toml: [uren] van must be earlier than tot.")
    if any(type(day) is not date for day in hours.vrije_dagen):
        raise Misconfigured("nabij.toml: [uren] vrije_dagen must be dates like 2026-07-20, without quotes.")


def _check_policy(settings: Settings) -> None:
    if settings.display.tekst_in_chat not in ("vol", "gemaskeerd", "geen"):
        raise Misconfigured("nabij.toml: [weergave] tekst_in_chat must be vol, gemaskeerd or geen.")
    if settings.display.masker_vanaf not in ("laag", "normaal", "hoog", "kritiek"):
        raise Misconfigured("nabij.toml: [weergave] masker_vanaf must be laag, normaal, hoog or kritiek.")
    if not _is_version(settings.zone.huisregels_versie):
        raise Misconfigured("nabij.toml: [zone] huisregels_versie must be short and plain, like v3 or 2026-07.")
    if settings.browser.host not in _LOOPBACK:
        raise Misconfigured(
            "nabij.toml: [browser] host must be 127.0.0.1: start links are for one machine; use a proxy with TLS."
        )
    if settings.browser.port > _MAX_PORT:
        raise Misconfigured("nabij.toml: [browser] port must be 0 to 65535.")
    if settings.numbers.alert_all_min <= settings.numbers.alert_next_min:
        raise Misconfigured("nabij.toml: [getallen] alert_all_min must be more than alert_next_min.")
    for name in (each.name for each in fields(Numbers)):
        if getattr(settings.numbers, name) == 0 and name not in _POSITIVE_ZERO_OK | {"delete_grace_s"}:
            raise Misconfigured("nabij.toml: [getallen] {key} must be 1 or more.", key=name)


def _check_account(account: Account) -> None:
    if account.platform not in PLATFORMS:
        raise Misconfigured(
            "nabij.toml: [[account]] platform “{key}” is unknown; known are {known}.",
            key=account.platform,
            known=", ".join(PLATFORMS),
        )
    if not _is_account(account.id):
        raise Misconfigured("nabij.toml: [[account]] id of “{name}” is not an id.", name=account.naam)
    if account.acties not in ("aan", "uit"):
        raise Misconfigured("nabij.toml: [[account]] acties must be aan or uit.")
    for part, name in ACCOUNT_SECRETS.items():
        if not getattr(account, part):
            wanted = f"{account.platform.upper()}_{name}" + (f"_{account.id}" if part == "token" else "")
            raise Misconfigured(
                "{key} is missing in .env, and the account {account} needs it.", key=wanted, account=account.naam
            )
