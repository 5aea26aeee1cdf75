"""The scenario "feesten": what its lines say really happens, in a whole house with our own rules, without network."""

import dataclasses
import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import count, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import tests.fakes.house as fake
from bot.demo import director, feesten
from bot.demo.director import Audience, Director
from bot.demo.house import SHIPPED
from bot.demo.stage import OPENING, StageClock
from commands import digests
from commands.views import working_hours
from domain.categories import Certainty, Urgency
from domain.clock import local
from domain.digests import week
from domain.events import gentse_feesten
from domain.model import Author, Change, ChangeKind, Person
from domain.orders import Hide
from domain.states import OPEN
from platforms.practice.scenario import FEESTEN, Player, load
from platforms.practice.world import World as Platform
from rules.engine import Rules
from storage.call_tables import EventRow, IncidentRow, TurnRow
from storage.paper_tables import DigestRow, DossierRow, MessageRow, StrikeRow
from storage.tables import CaseRow, GivenOrderRow
from tests.fakes.house import World

STORY = load(FEESTEN)
KEYS = [step.key for step in STORY.steps if step.key]
PEOPLE = tuple(
    Person(row["sleutel"], row["naam"], row["rol"])
    for row in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["persoon"]
)


@pytest.fixture(scope="module")
def rules() -> Rules:
    """Our own rules."""
    return Rules.load("gent")


class Page:
    """A practice page whose pushes arrive in the house at once."""

    def __init__(self, world: World) -> None:
        self._world, self._steps, self._numbers = world, iter(STORY.steps), count(1)
        self._written: dict[str, str] = {}

    def next(self) -> str | None:
        """The next citizen writes."""
        step = next(self._steps, None)
        if step is None:
            return None
        number = next(self._numbers)
        comment_id = f"2001_{number}"
        comment = self._world.comment(step.text, comment_id, author=Author(str(7000 + number), step.name))
        self._world.push(Change(ChangeKind.NIEUW, comment))
        if step.key:
            self._written[step.key] = comment_id
        return step.key

    def comment(self, key: str) -> str | None:
        """Id of what was written."""
        return self._written.get(key)


class Theatre:
    """A house, its stage, and whoever watches: while the director waits, the house works."""

    def __init__(self, folder: Path, rules: Rules) -> None:
        self.world = World(folder)
        self.world.house = dataclasses.replace(self.world.house, flagger=rules)
        self.parts: Any = SimpleNamespace(house=self.world.house, durable=self.world.run)
        self.stage: Any = self.world.clock
        self.page = Page(self.world)
        self.lines: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.waited = 0.0
        self.stops_after: float | None = None

    def wait(self, seconds: float) -> bool:
        """Nobody really waits."""
        self.waited += seconds
        self.world.run.work()
        self.world.tick()
        digests.catch_up(self.world.house, self.world.run)
        self.world.run.work()
        self.meanwhile()
        return self.stops_after is not None and self.waited > self.stops_after

    def play(self, speed: float = 1.0) -> int:
        """The whole scenario."""
        return feesten.play(self.parts, self.stage, self.page, Audience(self.wait, speed, self.lines.append))

    def case(self, key: str) -> CaseRow:
        """The case of a comment of the story."""
        found = self.world.case(self.page.comment(key) or "")
        assert found is not None
        return found

    @property
    def refusals(self) -> list[str]:
        """Why beats did not come about."""
        return [line for line in self.lines if "niet gelukt" in line]


@pytest.fixture
def theatre(tmp_path: Path, rules: Rules, monkeypatch: pytest.MonkeyPatch) -> Iterator[Theatre]:
    """The house of the story: its people, and a clock that stands still unless it jumps."""
    monkeypatch.setattr(fake, "FakeClock", lambda: StageClock(ticks=lambda: 0.0))
    monkeypatch.setattr(fake, "PEOPLE", PEOPLE)
    made = Theatre(tmp_path, rules)
    yield made
    made.world.close()


