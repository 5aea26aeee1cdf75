"""The jobs: what the clock does, how often, and under which name its heartbeat beats.

A job only hands work on, with an id that is the same in every clock process, so that doubles fall away; due times are
rows, polls are numbered by their interval. No job stands at a fixed local time between 02:00 and 03:00.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from commands import agenda, blind, digests, due, notices, poll, reconcile
from commands.house import House
from domain.errors import NabijError
from storage import people, watch
from storage.durable import CLOCK, Durable
from storage.watch import Alarm

QUEUE_PATIENCE = timedelta(seconds=60)
KEEP_WORK = timedelta(days=14)
BEAT_EVERY = timedelta(seconds=10)
"""A job that runs more often than this beats only so often."""
_LONG_AGO = datetime.fromtimestamp(0, UTC)
T = TypeVar("T")
_log = structlog.get_logger("nabij.jobs")


@dataclass(frozen=True, slots=True)
class Job:
    """One job. name: of its heartbeat · every_s: how often · at: instead, a local time HH:MM · work: what it does."""

    name: str
    work: Callable[["Keeper"], None]
    every_s: int = 0
    at: str = ""

    @property
    def interval_s(self) -> int:
        """How often its heart should beat at least, in seconds."""
        return self.every_s or 24 * 3600


class Keeper:
    """What jobs work with: the house, its durable work, and the writer as `house.store`."""

    def __init__(self, house: House, durable: Durable) -> None:
        self.house, self.durable = house, durable
        self.began = house.clock.now()
        self._beaten: dict[str, datetime] = {}

    def run(self, job: Job) -> None:
        """Do a job and let its heart beat. A job that fails is heard: in the log, and by its silence."""
        try:
            job.work(self)
            if self._should_beat(job):
                self._beat(job)
        except (NabijError, sa.exc.SQLAlchemyError) as error:
            kind = type(error).__name__
            _log.warning("job failed", job=job.name, kind=kind)
            with suppress(NabijError, sa.exc.SQLAlchemyError):  # then its silence says it
                self._note(job, lambda session, now, every: watch.stumble(session, job.name, now, every, kind))

    def _should_beat(self, job: Job) -> bool:
        """A job that is not faster than hearts are always beats: a hair early must not cost it a whole interval."""
        slow = job.interval_s >= BEAT_EVERY.total_seconds()
        return slow or self.now() - self._beaten.get(job.name, _LONG_AGO) >= BEAT_EVERY

    def _beat(self, job: Job) -> None:
        now = self.now()
        self._note(job, lambda session, now, every: watch.beat(session, job.name, now, every))
        self._beaten[job.name] = now

    def _note(self, job: Job, work: Callable[[Session, datetime, int], None]) -> None:
        now, every = self.now(), max(job.interval_s, int(BEAT_EVERY.total_seconds()))
        self.store(lambda connection: in_session(connection, lambda session: work(session, now, every)))

    def store(self, work: Callable[[sa.Connection], Any]) -> Any:  # noqa: ANN401 - whatever the work gives
        """Commit what a job writes."""
        return self.house.store(work)

    def now(self) -> datetime:
        """Now, by the clock of the house."""
        return self.house.clock.now()


def in_session(connection: sa.Connection, work: Callable[[Session], T]) -> T:
    """Run work that wants a session inside a job of the writer."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        result = work(session)
        session.commit()
    return result


def _due(keeper: Keeper) -> None:
    """Turn rows whose moment has come into work."""
    keeper.store(lambda connection: due.tick(keeper.house, keeper.durable, connection))


def _polls(keeper: Keeper) -> None:
    """Poll every account, once per interval however many clocks there are."""
    place = int(keeper.now().timestamp()) // keeper.house.settings.numbers.poll_s
    for account in keeper.house.settings.accounts:
        ask_poll(keeper.house, keeper.durable, account.platform, account.id, str(place))


def ask_poll(house: House, durable: Durable, platform: str, account: str, place: str) -> None:
    """Enqueue one poll; `place` says which, so that the same one is asked once."""
    house.store(
        lambda connection: durable.start(
            connection, CLOCK, poll.POLL, f"{poll.POLL}:{platform}:{account}:{place}", platform, account
        )
    )


