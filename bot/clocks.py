"""Time on a card is always a ring with words: what is left, and on time, almost or too late."""

from dataclasses import dataclass
from datetime import datetime

from bot.texts import Words
from bot.texts.times import minutes_seconds, span, target, when
from domain.clock import local
from domain.messages import MessageState, MessageView
from domain.model import CaseView, Planned
from domain.states import OPEN, State, Visibility

DELAY_S = 30
"""Seconds that a full ring of a message stands for, when nothing else is known."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A ring with words. part: what is left, 0 to 1 · tone: ok, near, over · left: seconds to count down, else None."""

    part: float
    strong: str
    words: str
    tone: str
    left: float | None = None
    total: float = 0


def clock(view: CaseView, now: datetime, words: Words, *, delay_s: int = DELAY_S) -> Clock | None:
    """The clock of a case: grace, a message that waits, exposure in trouble, or response; None when nothing runs.
    delay_s: how long a message waits.
    """
    if view.planned:
        return _grace(view.planned, now, words)
    if view.state not in OPEN:
        return sending(view.message, now, words, delay_s)
    if view.state is State.MISLUKT and view.visibility is Visibility.ZICHTBAAR:
        length = span(now - (view.posted_at or view.seen_at), words)
        return Clock(1, words("visible for {span}", span=length), f"· {words('failed')}", "over")
    return None if view.decided_at else _response(view, now, words)


def sending(message: MessageView | None, now: datetime, words: Words, delay_s: int = DELAY_S) -> Clock | None:
    """The countdown of a message that will go out; None when none will."""
    if message is None or message.state is not MessageState.GEPLAND or message.due_at is None:
        return None
    return _countdown(message.due_at, delay_s, now, words)


def to_the_second(moment: datetime) -> str:
    """`21:06:30`."""
    return f"{local(moment):%H:%M:%S}"


def _grace(planned: Planned, now: datetime, words: Words) -> Clock:
    return _countdown(planned.due, planned.seconds, now, words)


def _countdown(due: datetime, seconds: int, now: datetime, words: Words) -> Clock:
    left, total = max(0.0, (due - now).total_seconds()), max(1, seconds)
    text = words("{span} left", span=minutes_seconds(left))
    return Clock(min(1, left / total), text, "", "near", left, total)


def _response(view: CaseView, now: datetime, words: Words) -> Clock:
    """The response clock. Over a pause it tells the moment it ends, not hours that stand still."""
    left, total = (view.due_at - now).total_seconds(), max(1, view.due_target_seconds)
    goal = words("of {target}", target=target(view.due_target_seconds, words))
    if left <= 0:
        return Clock(1, words("{span} over", span=span(-left, words)), f"{goal} · {words('too late')}", "over")
    tone, state = ("near", words("almost")) if now >= view.due_near else ("ok", words("on time"))
    if left > total:
        return Clock(1, words("by {moment}", moment=when(view.due_at, now, words)), f"· {state}", tone)
    return Clock(left / total, words("{span} left", span=span(left, words)), f"{goal} · {state}", tone)
