"""What `doctor` looks at: each part, whether it is in order, and what was found."""

from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from bot.parts import Parts
from bot.texts import catalogue
from commands.house import House
from domain.clock import local
from domain.errors import PlatformError
from domain.messages import Template
from domain.roles import Role
from domain.settings import VANGNET, Settings
from storage import migrate, watch
from storage.database import Database
from storage.register_verify import verify

Finding = tuple[str, bool, str]


def examine(parts: Parts) -> list[Finding]:
    """All findings. Looks and asks, changes nothing."""
    found = list(_settings(parts.house))
    tables = _tables(parts.database)
    found.append(tables)
    if tables[1]:
        found += [*_register(parts.database), *_checks(parts)]
    return [*found, *_accounts(parts.house)]


def _settings(house: House) -> Iterator[Finding]:
    _ = catalogue()
    settings = house.settings
    yield _("house rules"), bool(settings.zone.huisregels), settings.zone.huisregels or _("[zone] huisregels is empty")
    yield _("people"), bool(settings.people), _("{n} in nabij.toml", n=len(settings.people))
    yield _("rules"), True, house.flagger.ruleset
    yield from _calls(settings)
    yield from _templates(house)


def _calls(settings: Settings) -> Iterator[Finding]:
    """Whether anybody can be called at night."""
    _ = catalogue()
    net = bool(settings.addresses.get(VANGNET))
    yield _("safety net"), net, _("has an address") if net else _("NABIJ_ADDRESS_VANGNET is empty in .env")
    commanders = [person for person in settings.people if person.role == Role.COMMANDANT]
    deaf = ", ".join(person.key for person in commanders if not settings.addresses.get(person.key))
    told = _("without an address: {who}", who=deaf) if deaf else _("{n} in nabij.toml", n=len(commanders))
    yield _("commanders"), bool(commanders) and not deaf, told


def _templates(house: House) -> Iterator[Finding]:
    """Texts to citizens that somebody must look at again."""
    _ = catalogue()
    today = local(house.clock.now()).date()
    old = ", ".join(key for key in Template if house.templates[key].expires < today)
    yield _("texts to citizens"), not old, _("expired: {keys}", keys=old) if old else _("none has expired")


def _tables(database: Database) -> Finding:
    _ = catalogue()
    try:
        behind = migrate.behind(database)
    except SQLAlchemyError as error:
        return _("database"), False, type(error).__name__
    return _("database"), not behind, _("up to date") if not behind else _("run: python -m storage migrate")


def _register(database: Database) -> Iterator[Finding]:
    _ = catalogue()
    with database.reading.connect() as connection:
        verdict = verify(connection)
    yield _("register"), verdict.exit_code in (0, 2), _("{n} lines", n=verdict.size)


def _checks(parts: Parts) -> Iterator[Finding]:
    _ = catalogue()
    with parts.database.read() as session:
        silent = {row.name for row in watch.silent(session, parts.house.clock.now())}
        for row in watch.heartbeats(session):
            yield row.name, row.name not in silent, _("last {at}", at=row.last_ok.isoformat(timespec="seconds"))
        for alarm in watch.alarms(session):
            yield _("alarm"), False, _(alarm.msgid, **alarm.params)


def _accounts(house: House) -> Iterator[Finding]:
    _ = catalogue()
    if not house.platforms:
        yield _("accounts"), False, _("there is no [[account]] in nabij.toml")
    for (key, account), platform in house.platforms.items():
        yield _asked(f"{key} {account}", lambda platform=platform: next(iter(platform.recent(house.clock.now())), ()))  # type: ignore[misc]


def _asked(name: str, ask: Callable[[], object]) -> Finding:
    _ = catalogue()
    try:
        ask()
    except PlatformError as error:
        return name, False, _(error.msgid, **error.params)
    return name, True, _("answers")
