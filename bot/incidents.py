"""An incident becomes a neutral card: pure, drawn as a card of the list, as a letter and as a page on a telephone.

No name of an author and no text that is masked elsewhere stands in it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.quote import one_line
from bot.texts import N_, Words
from bot.texts.labels import CALL_STATES, CATEGORIES, COMMANDS, URGENCIES
from bot.texts.times import ago, when
from domain.categories import PRIORITY, Urgency
from domain.incidents import LIVING, CaseLine, IncidentKind, IncidentState, IncidentView
from domain.roles import Role, may
from domain.settings import VANGNET

TOP = 3
"""Categories that are named."""
SAMPLES = 2
_SAMPLE = 160
_TITLE = 120

BUTTONS: dict[IncidentState, tuple[str, ...]] = {
    IncidentState.OPEN: ("kennis_genomen", "demp", "vals_alarm", "incident_sluiten"),
    IncidentState.GEZIEN: ("demp", "vals_alarm", "incident_sluiten"),
    IncidentState.GEDEMPT: ("vals_alarm", "incident_sluiten"),
}
"""State → command words, in the order of the buttons."""

WORDS = BUTTONS[IncidentState.OPEN]
"""Every command word about an incident."""

TONES = {IncidentState.OPEN: "over", IncidentState.GEZIEN: "ok", IncidentState.GEDEMPT: "near"}


@dataclass(frozen=True, slots=True)
class Sight:
    """All that is the same for the incidents of one drawing. names: person key → name · number: emergency number ·
    mute_min: how long a mute lasts.
    """

    now: datetime
    names: Callable[[str], str]
    words: Words
    number: str
    mute_min: int

    def name(self, who: str) -> str:
        """A person, or the safety net."""
        return self.words("the safety net") if who == VANGNET else self.names(who)

    def when(self, moment: datetime) -> str:
        """A moment as it is told now."""
        return when(moment, self.now, self.words)


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with a value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Button:
    """A press. primary: the first, filled."""

    word: str
    label: str
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A case of an incident."""

    case_id: int
    text: str
    open: bool


@dataclass(frozen=True, slots=True)
class IncidentCard:
    """One incident, ready to be drawn: all texts are translated, foreign text in `what` and `samples` is literal.

    tone: `over`, `ok`, `near` or empty when it ended · event: `Gentse Feesten dag 4/10` or empty · next: who is called
    when, or that all were · called: newest first · asked: the decision, one sentence.
    """

    id: int
    revision: int
    living: bool
    tone: str
    urgency: Urgency
    level: str
    title: str
    what: str
    event: str
    state: str
    next: str
    facts: tuple[Fact, ...]
    samples: tuple[str, ...]
    asked: str
    cases: tuple[Row, ...]
    called: tuple[str, ...]
    buttons: tuple[Button, ...]
    url: str
    footer: str


def card(view: IncidentView, sight: Sight, role: str = "") -> IncidentCard:
    """The card of an incident. role: of who looks; without one there are no buttons."""
    words = sight.words
    return IncidentCard(
        id=view.id,
        revision=view.revision,
        living=view.state in LIVING,
        tone=TONES.get(view.state, ""),
        urgency=view.urgency,
        level=words(URGENCIES[view.urgency]).upper(),
        title=_title(view, words),
        what=one_line(view.what, _TITLE),
        event=_event(view, words),
        state=_state(view, sight),
        next=_next(view, sight),
        facts=tuple(_facts(view, sight)),
        samples=_samples(view, words),
        asked=_asked(view, words),
        cases=tuple(_row(case, sight) for case in view.cases),
        called=tuple(_called(view, sight)),
        buttons=tuple(_buttons(view, sight, role)),
        url=view.url if view.url and view.url.startswith(("https://", "http://")) else "",
        footer=words("Acute threat? {number} / dispatching.", number=sight.number),
    )


def push(view: IncidentView, words: Words) -> str:
    """Fixed words for a subject or a lock screen: `KRITIEK · Bedreiging · Facebook · Gentse Feesten dag 4/10`."""
    level, place = words(URGENCIES[view.urgency]).upper(), one_line(view.what.split(" · ")[0], _TITLE)
    return " · ".join(part for part in (level, _subject(view, words), place, _event(view, words)) if part)


# ---------------------------------------------------------------- what it is


def _subject(view: IncidentView, words: Words) -> str:
    if view.kind is IncidentKind.BLIND:
        return words("Nabij cannot see")
    first = next(iter(_by_weight(view)), "")
    return words(CATEGORIES[first]) if first else words("Comments")


def _title(view: IncidentView, words: Words) -> str:
    n = len(view.cases)
    return _subject(view, words) if n <= 1 else f"{_subject(view, words)} ({n})"


def _by_weight(view: IncidentView) -> list[str]:
    """Categories, the most pressing first."""
    return sorted(view.categories, key=lambda key: PRIORITY[key])


def _event(view: IncidentView, words: Words) -> str:
    if not view.event:
        return ""
    name = one_line(view.event, _TITLE)
    if not view.event_day:
        return name
    return words("{event} day {day}/{days}", event=name, day=view.event_day, days=view.event_days)


