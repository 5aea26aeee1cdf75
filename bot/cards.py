"""A case becomes a neutral card: pure, no I/O, drawn from the database each time. Slack, Teams and the browser draw it.

A masked text is not in the card at all: what is not there cannot leak.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.buttons import Button, Place, buttons, missing
from bot.clocks import Clock, clock
from bot.lines import Line, last, line_of
from bot.quote import Segment, excerpt, one_line, segments, split, visible
from bot.said import MessageLine, dossier_of, message_line, strikes, told
from bot.scene import Scene, name_of, safe_url
from bot.texts import N_, Words
from bot.texts.labels import ADVICE, CATEGORIES, COMMANDS, MARKERS, URGENCIES, VISIBILITIES
from bot.texts.params import tell
from bot.texts.times import hhmm, when
from domain import categories
from domain.categories import Certainty, Urgency
from domain.messages import SENT
from domain.model import CaseView, Flag
from domain.roles import Role, may_open
from domain.states import Marker, State
from domain.text import mask_name


@dataclass(frozen=True, slots=True)
class Quote:
    """The comment. masked: `segments` and `rest` are empty and `notice` stands there · rest: behind "show all"."""

    masked: bool
    notice: str = ""
    segments: tuple[Segment, ...] = ()
    rest: tuple[Segment, ...] = ()
    length: int = 0
    show: Button | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A label with a value. ok: drawn with a tick."""

    label: str
    value: str
    ok: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """Why it was flagged. excerpt: foreign text, empty when masked."""

    excerpt: str
    text: str


@dataclass(frozen=True, slots=True)
class TroubleLine:
    """What was refused; who asked what, what is true now, what happens by itself."""

    strong: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """One case, ready to be drawn. All texts are translated; `quote`, `reasons`, `post_title` and `author` hold foreign
    text and are literal. line: set when the card is one line · source: who reported it, empty when the rules did ·
    dossier: number of the one that this viewer may open.
    """

    case_id: int
    number: str
    revision: int
    seen: int
    state: State
    urgency: Urgency
    urgency_word: str
    platform: str
    title: str
    clock: Clock | None
    post_title: str
    post_url: str | None
    permalink: str | None
    quote: Quote
    reasons: tuple[Reason, ...]
    wrong: Button | None
    house_rule: str
    advice: str
    side: tuple[Fact, ...]
    trouble: TroubleLine | None
    message: MessageLine | None
    busy: str
    notes: tuple[str, ...]
    buttons: tuple[Button, ...]
    more: tuple[Button, ...]
    line: Line | None
    order: tuple[int, float]
    """Sort key: urgency first, then what is due first."""
    handled_at: datetime | None
    mine: bool
    """True if the viewer took the last decision: only that is undone with a key."""
    source: str = ""
    dossier: str = ""

    @property
    def open(self) -> bool:
        """True while a person still has to decide."""
        return self.line is None


def card(view: CaseView, scene: Scene) -> Card:
    """The card of a case as this viewer may see it."""
    words, masked = scene.words, is_masked(view, scene)
    drawn = buttons(view, scene.viewer, words, linked=scene.linked)
    by_place = {place: tuple(button for button in drawn if button.place is place) for place in Place}
    line = line_of(view, scene)
    return Card(
        case_id=view.id,
        number=view.number,
        revision=view.revision,
        seen=view.text_version,
        state=view.state,
        urgency=view.urgency,
        urgency_word=words(URGENCIES[view.urgency]).upper(),
        platform=view.platform_label,
        title=words(CATEGORIES[view.category]),
        clock=clock(view, scene.now, scene.words, delay_s=scene.delay_s),
        post_title=one_line(view.post_title or "", 120),
        post_url=safe_url(view.post_url),
        permalink=safe_url(view.permalink),
        quote=Quote(masked=True) if line else _quote(view, scene, masked, by_place[Place.TEXT]),
        reasons=() if line else tuple(_reason(flag, view, scene, masked) for flag in _live(view)),
        wrong=next(iter(by_place[Place.REASON]), None),
        house_rule=scene.rules.citation(view.category),
        advice=" → ".join(words(ADVICE[step]) for step in categories.CATEGORIES[view.category].advice),
        side=tuple(_side(view, scene)),
        trouble=_trouble(view, scene),
        message=None if line else message_line(view, scene),
        busy=_busy(view, scene),
        notes=tuple(_notes(view, scene)),
        buttons=by_place[Place.ROW],
        more=by_place[Place.MORE],
        line=line,
        order=(-view.urgency, view.due_at.timestamp()),
        handled_at=last(view)[1],
        mine=last(view)[0] == scene.viewer.key,
        source=words("reported by {name}", name=name_of(view.reported_by, scene)) if view.reported_by else "",
        dossier=view.dossier.number if view.dossier and may_open(Role(scene.viewer.role), "dossiers") else "",
    )


def push_text(view: CaseView, words: Words) -> str:
    """Fixed words only, for lock screens: `KRITIEK · Bedreiging · Facebook · NB-2026-000123`."""
    urgency = words(URGENCIES[view.urgency]).upper()
    return " · ".join((urgency, words(CATEGORIES[view.category]), view.platform_label, view.number))


def is_masked(view: CaseView, scene: Scene) -> bool:
    """True if the text may not stand on the card."""
    return scene.display.tekst_in_chat != "vol" or view.urgency >= Urgency.of(scene.display.masker_vanaf)