def _reconcile(keeper: Keeper) -> None:
    """Ask the platforms about intents that stayed open."""
    keeper.store(lambda connection: reconcile.sweep(keeper.house, keeper.durable, connection))


def _digests(keeper: Keeper) -> None:
    """Have the reports made that are due; after downtime those that were missed."""
    digests.catch_up(keeper.house, keeper.durable)


def _sight(keeper: Keeper) -> None:
    """An account that cannot be read for too long calls somebody. A house that just began reads first."""
    house = keeper.house
    if keeper.now() - keeper.began < timedelta(seconds=2 * house.settings.numbers.poll_s):
        return
    keeper.store(lambda connection: in_session(connection, lambda session: blind.look(session, house, keeper.durable)))


def _letters(keeper: Keeper) -> None:
    """Hand over again what was refused a moment ago."""
    keeper.store(lambda connection: notices.sweep(keeper.house, keeper.durable, connection))


def _propose(keeper: Keeper) -> None:
    """The next Gentse Feesten stand in the calendar as a proposal, once per edition."""
    keeper.store(lambda connection: in_session(connection, lambda session: agenda.propose(session, keeper.house)))


def _watch(keeper: Keeper) -> None:
    """Silence becomes an alarm, and an alarm ends when the check beats again."""
    now = keeper.now()
    waiting_s = keeper.durable.waiting_s()
    stands_still = waiting_s is not None and waiting_s > QUEUE_PATIENCE.total_seconds()
    stuck = keeper.durable.stuck()

    def look(session: Session) -> None:
        silent = {f"stil:{row.name}": row for row in watch.silent(session, now)}
        for name, row in silent.items():
            alarm = Alarm("{check} has been silent since {since}.", check=row.name, since=row.last_ok)
            watch.sound(session, name, alarm, now)
        for alarm_row in watch.alarms(session):
            if alarm_row.name.startswith("stil:") and alarm_row.name not in silent:
                watch.end(session, alarm_row.name, now)
        still = Alarm("Work has been waiting for more than a minute: the queue stands still.")
        _while(session, "wachtrij", now, still, sounds=stands_still)
        given_up = Alarm("{n} pieces of work ended in an error; see the runbook.", n=len(stuck))
        _while(session, "opgegeven", now, given_up, sounds=bool(stuck))
        _end_too_large(session, keeper.house, now)

    keeper.store(lambda connection: in_session(connection, look))


def _while(session: Session, name: str, now: datetime, alarm: Alarm, *, sounds: bool) -> None:
    if sounds:
        watch.sound(session, name, alarm, now)
    else:
        watch.end(session, name, now)


def _end_too_large(session: Session, house: House, now: datetime) -> None:
    """A delivery that was too large is made good once every account of its platform was polled after it."""
    polled = {row.name: row.last_ok for row in watch.heartbeats(session)}
    for row in watch.alarms(session):
        platform = row.name.removeprefix(watch.TOO_LARGE)
        names = [
            f"{poll.POLL}:{each.platform}:{each.id}" for each in house.settings.accounts if each.platform == platform
        ]
        if platform != row.name and all(polled.get(name, _LONG_AGO) > row.since for name in names):
            watch.end(session, row.name, now)


def _tidy(keeper: Keeper) -> None:
    """Forget sessions that ended, work that finished long ago, and a clock that went back some day before."""
    now = keeper.now()
    keeper.store(lambda connection: people.forget(connection, now))
    keeper.store(lambda connection: in_session(connection, lambda session: watch.end(session, watch.CLOCK_BACK, now)))
    while keeper.durable.prune(KEEP_WORK):
        pass


def jobs(house: House) -> tuple[Job, ...]:
    """All jobs of this house."""
    return (
        Job("termijnen", _due, every_s=1),
        Job("peilingen", _polls, every_s=house.settings.numbers.poll_s),
        Job("verzoening", _reconcile, every_s=60),
        Job("overzichten", _digests, every_s=30),
        Job("berichten", _letters, every_s=5),
        Job("zicht", _sight, every_s=10),
        Job("wacht", _watch, every_s=10),
        Job("voorstellen", _propose, every_s=3600),
        Job("opruimen", _tidy, at="04:30"),
    )
