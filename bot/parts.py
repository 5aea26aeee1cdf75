"""The parts of one house, as `bot.__main__` puts them together and everything in this room receives them."""

from dataclasses import dataclass

import sqlalchemy as sa

from commands import poll
from commands.house import House
from rules.engine import Rules
from storage import migrate
from storage.database import Database
from storage.durable import Durable
from storage.tables import RulesetRow
from storage.writer import Writer

DRAIN_S = 5
"""How long running work may take to end, seconds."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A house, put together and not yet begun."""

    house: House
    database: Database
    durable: Durable
    writer: Writer
    rules: Rules

    def begin(self) -> None:
        """Bring the tables up to date, say hello to the accounts, and start working."""
        migrate.upgrade(self.database)
        self.durable.launch()
        self.house.store(lambda connection: poll.meet(connection, self.house))
        self.house.store(self._remember_rules)

    def end(self) -> None:
        """Let running work end, and stop."""
        self.durable.stop(wait_s=DRAIN_S)
        self.close()

    def close(self) -> None:
        """Give back what putting together opened; for a house that was never begun."""
        self.writer.close()
        self.durable.close()
        self.database.close()

    def _remember_rules(self, connection: sa.Connection) -> None:
        table = RulesetRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it
        if connection.execute(sa.select(table.c.hash).where(table.c.hash == self.rules.ruleset)).first() is None:
            row = {"hash": self.rules.ruleset, "content": self.rules.content, "first_used": self.house.clock.now()}
            connection.execute(sa.insert(table).values(**row))
