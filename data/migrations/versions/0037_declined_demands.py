"""demands that product declines, with the reason."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.add_column(sa.Column("declined_for", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("reply", sa.String(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.drop_column("reply")
        batch_op.drop_column("declined_for")
