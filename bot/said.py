"""What was said to a citizen, and what is kept about him: strikes, messages and dossiers in a few words."""

from dataclasses import dataclass

from bot.buttons import doubted, troubled, waits
from bot.clocks import Clock, sending, to_the_second
from bot.quote import visible
from bot.scene import Scene, name_of
from bot.texts import N_
from bot.texts.labels import DOSSIER_STATES, MESSAGES, TEMPLATES
from bot.texts.times import when
from domain.messages import MessageState, MessageView, Template
from domain.model import CaseView
from domain.states import State


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message that somebody must decide on, or that waits. said: as it will go out, or perhaps did."""

    strong: str
    text: str
    said: str
    clock: Clock | None


def strikes(view: CaseView, scene: Scene) -> str:
    """`waarschuwing 2/3`: how many count now; empty without any."""
    live, most = view.ledger.live, view.ledger.maximum
    return scene.words("warning {n}/{max}", n=live, max=most) if live else ""


def kind_of(template: str, number: int, view: CaseView, scene: Scene) -> str:
    """What a message is: `waarschuwing 2/3`, or what it is called when it does not count."""
    if number:
        return scene.words("warning {n}/{max}", n=number, max=view.ledger.maximum)
    known = next((key for key in Template if key == template), None)
    return scene.words(TEMPLATES[known]) if known else template


def told(message: MessageView, view: CaseView, scene: Scene) -> str:
    """The state of a message in words: `waarschuwing 2/3: privébericht afgeleverd, 21:07`."""
    words = scene.words
    state, at = words(MESSAGES[message.state]), message.settled_at
    moment = when(at, scene.now, words) if at else ""
    if message.state is MessageState.GEPLAND and message.due_at:
        moment = to_the_second(message.due_at)
    what = kind_of(message.template, message.number, view, scene)
    return words("{what}: private message {state}", what=what, state=", ".join(filter(None, (state, moment))))


def message_line(view: CaseView, scene: Scene) -> MessageLine | None:
    """The message that a person must decide on, or can still stop."""
    asks_second = view.message if view.state is State.WACHT_4OGEN else None
    message = waits(view) or troubled(view) or doubted(view) or asks_second
    if message is None:
        return None
    words = scene.words
    asked = words(
        "Asked by {name} at {time}.", name=name_of(message.by, scene), time=when(message.at, scene.now, words)
    )
    hint = _ASKS.get(message.state, "")
    strong = f"{kind_of(message.template, message.number, view, scene)}: {words(MESSAGES[message.state])}."
    return MessageLine(
        strong[0].upper() + strong[1:],
        f"{asked} {words(hint, platform=view.platform_label)}" if hint else asked,
        visible(message.text),
        sending(message, scene.now, words, scene.delay_s),
    )


_ASKS = {
    MessageState.WACHT_4OGEN: N_("Somebody else reads the text and agrees or declines."),
    MessageState.ONBEKEND: N_("Look on {platform} whether the author has this message, then say it here."),
    MessageState.NIET_AFLEVERBAAR: N_("{platform} takes no message for this author; nothing counts until he has it."),
}
"""What is asked of a person, by the state of the message."""


def dossier_of(view: CaseView, scene: Scene) -> str:
    """`SMD-2026-000014 (concept)`; empty without one."""
    found = view.dossier
    return f"{found.number} ({scene.words(DOSSIER_STATES[found.state])})" if found else ""
