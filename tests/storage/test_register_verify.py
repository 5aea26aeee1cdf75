"""Verifying the register: every attack is found, and an honest register is good.

What the chain alone cannot show (the last lines cut off, everything deleted, everything rewritten) is shown by a
checkpoint that was kept elsewhere; both halves of that sentence are tested.
"""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.merkle import Checkpoint, Tree, leaf_hash
from storage.register import COLUMNS, ENTRY, HEAD, Register
from storage.register_entry import Entry, Event, Result, decode, encode
from storage.register_triggers import drop_triggers
from storage.register_verify import (
    GOOD,
    INCOMPLETE,
    PATIENCE,
    TAMPERED,
    UNVERIFIABLE,
    Verdict,
    checkpoint,
    verify,
)
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import fresh_url
from tests.fakes.registers import KEY_BYTES, empty, fill, forge, row_of, story, told

ORIGIN = "nabij.example/gent"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
def database(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Database]:
    """A register of thirty lines, made by real appends, on both databases."""
    made = empty(f"sqlite:///{tmp_path / 'nabij.sqlite'}" if request.param == "sqlite" else fresh_url())
    told(made, Register(KEY_BYTES, clock), 6)
    yield made
    made.close()


def judged(database: Database, kept: str | None = None, **more: Any) -> Verdict:
    """The verdict on a register as it is now."""
    with database.reading.connect() as connection:
        return verify(connection, kept, **more)


def kept_of(database: Database) -> str:
    """A checkpoint to keep elsewhere."""
    with database.reading.connect() as connection:
        return checkpoint(connection, ORIGIN)


def lines_of(database: Database) -> list[dict[str, Any]]:
    """All lines as objects, to forge with."""
    with database.read() as session:
        return [decode(body) for (body,) in session.execute(sa.select(ENTRY.c.body).order_by(ENTRY.c.seq))]


def tamper(database: Database, *statements: sa.Executable) -> None:
    """What whoever owns the database can do."""
    with database.writing.begin() as connection:
        drop_triggers(connection)
        if database.sqlite:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        for statement in statements:
            connection.execute(statement)


def change(seq: int, **values: Any) -> sa.Update:
    """Other values in one line."""
    return sa.update(ENTRY).where(ENTRY.c.seq == seq).values(**values)


class TestHonest:
    """What nobody touched is good."""

    def test_good(self, database: Database) -> None:
        """Thirty lines, with their root, their first and last time, nothing open."""
        verdict = judged(database)

        assert (verdict.exit_code, verdict.size, verdict.faults, verdict.waiting) == (GOOD, 30, (), ())
        assert verdict.first == verdict.last == "2026-11-17T09:00:00.000000Z"
        assert str(Checkpoint(ORIGIN, 30, bytes.fromhex(verdict.root))) == kept_of(database)

    def test_an_empty_register_is_good(self, tmp_path: Path) -> None:
        """Nothing happened yet; also against the checkpoint of nothing."""
        database = empty(f"sqlite:///{tmp_path / 'empty.sqlite'}")

        assert judged(database).exit_code == GOOD
        assert judged(database, kept_of(database)).exit_code == GOOD
        database.close()

    def test_good_against_every_earlier_checkpoint(self, database: Database) -> None:
        """The register grew honestly since each of them."""
        tree = Tree()
        checkpoints = [str(Checkpoint(ORIGIN, 0, tree.root()))]
        for line in lines_of(database):
            tree.add(row_of(line)["leaf"])
            checkpoints.append(str(Checkpoint(ORIGIN, tree.size, tree.root())))

        assert {judged(database, kept, origin=ORIGIN).exit_code for kept in checkpoints} == {GOOD}

    def test_lines_added_while_reading_are_no_fault(self, tmp_path: Path, clock: FakeClock) -> None:
        """Another process appends between two pages of the verifier."""
        database = empty(f"sqlite:///{tmp_path / 'busy.sqlite'}")
        fill(database, 4_100)
        clock.advance(timedelta(days=365))
        register = Register(KEY_BYTES, clock)

        def another(done: int, _total: int) -> None:
            if done <= 4_102:
                with database.write() as session:
                    register.append(session, story(1)[0])

        verdict = judged(database, progress=another)
        assert (verdict.exit_code, verdict.size) == (GOOD, 4_103)
        database.close()

    def test_progress_is_told(self, tmp_path: Path) -> None:
        """Page by page, up to all lines."""
        database = empty(f"sqlite:///{tmp_path / 'pages.sqlite'}")
        fill(database, 5_000)
        seen: list[tuple[int, int]] = []

        judged(database, progress=lambda done, total: seen.append((done, total)))

        assert seen == [(2_000, 5_000), (4_000, 5_000), (5_000, 5_000)]
        database.close()


