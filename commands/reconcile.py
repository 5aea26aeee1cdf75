"""Reconcile: an intent without an outcome is asked of the platform (architecture, invariant 3).

A workflow that dies is taken up again by itself; what is left here are intents whose workflow ended in an error. The
platform says what is true, the register gets its *uitkomst*, and the card says so.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands.act import ACTS, look_up
from commands.case import entry, let_go, load, touch
from commands.house import House
from domain.errors import OutcomeUnknown
from domain.states import State, Visibility
from storage.durable import CLOCK, Run
from storage.register_entry import Event, Result
from storage.tables import CaseRow, IntentRow

RECONCILE = "verzoening"
PATIENCE = timedelta(minutes=5)
"""An intent younger than this is simply being carried out."""

_intents = IntentRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it


def sweep(house: House, run: Run, connection: sa.Connection) -> int:
    """One job of the writer: a workflow for every intent that has been open too long; how many."""
    late = house.clock.now() - PATIENCE
    rows = connection.execute(
        sa.select(_intents.c.seq).where(_intents.c.closed_at.is_(None), _intents.c.at < late)
    ).all()
    hour = house.clock.now().strftime("%Y%m%d%H%M")[:-1]
    for row in rows:
        run.start(connection, CLOCK, RECONCILE, f"{RECONCILE}:{row.seq}:{hour}", row.seq)
    return len(rows)


def reconcile(house: House, run: Run, seq: int) -> None:
    """The workflow of one open intent."""
    outcome = run.step("vraag", lambda: _ask(house, seq))
    if outcome:
        run.transaction("verzoend", lambda session: _settle(session, house, seq, outcome))


def _ask(house: House, seq: int) -> dict[str, Any]:
    with house.read() as session:
        intent = session.get_one(IntentRow, seq)
        if intent.closed_at is not None:
            return {}
        comment = load(session, intent.order_id).comment
    platform = house.platform(comment.platform, comment.account)
    if platform is None:
        return {}
    return look_up(platform, comment.comment, ACTS[intent.act], OutcomeUnknown("The answer was lost.", code="-"))


def _settle(session: Session, house: House, seq: int, outcome: dict[str, Any]) -> None:
    intent = session.get_one(IntentRow, seq)
    if intent.closed_at is not None:
        return
    matter = load(session, intent.order_id)
    intent.closed_at = house.clock.now()
    result = Result(outcome["result"])
    if result is Result.GELUKT:
        matter.comment.visibility = ACTS[intent.act].goal.value
    elif result is Result.REEDS_WEG:
        matter.comment.visibility = Visibility.DOOR_AUTEUR_VERWIJDERD.value
    _free(matter.case)
    code = outcome.get("error", {}).get("code", "")
    said = entry(house, matter, Event.UITKOMST, answers=seq, outcome=result, code=code, to_state=matter.case.state)
    house.register.append(session, said)
    touch(session, matter.case)


def _free(case: CaseRow) -> None:
    """The case is open again for a person, who sees what is true now."""
    if case.doing_order is not None:
        let_go(case)
    if case.state not in (State.AFGEHANDELD, State.MISLUKT):
        case.state = State.HEROPEND.value
