"""Command words: one line, typed in whichever channel, and its private answer in neutral lines.

Slack and Teams will hand over the same line as the browser does. What asks a question is answered from what is read;
`melding` is an order and goes the way of all orders.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from bot.quote import visible
from bot.texts import N_, Words
from bot.texts.labels import EVENT_STATES, ROSTERS
from bot.texts.times import day_and_time, period
from commands.finding import link_of
from domain.events import EventState, EventView, Turn, on_call
from domain.orders import Report
from domain.text import clean

AHEAD = timedelta(days=14)
"""How far ahead a roster is looked at."""
UNKNOWN = "onbekend"
HELP = (
    ("event", "event", N_("events that run or come, with their days")),
    ("rooster", "rooster", N_("who is on call now, and who next")),
    ("melding", N_("melding <link> [text]"), N_("report a comment; with its text when Nabij does not know it")),
    ("register", N_("register <words>"), N_("look for a case or a step in the register")),
    ("help", "help", N_("this list")),
)
"""Word, how it is written, and what it does. All but `help` are pages of `domain.roles.PAGES` too."""

_KINDS = tuple(kind for kind, _, _ in HELP)
_in_chat = re.compile(r"<([^<>|]+)(?:\|[^<>]*)?>").fullmatch
"""How Slack wraps an address."""
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Word:
    """A line that was understood. kind: a word of HELP or UNKNOWN · parts: of `melding` its link and its text, of
    `register` what to look for, of UNKNOWN what was typed.
    """

    kind: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an answer. url: local address that it leads to."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the answers are read from. events: all · turns: from now on, at least `AHEAD`."""

    now: datetime
    events: Sequence[EventView]
    turns: Sequence[Turn]
    names: Callable[[str], str]
    opens: Callable[[str], bool]
    """Whether the asker may open a page."""


def understand(line: str) -> Word:
    """What a line asks. Anything may be typed; it never fails."""
    typed, rest = _first(clean(line))
    if typed.lower() in ("nabij", "/nabij"):
        typed, rest = _first(rest)
    kind = typed.lower().lstrip("/")
    if kind not in _KINDS:
        return Word(UNKNOWN, (typed[:_SHOWN],)) if typed else Word("help")
    if kind == "melding":
        return Word(kind, _report(rest))
    return Word(kind, (rest,) if kind == "register" and rest else ())


def _first(line: str) -> tuple[str, str]:
    first, rest = [*line.split(maxsplit=1), "", ""][:2]
    return first, rest.strip()


def _report(rest: str) -> tuple[str, ...]:
    """A link and a text; a line without a link is all text."""
    first, text = _first(rest)
    wrapped = _in_chat(first)
    link = wrapped[1] if wrapped else first
    if not rest:
        return ()
    return (link, text) if link_of(link) else ("", rest)


def order_of(word: Word, by: str, surface: str = "browser") -> Report | None:
    """The order that a line gives; None when it only asks."""
    if word.kind != "melding" or not word.parts:
        return None
    link, text = word.parts
    return Report(by=by, surface=surface, link=link, text=text)


def answer(word: Word, known: Known, words: Words) -> tuple[Line, ...]:
    """What the asker reads, for every line that is no order."""
    if word.kind in (UNKNOWN, "help") or not known.opens(word.kind):
        return tuple(_help(word, known, words))
    if word.kind == "event":
        return tuple(_events(known, words))
    if word.kind == "rooster":
        return tuple(_roster(known, words))
    if word.kind == "register":
        return (_register(word, words),)
    return (Line(words("Write it like this: {line}", line=words("melding <link> [text]"))),)


# ---------------------------------------------------------------- help, register


def _help(word: Word, known: Known, words: Words) -> Iterator[Line]:
    if word.kind == UNKNOWN:
        yield Line(words("Nabij does not know “{word}”. These it knows:", word=visible(word.parts[0])))
    elif word.kind != "help":
        yield Line(words("Your role does not open “{word}”. These you can use:", word=word.kind))
    for kind, written, what in HELP:
        if kind == "help" or known.opens(kind):
            yield Line(f"{words(written)} · {words(what)}")


def _register(word: Word, words: Words) -> Line:
    if not word.parts:
        return Line(words("Open the register"), "/register")
    found = urlencode({"zoek": word.parts[0]})
    return Line(words("Look for “{search}” in the register", search=visible(word.parts[0])), f"/register?{found}")


# ---------------------------------------------------------------- events


def _events(known: Known, words: Words) -> Iterator[Line]:
    coming = [each for each in known.events if each.end > known.now and each.state is not EventState.AFGELAST]
    for each in coming:
        yield Line(_event(each, known, words))
    if not coming:
        yield Line(words("No event runs, and none is planned."))
    yield Line(words("Events"), "/event")


def _event(event: EventView, known: Known, words: Words) -> str:
    about = [words(EVENT_STATES[event.state]), period(event.start, event.end, known.now, words)]
    if event.start <= known.now:
        about.append(day(event, known.now, words) or words("runs now"))
    if event.commanders:
        about.append(words("commanders: {names}", names=", ".join(map(known.names, event.commanders))))
    return f"{visible(event.name)}: {' · '.join(about)}"


def day(event: EventView, now: datetime, words: Words) -> str:
    """`dag 4 van 10`; empty when the event does not count its days, or not this one."""
    number = event.day_of(now)
    return words("day {n} of {total}", n=number, total=event.days) if number and event.days else ""


# ---------------------------------------------------------------- rosters


def _roster(known: Known, words: Words) -> Iterator[Line]:
    for roster, label in ROSTERS.items():
        yield Line(f"{words(label)}: {_now(roster, known, words)}; {_next(roster, known, words)}")
    yield Line(words("Roster"), "/rooster")


def _now(roster: str, known: Known, words: Words) -> str:
    people = on_call(known.turns, roster, known.now)
    return words("now {names}", names=", ".join(map(known.names, people))) if people else words("now nobody")


def _next(roster: str, known: Known, words: Words) -> str:
    turn = next_turn(known.turns, roster, known.now)
    if turn is None:
        return words("nobody after that")
    at = day_and_time(turn.start, known.now, words)
    return words("then {name}, from {time} on", name=known.names(turn.person), time=at)


def next_turn(turns: Sequence[Turn], roster: str, now: datetime) -> Turn | None:
    """The turn of a roster that begins next."""
    coming = [turn for turn in turns if turn.roster == roster and turn.start > now]
    return min(coming, key=lambda turn: (turn.start, turn.rank, turn.id), default=None)
