"""alerts in hand."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.add_column(sa.Column("assigned_to_id", types.Id, nullable=True))
        batch_op.add_column(sa.Column("due_at", types.Instant(), nullable=True))
        batch_op.add_column(sa.Column("snoozed_until", types.Instant(), nullable=True))
        batch_op.add_column(sa.Column("resolved_at", types.Instant(), nullable=True))
        batch_op.add_column(sa.Column("note", sa.String(), server_default="", nullable=False))
        batch_op.create_index(batch_op.f("ix_alert_assigned_to_id"), ["assigned_to_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_alert_assigned_to_id_person"), "person", ["assigned_to_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_alert_assigned_to_id_person"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_alert_assigned_to_id"))
        batch_op.drop_column("note")
        batch_op.drop_column("resolved_at")
        batch_op.drop_column("snoozed_until")
        batch_op.drop_column("due_at")
        batch_op.drop_column("assigned_to_id")
