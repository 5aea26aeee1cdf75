"""Cover and the response clock (product §14): which moments somebody is at work, and when a card is due.

Wall-clock rules (Europe/Brussels) in, UTC out. Holidays are handed in; event windows come on top of the working hours.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from domain.categories import Urgency
from domain.clock import at_wall, local

_DAY = timedelta(days=1)
_HORIZON_DAYS = 60
NEAR = 0.8
"""Part of the time after which a card turns orange."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of cover outside the working hours: an event. UTC, end excluded."""

    start: datetime
    end: datetime


def _no_holiday(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Cover:
    """When somebody is at work: working hours on workdays, and event windows, which win over holidays."""

    opens: time = time(9)
    closes: time = time(17)
    weekdays: frozenset[int] = frozenset(range(5))
    is_holiday: Callable[[date], bool] = _no_holiday
    events: Sequence[Window] = field(default=())

    def _of_day(self, day: date) -> Iterator[Window]:
        if day.weekday() in self.weekdays and not self.is_holiday(day):
            yield Window(at_wall(day, self.opens), at_wall(day, self.closes))
        for event in self.events:
            start = max(event.start, at_wall(day, time.min))
            end = min(event.end, at_wall(day + _DAY, time.min))
            if start < end:
                yield Window(start, end)

    def stretches(self, since: datetime) -> Iterator[Window]:
        """Stretches of cover from `since` on, merged and in order, for two months ahead."""
        first = local(since).date()
        edge = since
        for ahead in range(_HORIZON_DAYS):
            for stretch in sorted(self._of_day(first + ahead * _DAY), key=lambda stretch: stretch.start):
                start = max(stretch.start, edge)
                if start < stretch.end:
                    yield Window(start, stretch.end)
                    edge = stretch.end

    def covers(self, moment: datetime) -> bool:
        """True if somebody is at work at this moment."""
        return any(stretch.start <= moment < stretch.end for stretch in self._of_day(local(moment).date()))

    def after(self, since: datetime, worked: timedelta) -> datetime:
        """The moment at which `worked` of cover has passed since `since`; wall time when there is no cover ahead."""
        left = worked
        for stretch in self.stretches(since):
            if stretch.end - stretch.start >= left:
                return stretch.start + left
            left -= stretch.end - stretch.start
        return since + worked

    def worked(self, since: datetime, until: datetime) -> timedelta:
        """Cover that passed between two moments."""
        total = timedelta()
        for stretch in self.stretches(since):
            if stretch.start >= until:
                break
            total += min(stretch.end, until) - stretch.start
        return total


@dataclass(frozen=True, slots=True)
class Targets:
    """Response times (product §20): minutes, minutes, hours of cover, days of 8 hours of cover."""

    kritiek_min: int = 15
    hoog_min: int = 60
    normaal_h: int = 4
    laag_d: int = 2

    def of(self, urgency: Urgency) -> timedelta:
        """How long until the first decision is due."""
        match urgency:
            case Urgency.KRITIEK:
                return timedelta(minutes=self.kritiek_min)
            case Urgency.HOOG:
                return timedelta(minutes=self.hoog_min)
            case Urgency.NORMAAL:
                return timedelta(hours=self.normaal_h)
            case _:
                return timedelta(hours=8 * self.laag_d)


@dataclass(frozen=True, slots=True)
class Due:
    """The response clock of one card: total and left of the target, and the moments it turns orange and red (UTC)."""

    target: timedelta
    near: datetime
    at: datetime
    pauses: bool


def due(urgency: Urgency, seen: datetime, cover: Cover, targets: Targets) -> Due:
    """When the first decision is due. *Kritiek* never pauses, the others run only during cover."""
    target = targets.of(urgency)
    if urgency is Urgency.KRITIEK:
        return Due(target, seen + target * NEAR, seen + target, pauses=False)
    return Due(target, cover.after(seen, target * NEAR), cover.after(seen, target), pauses=True)
