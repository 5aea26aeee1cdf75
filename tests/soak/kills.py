"""`kill -9` at random points while comments and clicks flow; then everything that must be true is looked at.

    citizens write ─▶ signed deliveries (some twice, some shuffled, again and again until they are answered)
    two moderators press, at two web processes, again and again until it is stored
    every round: one process, by chance, is killed at a random moment and started again

`run` gives the figures and every invariant that did not hold; `tests/e2e/test_kill.py` does five kills, the soak fifty.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.categories import Urgency
from rules.engine import Rules
from storage.register_entry import decode
from tests.e2e.house import House, Program, until
from tests.e2e.seat import Seat

INSULT = "Stelletje onnozelaars, rij eens door! ({})"
HARMLESS = ("Proficiat met de actie ({})", "Hoe laat begint het ({})?", "Jullie staan daar om de kas te spijzen ({})")
ACTS = ("verbergen", "verbergen", "laten_staan", "verwijderen", "fout_gemarkeerd")
GRACE_S = 2
SETTLED_S = 120.0
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much, and by which chance. Comments and clicks are spread over the kills."""

    kills: int = 5
    comments: int = 500
    clicks: int = 200
    seed: int = 20261121
    webs: int = 2
    clocks: int = 1
    longest_s: float = 2.0


@dataclass(slots=True)
class Outcome:
    """What happened. wrong: one line for every invariant that did not hold."""

    figures: dict[str, object] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def run(folder: Path, plan: Plan, told: Told = lambda _: None) -> Outcome:
    """One run in an empty folder. told: is handed a line for every kill."""
    begun = time.monotonic()
    numbers = {"delete_grace_s": GRACE_S, "poll_s": 5}
    with House(folder, webs=plan.webs, clocks=plan.clocks, numbers=numbers) as house:
        storm = Storm(house, plan)
        storm.blow(told)
        settled = storm.settle()
        outcome = Judge(house, storm).judge()
    outcome.figures["seconds to settle"] = round(settled, 1)
    outcome.figures["seconds in all"] = round(time.monotonic() - begun, 1)
    return outcome


# ---------------------------------------------------------------- what happens


class Storm:
    """Citizens, moderators and kills at once."""

    def __init__(self, house: House, plan: Plan) -> None:
        self.house, self.plan = house, plan
        self.chance = random.Random(plan.seed)
        self.texts: dict[str, str] = {}
        self.keys: dict[str, tuple[int, str]] = {}
        self.killed: Counter[str] = Counter()
        self.naked: list[str] = []
        self.broke: list[str] = []
        self._share = 0.0
        self._enough = threading.Event()
        self._lives = Counter({clock.name: 1 for clock in house.clocks})

    def blow(self, told: Told) -> None:
        """All kills, with citizens and moderators working meanwhile, then the rest of their work."""
        self.house.practice.order("manner", batch=7, twice=0.2, shuffled=0.2, wrong=0.05)
        seats = [self.house.seat(who, place % self.plan.webs) for place, who in enumerate(("noor", "jef"))]
        workers = [threading.Thread(target=self._guarded, args=(self._write,))]
        workers += [
            threading.Thread(target=self._guarded, args=(lambda seat=seat, place=place: self._press(seat, place),))
            for place, seat in enumerate(seats)
        ]
        for worker in workers:
            worker.start()
        try:
            for number in range(1, self.plan.kills + 1):
                self._share = number / self.plan.kills
                self._kill(number, told)
        except BaseException:
            self._enough.set()
            raise
        for worker in workers:
            worker.join(SETTLED_S)

    def _guarded(self, work: Callable[[], None]) -> None:
        """A worker that breaks is a finding, not a line in the air."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told at the end with everything else
            self.broke.append(f"{type(error).__name__}: {error}")

    def _write(self) -> None:
        post = self.house.practice.post("Deze week controleren we extra op snelheid.")
        for number in range(self.plan.comments):
            self._wait_for(number / self.plan.comments)
            form = INSULT if number % 2 else HARMLESS[number % len(HARMLESS)]
            text = form.format(number)
            self.texts[self.house.practice.comments(post, [text])[0]] = text

    def _press(self, seat: Seat, place: int) -> None:
        """Every other card is this one's, every tenth both press. The card is read first, as a person does."""
        chance, pressed, number = random.Random(self.plan.seed + place), 0, 0
        mine = self.plan.clicks // 2
        while pressed < mine and not self._enough.is_set():
            self._wait_for(pressed / mine)
            number += 1
            if number % 2 != place and number % 10:
                continue
            card = until(lambda wanted=number: seat.card(wanted) or self._enough.is_set(), f"card {number} is there")
            if isinstance(card, bool):
                return
            act = chance.choice(ACTS)
            if act not in card.acts:
                continue
            more = {"category": "belediging_scheldproza"} if act == "verwijderen" else {}
            self.keys[seat.press(card, act, **more)] = (number, act)
            pressed += 1

    def _wait_for(self, share: float) -> None:
        """Work goes on as far as the kills have come."""
        while share >= self._share and not self._enough.wait(0.02):
            pass

    def _kill(self, number: int, told: Told) -> None:
        victim = self.house.anybody(self.chance)
        pause = self.chance.uniform(0.05, self.plan.longest_s)
        time.sleep(pause)
        victim.kill()
        self.killed[victim.name] += 1
        self.naked += deletes_without_proof(self.house)
        time.sleep(self.chance.uniform(0, 0.3))
        victim.start()
        self._await(victim)
        told(f"kill {number}/{self.plan.kills}: {victim.name} after {pause:.2f} s, {len(self.texts)} comments so far")

    def _await(self, victim: Program) -> None:
        if victim in self.house.webs:
            self.house.await_web(self.house.webs.index(victim))
            return
        self._lives[victim.name] += 1
        self.house.await_clock(victim, self._lives[victim.name])

    def settle(self) -> float:
        """Until nothing waits any more; how long that took, in seconds."""
        begun = time.monotonic()
        until(lambda: self.house.practice.ask("sender")["pending"] == 0, "all deliveries arrived", within=SETTLED_S)
        until(lambda: self.house.value(UNFINISHED) == 0, "nothing is waiting any more", within=SETTLED_S)
        return time.monotonic() - begun


