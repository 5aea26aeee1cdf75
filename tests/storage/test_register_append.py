"""Adding to the register: in the caller's transaction, one after the other, from many processes without a fork."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from domain.errors import Misconfigured
from storage.database import Database
from storage.merkle import leaf_hash
from storage.register import ENTRY, HEAD, KEY, Register, open_intents, seed_head
from storage.register_entry import GENESIS, Entry, Event, Result, decode
from storage.register_triggers import drop_triggers, install_triggers
from storage.register_verify import GOOD, verify
from tests.fakes.clock import FakeClock
from tests.fakes.postgres import fresh_url
from tests.fakes.registers import KEY_BYTES, empty, story, told

ROOT = Path(__file__).parents[2]
CLAIM = Entry(event=Event.GECLAIMD, actor="noor", case="NB-2026-000001")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty register, on both databases."""
    made = empty(f"sqlite:///{tmp_path / 'nabij.sqlite'}" if request.param == "sqlite" else fresh_url())
    yield made
    made.close()


@pytest.fixture
def register(clock: FakeClock) -> Register:
    """A register on the clock of the test."""
    return Register(KEY_BYTES, clock)


def rows(database: Database) -> list[Any]:
    """All lines as stored."""
    with database.read() as session:
        return list(session.execute(sa.select(ENTRY).order_by(ENTRY.c.seq)))


def judged(database: Database) -> int:
    """Exit code of verifying."""
    with database.reading.connect() as connection:
        return verify(connection).exit_code


class TestAppend:
    """One line at a time."""

    def test_numbers_run_from_one_without_gaps(self, database: Database, register: Register) -> None:
        """`append` gives the number of the line."""
        with database.write() as session:
            assert [register.append(session, CLAIM) for _ in range(3)] == [1, 2, 3]

    def test_each_line_names_the_leaf_before_it(self, database: Database, register: Register) -> None:
        """The first names the fixed beginning; the head is the last; the leaf is the hash of the stored bytes."""
        told(database, register, 2)

        prev = GENESIS
        for row in rows(database):
            assert row.prev == prev == bytes.fromhex(decode(row.body)["prev"])
            assert row.leaf == leaf_hash(row.body)
            prev = row.leaf
        with database.read() as session:
            assert session.execute(sa.select(HEAD.c.seq, HEAD.c.leaf)).one() == (10, prev)

    def test_columns_repeat_what_the_bytes_say(self, database: Database, register: Register) -> None:
        """So that lines can be found again by case, comment, author, colleague, event or time."""
        told(database, register, 1)

        row = rows(database)[2]
        line = decode(row.body)
        assert (row.event, row.case_number, row.action) == ("voornemen", "NB-2026-000001", "verbergen")
        assert (row.comment, row.author, row.actor, row.order_key) == (
            line["reactie"],
            line["auteur"],
            line["door"],
            line["opdracht"],
        )
        assert row.at.isoformat(timespec="microseconds").replace("+00:00", "Z") == line["tijd"]

    def test_a_rollback_leaves_nothing_and_no_gap(self, database: Database, register: Register) -> None:
        """A line is committed with what it tells about, or not at all."""
        with contextlib.suppress(ZeroDivisionError), database.write() as session:
            register.append(session, CLAIM)
            raise ZeroDivisionError
        with database.write() as session:
            assert register.append(session, CLAIM) == 1

    def test_a_savepoint_that_is_rolled_back_leaves_no_gap(self, database: Database, register: Register) -> None:
        """The writer runs each job in a savepoint; its neighbours live."""
        with database.writing.begin() as connection:
            register.append(connection, CLAIM)
            savepoint = connection.begin_nested()
            register.append(connection, CLAIM)
            savepoint.rollback()
            assert register.append(connection, CLAIM) == 2
        assert judged(database) == GOOD

    def test_no_id_or_key_of_a_person_is_stored(self, database: Database, register: Register) -> None:
        """Not in the bytes, not in a column."""
        with database.write() as session:
            about: dict[str, Any] = {"comment_id": "555000111", "author_id": "900222", "order": "slack:U0456:9"}
            register.append(session, Entry(event=Event.GECLAIMD, actor="noor", platform="facebook", **about))

        stored = str(rows(database)[0])
        assert not any(secret in stored for secret in ("555000111", "900222", "U0456", "noor"))

    def test_an_outcome_belongs_to_an_intent(self, database: Database, register: Register) -> None:
        """`answers` must be the number of a *voornemen*; a wrong one could never be mended."""
        told(database, register, 1)
        wrong = Entry(event=Event.UITKOMST, action="verbergen", answers=1, outcome=Result.GELUKT)

        with pytest.raises(ValueError, match="voornemen"), database.write() as session:
            register.append(session, wrong)

    def test_open_intents_are_found(self, database: Database, register: Register) -> None:
        """What has a *voornemen* and no *uitkomst* is listed with its order; after the outcome it is not."""
        intent, outcome = story(1)[2:4]
        with database.write() as session:
            seq = register.append(session, intent)
            (found,) = open_intents(session)
            register.append(
                session, Entry(event=Event.UITKOMST, action="verbergen", answers=seq, outcome=outcome.outcome)
            )

            assert (found.seq, found.case_number, found.action) == (seq, "NB-2026-000001", "verbergen")
            assert found.order_key == register.pseudonyms.order("browser:1")
            assert open_intents(session) == []

    def test_another_key_is_refused(self, database: Database, register: Register, clock: FakeClock) -> None:
        """A register that began with one pseudonym key is not continued with another: nobody could be found again."""
        told(database, register, 1)

        with pytest.raises(Misconfigured, match="NABIJ_PSEUDONYM_KEY"), database.write() as session:
            Register(KEY_BYTES[::-1], clock).append(session, CLAIM)

    def test_lines_without_a_head_are_not_continued(self, database: Database, register: Register) -> None:
        """Somebody took the head away: adding would begin a second chain."""
        told(database, register, 1)
        with database.writing.begin() as connection:
            drop_triggers(connection)
            connection.execute(sa.delete(HEAD))

        with pytest.raises(RuntimeError, match="no head"), database.write() as session:
            register.append(session, CLAIM)

    def test_a_head_that_another_process_just_wrote(self, database: Database, register: Register) -> None:
        """Is taken as it is: whoever looked before it was there finds lines and a head, and goes on behind them."""
        with database.write() as session:
            register.append(session, CLAIM)
            seed_head(session)

        assert [row.seq for row in rows(database)] == [1]


