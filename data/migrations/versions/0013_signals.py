"""what is told about customers and has no record of its own."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signal",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", types.Id, nullable=False),
        sa.Column("opportunity_id", types.Id, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("happened_at", types.Instant(), nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("voided_at", types.Instant(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=True),
        sa.Column("batch_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_signal_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_signal_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f("fk_signal_opportunity_id_opportunity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint("ref", name=op.f("uq_signal_ref")),
    )
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signal_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_signal_customer_id_signal_happened_at"),
            ["customer_id", "happened_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_signal_opportunity_id"), ["opportunity_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("signal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signal_opportunity_id"))
        batch_op.drop_index(batch_op.f("ix_signal_customer_id_signal_happened_at"))
        batch_op.drop_index(batch_op.f("ix_signal_batch_id"))

    op.drop_table("signal")