class TestTampered:
    """Every attack ends in exit 1 and names the line."""

    def test_an_edited_line(self, database: Database) -> None:
        """The bytes of one line, changed to another canonical line."""
        tamper(database, change(8, body=row_of(lines_of(database)[7] | {"handeling": "laten_staan"})["body"]))

        verdict = judged(database)
        assert verdict.exit_code == TAMPERED
        assert {fault.seq for fault in verdict.faults} == {8}

    def test_an_edited_line_with_its_leaf(self, database: Database) -> None:
        """The leaf recomputed too: the next line no longer follows."""
        row = row_of(lines_of(database)[7] | {"handeling": "laten_staan"})
        tamper(database, change(8, body=row["body"], leaf=row["leaf"], action="laten_staan"))

        verdict = judged(database)
        assert verdict.exit_code == TAMPERED
        assert [fault.seq for fault in verdict.faults] == [9]

    def test_a_deleted_line(self, database: Database) -> None:
        """A gap in the numbers."""
        tamper(database, sa.delete(ENTRY).where(ENTRY.c.seq == 12))

        verdict = judged(database)
        assert verdict.exit_code == TAMPERED
        assert verdict.faults[0].params == {"seq": 11, "next": 13}

    def test_a_deleted_first_line(self, database: Database) -> None:
        """The chain begins at its beginning."""
        tamper(database, sa.delete(ENTRY).where(ENTRY.c.seq == 1))

        assert judged(database).exit_code == TAMPERED

    def test_two_lines_in_each_others_place(self, database: Database) -> None:
        """Same content, other order."""
        fourth, fifth = (row_of(line) for line in lines_of(database)[3:5])
        tamper(
            database,
            sa.delete(ENTRY).where(ENTRY.c.seq.in_((4, 5))),
            sa.insert(ENTRY).values(**{**fourth, "seq": 5}),
            sa.insert(ENTRY).values(**{**fifth, "seq": 4}),
        )

        assert judged(database).exit_code == TAMPERED

    def test_a_line_put_in_between(self, database: Database) -> None:
        """Everything after it moved up by one: numbers and bytes disagree."""
        rows = [row_of(line) for line in lines_of(database)]
        forged = row_of(lines_of(database)[0] | {"seq": 10, "prev": rows[8]["leaf"].hex(), "reden": "later"})
        tamper(
            database,
            sa.delete(ENTRY).where(ENTRY.c.seq >= 10),
            sa.insert(ENTRY).values(**forged),
            sa.insert(ENTRY).values(**{**rows[9], "seq": 11, "prev": forged["leaf"]}),
            *(sa.insert(ENTRY).values(**{**row, "seq": row["seq"] + 1}) for row in rows[10:]),
        )

        assert judged(database).exit_code == TAMPERED

    def test_the_last_lines_cut_off(self, database: Database) -> None:
        """The head still knows; with the head set back too, only the checkpoint does."""
        kept = kept_of(database)
        last = row_of(lines_of(database)[24])
        tamper(database, sa.delete(ENTRY).where(ENTRY.c.seq > 25))
        assert judged(database).exit_code == TAMPERED

        tamper(database, sa.update(HEAD).values(seq=25, leaf=last["leaf"], at=last["at"]))
        assert judged(database).exit_code == GOOD
        verdict = judged(database, kept)
        assert verdict.exit_code == TAMPERED
        assert verdict.faults[0].params == {"seq": 25, "size": 30}

    def test_everything_deleted(self, database: Database) -> None:
        """An empty register and a fresh head look new; the checkpoint says otherwise."""
        kept = kept_of(database)
        tamper(database, sa.delete(ENTRY))
        assert judged(database).exit_code == TAMPERED

        tamper(database, sa.delete(HEAD))
        assert judged(database).exit_code == GOOD
        assert judged(database, kept).exit_code == TAMPERED

    def test_the_table_dropped(self, database: Database) -> None:
        """Without a checkpoint there is nothing to judge (3); with one the register is gone (1)."""
        kept = kept_of(database)
        tamper(database, sa.text("DROP TABLE register_entry"))

        assert judged(database).exit_code == UNVERIFIABLE
        assert judged(database, kept).exit_code == TAMPERED

    def test_everything_rewritten(self, database: Database) -> None:
        """One word changed and the whole chain made anew: good by itself, tampered against the checkpoint."""
        kept = kept_of(database)
        lines = lines_of(database)
        lines[2]["handeling"] = "laten_staan"
        forge(database, lines)

        assert judged(database).exit_code == GOOD
        verdict = judged(database, kept)
        assert verdict.exit_code == TAMPERED
        assert verdict.faults[0].params["size"] == 30

    def test_rewritten_and_longer(self, database: Database) -> None:
        """More lines do not hide that the first thirty are others."""
        kept = kept_of(database)
        lines = lines_of(database)
        forge(database, [*lines[:3], lines[4], *lines[5:], *lines[5:]])

        assert judged(database, kept).exit_code == TAMPERED

    def test_rewritten_in_another_spelling(self, database: Database) -> None:
        """The same object with blanks in it, chained anew, is not the canonical form."""
        lines = lines_of(database)
        tamper(database, sa.delete(ENTRY).where(ENTRY.c.seq == 30))
        row = row_of(lines[29])
        body = row["body"].replace(b",", b", ", 1)
        row |= {"body": body, "leaf": leaf_hash(body)}
        tamper(database, sa.insert(ENTRY).values(**row), sa.update(HEAD).values(leaf=row["leaf"]))

        verdict = judged(database)
        assert [fault.msgid for fault in verdict.faults] == ["Line {seq} is not in canonical form."]

    @pytest.mark.parametrize("column", [*COLUMNS, "at"])
    def test_a_column_that_lies(self, database: Database, column: str, clock: FakeClock) -> None:
        """The bytes are whole, but a search would find something else."""
        lie: Any = {"answers": 1, "at": clock.now() + timedelta(microseconds=1)}.get(column, "leugen")
        tamper(database, change(9, **{column: lie}))

        verdict = judged(database)
        assert verdict.exit_code == TAMPERED
        assert [(fault.seq, fault.params["column"]) for fault in verdict.faults] == [(9, column)]

    @pytest.mark.parametrize("column", ["body", "prev", "leaf"])
    def test_a_column_of_another_type(self, tmp_path: Path, clock: FakeClock, column: str) -> None:
        """SQLite lets a BLOB become TEXT, with the very same bytes: exit 1, no crash."""
        database = empty(f"sqlite:///{tmp_path / 'types.sqlite'}")
        told(database, Register(KEY_BYTES, clock), 2)
        tamper(database, sa.text(f"UPDATE register_entry SET {column} = CAST({column} AS TEXT) WHERE seq = 4"))

        assert judged(database).exit_code == TAMPERED
        database.close()

    @pytest.mark.parametrize("junk", ["'x'", "NULL", "x'00'", "1e400"])
    @pytest.mark.parametrize("column", ["at", "event", "answers", "body"])
    def test_junk_in_a_column(self, tmp_path: Path, clock: FakeClock, column: str, junk: str) -> None:
        """Whatever a hand puts there in SQLite, which checks no types: exit 1, no crash."""
        database = empty(f"sqlite:///{tmp_path / 'junk.sqlite'}")
        told(database, Register(KEY_BYTES, clock), 2)
        with database.writing.begin() as connection:
            drop_triggers(connection)
            connection.exec_driver_sql("PRAGMA writable_schema=ON")
            connection.exec_driver_sql("UPDATE sqlite_schema SET sql = replace(sql, ' NOT NULL', '')")
        database.close()
        database = Database(database.url)
        with database.writing.begin() as connection:
            connection.exec_driver_sql(f"UPDATE register_entry SET {column} = {junk} WHERE seq = 4")

        assert judged(database).exit_code == TAMPERED
        database.close()

    def test_a_clock_that_went_back_without_a_mark(self, database: Database) -> None:
        """A line that claims an earlier time than the one before it, chained anew."""
        lines = lines_of(database)
        lines[10]["tijd"] = "2026-11-16T09:00:00.000000Z"
        forge(database, lines)

        verdict = judged(database)
        assert verdict.exit_code == TAMPERED
        assert [fault.seq for fault in verdict.faults] == [11]

    @pytest.mark.parametrize("time", ["2026-11-17T09:00:00Z", "2026-11-17T10:00:00.000000+01:00", "nu", 7, None])
    def test_a_time_in_another_form(self, database: Database, time: object) -> None:
        """One spelling of a moment; anything else in a chain made anew is found, without a crash."""
        row = row_of(lines_of(database)[29])
        body = encode(decode(row["body"]) | {"tijd": time})
        row |= {"body": body, "leaf": leaf_hash(body)}
        tamper(
            database,
            sa.delete(ENTRY).where(ENTRY.c.seq == 30),
            sa.insert(ENTRY).values(**row),
            sa.update(HEAD).values(leaf=row["leaf"]),
        )

        assert judged(database).exit_code == TAMPERED

    def test_a_mark_without_a_clock_that_went_back(self, database: Database) -> None:
        """The mark is no free pass."""
        lines = lines_of(database)
        lines[10]["klok_afwijking"] = True
        forge(database, lines)

        assert judged(database).exit_code == TAMPERED

    @pytest.mark.parametrize(
        "lie",
        [{"seq": 29}, {"seq": 31}, {"leaf": bytes(32)}],
    )
    def test_a_head_that_lies(self, database: Database, lie: dict[str, Any]) -> None:
        """The last line and the head must agree."""
        tamper(database, sa.update(HEAD).values(**lie))

        assert judged(database).exit_code == TAMPERED

    def test_a_form_of_the_future(self, database: Database) -> None:
        """A line of a version that this release does not know is not waved through."""
        lines = lines_of(database)
        lines[3]["v"] = 2
        forge(database, lines)

        assert judged(database).exit_code == TAMPERED

    def test_no_more_than_twenty_faults_are_kept(self, database: Database) -> None:
        """A verdict stays readable."""
        tamper(database, sa.update(ENTRY).values(event="beslist"))

        assert len(judged(database).faults) == 20

    def test_one_bit_anywhere(self, tmp_path: Path) -> None:
        """Two hundred random bits, in any column of any line or of the head: every one is found."""
        database = empty(f"sqlite:///{tmp_path / 'bits.sqlite'}")
        fill(database, 50)
        chance = random.Random(20_261_121)
        missed = []
        with database.writing.begin() as connection:
            drop_triggers(connection)
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
            for _ in range(200):
                savepoint = connection.begin_nested()
                place = _turn_a_bit(connection, chance)
                if place and verify(connection).exit_code != TAMPERED:
                    missed.append(place)
                savepoint.rollback()
            assert verify(connection).exit_code == GOOD

        assert missed == []
        database.close()


