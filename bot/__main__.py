"""`python -m bot`: the command line, and the one place where the house is put together.

settings ─▶ wire ─▶ Parts ─┬─ serve: web process (this module)
                           ├─ the clock (`jobs.__main__` calls wire as well)
                           └─ demo: both, with a practice platform
"""

import asyncio
import signal
import sys
import threading
import webbrowser
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from sqlalchemy.orm import Session

from bot import inbound, web
from bot.agenda_desk import HouseAgendaDesk
from bot.browser import agenda_routes, dossier_routes, incident_routes, report_routes
from bot.browser.site import Site
from bot.commandline import Doors, commandline
from bot.demo import house as demo_house
from bot.demo.director import Audience
from bot.demo.feesten import play
from bot.demo.stage import StageClock
from bot.desk import HouseDesk
from bot.dossier_desk import HouseDossierDesk
from bot.examine import examine
from bot.incident_desk import HouseIncidentDesk
from bot.live import Live
from bot.logs import set_up
from bot.notify.herald import AppriseHerald
from bot.parts import DRAIN_S, Parts
from bot.reach import Reach
from bot.report_desk import HouseReportDesk
from bot.scribe import HouseScribe
from bot.texts import catalogue
from commands import deliver, digests, due, give, ingest, intake, notices, poll, reconcile
from commands.house import House, name_of
from domain.clock import Clock, SystemClock
from domain.digests import Digest
from domain.errors import Misconfigured
from domain.ports import Platform
from domain.settings import Settings
from jobs.clock import Ticker
from jobs.schedule import Keeper, ask_poll
from platforms.hooks import Hooks
from platforms.practice.scenario import FEESTEN, Player, load
from platforms.practice.server import Options, PracticeServer
from platforms.registry import PLATFORMS
from rules.engine import Rules
from rules.templates import Templates
from storage import migrate, people, watch
from storage.database import Database
from storage.durable import Durable
from storage.register import Connection, Register
from storage.writer import Writer

MIB = 1024 * 1024
_log = structlog.get_logger("nabij")


def wire(settings: Settings, *, clock: Clock | None = None) -> Parts:
    """Put a house together: the only place that knows every part. Opens the database; begins nothing."""
    clock = clock or SystemClock()
    if not settings.secrets.pseudonym_key:
        raise Misconfigured("NABIJ_PSEUDONYM_KEY is missing in .env; make one with: openssl rand -hex 32")
    database = Database(settings.database_url)
    writer = Writer(database.writing)
    durable = Durable(database)
    rules = Rules.load(settings.zone.profiel, Path(settings.zone.huis) if settings.zone.huis else None)
    house = House(
        settings=settings,
        clock=clock,
        flagger=rules,
        platforms=_platforms(settings, clock),
        register=Register(settings.secrets.pseudonym_key, clock, clock_went_back=partial(_clock_went_back, clock)),
        read=database.read,
        store=lambda job: writer.submit(job).result(),
        templates=Templates.load(settings.zone.profiel, Path(settings.zone.huis) if settings.zone.huis else None),
        scribe=HouseScribe(settings, partial(name_of, settings), catalogue(), clock),
        herald=AppriseHerald(),
    )
    for name, work in WORKFLOWS.items():
        durable.register(name, partial(_with_house, house, work))
    return Parts(house, database, durable, writer, rules)


def _clock_went_back(clock: Clock, session: Connection, seq: int) -> None:
    """A line of the register is earlier than the one before it: somebody must look at the time of this machine."""
    alarm = watch.Alarm("The clock of this machine went back (line {seq} of the register): mend its time.", seq=seq)
    sound = watch.sound if isinstance(session, Session) else watch.sound_in
    sound(session, watch.CLOCK_BACK, alarm, clock.now())  # type: ignore[arg-type]  # each takes its own of the two


WORKFLOWS: dict[str, Callable[..., None]] = {
    ingest.INTAKE: intake.intake,
    ingest.NOTICED: intake.noticed,
    intake.CAPTURE: intake.capture_arrival,
    give.ORDER: give.perform,
    due.DUE: due.perform,
    poll.POLL: poll.poll,
    reconcile.RECONCILE: reconcile.reconcile,
    notices.NOTICE: deliver.send,
    digests.OVERZICHT: digests.make,
}
"""Every workflow of the house; every process registers them all."""


