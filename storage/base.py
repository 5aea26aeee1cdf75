"""What all tables share: names of constraints (migrations need them) and aware UTC times on both databases."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, DateTime, Dialect, LargeBinary, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SQLModel.metadata.naming_convention = NAMING
metadata: MetaData = SQLModel.metadata

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. SQLite keeps no zone, so it is stripped going in and put back coming out."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """`timestamptz` on PostgreSQL, text on SQLite."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a naive moment: it would be hours off."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# ---------------------------------------------------------------- columns


def a_moment(*, nullable: bool = False, index: bool = False) -> Any:  # noqa: ANN401 - SQLModel fields are untyped defaults
    """A column with a moment, aware UTC."""
    return Field(sa_column=Column(UtcDateTime(), nullable=nullable, index=index))


def maybe_moment() -> Any:  # noqa: ANN401 - same
    """A moment that may be absent."""
    return Field(default=None, sa_column=Column(UtcDateTime(), nullable=True))


def blob() -> Any:  # noqa: ANN401 - same
    """A column with bytes."""
    return Field(sa_column=Column(LargeBinary, nullable=False))


def json_of(default: Any) -> Any:  # noqa: ANN401 - same
    """A column with plain data; default: makes an empty one."""
    return Field(default_factory=default, sa_column=Column(Json, nullable=False))


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """A check that a column holds a word of an enumeration."""
    allowed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)
