"""The first tables.

Revision 0001, the first.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from storage.base import Json, UtcDateTime
from storage.register_triggers import drop_triggers, install_triggers

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Go one version up."""
    op.create_table(
        "account",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("polled_until", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_code", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "account", name=op.f("pk_account")),
    )
    op.create_table(
        "alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("msgid", sa.String(), nullable=False),
        sa.Column("params", Json, nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
    )
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.create_index("ix_alarm_open", ["name", "ended_at"], unique=False)

    op.create_table(
        "counter",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counter")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", Json, nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("last_ok", UtcDateTime(), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "post",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("permalink", sa.String(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "post", name=op.f("pk_post")),
    )
    op.create_table(
        "register_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("prev", sa.LargeBinary(length=32), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=True),
        sa.Column("platform", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("second", sa.String(), nullable=True),
        sa.Column("order_key", sa.String(), nullable=True),
        sa.Column("answers", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(prev) = 32 AND length(leaf) = 32", name=op.f("ck_register_entry_hashes")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("leaf", name=op.f("uq_register_entry_leaf")),
        sa.UniqueConstraint("prev", name=op.f("uq_register_entry_prev")),
    )
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.create_index("ix_register_entry_actor", ["actor", "seq"], unique=False)
        batch_op.create_index("ix_register_entry_answers", ["answers"], unique=False)
        batch_op.create_index("ix_register_entry_at", ["at"], unique=False)
        batch_op.create_index("ix_register_entry_author", ["author", "seq"], unique=False)
        batch_op.create_index("ix_register_entry_case", ["case_number", "seq"], unique=False)
        batch_op.create_index("ix_register_entry_comment", ["comment", "seq"], unique=False)
        batch_op.create_index("ix_register_entry_event", ["event", "seq"], unique=False)

    op.create_table(
        "register_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("key_check", sa.String(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_register_head_one")),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_register_head_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_head")),
    )
    op.create_table(
        "register_key",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_register_key")),
    )
    op.create_table(
        "ruleset",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("first_used", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_ruleset")),
    )
    op.create_table(
        "session",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_session")),
    )
    op.create_table(
        "start_link",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_start_link")),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("author_id", sa.String(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("personal", Json, nullable=False),
        sa.Column("media", Json, nullable=False),
        sa.Column("permalink", sa.String(), nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=True),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("own", sa.Boolean(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "visibility IN ('zichtbaar', 'verborgen', 'verwijderd', 'door_auteur_verwijderd', 'onbekend')",
            name=op.f("ck_comment_visibility"),
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_comment_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sa.UniqueConstraint("platform", "comment", name=op.f("uq_comment_platform_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_author", ["platform", "author_id"], unique=False)
        batch_op.create_index("ix_comment_seen_at", ["seen_at"], unique=False)

    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_dead_letter_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dead_letter")),
    )
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dead_letter_delivery_id"), ["delivery_id"], unique=False)

    op.create_table(
        "case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.Column("markers", Json, nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("claimed_by", sa.String(), nullable=True),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("doing_order", sa.Integer(), nullable=True),
        sa.Column("doing_word", sa.String(), nullable=False),
        sa.Column("doing_by", sa.String(), nullable=False),
        sa.Column("doing_at", UtcDateTime(), nullable=True),
        sa.Column("done_word", sa.String(), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("trouble", Json, nullable=True),
        sa.CheckConstraint(
            "state IN ('nieuw', 'in_behandeling', 'uitgesteld', 'wacht_4ogen', 'gepland', 'mislukt', 'afgehandeld', 'heropend')",
            name=op.f("ck_case_state"),
        ),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_case_comment_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("comment_id", name=op.f("uq_case_comment_id")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
    )
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.create_index("ix_case_changed", ["changed"], unique=False)
        batch_op.create_index("ix_case_state", ["state", "urgency"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moment", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", Json, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("context", Json, nullable=False),
        sa.Column("media", Json, nullable=False),
        sa.Column("missing", Json, nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_evidence_comment_id_comment")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_evidence_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("ix_evidence_comment", ["comment_id", "at"], unique=False)

    op.create_table(
        "flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("spans", Json, nullable=False),
        sa.Column("matched", sa.String(), nullable=False),
        sa.Column("fuzzy", sa.Boolean(), nullable=False),
        sa.Column("guards", Json, nullable=False),
        sa.Column("ruleset", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_flag_comment_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag")),
    )
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.create_index("ix_flag_comment", ["comment_id", "version"], unique=False)

    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("missing", sa.String(), nullable=False),
        sa.Column("fetched_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_media_comment_id_comment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("comment_id", "place", name=op.f("uq_media_comment_id_place")),
    )
    op.create_table(
        "text_version",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_text_version_comment_id_comment")),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_text_version_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("comment_id", "version", name=op.f("pk_text_version")),
    )
    op.create_table(
        "deadline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_deadline_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_deadline_open",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "given_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("data", Json, nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("answer", Json, nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_given_order_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_order")),
        sa.UniqueConstraint("key", name=op.f("uq_given_order_key")),
    )
    with op.batch_alter_table("given_order", schema=None) as batch_op:
        batch_op.create_index("ix_given_order_case", ["case_id"], unique=False)

    op.create_table(
        "intent",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_intent_case_id_case")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_intent")),
    )
    with op.batch_alter_table("intent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_intent_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_intent_open", ["closed_at", "at"], unique=False)

    install_triggers(op.get_bind())


def downgrade() -> None:
    """Go one version down."""
    drop_triggers(op.get_bind())
    with op.batch_alter_table("intent", schema=None) as batch_op:
        batch_op.drop_index("ix_intent_open")
        batch_op.drop_index(batch_op.f("ix_intent_case_id"))

    op.drop_table("intent")
    with op.batch_alter_table("given_order", schema=None) as batch_op:
        batch_op.drop_index("ix_given_order_case")

    op.drop_table("given_order")
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_deadline_open", sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_deadline_case_id"))

    op.drop_table("deadline")
    op.drop_table("text_version")
    op.drop_table("media")
    with op.batch_alter_table("flag", schema=None) as batch_op:
        batch_op.drop_index("ix_flag_comment")

    op.drop_table("flag")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index("ix_evidence_comment")

    op.drop_table("evidence")
    with op.batch_alter_table("case", schema=None) as batch_op:
        batch_op.drop_index("ix_case_state")
        batch_op.drop_index("ix_case_changed")

    op.drop_table("case")
    with op.batch_alter_table("dead_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dead_letter_delivery_id"))

    op.drop_table("dead_letter")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_seen_at")
        batch_op.drop_index("ix_comment_author")

    op.drop_table("comment")
    op.drop_table("start_link")
    op.drop_table("session")
    op.drop_table("ruleset")
    op.drop_table("register_key")
    op.drop_table("register_head")
    with op.batch_alter_table("register_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_register_entry_event")
        batch_op.drop_index("ix_register_entry_comment")
        batch_op.drop_index("ix_register_entry_case")
        batch_op.drop_index("ix_register_entry_author")
        batch_op.drop_index("ix_register_entry_at")
        batch_op.drop_index("ix_register_entry_answers")
        batch_op.drop_index("ix_register_entry_actor")

    op.drop_table("register_entry")
    op.drop_table("post")
    op.drop_table("heartbeat")
    op.drop_table("delivery")
    op.drop_table("counter")
    with op.batch_alter_table("alarm", schema=None) as batch_op:
        batch_op.drop_index("ix_alarm_open")

    op.drop_table("alarm")
    op.drop_table("account")
