"""Rosters: who is on call, and who is called in which order."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.agenda import confirmed
from commands.house import House
from commands.plain import Asked, carry_out, noted
from domain import events
from domain.clock import local
from domain.errors import BadInput, NotPossible
from domain.events import ROSTERS, Turn, current, stretch
from domain.model import Answer
from domain.orders import AddTurn, RemoveTurn
from domain.roles import Role
from domain.settings import VANGNET
from storage.call_tables import TurnRow
from storage.durable import Run

MODERATION, COMMAND = ROSTERS
FITTING: dict[str, frozenset[Role]] = {
    MODERATION: frozenset({Role.MODERATOR, Role.COORDINATOR}),
    COMMAND: frozenset({Role.COMMANDANT}),
}
"""Roster → roles of the people who may stand on it."""
RANK_MAX = 9

Order = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


# ---------------------------------------------------------------- on and off


def add(house: House, run: Run, order_id: int) -> None:
    """Carry out an `AddTurn` order."""
    carry_out(house, run, order_id, _add)


def _add(session: Session, house: House, asked: Asked[AddTurn]) -> Answer:
    order = asked.order
    window = stretch(order.start, order.end)
    _readable(house, order)
    if window.end <= house.clock.now():
        raise BadInput("The end lies in the past.")
    for turn in turns(session, window.start, window.end):
        if (turn.roster, turn.person) == (order.roster, order.person):
            raise NotPossible("{who} is on call then already, from {since} until {until}.", **_told(turn))
    row = TurnRow(
        roster=order.roster,
        person=order.person,
        starts_at=window.start,
        ends_at=window.end,
        rank=order.rank,
        by=order.by,
        at=house.clock.now(),
    )
    session.add(row)
    session.flush()
    noted(session, house, asked, "wacht_toegevoegd", **_where(row))
    return Answer(True, "{who} is on call from {since} until {until}.", _answer(_view(row)))


def _readable(house: House, order: AddTurn) -> None:
    if order.roster not in ROSTERS:
        raise BadInput("Choose a roster from the list.")
    if not 1 <= order.rank <= RANK_MAX:
        raise BadInput("The place in the order of call is 1 to {n}.", n=RANK_MAX)
    if house.settings.person(order.person) is None:
        raise BadInput("There is no colleague “{key}”.", key=order.person[:40])
    if not _fits(house, order.roster, order.person):
        raise BadInput("{who} has no role that fits this roster.", who=order.person)


def remove(house: House, run: Run, order_id: int) -> None:
    """Carry out a `RemoveTurn` order. Of a turn that has begun the past stays: it ends now."""
    carry_out(house, run, order_id, _remove)


def _remove(session: Session, house: House, asked: Asked[RemoveTurn]) -> Answer:
    row, now = session.get(TurnRow, asked.order.turn_id), house.clock.now()
    if row is None:
        raise NotPossible("That turn is off the roster already.")
    if row.ends_at <= now:
        raise NotPossible("That turn is over; it stays as it was.")
    noted(session, house, asked, "wacht_gewist", **_where(row))
    if row.starts_at >= now:
        session.delete(row)
        return Answer(True, "{who} is off the roster.", {"who": row.person})
    row.ends_at = now
    return Answer(True, "{who} is not on call any more.", {"who": row.person})


def _where(row: TurnRow) -> dict[str, Any]:
    """What the register says of a turn: whose, and which days."""
    days = f"{local(row.starts_at).date()}..{local(row.ends_at).date()}"
    return {"second": row.person, "period": days, "due": row.starts_at}


def _told(turn: Turn) -> dict[str, Any]:
    return {"who": turn.person, "since": turn.start, "until": turn.end}


def _answer(turn: Turn) -> dict[str, str]:
    return {key: str(value) for key, value in _told(turn).items()}


# ---------------------------------------------------------------- who is on call


def turns(session: Session, since: datetime, until: datetime) -> list[Turn]:
    """Turns of which any part lies in [since, until), in order of time, then of call."""
    rows = session.scalars(
        sa.select(TurnRow)
        .where(col(TurnRow.ends_at) > since, col(TurnRow.starts_at) < until)
        .order_by(col(TurnRow.starts_at), col(TurnRow.rank), col(TurnRow.id))
    )
    return [_view(row) for row in rows]


def _view(row: TurnRow) -> Turn:
    return Turn(row.id or 0, row.roster, row.person, row.starts_at, row.ends_at, row.rank)


def on_call(session: Session, roster: str, moment: datetime) -> tuple[str, ...]:
    """Who is on call in a roster at a moment, in the order of call."""
    rows = session.scalars(
        sa.select(TurnRow).where(
            col(TurnRow.roster) == roster, col(TurnRow.starts_at) <= moment, col(TurnRow.ends_at) > moment
        )
    )
    return events.on_call([_view(row) for row in rows], roster, moment)


def reachable(session: Session, house: House, roster: str, moment: datetime) -> tuple[str, ...]:
    """Who is on call and still has an account and a role that fits."""
    return _still(house, roster, on_call(session, roster, moment))


def order_of_call_for(session: Session, house: House, moment: datetime) -> Order:
    """Who is called at this moment: (moderators on call, commanders, everybody with the safety net last).

    Commanders: those of the event that runs, in its order, then those on call; when there are none, all of them.
    """
    moderators = reachable(session, house, MODERATION, moment)
    all_of_them = tuple(person.key for person in house.settings.people if person.role == Role.COMMANDANT)
    event = current(confirmed(session, moment), moment)
    of_event = _still(house, COMMAND, event.commanders if event else ())
    commanders = _each_once(of_event, reachable(session, house, COMMAND, moment)) or all_of_them
    return moderators, commanders, _each_once(moderators, commanders, all_of_them, (VANGNET,))


def _still(house: House, roster: str, people: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in people if _fits(house, roster, key))


def _fits(house: House, roster: str, key: str) -> bool:
    person = house.settings.person(key)
    return person is not None and person.role in FITTING[roster]


def _each_once(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for group in groups for key in group))
