"""versions of reports, and those that went offline."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_version",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("number", types.Id, nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("made_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_report_version_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("report", "number", name=op.f("uq_report_version_report_number")),
    )
    op.create_table(
        "report_offline",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("version", types.Id, nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("taken_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_offline")),
        sa.UniqueConstraint("report", "version", name=op.f("uq_report_offline_report_version")),
    )


def downgrade() -> None:
    op.drop_table("report_offline")
    op.drop_table("report_version")
