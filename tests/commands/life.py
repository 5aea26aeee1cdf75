"""The life of a few cases, played at random: people press, authors edit and remove, platforms fail, clocks move,
processes die and their work is taken up in another order. After every move the promises of the house must hold.
"""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from commands.case import CLAIM, GRACE, SENDING
from domain.messages import SENT, MessageState
from domain.model import ChangeKind
from domain.orders import ORDERS, CaseOrder, Order
from domain.states import State, Visibility
from storage.tables import CaseRow, DeadlineRow, GivenOrderRow, IntentRow
from tests.fakes import warned
from tests.fakes.house import World, denied, down, lost, slow, stopped
from tests.fakes.orders import an_order
from tests.fakes.run import Killed

COMMENTS = ("a", "b")
TEXTS = ("belediging_scheldproza", "bedreiging", "vraag", "rustig")
FAULTS = {"down": down, "slow": slow, "denied": denied, "lost": lost, "stopped": stopped}
CALLS = ("hide", "unhide", "delete", "comment", "preceding", "post", "reply_private", "sent_private")
ACTS = ("verbergen", "verwijderen", "terug_zichtbaar", "annuleren", "opnieuw", "neem_ik", "waarschuwen", "goedkeuren")
ABOUT_CASES = sorted(word for word, kind in ORDERS.items() if issubclass(kind, CaseOrder))
_SENDS = (SENDING, GRACE)
comments = st.sampled_from(COMMENTS)


