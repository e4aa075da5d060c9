"""promises, demands and store requests that are taken back."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_back_at", types.Instant(), nullable=True))
        batch_op.add_column(sa.Column("taken_back_by", types.Id, nullable=True))
        batch_op.add_column(sa.Column("taken_back_for", sa.String(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_demand_taken_back_by_person"), "person", ["taken_back_by"], ["id"]
        )

    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_back_at", types.Instant(), nullable=True))
        batch_op.add_column(sa.Column("taken_back_by", types.Id, nullable=True))
        batch_op.add_column(sa.Column("taken_back_for", sa.String(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_promise_taken_back_by_person"), "person", ["taken_back_by"], ["id"]
        )

    with op.batch_alter_table("store_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("taken_back_at", types.Instant(), nullable=True))
        batch_op.add_column(sa.Column("taken_back_by", types.Id, nullable=True))
        batch_op.add_column(sa.Column("taken_back_for", sa.String(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_store_request_taken_back_by_person"), "person", ["taken_back_by"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("store_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_store_request_taken_back_by_person"), type_="foreignkey")
        batch_op.drop_column("taken_back_for")
        batch_op.drop_column("taken_back_by")
        batch_op.drop_column("taken_back_at")

    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_promise_taken_back_by_person"), type_="foreignkey")
        batch_op.drop_column("taken_back_for")
        batch_op.drop_column("taken_back_by")
        batch_op.drop_column("taken_back_at")

    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_demand_taken_back_by_person"), type_="foreignkey")
        batch_op.drop_column("taken_back_for")
        batch_op.drop_column("taken_back_by")
        batch_op.drop_column("taken_back_at")
