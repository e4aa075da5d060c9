"""Alembic's entry: runs the revisions over the connection that `data.migrate` hands in."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from data.schema import Base
from data.schema.types import Amount, Id, Instant, Json

_NAMES = {
    type(Id): "types.Id",
    type(Json): "types.Json",
    Instant: "types.Instant()",
    Amount: "types.Amount()",
}


def _render(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Our own column types by name, so that a revision reads like the schema."""
    return _NAMES.get(type(item), False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=_render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
