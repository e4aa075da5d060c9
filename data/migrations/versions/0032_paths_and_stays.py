"""paths of opportunities, how long they stayed, and the audit by command."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_PATHS = """
    UPDATE opportunity_state SET path = found.path
    FROM (
        SELECT opportunity_id, {strung}(CAST(stage_id AS VARCHAR), ',')
            OVER (PARTITION BY opportunity_id ORDER BY happened_at, id) AS path,
            row_number() OVER (PARTITION BY opportunity_id ORDER BY happened_at DESC, id DESC) AS from_end
        FROM stage_event WHERE voided_at IS NULL
    ) AS found
    WHERE found.opportunity_id = opportunity_state.opportunity_id AND found.from_end = 1
"""
_FURTHEST = """
    UPDATE opportunity_state SET furthest_id = found.stage_id, furthest_since = found.happened_at
    FROM (
        SELECT opportunity_id, stage_id, happened_at, row_number() OVER (
            PARTITION BY opportunity_id ORDER BY stage.position DESC, happened_at, stage_event.id
        ) AS place
        FROM stage_event JOIN stage ON stage.id = stage_event.stage_id WHERE voided_at IS NULL
    ) AS found
    WHERE found.opportunity_id = opportunity_state.opportunity_id AND found.place = 1
"""
_STAYS = """
    UPDATE stage_event SET stayed = {elapsed}
    FROM (
        SELECT id, lead(happened_at) OVER (PARTITION BY opportunity_id ORDER BY happened_at, id) AS next_at
        FROM stage_event WHERE voided_at IS NULL
    ) AS found
    WHERE found.id = stage_event.id AND found.next_at IS NOT NULL
"""
_STRUNG = {"sqlite": "group_concat", "postgresql": "string_agg"}
_ELAPSED = {
    "sqlite": "found.next_at - stage_event.happened_at",
    "postgresql": "CAST(EXTRACT(EPOCH FROM (found.next_at - stage_event.happened_at)) * 1000000 AS BIGINT)",
}


def upgrade() -> None:
    with op.batch_alter_table("opportunity_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("path", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("furthest_id", types.Id, nullable=True))
        batch_op.add_column(sa.Column("furthest_since", types.Instant(), nullable=True))
        batch_op.drop_index(batch_op.f("ix_opportunity_state_stage_id"))
        batch_op.create_index(
            batch_op.f("ix_opportunity_state_stage_id_opportunity_state_path"),
            ["stage_id", "path"],
            unique=False,
        )
    with op.batch_alter_table("stage_event", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stayed", types.Id, nullable=True))
        batch_op.drop_index(batch_op.f("ix_stage_event_stage_id"))
        batch_op.create_index(
            batch_op.f("ix_stage_event_stage_id_stage_event_stayed"), ["stage_id", "stayed"], unique=False
        )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_command_audit_at"), ["command", "at"], unique=False)
    dialect = op.get_bind().dialect.name
    op.execute(_PATHS.format(strung=_STRUNG[dialect]))
    op.execute(_FURTHEST)
    op.execute(_STAYS.format(elapsed=_ELAPSED[dialect]))


def downgrade() -> None:
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_command_audit_at"))
    with op.batch_alter_table("stage_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_event_stage_id_stage_event_stayed"))
        batch_op.create_index(batch_op.f("ix_stage_event_stage_id"), ["stage_id"], unique=False)
        batch_op.drop_column("stayed")
    with op.batch_alter_table("opportunity_state", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_opportunity_state_stage_id_opportunity_state_path"))
        batch_op.create_index(batch_op.f("ix_opportunity_state_stage_id"), ["stage_id"], unique=False)
        batch_op.drop_column("furthest_since")
        batch_op.drop_column("furthest_id")
        batch_op.drop_column("path")