class TestStory:
    """What is played, as data."""

    def test_beats(self) -> None:
        """In order of time, known kinds, people of the demo, comments that are written before they are acted on."""
        assert [beat.moment for beat in feesten.BEATS] == sorted(beat.moment for beat in feesten.BEATS)
        assert {beat.what for beat in feesten.BEATS} == set(feesten.ACTS)
        people = {person.key for person in PEOPLE}
        assert {beat.who for beat in feesten.BEATS} <= people | {""}
        written = [beat.about for beat in feesten.BEATS if beat.what == "burgers" and beat.about]
        assert written == [key for key in KEYS if key in written]
        for place, beat in enumerate(feesten.BEATS):
            if beat.about in KEYS and beat.what != "burgers":
                assert beat.about in [before.about for before in feesten.BEATS[:place] if before.what == "burgers"]

    def test_days(self, theatre: Theatre) -> None:
        """A Saturday night within the Feesten, and the Monday after: a workday, on which that week is told."""
        window = gentse_feesten(2027).window
        assert all(window.start <= beat.moment < window.end for beat in feesten.BEATS)
        assert local(OPENING).date() == feesten.NIGHT
        assert (feesten.NIGHT.weekday(), feesten.MONDAY.weekday()) == (5, 0)
        cover = working_hours(theatre.world.house)
        assert not cover.is_holiday(feesten.MONDAY)
        period = week(feesten.WEEK)
        assert period.start < OPENING < period.end
        assert local(period.end).date() == feesten.MONDAY

    def test_what_the_rules_say(self, rules: Rules) -> None:
        """One sure threat, one number of somebody else, some insults; most of it is harmless."""
        assert 40 <= len(STORY.steps) <= 60
        found = {
            step.text: [flag for flag in rules.judge(step.text).live if flag.urgency > Urgency.GEEN]
            for step in STORY.steps
        }
        texts = {step.key: step.text for step in STORY.steps if step.key}

        threat = max(found[texts["dreiging"]], key=lambda flag: flag.certainty is Certainty.HOOG)
        assert (threat.category, threat.urgency, threat.certainty) == ("bedreiging", Urgency.KRITIEK, Certainty.HOOG)
        assert [flag.category for flag in found[texts["gsm"]]] == ["persoonsgegevens"]
        critical = [text for text, flags in found.items() if any(flag.urgency is Urgency.KRITIEK for flag in flags)]
        assert critical == [texts["dreiging"], texts["gsm"]]
        assert all(found[texts[key]] for key in KEYS)
        assert sum(not flags for flags in found.values()) > len(STORY.steps) / 2

    def test_nobody_is_real(self) -> None:
        """The only number is the invented one, the only addresses are reserved for examples."""
        said = " ".join(step.text for step in STORY.steps) + " ".join(text for text, _ in STORY.posts.values())

        assert re.findall(r"0\d[\d ./-]{6,}\d", said) == ["0470 00 00 00"]
        assert all(".example" in link for link in re.findall(r"https?://\S+|www\.\S+", said))


class TestPlayer:
    """The story on the practice platform, step by step."""

    def test_every_step(self) -> None:
        """Posts first, then each citizen when asked; a reply under what was deleted is left out."""
        platform = Platform(StageClock())
        player = Player(platform, STORY)
        assert player.comment("dreiging") is None

        played = [player.next() for _ in range([step.key for step in STORY.steps].index("dreiging") + 1)]
        assert played[-1] == "dreiging"
        platform.delete(player.comment("dreiging") or "")
        while player.next() is not None:
            pass

        replies = sum(step.under == "dreiging" for step in STORY.steps)
        assert replies > 0
        assert len(platform.posts()) == len(STORY.posts)
        assert (
            sum(len(platform.comments(post.id, gone=True)) for post in platform.posts()) == len(STORY.steps) - replies
        )


