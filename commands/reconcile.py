"""Reconcile: an intent without an outcome is asked of the platform (architecture, invariant 3).

A workflow that dies is taken up again by itself; what is left here are intents whose workflow ended in an error. The
platform says what is true, and that is concluded as if the act had just answered.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from commands import message
from commands.accounts import reach_comment
from commands.act import look_up, lost, unknown
from commands.case import load, lock
from commands.flow import Act, Asked, Flow, Task
from commands.flows import BY_ACT
from commands.house import House
from commands.outcome import conclude
from domain.errors import PlatformError
from storage.durable import CLOCK, Run
from storage.register_entry import Result
from storage.tables import CommentRow, GivenOrderRow, IntentRow

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
    ten_minutes = house.clock.now().strftime("%Y%m%d%H%M")[:-1]
    for row in rows:
        run.start(connection, CLOCK, RECONCILE, f"{RECONCILE}:{row.seq}:{ten_minutes}", row.seq)
    return len(rows)


def reconcile(house: House, run: Run, seq: int) -> None:
    """The workflow of one open intent. It stays open while the platform cannot say what is true; only about a
    message, which may not be tried again, a person is asked at once.
    """
    outcome = run.step("vraag", lambda: _ask(house, seq))
    if outcome:
        run.transaction("verzoend", lambda session: _settle(session, house, seq, outcome))


def _ask(house: House, seq: int) -> dict[str, Any]:
    with house.read() as session:
        intent = session.get_one(IntentRow, seq)
        comment = load(session, intent.order_id).comment
        act = _flow(session, intent).act
        letter = None if act.repeatable else message.of_order(session, intent.order_id)
    if intent.closed_at is not None:
        return {}
    outcome = _look_up(house, comment, Asked(comment.comment, letter.text if letter else ""), act)
    return {} if act.repeatable and outcome["result"] == Result.ONBEKEND else outcome


def _look_up(house: House, comment: CommentRow, asked: Asked, act: Act) -> dict[str, Any]:
    try:
        platform = reach_comment(house, comment)
    except PlatformError as error:
        return unknown(act, error)
    return look_up(platform, asked, act, lost(platform))


def _settle(session: Session, house: House, seq: int, outcome: dict[str, Any]) -> None:
    lock(session)
    intent = session.get_one(IntentRow, seq)
    if intent.closed_at is not None:
        return
    flow = _flow(session, intent)
    if conclude(session, Task(house, flow, intent.order_id), outcome):
        flow.settle(session, house, load(session, intent.order_id))


def _flow(session: Session, intent: IntentRow) -> Flow:
    return BY_ACT[session.get_one(GivenOrderRow, intent.order_id).word, intent.act]
