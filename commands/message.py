"""Messages to citizens, as rows: planned, tried, cancelled. What goes out and what comes of it is an act like others
(`commands.act`, `commands.outcome`); what people order about it stands in `commands.warn`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.house import House, wall
from domain.errors import AlreadyHandled
from domain.messages import SENT, UNDERWAY, MessageState
from storage.paper_tables import MessageRow
from storage.tables import GivenOrderRow

_WAITS = (MessageState.WACHT_4OGEN, MessageState.GEPLAND, MessageState.MISLUKT)
"""It did not go out, and could still."""

_messages = MessageRow.__table__  # type: ignore[attr-defined]  # SQLModel adds it


@dataclass(frozen=True, slots=True)
class Text:
    """What is to be sent. number: which strike it makes, 0 for none."""

    template: str
    text: str
    number: int = 0


def plan(session: Session, given: GivenOrderRow, draft: Text, now: datetime, due: datetime | None) -> MessageRow:
    """The message of an order, to go out at `due`; without one it waits for a second person."""
    state = MessageState.GEPLAND if due else MessageState.WACHT_4OGEN
    letter = MessageRow(
        case_id=given.case_id or 0,
        order_id=given.id or 0,
        template=draft.template,
        text=draft.text,
        number=draft.number,
        state=state.value,
        by=given.by,
        at=now,
        due_at=due,
    )
    session.add(letter)
    session.flush()
    return letter


def find(session: Session, order_id: int) -> MessageRow | None:
    """The message of an order, when it has one."""
    return session.scalars(sa.select(MessageRow).where(col(MessageRow.order_id) == order_id)).one_or_none()


def of_order(session: Session, order_id: int) -> MessageRow:
    """The message of an order that has one."""
    return session.scalars(sa.select(MessageRow).where(col(MessageRow.order_id) == order_id)).one()


def newest(session: Session, case_id: int | None) -> MessageRow | None:
    """The newest message about the comment of a case."""
    mine = sa.select(MessageRow).where(col(MessageRow.case_id) == case_id)
    return session.scalars(mine.order_by(col(MessageRow.id).desc()).limit(1)).first()


def in_the_way(session: Session, case_id: int | None) -> MessageRow | None:
    """The message that went out, or may still: a comment allows one only."""
    taken = [state.value for state in (*UNDERWAY, *SENT)]
    mine = (col(MessageRow.case_id) == case_id, col(MessageRow.state).in_(taken))
    return session.scalars(sa.select(MessageRow).where(*mine).limit(1)).first()


def taken(house: House, letter: MessageRow) -> AlreadyHandled:
    """Who used the one private message of this comment."""
    return AlreadyHandled(
        "A comment allows one private message; {who} asked for it at {at}.",
        who=house.name(letter.by),
        at=wall(letter.at),
    )


def cancel(session: Session, case_id: int | None, now: datetime) -> Sequence[MessageRow]:
    """Whatever waits about a case does not go out any more; what that was. What may have been sent does not wait."""
    waits = [state.value for state in _WAITS]
    mine = (col(MessageRow.case_id) == case_id, col(MessageRow.state).in_(waits))
    rows = session.scalars(sa.select(MessageRow).where(*mine).order_by(col(MessageRow.id))).all()
    for row in rows:
        row.state, row.settled_at, row.due_at = MessageState.GEANNULEERD.value, now, None
    return rows


def note_try(connection: sa.Connection, message_id: int | None, now: datetime) -> bool:
    """One job of the writer, just before a message is handed over: from now on it is looked up before it is sent again.
    False when it may not be sent any more.
    """
    being_sent = (_messages.c.id == message_id, _messages.c.state == MessageState.BEZIG.value)
    tried = sa.func.coalesce(_messages.c.tried_at, sa.literal(now, _messages.c.tried_at.type))
    return connection.execute(sa.update(_messages).where(*being_sent).values(tried_at=tried)).rowcount == 1


def seal(key: str, text: str) -> str:
    """The digest of what a person typed, salted with the key of its order: the text itself never stands in the
    register.
    """
    return hashlib.sha256(f"{key}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
