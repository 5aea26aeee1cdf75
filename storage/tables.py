"""Tables of what came in and what was decided. One row class per thing we remember; the register has its own file
(`storage.register`), what goes out and is kept on paper as well (`storage.paper_tables`), and who is called
(`storage.call_tables`).

Times are aware UTC (`UtcDateTime`). Enumerations are text with a CHECK, because Alembic does not see new members of a
database enum. Foreign text stands in `comment`, `text_version`, `post`, `delivery` and `evidence` only, so that erasure
knows where to go.

  delivery ─┬─▶ comment ─┬─▶ flag ──▶ ruleset
            │            ├─▶ text_version
            │            └─▶ evidence ──▶ media
            └─ dead_letter
  comment ──▶ case ──┬─▶ deadline            event    who owns it, who is called
                     ├─▶ given_order         turn     who is on call
                     ├─▶ message ──▶ strike  digest   a report, as it was made
                     ├─▶ dossier ─┬─▶ dossier_form    observed   when an account was really looked at
                     │            └─▶ dossier_file
                     └─▶ incident_case ◀── incident ─┬─▶ notice         (also of digests and reports)
                                                     └─▶ incident_link
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

import storage.call_tables
import storage.paper_tables  # noqa: F401 - foreign keys lead to both
from domain.states import State, Visibility
from storage.base import Json, a_moment, json_of, maybe_moment, one_of


class AccountRow(SQLModel, table=True):
    """One account on one platform: read from `since` on; stopped when its token died or the platform blocks us."""

    __tablename__ = "account"

    platform: str = Field(primary_key=True)
    account: str = Field(primary_key=True)
    since: datetime = a_moment()
    polled_until: datetime | None = maybe_moment()
    stopped_at: datetime | None = maybe_moment()
    stopped_code: str = ""


class DeliveryRow(SQLModel, table=True):
    """One inbound delivery or poll page, raw: the bytes, and what is needed to check their signature again."""

    __tablename__ = "delivery"

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    account: str = ""
    source: str
    received_at: datetime = a_moment()
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    headers: dict[str, str] = json_of(dict)
    flagged: int = 0


class DeadLetterRow(SQLModel, table=True):
    """A change that could not be read, or work that gave up: kept with its place in the raw delivery, never lost."""

    __tablename__ = "dead_letter"

    id: int | None = Field(default=None, primary_key=True)
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", index=True)
    place: str
    why: str
    at: datetime = a_moment()


class CommentRow(SQLModel, table=True):
    """One comment, newest text. `version` counts the texts seen; `hash` tells whether a text is new. pasted: a
    colleague reported it with its text; no platform told us of it, so nothing can be asked of one.
    """

    __tablename__ = "comment"
    __table_args__ = (
        UniqueConstraint("platform", "comment"),
        Index("ix_comment_seen_at", "seen_at"),
        Index("ix_comment_author", "platform", "author_id"),
        one_of("visibility", Visibility),
    )

    id: int | None = Field(default=None, primary_key=True)
    platform: str
    account: str
    comment: str
    post: str
    parent: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    text: str
    hash: str
    version: int = 1
    personal: list[list[int]] = json_of(list)
    media: list[list[str]] = json_of(list)
    permalink: str | None = None
    posted_at: datetime | None = maybe_moment()
    seen_at: datetime = a_moment()
    visibility: str = Field(default=Visibility.ZICHTBAAR.value)
    own: bool = False
    pasted: bool = False
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")


class TextVersionRow(SQLModel, table=True):
    """A text that a comment once had. Kept for every flagged comment and for every text that was replaced."""

    __tablename__ = "text_version"

    comment_id: int = Field(primary_key=True, foreign_key="comment.id")
    version: int = Field(primary_key=True)
    text: str
    hash: str
    seen_at: datetime = a_moment()
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")


class RulesetRow(SQLModel, table=True):
    """A ruleset that was ever in force: hash and canonical content, so that a flag can be explained years later."""

    __tablename__ = "ruleset"

    hash: str = Field(primary_key=True)
    content: str
    first_used: datetime = a_moment()


class FlagRow(SQLModel, table=True):
    """One rule that hit one text version."""

    __tablename__ = "flag"
    __table_args__ = (Index("ix_flag_comment", "comment_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id")
    version: int
    rule: str
    category: str
    urgency: int
    certainty: str
    state: str
    spans: list[list[int]] = json_of(list)
    matched: str = ""
    fuzzy: bool = False
    guards: list[str] = json_of(list)
    ruleset: str
    verdict: str = ""
    at: datetime = a_moment()


class PostRow(SQLModel, table=True):
    """An own post, for the context line. Read from the platform when a first comment under it is flagged."""

    __tablename__ = "post"

    platform: str = Field(primary_key=True)
    post: str = Field(primary_key=True)
    account: str
    title: str
    permalink: str | None = None
    read_at: datetime = a_moment()


class CaseRow(SQLModel, table=True):
    """One case: what people decide on. `revision` grows with every visible change; `changed` is the house-wide count
    of changes, which other processes watch. `doing_*` holds the order that is being carried out.
    """

    __tablename__ = "case"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("comment_id"),
        Index("ix_case_state", "state", "urgency"),
        Index("ix_case_changed", "changed"),
        one_of("state", State),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str
    comment_id: int = Field(foreign_key="comment.id")
    state: str = State.NIEUW.value
    revision: int = 1
    changed: int = 0
    category: str
    urgency: int
    certainty: str
    markers: list[str] = json_of(list)
    opened_at: datetime = a_moment()
    decided_at: datetime | None = maybe_moment()
    claimed_by: str | None = None
    claimed_at: datetime | None = maybe_moment()
    doing_order: int | None = None
    doing_word: str = ""
    doing_by: str = ""
    doing_at: datetime | None = maybe_moment()
    done_word: str = ""
    done_by: str = ""
    done_at: datetime | None = maybe_moment()
    trouble: dict[str, Any] | None = Field(default=None, sa_column=Column(Json, nullable=True))
    reported_by: str = ""


class GivenOrderRow(SQLModel, table=True):
    """An order as it was given, before anything else happened. `key` is its delivery key: pressed or delivered twice,
    it is there once. `answer` is what the presser was told (no foreign text). case_id: None for an order about
    something else.
    """

    __tablename__ = "given_order"
    __table_args__ = (UniqueConstraint("key"), Index("ix_given_order_case", "case_id"))

    id: int | None = Field(default=None, primary_key=True)
    key: str
    word: str
    case_id: int | None = Field(default=None, foreign_key="case.id")
    by: str
    surface: str
    data: dict[str, Any] = json_of(dict)
    given_at: datetime = a_moment()
    answer: dict[str, Any] | None = Field(default=None, sa_column=Column(Json, nullable=True))
    answered_at: datetime | None = maybe_moment()


class DeadlineRow(SQLModel, table=True):
    """A moment at which something must happen; the tick turns it into a workflow, which looks at the row again.

    kind: `bedenktijd` (grace), `neem_ik` (claim expiry), `opnieuw` (try again), `verzending` (a message goes out),
    `oproep` (the next is called), `herzie` (an incident is looked at again), `reactietijd` (a *kritiek* case is
    undecided for too long). order_id: the order it came from · case_id or incident_id: what it is about.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index(
            "ix_deadline_open",
            "due_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    incident_id: int | None = Field(default=None, foreign_key="incident.id", index=True)
    order_id: int | None = None
    by: str = ""
    set_at: datetime = a_moment()
    due_at: datetime = a_moment()
    seconds: int = 0
    tries: int = 0
    closed_at: datetime | None = maybe_moment()


class EvidenceRow(SQLModel, table=True):
    """One capture of a comment: raw bytes as received, and a digest that covers them with a nonce, so that a short
    text cannot be guessed from it. moment: `aankomst` or the command word it came before. The bytes stand in `body`, or
    in the delivery that brought them.
    """

    __tablename__ = "evidence"
    __table_args__ = (Index("ix_evidence_comment", "comment_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id")
    version: int
    moment: str
    at: datetime = a_moment()
    source: str
    status: int = 0
    headers: dict[str, str] = json_of(dict)
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id")
    visibility: str = ""
    context: list[dict[str, Any]] = json_of(list)
    media: list[dict[str, Any]] = json_of(list)
    missing: list[str] = json_of(list)
    nonce: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    digest: str


class MediaRow(SQLModel, table=True):
    """A picture or film of a comment, or the slip that says why it is missing."""

    __tablename__ = "media"
    __table_args__ = (UniqueConstraint("comment_id", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id")
    place: int
    kind: str
    mime: str = ""
    sha256: str = ""
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary, nullable=True))
    missing: str = ""
    fetched_at: datetime = a_moment()


class IntentRow(SQLModel, table=True):
    """An act that is about to be done on a platform: open from *voornemen* to *uitkomst*. What stays open is asked
    of the platform. seq: its *voornemen* in the register · act: `hide`, `unhide`, `delete`, `message`.
    """

    __tablename__ = "intent"
    __table_args__ = (Index("ix_intent_open", "closed_at", "at"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    case_id: int = Field(foreign_key="case.id", index=True)
    order_id: int
    act: str
    at: datetime = a_moment()
    closed_at: datetime | None = maybe_moment()


class CounterRow(SQLModel, table=True):
    """Counters that must not have gaps or that everybody watches: `changed`, `case-2026`."""

    __tablename__ = "counter"

    name: str = Field(primary_key=True)
    value: int = 0


class HeartbeatRow(SQLModel, table=True):
    """When a check last succeeded (polls, queue, jobs), and how often it should."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    last_ok: datetime = a_moment()
    interval_s: int
    last_error: str = ""


class AlarmRow(SQLModel, table=True):
    """Something a person must know: shown on every page until it ends. msgid and params as errors have them."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_open", "name", "ended_at"),)

    id: int | None = Field(default=None, primary_key=True)
    name: str
    msgid: str
    params: dict[str, Any] = json_of(dict)
    since: datetime = a_moment()
    ended_at: datetime | None = maybe_moment()


class StartLinkRow(SQLModel, table=True):
    """A single-use way in, by hash."""

    __tablename__ = "start_link"

    hash: str = Field(primary_key=True)
    person: str
    expires_at: datetime = a_moment()
    used_at: datetime | None = maybe_moment()


class SessionRow(SQLModel, table=True):
    """A signed-in browser, by hash of its cookie; ends by idling, by age, or by signing out."""

    __tablename__ = "session"

    hash: str = Field(primary_key=True)
    person: str
    started_at: datetime = a_moment()
    seen_at: datetime = a_moment()
