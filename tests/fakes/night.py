"""A house at night: Saturday 23:00, people on call, commanders, and a flagger that can doubt."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from commands import blind, give, notices
from domain.categories import Certainty
from domain.model import Answer, Judgement, Person
from domain.orders import IncidentOrder
from storage.call_tables import EventRow, IncidentRow, NoticeRow, TurnRow
from storage.tables import CaseRow
from tests.fakes.house import PEOPLE, WordFlagger, World

SATURDAY_23 = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
TUESDAY_TEN = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
ELS, TOM, KIM = (Person(key, f"{key.title()} D.", "commandant") for key in ("els", "tom", "kim"))
THREAT = "bedreiging van iemand"
DOUBT = "misschien bedreiging van iemand"
HATRED = "aanzetten_haat tegen een groep"
DAY = timedelta(days=1)


class Doubter(WordFlagger):
    """As the flagger of the tests; a text that says *misschien* is to be judged by a person."""

    def judge(self, text: str, *, media: bool = False) -> Judgement:
        """Sure, unless the text says so."""
        found = super().judge(text, media=media)
        if "misschien" not in text:
            return found
        return Judgement(tuple(replace(flag, certainty=Certainty.TE_BEOORDELEN) for flag in found.flags))


class Night(World):
    """On call: Noor moderates, Els and then Tom command; Kim commands as well, and sleeps."""

    def __init__(self, folder: Path, *, at: datetime = SATURDAY_23, turns: bool = True, **more: Any) -> None:
        """at: when it begins · turns: whether anybody stands on a roster."""
        super().__init__(folder, **more)
        self.clock.set(at)
        people = (*(one for one in PEOPLE if one.role != "commandant"), ELS, TOM, KIM)
        addresses = {one.key: (f"fake://{one.key}",) for one in people}
        self.with_people(people, {**addresses, "vangnet": ("fake://vangnet",), "overzicht": ("fake://overzicht",)})
        self.house = replace(self.house, flagger=Doubter())
        if turns:
            self.on_call("wacht_moderatie", "noor")
            self.on_call("wacht_commando", "els", "tom")

    def with_people(self, people: Iterable[Person], addresses: dict[str, tuple[str, ...]]) -> None:
        """Other people, or other addresses."""
        self.settings = replace(self.settings, people=tuple(people), addresses=addresses)
        self.house = replace(self.house, settings=self.settings)

    def on_call(self, roster: str, *people: str) -> None:
        """On call from yesterday to far away, in this order."""
        now = self.clock.now()
        with self.database.write() as session:
            for rank, person in enumerate(people, start=1):
                session.add(
                    TurnRow(
                        roster=roster,
                        person=person,
                        starts_at=now - DAY,
                        ends_at=now + 300 * DAY,
                        rank=rank,
                        by="ann",
                        at=now,
                    )
                )

    def feesten(self, *, state: str = "bevestigd", commanders: tuple[str, ...] = ("els", "tom"), **over: Any) -> None:
        """Day 4 of 10. over: columns that differ."""
        now = self.clock.now()
        first = (now - 3 * DAY).date().isoformat()
        counted = {"first_day": first, "days": 10} if "first_day" not in over else {"days": 0}
        with self.database.write() as session:
            session.add(
                EventRow(
                    name="Gentse Feesten",
                    kind="feesten",
                    state=state,
                    starts_at=now - 4 * DAY,
                    ends_at=now + 7 * DAY,
                    commanders=list(commanders),
                    by="ann",
                    at=now,
                    **{**counted, **over},
                )
            )

    # ------------------------------------------------------------ what happens

    def threat(self, comment_id: str = "2001_1", text: str = THREAT, **more: Any) -> CaseRow:
        """A threat comes in; its case."""
        case = self.arrives(text, comment_id, **more)
        assert case is not None
        return case

    def order(self, kind: type[IncidentOrder], by: str = "els", incident_id: int = 0, key: str = "") -> str:
        """A press about an incident, not yet carried out; its key."""
        self._pressed += 1
        key = key or f"druk-{self._pressed}"
        order = kind(incident_id=incident_id or self.incident().id or 0, by=by)
        self.store(lambda connection: give.give(self.house, self.run, connection, order, key))
        return key

    def says(self, kind: type[IncidentOrder], by: str = "els", incident_id: int = 0, key: str = "") -> Answer:
        """A press about an incident, carried out; the answer."""
        key = self.order(kind, by, incident_id, key)
        self.run.work()
        return self.answer(key)

    def looks(self) -> int:
        """The clock looks whether an account is blind."""

        def work(connection: Any) -> int:
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                found = blind.look(session, self.house, self.run)
                session.commit()
            return found

        found = int(self.store(work))
        self.run.work()
        return found

    def again(self, seconds: float = 15) -> int:
        """Time passes, and letters that were refused are handed over again; how many."""
        self.clock.advance(timedelta(seconds=seconds))
        found = self.store(lambda connection: notices.sweep(self.house, self.run, connection))
        self.run.work()
        return int(found)

    # ------------------------------------------------------------ what is true

    def incident(self) -> IncidentRow:
        """The newest incident."""
        return self.incidents()[-1]

    def incidents(self) -> list[IncidentRow]:
        """All of them, oldest first."""
        return sorted(self.rows(IncidentRow), key=lambda row: row.id)

    def called(self) -> list[str]:
        """Who was called, in order, over all steps and rounds."""
        return [row.who for row in sorted(self.rows(NoticeRow), key=lambda row: row.id)]

    def letters(self) -> list[str]:
        """To which addresses a letter went, in order."""
        return [address.removeprefix("fake://") for address, _ in self.herald.sent]
