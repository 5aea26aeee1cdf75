"""Events: planned, confirmed, called off; and the Gentse Feesten, proposed by the rule once per edition.

A moderator proposes, who keeps the calendar confirms. Only a confirmed event is cover. What is over stays as it was, so
that figures of the past do not change.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import col

from commands.case import lock
from commands.house import House
from commands.plain import Asked, carry_out, noted
from domain.calendar import Window
from domain.clock import local
from domain.errors import AlreadyHandled, BadInput, NotAllowed, NotPossible
from domain.events import EVENT_KINDS, LONGEST, EventState, EventView, Feesten, coming_feesten, stretch
from domain.model import Answer
from domain.orders import CLOCK, CancelEvent, ConfirmEvent, PlanEvent
from domain.roles import Role, may
from storage.call_tables import EventRow
from storage.durable import Run
from storage.register_entry import Entry, Event

NAME_MAX = 80
"""Code points of the name of an event, or of the service that owns it."""
FEESTEN = "feesten"
_MOMENT = timedelta(microseconds=1)


# ---------------------------------------------------------------- plan


def plan(house: House, run: Run, order_id: int) -> None:
    """Carry out a `PlanEvent` order."""
    carry_out(house, run, order_id, _plan)


def _plan(session: Session, house: House, asked: Asked[PlanEvent]) -> Answer:
    order = asked.order
    window = stretch(order.start, order.end)
    _readable(house, order)
    if window.end <= house.clock.now():
        raise BadInput("The end lies in the past.")
    row = _row_of(session, house, order.event_id) if order.event_id else None
    state = EventState.BEVESTIGD if _may_confirm(house, order.by) else EventState.VOORGESTELD
    if row is not None:
        _changeable(row, state)
    before = row.state if row else ""
    row = _written(row, _fields(order, window, state, house.clock.now()))
    session.add(row)
    noted(session, house, asked, _reason(before, state), **_where(row, before))
    if before:
        return Answer(True, "Event changed: {name}.", {"name": row.name})
    if state is EventState.VOORGESTELD:
        return Answer(True, "Event proposed: {name}. A coordinator confirms it.", {"name": row.name})
    return Answer(True, "Event planned: {name}.", {"name": row.name})


def _readable(house: House, order: PlanEvent) -> None:
    """Raises BadInput unless everything that was filled in can be used."""
    if not _is_line(order.name):
        raise BadInput("Give the event a name of at most {n} characters, on one line.", n=NAME_MAX)
    if order.owner and not _is_line(order.owner):
        raise BadInput("Write the owner in at most {n} characters, on one line.", n=NAME_MAX)
    if order.kind not in EVENT_KINDS:
        raise BadInput("Choose a kind of event from the list.")
    for key in order.commanders:
        person = house.settings.person(key)
        if person is None:
            raise BadInput("There is no colleague “{key}”.", key=key[:40])
        if person.role != Role.COMMANDANT:
            raise BadInput("{who} is not a commander, so cannot be called as one.", who=key)


def _is_line(text: str) -> bool:
    return bool(text.strip()) and len(text) <= NAME_MAX and text.isprintable()


def _changeable(row: EventRow, state: EventState) -> None:
    """Who may only propose does not touch what was confirmed; what was called off is confirmed first."""
    if row.state == EventState.AFGELAST:
        raise NotPossible("This event was called off. Confirm it again first.")
    if row.state == EventState.BEVESTIGD and state is EventState.VOORGESTELD:
        raise NotAllowed("This event is confirmed; only who may confirm can change it.")


def _fields(order: PlanEvent, window: Window, state: EventState, now: datetime) -> dict[str, Any]:
    return {
        "name": order.name.strip(),
        "kind": order.kind,
        "state": state.value,
        "starts_at": window.start,
        "ends_at": window.end,
        "owner": order.owner.strip(),
        "commanders": list(dict.fromkeys(order.commanders)),
        "by": order.by,
        "at": now,
    }


def _written(row: EventRow | None, fields: dict[str, Any]) -> EventRow:
    if row is None:
        return EventRow(**fields)
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def _reason(before: str, state: EventState) -> str:
    return "event_gewijzigd" if before == state else f"event_{state}"


# ---------------------------------------------------------------- confirm, call off


def confirm(house: House, run: Run, order_id: int) -> None:
    """Carry out a `ConfirmEvent` order."""
    carry_out(house, run, order_id, _confirm)


def _confirm(session: Session, house: House, asked: Asked[ConfirmEvent]) -> Answer:
    row = _row_of(session, house, asked.order.event_id)
    if row.state == EventState.BEVESTIGD:
        raise AlreadyHandled("{who} was first: confirmed at {at}.", who=house.name(row.by), at=row.at)
    _settle(session, house, asked, row, EventState.BEVESTIGD)
    return Answer(True, "Confirmed: {name}.", {"name": row.name})


def cancel(house: House, run: Run, order_id: int) -> None:
    """Carry out a `CancelEvent` order."""
    carry_out(house, run, order_id, _cancel)


def _cancel(session: Session, house: House, asked: Asked[CancelEvent]) -> Answer:
    row = _row_of(session, house, asked.order.event_id)
    if row.state == EventState.AFGELAST:
        raise AlreadyHandled("{who} was first: called off at {at}.", who=house.name(row.by), at=row.at)
    _settle(session, house, asked, row, EventState.AFGELAST)
    return Answer(True, "Called off: {name}. It stays in the list.", {"name": row.name})


def _settle(
    session: Session, house: House, asked: Asked[ConfirmEvent] | Asked[CancelEvent], row: EventRow, state: EventState
) -> None:
    before = row.state
    row.state, row.by, row.at = state.value, asked.order.by, house.clock.now()
    noted(session, house, asked, f"event_{state}", **_where(row, before))


def _row_of(session: Session, house: House, event_id: int) -> EventRow:
    """An event that is not over yet."""
    row = session.get(EventRow, event_id)
    if row is None:
        raise BadInput("There is no such event.")
    if row.ends_at <= house.clock.now():
        raise NotPossible("This event is over; it stays as it was.")
    return row


def _where(row: EventRow, before: str) -> dict[str, Any]:
    """What the register says of an event: its days and its states, never its name."""
    first, last = local(row.starts_at).date(), local(row.ends_at - _MOMENT).date()
    return {"period": f"{first}..{last}", "from_state": before, "to_state": row.state}


def _may_confirm(house: House, person: str) -> bool:
    found = house.settings.person(person)
    return found is not None and may(Role(found.role), ConfirmEvent.word)


# ---------------------------------------------------------------- proposed by the rule


def propose(session: Session, house: House) -> bool:
    """Propose the next Gentse Feesten; False when that edition was proposed before, whatever people made of it."""
    coming = coming_feesten(house.clock.now())
    key = f"{FEESTEN}-{coming.year}"
    if _proposed(session, key):
        return False
    lock(session)
    if _proposed(session, key):
        return False
    row = _proposal(coming, key, house.clock.now())
    session.add(row)
    said = Entry(event=Event.INSTELLING, actor=CLOCK, automated=True, reason=f"event_{row.state}", **_where(row, ""))
    house.register.append(session, said)
    return True


def _proposed(session: Session, key: str) -> bool:
    return session.scalars(sa.select(col(EventRow.id)).where(col(EventRow.key) == key)).first() is not None


def _proposal(coming: Feesten, key: str, now: datetime) -> EventRow:
    return EventRow(
        key=key,
        name=f"Gentse Feesten {coming.year}",
        kind=FEESTEN,
        state=EventState.VOORGESTELD.value,
        starts_at=coming.window.start,
        ends_at=coming.window.end,
        first_day=coming.first.isoformat(),
        days=(coming.last - coming.first).days + 1,
        by=CLOCK,
        at=now,
    )


# ---------------------------------------------------------------- read


def events(session: Session) -> list[EventView]:
    """All events, by their start."""
    return _views(session.scalars(_in_order()).all())


def confirmed(session: Session, around: datetime) -> list[EventView]:
    """Confirmed events of which any part lies within the longest event (31 days) of a moment, by their start."""
    near = (col(EventRow.ends_at) > around - LONGEST, col(EventRow.starts_at) < around + LONGEST)
    return _views(session.scalars(_in_order().where(_CONFIRMED, *near)).all())


def windows(session: Session, since: datetime | None = None) -> tuple[Window, ...]:
    """When there is cover because of an event: windows of the confirmed ones that end after `since`, or of all."""
    wanted = (col(EventRow.ends_at) > since,) if since else ()
    return tuple(Window(row.starts_at, row.ends_at) for row in session.scalars(_in_order().where(_CONFIRMED, *wanted)))


_CONFIRMED = col(EventRow.state) == EventState.BEVESTIGD.value


def _in_order() -> sa.Select[EventRow]:
    return sa.select(EventRow).order_by(col(EventRow.starts_at), col(EventRow.id))


def _views(rows: Sequence[EventRow]) -> list[EventView]:
    return [_view(row) for row in rows]


def _view(row: EventRow) -> EventView:
    return EventView(
        id=row.id or 0,
        name=row.name,
        kind=row.kind,
        state=EventState(row.state),
        start=row.starts_at,
        end=row.ends_at,
        owner=row.owner,
        commanders=tuple(row.commanders),
        by=row.by,
        first_day=date.fromisoformat(row.first_day) if row.first_day else None,
        days=row.days,
    )
