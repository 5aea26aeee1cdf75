"""Durable work: the settings that are not optional, once and only once, and what a death leaves behind.

Each setting is pinned by the harm that its absence does, on the engine of this test run or on processes of their own.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import storage.tables  # noqa: F401 - makes the tables known
from domain.errors import BadInput
from storage.base import metadata
from storage.database import Database, count
from storage.durable import CLICKS, CLOCK, QUEUES, WORK, Durable, Run
from tests.fakes.engine import STATUS, Engine, Worker, counted, status_of, until

TAKEOVER_S = 5.0


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[Database]:
    """A database for processes of their own, with everything made; the engine of this process stays out of it."""
    database = Database(f"sqlite:///{tmp_path / 'nabij.sqlite'}")
    metadata.create_all(database.writing)
    yield database
    database.close()


class TestSettings:
    """What the engine must be told, or it does harm without an error."""

    def test_every_engine_flushes_before_it_answers(self, engine: Engine) -> None:
        """1: WAL, synchronous FULL and a busy timeout on all three engines, so that what is committed stays."""
        for each in (engine.database.writing, engine.database.reading, engine.durable._system):
            with each.connect() as connection:
                found = [
                    connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                    for name in ("journal_mode", "synchronous", "busy_timeout")
                ]
            assert found == ["wal", 2, 30_000]

    def test_the_engine_has_connections_of_its_own(self, engine: Engine) -> None:
        """2: our rows and the engine's never wait for each other's connections; ours is one."""
        assert engine.durable._system is not engine.database.writing
        assert engine.durable._system is not engine.database.reading
        assert engine.durable._system.pool is not engine.database.writing.pool
        assert engine.durable._data is not None
        assert engine.durable._data.engine is engine.database.writing
        assert engine.database.writing.pool.size() == 1  # type: ignore[attr-defined]

    def test_a_workflow_transaction_begins_immediately(self, engine: Engine) -> None:
        """3: also where the engine sets an isolation level: a deferred begin loses updates without an error."""
        seen: list[str] = []
        name = engine.name()
        engine.durable.register(name, lambda run: run.transaction("kijk", lambda session: _trace(session, seen)))

        def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        sa.event.listen(engine.database.writing, "before_cursor_execute", listen)
        try:
            assert engine.run(name, name) == "SUCCESS"
        finally:
            sa.event.remove(engine.database.writing, "before_cursor_execute", listen)

        place = next(place for place, statement in enumerate(seen) if "counter" in statement)
        assert "BEGIN IMMEDIATE" in seen[:place]
        assert "BEGIN" not in seen

    def test_the_version_never_changes(self, engine: Engine) -> None:
        """4: a new release goes on with the work of the old one, so the version is not computed from the code."""
        name = engine.name()
        engine.durable.register(name, lambda run: None)
        engine.run(name, name)

        with engine.database.reading.connect() as connection:
            versions = set(connection.execute(sa.select(STATUS.c.application_version)).scalars())
        assert versions == {"stable"}

    def test_work_belongs_to_a_slot(self, engine: Engine) -> None:
        """4: never to the name that all processes share by default."""
        name = engine.name()
        engine.durable.register(name, lambda run: None)
        engine.run(name, name)

        with engine.database.reading.connect() as connection:
            owner = connection.execute(sa.select(STATUS.c.executor_id).where(STATUS.c.workflow_uuid == name)).scalar()
        assert owner == engine.durable.slot

    def test_what_is_stored_is_plain_json(self, engine: Engine) -> None:
        """5: never pickle, which would run code for whoever can write the database."""
        name = engine.name()
        engine.durable.register(name, lambda run, *args: run.step("geef", lambda: {"ok": 1}))
        engine.run(name, name, 7, "woord", [[1, 2]])

        with engine.database.reading.connect() as connection:
            given = connection.execute(
                sa.text("SELECT inputs FROM workflow_input WHERE workflow_uuid = :id"), {"id": name}
            ).scalar()
            noted = connection.execute(
                sa.text("SELECT output FROM operation_outputs WHERE workflow_uuid = :id"), {"id": name}
            ).scalar()
        assert json.loads(str(given))["positionalArgs"] == [name, 7, "woord", [[1, 2]]]
        assert json.loads(str(noted)) == {"ok": 1}

    def test_an_error_ends_the_work(self, engine: Engine) -> None:
        """5: a workflow that raises ends in ERROR; with a serializer that cannot store it, it would hang for ever."""
        name = engine.name()

        def fail(_run: Run) -> None:
            raise BadInput("This cannot be done ({why}).", why="proef")

        engine.durable.register(name, fail)

        assert engine.run(name, name) == "ERROR"
        assert name in {each.id for each in engine.durable.stuck()}

    def test_the_engine_paces_nothing(self, engine: Engine) -> None:
        """6: its limiter counts whole seconds on SQLite, so none of our queues has one."""
        with engine.database.reading.connect() as connection:
            rows = connection.execute(sa.text("SELECT * FROM queues")).mappings().all()
        ours = [dict(row) for row in rows if row["name"] in QUEUES]
        assert {row["name"] for row in ours} == {CLICKS, WORK, CLOCK}
        for row in ours:
            assert {value for key, value in row.items() if "limit" in key} == {None}
            assert row["polling_interval_sec"] <= 0.1


def _trace(session: Session, seen: list[str]) -> int:
    seen.append("-- begun")
    return count(session, "kijk")


class TestOnce:
    """The same work, however often it is asked for."""

    def test_the_same_id_twice_is_one_run(self, engine: Engine) -> None:
        """Asked five times, done once."""
        name = engine.name()
        engine.durable.register(name, lambda run: run.transaction("tel", lambda session: count(session, name)))
        for _ in range(5):
            engine.start(name, name)
        engine.ended(name)
        engine.start(name, name)
        engine.run(name, f"{name}-ander")

        assert engine.counted(name) == 2

    def test_an_id_is_never_empty(self, engine: Engine) -> None:
        """The engine would run an empty id without end."""
        with engine.database.writing.connect() as connection, pytest.raises(ValueError, match="id"):
            engine.durable.start(connection, WORK, "tel", "")

    def test_rows_and_work_are_committed_together(self, engine: Engine) -> None:
        """Taken back together: no work without its rows, no rows without their work."""
        name = engine.name()
        engine.durable.register(name, lambda run: None)

        def half(connection: sa.Connection) -> None:
            engine.durable.start(connection, WORK, name, name)
            connection.execute(sa.text("INSERT INTO counter (name, value) VALUES (:n, 1)"), {"n": name})
            raise BadInput("taken back")

        with pytest.raises(BadInput):
            engine.writer.submit(half).result()

        assert status_of(engine.database, name) == ""
        assert engine.counted(name) == 0

    def test_a_transaction_that_raises_leaves_nothing(self, engine: Engine) -> None:
        """The rows of a step go with it."""
        name = engine.name()

        def fail(session: Session) -> None:
            count(session, name)
            raise BadInput("taken back")

        engine.durable.register(name, lambda run: run.transaction("tel", fail))

        assert engine.run(name, name) == "ERROR"
        assert engine.counted(name) == 0

    def test_an_unknown_name_ends_in_an_error(self, engine: Engine) -> None:
        """Work of a name that nobody knows is not stranded in silence: it ends, and the watch tells."""
        assert engine.run("bestaat-niet", "bestaat-niet-1") == "ERROR"
        assert "bestaat-niet-1" in {each.id for each in engine.durable.stuck()}

    def test_old_work_is_forgotten_and_new_work_kept(self, engine: Engine) -> None:
        """Pruning takes what ended long enough ago, and nothing that is not done."""
        name = engine.name()
        engine.durable.register(name, lambda run: None)
        engine.run(name, name)

        assert engine.durable.prune(timedelta(hours=1)) == 0
        assert status_of(engine.database, name) == "SUCCESS"
        while engine.durable.prune(timedelta(hours=-1)):
            pass
        assert status_of(engine.database, name) == ""

    def test_without_a_launch_work_is_handed_on(self, engine: Engine) -> None:
        """A command line enqueues for the processes that run, without an engine of its own."""
        name = engine.name()
        engine.durable.register(name, lambda run: run.transaction("tel", lambda session: count(session, name)))
        other = Durable(engine.database)
        engine.writer.submit(lambda connection: other.start(connection, WORK, name, name)).result()
        other.close()

        assert engine.ended(name) == "SUCCESS"
        assert engine.counted(name) == 1


class TestWatch:
    """What the watch and the metrics ask."""

    def test_what_waits_is_counted(self, engine: Engine) -> None:
        """Per queue, and since when the oldest waits."""
        assert set(engine.durable.depth()) == set(QUEUES)
        until(lambda: not any(engine.durable.depth().values()), "the queues are empty")
        assert engine.durable.waiting_s() is None
        assert engine.durable.alive()

    def test_a_broken_database_does_not_stop_the_reaper(self, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        """It looks again in a moment."""
        asked = []

        def refuse() -> list[str]:
            asked.append(1)
            raise sa.exc.OperationalError("SELECT", {}, Exception("away"))

        monkeypatch.setattr(engine.durable, "reap", refuse)
        until(lambda: len(asked) >= 2, "the reaper looks again", 5)

        assert engine.durable.alive()


@pytest.mark.slow
def _owners(database: Database) -> set[str]:
    with database.reading.connect() as connection:
        return set(connection.execute(sa.select(STATUS.c.executor_id)).scalars())


class TestDeath:
    """What a process leaves behind, another ends."""

    def test_two_processes_lose_no_update(self, shared: Database, tmp_path: Path) -> None:
        """3: read, then write, in two processes at once: every one counts. Rounds of 200, until both took some."""
        client = Durable(shared)
        with Worker(shared.url, tmp_path) as one, Worker(shared.url, tmp_path) as two:
            assert {one.slot, two.slot} == {"w0", "w1"}
            for round_ in range(1, 11):
                with shared.write() as session:
                    for number in range(40):
                        client.start(session, WORK, "tel", f"tel-{round_}-{number}", "samen", 5)
                until(lambda want=round_ * 200: counted(shared, "samen") == want, "all is counted")
                if (owners := _owners(shared)) == {"w0", "w1"}:
                    break
        client.close()
        assert owners == {"w0", "w1"}

    def test_another_process_ends_what_a_killed_one_began(self, shared: Database, tmp_path: Path) -> None:
        """4: within seconds, and what was committed before the death is not done again."""
        client = Durable(shared)
        with Worker(shared.url, tmp_path) as victim:
            with shared.write() as session:
                for number in range(5):
                    client.start(session, WORK, "lange weg", f"weg-{number}", str(tmp_path), f"weg-{number}")
            until(lambda: len(_stood(tmp_path)) == 5, "all stand still inside a step")
            victim.kill()
        (tmp_path / "gate").touch()
        with Worker(shared.url, tmp_path):
            until(lambda: all(status_of(shared, f"weg-{n}") == "SUCCESS" for n in range(5)), "all end", TAKEOVER_S)
        client.close()
        assert [counted(shared, f"weg-{n}-eerst") for n in range(5)] == [1] * 5
        assert [counted(shared, f"weg-{n}-dan") for n in range(5)] == [1] * 5

    def test_a_living_process_takes_over_from_a_killed_one(self, shared: Database, tmp_path: Path) -> None:
        """4: no restart is needed: who can take the lock of a slot knows that its process is dead."""
        client = Durable(shared)
        with Worker(shared.url, tmp_path) as victim:
            with shared.write() as session:
                client.start(session, WORK, "lange weg", "weg", str(tmp_path), "weg")
            until(lambda: _stood(tmp_path), "it stands still inside a step")
            with Worker(shared.url, tmp_path) as heir:
                victim.kill()
                (tmp_path / "gate").touch()
                until(lambda: status_of(shared, "weg") == "SUCCESS", "the heir ends it", TAKEOVER_S)
                assert heir.slot != victim.slot
        client.close()
        assert counted(shared, "weg-eerst") == 1
        assert counted(shared, "weg-dan") == 1

    def test_the_work_of_the_living_is_left_alone(self, shared: Database, tmp_path: Path) -> None:
        """4: while its process lives, nobody else does a step again."""
        client = Durable(shared)
        with Worker(shared.url, tmp_path):
            with shared.write() as session:
                client.start(session, WORK, "lange weg", "weg", str(tmp_path), "weg")
            until(lambda: _stood(tmp_path), "it stands still inside a step")
            with Worker(shared.url, tmp_path):
                until(lambda: _waited(shared), "the other looked a few times", 5)
                (tmp_path / "gate").touch()
                until(lambda: status_of(shared, "weg") == "SUCCESS", "it ends")
        client.close()
        assert len(_stood(tmp_path)) == 1


_looks: list[int] = []


def _waited(_database: Database) -> bool:
    """True after a second and a half: three looks of a reaper."""
    _looks.append(1)
    return len(_looks) > 75


def _stood(folder: Path) -> list[str]:
    path = folder / "stood"
    return path.read_text().splitlines() if path.exists() else []
