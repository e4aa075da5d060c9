"""exchange rates."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exchange_rate",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("worth", sa.Float(), nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("recorded_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_exchange_rate_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
    )
    with op.batch_alter_table("exchange_rate", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_exchange_rate_currency_exchange_rate_from_on"),
            ["currency", "from_on"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("exchange_rate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_rate_currency_exchange_rate_from_on"))

    op.drop_table("exchange_rate")
