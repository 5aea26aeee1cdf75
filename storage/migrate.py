"""Migrations: the same scripts bring SQLite and PostgreSQL to the tables of this release."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

import storage.call_tables
import storage.paper_tables
import storage.register
import storage.tables  # noqa: F401 - these four make the tables known
from storage.base import metadata
from storage.database import Database

_HERE = Path(__file__).parent / "migrations"
_TURN = 0x4E414249


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """True for what our migrations look after: the durable engine keeps its own tables."""
    return kind != "table" or name in metadata.tables


def upgrade(database: Database) -> None:
    """Bring the database to the newest version; harmless when it is there already."""
    with database.writing.begin() as connection:
        if not database.sqlite:  # there a transaction is alone anyhow; here processes that start together take turns
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_TURN)))
        command.upgrade(_config(connection), "head")


def behind(database: Database) -> list[str]:
    """Differences between the database and the tables of this release, in words; empty when there are none."""
    with database.reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        return [str(difference[0]) for difference in compare_metadata(context, metadata)]


def revise(database: Database, message: str) -> None:
    """Write a new migration script from what changed in the tables (for developers)."""
    with database.writing.begin() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    return config
