"""What the pages of events and rosters show: neutral rows, ready for a template. Nothing is asked or decided here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date

from bot.quote import visible
from bot.scene import Scene
from bot.texts import Words
from bot.texts.labels import EVENT_KINDS, EVENT_STATES, ROLES, ROSTERS
from bot.texts.times import day_and_time, period
from bot.words import day, next_turn
from commands.roster import FITTING
from domain.clock import local
from domain.events import EventState, EventView, Turn, current, on_call
from domain.model import Person
from domain.orders import AddTurn, PlanEvent
from domain.roles import Role, may

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_MOMENT = timedelta(microseconds=1)
COMMANDERS_SHOWN = 4
"""Fields for commanders on the form, unless an event has more."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A day, or of a short event an hour, on the strip of an event. when: `voorbij`, `nu`, `straks` · outside: not a
    counted day of the event.
    """

    top: str
    label: str
    when: str
    outside: bool


@dataclass(frozen=True, slots=True)
class EventCard:
    """One event. when: as a cell · what: the acts that this person may do, as command words."""

    id: int
    name: str
    kind: str
    state: EventState
    state_label: str
    when: str
    period: str
    day: str
    strip: tuple[Cell, ...]
    owner: str
    commanders: tuple[str, ...]
    by: str
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The page of events: proposed ones first, then what runs or comes, then what is over or off."""

    proposed: tuple[EventCard, ...]
    running: tuple[EventCard, ...]
    coming: tuple[EventCard, ...]
    past: tuple[EventCard, ...]


def agenda(events: Sequence[EventView], scene: Scene) -> Agenda:
    """All events, each in its place."""
    now = scene.now
    live = [each for each in events if each.end > now and each.state is not EventState.AFGELAST]
    proposed = [each for each in live if each.state is EventState.VOORGESTELD]
    rest = [each for each in live if each not in proposed]
    over = sorted((each for each in events if each not in live), key=lambda each: each.start, reverse=True)
    groups = (proposed, [each for each in rest if each.start <= now], [each for each in rest if each.start > now], over)
    return Agenda(*(tuple(event_card(each, scene) for each in group) for group in groups))


def event_card(event: EventView, scene: Scene) -> EventCard:
    """One event as it is drawn."""
    words, now = scene.words, scene.now
    return EventCard(
        id=event.id,
        name=visible(event.name),
        kind=words(EVENT_KINDS[event.kind]),
        state=event.state,
        state_label=words(EVENT_STATES[event.state]),
        when=_when(event.start, event.end, now),
        period=period(event.start, event.end, now, words),
        day=day(event, now, words) if event.start <= now < event.end else "",
        strip=tuple(strip(event, now, words)),
        owner=visible(scene.names(event.owner)),
        commanders=tuple(scene.names(key) for key in event.commanders),
        by=scene.names(event.by),
        what=tuple(_acts(event, scene)),
    )


def _acts(event: EventView, scene: Scene) -> Iterator[str]:
    """What can still be done with an event, in the order of the buttons."""
    role = Role(scene.viewer.role)
    if event.end <= scene.now:
        return
    if event.state is not EventState.BEVESTIGD and may(role, "event_bevestigen"):
        yield "event_bevestigen"
    settled = event.state is EventState.BEVESTIGD and not may(role, "event_bevestigen")
    if event.state is not EventState.AFGELAST and may(role, "event_plannen") and not settled:
        yield "event_plannen"
    if event.state is not EventState.AFGELAST and may(role, "event_afgelasten"):
        yield "event_afgelasten"


def strip(event: EventView, now: datetime, words: Words) -> Iterator[Cell]:
    """The days of an event, or its hours when it lasts less than a day."""
    return _hours(event, now) if event.end - event.start < _DAY else _days(event, now, words)


def _days(event: EventView, now: datetime, words: Words) -> Iterator[Cell]:
    first, last, today = (local(moment).date() for moment in (event.start, event.end - _MOMENT, now))
    for ahead in range((last - first).days + 1):
        one = first + ahead * _DAY
        place = (one > today) - (one < today)
        yield Cell(format_date(one, "EEE", locale=words.language), str(one.day), _PLACES[place], _aside(event, one))


def _hours(event: EventView, now: datetime) -> Iterator[Cell]:
    start = event.start.replace(minute=0, second=0, microsecond=0)
    while start < event.end:
        yield Cell("", f"{local(start):%H}", _when(start, start + _HOUR, now), outside=False)
        start += _HOUR


