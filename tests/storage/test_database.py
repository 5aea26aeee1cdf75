"""The doors to the database: what is refused at start, how a transaction begins, and counters without gaps."""

import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, StatementError

from domain.errors import Misconfigured
from storage.bulk import Bulk
from storage.database import Database, count, is_sqlite
from storage.tables import CommentRow, TextVersionRow
from tests.fakes.clock import TUESDAY_TEN
from tests.fakes.postgres import fresh_url

SECRET = "geheim-wachtwoord"
comments: sa.Table = CommentRow.__table__  # type: ignore[attr-defined]


def fail_after_counting(database: Database, name: str) -> None:
    """A transaction that counts, and then fails."""
    with database.write() as session:
        count(session, name)
        raise ZeroDivisionError


class TestAddress:
    """What may stand in NABIJ_DATABASE_URL."""

    @pytest.mark.parametrize(
        "url",
        [f"mysql://an:{SECRET}@host/nabij", "postgresql://host/nabij", "postgresql+asyncpg://host/nabij", SECRET, ""],
    )
    def test_anything_else_is_one_line(self, url: str) -> None:
        """Only the two databases, and on PostgreSQL only the driver that is there; a password is not repeated."""
        with pytest.raises(Misconfigured, match=r"NABIJ_DATABASE_URL must begin with") as refused:
            Database(url)
        assert SECRET not in str(refused.value)

    def test_both_databases(self) -> None:
        """The embedded default, and the one for several machines."""
        assert is_sqlite("sqlite:////tmp/nabij.sqlite")
        assert not is_sqlite("postgresql+psycopg://host/nabij")

    def test_the_folder_is_made(self, tmp_path: Path) -> None:
        """A first start needs no preparation."""
        Database(f"sqlite:///{tmp_path / 'a' / 'b' / 'nabij.sqlite'}").close()
        assert (tmp_path / "a" / "b").is_dir()

    def test_a_path_below_a_file_is_one_line(self, tmp_path: Path) -> None:
        """The folder is named, with the mend."""
        (tmp_path / "bestand").touch()
        with pytest.raises(Misconfigured, match=r"data folder .*bestand.* cannot be made .*--data"):
            Database(f"sqlite:///{tmp_path / 'bestand' / 'data' / 'nabij.sqlite'}")


class TestTransactions:
    """Reading takes no lock; writing takes it at once."""

    def test_readers_do_not_wait_for_a_writer(self, database: Database) -> None:
        """While a transaction stands open, others read what was there before."""
        with database.write() as session:
            count(session, "een")
            with database.read() as reader:
                assert reader.execute(sa.text("SELECT count(*) FROM counter")).scalar() == 0

    def test_reading_commits_nothing(self, database: Database) -> None:
        """What somebody writes through the reading door by mistake is gone."""
        with database.read() as session:
            count(session, "een")
        with database.read() as session:
            assert session.execute(sa.text("SELECT count(*) FROM counter")).scalar() == 0

    def test_an_error_takes_all_of_it_back(self, database: Database) -> None:
        """A transaction is whole or not at all."""
        with pytest.raises(ZeroDivisionError):
            fail_after_counting(database, "een")
        with database.read() as session:
            assert session.execute(sa.text("SELECT count(*) FROM counter")).scalar() == 0

    def test_values_stay_out_of_errors(self, database: Database) -> None:
        """What the library says about a statement comes without its values: they may be text of citizens."""
        with pytest.raises(OperationalError) as refused, database.write() as session:
            session.execute(sa.text("INSERT INTO nergens VALUES (:text)"), {"text": SECRET})
        assert SECRET not in str(refused.value)

    def test_a_moment_without_a_zone_is_refused(self, database: Database) -> None:
        """It would be hours off, and nobody would notice."""
        row = {"comment_id": 1, "version": 1, "text": "", "hash": "", "seen_at": datetime(2026, 11, 17)}  # noqa: DTZ001 - the fault
        with pytest.raises(StatementError, match="without a zone"), database.write() as session:
            session.execute(sa.insert(TextVersionRow), [row])


