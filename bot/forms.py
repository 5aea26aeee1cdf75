"""Dialogs that a button opens, neutral like the card: every channel draws them in its own way (`bot.fields`)."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.buttons import capability, troubled
from bot.cards import trial
from bot.document_form import document
from bot.fields import Choice, Form, Step, TextField, Typed
from bot.message_forms import explanation, sent_by_hand, warn
from bot.said import message_line
from bot.scene import Scene, safe_url
from bot.texts.labels import CATEGORIES, COMMANDS
from domain import categories
from domain.model import Ability, CaseView, Way
from domain.states import Visibility


def form(
    view: CaseView, word: str, scene: Scene, *, take_over: bool = False, typed: Typed | None = None
) -> Form | None:
    """The dialog of a command on this case; None when the command has none. typed: what came back from an earlier
    drawing of it, kept as far as it still fits.
    """
    needed = {"verbergen": Ability.HIDE, "verwijderen": Ability.DELETE, "terug_zichtbaar": Ability.UNHIDE}.get(word)
    if needed and capability(view.capabilities, needed).way is Way.MANUEEL:
        return replace(_by_hand(view, word, word, scene), take_over=take_over)
    drawn = _DIALOGS[word](view, scene, typed) if word in _DIALOGS else None
    return replace(drawn, take_over=take_over) if drawn else None


# ---------------------------------------------------------------- delete


def _delete(view: CaseView, scene: Scene, typed: Typed | None) -> Form:
    words = scene.words
    hides = capability(view.capabilities, Ability.HIDE).way is Way.API
    return Form(
        case_id=view.id,
        act="verwijderen",
        seen=view.text_version,
        title=words("Delete this comment"),
        about=_about(view),
        fields=(_categories(view, scene, typed), _reason(scene, typed), *explanation(view, scene, typed)),
        explain=tuple(_explain(view, scene, hides=hides)),
        warning=words("Warning: irreversible. After the grace nobody can bring the comment back."),
        submit=words("Delete after {n} seconds", n=scene.grace_s) if scene.grace_s else words("Delete now"),
    )


def _categories(view: CaseView, scene: Scene, typed: Typed | None) -> Choice:
    breaches = [row.key for row in categories.CATEGORIES.values() if row.breach and row.on]
    options = tuple((key, scene.words(CATEGORIES[key])) for key in breaches)
    chosen = (typed or {}).get("category", view.category)
    return Choice("category", scene.words("House rule that was broken"), options, chosen if chosen in breaches else "")


def _reason(scene: Scene, typed: Typed | None, *, required: bool = False) -> TextField:
    words, text = scene.words, (typed or {}).get("reason", "")
    help_ = words("Stays in the register. No names or phone numbers.")
    return TextField("reason", words("Reason"), help_, text=text, required=required)


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


# ---------------------------------------------------------------- by hand


def _done_by_hand(view: CaseView, scene: Scene, _typed: Typed | None) -> Form | None:
    if message := troubled(view):
        return sent_by_hand(view, message, scene)
    return _by_hand(view, "manueel_gedaan", view.trouble.command, scene) if view.trouble else None


def _by_hand(view: CaseView, act: str, command: str, scene: Scene) -> Form:
    """Steps to do it on the platform itself; pressing submit registers it like any other act."""
    words = scene.words
    what = words(COMMANDS[command])
    return Form(
        case_id=view.id,
        act=act,
        seen=view.text_version,
        title=words("By hand: {command}", command=what),
        about=_about(view),
        steps=(
            Step(words("Open the comment on {platform}.", platform=view.platform_label), safe_url(view.permalink)),
            Step(words("Choose there: {command}.", command=what)),
            Step(words("Come back and confirm below.")),
        ),
        explain=(words("It is registered as done by hand, with your name."),),
        submit=words("I did it"),
    )


# ---------------------------------------------------------------- with a reason


def _decline(view: CaseView, scene: Scene, typed: Typed | None) -> Form | None:
    asked, words = message_line(view, scene), scene.words
    if asked is None:
        return None
    return Form(
        case_id=view.id,
        act="weigeren",
        seen=view.text_version,
        title=words("Decline the warning"),
        about=_about(view),
        fields=(_reason(scene, typed, required=True),),
        explain=(asked.text, words("Nothing is sent; the card is open again.")),
        submit=words("Decline"),
    )


def _withdraw(view: CaseView, scene: Scene, typed: Typed | None) -> Form | None:
    if view.ledger.here is None:
        return None
    words = scene.words
    return Form(
        case_id=view.id,
        act="waarschuwing_intrekken",
        seen=view.text_version,
        title=words("Withdraw the warning"),
        about=_about(view),
        fields=(_reason(scene, typed, required=True),),
        explain=(
            words("The warning does not count any more; the author keeps the message that was sent."),
            words("This cannot be undone; a new warning can always be sent under another comment."),
        ),
        submit=words("Withdraw"),
    )


def _about(view: CaseView) -> str:
    return f"{view.platform_label} · {view.number}"


_DIALOGS: Mapping[str, Callable[[CaseView, Scene, Typed | None], Form | None]] = {
    "verwijderen": _delete,
    "manueel_gedaan": _done_by_hand,
    "waarschuwen": warn,
    "documenteren": document,
    "weigeren": _decline,
    "waarschuwing_intrekken": _withdraw,
}
"""Command → its dialog; None when there is nothing to ask any more."""
