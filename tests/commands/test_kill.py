"""The process dies between any two steps, or inside one; another goes on, and the end is the same."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from commands import due
from domain.model import Change, ChangeKind, Comment
from domain.orders import (
    CancelDelete,
    Claim,
    Delete,
    DoneByHand,
    Hide,
    Leave,
    MarkWrong,
    Release,
    Reopen,
    Retry,
    ShowText,
    Unhide,
)
from storage.tables import EvidenceRow
from tests.fakes.house import INSULT, World, denied, down

Story = Callable[[World], None]


def _press(kind: type, *before: type) -> Story:
    def story(world: World) -> None:
        world.arrives()
        for each in before:
            world.press(each)
        world.give(kind, by="jef")

    return story


def _hide_after_failure(kind: type) -> Story:
    def story(world: World) -> None:
        world.arrives()
        world.platform.faults["hide"] = [denied()]
        world.press(Hide)
        world.give(kind, by="jef")

    return story


def _grace_over(world: World) -> None:
    world.arrives()
    world.press(Delete)
    world.clock.advance(timedelta(seconds=60))
    world.store(lambda connection: due.tick(world.house, world.run, connection))


def _again_by_clock(world: World) -> None:
    world.arrives()
    world.platform.faults["hide"] = [down()]
    world.press(Hide)
    world.clock.advance(timedelta(seconds=30))
    world.store(lambda connection: due.tick(world.house, world.run, connection))


def _arrival(world: World) -> None:
    world.push(Change(ChangeKind.NIEUW, world.comment(INSULT)))


def _edit(world: World) -> None:
    world.arrives()
    world.press(Hide)
    world.push(Change(ChangeKind.AANGEPAST, world.comment(INSULT + " en meer")))


def _author(world: World) -> None:
    world.arrives()
    world.platform.author_deletes("2001_1")
    world.push(Change(ChangeKind.VERWIJDERD, Comment("facebook", "1001", "2001_1", "1001_2001", "")))


STORIES: dict[str, Story] = {
    "aankomst": _arrival,
    "aangepast": _edit,
    "auteur": _author,
    "verbergen": _press(Hide),
    "laten_staan": _press(Leave),
    "fout_gemarkeerd": _press(MarkWrong),
    "verwijderen": _press(Delete),
    "verwijderen na verbergen": _press(Delete, Hide),
    "annuleren": _press(CancelDelete, Delete),
    "terug_zichtbaar": _press(Unhide, Hide),
    "heropenen": _press(Reopen, Leave),
    "neem_ik": _press(Claim),
    "laat_los": _press(Release, Claim),
    "toon_tekst": _press(ShowText),
    "opnieuw": _hide_after_failure(Retry),
    "manueel_gedaan": _hide_after_failure(DoneByHand),
    "bedenktijd": _grace_over,
    "opnieuw door de klok": _again_by_clock,
}
ACTS = [
    name
    for name in STORIES
    if name
    not in ("laten_staan", "fout_gemarkeerd", "heropenen", "neem_ik", "laat_los", "toon_tekst", "manueel_gedaan")
]
"""Stories with a step: an effect outside our own database."""


def _end(folder: Path, story: Story, **death: int) -> tuple[bool, dict[str, object]]:
    folder.mkdir()
    world = World(folder)
    story(world)
    died = world.dies(**death)
    truth = world.truth()
    assert world.rows(EvidenceRow)
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
    """The same state, platform, register and answers as without dying; every intent closed, the register good."""
    _, whole = _end(tmp_path / "heel", STORIES[name])
    ends = _deaths(tmp_path, STORIES[name], "after")

    assert ends == [whole] * len(ends)
    assert ends
    assert (whole["open"], whole["verdict"]) == (0, 0)


@pytest.mark.parametrize("name", ACTS)
def test_inside_any_step(tmp_path: Path, name: str) -> None:
    """After the effect and before its note, so that the step is done again: nobody outside can see a difference."""
    _, whole = _end(tmp_path / "heel", STORIES[name])
    ends = _deaths(tmp_path, STORIES[name], "inside")

    same = ("platform", "state", "visibility", "open", "verdict")
    assert [{part: end[part] for part in same} for end in ends] == [{part: whole[part] for part in same}] * len(ends)
    assert ends
