"""Invented posts and comments, played on the practice platform: `scenario.toml` by itself at a humane pace, others
(`feesten.toml`) step by step, when a director says so.
"""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platforms.practice.world import World

FILE = Path(__file__).parent / "scenario.toml"
FEESTEN = FILE.with_name("feesten.toml")
OPENING = (0.2, 0.6, 0.7, 0.7, 0.6)
"""Pauses before the first comments, in seconds: something is seen at once."""
PACE_S = 4.0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a citizen does. after: seconds since the step before, at speed 1.

    what: `schrijft`, `wijzigt` or `neemt_weg` · key: name of the comment inside the scenario, for later steps.
    """

    after: float
    what: str
    key: str = ""
    post: str = ""
    name: str = ""
    text: str = ""
    under: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Posts (key → text and picture) and the steps in order."""

    posts: dict[str, tuple[str, str]]
    steps: tuple[Step, ...]


def load(path: Path = FILE) -> Scenario:
    """The scenario in a file."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    posts = {row["sleutel"]: (row["tekst"], row.get("foto", "")) for row in data["bericht"]}
    return Scenario(posts, tuple(_steps(data["reacties"])))


def _steps(rows: Sequence[dict[str, Any]]) -> Iterator[Step]:
    for place, row in enumerate(rows):
        pause = row.get("na", OPENING[place] if place < len(OPENING) else PACE_S)
        if "wijzigt" in row:
            yield Step(pause, "wijzigt", row["wijzigt"], text=row["tekst"])
        elif "neemt_weg" in row:
            yield Step(pause, "neemt_weg", row["neemt_weg"])
        else:
            given = (row.get("sleutel", ""), row["op"], row["van"], row.get("tekst", ""))
            yield Step(pause, "schrijft", *given, row.get("onder", ""), row.get("foto", ""))


def publish(world: World, scenario: Scenario) -> dict[str, str]:
    """Put the posts on the page; their ids by key. Posts that stand there already are not put there again."""
    known = {post.text: post.id for post in world.posts()}
    return {
        key: known.get(text) or world.add_post(text, picture=picture).id
        for key, (text, picture) in scenario.posts.items()
    }


class Player:
    """Plays a scenario step by step. A step on a comment that the page meanwhile deleted is left out, as in life."""

    def __init__(self, world: World, scenario: Scenario) -> None:
        self._world, self._steps = world, iter(scenario.steps)
        self._posts = publish(world, scenario)
        self._ids: dict[str, str] = {}

    def next(self) -> str | None:
        """Play the next step; the key of its comment (empty without one), None when all were played."""
        step = next(self._steps, None)
        if step is None:
            return None
        self.do(step)
        return step.key

    def comment(self, key: str) -> str | None:
        """Id on the platform of a comment that was written; None before."""
        return self._ids.get(key)

    def do(self, step: Step) -> None:
        """Play one step."""
        if step.what == "schrijft":
            self._write(step)
        elif self._world.comment(self._ids[step.key]) is None:
            return
        elif step.what == "wijzigt":
            self._world.edit(self._ids[step.key], step.text)
        else:
            self._world.take_away(self._ids[step.key])

    def _write(self, step: Step) -> None:
        parent = self._ids.get(step.under)
        if step.under and (parent is None or self._world.comment(parent) is None):
            return
        post = self._posts[step.post]
        written = self._world.add_comment(post, step.name, step.text, parent_id=parent, picture=step.picture)
        if step.key:
            self._ids[step.key] = written.id


def play(world: World, scenario: Scenario, wait: Callable[[float], bool], *, speed: float = 1.0) -> int:
    """Play all steps; how many were played. wait: waits for seconds and says True when it is time to stop."""
    player = Player(world, scenario)
    for number, step in enumerate(scenario.steps):
        if wait(step.after / speed):
            return number
        player.do(step)
    return len(scenario.steps)
