"""The writer: one commit for many, urgent first, and nobody harmed by a neighbour."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest
import sqlalchemy as sa

from domain.errors import BadInput, StorageUnavailable
from storage.database import Database
from storage.writer import QUEUE_LIMIT, ROWS_PER_COMMIT, Writer
from tests.fakes.engine import counted

PATIENCE_S = 10


def put(name: str, value: int = 1) -> Any:
    """A job that stores one row."""
    return lambda connection: (
        connection.execute(
            sa.text("INSERT INTO counter (name, value) VALUES (:n, :v)"), {"n": name, "v": value}
        ).rowcount
    )


def names(database: Database) -> list[str]:
    """The rows, in the order in which they were stored."""
    with database.reading.connect() as connection:
        return list(connection.execute(sa.text("SELECT name FROM counter ORDER BY rowid")).scalars())


class Held:
    """A writer whose thread stands inside a job until `go`, so that jobs gather behind it."""

    def __init__(self, database: Database) -> None:
        self.commits = 0
        sa.event.listen(database.writing, "commit", self._count)
        self.writer = Writer(database.writing)
        self._go, begun = threading.Event(), threading.Event()

        def stand(_connection: sa.Connection) -> None:
            begun.set()
            assert self._go.wait(PATIENCE_S)

        self.first: Future[None] = self.writer.submit(stand)
        assert begun.wait(PATIENCE_S)

    def _count(self, _connection: sa.Connection) -> None:
        self.commits += 1

    def go(self) -> None:
        """The thread goes on; when this returns, everything that waited is done."""
        self._go.set()
        self.writer.close()


@pytest.fixture
def held(database: Database) -> Iterator[Held]:
    """A writer that stands still."""
    made = Held(database)
    yield made
    made.go()


class TestGroups:
    """What waits together is committed together."""

    def test_an_answer_means_committed(self, database: Database) -> None:
        """The result comes after the commit: another connection sees the row."""
        writer = Writer(database.writing)

        assert writer.submit(put("een")).result(PATIENCE_S) == 1
        assert counted(database, "een") == 1
        writer.close()

    def test_fifty_jobs_one_commit(self, database: Database, held: Held) -> None:
        """What gathered while the writer was busy is one flush to disk."""
        results = [held.writer.submit(put(f"n{number}")) for number in range(50)]
        assert held.writer.waiting() == 50
        held.go()

        assert [each.result(0) for each in results] == [1] * 50
        assert held.commits == 2

    def test_a_press_goes_before_a_flood(self, database: Database, held: Held) -> None:
        """Urgent work is in the next commit, and stands in front in it."""
        for number in range(5):
            held.writer.submit(put(f"vloed-{number}"))
        held.writer.submit(put("druk"), urgent=True)
        held.go()

        assert names(database)[0] == "druk"

    def test_a_commit_takes_a_bounded_number_of_rows(self, database: Database, held: Held) -> None:
        """So that a press that comes during a flood waits for one part of it only."""
        for number in range(4):
            held.writer.submit(put(f"n{number}"), rows=ROWS_PER_COMMIT // 2)
        held.go()

        assert held.commits == 1 + 2
        assert len(names(database)) == 4

    def test_a_job_above_the_bound_is_done_alone(self, database: Database, held: Held) -> None:
        """It is never left waiting."""
        result = held.writer.submit(put("groot"), rows=ROWS_PER_COMMIT * 10)
        held.go()

        assert result.result(0) == 1


class TestNeighbours:
    """One job that fails is one answer."""

    def test_others_live(self, database: Database, held: Held) -> None:
        """An error of ours comes to whoever asked; the rows of the others are kept, its own are not."""

        def half(connection: sa.Connection) -> None:
            put("half")(connection)
            raise BadInput("There is no such card.")

        before, failed, after = (held.writer.submit(job) for job in (put("voor"), half, put("na")))
        held.go()

        assert before.result(0) == after.result(0) == 1
        assert isinstance(failed.exception(0), BadInput)
        assert names(database) == ["voor", "na"]

    def test_a_refusal_of_the_database_is_one_answer(self, database: Database, held: Held) -> None:
        """A row that is there already: whoever brought it is told to come back, without the words of the database."""
        first, second, other = (held.writer.submit(put(name)) for name in ("een", "een", "twee"))
        held.go()

        assert first.result(0) == other.result(0) == 1
        error = second.exception(0)
        assert isinstance(error, StorageUnavailable)
        assert str(error) == "The database did not take it (IntegrityError); try again."
        assert names(database) == ["een", "twee"]

    def test_a_fault_of_ours_is_one_answer(self, database: Database, held: Held) -> None:
        """Also what nobody foresaw does not end the thread."""

        def wrong(_connection: sa.Connection) -> None:
            raise ZeroDivisionError

        failed, other = held.writer.submit(wrong), held.writer.submit(put("een"))
        held.go()

        assert isinstance(failed.exception(0), ZeroDivisionError)
        assert other.result(0) == 1

    def test_whoever_gave_up_waiting_harms_nobody(self, database: Database, held: Held) -> None:
        """A request that was cancelled while it waited is not stored, and the writer goes on."""
        gone, other = held.writer.submit(put("weg")), held.writer.submit(put("een"))
        assert gone.cancel()
        held.go()

        assert other.result(0) == 1
        assert names(database) == ["een"]

    def test_what_is_being_stored_cannot_be_cancelled(self, held: Held) -> None:
        """Then it is too late: it will be answered."""
        assert not held.first.cancel()
        held.go()
        assert held.first.result(0) is None


class TestRefusal:
    """When the database takes nothing, everybody is told and nothing is half there."""

    def test_a_full_disk(self, database: Database, held: Held) -> None:
        """All who waited must come back; not one row of the group is there; with room again all is well."""
        big = "x" * 4_000_000

        def fill(connection: sa.Connection) -> None:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            put(big)(connection)

        jobs = [held.writer.submit(job) for job in (put("een"), fill, put("twee"))]
        held.go()

        assert {type(job.exception(0)) for job in jobs} == {StorageUnavailable}
        assert names(database) == []
        writer = Writer(database.writing)
        writer.submit(lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1073741823")).result(PATIENCE_S)
        assert writer.submit(put("een")).result(PATIENCE_S) == 1
        writer.close()

    def test_a_database_that_is_gone(self, database: Database, held: Held) -> None:
        """No connection to be had: everybody is told, and the writer lives on."""

        def refuse(_connection: sa.Connection) -> None:
            raise sa.exc.OperationalError("BEGIN", {}, Exception("away"))

        sa.event.listen(database.writing, "begin", refuse, insert=True)
        jobs = [held.writer.submit(put(name)) for name in ("een", "twee")]
        held.go()
        sa.event.remove(database.writing, "begin", refuse)

        assert {type(job.exception(0)) for job in jobs} == {StorageUnavailable}
        assert names(database) == []

    def test_a_queue_that_is_full(self, held: Held) -> None:
        """A flood beyond the limit is told at once to come back; a press is still taken."""
        for number in range(QUEUE_LIMIT):
            held.writer.submit(put(f"n{number}"))

        assert isinstance(held.writer.submit(put("te veel")).exception(0), StorageUnavailable)
        press = held.writer.submit(put("druk"), urgent=True)
        held.go()
        assert press.result(0) == 1


class TestClose:
    """The end of a process."""

    def test_what_waits_is_committed(self, database: Database, held: Held) -> None:
        """Nothing that was taken is dropped."""
        results = [held.writer.submit(put(f"n{number}"), rows=ROWS_PER_COMMIT) for number in range(3)]
        held.go()

        assert [each.result(0) for each in results] == [1, 1, 1]

    def test_after_it_nothing_is_taken(self, database: Database) -> None:
        """Whoever comes too late must come back."""
        writer = Writer(database.writing)
        writer.close()

        assert isinstance(writer.submit(put("laat")).exception(0), StorageUnavailable)
        assert isinstance(writer.submit(put("laat"), urgent=True).exception(0), StorageUnavailable)
        assert names(database) == []
