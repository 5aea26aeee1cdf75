"""The process dies between any two steps of a warning or of an explained deletion, or inside one; another goes on. The
citizen has the message once, one strike counts, and the end is the same.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from domain.orders import (
    Approve,
    CancelMessage,
    Decline,
    Delete,
    DoneByHand,
    Order,
    Retry,
    WasNotSent,
    WasSent,
    WithdrawStrike,
)
from storage.tables import EvidenceRow
from tests.fakes import warned
from tests.fakes.house import World, denied, down, lost

Story = Callable[[World], None]


def _press(*, hide: bool) -> Story:
    def story(world: World) -> None:
        world.arrives()
        warned.give(world, hide=hide)

    return story


def _due(*, hide: bool = False, fault: str = "", arrived: bool = False) -> Story:
    """The moment of a warning has come; its answer may get lost on the way."""

    def story(world: World) -> None:
        world.arrives()
        warned.press(world, hide=hide)
        if fault:
            world.platform.faults["reply_private"] = [{"lost": lost, "down": down, "denied": denied}[fault]()]
            world.platform.after_effect = {"reply_private"} if arrived else set()
        warned.due_now(world)

    return story


def _again(*, by_clock: bool) -> Story:
    def story(world: World) -> None:
        world.arrives()
        warned.press(world)
        world.platform.faults["reply_private"] = [down()]
        world.later(seconds=warned.DELAY_S)
        if by_clock:
            warned.due_now(world)
        else:
            world.give(Retry, by="jef")

    return story


def _explain(*faults: str) -> Story:
    def story(world: World) -> None:
        world.arrives("persoonsgegevens van iemand")
        world.press(Delete, explain=True)
        if faults:
            world.platform.faults["reply_private"] = [{"down": down, "denied": denied}[each]() for each in faults]
        if "down" in faults:
            world.later(seconds=60)
            warned.due_now(world)
        else:
            warned.due_now(world, 60)

    return story


def _explain_press(world: World) -> None:
    world.arrives("persoonsgegevens van iemand")
    world.give(Delete, explain=True)


def _unknown(kind: type[Order], *, explain: bool = False) -> Story:
    def story(world: World) -> None:
        world.arrives("persoonsgegevens van iemand")
        if explain:
            world.press(Delete, explain=True)
        else:
            warned.press(world)
        world.platform.faults.update({"reply_private": [lost()], "sent_private": [down()]})
        world.platform.after_effect = {"reply_private"} if kind is WasSent else set()
        world.later(seconds=60 if explain else warned.DELAY_S)
        assert warned.state(world) == "onbekend"
        world.give(kind, by="jef")

    return story


def _third(kind: type[Order]) -> Story:
    def story(world: World) -> None:
        warned.warned_before(world, 2)
        world.arrives()
        warned.press(world)
        world.give(kind, by="jef", **({"reason": "nee"} if kind is Decline else {}))

    return story


def _cancel(world: World) -> None:
    world.arrives()
    warned.press(world)
    world.give(CancelMessage, by="jef")


def _withdraw(world: World) -> None:
    world.arrives()
    warned.sent(world)
    world.give(WithdrawStrike, by="jef", reason="r")


STORIES: dict[str, Story] = {
    "waarschuwen": _press(hide=False),
    "waarschuwen en verbergen": _press(hide=True),
    "verzending": _due(),
    "verzending na verbergen": _due(hide=True),
    "verzending, antwoord verloren, aangekomen": _due(fault="lost", arrived=True),
    "verzending, antwoord verloren, niet aangekomen": _due(fault="lost"),
    "verzending geweigerd": _due(fault="denied"),
    "opnieuw door de klok": _again(by_clock=True),
    "opnieuw": _again(by_clock=False),
    "verwijderen met uitleg": _explain_press,
    "uitleg en verwijdering": _explain(),
    "uitleg onmogelijk": _explain("denied"),
    "uitleg opnieuw": _explain("down"),
    "verzenden_annuleren": _cancel,
    "goedkeuren": _third(Approve),
    "weigeren": _third(Decline),
    "wel_verstuurd": _unknown(WasSent),
    "niet_verstuurd": _unknown(WasNotSent),
    "manueel_gedaan": _unknown(DoneByHand),
    "wel_verstuurd, uitleg": _unknown(WasSent, explain=True),
    "niet_verstuurd, uitleg": _unknown(WasNotSent, explain=True),
    "waarschuwing_intrekken": _withdraw,
}
ACTS = [
    "waarschuwen en verbergen",
    "verzending",
    "verzending na verbergen",
    "verzending, antwoord verloren, aangekomen",
    "verzending, antwoord verloren, niet aangekomen",
    "opnieuw door de klok",
    "opnieuw",
    "verwijderen met uitleg",
    "uitleg en verwijdering",
    "uitleg opnieuw",
]
"""Stories with an effect outside our own database that comes again when it is asked again (a refusal may not)."""


def _end(folder: Path, story: Story, **death: int) -> tuple[bool, dict[str, object]]:
    """How it ends once everything that was to come has come."""
    folder.mkdir()
    world = World(folder)
    story(world)
    died = world.dies(**death)
    for _ in range(3):
        world.later(seconds=60)
    truth = world.truth()
    assert world.rows(EvidenceRow)
    assert len(warned.letters(world)) == len(set(warned.letters(world))), "a citizen got a message twice"
    world.close()
    return died, truth


def _deaths(folder: Path, story: Story, how: str) -> list[dict[str, object]]:
    """How it ends when the process dies at step 1, 2, … until the work is done before that step."""
    ends = []
    for step in count(1):
        died, truth = _end(folder / str(step), story, **{how: step})
        if not died:
            return ends
        ends.append(truth)
    raise AssertionError


@pytest.mark.parametrize("name", STORIES)
def test_between_any_two_steps(tmp_path: Path, name: str) -> None:
    """The same state, letters, strikes, register and answers as without dying; every intent closed."""
    _, whole = _end(tmp_path / "heel", STORIES[name])
    ends = _deaths(tmp_path, STORIES[name], "after")

    assert ends == [whole] * len(ends)
    assert ends
    assert (whole["open"], whole["verdict"]) == (0, 0)


@pytest.mark.parametrize("name", ACTS)
def test_inside_any_step(tmp_path: Path, name: str) -> None:
    """After the effect and before its note, so that the step is done again: what was sent is found, not sent again."""
    _, whole = _end(tmp_path / "heel", STORIES[name])
    ends = _deaths(tmp_path, STORIES[name], "inside")

    same = ("platform", "state", "visibility", "open", "verdict", "letters", "messages", "strikes")
    assert [{part: end[part] for part in same} for end in ends] == [{part: whole[part] for part in same}] * len(ends)
    assert ends


@pytest.mark.parametrize("name", ["verzending", "verzending na verbergen", "uitleg en verwijdering"])
def test_the_citizen_got_it(tmp_path: Path, name: str) -> None:
    """These stories end with one letter; otherwise equal ends would prove little."""
    _, whole = _end(tmp_path / "heel", STORIES[name])

    assert len(whole["letters"]) == 1
    assert whole["strikes"] == (0 if "uitleg" in name else 1)
