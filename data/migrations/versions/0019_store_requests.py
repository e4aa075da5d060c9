"""requests of stores to headquarters."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "store_request",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("filed_at", types.Instant(), nullable=False),
        sa.Column("merged_into_id", types.Id, nullable=True),
        sa.Column("merged_at", types.Instant(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reply", sa.String(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("answered_by", types.Id, nullable=True),
        sa.Column("answered_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["person.id"], name=op.f("fk_store_request_answered_by_person")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["store_request.id"],
            name=op.f("fk_store_request_merged_into_id_store_request"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_store_request_person_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_store_request_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store_request")),
    )
    with op.batch_alter_table("store_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_store_request_filed_at"), ["filed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_request_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_store_request_team_id"), ["team_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("store_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_store_request_team_id"))
        batch_op.drop_index(batch_op.f("ix_store_request_merged_into_id"))
        batch_op.drop_index(batch_op.f("ix_store_request_filed_at"))
    op.drop_table("store_request")