def _turn_a_bit(connection: sa.Connection, chance: random.Random) -> tuple[str, int, str, int] | None:
    """Turn one bit of one stored value; None when the database itself refuses the new one (two lines, one number)."""
    table: sa.Table = chance.choices((ENTRY, HEAD), (30, 1))[0]
    key = table.primary_key.columns[0].name
    column = chance.choice([each.name for each in table.columns if each.name not in ("key_check", "id")])
    row = chance.randint(1, 50 if table is ENTRY else 1)
    read = f'SELECT typeof("{column}"), CAST("{column}" AS BLOB) FROM {table.name} WHERE {key} = {row}'
    kind, value = connection.exec_driver_sql(read).one()
    if value is None:
        return _turn_a_bit(connection, chance)
    if kind == "integer":
        value = int(value).to_bytes(6, "big")
    bit = chance.randrange(len(value) * 8)
    turned: Any = bytes(byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(value))
    turned = int.from_bytes(turned, "big") if kind == "integer" else turned
    write = f'UPDATE {table.name} SET "{column}" = CAST(? AS {kind}) WHERE {key} = {row}'
    try:
        connection.exec_driver_sql(write, (turned,))
    except IntegrityError:
        return None
    return table.name, row, column, bit


class TestIncomplete:
    """An act of which nobody wrote down the result."""

    @pytest.fixture
    def tell(self, database: Database, clock: FakeClock) -> Callable[[Entry], int]:
        """Appends one line and gives its number."""
        register = Register(KEY_BYTES, clock)

        def append(entry: Entry) -> int:
            with database.write() as session:
                return register.append(session, entry)

        return append

    INTENT = Entry(event=Event.VOORNEMEN, action="verbergen", actor="noor")

    def test_a_young_intent_is_under_way(
        self, database: Database, clock: FakeClock, tell: Callable[[Entry], int]
    ) -> None:
        """Seen from the last line it may still be carried out: good, and listed."""
        seq = tell(self.INTENT)
        clock.advance(PATIENCE - timedelta(seconds=1))
        tell(Entry(event=Event.HEROPEND))

        verdict = judged(database)
        assert (verdict.exit_code, verdict.under_way, verdict.waiting) == (GOOD, (seq,), ())

    def test_an_old_intent_waits(self, database: Database, clock: FakeClock, tell: Callable[[Entry], int]) -> None:
        """After a quarter of an hour the register is incomplete (2) until the outcome is written, also *onbekend*."""
        seq = tell(self.INTENT)
        clock.advance(PATIENCE)
        tell(Entry(event=Event.HEROPEND))

        verdict = judged(database)
        assert (verdict.exit_code, verdict.under_way, verdict.waiting) == (INCOMPLETE, (), (seq,))

        tell(Entry(event=Event.UITKOMST, action="verbergen", answers=seq, outcome=Result.ONBEKEND))
        assert judged(database).exit_code == GOOD

    def test_tampered_wins(self, database: Database, clock: FakeClock, tell: Callable[[Entry], int]) -> None:
        """1 is said before 2."""
        tell(self.INTENT)
        clock.advance(PATIENCE)
        tell(Entry(event=Event.HEROPEND))
        tamper(database, change(3, event="beslist"))

        assert judged(database).exit_code == TAMPERED

    def test_a_marked_clock_is_good_and_counted(
        self, database: Database, clock: FakeClock, tell: Callable[[Entry], int]
    ) -> None:
        """A clock that went back, marked when it happened, is no tampering; the verdict counts it."""
        clock.advance(timedelta(hours=-1))
        tell(Entry(event=Event.HEROPEND))

        verdict = judged(database)
        assert (verdict.exit_code, verdict.clock_back) == (GOOD, 1)


