"""Migrations: the same scripts on both databases, up and down, and only what is ours."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from domain.clock import SystemClock
from storage import migrate
from storage.base import metadata
from storage.database import Database
from storage.register import Register
from tests.fakes.loopback import guarded
from tests.fakes.postgres import fresh_url
from tests.fakes.registers import KEY_BYTES, story

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database with nothing in it."""
    made = Database(f"sqlite:///{tmp_path / 'nabij.sqlite'}" if request.param == "sqlite" else fresh_url())
    yield made
    made.close()


def tables(database: Database) -> set[str]:
    """Names of what is there."""
    return set(sa.inspect(database.reading).get_table_names())


class TestUpgrade:
    """From nothing to now."""

    def test_all_tables_and_no_difference(self, bare: Database) -> None:
        """After it the database is exactly what the code expects."""
        migrate.upgrade(bare)

        assert tables(bare) == set(metadata.tables) | {"alembic_version"}
        assert migrate.behind(bare) == []

    def test_again_does_no_harm(self, bare: Database) -> None:
        """Every start does it; what was stored stays."""
        migrate.upgrade(bare)
        with bare.write() as session:
            session.execute(sa.text("INSERT INTO counter (name, value) VALUES ('een', 7)"))
        migrate.upgrade(bare)

        with bare.read() as session:
            assert session.execute(sa.text("SELECT value FROM counter")).scalar() == 7

    def test_before_it_the_difference_is_told(self, bare: Database) -> None:
        """What `doctor` asks."""
        assert "add_table" in migrate.behind(bare)

    def test_a_column_too_few_is_seen(self, bare: Database) -> None:
        """The comparison can say no."""
        migrate.upgrade(bare)
        with bare.writing.begin() as connection:
            connection.execute(sa.text("ALTER TABLE heartbeat DROP COLUMN last_error"))

        assert migrate.behind(bare) == ["add_column"]

    def test_the_register_is_guarded(self, bare: Database) -> None:
        """The triggers are in place: no line can be changed or removed."""
        migrate.upgrade(bare)
        with bare.writing.begin() as connection:
            Register(KEY_BYTES, SystemClock()).append(connection, story(1)[0])
        for slip in ("UPDATE register_entry SET event = 'anders'", "DELETE FROM register_entry"):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), bare.writing.begin() as connection:
                connection.execute(sa.text(slip))

    def test_words_of_a_state_are_checked(self, bare: Database) -> None:
        """A state that does not exist cannot be stored."""
        migrate.upgrade(bare)
        with pytest.raises(sa.exc.IntegrityError), bare.writing.begin() as connection:
            connection.execute(
                sa.text(
                    "INSERT INTO comment (id, platform, account, comment, post, text, hash, version, personal, media,"
                    " seen_at, visibility, own) VALUES (1, '', '', '', '', '', '', 1, '[]', '[]', CURRENT_TIMESTAMP,"
                    " 'doorzichtig', false)"
                )
            )

    def test_the_tables_of_the_engine_are_left_alone(self, bare: Database) -> None:
        """The durable engine looks after its own."""
        migrate.upgrade(bare)
        with bare.writing.begin() as connection:
            connection.execute(sa.text("CREATE TABLE workflow_status (workflow_uuid VARCHAR PRIMARY KEY)"))

        assert migrate.behind(bare) == []
        migrate.upgrade(bare)
        assert "workflow_status" in tables(bare)


class TestDowngrade:
    """Back, and forth again."""

    def test_down_and_up(self, bare: Database) -> None:
        """Nothing of ours is left behind, and the way up is open."""
        migrate.upgrade(bare)
        with bare.writing.begin() as connection:
            command.downgrade(migrate._config(connection), "base")
        assert tables(bare) == {"alembic_version"}

        migrate.upgrade(bare)
        assert migrate.behind(bare) == []


class TestRelease:
    """`python -m storage migrate`."""

    @staticmethod
    def run(folder: Path, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        """The release step in a folder."""
        env = guarded({"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment})
        command_line = [sys.executable, "-m", "storage", *arguments]
        return subprocess.Popen(command_line, cwd=folder, env=env, stdout=-1, stderr=-1, text=True)

    def test_it_makes_the_database(self, tmp_path: Path) -> None:
        """Exit code 0, silently."""
        process = self.run(tmp_path, "migrate")
        assert process.communicate() == ("", "")
        assert process.returncode == 0
        database = Database(f"sqlite:///{tmp_path / 'data' / 'nabij.sqlite'}")
        assert migrate.behind(database) == []
        database.close()

    @pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.real)])
    def test_three_at_once(self, kind: str, tmp_path: Path) -> None:
        """Processes that start together take turns; all succeed."""
        url = f"sqlite:///{tmp_path / 'nabij.sqlite'}" if kind == "sqlite" else fresh_url()
        processes = [self.run(tmp_path, "migrate", NABIJ_DATABASE_URL=url) for _ in range(3)]
        said = [process.communicate()[1] for process in processes]

        assert [process.returncode for process in processes] == [0, 0, 0], said

    @pytest.mark.parametrize(
        ("arguments", "environment", "says"),
        [
            ((), {}, "use: python -m storage migrate"),
            (("migreer",), {}, "use: python -m storage migrate"),
            (("migrate",), {"NABIJ_DATABASE_URL": "mysql://host/x"}, "NABIJ_DATABASE_URL must begin with"),
            (("migrate",), {"NABIJ_DATA": "bestand/data"}, "cannot be made"),
            (("migrate",), {"NABIJ_DATABASE_URL": "sqlite:///bestand"}, "The database cannot be used"),
        ],
    )
    def test_called_wrongly(
        self, arguments: tuple[str, ...], environment: dict[str, str], says: str, tmp_path: Path
    ) -> None:
        """One line on stderr, exit code 2."""
        (tmp_path / "bestand").write_text("dit is geen databank, en dat blijft zo" * 100)
        process = self.run(tmp_path, *arguments, **environment)
        _, said = process.communicate()

        assert process.returncode == 2
        assert said.count("\n") == 1
        assert says in said
