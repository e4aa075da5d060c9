"""rules of notices: what a message carries, and when somebody else is told."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("carried", types.Json, nullable=True))
        batch_op.add_column(sa.Column("follows_at", types.Instant(), nullable=True))
        batch_op.create_index(batch_op.f("ix_message_follows_at"), ["follows_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_follows_at"))
        batch_op.drop_column("follows_at")
        batch_op.drop_column("carried")
