"""Events and rosters: when cover is on top of the working hours, who owns it, who is called (product §14).

voorgesteld ── bevestigen ─▶ bevestigd ── afgelasten ─▶ afgelast
     └───────── afgelasten ────────────────────────────▶ (and back with bevestigen)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from domain.calendar import Window
from domain.clock import BRUSSELS, at_wall, local
from domain.errors import BadInput


class EventState(StrEnum):
    """State of an event."""

    VOORGESTELD = "voorgesteld"
    BEVESTIGD = "bevestigd"
    AFGELAST = "afgelast"


EVENT_KINDS = ("feesten", "lichtfestival", "betoging", "wedstrijd", "incident", "verwachte_golf", "andere")
ROSTERS = ("wacht_moderatie", "wacht_commando")
LONGEST = timedelta(days=31)
_SATURDAY = 5
_NATIONAL_DAY = (7, 21)


@dataclass(frozen=True, slots=True)
class EventView:
    """One event. start, end: UTC, end excluded · first_day: day 1 of the count on alerts, the start's own day unless
    the rule says otherwise · owner: person key or name of a service · commanders: in the order of call.
    """

    id: int
    name: str
    kind: str
    state: EventState
    start: datetime
    end: datetime
    owner: str
    commanders: tuple[str, ...]
    by: str
    first_day: date | None = None
    days: int = 0

    @property
    def window(self) -> Window:
        """As the calendar wants it."""
        return Window(self.start, self.end)

    def day_of(self, moment: datetime) -> int:
        """Which day of the event it is, from 1; 0 outside its counted days."""
        if self.first_day is None:
            return (local(moment).date() - local(self.start).date()).days + 1
        day = (local(moment).date() - self.first_day).days + 1
        return day if 1 <= day <= self.days else 0


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn on call. rank: 1 is called first."""

    id: int
    roster: str
    person: str
    start: datetime
    end: datetime
    rank: int


@dataclass(frozen=True, slots=True)
class Feesten:
    """The Gentse Feesten of one year by the rule. first, last: the ten days · window: alerts, UTC."""

    year: int
    first: date
    last: date
    window: Window


def gentse_feesten(year: int) -> Feesten:
    """Ten days from the Friday before the last Saturday strictly before 21 July; the window from the Thursday at 18:00
    to the Monday after at 12:00. A proposal: 2020 and 2021 were cancelled, so a person confirms.
    """
    day = date(year, *_NATIONAL_DAY) - timedelta(days=1)
    while day.weekday() != _SATURDAY:
        day -= timedelta(days=1)
    first = day - timedelta(days=1)
    last = first + timedelta(days=9)
    window = Window(at_wall(first - timedelta(days=1), time(18)), at_wall(last + timedelta(days=1), time(12)))
    return Feesten(year, first, last, window)


def coming_feesten(now: datetime) -> Feesten:
    """The next edition that is not over yet."""
    year = local(now).year
    this = gentse_feesten(year)
    return this if this.window.end > now else gentse_feesten(year + 1)


def stretch(start: str, end: str) -> Window:
    """Two local times `2027-07-15T18:00` as a window; BadInput when they are no times, or do not follow each other."""
    try:
        window = Window(*(_on_the_wall(each.strip()) for each in (start, end)))
    except (ValueError, OverflowError):
        raise BadInput("Write start and end as a date and a time, like 2027-07-15 18:00.") from None
    if not timedelta() < window.end - window.start <= LONGEST:
        raise BadInput("The end must come after the start, and at most {n} days later.", n=LONGEST.days)
    return window


def _on_the_wall(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo:
        raise ValueError
    return moment.replace(tzinfo=BRUSSELS).astimezone(UTC)


def on_call(turns: Iterable[Turn], roster: str, moment: datetime) -> tuple[str, ...]:
    """Who is on call in a roster at this moment, in the order of call."""
    found = [turn for turn in turns if turn.roster == roster and turn.start <= moment < turn.end]
    return tuple(dict.fromkeys(turn.person for turn in sorted(found, key=lambda turn: (turn.rank, turn.id))))


def current(events: Sequence[EventView], moment: datetime) -> EventView | None:
    """The confirmed event of this moment; of several the one that began last."""
    found = [each for each in events if each.state is EventState.BEVESTIGD and each.start <= moment < each.end]
    return max(found, key=lambda each: each.start, default=None)