def reveal(view: CaseView) -> Quote:
    """The text for the one person who asked for it; personal data stay masked. Only after the view is registered."""
    head, rest = split(segments(view.text, view.personal, _marks(view)))
    return Quote(masked=False, segments=head, rest=rest, length=len(view.text))


# ---------------------------------------------------------------- text and reasons


def _live(view: CaseView) -> tuple[Flag, ...]:
    return tuple(flag for flag in view.flags if flag.state == "live")


def _marks(view: CaseView) -> Iterable[tuple[int, int]]:
    return (mark for flag in _live(view) for mark in flag.spans)


def _quote(view: CaseView, scene: Scene, masked: bool, show: tuple[Button, ...]) -> Quote:  # noqa: FBT001 - private
    if not masked:
        return reveal(view)
    serious = view.urgency >= Urgency.of(scene.display.masker_vanaf)
    may_show = scene.private or scene.display.tekst_in_chat != "geen"
    return Quote(
        masked=True,
        notice=scene.words("Text hidden: serious." if serious else "Text hidden."),
        show=next(iter(show), None) if may_show else None,
    )


def _reason(flag: Flag, view: CaseView, scene: Scene, masked: bool) -> Reason:  # noqa: FBT001 - private
    words = scene.words
    sure = words("certainty high") if flag.certainty is Certainty.HOOG else words("to be judged")
    about = scene.rules.why(flag.rule)
    parts = (f"({about})" if about else "", words("rule {rule}", rule=flag.rule) + ",", sure)
    hit = "" if masked else excerpt(view.text, view.personal, flag.spans)
    return Reason(hit, " ".join(part for part in parts if part))


# ---------------------------------------------------------------- facts, notes, trouble


def _side(view: CaseView, scene: Scene) -> Iterable[Fact]:
    words = scene.words
    parts = [mask_name(visible(view.author_name or "")), strikes(view, scene)]
    if view.earlier_cases:
        parts.append(words.ngettext("{n} earlier case", "{n} earlier cases", view.earlier_cases))
    yield Fact(words("Author"), "\n".join(part for part in parts if part))
    yield _evidence(view, scene)
    if view.message and not message_line(view, scene):
        yield Fact(words("Message"), told(view.message, view, scene), ok=view.message.state in SENT)
    if view.dossier:
        yield Fact(words("Dossier"), dossier_of(view, scene))
    if view.claimed_by and view.claimed_at:
        yield Fact(words("Busy"), _since(view.claimed_by, view.claimed_at, scene))
    if view.posted_at:
        yield Fact(words("Posted"), when(view.posted_at, scene.now, words))


def _evidence(view: CaseView, scene: Scene) -> Fact:
    words, found = scene.words, view.evidence
    if found is None:
        return Fact(words("Evidence"), words("working on it…"))
    text = f"{when(found.at, scene.now, words)} ({found.digest[:4]}…)"
    if found.complete:
        return Fact(words("Evidence"), text, ok=True)
    return Fact(words("Evidence"), f"{text} · " + words("missing: {parts}", parts=", ".join(found.missing)))


def _since(person: str, moment: datetime, scene: Scene) -> str:
    return scene.words("{name} since {time}", name=name_of(person, scene), time=when(moment, scene.now, scene.words))


def _notes(view: CaseView, scene: Scene) -> Iterable[str]:
    words = scene.words
    told = {Marker.AUTEUR_VERWIJDERD, Marker.BEVAT_BEELD} if view.author_name is None else {Marker.AUTEUR_VERWIJDERD}
    for marker in sorted(view.markers - told):
        yield words(MARKERS[marker])
    if view.media and Marker.BEVAT_BEELD not in view.markers:
        yield words(MARKERS[Marker.BEVAT_BEELD])
    if view.trial:
        yield trial(view, scene)
    if not view.doing:
        yield from missing(view, scene.viewer, words)
        yield from (button.off for button in buttons(view, scene.viewer, words, linked=scene.linked) if button.off)


def trial(view: CaseView, scene: Scene) -> str:
    """What a trial account says of its buttons."""
    text = N_("Trial: nothing is sent to {platform}; a button tells what it would do.")
    return scene.words(text, platform=view.platform_label)


def _busy(view: CaseView, scene: Scene) -> str:
    if view.doing is None:
        return ""
    word = scene.words(COMMANDS[view.doing.command])
    return scene.words("Busy: {command}, {since}", command=word, since=_since(view.doing.by, view.doing.since, scene))


def _trouble(view: CaseView, scene: Scene) -> TroubleLine | None:
    trouble, words = view.trouble, scene.words
    if trouble is None or view.state is not State.MISLUKT:
        return None
    parts = [
        words(
            "{name} chose “{command}” at {time}; the comment is now: {visibility}.",
            name=name_of(trouble.by, scene),
            command=words(COMMANDS[trouble.command]),
            time=when(trouble.at, scene.now, words),
            visibility=words(VISIBILITIES[view.visibility]),
        ),
        words("Nothing was lost."),
    ]
    if trouble.retry_at:
        parts.append(words("Nabij tries again by itself at {time}.", time=hhmm(trouble.retry_at)))
    if trouble.reference:
        parts.append(words("Reference: {reference}", reference=trouble.reference))
    refused = tell(trouble.msgid, trouble.params, scene.names, scene.now, words)
    return TroubleLine(refused, " ".join(parts))
