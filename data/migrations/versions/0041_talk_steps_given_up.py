"""next steps of a talk that are given up."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("talk_step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dropped_at", types.Instant(), nullable=True))
        batch_op.add_column(sa.Column("drop_reason", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("talk_step", schema=None) as batch_op:
        batch_op.drop_column("drop_reason")
        batch_op.drop_column("dropped_at")
