"""what managers made of signs in people's records."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_review",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("person_id", types.Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("reviewed_at", types.Instant(), nullable=False),
        sa.Column("reviewed_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_review_person_id_person")),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["person.id"], name=op.f("fk_sign_review_reviewed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_review")),
    )
    with op.batch_alter_table("sign_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_review_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sign_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_review_person_id"))
    op.drop_table("sign_review")
