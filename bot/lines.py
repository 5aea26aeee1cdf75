"""A case that nobody has to decide on any more, in one line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.buttons import doubted, waits
from bot.quote import visible
from bot.said import dossier_of, strikes, told
from bot.scene import Scene, name_of
from bot.texts import N_
from bot.texts.labels import CATEGORIES, PAST, VISIBILITIES
from bot.texts.times import span, when
from domain.messages import SENT
from domain.model import CaseView, Done
from domain.orders import CLOCK
from domain.states import Marker, State, Visibility
from domain.text import mask_name


@dataclass(frozen=True, slots=True)
class Line:
    """A handled or planned case in one line, with a second one for author, message and dossier. tone: ok or near."""

    strong: str
    text: str
    tone: str = "ok"
    detail: tuple[str, ...] = ()


def line_of(view: CaseView, scene: Scene) -> Line | None:
    """The line of a case; None while a person still has to decide."""
    gone = Marker.AUTEUR_VERWIJDERD in view.markers or view.visibility is Visibility.DOOR_AUTEUR_VERWIJDERD
    if gone and view.state not in (State.GEPLAND, State.MISLUKT):
        return _by_author(view, scene)
    if view.planned and view.state is State.GEPLAND:
        return _planned(view, scene)
    return _handled(view, scene) if view.state is State.AFGEHANDELD else None


def _by_author(view: CaseView, scene: Scene) -> Line:
    words = scene.words
    strong = words("Deleted by its author")
    if view.done and view.done.by == CLOCK:
        strong = words("Deleted by its author at {time}", time=when(view.done.at, scene.now, words))
    kept = words("evidence kept") if view.evidence else words("no evidence")
    return Line(strong, " · ".join((f"– {kept}", *_about(view, scene))), detail=_detail(view, scene))


def _planned(view: CaseView, scene: Scene) -> Line | None:
    if view.planned is None:
        return None
    words = scene.words
    who = _by(view.planned.by, view.planned.at, scene)
    grace = words("grace {n} s", n=view.planned.seconds)
    shown = words(VISIBILITIES[view.visibility])
    text = " · ".join((*who, *_about(view, scene), shown, grace))
    return Line(words("Deletion planned"), text, "near", _detail(view, scene))


def _handled(view: CaseView, scene: Scene) -> Line:
    words, done = scene.words, view.done
    if done is None:
        return Line(words(N_("Handled")), " · ".join(_about(view, scene)))
    rules = words("house rules {version}", version=scene.house_version) if scene.house_version else ""
    after = words("after {span}", span=span(timedelta(seconds=done.after), words))
    final = words("irreversible") if view.visibility is Visibility.VERWIJDERD else ""
    parts = (*_by(done.by, done.at, scene), *_about(view, scene), rules, after, final)
    tone = "near" if waits(view) or doubted(view) else "ok"
    return Line(words(_past(view, done)), " · ".join(part for part in parts if part), tone, _detail(view, scene))


def _past(view: CaseView, done: Done) -> str:
    """What was done, as a fact: nobody is warned as long as the message did not arrive."""
    if done.command != "waarschuwen":
        return PAST[done.command]
    message, hidden = view.message, view.visibility is Visibility.VERBORGEN
    if message is None or message.state not in SENT:
        return PAST["verbergen"] if hidden else N_("Message planned")
    if not message.number:
        return PAST["verbergen"] if hidden else N_("Hint sent")
    return N_("Hidden and warned") if hidden else PAST["waarschuwen"]


def _detail(view: CaseView, scene: Scene) -> tuple[str, ...]:
    """Who, what he was told, the proof and the dossier; only where there is more to tell than the decision."""
    if not (view.message or view.dossier or view.ledger.live):
        return ()
    words = scene.words
    said = told(view.message, view, scene) if view.message else strikes(view, scene)
    proof = words("evidence {digest}", digest=f"{view.evidence.digest[:4]}…") if view.evidence else words("no evidence")
    kept = words("PV dossier {number}", number=dossier_of(view, scene)) if view.dossier else ""
    author = words("Author {name}", name=mask_name(visible(view.author_name or "")))
    return tuple(part for part in (author, said, proof, kept) if part)


def last(view: CaseView) -> tuple[str, datetime | None]:
    """Who took the last decision, and when; a message that waits was decided on too."""
    message = waits(view) or (view.message if view.state is State.WACHT_4OGEN else None)
    if message:
        return message.by, message.at
    latest = view.planned or view.done
    return (latest.by, latest.at) if latest else ("", None)


def _by(person: str, moment: datetime, scene: Scene) -> tuple[str, str]:
    return scene.words("by {name}", name=name_of(person, scene)), when(moment, scene.now, scene.words)


def _about(view: CaseView, scene: Scene) -> tuple[str, ...]:
    return view.platform_label, scene.words(CATEGORIES[view.category]), view.number
