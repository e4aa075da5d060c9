"""secret ballots."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ballot_box",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("opened", sa.Boolean(), nullable=False),
        sa.Column("votes", types.Id, nullable=True),
        sa.Column("counts", types.Json, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_box")),
        sa.UniqueConstraint("subject", "month", name=op.f("uq_ballot_box_subject_month")),
    )
    op.create_table(
        "sealed_ballot",
        sa.Column("box_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id"], ["ballot_box.id"], name=op.f("fk_sealed_ballot_box_id_ballot_box")
        ),
        sa.PrimaryKeyConstraint("box_id", "mark", name=op.f("pk_sealed_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_paper",
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("person_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("print", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ballot_paper_person_id_person")),
        sa.PrimaryKeyConstraint("month", "person_id", name=op.f("pk_ballot_paper")),
    )


def downgrade() -> None:
    op.drop_table("ballot_paper")
    op.drop_table("sealed_ballot")
    op.drop_table("ballot_box")
