"""`kill -9` while warnings, dossiers, calls and a digest are under way; then everything that must be true is looked at.

    citizens threaten ─▶ incidents ─▶ a commander is called, then the next, then all
    one moderator warns (and hides), another documents; every round one process is killed at a random moment
    two clock processes; the digest of last week is due the whole time

`run` gives the figures and every promise that did not hold. `tests/e2e/test_kill_sentence.py` does four kills, the soak
more.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.house import House, until
from tests.e2e.letterbox import Letterbox
from tests.e2e.seat import Seat
from tests.soak.kills import SETTLED_S, UNFINISHED, Outcome

THREAT = "Als ik die agent van vorige zondag nog eens tegenkom, maak ik hem kapot. Ik weet waar hij woont. ({})"
NUMBERS = {"warn_delay_s": 2, "delete_grace_s": 2, "poll_s": 5}
CALLED = ("noor", "jef", "ann", "els", "joris", "mo", "vangnet", "overzicht")
Told = Callable[[str], None]


def run(folder: Path, *, kills: int, cases: int, seed: int = 3, told: Told = lambda _: None) -> Outcome:
    """One run in an empty folder. cases: threats, each under a post of its own · told: a line for every kill."""
    with Letterbox() as letters:
        addresses = {who: letters.address(who) for who in CALLED}
        with House(folder, webs=1, clocks=2, numbers=NUMBERS, addresses=addresses) as house:
            night = Night(house, cases, random.Random(seed))
            night.play(kills, told)
            wrong = night.broke + Judge(house, letters, night).judge()
    figures: dict[str, object] = {"kills": dict(night.killed), "cases": cases, "letters": len(letters.letters)}
    return Outcome(figures, wrong)


class Night:
    """Citizens, two moderators, the clock and kills at once."""

    def __init__(self, house: House, cases: int, chance: random.Random) -> None:
        self.house, self.cases, self.chance = house, cases, chance
        self.killed: Counter[str] = Counter()
        self.broke: list[str] = []
        self._lives = Counter({clock.name: 1 for clock in house.clocks})

    def play(self, kills: int, told: Told) -> None:
        """The whole night."""
        self._a_house_of_some_weeks()
        seats = [self.house.seat(who) for who in ("noor", "jef")]
        workers = [
            threading.Thread(target=self._guarded, args=(self._threaten,)),
            threading.Thread(target=self._guarded, args=(lambda: self._warn(seats[0]),)),
            threading.Thread(target=self._guarded, args=(lambda: self._document(seats[1]),)),
        ]
        for worker in workers:
            worker.start()
        for number in range(1, kills + 1):
            self._kill(number, kills, told)
        for worker in workers:
            worker.join(SETTLED_S)
        self._nobody_answers()
        until(lambda: self.house.value(UNFINISHED) == self._endless(), "nothing waits any more", within=SETTLED_S)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told at the end with everything else
            self.broke.append(f"{type(error).__name__}: {error}")

    def _a_house_of_some_weeks(self) -> None:
        """It was there before last week began, so that the report of last week is due."""
        with self.house.database() as connection:
            connection.execute("UPDATE account SET since = datetime(since, '-10 days') || '.000000'")
            connection.commit()

    def _threaten(self) -> None:
        for number in range(self.cases):
            post = self.house.practice.post(f"Bericht {number} van de politie")
            row = {"post": post, "name": f"Burger {number}", "text": THREAT.format(number)}
            self.house.practice.order("comments", comments=[row])
            time.sleep(self.chance.uniform(0.05, 0.4))

    def _cards(self, seat: Seat) -> Any:
        for number in range(1, self.cases + 1):
            yield until(lambda wanted=number: seat.card(wanted), f"card {number} is there")

    def _warn(self, seat: Seat) -> None:
        for card in self._cards(seat):
            seat.dialog(card, "waarschuwen", hide="1")

    def _document(self, seat: Seat) -> None:
        """While a colleague is busy with the card, it is asked again, as a person would."""
        for card in self._cards(seat):
            while not seat.told(seat.dialog(card, "documenteren", note="gezien tijdens de nacht"))["ok"]:
                time.sleep(0.5)

    def _kill(self, number: int, kills: int, told: Told) -> None:
        victim = self.house.anybody(self.chance)
        pause = self.chance.uniform(0.2, 2.0)
        time.sleep(pause)
        victim.kill()
        self.killed[victim.name] += 1
        time.sleep(self.chance.uniform(0, 0.3))
        victim.start()
        if victim in self.house.webs:
            self.house.await_web(self.house.webs.index(victim))
        else:
            self._lives[victim.name] += 1
            self.house.await_clock(victim, self._lives[victim.name])
        told(f"kill {number}/{kills}: {victim.name} after {pause:.2f} s")

    def _nobody_answers(self) -> None:
        """The minutes of every order of call pass at once, until all were called."""
        calls = "SELECT count(*) FROM deadline WHERE kind = 'oproep' AND closed_at IS NULL"

        def nobody_left() -> bool:
            self.house.time_passes("oproep")
            return bool(self.house.value(calls) == 0)

        until(nobody_left, "everybody was called", within=SETTLED_S)

    def _endless(self) -> int:
        """Deadlines that stand until a person does something."""
        return int(self.house.value("SELECT count(*) FROM deadline WHERE closed_at IS NULL AND kind = 'herzie'"))


class Judge:
    """Looks at what must be true after such a night."""

    def __init__(self, house: House, letters: Letterbox, night: Night) -> None:
        self.house, self.letters, self.night = house, letters, night

    def judge(self) -> list[str]:
        """One line for every promise that did not hold."""
        promises = (self._messages, self._dossiers, self._calls, self._digest, self._register)
        return [line for promise in promises for line in promise()]

    def _messages(self) -> list[str]:
        """Every citizen got one message; every delivered warning is one strike."""
        got = Counter(each["comment_id"] for each in self._practice("messages"))
        delivered = self.house.value("SELECT count(*) FROM message WHERE state = 'afgeleverd'")
        strikes = self.house.value("SELECT count(*) FROM strike")
        wrong = [f"{comment} got {times} messages" for comment, times in got.items() if times != 1]
        if not len(got) == delivered == strikes == self.night.cases:
            wrong.append(f"{len(got)} got one, {delivered} delivered, {strikes} strikes, {self.night.cases} cases")
        return wrong

    def _practice(self, what: str) -> list[dict[str, Any]]:
        found = self.house.practice.ask("state")[what]
        return list(found.values()) if isinstance(found, dict) else list(found)

    def _dossiers(self) -> list[str]:
        """Numbers without gaps, one per case, one line each."""
        rows = self.house.rows("SELECT number, case_id FROM dossier ORDER BY id")
        numbers = [int(row["number"].rpartition("-")[2]) for row in rows]
        lines = self.house.value("SELECT count(*) FROM register_entry WHERE event = 'dossier_concept'")
        whole = list(range(1, self.night.cases + 1))
        if numbers == whole and len({row["case_id"] for row in rows}) == lines == self.night.cases:
            return []
        told = self.house.rows("SELECT answer FROM given_order WHERE word = 'documenteren' LIMIT 1")
        return [f"dossiers {numbers}, {lines} lines, {self.night.cases} cases; {[tuple(each) for each in told]}"]

    def _calls(self) -> list[str]:
        """Every threat is in one incident; every step of its order of call was done, each once."""
        wrong = []
        if self.house.value("SELECT count(DISTINCT case_id) FROM incident_case") != self.night.cases:
            wrong.append("a threat called nobody")
        for row in self.house.rows("SELECT id, key, step, json_array_length(calls) AS steps FROM incident"):
            notices = self.house.rows("SELECT who, step, state FROM notice WHERE incident_id = ?", row["id"])
            twice = [who for who, times in Counter(each["who"] for each in notices).items() if times > 1]
            if twice or any(each["state"] != "verzonden" for each in notices):
                wrong.append(f"{row['key']}: {[tuple(each) for each in notices]}")
        most = self.house.value("SELECT count(*) FROM notice") + sum(self.night.killed.values())
        if len(self.letters.letters) > most:
            wrong.append(f"{len(self.letters.letters)} letters, at most {most} were due")
        return wrong

    def _digest(self) -> list[str]:
        """The report of last week was made once, and went out once; or it is in doubt, and was not sent again."""
        made = self.house.value("SELECT count(*) FROM digest WHERE kind = 'weekoverzicht'")
        sent = [each for each in self.letters.of("overzicht") if "Weekoverzicht" in str(each.get("title"))]
        unsure = self.house.value("SELECT count(*) FROM notice WHERE kind = 'overzicht' AND state = 'onbekend'")
        if made == 1 and (len(sent) == 1 or (unsure == 1 and not sent)):
            return []
        return [f"{made} week reports, {len(sent)} letters, {unsure} in doubt: {self.letters.of('overzicht')}"[:400]]

    def _register(self) -> list[str]:
        verdict = self.house.bot("register", "verify")
        return [] if verdict.returncode == 0 else [verdict.stderr or verdict.stdout]
