"""forecasts day by day and what was answered."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecast_run",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("pipeline_id", types.Id, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", types.Instant(), nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("value", types.Amount(), nullable=True),
        sa.Column("low", types.Amount(), nullable=True),
        sa.Column("high", types.Amount(), nullable=True),
        sa.Column("won_so_far", types.Amount(), nullable=False),
        sa.Column("fresh", types.Amount(), nullable=False),
        sa.Column("parts", types.Json, nullable=False),
        sa.Column("weights", types.Json, nullable=False),
        sa.Column("models", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["pipeline.id"], name=op.f("fk_forecast_run_pipeline_id_pipeline")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_run")),
        sa.UniqueConstraint(
            "pipeline_id",
            "period",
            "starts_on",
            "taken_on",
            name=op.f("uq_forecast_run_pipeline_id_period_starts_on_taken_on"),
        ),
    )
    with op.batch_alter_table("forecast_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forecast_run_taken_on"), ["taken_on"], unique=False)

    op.create_table(
        "forecast_line",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("run_id", types.Id, nullable=False),
        sa.Column("opportunity_id", types.Id, nullable=False),
        sa.Column("owner_id", types.Id, nullable=True),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("stage_id", types.Id, nullable=True),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("close_on", sa.Date(), nullable=True),
        sa.Column("booked", types.Amount(), nullable=True),
        sa.Column("amount", types.Amount(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("value", types.Amount(), nullable=False),
        sa.Column("low", types.Amount(), nullable=False),
        sa.Column("high", types.Amount(), nullable=False),
        sa.Column("scorecard_chance", sa.Float(), nullable=False),
        sa.Column("scorecard_value", types.Amount(), nullable=False),
        sa.Column("factors", types.Json, nullable=False),
        sa.Column("reasons", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f("fk_forecast_line_opportunity_id_opportunity")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_forecast_line_owner_id_person")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["forecast_run.id"], name=op.f("fk_forecast_line_run_id_forecast_run")
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_forecast_line_stage_id_stage")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_forecast_line_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_line")),
        sa.UniqueConstraint("run_id", "opportunity_id", name=op.f("uq_forecast_line_run_id_opportunity_id")),
    )
    with op.batch_alter_table("forecast_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecast_line_opportunity_id_forecast_line_run_id"),
            ["opportunity_id", "run_id"],
            unique=False,
        )

    op.create_table(
        "forecast_decision",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("opportunity_id", types.Id, nullable=False),
        sa.Column("line_id", types.Id, nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("suggested", types.Amount(), nullable=False),
        sa.Column("scorecard", types.Amount(), nullable=False),
        sa.Column("value", types.Amount(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("decided_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"], ["forecast_line.id"], name=op.f("fk_forecast_decision_line_id_forecast_line")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunity.id"],
            name=op.f("fk_forecast_decision_opportunity_id_opportunity"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_forecast_decision_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_decision")),
    )
    with op.batch_alter_table("forecast_decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecast_decision_opportunity_id_forecast_decision_starts_on"),
            ["opportunity_id", "starts_on"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_forecast_decision_person_id_forecast_decision_starts_on"),
            ["person_id", "starts_on"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("forecast_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_decision_person_id_forecast_decision_starts_on"))
        batch_op.drop_index(batch_op.f("ix_forecast_decision_opportunity_id_forecast_decision_starts_on"))

    op.drop_table("forecast_decision")
    with op.batch_alter_table("forecast_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_line_opportunity_id_forecast_line_run_id"))

    op.drop_table("forecast_line")
    with op.batch_alter_table("forecast_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_run_taken_on"))

    op.drop_table("forecast_run")