class TestCannotVerify:
    """Exit 3: what was handed in does not allow a judgement."""

    @pytest.mark.parametrize("text", ["", "geen checkpoint", "a\nb\nc\n", f"{ORIGIN}\n30\nAAAA\n"])
    def test_a_checkpoint_that_is_none(self, database: Database, text: str) -> None:
        """Its faults are not those of the register."""
        assert judged(database, text).exit_code == UNVERIFIABLE

    def test_a_checkpoint_of_another_register(self, database: Database) -> None:
        """Known by its name, when the name is known."""
        assert judged(database, kept_of(database), origin="nabij.example/brugge").exit_code == UNVERIFIABLE

    def test_a_database_without_a_register(self, tmp_path: Path) -> None:
        """Something else, or not migrated yet."""
        database = Database(f"sqlite:///{tmp_path / 'other.sqlite'}")

        assert judged(database).exit_code == UNVERIFIABLE
        database.close()

    def test_a_file_that_is_no_database(self, tmp_path: Path) -> None:
        """Rubbish in place of the database cannot be read: tampered, no traceback."""
        path = tmp_path / "rubbish.sqlite"
        path.write_bytes(b"no database " * 1000)
        engine = sa.create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            assert verify(connection).exit_code == TAMPERED
        engine.dispose()
