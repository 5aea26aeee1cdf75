"""Dialogs about messages to citizens: warn, explain a deletion, send by hand."""

from collections.abc import Iterator, Sequence

from bot.buttons import capability
from bot.cards import trial
from bot.fields import SHOWN, Choice, FaultLine, Field, Form, Lines, Step, TextField, Tick, Typed
from bot.quote import one_line
from bot.said import kind_of, told
from bot.scene import Draft, Scene, safe_url
from bot.texts import N_
from domain.categories import CATEGORIES
from domain.messages import SENT, UNDERWAY, Fault, MessageView, Template
from domain.model import Ability, CaseView, Way
from domain.states import ALLOWED, Visibility

TEXT_MAX = 2000
"""Code points of a message that may be typed; how many may be sent is a matter of its template."""
_EXPLAINS = "persoonsgegevens"


def warn(view: CaseView, scene: Scene, typed: Typed | None) -> Form | None:
    """*Waarschuwen…*: which text, as it will be sent. None when no text fits this case."""
    hide = _hides(view, typed)
    drafts = scene.drafts(view, hide is True)
    if not drafts:
        return None
    chosen = (typed or {}).get("template", "")
    draft = next((each for each in drafts if each.template == chosen), drafts[0])
    text = _text(view, scene, draft, typed)
    faults = draft.faults if text == draft.text else scene.faults(draft.template, text)
    return Form(
        case_id=view.id,
        act="waarschuwen",
        seen=view.text_version,
        title=scene.words("Warn the author"),
        about=f"{view.platform_label} · {view.number}",
        fields=tuple(_fields(scene, drafts, draft, text, hide)),
        explain=tuple(_explain(view, scene, draft)),
        submit=_submit(view, scene, draft),
        hidden=((SHOWN, f"{draft.template}:{_flag(hide)}"),),
        badge=kind_of(draft.template, draft.number, view, scene),
        faults=tuple(fault_line(fault, text, scene) for fault in faults),
    )


def _hides(view: CaseView, typed: Typed | None) -> bool | None:
    """Whether the comment is hidden as well; None when it cannot be."""
    able = capability(view.capabilities, Ability.HIDE).way is Way.API and view.state in ALLOWED["verbergen"]
    if not able or view.visibility is not Visibility.ZICHTBAAR:
        return None
    return "verbergen" in CATEGORIES[view.category].advice if typed is None else typed.get("hide") == "1"


def _flag(hide: bool | None) -> str:  # noqa: FBT001 - private
    return "1" if hide else "0"


def _text(view: CaseView, scene: Scene, draft: Draft, typed: Typed | None) -> str:
    """The text for what is chosen now: what was typed stays, as long as it was typed in this very template."""
    if typed is None or SHOWN not in typed:
        return (typed or {}).get("text", draft.text)
    template, _, hide = typed[SHOWN].partition(":")
    before = next((each.text for each in scene.drafts(view, hide == "1") if each.template == template), "")
    written = typed.get("text", "")
    return draft.text if template != draft.template or written == before else written


def _fields(scene: Scene, drafts: Sequence[Draft], draft: Draft, text: str, hide: bool | None) -> Iterator[Field]:  # noqa: FBT001 - private
    words = scene.words
    options = tuple((each.template, each.name) for each in drafts)
    yield Choice("template", words("Text"), options, draft.template, redraw=words("Show this text"))
    if hide is not None:
        yield Tick("hide", words("Hide the comment as well"), hide, redraws=True)
    help_ = words("Change it where needed: it goes out as it stands here.")
    yield TextField("text", words("This is how it arrives"), help_, TEXT_MAX, text, lines=8, required=True)


def _explain(view: CaseView, scene: Scene, draft: Draft) -> Iterator[str]:
    words, ledger, platform = scene.words, view.ledger, view.platform_label
    if draft.number >= ledger.maximum:
        yield words("This is warning {n}: a second person has to agree first.", n=draft.number)
    yield words("It goes out after {n} seconds; until then you can cancel the sending.", n=scene.delay_s)
    yield words("{platform} allows one private message for a comment: this is it.", platform=platform)
    if draft.number and ledger.same_post:
        yield words("The author was warned under this post in the last 24 hours: this makes no new strike.")
    elif draft.number:
        yield words("It counts as a strike once it is delivered, not before.")
    yield words("Before it goes out it is checked: all filled in, house rules named, no personal data.")
    if view.message:
        yield words("Before: {message}.", message=told(view.message, view, scene))
    if view.trial:
        yield trial(view, scene)


def _submit(view: CaseView, scene: Scene, draft: Draft) -> str:
    if draft.number >= view.ledger.maximum:
        return scene.words("Ask a second person")
    return scene.words("Send after {n} seconds", n=scene.delay_s)


def fault_line(fault: Fault, text: str, scene: Scene) -> FaultLine:
    """What is wrong, with its place in the text as people count: the first character is 1."""
    start, end = fault.place
    if end <= start:
        return FaultLine(scene.words(fault.msgid), "", fault.blocks)
    one = end - start == 1
    place = scene.words("character {start}" if one else "character {start} to {end}", start=start + 1, end=end)
    return FaultLine(scene.words(fault.msgid), f"{place}: “{one_line(text[start:end])}”", fault.blocks)


# ---------------------------------------------------------------- before a deletion


def explanation(view: CaseView, scene: Scene, typed: Typed | None) -> Iterator[Field]:
    """Fields of *Verwijderen…* when the author can be told why: only for personal data, of which the text speaks."""
    text = scene.explanation() if _can_explain(view) else ""
    if not text or any(fault.blocks for fault in scene.faults(Template.VERWIJDERD_PRIVACY, text)):
        return
    on = view.category == _EXPLAINS if typed is None else typed.get("explain") == "1"
    label = scene.words("Tell the author first why (private message)")
    yield Tick("explain", label, on, scene.words("It goes out before the deletion, which waits for it."))
    yield Lines(scene.words("The author reads"), text)


def _can_explain(view: CaseView) -> bool:
    able = capability(view.capabilities, Ability.REPLY_PRIVATE).way is Way.API
    used = view.message is not None and view.message.state in (*SENT, *UNDERWAY)
    return able and not used and (view.category == _EXPLAINS or bool(view.personal))


# ---------------------------------------------------------------- by hand


def sent_by_hand(view: CaseView, message: MessageView, scene: Scene) -> Form:
    """*Manueel verstuurd…*: the text to copy, where to send it, and the press that says it was done."""
    words, platform = scene.words, view.platform_label
    return Form(
        case_id=view.id,
        act="manueel_gedaan",
        seen=view.text_version,
        title=words("Sent by hand"),
        about=f"{platform} · {view.number}",
        fields=(Lines(words("Text to copy"), message.text),),
        steps=(
            Step(words("Open the comment on {platform}.", platform=platform), safe_url(view.permalink)),
            Step(words("Choose there to send the author a private message, and paste the text.")),
            Step(words("Come back and confirm below.")),
        ),
        explain=(
            words("It is registered as done by hand, with your name."),
            words(_COUNTS if message.number else _COUNTS_NOT),
        ),
        submit=words("I sent it"),
        badge=kind_of(message.template, message.number, view, scene),
    )


_COUNTS = N_("The strike counts from then on.")
_COUNTS_NOT = N_("It does not count as a strike.")