UNFINISHED = """
SELECT (SELECT count(*) FROM workflow_status WHERE status IN ('ENQUEUED', 'PENDING') AND workflow_uuid NOT LIKE 'peil%')
     + (SELECT count(*) FROM given_order WHERE answer IS NULL)
     + (SELECT count(*) FROM deadline WHERE closed_at IS NULL)
     + (SELECT count(*) FROM intent WHERE closed_at IS NULL)
"""
"""Everything that somebody still waits for; polls go on for ever."""


def deletes_without_proof(house: House) -> list[str]:
    """Comments that were deleted although no evidence of their text, or no intent, is committed. The platform is asked
    first, so that what is committed meanwhile cannot excuse what came before.
    """
    asked = [row["path"].rpartition("/")[2] for row in house.practice.requests("DELETE")]
    proven = {
        row["comment"]
        for row in house.rows(
            "SELECT comment.comment FROM comment JOIN evidence ON evidence.comment_id = comment.id"
            ' JOIN "case" ON "case".comment_id = comment.id JOIN intent ON intent.case_id = "case".id'
            " WHERE evidence.moment = 'bedenktijd' AND evidence.version = comment.version AND intent.act = 'delete'"
        )
    }
    return [f"{comment} was deleted without proof or intent" for comment in asked if comment not in proven]


# ---------------------------------------------------------------- what must be true