_PLACES = {-1: "voorbij", 0: "nu", 1: "straks"}


def _when(start: datetime, end: datetime, now: datetime) -> str:
    return _PLACES[(start > now) - (end <= now)]


def _aside(event: EventView, one: date) -> bool:
    """The evening before and the morning after do not count as days of the event."""
    if event.first_day is None:
        return False
    return not event.first_day <= one < event.first_day + event.days * _DAY


def called_first(events: Sequence[EventView], scene: Scene) -> str:
    """Whose order of call goes before the roster now, in a sentence; empty outside an event or without commanders."""
    event = current(events, scene.now)
    if event is None or not event.commanders:
        return ""
    names = ", ".join(scene.names(key) for key in event.commanders)
    return scene.words("{event} is on: first {names} are called, in that order.", event=event.name, names=names)


# ---------------------------------------------------------------- forms


def field(moment: datetime) -> str:
    """As a field for date and time wants it: `2027-07-15T18:00`."""
    return f"{local(moment):%Y-%m-%dT%H:%M}"


def plan_of(event: EventView | None, person: Person) -> PlanEvent:
    """The values of the form for an event: of one that is there, or empty."""
    if event is None:
        return PlanEvent(by=person.key, name="", kind="", start="", end="")
    return PlanEvent(
        by=person.key,
        event_id=event.id,
        name=event.name,
        kind=event.kind,
        start=field(event.start),
        end=field(event.end),
        owner=event.owner,
        commanders=event.commanders,
    )


def places(plan: PlanEvent, commanders: Sequence[Person]) -> tuple[str, ...]:
    """Who is chosen in each field for a commander, in the order of call; empty for nobody."""
    shown = max(len(plan.commanders), min(len(commanders), COMMANDERS_SHOWN))
    return (*plan.commanders, *[""] * (shown - len(plan.commanders)))


# ---------------------------------------------------------------- rosters


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One turn on call."""

    id: int
    name: str
    period: str
    rank: int
    running: bool


@dataclass(frozen=True, slots=True)
class RosterCard:
    """One roster. now: who is on call · until: when that changes · next: who comes then, in a sentence."""

    key: str
    label: str
    now: tuple[str, ...]
    until: str
    next: str
    turns: tuple[TurnRow, ...]
    candidates: tuple[tuple[str, str], ...]


def rosters(turns: Sequence[Turn], people: Sequence[Person], scene: Scene) -> tuple[RosterCard, ...]:
    """Both rosters, from now on."""
    return tuple(_roster(key, turns, people, scene) for key in ROSTERS)


def _roster(key: str, turns: Sequence[Turn], people: Sequence[Person], scene: Scene) -> RosterCard:
    words, now = scene.words, scene.now
    own = [each for each in turns if each.roster == key and each.end > now]
    running = [each for each in own if each.start <= now]
    until = min((each.end for each in running), default=None)
    return RosterCard(
        key=key,
        label=words(ROSTERS[key]),
        now=tuple(map(scene.names, on_call(own, key, now))),
        until=words("until {time}", time=day_and_time(until, now, words)) if until else "",
        next=_next(key, own, scene),
        turns=tuple(_row(each, scene) for each in own),
        candidates=tuple(_candidates(key, people, words)),
    )


def _candidates(key: str, people: Sequence[Person], words: Words) -> Iterator[tuple[str, str]]:
    """Who may stand on a roster: key, and name with role."""
    for each in people:
        if each.role in FITTING[key]:
            yield each.key, f"{each.name} ({words(ROLES[Role(each.role)])})"


def _next(key: str, turns: Sequence[Turn], scene: Scene) -> str:
    turn = next_turn(turns, key, scene.now)
    if turn is None:
        return scene.words("nobody after that")
    at = day_and_time(turn.start, scene.now, scene.words)
    return scene.words("then {name}, from {time} on", name=scene.names(turn.person), time=at)


def _row(turn: Turn, scene: Scene) -> TurnRow:
    span = period(turn.start, turn.end, scene.now, scene.words)
    return TurnRow(turn.id, scene.names(turn.person), span, turn.rank, turn.start <= scene.now < turn.end)


def turn_of(person: Person) -> AddTurn:
    """The values of an empty form for a turn."""
    return AddTurn(by=person.key, roster="", person="", start="", end="")
