"""Warnings in a `World`: what a person would send, and how it stands with what was sent."""

from datetime import timedelta
from typing import Any

from commands import due
from commands.drafts import Draft, drafts
from domain.messages import MessageState
from domain.model import Answer
from domain.orders import Approve, Warn
from storage.paper_tables import MessageRow, StrikeRow
from tests.fakes.house import INSULT, World

DELAY_S = 30


def draft(world: World, template: str = "", comment_id: str = "2001_1", *, hide: bool = False) -> Draft:
    """The draft of a template; the one that is advised when none is named."""
    offered = drafts(world.house, world.view(comment_id), hide=hide)
    return next(each for each in offered if template in ("", each.template))


def give(world: World, by: str = "noor", template: str = "", comment_id: str = "2001_1", **more: Any) -> str:
    """*Waarschuwen…* is pressed with its draft, and not yet carried out; the key."""
    chosen = draft(world, template, comment_id, hide=more.get("hide", False))
    text = more.pop("text", chosen.text)
    return world.give(Warn, world.case(comment_id), by, template=chosen.template, text=text, **more)


def press(world: World, by: str = "noor", template: str = "", comment_id: str = "2001_1", **more: Any) -> Answer:
    """*Waarschuwen…* with its draft."""
    key = give(world, by, template, comment_id, **more)
    world.run.work()
    return world.answer(key)


def sent(world: World, comment_id: str = "2001_1", **more: Any) -> None:
    """A warning that was pressed and went out."""
    assert press(world, comment_id=comment_id, **more).ok
    world.later(seconds=DELAY_S)
    assert state(world) == MessageState.AFGELEVERD


def due_now(world: World, seconds: float = DELAY_S) -> None:
    """Its moment has come; the work lies there and is not yet done."""
    world.clock.advance(timedelta(seconds=seconds))
    world.store(lambda connection: due.tick(world.house, world.run, connection))


def messages(world: World) -> list[MessageRow]:
    """All messages, oldest first."""
    return sorted(world.rows(MessageRow), key=lambda row: row.id)


def state(world: World) -> MessageState:
    """State of the newest message."""
    return MessageState(messages(world)[-1].state)


def strikes(world: World) -> list[StrikeRow]:
    """All strikes that were ever booked, oldest first."""
    return sorted(world.rows(StrikeRow), key=lambda row: row.id)


def letters(world: World) -> list[tuple[str, str]]:
    """(comment, text) of every private message that a citizen got."""
    return [(comment, text) for name, comment, text in world.platform.letters if name == "reply_private"]


def warned_before(world: World, times: int, *, apart: timedelta = timedelta(days=2)) -> None:
    """The author has so many strikes already, each under another post."""
    for place in range(times):
        comment_id = f"eerder_{place}"
        world.arrives(INSULT, comment_id, post_id=f"1001_{3000 + place}")
        sent(world, comment_id) if place < 2 else _third(world, comment_id)
        world.clock.advance(apart)


def _third(world: World, comment_id: str) -> None:
    assert press(world, comment_id=comment_id).ok
    assert world.press(Approve, world.case(comment_id), "jef").ok
    world.later(seconds=DELAY_S)