class Judge:
    """Looks at the rows, the register and the platform once everything is quiet."""

    def __init__(self, house: House, storm: Storm) -> None:
        self.house, self.storm = house, storm
        self.outcome = Outcome()
        self._written = house.practice.written()
        self._calls = [row for row in house.practice.requests() if row["method"] in ("POST", "DELETE")]
        self._lines = [decode(row["body"]) for row in house.rows("SELECT body FROM register_entry ORDER BY seq")]

    def judge(self) -> Outcome:
        """All invariants and the figures."""
        for check in (self._stored, self._cards, self._answers, self._evidence, self._doubles, self._register):
            self.outcome.wrong += list(check())
        self.outcome.wrong += self.storm.naked + self.storm.broke
        self._figure()
        return self.outcome

    def _stored(self) -> Iterator[str]:
        """Answered means stored: every comment that was delivered is there."""
        known = {row["comment"]: row["text"] for row in self.house.rows("SELECT comment, text FROM comment")}
        for comment, text in self.storm.texts.items():
            if known.get(comment) != text:
                yield f"comment {comment} is not stored as it was written"
        if len(self.storm.texts) != self.storm.plan.comments:
            yield f"only {len(self.storm.texts)} comments were written"
        if self.house.practice.ask("sender")["accepted_wrong"]:
            yield "a wrongly signed delivery was accepted"

    def _cards(self) -> Iterator[str]:
        """Every flagged comment has its card, once, and no other has one."""
        rules = Rules.load("gent", None)
        flagged = {comment for comment, text in self.storm.texts.items() if _wants_card(rules, text)}
        rows = self.house.rows('SELECT comment.comment FROM "case" JOIN comment ON comment.id = "case".comment_id')
        carded = Counter(row["comment"] for row in rows)
        yield from (f"{comment} has no card" for comment in flagged - carded.keys())
        yield from (f"{comment} has a card without a flag" for comment in carded.keys() - flagged)
        yield from (f"{comment} has {n} cards" for comment, n in carded.items() if n > 1)
        if not flagged:
            yield "nothing was flagged, so nothing was proven"

    def _answers(self) -> Iterator[str]:
        """Every click that was stored has one order and one answer; the case is what its last good answer says."""
        orders = {row["key"]: row for row in self.house.rows("SELECT * FROM given_order")}
        yield from (f"the click {key} is not stored" for key in self.storm.keys.keys() - orders.keys())
        yield from (f"the order {key} was never given" for key in orders.keys() - self.storm.keys.keys())
        yield from (f"the order {key} has no answer" for key, row in orders.items() if row["answer"] is None)
        stuck = self.house.rows("SELECT workflow_uuid, status FROM workflow_status WHERE status NOT IN ('SUCCESS')")
        yield from (f"work ended as {row['status']}: {row['workflow_uuid']}" for row in stuck)
        held = self.house.rows('SELECT number FROM "case" WHERE doing_order IS NOT NULL')
        yield from (f"{row['number']} is still held by an order" for row in held)
        decisions = Counter(line["geval"] for line in self._lines if line["gebeurtenis"] == "beslist")
        yield from (f"{case} was decided {n} times" for case, n in decisions.items() if n > 1)

    def _evidence(self) -> Iterator[str]:
        """No delete without a capture before it: read from the platform, committed, registered, then intended."""
        yield from deletes_without_proof(self.house)
        read: set[str] = set()
        for row in self.house.practice.requests():
            comment = row["path"].rpartition("/")[2]
            if row["method"] == "GET":
                read.add(comment)
            elif row["method"] == "DELETE" and comment not in read:
                yield f"{comment} was deleted before it was read"
        yield from self._in_order()

    def _in_order(self) -> Iterator[str]:
        """Each *voornemen* to delete names the digest of evidence that is kept."""
        digests = {row["digest"] for row in self.house.rows("SELECT digest FROM evidence")}
        for line in self._lines:
            if (line["gebeurtenis"], line.get("handeling")) != ("voornemen", "verwijderen"):
                continue
            if line.get("vingerafdrukken", {}).get("bewijs") not in digests:
                yield f"{line['geval']}: a voornemen to delete names evidence that is not there"

    def _doubles(self) -> Iterator[str]:
        """Nothing doubled that a citizen can see: each comment goes one way, and nobody is written to."""
        ways: dict[str, list[str]] = {}
        for row in self._calls:
            if row["status"] == 200:
                ways.setdefault(row["path"], []).append(_seen_as(row))
        for path, way in ways.items():
            seen = [step for place, step in enumerate(way) if place == 0 or step != way[place - 1]]
            if seen not in (["verborgen"], ["verborgen", "weg"]):
                yield f"{path} was seen to go {' → '.join(seen)}"
        if len(self._written) != len(self.storm.texts) or self.house.practice.ask("state")["messages"]:
            yield "somebody was written to"
        yield from self._true()

    def _true(self) -> Iterator[str]:
        """What the rows say of a comment is what the platform shows."""
        for row in self.house.rows("SELECT comment, visibility FROM comment"):
            shown = self._written[row["comment"]]
            truth = "verwijderd" if shown["gone"] else "verborgen" if shown["hidden"] else "zichtbaar"
            if row["visibility"] != truth:
                yield f"{row['comment']} is {truth}, and the house says {row['visibility']}"

    def _register(self) -> Iterator[str]:
        """It verifies, every voornemen has exactly one uitkomst, and the database is whole."""
        verified = self.house.bot("register", "verify")
        if verified.returncode:
            yield f"register verify: {verified.returncode} {verified.stdout.strip()}"
        intents = [line["seq"] for line in self._lines if line["gebeurtenis"] == "voornemen"]
        outcomes = Counter(line["bij"] for line in self._lines if line["gebeurtenis"] == "uitkomst")
        yield from (f"voornemen {seq} has {outcomes[seq]} outcomes" for seq in intents if outcomes[seq] != 1)
        if (state := self.house.value("PRAGMA integrity_check")) != "ok":
            yield f"integrity_check: {state}"

    def _figure(self) -> None:
        sender = self.house.practice.ask("sender")
        repeats = Counter((row["path"], _seen_as(row)) for row in self._calls)
        self.outcome.figures = {
            "kills": dict(sorted(self.storm.killed.items())),
            "comments": len(self.storm.texts),
            "cards": self.house.value('SELECT count(*) FROM "case"'),
            "clicks": len(self.storm.keys),
            "clicks that were carried out": sum('"ok": true' in str(row["answer"]) for row in self._all_orders()),
            "deliveries accepted": sender["accepted"],
            "deliveries sent again": sender["failed"],
            "hides": sum(row["form"].get("is_hidden") == "true" for row in self._calls),
            "deletes": sum(row["method"] == "DELETE" for row in self._calls),
            "harmless calls repeated": sum(n - 1 for n in repeats.values()),
            "register lines": len(self._lines),
        }

    def _all_orders(self) -> Sequence[Any]:
        return self.house.rows("SELECT answer FROM given_order")


def _wants_card(rules: Rules, text: str) -> bool:
    return any(flag.urgency > Urgency.GEEN for flag in rules.judge(text).live)


def _seen_as(call: Mapping[str, Any]) -> str:
    if call["method"] == "DELETE":
        return "weg"
    return {"true": "verborgen", "false": "zichtbaar"}.get(call["form"].get("is_hidden", ""), "antwoord")