class TestCounter:
    """Numbers of cases have no gaps."""

    def test_it_begins_at_one(self, database: Database) -> None:
        """And each name counts for itself."""
        with database.write() as session:
            assert [count(session, "geval-2026"), count(session, "geval-2026"), count(session, "geval-2027")] == [
                1,
                2,
                1,
            ]

    def test_taken_back_leaves_no_gap(self, database: Database) -> None:
        """A number of a transaction that failed is given out again."""
        with pytest.raises(ZeroDivisionError):
            fail_after_counting(database, "geval-2026")
        with database.write() as session:
            assert count(session, "geval-2026") == 1

    @pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
    def test_four_at_once(self, kind: str, tmp_path: Path) -> None:
        """Every number is given out once, also by several connections at once."""
        url = f"sqlite:///{tmp_path / 'nabij.sqlite'}" if kind == "sqlite" else fresh_url()
        databases = [Database(url) for _ in range(4)]
        with databases[0].write() as session:
            session.execute(sa.text("CREATE TABLE counter (name VARCHAR PRIMARY KEY, value INTEGER)"))
            session.execute(sa.text("INSERT INTO counter VALUES ('n', 0)"))
        given: list[int] = []

        def take(database: Database) -> None:
            for _ in range(25):
                with database.write() as session:
                    given.append(count(session, "n"))

        threads = [threading.Thread(target=take, args=(database,)) for database in databases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for database in databases:
            database.close()
        assert sorted(given) == list(range(1, 101))


class TestBulk:
    """Many rows at once are the same rows as one by one."""

    @pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
    def test_the_same_as_one_by_one(self, kind: str, tmp_path: Path) -> None:
        """Every column comes back as it went in: moments, lists, booleans, nothing, text of every kind."""
        shared = {"platform": "facebook", "account": "1001", "post": "1", "version": 1, "seen_at": TUESDAY_TEN}
        shared |= {"visibility": "zichtbaar", "delivery_id": None, "parent": None}
        rows = [
            {
                "comment": "1",
                "text": "gewoon",
                "own": False,
                "personal": [],
                "media": [],
                "posted_at": None,
                "pasted": False,
            },
            {
                "comment": "2",
                "text": "'); -- 😀 %s :x ?",
                "own": True,
                "pasted": True,
                "personal": [[0, 3]],
                "media": [["https://f", "foto"]],
            },
        ]
        rows[1]["posted_at"] = datetime(2026, 1, 2, 3, 4, 5, 6, UTC)
        rows = [{"hash": "h", "author_id": None, "author_name": "Jan", "permalink": None, **row} for row in rows]
        bulk = Bulk(comments, [*shared, *rows[0]])
        url = f"sqlite:///{tmp_path / 'nabij.sqlite'}" if kind == "sqlite" else fresh_url()
        with closing(Database(url)) as database:
            comments.metadata.create_all(database.writing)
            with database.writing.begin() as connection:
                bulk.insert(connection, shared, rows)
                bulk.insert(connection, shared, [])
                connection.execute(sa.insert(comments), {**shared, **rows[1], "comment": "3"})

            with database.read() as session:
                found = {row.comment: row.model_dump(exclude={"id", "comment"}) for row in session.query(CommentRow)}
        assert found["2"] == found["3"]
        assert found["1"] == {**shared, **{key: value for key, value in rows[0].items() if key != "comment"}}

    def test_one_wrong_row_stores_none(self, database: Database) -> None:
        """A row that the table refuses takes the others with it, as every insert does."""
        bulk = Bulk(
            sa.table("counter", sa.column("name", sa.String), sa.column("value", sa.Integer)), ("name", "value")
        )
        with pytest.raises(sa.exc.IntegrityError), database.writing.begin() as connection:
            bulk.insert(connection, {"value": 1}, [{"name": "een"}, {"name": "een"}])
        with database.read() as session:
            assert session.execute(sa.text("SELECT count(*) FROM counter")).scalar() == 0
