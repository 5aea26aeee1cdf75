"""A whole house without network, engine or clock of its own: real tables in SQLite, everything else in hand."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from commands import deliver, digests, due, give, ingest, intake, notices, poll, reconcile
from commands.house import House
from commands.views import views
from domain.categories import CATEGORIES, Certainty, Urgency
from domain.errors import AccountStopped, Denied, OutcomeUnknown, RateLimited, Transient
from domain.model import (
    Answer,
    Author,
    BadChange,
    CaseView,
    Change,
    ChangeKind,
    Comment,
    Flag,
    Judgement,
    MediaLink,
    Person,
    Raw,
    Reading,
)
from domain.orders import Order
from domain.roles import Role
from domain.settings import Account, Numbers, Secrets, Settings, Zone
from domain.states import Visibility
from rules.templates import Templates
from storage import register_verify
from storage.database import Database
from storage.paper_tables import MessageRow, StrikeRow
from storage.register import Register, RegisterEntry
from storage.register_entry import decode
from storage.tables import AlarmRow, CaseRow, CommentRow, EvidenceRow, GivenOrderRow, IntentRow
from tests.fakes.clock import FakeClock
from tests.fakes.letters import FakeHerald, FakeScribe
from tests.fakes.platform import FakePlatform
from tests.fakes.run import Killed, PlainRun

PEOPLE = (
    Person("noor", "Noor V.", "moderator"),
    Person("jef", "Jef T.", "moderator"),
    Person("ann", "Ann C.", "coordinator"),
    *(Person(f"een-{role.value}", f"Een {role.value}", role) for role in Role),
)
ALWAYS = {"vangnet": ("fake://vangnet",), "overzicht": ("fake://overzicht",)}
INSULT = "belediging_scheldproza stelletje!"
THREAT = "bedreiging van iemand"
SHADOW = "schaduw"
PHOTO = MediaLink("https://platform.example/foto.png", "foto")
LOST_PHOTO = MediaLink("https://platform.example/weg.png", "foto")
PUSHED = Raw("webhook", b"raw bytes", 0, {"x-hub-signature-256": "sha256=00"})


_PHONE = re.compile(r"0\d{3}(?: ?\d{2}){3}")


def down() -> Transient:
    """The platform has a problem."""
    return Transient("Facebook has a problem on its side (code {code}).", code="2")


def slow(seconds: float | None = None) -> RateLimited:
    """The platform asks to slow down."""
    return RateLimited("Facebook asks us to slow down (code {code}).", code="32", retry_after=seconds)


def denied() -> Denied:
    """The platform will never do this."""
    return Denied("Facebook refused this call (code {code}).", code="200")


def stopped() -> AccountStopped:
    """The token is dead."""
    return AccountStopped("Facebook no longer accepts the access token of this page (code {code}).", code="190")


def lost() -> OutcomeUnknown:
    """The answer did not arrive."""
    return OutcomeUnknown("Facebook did not answer.", code="timeout")


class WordFlagger:
    """Flags a text that holds the key of a category (`belediging_scheldproza: …`), with that category's urgency; only
    in the shadow when the text also says so. Phone numbers are personal.
    """

    ruleset = "0123456789ab"

    def judge(self, text: str, *, media: bool = False) -> Judgement:
        """One flag for each category whose key stands in the text."""
        state = "shadow" if SHADOW in text else "live"
        found = {key: row.urgency for key, row in CATEGORIES.items() if key in text}
        flags = tuple(self._flag(text, key, urgency, state) for key, urgency in found.items())
        return Judgement(flags, tuple(each.span() for each in _PHONE.finditer(text)))

    @staticmethod
    def _flag(text: str, key: str, urgency: Urgency, state: str) -> Flag:
        start = text.index(key)
        return Flag(f"test.{key}", key, urgency, Certainty.HOOG, state, ((start, start + len(key)),), key)


class World:
    """The house, and hands to move it."""

    def __init__(self, folder: Path, *, acties: str = "aan", **numbers: Any) -> None:
        """folder: an empty one · acties: `uit` = a trial account · numbers: settings that differ from the default."""
        self.clock = FakeClock()
        self.platform = FakePlatform()
        self.herald = FakeHerald()
        self.platform.before_delete = self._must_be_proven
        self.database = _database(folder)
        self.settings = Settings(
            data=folder,
            database_url=self.database.url,
            zone=Zone(huisregels="https://huisregels.example/"),
            numbers=Numbers(**numbers),
            accounts=(Account("facebook", "1001", "Gentse Flikken", acties),),
            people=PEOPLE,
            secrets=Secrets(b"k" * 32),
            addresses={**{person.key: (f"fake://{person.key}",) for person in PEOPLE}, **ALWAYS},
        )
        self.run = PlainRun(self.database)
        self.house = House(
            settings=self.settings,
            clock=self.clock,
            flagger=WordFlagger(),
            platforms={("facebook", "1001"): self.platform},
            register=Register(b"k" * 32, self.clock),
            read=self.database.read,
            store=self.store,
            templates=Templates.load("gent"),
            scribe=FakeScribe(),
            herald=self.herald,
        )
        for name, work in {
            ingest.INTAKE: intake.intake,
            ingest.NOTICED: intake.noticed,
            intake.CAPTURE: intake.capture_arrival,
            give.ORDER: give.perform,
            due.DUE: due.perform,
            poll.POLL: poll.poll,
            reconcile.RECONCILE: reconcile.reconcile,
            notices.NOTICE: deliver.send,
            digests.OVERZICHT: digests.make,
        }.items():
            self.run.register(name, lambda run, *args, work=work: work(self.house, run, *args))
        self.start_again()
        self._pressed = 0

    def store(self, job: Any) -> Any:
        """Commit what a job writes, as the writer does."""
        with self.database.writing.begin() as connection:
            return job(connection)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    # ------------------------------------------------------------ what citizens do

    def comment(self, text: str, comment_id: str = "2001_1", **more: Any) -> Comment:
        """A comment as the platform tells it, there from now on."""
        told = {"author": Author("7771", "Test Persoon"), "created_at": self.clock.now(), "post_id": "1001_2001"}
        return self.platform.put(Comment("facebook", "1001", comment_id, text=text, **{**told, **more}))

    def arrives(self, text: str = INSULT, comment_id: str = "2001_1", **more: Any) -> CaseRow | None:
        """A comment is written, pushed and taken in; its case, if it became one."""
        self.push(Change(ChangeKind.NIEUW, self.comment(text, comment_id, **more)))
        self.run.work()
        return self.case(comment_id)

    def edits(self, text: str, comment_id: str = "2001_1") -> None:
        """The author changes the text, and the push arrives."""
        self.push(Change(ChangeKind.AANGEPAST, self.comment(text, comment_id)))
        self.run.work()

    def told(self, kind: ChangeKind, comment_id: str = "2001_1") -> None:
        """A push tells that something happened to a comment, true or not."""
        self.push(Change(kind, Comment("facebook", "1001", comment_id, "1001_2001", "")))
        self.run.work()

    def push_stored(self, kind: ChangeKind, comment_id: str, text: str = "") -> None:
        """A push is stored and waits; with a text, the comment is changed on the platform too."""
        bare = Comment("facebook", "1001", comment_id, "1001_2001", "")
        self.push(Change(kind, self.comment(text, comment_id) if text else bare))

    def author_deletes(self, comment_id: str = "2001_1") -> None:
        """The author takes it away, and the push arrives."""
        self.platform.author_deletes(comment_id)
        self.told(ChangeKind.VERWIJDERD, comment_id)

    def push(self, *changes: Change, bad: tuple[BadChange, ...] = (), quiet: bool = False) -> list[ingest.Stored]:
        """A delivery, stored but not yet worked on."""
        batches = ingest.judge(self.house, "facebook", PUSHED, Reading(changes, bad), quiet=quiet)
        return [self.store(lambda c, b=batch: ingest.store(self.house, self.run, c, b)) for batch in batches]

    # ------------------------------------------------------------ what colleagues do

    def give(self, kind: type[Order], case: CaseRow | None = None, by: str = "noor", key: str = "", **more: Any) -> str:
        """An order is given, not yet carried out; its key."""
        case = case or self.case()
        version = more.pop("seen_version", None) or self.row(CommentRow, case.comment_id).version
        return self.hand(kind(case_id=case.id or 0, by=by, seen_version=version, **more), key)

    def hand(self, order: Order, key: str = "") -> str:
        """Any order is given, not yet carried out; its key."""
        self._pressed += 1
        key = key or f"druk-{self._pressed}"
        self.store(lambda connection: give.give(self.house, self.run, connection, order, key))
        return key

    def ask(self, order: Order, key: str = "") -> Answer:
        """Any order is given and carried out; the answer."""
        key = self.hand(order, key)
        self.run.work()
        return self.answer(key)

    def press(self, kind: type[Order], case: CaseRow | None = None, by: str = "noor", **more: Any) -> Answer:
        """An order is given and carried out; the answer."""
        key = self.give(kind, case, by, **more)
        self.run.work()
        return self.answer(key)

    def answer(self, key: str) -> Answer:
        """What the presser was told."""
        with self.database.read() as session:
            row = session.query(GivenOrderRow).filter_by(key=key).one()
        assert row.answer is not None, "the order was not answered"
        return Answer(row.answer["ok"], row.answer["msgid"], row.answer["params"], row.answer["offer"])

    # ------------------------------------------------------------ what time does

    def later(self, **span: float) -> int:
        """Time passes, the clock looks at what is due, and does it; how many."""
        self.clock.advance(timedelta(**span))
        return self.tick()

    def tick(self) -> int:
        """The clock looks at what is due, and does it."""
        found = self.store(lambda connection: due.tick(self.house, self.run, connection))
        self.run.work()
        return int(found)

    def sweep(self) -> int:
        """The clock looks at intents that stayed open, and has them asked."""
        found = self.store(lambda connection: reconcile.sweep(self.house, self.run, connection))
        self.run.work()
        return int(found)

    def poll(self) -> None:
        """One poll of the account."""
        self._pressed += 1
        self.store(lambda c: self.run.start(c, "klok", poll.POLL, f"peiling-{self._pressed}", "facebook", "1001"))
        self.run.work()

    def start_again(self) -> None:
        """A person looked at what was stopped, and starts the process again."""
        self.store(lambda connection: poll.meet(connection, self.house))

    def dies(self, *, after: int | None = None, inside: int | None = None) -> bool:
        """Work until the process dies at that step, then go on in another; False when it came to its end first."""
        self.run.kill_after, self.run.kill_inside = after, inside
        try:
            self.run.work()
        except Killed:
            died = True
        else:
            died = False
        self.run.kill_after = self.run.kill_inside = None
        self.run.work()
        return died

    @contextmanager
    def between(self, *, after: int) -> Iterator[list[Any]]:
        """The process dies after so many steps. What stands in the block happens before another goes on with the work
        that lies there; who empties the list has that work lost.
        """
        self.run.kill_after = after
        try:
            self.run.work()
        except Killed:
            pass
        else:
            raise AssertionError("it came to its end before that step")
        lying = list(self.run.waiting)
        self.run.waiting.clear()
        yield lying
        self.run.waiting.extend(lying)
        self.run.work()

    # ------------------------------------------------------------ what is true

    def case(self, comment_id: str = "2001_1") -> CaseRow | None:
        """The case of a comment, as stored now."""
        with self.database.read() as session:
            return (
                session.query(CaseRow)
                .join(CommentRow, CommentRow.id == CaseRow.comment_id)
                .filter(CommentRow.comment == comment_id)
                .first()
            )

    def told_of(self, comment_id: str = "2001_1") -> CommentRow | None:
        """The comment, as stored now."""
        with self.database.read() as session:
            return session.query(CommentRow).filter_by(comment=comment_id).first()

    def view(self, comment_id: str = "2001_1") -> CaseView:
        """What a card is drawn from."""
        with self.database.read() as session:
            return views(session, self.house, [self.case(comment_id)])[0]

    def row(self, kind: type[Any], key: Any) -> Any:
        """A stored row."""
        with self.database.read() as session:
            return session.get(kind, key)

    def rows(self, kind: type[Any]) -> list[Any]:
        """All stored rows."""
        with self.database.read() as session:
            return list(session.query(kind))

    def events(self) -> list[str]:
        """The register, event by event."""
        return [line["gebeurtenis"] for line in self.lines()]

    def lines(self) -> list[dict[str, Any]]:
        """The register, line by line."""
        with self.database.read() as session:
            return [decode(row.body) for row in session.query(RegisterEntry).order_by(RegisterEntry.seq)]

    def last(self, event: str) -> dict[str, Any]:
        """The newest line of the register about this event."""
        return next(line for line in reversed(self.lines()) if line["gebeurtenis"] == event)

    def pseudonym(self, person: str) -> str:
        """How a colleague stands in the register."""
        return self.house.register.pseudonyms.person(person)

    def alarms(self) -> list[AlarmRow]:
        """Alarms that sound."""
        return [row for row in self.rows(AlarmRow) if row.ended_at is None]

    def open_intents(self) -> list[IntentRow]:
        """Intents without an outcome."""
        return [row for row in self.rows(IntentRow) if row.closed_at is None]

    def verdict(self) -> int:
        """What verifying the register comes to: 0 is good."""
        with self.database.reading.connect() as connection:
            return register_verify.verify(connection).exit_code

    def truth(self) -> dict[str, Any]:
        """Everything that two runs that end the same have in common: state, platform, outcomes, answers."""
        case, comment = self.case(), self.told_of()
        return {
            "state": (case.state, case.done_word, case.done_by, case.doing_order, case.category, case.markers),
            "visibility": comment.visibility,
            "platform": (sorted(self.platform.comments), sorted(self.platform.hidden), self.platform.effects),
            "letters": self.platform.letters,
            "messages": [(row.template, row.state, row.number, row.by) for row in self.rows(MessageRow)],
            "strikes": len(self.rows(StrikeRow)),
            "register": [event for event in self.events() if event not in ("vastgelegd", "vastlegging_mislukt")],
            "open": len(self.open_intents()),
            "answers": [row.answer for row in self.rows(GivenOrderRow)],
            "verdict": self.verdict(),
        }

    def _must_be_proven(self, comment_id: str) -> None:
        """Evidence before harm: a committed capture of this very text, young enough."""
        text = self.platform.comments[comment_id].text if comment_id in self.platform.comments else None
        if text is None:
            return
        youngest = timedelta(minutes=self.settings.numbers.capture_max_age_min)
        with self.database.read() as session:
            proofs = session.scalars(
                sa.select(EvidenceRow).join(CommentRow).where(CommentRow.comment == comment_id, EvidenceRow.status > 0)
            ).all()
        fit = [row for row in proofs if row.body == text.encode() and self.clock.now() - row.at <= youngest]
        assert fit, f"{comment_id} was about to be deleted without evidence"

    def is_true(self, comment_id: str = "2001_1") -> bool:
        """What the house says of a comment is what the platform shows."""
        row = self.told_of(comment_id)
        if comment_id not in self.platform.comments:
            return row.visibility in (Visibility.VERWIJDERD, Visibility.DOOR_AUTEUR_VERWIJDERD)
        return (row.visibility == Visibility.VERBORGEN) is (comment_id in self.platform.hidden)


_empty: list[bytes] = []


def _database(folder: Path) -> Database:
    """An empty database, made once and copied; without waiting for the disk, which no test pulls out."""
    path = folder / "nabij.sqlite"
    if _empty:
        path.write_bytes(_empty[0])
    database = Database(f"sqlite:///{path}")
    sa.event.listen(database.writing, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
    if not _empty:
        SQLModel.metadata.create_all(database.writing)
        database.close()
        _empty.append(path.read_bytes())
    return database
