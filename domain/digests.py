"""Digests: which reports are due, over which period, and the figures in them (product §15).

A figure that was not observed is None ("geen gegevens"), never 0.
"""

import re
import statistics
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.calendar import Cover, Window
from domain.clock import at_wall, local
from domain.errors import BadInput


class DigestKind(StrEnum):
    """Which report."""

    DAGSTART = "dagstart"
    WEEKOVERZICHT = "weekoverzicht"


DAGSTART_AT = time(9)
WEEK_AT = time(9, 15)
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_LOOK_BACK_WEEKS = 8
_LONGEST_REST_DAYS = 60
_is_week = re.compile(r"([12][0-9]{3})-W([0-9]{2})").fullmatch
_is_day = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}").fullmatch


@dataclass(frozen=True, slots=True)
class Period:
    """What a report is about. key: `2026-W47` or `2026-11-23` · start, end: UTC, end excluded."""

    kind: DigestKind
    key: str
    start: datetime
    end: datetime

    @property
    def id(self) -> str:
        """Unique name, also of its workflow: `weekoverzicht:2026-W47`."""
        return f"{self.kind}:{self.key}"

    @property
    def window(self) -> Window:
        """As a window."""
        return Window(self.start, self.end)


def week(key: str) -> Period:
    """The ISO week `2026-W47`, Monday to Monday in local time; BadInput for anything else."""
    found = _is_week(key)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        monday = None
    if monday is None:
        raise BadInput("A week is written like 2026-W47.")
    return _week_of(monday)


def _week_of(day: date) -> Period:
    monday = day - timedelta(days=day.weekday())
    year, number, _ = monday.isocalendar()
    return Period(DigestKind.WEEKOVERZICHT, f"{year}-W{number:02d}", _start(monday), _start(monday + _WEEK))


def day(key: str, cover: Cover, made: Collection[str] = ()) -> Period:
    """The Dagstart of `2026-11-23`: from the last one before it that was made, or else from the workday before, each at
    09:00. BadInput for what is no date, or a day on which nobody works. made: ids of reports that exist.
    """
    try:
        this = date.fromisoformat(key) if _is_day(key) else None
    except ValueError:
        this = None
    if this is None:
        raise BadInput("A day is written like 2026-11-23.")
    if not _works(this, cover):
        raise BadInput("There is no start of the day on {day}: nobody works then.", day=key)
    return _day(this, cover, made)


def _day(this: date, cover: Cover, made: Collection[str]) -> Period:
    head = f"{DigestKind.DAGSTART}:"
    before_this = [each.removeprefix(head) for each in made if head < each < head + this.isoformat()]
    last = date.fromisoformat(max(before_this)) if before_this else _workday(this - _DAY, -_DAY, cover)
    return Period(DigestKind.DAGSTART, this.isoformat(), at_wall(last, DAGSTART_AT), at_wall(this, DAGSTART_AT))


def before(period: Period) -> Period:
    """The week before a week."""
    return _week_of(local(period.start).date() - _WEEK)


def due(now: datetime, cover: Cover, made: Collection[str], since: datetime) -> list[Period]:
    """Reports that should be there now and are not, oldest first. made: ids that exist · since: when this house began;
    nothing is reported of what was over before it.

    Dagstart: today's, on a workday from 09:00 on, over everything since the last one that was made. One of a day on
    which nobody could read it is not made up for, because the next one begins where the last one ended.
    Weekoverzicht: of each week that is over, on the first workday after it from 09:15 on, up to eight weeks late.
    """
    found = [*_weeks(now, cover), *_today(now, cover, made)]
    return [each for each in found if each.id not in made and each.end > since]


def _today(now: datetime, cover: Cover, made: Collection[str]) -> list[Period]:
    today = local(now).date()
    if not _works(today, cover) or now < at_wall(today, DAGSTART_AT):
        return []
    return [_day(today, cover, made)]


def _weeks(now: datetime, cover: Cover) -> list[Period]:
    monday = local(_week_of(local(now).date()).start).date()
    past = (_week_of(monday - back * _WEEK) for back in range(_LOOK_BACK_WEEKS, 0, -1))
    return [each for each in past if now >= at_wall(_workday(local(each.end).date(), _DAY, cover), WEEK_AT)]


def _workday(day: date, step: timedelta, cover: Cover) -> date:
    """This day or the nearest workday in a direction; the day itself when nobody works for two months around it."""
    near = (day + ahead * step for ahead in range(_LONGEST_REST_DAYS))
    return next((each for each in near if _works(each, cover)), day)


def _works(day: date, cover: Cover) -> bool:
    return day.weekday() in cover.weekdays and not cover.is_holiday(day)


def _start(day: date) -> datetime:
    return at_wall(day, time.min)


# ---------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class Span:
    """Median and 90th percentile of some durations, in seconds, and how many there were; None when there were none."""

    median: float | None = None
    p90: float | None = None
    n: int = 0

    @classmethod
    def of(cls, seconds: Iterable[float]) -> "Span":
        """Median: the middle value, or the mean of the two in the middle. 90th percentile: on the straight line between
        the two values around it, the smallest being 0 % and the largest 100 % (`statistics.quantiles`, inclusive).
        """
        values = sorted(seconds)
        if not values:
            return cls()
        p90 = statistics.quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]
        return cls(statistics.median(values), p90, len(values))


@dataclass(frozen=True, slots=True)
class PostFigures:
    """An own post that provoked breaches. breaches, comments: in the period."""

    title: str
    url: str | None
    breaches: int
    comments: int


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What waits now. oldest: when the oldest open case was seen · grace: deletions in their grace · concepts: dossiers
    that wait for a second reader · failed: cases whose last act failed.
    """

    open: Mapping[str, int]
    oldest: datetime | None
    grace: int
    concepts: int
    failed: int


@dataclass(frozen=True, slots=True)
class AccountCoverage:
    """How much of the period an account was really looked at: 0.0 to 1.0; None when it was not in use yet. since: when
    it came in use, if that was in the period, of which then only the rest counts.
    """

    label: str
    account: str
    share: float | None
    since: datetime | None = None


TOTALS = (
    "gelezen",
    "gemarkeerd",
    "verborgen",
    "verwijderd",
    "laten_staan",
    "gewaarschuwd",
    "dossiers",
    "alarmen",
)
"""Totals of a report, in order. Steps by people and by the clock; read from the register and the comments."""


@dataclass(frozen=True, slots=True)
class Digest:
    """One report. totals, previous: key of TOTALS → figure, None = geen gegevens · to_action, visible: `binnen` and
    `buiten` cover → Span in seconds (first decision − first seen; hidden − posted) · categories: breaches by category ·
    days: local date → key of DAYS → figure, for the chart · observed: 0.0 to 1.0 over all accounts, None when none.
    """

    kind: DigestKind
    key: str
    start: datetime
    end: datetime
    made_at: datetime
    totals: Mapping[str, int | None]
    previous: Mapping[str, int | None]
    to_action: Mapping[str, Span]
    visible: Mapping[str, Span]
    categories: Mapping[str, int]
    posts: tuple[PostFigures, ...]
    work: OpenWork
    coverage: tuple[AccountCoverage, ...]
    observed: float | None
    days: Mapping[str, Mapping[str, int | None]]
    events: tuple[str, ...] = ()

    @property
    def since(self) -> datetime | None:
        """When the first account came in use, if none was when the period began."""
        used = [each.since for each in self.coverage if each.share is not None]
        later = [moment for moment in used if moment]
        return min(later) if later and len(later) == len(used) else None


DAYS = ("verborgen", "verwijderd", "laten_staan")
"""What the chart shows per day."""