class TestClock:
    """Time only goes forward, and where it did not the line says so."""

    def test_a_clock_set_back_is_marked_and_told(self, database: Database, clock: FakeClock) -> None:
        """The line is written with the time of the clock, marked, and the caller may raise an alarm with it."""
        told_of: list[int] = []
        register = Register(KEY_BYTES, clock, clock_went_back=lambda _session, seq: told_of.append(seq))
        with database.write() as session:
            register.append(session, CLAIM)
            clock.advance(timedelta(days=-1))
            register.append(session, CLAIM)
            clock.advance(timedelta(seconds=1))
            register.append(session, CLAIM)

        assert [decode(row.body).get("klok_afwijking", False) for row in rows(database)] == [False, True, False]
        assert told_of == [2]
        assert judged(database) == GOOD

    def test_two_lines_in_one_microsecond_are_no_deviation(self, database: Database, register: Register) -> None:
        """A standing clock is not a clock set back."""
        told(database, register, 1)

        assert not any("klok_afwijking" in decode(row.body) for row in rows(database))


class TestViews:
    """Who looked at what: kept for 24 months, then nobody can tell."""

    LOOK = Entry(event=Event.INGEZIEN, actor="noor", reason="nazicht", platform="facebook", comment_id="555_1")

    def test_a_view_has_pseudonyms_of_its_month(self, database: Database, register: Register, clock: FakeClock) -> None:
        """The same in one month, others in the next, never those of the lasting key."""
        with database.write() as session:
            for _ in range(2):
                register.append(session, self.LOOK)
            clock.advance(timedelta(days=31))
            register.append(session, self.LOOK)

        first, again, later = (decode(row.body) for row in rows(database))
        assert first["sleutel"] == "inzage-2026-11"
        assert later["sleutel"] == "inzage-2026-12"
        assert first["door"] == again["door"] != later["door"]
        assert register.pseudonyms.person("noor") not in (first["door"], later["door"])
        assert register.pseudonyms.comment("facebook", "555_1") != first["reactie"]

    def test_people_are_found_until_the_key_is_destroyed(
        self, database: Database, register: Register, clock: FakeClock
    ) -> None:
        """Destroying the key of a month leaves the lines, and the register good; nobody says any more who looked."""
        with database.write() as session:
            register.append(session, self.LOOK)
        pseudonym = decode(rows(database)[0].body)["door"]
        clock.advance(timedelta(days=740))

        with database.write() as session:
            assert register.people(session, ["noor", "jef"])[pseudonym] == "noor"
            assert register.destroy_view_keys(session, clock.now() - timedelta(days=730)) == 1
            assert register.destroy_view_keys(session, clock.now()) == 0
            assert pseudonym not in register.people(session, ["noor", "jef"])
        assert judged(database) == GOOD

    def test_destroyed_stays_destroyed(self, database: Database, register: Register, clock: FakeClock) -> None:
        """A clock set back into such a month writes its line, and makes no new key for it."""
        with database.write() as session:
            register.append(session, self.LOOK)
            register.destroy_view_keys(session, clock.now() + timedelta(days=1))
            register.append(session, self.LOOK)

            assert session.execute(sa.select(KEY.c.secret)).all() == [(None,)]
        first, second = (decode(row.body)["door"] for row in rows(database))
        assert first != second


