"""A whole house over the real engine, in a process of its own: `python -m tests.fakes.whole DATABASE_URL`.

A comment comes in, becomes a case, is hidden by two people who press at once, and the author of another is kept out of
every place where no text belongs. Prints one JSON object with what came of it; the platform is the one of the tests.
"""

import json
import sys
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.__main__ import WORKFLOWS
from bot.scribe import HouseScribe
from bot.texts import catalogue
from commands import give, ingest, poll
from commands.house import House, name_of
from domain.clock import SystemClock
from domain.model import Author, Change, ChangeKind, Comment, Raw, Reading
from domain.orders import Hide
from domain.settings import Account, Secrets, Settings, Zone
from rules.templates import Templates
from storage import migrate
from storage.database import Database
from storage.durable import Durable, Run
from storage.register import Register, RegisterEntry
from storage.register_entry import decode
from storage.register_verify import verify
from storage.tables import CaseRow, CommentRow, EvidenceRow, GivenOrderRow
from storage.writer import Writer
from tests.fakes.engine import until
from tests.fakes.house import INSULT, PEOPLE, WordFlagger
from tests.fakes.letters import FakeHerald
from tests.fakes.platform import FakePlatform

CANARY = "kanarie-woord-van-een-burger"


class Whole:
    """The house."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        migrate.upgrade(self.database)
        self.platform, self.clock = FakePlatform(), SystemClock()
        self.durable, self.writer = Durable(self.database), Writer(self.database.writing)
        settings = Settings(
            data=None,  # type: ignore[arg-type]  # nothing of this house stands in files
            database_url=url,
            zone=Zone(huisregels="https://huisregels.example/"),
            accounts=(Account("facebook", "1001", "Gentse Flikken"),),
            people=PEOPLE,
            secrets=Secrets(b"k" * 32),
        )
        self.house = House(
            settings=settings,
            clock=self.clock,
            flagger=WordFlagger(),
            platforms={("facebook", "1001"): self.platform},
            register=Register(b"k" * 32, self.clock),
            read=self.database.read,
            store=lambda job: self.writer.submit(job).result(),
            templates=Templates.load("gent"),
            scribe=HouseScribe(settings, partial(name_of, settings), catalogue(), self.clock),
            herald=FakeHerald(),
        )
        for name, work in WORKFLOWS.items():
            self.durable.register(name, partial(self._perform, work))
        self.durable.launch()
        self.house.store(lambda connection: poll.meet(connection, self.house))

    def _perform(self, work: Any, run: Run, *args: Any) -> None:
        work(self.house, run, *args)

    def arrives(self, text: str, comment_id: str) -> None:
        """A comment is written, and its push is stored."""
        author = Author("7771", f"Naam {CANARY}")
        comment = Comment("facebook", "1001", comment_id, "1001_2001", text, author=author, created_at=self.clock.now())
        self.platform.put(comment)
        reading = Reading((Change(ChangeKind.NIEUW, comment),))
        for batch in ingest.judge(self.house, "facebook", Raw("webhook", text.encode()), reading):
            self.writer.submit(partial(ingest.store, self.house, self.durable, batch=batch)).result()

    def press(self, case_id: int, person: str) -> None:
        """Somebody presses *Verbergen*, and it is stored."""
        order = Hide(case_id=case_id, by=person, seen_version=1)
        self.writer.submit(
            lambda c: give.give(self.house, self.durable, c, order, f"druk:{person}"), urgent=True
        ).result()

    def rows(self, kind: type[Any]) -> list[Any]:
        """All rows."""
        with self.database.read() as session:
            return list(session.query(kind).order_by(sa.text("1")))

    def at_rest(self) -> bool:
        """Nothing waits or runs."""
        table = "workflow_status" if self.database.sqlite else "dbos.workflow_status"
        with self.database.read() as session:
            left = session.execute(sa.text(f"SELECT count(*) FROM {table} WHERE status IN ('ENQUEUED', 'PENDING')"))
            return not left.scalar()

    def engine_holds(self, word: str) -> list[str]:
        """Tables of the engine in which a word stands."""
        schema = None if self.database.sqlite else "dbos"
        inspector = sa.inspect(self.database.reading)
        ours = set(migrate.metadata.tables) | {"alembic_version"}
        names = [name for name in inspector.get_table_names(schema=schema) if name not in ours]
        assert len(names) >= 8, f"these are not the tables of the engine: {names}"
        with self.database.reading.connect() as connection:
            return [
                name
                for name in names
                for row in connection.execute(sa.text(f'SELECT * FROM {schema + "." if schema else ""}"{name}"'))
                if word in repr(tuple(row))
            ]


def main(url: str) -> None:
    """Play it, and tell."""
    whole = Whole(url)
    whole.arrives(f"{INSULT} {CANARY}", "2001_1")
    whole.arrives(f"Mooi weer {CANARY}", "2001_2")
    until(lambda: whole.rows(CaseRow) and whole.at_rest(), "the case is there")
    (case,) = whole.rows(CaseRow)
    for person in ("noor", "jef"):
        whole.press(case.id, person)
    until(lambda: all(row.answer for row in whole.rows(GivenOrderRow)) and whole.at_rest(), "both are answered")
    with whole.database.reading.connect() as connection:
        verdict = verify(connection)
    told = {
        "state": whole.rows(CaseRow)[0].state,
        "comments": len(whole.rows(CommentRow)),
        "effects": whole.platform.effects,
        "evidence": len(whole.rows(EvidenceRow)),
        "ok": sorted(row.answer["ok"] for row in whole.rows(GivenOrderRow)),
        "register": [decode(row.body)["gebeurtenis"] for row in whole.rows(RegisterEntry)],
        "verdict": verdict.exit_code,
        "behind": migrate.behind(whole.database),
        "stuck": [each.id for each in whole.durable.stuck()],
        "text in the engine": whole.engine_holds(CANARY),
        "id in the engine": bool(whole.engine_holds("druk:noor")),
    }
    sys.stdout.write(json.dumps(told) + "\n")
    whole.writer.close()
    whole.durable.stop()
    whole.database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