def _with_house(house: House, work: Callable[..., None], run: Durable, *args: Any) -> None:  # noqa: ANN401 - plain data
    work(house, run, *args)


def _platforms(settings: Settings, clock: Clock) -> dict[tuple[str, str], Platform]:
    hooks = Hooks(note=lambda sentence: _log.info("platform", note=sentence))
    return {
        (account.platform, account.id): PLATFORMS[account.platform].platform(
            account, clock=clock, hooks=hooks, media_max_bytes=settings.numbers.media_max_mib * MIB
        )
        for account in settings.accounts
    }


# ---------------------------------------------------------------- the web process


Beside = Callable[[], AbstractAsyncContextManager[None]]


def web_app(parts: Parts, *, hosts: frozenset[str], with_clock: bool = False, beside: Beside = nullcontext) -> FastAPI:
    """The ASGI app of a house. with_clock: the demo runs web and clock in one process · beside: lives with the app."""
    live = Live(parts.house.read)
    desk = HouseDesk(parts, live, hosts)
    settings = parts.house.settings
    receivers = {
        key: entry.receiver([account for account in settings.accounts if account.platform == key])
        for key, entry in PLATFORMS.items()
        if any(account.platform == key for account in settings.accounts)
    }
    routes = inbound.router(parts, receivers, too_large=partial(_too_large, parts))
    ticker = Ticker(Keeper(parts.house, parts.durable)) if with_clock else None

    @asynccontextmanager
    async def life() -> AsyncGenerator[None, None]:
        await asyncio.to_thread(parts.begin)
        await live.start()
        if ticker:
            await asyncio.to_thread(ticker.start)
        _log.info("web started", slot=parts.durable.slot)
        async with beside():
            yield
        await live.stop()
        if ticker:
            await asyncio.to_thread(ticker.stop)
        await asyncio.to_thread(parts.end)

    return web.app(parts, desk, routes, life, _rooms(parts, desk))


def _rooms(parts: Parts, desk: HouseDesk) -> tuple[APIRouter, ...]:
    """The rooms of the browser channel beside the cards."""
    site, reach = Site(desk), Reach(parts.house, parts.writer)
    return (
        incident_routes.router(site, HouseIncidentDesk(reach, parts.durable)),
        dossier_routes.router(site, HouseDossierDesk(reach)),
        agenda_routes.router(site, HouseAgendaDesk(reach)),
        report_routes.router(site, HouseReportDesk(reach, site.words)),
    )


async def _too_large(parts: Parts, platform: str) -> None:
    """A delivery above the cap is not lost: it alarms, and the platform is polled at once."""
    house, now = parts.house, parts.house.clock.now()
    alarm = watch.Alarm("{platform} sent a delivery above the limit; it is being polled instead.", platform=platform)

    def work() -> None:
        house.store(lambda connection: watch.sound_in(connection, watch.TOO_LARGE + platform, alarm, now))
        for account in house.settings.accounts:
            if account.platform == platform:
                ask_poll(house, parts.durable, platform, account.id, f"te-groot-{int(now.timestamp()) // 60}")

    await asyncio.to_thread(work)


def serve(settings: Settings) -> None:
    """Run the web process until it is told to stop."""
    set_up(settings)
    _listen(web_app(wire(settings), hosts=_hosts(settings)), settings)


def _hosts(settings: Settings) -> frozenset[str]:
    return web.hosts_of(settings.browser.host, settings.browser.port, settings.browser.publiek_adres)


def _listen(app: FastAPI, settings: Settings) -> None:
    host, port = settings.browser.host, settings.browser.port
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=DRAIN_S,
        server_header=False,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn drains first, then passes the signal on
    uvicorn.Server(config).run()


# ---------------------------------------------------------------- the demo


