"""Tables of what goes out and what is kept on paper: messages and strikes, dossiers, digests."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from domain.dossier import DossierState
from domain.messages import MessageState
from storage.base import a_moment, blob, json_of, maybe_moment, one_of


class MessageRow(SQLModel, table=True):
    """One message to a citizen, as it was sent or will be (`domain.messages`). number: which strike it makes, 0 = none
    · approved_by: the second person of a third warning · tried_at: when it was first handed to the platform, from which
    moment on it is looked up before it is sent again · sent_id: of the platform.
    """

    __tablename__ = "message"
    __table_args__ = (one_of("state", MessageState),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    order_id: int = Field(foreign_key="given_order.id", index=True)
    template: str
    text: str
    number: int = 0
    state: str = MessageState.GEPLAND.value
    by: str
    approved_by: str = ""
    at: datetime = a_moment()
    due_at: datetime | None = maybe_moment()
    tried_at: datetime | None = maybe_moment()
    settled_at: datetime | None = maybe_moment()
    sent_id: str = ""


class StrikeRow(SQLModel, table=True):
    """One strike of a platform author: booked when its warning was delivered, once per message."""

    __tablename__ = "strike"
    __table_args__ = (UniqueConstraint("message_id"), Index("ix_strike_author", "platform", "author_id"))

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    author_id: str
    post: str
    case_id: int = Field(foreign_key="case.id", index=True)
    message_id: int = Field(foreign_key="message.id")
    booked_at: datetime = a_moment()
    expires_at: datetime = a_moment()
    withdrawn_at: datetime | None = maybe_moment()
    withdrawn_by: str = ""


class DossierRow(SQLModel, table=True):
    """One PV dossier (`domain.dossier`). version: of its form · digest: SHA-256 of the sealed manifest."""

    __tablename__ = "dossier"
    __table_args__ = (UniqueConstraint("number"), one_of("state", DossierState))

    id: int | None = Field(default=None, primary_key=True)
    number: str
    case_id: int = Field(foreign_key="case.id", index=True)
    state: str = DossierState.CONCEPT.value
    version: int = 1
    made_by: str
    made_at: datetime = a_moment()
    reviewed_by: str = ""
    reviewed_at: datetime | None = maybe_moment()
    handed_by: str = ""
    handed_at: datetime | None = maybe_moment()
    recipient: str = ""
    purpose: str = ""
    channel: str = ""
    pv_number: str = ""
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = maybe_moment()
    digest: str = ""


class DossierFormRow(SQLModel, table=True):
    """One version of the form of a dossier (`domain.dossier.Form`)."""

    __tablename__ = "dossier_form"

    dossier_id: int = Field(primary_key=True, foreign_key="dossier.id")
    version: int = Field(primary_key=True)
    form: dict[str, Any] = json_of(dict)
    by: str
    at: datetime = a_moment()


class DossierFileRow(SQLModel, table=True):
    """The sealed ZIP of a dossier."""

    __tablename__ = "dossier_file"

    dossier_id: int = Field(primary_key=True, foreign_key="dossier.id", sa_column_kwargs={"autoincrement": False})
    body: bytes = blob()
    sha256: str
    made_at: datetime = a_moment()


class DigestRow(SQLModel, table=True):
    """One report, as it was made (`domain.digests.Digest` as data), once per name (`weekoverzicht:2026-W47`)."""

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("name"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    kind: str
    content: dict[str, Any] = json_of(dict)
    made_at: datetime = a_moment()


class ObservedRow(SQLModel, table=True):
    """A stretch in which an account was really looked at: every poll that works in time makes it longer."""

    __tablename__ = "observed"
    __table_args__ = (Index("ix_observed_until", "platform", "account", "until"),)

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    account: str
    start: datetime = a_moment()
    until: datetime = a_moment()