# ---------------------------------------------------------------- how it stands


def _state(view: IncidentView, sight: Sight) -> str:
    words, name = sight.words, sight.name(view.by)
    at = sight.when(view.by_at) if view.by_at else ""
    match view.state:
        case IncidentState.OPEN:
            return words("Open: nobody took notice yet")
        case IncidentState.GEZIEN:
            return words("Acknowledged by {name} · {time}", name=name, time=at)
        case IncidentState.GEDEMPT:
            until = sight.when(view.until) if view.until else ""
            return words("Muted by {name} until {time}", name=name, time=until)
        case IncidentState.VALS:
            return words("False alarm, said by {name} · {time}", name=name, time=at)
        case IncidentState.GESLOTEN:
            return _closed(view, sight)


def _closed(view: IncidentView, sight: Sight) -> str:
    if view.by_at is not None and view.by_at == view.ended_at:
        return sight.words("Closed by {name} · {time}", name=sight.name(view.by), time=sight.when(view.by_at))
    return sight.words("Over · {time}", time=sight.when(view.ended_at or view.changed_at))


def _next(view: IncidentView, sight: Sight) -> str:
    if view.state is not IncidentState.OPEN:
        return ""
    if view.next_at is None:
        return sight.words("everybody was called")
    who = ", ".join(sight.name(each) for each in view.next_who)
    return sight.words("next call at {time}: {who}", time=sight.when(view.next_at), who=who)


def _called(view: IncidentView, sight: Sight) -> Iterator[str]:
    for each in reversed(view.called):
        state = sight.words(CALL_STATES[each.state])
        yield f"{sight.when(each.at)} {sight.name(each.who)} · {state}"


# ---------------------------------------------------------------- facts


def _facts(view: IncidentView, sight: Sight) -> Iterator[Fact]:
    words = sight.words
    yield Fact(words("Since"), f"{sight.when(view.opened_at)} ({ago(view.opened_at, sight.now, words)})")
    if view.blind_since:
        last = f"{sight.when(view.blind_since)} ({ago(view.blind_since, sight.now, words)})"
        yield Fact(words("Last seen"), last)
        return
    yield Fact(words("Last 10 minutes"), words.ngettext("{n} comment", "{n} comments", view.count_10))
    yield Fact(words("Categories"), _categories(view, words))
    open_, all_ = sum(case.open for case in view.cases), len(view.cases)
    yield Fact(words("To decide"), words("{n} of {total}", n=open_, total=all_))
    if (oldest := view.oldest_open) is not None:
        yield Fact(words("Oldest"), f"{oldest.number}, {ago(oldest.opened_at, sight.now, words)}")
    busy = ", ".join(sight.name(who) for who in view.busy)
    yield Fact(words("Busy"), busy or words("nobody yet"))


def _categories(view: IncidentView, words: Words) -> str:
    top = sorted(view.categories, key=lambda key: (-view.categories[key], PRIORITY[key]))[:TOP]
    return ", ".join(f"{words(CATEGORIES[key])} ({view.categories[key]})" for key in top)


def _samples(view: IncidentView, words: Words) -> tuple[str, ...]:
    """At most two masked samples; of a serious text only that it is hidden."""
    waiting = [case for case in view.cases if case.open]
    shown = tuple(f"“{one_line(case.excerpt, _SAMPLE)}”" for case in waiting if case.excerpt)[:SAMPLES]
    hidden = any(not case.excerpt for case in waiting)
    return (*shown, words("Text hidden: serious.")) if hidden else shown


def _asked(view: IncidentView, words: Words) -> str:
    n = sum(case.open for case in view.cases)
    if view.state is not IncidentState.OPEN:
        waits = view.state in LIVING and n
        return words.ngettext("{n} comment still to decide.", "{n} comments still to decide.", n) if waits else ""
    if view.kind is IncidentKind.BLIND:
        return words("Asked of you: take notice, and have the page itself watched until Nabij sees again.")
    n = sum(case.open for case in view.cases)
    if not n:
        return words("Asked of you: take notice; nothing is left to decide.")
    return words.ngettext(
        "Asked of you: take notice, and decide what happens with the open comment.",
        "Asked of you: take notice, and decide what happens with the {n} open comments.",
        n,
    )


def _row(case: CaseLine, sight: Sight) -> Row:
    state = sight.words("open") if case.open else sight.words("decided")
    parts = (case.number, sight.words(CATEGORIES[case.category]), sight.when(case.opened_at), state)
    return Row(case.case_id, " · ".join(parts), case.open)


# ---------------------------------------------------------------- buttons

SHORT = {"incident_sluiten": N_("Close it")}
"""Labels that differ from the name of the command."""


def _buttons(view: IncidentView, sight: Sight, role: str) -> Iterator[Button]:
    for place, word in enumerate(BUTTONS.get(view.state, ())):
        if role and may(Role(role), word):
            label = sight.words(SHORT.get(word, COMMANDS[word]))
            if word == "demp":
                label = sight.words("Mute {n} min", n=sight.mute_min)
            yield Button(word, label, primary=place == 0 and view.state is IncidentState.OPEN)
