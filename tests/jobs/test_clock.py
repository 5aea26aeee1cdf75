"""The clock: a trigger and a grace for every job, none in the hour that is there twice, and misses are heard."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from structlog.testing import capture_logs

from domain.clock import BRUSSELS
from jobs import clock
from jobs.clock import GRACE_S, Ticker
from jobs.schedule import Job, Keeper, jobs
from storage.tables import HeartbeatRow
from tests.fakes.engine import until
from tests.fakes.parts import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A house of one page."""
    made = Site(tmp_path)
    yield made
    made.close()


@pytest.fixture
def keeper(site: Site) -> Keeper:
    """What jobs work with."""
    return Keeper(site.parts.house, site.parts.durable)


class TestTriggers:
    """When a job fires."""

    def test_every_job_is_there_once(self, keeper: Keeper) -> None:
        """Those of the schedule and no other."""
        ids = [job.id for job in Ticker(keeper)._scheduler.get_jobs()]

        assert sorted(ids) == sorted(job.name for job in jobs(keeper.house))
        assert len(ids) >= 5

    def test_no_job_between_two_and_three(self, keeper: Keeper) -> None:
        """In autumn that hour is there twice, in spring not at all."""
        fixed = [job.trigger for job in Ticker(keeper)._scheduler.get_jobs() if isinstance(job.trigger, CronTrigger)]
        assert fixed
        for trigger in fixed:
            fires = trigger.get_next_fire_time(None, datetime(2026, 7, 1, tzinfo=UTC)).astimezone(BRUSSELS)
            assert fires.hour != 2

    @pytest.mark.parametrize("day", [datetime(2026, 10, 25), datetime(2026, 3, 29), datetime(2026, 7, 1)])  # noqa: DTZ001
    def test_once_a_day_also_when_the_clock_changes(self, keeper: Keeper, day: datetime) -> None:
        """At its own time on the wall, once, on every day of the year."""
        for job in Ticker(keeper)._scheduler.get_jobs():
            if not isinstance(job.trigger, CronTrigger):
                continue
            moment = day.replace(tzinfo=BRUSSELS).astimezone(UTC)
            fires = []
            while moment := job.trigger.get_next_fire_time(None, moment).astimezone(UTC):
                if moment.astimezone(BRUSSELS).date() > day.date():
                    break
                fires.append(moment.astimezone(BRUSSELS).strftime("%H:%M"))
                moment += timedelta(seconds=1)
            assert fires == ["04:30"]

    def test_a_late_fire_is_not_dropped(self, keeper: Keeper) -> None:
        """The default of one second would skip it in silence: every job has a grace of its interval or an hour."""
        for job in Ticker(keeper)._scheduler.get_jobs():
            every = job.trigger.interval.total_seconds() if isinstance(job.trigger, IntervalTrigger) else GRACE_S
            assert job.misfire_grace_time == max(5, every)

    def test_a_forgotten_one_has_it_too(self, keeper: Keeper) -> None:
        """A job that somebody adds without saying so."""
        defaults = Ticker(keeper)._scheduler._job_defaults
        assert (defaults["misfire_grace_time"], defaults["coalesce"], defaults["max_instances"]) == (GRACE_S, True, 1)


class TestLife:
    """Begin and end."""

    def test_at_start_everything_is_done_once(self, site: Site, keeper: Keeper) -> None:
        """What was missed while nobody ran is caught up at once."""
        ticker = Ticker(keeper)
        ticker.start()
        ticker.stop()

        beaten = {row.name for row in site.world.rows(HeartbeatRow)}
        assert beaten == {job.name for job in jobs(keeper.house) if job.every_s}

    def test_a_broken_job_does_not_keep_the_others_from_starting(
        self, site: Site, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A database that is away at start is there in a moment."""
        site.writer.close()
        ticker = Ticker(keeper)
        ticker.start()
        assert ticker._scheduler.running
        ticker.stop()
        assert not ticker._scheduler.running

    def test_it_fires(self, site: Site, keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
        """By the real clock, until it is stopped."""
        fired: list[int] = []
        quick = Job("proef", lambda _: fired.append(1), every_s=1)
        monkeypatch.setattr(clock, "jobs", lambda _house: (quick,))
        ticker = Ticker(keeper)
        ticker.start()
        until(lambda: len(fired) >= 2, "it fired by itself", 5)
        ticker.stop()
        assert not ticker._scheduler.get_jobs()


class TestHeard:
    """What goes wrong in the clock itself."""

    @pytest.mark.parametrize(
        ("code", "error", "event"),
        [(EVENT_JOB_MISSED, None, "job missed"), (EVENT_JOB_ERROR, ZeroDivisionError("tekst"), "job failed")],
    )
    def test_missed_and_failed(self, keeper: Keeper, code: int, error: Exception | None, event: str) -> None:
        """An error line with the name of the job; of an error only its kind."""
        structlog.reset_defaults()
        ticker = Ticker(keeper)
        with capture_logs() as said:
            for listener, mask in ticker._scheduler._listeners:
                if mask & code:
                    listener(JobExecutionEvent(code, "peilingen", "default", SimpleNamespace(), exception=error))
        kind = type(error).__name__ if error else ""
        assert said == [{"job": "peilingen", "kind": kind, "event": event, "log_level": "error"}]
