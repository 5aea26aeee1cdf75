"""Dialogs that a button opens, neutral like the card: every channel draws them in its own way."""

from dataclasses import dataclass

from bot.buttons import capability
from bot.cards import Scene, safe_url, trial
from bot.texts.labels import CATEGORIES, COMMANDS
from domain import categories
from domain.model import Ability, CaseView, Way
from domain.states import Visibility

REASON_MAX = 500
"""Code points of a typed reason."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A field with one answer out of a few. options: (key of data, label); chosen: empty = the person must choose."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class TextField:
    """A field to type in."""

    name: str
    label: str
    help: str
    limit: int = REASON_MAX


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do by hand; url: where."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A dialog. act: the order that its submit gives · seen: text version on the card it was opened from."""

    case_id: int
    act: str
    seen: int
    title: str
    about: str
    fields: tuple[Choice | TextField, ...]
    steps: tuple[Step, ...]
    explain: tuple[str, ...]
    warning: str
    submit: str
    take_over: bool = False


def form(view: CaseView, word: str, scene: Scene, *, take_over: bool = False) -> Form | None:
    """The dialog of a command on this case; None when the command has none."""
    needed = {"verbergen": Ability.HIDE, "verwijderen": Ability.DELETE, "terug_zichtbaar": Ability.UNHIDE}.get(word)
    if needed and capability(view.capabilities, needed).way is Way.MANUEEL:
        return _by_hand(view, word, word, scene, take_over=take_over)
    if word == "verwijderen":
        return _delete(view, scene, take_over=take_over)
    if word == "manueel_gedaan" and view.trouble:
        return _by_hand(view, word, view.trouble.command, scene, take_over=False)
    return None


def _delete(view: CaseView, scene: Scene, *, take_over: bool) -> Form:
    words = scene.words
    hides = capability(view.capabilities, Ability.HIDE).way is Way.API
    return Form(
        case_id=view.id,
        act="verwijderen",
        seen=view.text_version,
        title=words("Delete this comment"),
        about=_about(view),
        fields=(_categories(view, scene), _reason(scene)),
        steps=(),
        explain=tuple(_explain(view, scene, hides=hides)),
        warning=words("Warning: irreversible. After the grace nobody can bring the comment back."),
        submit=words("Delete after {n} seconds", n=scene.grace_s) if scene.grace_s else words("Delete now"),
        take_over=take_over,
    )


def _categories(view: CaseView, scene: Scene) -> Choice:
    breaches = [row.key for row in categories.CATEGORIES.values() if row.breach and row.on]
    options = tuple((key, scene.words(CATEGORIES[key])) for key in breaches)
    chosen = view.category if view.category in breaches else ""
    return Choice("category", scene.words("House rule that was broken"), options, chosen)


def _reason(scene: Scene) -> TextField:
    words = scene.words
    return TextField("reason", words("Reason"), words("Stays in the register. No names or phone numbers."))


def _explain(view: CaseView, scene: Scene, *, hides: bool) -> list[str]:
    words, platform = scene.words, view.platform_label
    if not hides:
        lines = [words("{platform} cannot hide: the comment stays visible until it is deleted.", platform=platform)]
    else:
        lines = [words("Hiding can be undone: on {platform} the author and friends still see it.", platform=platform)]
    if hides and view.visibility is not Visibility.VERBORGEN:
        lines.append(words("The evidence is kept first, then the comment is hidden at once."))
    lines.append(words("During the grace of {n} seconds anybody in the team can cancel.", n=scene.grace_s))
    if view.evidence and not view.evidence.complete:
        lines.append(words("The evidence is incomplete: {parts}", parts=", ".join(view.evidence.missing)))
    if view.trial:
        lines.append(trial(view, scene))
    return lines


def _by_hand(view: CaseView, act: str, command: str, scene: Scene, *, take_over: bool) -> Form:
    """Steps to do it on the platform itself; pressing submit registers it like any other act."""
    words = scene.words
    what = words(COMMANDS[command])
    return Form(
        case_id=view.id,
        act=act,
        seen=view.text_version,
        title=words("By hand: {command}", command=what),
        about=_about(view),
        fields=(),
        steps=(
            Step(words("Open the comment on {platform}.", platform=view.platform_label), safe_url(view.permalink)),
            Step(words("Choose there: {command}.", command=what)),
            Step(words("Come back and confirm below.")),
        ),
        explain=(words("It is registered as done by hand, with your name."),),
        warning="",
        submit=words("I did it"),
        take_over=take_over,
    )


def _about(view: CaseView) -> str:
    return f"{view.platform_label} · {view.number}"