class Life(RuleBasedStateMachine):
    """One house with two comments."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.world = World(Path(self._folder.name))
        self.platform = self.world.platform
        self.written = 0

    @initialize()
    def begin(self) -> None:
        """Two flagged comments arrive."""
        for comment in COMMENTS:
            self.world.arrives(TEXTS[0], comment)

    # ------------------------------------------------------------ people

    @rule(
        comment=comments,
        word=st.sampled_from(ABOUT_CASES),
        by=st.sampled_from(("noor", "jef", "ann", "een-lezer")),
        old=st.booleans(),
        take_over=st.booleans(),
        category=st.sampled_from(("", "trollen", "vraag", "persoonsgegevens")),
    )
    def press(self, *, comment: str, word: str, by: str, old: bool, take_over: bool, category: str) -> None:
        """Anybody presses anything, on a new card or on an old one."""
        more: dict[str, Any] = {"seen_version": 1} if old else {}
        more.update(by=by, take_over=take_over, category=category, explain=old, hide=take_over)
        self.world.hand(self._order(comment, word, **more))

    def _order(self, comment: str, word: str, **more: Any) -> Order:
        """An order as a person would give it: a warning has its text, and nobody lies about what arrived."""
        if word == "niet_verstuurd" and self._arrived(comment):
            word = "wel_verstuurd"
        case = self.world.case(comment)
        more.setdefault("seen_version", self.world.told_of(comment).version)
        draft = warned.draft(self.world, comment_id=comment, hide=more.get("hide", False))
        text = {"template": draft.template, "text": draft.text, "reason": "r"}
        return an_order(ORDERS[word], case_id=case.id, **{**text, **more})

    def _arrived(self, comment: str) -> bool:
        return any(each == comment for each, _ in warned.letters(self.world))

    @rule(
        comment=comments,
        word=st.sampled_from(ACTS),
        by=st.sampled_from(("noor", "jef")),
        meanwhile=st.sampled_from(("", "", "edit", "edit", "remove", "wait", "press")),
        steps=st.integers(0, 6),
        inside=st.booleans(),
    )
    def act(self, *, comment: str, word: str, by: str, meanwhile: str, steps: int, inside: bool) -> None:
        """A colleague acts on a fresh card; the process may die after some steps, and something comes between."""
        category = "persoonsgegevens" if inside else ""
        self.world.hand(self._order(comment, word, by=by, hide=inside, explain=inside, category=category))
        if steps:
            self.die(steps=steps, inside=inside)
        match meanwhile:
            case "edit":
                self.edit(comment=comment, text=TEXTS[0], pushed=False)
            case "remove":
                self.remove(comment=comment, pushed=True)
            case "wait":
                self.world.clock.advance(timedelta(minutes=11))
            case "press":
                self.world.give(ORDERS["verbergen"], self.world.case(comment), "jef")
        self.work()

    @rule(comment=comments, text=st.sampled_from(TEXTS), pushed=st.booleans())
    def edit(self, *, comment: str, text: str, pushed: bool) -> None:
        """The author changes the text; the push may get lost."""
        if comment not in self.platform.comments:
            return
        self.written += 1
        new = f"{text} {self.written}"
        if pushed:
            self._stored(ChangeKind.AANGEPAST, comment, new)
        else:
            self.world.comment(new, comment)

    @rule(comment=comments, pushed=st.booleans())
    def remove(self, *, comment: str, pushed: bool) -> None:
        """The author takes it away."""
        self.platform.author_deletes(comment)
        if pushed:
            self._stored(ChangeKind.VERWIJDERD, comment)

    @rule(comment=comments, hide=st.booleans())
    def elsewhere(self, *, comment: str, hide: bool) -> None:
        """Somebody uses another tool."""
        if comment in self.platform.comments:
            (self.platform.hidden.add if hide else self.platform.hidden.discard)(comment)
            self._stored(ChangeKind.VERBORGEN if hide else ChangeKind.ZICHTBAAR, comment)

    @rule(comment=comments, kind=st.sampled_from((ChangeKind.VERBORGEN, ChangeKind.ZICHTBAAR)))
    def late_push(self, *, comment: str, kind: ChangeKind) -> None:
        """An echo that comes late and tells what is not true any more."""
        self._stored(kind, comment)

    # ------------------------------------------------------------ the world

    @rule(call=st.sampled_from(CALLS), fault=st.sampled_from(sorted(FAULTS)), after=st.booleans())
    def fail(self, *, call: str, fault: str, after: bool) -> None:
        """The next call of this name fails, before its effect or after it."""
        self.platform.faults.setdefault(call, []).append(FAULTS[fault]())
        (self.platform.after_effect.add if after and fault == "lost" else self.platform.after_effect.discard)(call)

    @rule(seconds=st.sampled_from((1, 15, 30, 60, 61, 80, 600, 3600)), steps=st.sampled_from((0, 0, 1, 2, 3, 4)))
    def time(self, *, seconds: int, steps: int) -> None:
        """The clock moves and ticks; the process may die over it."""
        self.world.clock.advance(timedelta(seconds=seconds))
        self.world.run.kill_after = steps or None
        self._quietly(self.world.tick)

    @rule()
    def work(self) -> None:
        """Everything that waits is done."""
        self._quietly(self.world.run.work)

    @rule(steps=st.integers(1, 8), inside=st.booleans())
    def die(self, *, steps: int, inside: bool) -> None:
        """The process dies somewhere; what it did is taken up after everything else."""
        run = self.world.run
        run.kill_after, run.kill_inside = (None, steps) if inside else (steps, None)
        self._quietly(run.work)

    @rule(what=st.sampled_from(("sweep", "poll", "start_again")))
    def routine(self, *, what: str) -> None:
        """Open intents are asked, the account is polled, or a person mends it and starts again."""
        self._quietly(getattr(self.world, what))

    def _stored(self, kind: ChangeKind, comment: str, text: str = "") -> None:
        self.world.push_stored(kind, comment, text)

    def _quietly(self, work: Any) -> None:
        try:
            work()
        except Killed:
            self.world.run.waiting.rotate(-1)
        self.world.run.kill_after = self.world.run.kill_inside = None

    # ------------------------------------------------------------ promises

    @invariant()
    def states_mean_what_they_say(self) -> None:
        """Planned has a grace, failed has a reason, a claim has an end, and none of these without."""
        deadlines = {(row.case_id, row.kind) for row in self.world.rows(DeadlineRow) if row.closed_at is None}
        for case in self.world.rows(CaseRow):
            assert (case.trouble is not None) is (case.state == State.MISLUKT)
            if case.doing_order is None:
                assert (case.state == State.GEPLAND) is ((case.id, GRACE) in deadlines)
            assert (case.claimed_by is not None) is ((case.id, CLAIM) in deadlines)

    @invariant()
    def every_effect_had_its_intent(self) -> None:
        """Nothing happened on the platform that the register did not announce, and nothing twice."""
        cases = {case.id: comment for comment in COMMENTS if (case := self.world.case(comment))}
        announced = Counter((row.act, cases[row.case_id]) for row in self.world.rows(IntentRow))
        for effect, times in Counter(self.platform.effects).items():
            assert times <= announced[effect]
        assert all(self.platform.done("delete").count(comment) <= 1 for comment in COMMENTS)

    @invariant()
    def a_message_is_sent_once(self) -> None:
        """No citizen gets two about one comment; every strike has a warning that arrived or was sent by hand."""
        told = [comment for comment, _ in warned.letters(self.world)]
        assert len(told) == len(set(told)), told
        delivered = {row.id for row in warned.messages(self.world) if row.state in SENT and row.number}
        assert {strike.message_id for strike in warned.strikes(self.world)} <= delivered

    @invariant()
    def what_waits_has_its_moment(self) -> None:
        """A planned message has a moment at which it goes out, one that waits for four eyes a case that does so too."""
        cases = {case.id: case for case in self.world.rows(CaseRow)}
        times = {row.order_id for row in self.world.rows(DeadlineRow) if row.closed_at is None and row.kind in _SENDS}
        for row in warned.messages(self.world):
            case = cases[row.case_id]
            if case.doing_order is not None:
                continue
            assert row.state != MessageState.GEPLAND or row.order_id in times
            assert row.state != MessageState.WACHT_4OGEN or case.state in (State.WACHT_4OGEN, State.MISLUKT)

    @precondition(lambda self: not self.world.run.waiting)
    @invariant()
    def nothing_hangs(self) -> None:
        """When nothing waits, every order is answered, every intent closed, and no case held."""
        assert self.world.open_intents() == []
        assert all(row.answer for row in self.world.rows(GivenOrderRow))
        assert all(case.doing_order is None for case in self.world.rows(CaseRow))
        assert self.world.run.failed == []
        assert all(row.state != MessageState.BEZIG for row in warned.messages(self.world))

    def every_decision_was_about_its_text(self) -> None:
        """What was done was announced for the very text that the presser saw."""
        versions = {line["seq"]: line["tekstversie"] for line in self.world.lines() if "tekstversie" in line}
        seen = {row.id: row.data["seen_version"] for row in self.world.rows(GivenOrderRow)}
        for intent in self.world.rows(IntentRow):
            assert versions[intent.seq] == seen[intent.order_id]

    def teardown(self) -> None:
        """In the end everything works again and the platform tells once more: the house says what is true."""
        world, platform = self.world, self.platform
        platform.faults.clear()
        for _ in range(3):
            world.start_again()
            world.later(seconds=600)
            world.later(seconds=60)
            world.sweep()
        for comment in COMMENTS:
            told = ChangeKind.VERBORGEN if comment in platform.hidden else ChangeKind.ZICHTBAAR
            world.told(told if comment in platform.comments else ChangeKind.VERWIJDERD, comment)
        self.nothing_hangs()
        self.every_decision_was_about_its_text()
        for comment in COMMENTS:
            assert world.is_true(comment) or world.told_of(comment).visibility == Visibility.ONBEKEND, comment
        assert world.verdict() == 0
        world.close()
        self._folder.cleanup()


def live(runs: int, steps: int) -> None:
    """Play so many lives of so many moves each; the long form is for the soak."""
    quick = settings(
        max_examples=runs, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Life, settings=quick)
