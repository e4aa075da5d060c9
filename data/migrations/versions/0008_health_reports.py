"""health reports."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "health_report",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("week_start", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("as_of", types.Instant(), nullable=False),
        sa.Column("issued_at", types.Instant(), nullable=False),
        sa.Column("issued_by", types.Id, nullable=True),
        sa.Column("figures", types.Json, nullable=False),
        sa.Column("drivers", types.Json, nullable=False),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_health_report_issued_by_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_health_report_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_report")),
        sa.UniqueConstraint("key", name=op.f("uq_health_report_key")),
    )
    with op.batch_alter_table("health_report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_health_report_team_id_health_report_week_start"),
            ["team_id", "week_start"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("health_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_health_report_team_id_health_report_week_start"))
    op.drop_table("health_report")
