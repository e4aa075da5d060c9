"""earlier answers to demands."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "earlier_answer",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("demand_id", types.Id, nullable=False),
        sa.Column("feature_id", types.Id, nullable=True),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("resources", sa.String(), nullable=True),
        sa.Column("declined_for", sa.String(), nullable=True),
        sa.Column("reply", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("ended_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_earlier_answer_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["feature_id"], ["feature.id"], name=op.f("fk_earlier_answer_feature_id_feature")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_earlier_answer_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_earlier_answer")),
    )
    with op.batch_alter_table("earlier_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_earlier_answer_demand_id"), ["demand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_earlier_answer_feature_id"), ["feature_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("earlier_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_earlier_answer_feature_id"))
        batch_op.drop_index(batch_op.f("ix_earlier_answer_demand_id"))

    op.drop_table("earlier_answer")
