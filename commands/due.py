"""What is due: rows whose moment has come are turned into workflows, which look at the row again.

The same row at the same moment is one workflow, however many clocks tick. A row that is still there minutes later gets
another one, because the first may have ended in an error, and a chain of calls must not end with it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from commands import calls, claim, delete, incidents, retry, warn
from commands.alarm import CALL, LOOK_AGAIN
from commands.case import AGAIN, CLAIM, GRACE, SENDING
from commands.house import House
from commands.mishap import guarded
from storage.durable import CLOCK, Run
from storage.tables import DeadlineRow

DUE = "termijn"
AT_ONCE = 200
OVERDUE = timedelta(minutes=5)
"""After so long another workflow looks at a row that nobody closed or moved, and again after as long."""

ON_TIME: Mapping[str, Callable[[House, Run, int], None]] = {
    GRACE: delete.grace_over,
    CLAIM: claim.expire,
    AGAIN: retry.again_by_clock,
    SENDING: warn.send_due,
    CALL: calls.call_next,
    LOOK_AGAIN: calls.look_again,
    incidents.OVER_TIME: incidents.over_time,
}
"""Kind of deadline → what happens when its moment has come."""

_deadlines = DeadlineRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it


def tick(house: House, run: Run, connection: sa.Connection) -> int:
    """One job of the writer: enqueue what is due; how many."""
    now = house.clock.now()
    rows = connection.execute(
        sa.select(_deadlines.c.id, _deadlines.c.kind, _deadlines.c.due_at)
        .where(_deadlines.c.closed_at.is_(None), _deadlines.c.due_at <= now)
        .order_by(_deadlines.c.due_at)
        .limit(AT_ONCE)
    ).all()
    for row in rows:
        run.start(connection, CLOCK, DUE, _name(row.id, row.due_at, now), row.id, row.kind)
    return len(rows)


def _name(row: int, due_at: datetime, now: datetime) -> str:
    """Id of the workflow that looks at this row now."""
    name, again = f"{DUE}:{row}:{due_at.isoformat()}", (now - due_at) // OVERDUE
    return f"{name}:{again}" if again else name


def perform(house: House, run: Run, deadline_id: int, kind: str) -> None:
    """The workflow of one deadline."""
    with house.read() as session:
        order_id = session.get_one(DeadlineRow, deadline_id).order_id
    if order_id is None:
        ON_TIME[kind](house, run, deadline_id)
    else:
        guarded(house, run, order_id, lambda: ON_TIME[kind](house, run, deadline_id))
