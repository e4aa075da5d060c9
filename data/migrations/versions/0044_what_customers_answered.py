"""what a customer answered to product's question about a demand, and who passed it on."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("demand_pause", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answer", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("answered_by", types.Id, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_demand_pause_answered_by_person"), "person", ["answered_by"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("demand_pause", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_demand_pause_answered_by_person"), type_="foreignkey")
        batch_op.drop_column("answered_by")
        batch_op.drop_column("answer")
