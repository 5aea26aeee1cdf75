"""The clock: APScheduler, in memory, in every clock process. It only fires; what a fire does is in `jobs.schedule`."""

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from domain.clock import BRUSSELS
from jobs.schedule import Job, Keeper, jobs

GRACE_S = 3600
_SHORTEST_GRACE_S = 5
_log = structlog.get_logger("nabij.clock")


class Ticker:
    """Fires the jobs of a house until it is stopped."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._scheduler = BackgroundScheduler(
            timezone=BRUSSELS, job_defaults={"coalesce": True, "misfire_grace_time": GRACE_S, "max_instances": 1}
        )
        self._scheduler.add_listener(self._heard, EVENT_JOB_MISSED | EVENT_JOB_ERROR)
        for job in jobs(keeper.house):
            self._add(job)

    def start(self) -> None:
        """Begin: every job with an interval is done once at once, which also catches up what was missed."""
        self._scheduler.start()
        for job in jobs(self._keeper.house):
            if job.every_s:
                self._keeper.run(job)

    def stop(self) -> None:
        """Fire no more, and wait for what runs."""
        self._scheduler.shutdown(wait=True)

    def _add(self, job: Job) -> None:
        if job.at:
            hour, minute = job.at.split(":")
            trigger: CronTrigger | IntervalTrigger = CronTrigger(hour=hour, minute=minute, timezone=BRUSSELS)
            grace = GRACE_S
        else:
            trigger, grace = IntervalTrigger(seconds=job.every_s), max(_SHORTEST_GRACE_S, job.every_s)
        self._scheduler.add_job(self._keeper.run, trigger, [job], id=job.name, misfire_grace_time=grace)

    @staticmethod
    def _heard(event: JobExecutionEvent) -> None:
        missed = event.code == EVENT_JOB_MISSED
        kind = type(event.exception).__name__ if event.exception else ""
        _log.error("job missed" if missed else "job failed", job=event.job_id, kind=kind)
