"""The process dies between any two steps, or inside one: no step of a call is skipped, and none is done twice."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from commands import due
from domain.model import Change, ChangeKind
from domain.orders import Acknowledge, FalseAlarm, Hide, Mute
from storage.call_tables import IncidentCaseRow, NoticeRow
from tests.fakes.night import THREAT, Night

Story = Callable[[Night], None]


def _two_at_once(night: Night) -> None:
    for comment_id in ("2001_1", "2001_2"):
        night.push(Change(ChangeKind.NIEUW, night.comment(THREAT, comment_id)))


def _later(minutes: int, before: Story = lambda _: None) -> Story:
    def story(night: Night) -> None:
        night.threat()
        before(night)
        night.clock.advance(timedelta(minutes=minutes))
        night.store(lambda connection: due.tick(night.house, night.run, connection))

    return story


def _press(kind: Any) -> Story:
    def story(night: Night) -> None:
        night.threat()
        night.order(kind)

    return story


def _decide(night: Night) -> None:
    night.threat()
    night.give(Hide)


def _refused(night: Night) -> None:
    night.herald.refuses = {"fake://els"}
    night.push(Change(ChangeKind.NIEUW, night.comment(THREAT)))


STORIES: dict[str, Story] = {
    "two cases at once": _two_at_once,
    "the next is called": _later(5),
    "both steps after downtime": _later(60),
    "looked at again": _later(30, lambda night: night.says(Acknowledge)),
    "acknowledged": _press(Acknowledge),
    "muted": _press(Mute),
    "false alarm": _press(FalseAlarm),
    "decided": _decide,
    "refused": _refused,
}


def _end(folder: Path, story: Story, **death: int) -> tuple[bool, dict[str, Any], list[str]]:
    folder.mkdir()
    night = Night(folder)
    story(night)
    died = night.dies(**death)
    incident = night.incident()
    truth = {
        "incident": (incident.state, incident.round, incident.step, incident.by, len(night.incidents())),
        "cases": len(night.rows(IncidentCaseRow)),
        "notices": sorted((row.key, row.state, row.tries) for row in night.rows(NoticeRow)),
        "register": sorted(
            (line["gebeurtenis"], line.get("aantal"), line.get("reden"))
            for line in night.lines()
            if line["gebeurtenis"].startswith("alarm")
        ),
        "verdict": night.verdict(),
    }
    letters = night.letters()
    night.close()
    return died, truth, letters


@pytest.mark.parametrize("how", ["after", "inside"])
@pytest.mark.parametrize("name", STORIES)
def test_the_end_is_the_same(tmp_path: Path, name: str, how: str) -> None:
    """Incident, notices and register as without dying. A letter may come twice, never not at all."""
    _, whole, letters = _end(tmp_path / "whole", STORIES[name])
    deaths = 0
    for step in count(1):
        died, truth, sent = _end(tmp_path / f"{step}", STORIES[name], **{how: step})
        if not died:
            break
        deaths += 1
        assert truth == whole, f"died {how} step {step}"
        assert set(sent) == set(letters)
        assert len(sent) <= len(letters) + 1
    assert whole["verdict"] == 0
    assert deaths or how == "inside"