class TestNight:
    """The whole night, once."""

    def test_as_told(self, theatre: Theatre) -> None:
        """Every beat comes about: called, seen, hidden, warned, documented; explained and then deleted; read again by
        somebody else on Monday, and told in the report of that week.
        """
        assert theatre.play() == len(feesten.BEATS)
        assert theatre.refusals == []

        world = theatre.world
        threat, number = theatre.case("dreiging"), theatre.case("gsm")
        (event,) = world.rows(EventRow)
        assert (event.name, event.state, event.commanders) == ("Gentse Feesten 2027", "bevestigd", ["els"])
        assert [(turn.person, turn.roster) for turn in world.rows(TurnRow)] == [("noor", "wacht_moderatie")]
        assert [row.state for row in world.rows(IncidentRow)] == ["gesloten", "gesloten"]
        assert {address for address, _ in world.herald.sent} >= {"fake://els"}
        assert (threat.done_word, threat.done_by, number.done_word) == ("verbergen", "noor", "verwijderen")
        assert [(row.case_id, row.template, row.state) for row in world.rows(MessageRow)] == [
            (threat.id, "waarschuwing_1", "afgeleverd"),
            (number.id, "verwijderd_privacy", "afgeleverd"),
        ]
        assert [row.case_id for row in world.rows(StrikeRow)] == [threat.id]
        (dossier,) = world.rows(DossierRow)
        assert (dossier.case_id, dossier.state, dossier.made_by, dossier.reviewed_by) == (
            threat.id,
            "nagekeken",
            "noor",
            "ann",
        )
        assert [row.name for row in world.rows(DigestRow)].count(f"weekoverzicht:{feesten.WEEK}") == 1
        critical = [row for row in world.rows(CaseRow) if row.urgency == Urgency.KRITIEK]
        assert len(critical) == 2
        assert not [row for row in critical if row.state in OPEN]

    def test_explained_before_it_is_gone(self, theatre: Theatre) -> None:
        """Whoever put a number online reads why before the comment goes; everybody is written to once."""
        theatre.play()

        platform = theatre.world.platform
        gsm, threat = theatre.page.comment("gsm"), theatre.page.comment("dreiging")
        assert [(call, comment) for call, comment, _ in platform.letters] == [
            ("reply_private", threat),
            ("reply_private", gsm),
        ]
        about = [call for call, comment in platform.calls if comment == gsm]
        assert about.index("hide") < about.index("reply_private") < about.index("delete")

    def test_what_is_read(self, theatre: Theatre) -> None:
        """A line per beat, each with its time on stage; at 23:00 the threat; no text of a citizen stands in them."""
        theatre.play()

        assert len(theatre.lines) == len(feesten.BEATS)
        assert all(re.match(r"[0-2]\d:[0-5]\d · ", line) for line in theatre.lines)
        assert sum(line.startswith("23:00 · een dreiging") for line in theatre.lines) == 1
        assert theatre.lines[-1].startswith("09:15 · maandag")
        assert not [step.text for step in STORY.steps if len(step.text) > 8 and step.text in "\n".join(theatre.lines)]

    def test_at_another_speed(self, theatre: Theatre) -> None:
        """Only the pauses of whoever watches become shorter."""
        theatre.play(speed=1000)

        assert theatre.refusals == []
        assert theatre.waited < 10


class TestTrouble:
    """Whoever watches may press as well, or go home."""

    def test_the_watcher_was_faster(self, theatre: Theatre) -> None:
        """The beat is told with the reason, and the play goes on to its end."""

        def press() -> None:
            case = theatre.world.case(theatre.page.comment("onnozelaars") or "")
            if case is not None and case.state in OPEN:
                theatre.world.press(Hide, case, "noor")

        theatre.meanwhile = press

        assert theatre.play() == len(feesten.BEATS) - 1
        (line,) = theatre.refusals
        assert "Noor V. was eerst" in line

    def test_nothing_comes(self, theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
        """What does not come in time is told, and nothing is waited for for ever."""
        monkeypatch.setattr(director, "LOOKS", 2)
        monkeypatch.setattr(Page, "comment", lambda _page, _key: None)

        assert theatre.play() < len(feesten.BEATS)
        assert any("de kaart bleef uit" in line for line in theatre.refusals)
        assert theatre.lines[-1].startswith("09:15")

    def test_nobody_watches_any_more(self, theatre: Theatre) -> None:
        """The play ends where it is."""
        theatre.stops_after = 20

        assert 0 < theatre.play() < 8
        assert theatre.refusals == []

    def test_prepared_before(self, theatre: Theatre) -> None:
        """An event that somebody confirmed with its commanders stands as it is; who is on call already is told."""
        calendar, turn = feesten.BEATS[:2]
        made = Director(theatre.parts, theatre.stage, theatre.page, Audience(theatre.wait))
        for beat in (calendar, turn, calendar):
            feesten.ACTS[beat.what](made, beat)

        with pytest.raises(director.Refused, match=r"Noor V\."):
            feesten.ACTS[turn.what](made, turn)
        assert [row.word for row in theatre.world.rows(GivenOrderRow)].count("event_plannen") == 1

    def test_a_dossier_that_is_not_there(self, theatre: Theatre) -> None:
        """There is nothing to read again."""
        beats = {beat.what: beat for beat in feesten.BEATS}
        while theatre.page.next() not in (None, "dreiging"):
            pass
        made = Director(theatre.parts, theatre.stage, theatre.page, Audience(theatre.wait))

        with pytest.raises(director.Refused, match="geen dossier in concept"):
            feesten.ACTS["nakijken"](made, beats["nakijken"])

    def test_time_never_goes_back(self, theatre: Theatre) -> None:
        """A beat whose moment has passed comes at once."""
        theatre.stage.jump(feesten.BEATS[3].moment - OPENING)
        theatre.play(speed=1000)

        assert theatre.refusals == []
        times = [line[:5] for line in theatre.lines if "maandag" not in line]
        assert all(before <= after for before, after in pairwise(times))
