"""*Kennis genomen*, *Demp*, *Vals alarm* and *Afsluiten*: what a person says about an incident."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from commands.alarm import CALL, close_deadlines, end, end_if_decided, look_again_in, nobody, note, touch
from commands.house import House, wall
from commands.plain import Asked, by_order, carry_out
from domain.errors import AlreadyHandled, BadInput
from domain.incidents import LIVING, IncidentState
from domain.model import Answer
from domain.orders import IncidentOrder
from storage import watch
from storage.call_tables import IncidentRow
from storage.durable import Run
from storage.register_entry import Event


@dataclass(frozen=True, slots=True)
class _Press:
    """A press about an incident, loaded to carry it out."""

    session: Session
    house: House
    asked: Asked[IncidentOrder]
    incident: IncidentRow

    def note(self, event: Event, **more: Any) -> None:  # noqa: ANN401 - fields of a register entry
        """The register line of this press."""
        note(self.session, self.house, self.incident, event, **by_order(self.asked), **more)

    def need(self, *states: IncidentState) -> None:
        """AlreadyHandled unless the incident is in one of these states; says who was first."""
        if self.incident.state not in states:
            raise _was_first(self.house, self.incident)

    def take_notice(self) -> None:
        """Whoever pressed took notice, now."""
        self.incident.by, self.incident.by_at = self.asked.order.by, self.house.clock.now()


def acknowledge(house: House, run: Run, order_id: int) -> None:
    """Carry out an `Acknowledge` order."""
    _carry_out(house, run, order_id, _acknowledge)


def mute(house: House, run: Run, order_id: int) -> None:
    """Carry out a `Mute` order."""
    _carry_out(house, run, order_id, _mute)


def false_alarm(house: House, run: Run, order_id: int) -> None:
    """Carry out a `FalseAlarm` order."""
    _carry_out(house, run, order_id, lambda press: _end(press, IncidentState.VALS, "vals_alarm"))


def close(house: House, run: Run, order_id: int) -> None:
    """Carry out a `CloseIncident` order."""
    _carry_out(house, run, order_id, lambda press: _end(press, IncidentState.GESLOTEN, "gesloten"))


def _carry_out(house: House, run: Run, order_id: int, act: Callable[[_Press], Answer]) -> None:
    def work(session: Session, house: House, asked: Asked[IncidentOrder]) -> Answer:
        incident = session.get(IncidentRow, asked.order.incident_id)
        if incident is None:
            raise BadInput("There is no such alarm.")
        return act(_Press(session, house, asked, incident))

    carry_out(house, run, order_id, work)


def _acknowledge(press: _Press) -> Answer:
    """Nobody else is called; what stays undecided calls again after a while."""
    press.need(IncidentState.OPEN)
    press.incident.state = IncidentState.GEZIEN.value
    until = _quiet(press)
    press.note(Event.ALARM_GEZIEN)
    if end_if_decided(press.session, press.house, press.incident):
        return Answer(True, "Noted. Everything was decided already, so the alarm is closed.")
    return Answer(True, "Noted. Nobody else is called; it is looked at again at {until}.", {"until": wall(until)})


def _mute(press: _Press) -> Answer:
    """No calls for a while, unless something new comes."""
    press.need(IncidentState.OPEN, IncidentState.GEZIEN)
    press.incident.state = IncidentState.GEDEMPT.value
    press.incident.until = until = _quiet(press)
    press.note(Event.ALARM_GESLOTEN, reason="gedempt", due=until)
    return Answer(True, "Muted until {until}; a new critical comment ends it at once.", {"until": wall(until)})


def _quiet(press: _Press) -> datetime:
    """Somebody took notice: the calls stop. Until when."""
    press.take_notice()
    close_deadlines(press.session, press.house, press.incident, CALL)
    watch.end(press.session, nobody(press.incident), press.house.clock.now())
    touch(press.session, press.incident)
    return look_again_in(press.session, press.house, press.incident)


def _end(press: _Press, state: IncidentState, reason: str) -> Answer:
    press.need(*LIVING)
    press.take_notice()
    end(press.session, press.house, press.incident, state)
    press.note(Event.ALARM_GESLOTEN, reason=reason)
    return Answer(True, "The alarm is closed.")


def _was_first(house: House, incident: IncidentRow) -> AlreadyHandled:
    who, at = house.name(incident.by), wall(incident.by_at)
    match incident.state:
        case IncidentState.GEZIEN:
            return AlreadyHandled("{who} was first: acknowledged at {at}.", who=who, at=at)
        case IncidentState.GEDEMPT:
            return AlreadyHandled("{who} was first: muted at {at}.", who=who, at=at)
        case IncidentState.VALS:
            return AlreadyHandled("{who} was first: a false alarm, said at {at}.", who=who, at=at)
        case _:
            return AlreadyHandled("This alarm was closed at {at}.", at=wall(incident.ended_at))
