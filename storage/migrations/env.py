"""Alembic's way in: run by `storage.migrate` with a connection at hand."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON
from sqlmodel.sql.sqltypes import AutoString

from storage.base import UtcDateTime, metadata
from storage.migrate import ours


def _render(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Our own column types by their own names; everything else as Alembic writes it."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UtcDateTime | JSON):
        autogen.imports.add("from storage.base import Json, UtcDateTime")
        return "UtcDateTime()" if isinstance(item, UtcDateTime) else "Json"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    include_name=ours,
    render_as_batch=True,
    render_item=_render,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