class TestTriggers:
    """A slip of the hand is refused by the database itself."""

    @pytest.mark.parametrize(
        "slip",
        [
            "UPDATE register_entry SET event = 'beslist' WHERE seq = 2",
            "DELETE FROM register_entry WHERE seq = 5",
            "DELETE FROM register_entry",
            "UPDATE register_head SET seq = 3",
            "UPDATE register_head SET id = 2",
            "DELETE FROM register_head",
        ],
    )
    def test_change_and_removal_are_refused(self, database: Database, register: Register, slip: str) -> None:
        """Whatever the sentence."""
        told(database, register, 1)

        with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as connection:
            connection.exec_driver_sql(slip)
        assert judged(database) == GOOD

    @pytest.mark.parametrize("where", [{"seq": 3}, {"seq": 99}, {"seq": 6, "prev": bytes(31) + b"\x01"}])
    def test_a_line_goes_to_the_end_only(self, database: Database, register: Register, where: dict[str, Any]) -> None:
        """Not in the middle, not beyond, not after another leaf."""
        told(database, register, 1)
        last = rows(database)[-1]._asdict()

        with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as connection:
            connection.execute(sa.insert(ENTRY).values(**{**last, "leaf": bytes(32), **where}))

    @pytest.mark.parametrize("recursive", ["ON", "OFF"])
    def test_replace_is_refused_on_sqlite(self, tmp_path: Path, register: Register, recursive: str) -> None:
        """REPLACE slips past delete triggers on a connection without recursive_triggers; the insert guard stops it."""
        database = empty(f"sqlite:///{tmp_path / 'replace.sqlite'}")
        told(database, register, 1)

        with database.reading.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA recursive_triggers={recursive}")
            with pytest.raises(DBAPIError, match="append-only"):
                connection.exec_driver_sql("REPLACE INTO register_entry SELECT * FROM register_entry WHERE seq = 2")
            connection.exec_driver_sql("REPLACE INTO register_head SELECT 1, 0, leaf, at, key_check FROM register_head")
            connection.commit()
        assert judged(database) == GOOD
        database.close()

    @pytest.mark.real
    def test_truncate_is_refused_on_postgres(self, register: Register) -> None:
        """TRUNCATE fires no row trigger; it has a guard of its own."""
        database = empty(fresh_url())
        told(database, register, 1)

        for table in ("register_entry", "register_head"):
            with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as connection:
                connection.exec_driver_sql(f"TRUNCATE {table}")
        database.close()

    def test_a_fork_is_an_error_even_without_triggers(self, database: Database, register: Register) -> None:
        """Two lines after the same leaf cannot be stored."""
        told(database, register, 1)
        last = rows(database)[-1]._asdict()

        with database.writing.begin() as connection:
            drop_triggers(connection)
        with pytest.raises(IntegrityError), database.writing.begin() as connection:
            connection.execute(sa.insert(ENTRY).values(**{**last, "seq": 6, "leaf": bytes(32)}))

    def test_triggers_can_be_taken_away_and_put_back(self, database: Database, register: Register) -> None:
        """As a migration that must touch the tables does; afterwards they guard again."""
        told(database, register, 1)
        with database.writing.begin() as connection:
            drop_triggers(connection)
            install_triggers(connection)

        with pytest.raises(DBAPIError, match="append-only"), database.writing.begin() as connection:
            connection.exec_driver_sql("DELETE FROM register_entry")


@pytest.mark.slow
def test_four_processes_make_one_chain(database: Database, register: Register) -> None:
    """Four processes, fifty lines each, with rollbacks in between: two hundred lines, no gap, no fork, all good."""
    address = database.url
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.append_many", address, who, "50"],
            cwd=ROOT,
            env=os.environ,
            stderr=subprocess.PIPE,
            text=True,
        )
        for who in ("noor", "jef", "ann", "bo")
    ]
    for process in running:
        assert process.communicate(timeout=100)[1] == ""
        assert process.returncode == 0

    every = rows(database)
    assert [row.seq for row in every] == list(range(1, 201))
    assert {row.actor for row in every} == {register.pseudonyms.person(who) for who in ("noor", "jef", "ann", "bo")}
    assert judged(database) == GOOD
