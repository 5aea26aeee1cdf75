"""Tables of who is called, for what, and when: incidents, notices, events, rosters."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from domain.events import EventState
from domain.incidents import IncidentKind, IncidentState
from storage.base import a_moment, json_of, maybe_moment, one_of


class IncidentRow(SQLModel, table=True):
    """One incident (`domain.incidents`). key: what it is about, `reacties:facebook:<post>` or `blind:facebook:<page>`;
    only one living incident has it · calls: the order of call, frozen, rows of [after_s, [who, …]] · calls_from: since
    when it runs · round: how often the calls began · step: how many steps of this round were done · changed: as of a
    case · until: end of a mute.
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index(
            "ix_incident_living",
            "key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_incident_changed", "changed"),
        one_of("state", IncidentState),
        one_of("kind", IncidentKind),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    state: str = IncidentState.OPEN.value
    urgency: int
    platform: str
    account: str
    post: str = ""
    event_id: int | None = Field(default=None, foreign_key="event.id")
    opened_at: datetime = a_moment()
    calls: list[Any] = json_of(list)
    calls_from: datetime = a_moment()
    round: int = 0
    step: int = 0
    by: str = ""
    by_at: datetime | None = maybe_moment()
    until: datetime | None = maybe_moment()
    blind_since: datetime | None = maybe_moment()
    ended_at: datetime | None = maybe_moment()
    changed: int = 0


class IncidentCaseRow(SQLModel, table=True):
    """A case that belongs to an incident."""

    __tablename__ = "incident_case"

    incident_id: int = Field(primary_key=True, foreign_key="incident.id")
    case_id: int = Field(primary_key=True, foreign_key="case.id", index=True)
    joined_at: datetime = a_moment()


class IncidentLinkRow(SQLModel, table=True):
    """A single-use way to the phone page of an incident, by hash; a press uses it, looking does not."""

    __tablename__ = "incident_link"

    hash: str = Field(primary_key=True)
    incident_id: int = Field(foreign_key="incident.id", index=True)
    person: str
    expires_at: datetime = a_moment()
    used_at: datetime | None = maybe_moment()


class NoticeRow(SQLModel, table=True):
    """A letter to somebody, once per key. kind: `alarm`, `melding`, `overzicht` · who: person key, `vangnet` or
    `overzicht`; never the address · state: `wacht`, `verzonden`, `mislukt`, `onbereikbaar` (no address), `onbekend`
    (handed over, and the process died before the answer) · tried_at: when it was handed over.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("key"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    who: str
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    case_id: int | None = Field(default=None, foreign_key="case.id")
    digest_id: int | None = Field(default=None, foreign_key="digest.id")
    step: int = 0
    state: str = "wacht"
    at: datetime = a_moment()
    tries: int = 0
    tried_at: datetime | None = maybe_moment()
    settled_at: datetime | None = maybe_moment()


class EventRow(SQLModel, table=True):
    """One event (`domain.events`). key: of a proposal by the rule, `feesten-2027` · first_day, days: for alerts."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("key"), one_of("state", EventState))

    id: int | None = Field(default=None, primary_key=True)
    key: str | None = None
    name: str
    kind: str
    state: str = EventState.VOORGESTELD.value
    starts_at: datetime = a_moment()
    ends_at: datetime = a_moment()
    first_day: str = ""
    days: int = 0
    owner: str = ""
    commanders: list[str] = json_of(list)
    by: str
    at: datetime = a_moment()


class TurnRow(SQLModel, table=True):
    """One turn on call."""

    __tablename__ = "turn"
    __table_args__ = (Index("ix_turn_roster", "roster", "ends_at"),)

    id: int | None = Field(default=None, primary_key=True)
    roster: str
    person: str
    starts_at: datetime = a_moment()
    ends_at: datetime = a_moment()
    rank: int = 1
    by: str
    at: datetime = a_moment()