def demo(port: int, data: Path, open_browser: bool, speed: float, scenario: str) -> None:  # noqa: FBT001 - as typed
    """Web, clock and a practice platform in one process, for as long as somebody looks; a scenario plays itself."""
    port = demo_house.free_port(port)
    folder = demo_house.folder(data)
    address = f"http://127.0.0.1:{port}"
    stage = StageClock() if scenario else None
    options = Options(webhook=f"{address}/webhooks/facebook", speed=0 if stage else speed)
    practice = PracticeServer(options, clock=stage)
    settings = demo_house.settings(
        folder,
        port,
        practice.account_settings,
        page=options.page,
        root=Path.cwd(),
        letterbox=practice.letterbox,
        played=stage is not None,
    )
    set_up(settings, to=folder / "nabij.log")
    parts = wire(settings, clock=stage)

    @asynccontextmanager
    async def beside() -> AsyncGenerator[None, None]:
        await asyncio.to_thread(practice.start)
        _welcome(parts, address, practice.url, open_browser=open_browser)
        async with _playing(parts, stage, practice, speed) if stage else nullcontext():
            yield
        await asyncio.to_thread(practice.stop)

    _listen(web_app(parts, hosts=_hosts(settings), with_clock=True, beside=beside), settings)


@asynccontextmanager
async def _playing(parts: Parts, stage: StageClock, practice: PracticeServer, speed: float) -> AsyncGenerator[None]:
    """The scenario plays while somebody watches."""
    over = threading.Event()
    audience = Audience(over.wait, speed or 1.0, partial(print, flush=True))
    citizens = Player(practice.practice.world, load(FEESTEN))
    playing = asyncio.create_task(asyncio.to_thread(play, parts, stage, citizens, audience))
    yield
    over.set()
    await playing


def _welcome(parts: Parts, address: str, practice: str, *, open_browser: bool) -> None:
    everybody = parts.house.settings.people
    first = demo_house.moderators(everybody, least=1)[0]
    links = {person: f"{address}/?start={_new_link(parts, person.key)}" for person in everybody}
    print(f"Nabij ready: {links[first]}", flush=True)  # noqa: T201 - the voice of the demo
    for person in everybody:
        if person is not first:
            print(f"{person.name} ({person.role}): {links[person]}", flush=True)  # noqa: T201 - same
    print(f"Practice Facebook: {practice}/", flush=True)  # noqa: T201 - same
    if open_browser:
        webbrowser.open(links[first])


def _new_link(parts: Parts, person: str) -> str:
    now = parts.house.clock.now()
    return str(parts.house.store(lambda connection: people.make_link(connection, person, now)))


# ---------------------------------------------------------------- commands for people


def flagger(settings: Settings) -> Rules:
    """The rules alone."""
    return Rules.load(settings.zone.profiel, Path(settings.zone.huis) if settings.zone.huis else None)


def link(settings: Settings, person: str) -> str:
    """A start link for a colleague."""
    if settings.person(person) is None:
        known = ", ".join(each.key for each in settings.people) or "nobody yet"
        raise Misconfigured(
            "There is no [[persoon]] “{key}” in nabij.toml; known are {known}.", key=person, known=known
        )
    parts = wire(settings)
    migrate.upgrade(parts.database)
    token = _new_link(parts, person)
    parts.close()
    browser = settings.browser
    public = browser.publiek_adres
    return f"https://{public}/?start={token}" if public else f"http://{browser.host}:{browser.port}/?start={token}"


def backfill(settings: Settings, since: datetime, told: Callable[[int], None]) -> int:
    """Older comments of all accounts, kept without cards."""
    parts = wire(settings)
    migrate.upgrade(parts.database)
    stored, read = 0, 0

    def count(page: int) -> None:
        nonlocal read
        read += page
        told(read)

    for platform in parts.house.platforms.values():
        stored += poll.read_since(parts.house, parts.durable, platform, since, quiet=True, told=count)
    parts.close()
    return stored


def doctor(settings: Settings) -> list[tuple[str, bool, str]]:
    """(part, whether it is in order, what was found)."""
    parts = wire(settings)
    found = examine(parts)
    parts.close()
    return found


def digest(settings: Settings, week: str, day: str) -> Digest:
    """The report of a week or of a day; needs no running process."""
    parts = wire(settings)
    try:
        with parts.house.read() as session:
            return digests.report(session, parts.house, week_key=week, day_key=day)
    finally:
        parts.close()


def main() -> int:
    """Run the command line."""
    return commandline(Doors(serve, demo, flagger, backfill, link, doctor, digest))


if __name__ == "__main__":
    sys.exit(main())
