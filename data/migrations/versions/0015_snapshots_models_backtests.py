"""what was won in a run, models, backtests; rows of a run are never changed."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEPT = ("forecast_run", "forecast_line", "forecast_win")
_REFUSE = """
CREATE FUNCTION forecast_is_kept() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'what was forecast is never changed'; END $$ LANGUAGE plpgsql
"""


def upgrade() -> None:
    op.create_table(
        "forecast_model",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("pipeline_id", types.Id, nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("version", types.Id, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("trained_at", types.Instant(), nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("retired_at", types.Instant(), nullable=True),
        sa.Column("data_from", types.Instant(), nullable=True),
        sa.Column("data_until", types.Instant(), nullable=True),
        sa.Column("rows", types.Id, nullable=False),
        sa.Column("wins", types.Id, nullable=False),
        sa.Column("metrics", types.Json, nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["pipeline.id"], name=op.f("fk_forecast_model_pipeline_id_pipeline")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_model")),
        sa.UniqueConstraint(
            "pipeline_id", "layer", "trained_at", name=op.f("uq_forecast_model_pipeline_id_layer_trained_at")
        ),
        sa.UniqueConstraint(
            "pipeline_id", "layer", "version", name=op.f("uq_forecast_model_pipeline_id_layer_version")
        ),
    )
    with op.batch_alter_table("forecast_model", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forecast_model_pipeline_id_forecast_model_state"),
            ["pipeline_id", "state"],
            unique=False,
        )

    op.create_table(
        "forecast_backtest",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("pipeline_id", types.Id, nullable=False),
        sa.Column("horizon", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("asked_by_id", types.Id, nullable=True),
        sa.Column("asked_at", types.Instant(), nullable=False),
        sa.Column("finished_at", types.Instant(), nullable=True),
        sa.Column("result", types.Json, nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_forecast_backtest_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["pipeline_id"], ["pipeline.id"], name=op.f("fk_forecast_backtest_pipeline_id_pipeline")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_backtest")),
    )
    with op.batch_alter_table("forecast_backtest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forecast_backtest_pipeline_id"), ["pipeline_id"], unique=False)

    op.create_table(
        "forecast_win",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("run_id", types.Id, nullable=False),
        sa.Column("opportunity_id", types.Id, nullable=False),
        sa.Column("owner_id", types.Id, nullable=True),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("closed_at", types.Instant(), nullable=False),
        sa.Column("amount", types.Amount(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f("fk_forecast_win_opportunity_id_opportunity")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_forecast_win_owner_id_person")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["forecast_run.id"], name=op.f("fk_forecast_win_run_id_forecast_run")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_forecast_win_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast_win")),
        sa.UniqueConstraint("run_id", "opportunity_id", name=op.f("uq_forecast_win_run_id_opportunity_id")),
    )
    with op.batch_alter_table("forecast_win", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forecast_win_opportunity_id"), ["opportunity_id"], unique=False)
    _keep()


def _keep() -> None:
    """The database itself refuses to change or delete what was forecast."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_REFUSE)
        for table in _KEPT:
            op.execute(
                f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION forecast_is_kept()"
            )
        return
    for table in _KEPT:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_kept_{act.lower()} BEFORE {act} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'what was forecast is never changed'); END"
            )


def _release() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in _KEPT:
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
        op.execute("DROP FUNCTION forecast_is_kept")
        return
    for table in _KEPT:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_kept_{act}")


def downgrade() -> None:
    _release()
    with op.batch_alter_table("forecast_win", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_win_opportunity_id"))

    op.drop_table("forecast_win")
    with op.batch_alter_table("forecast_backtest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_backtest_pipeline_id"))

    op.drop_table("forecast_backtest")
    with op.batch_alter_table("forecast_model", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forecast_model_pipeline_id_forecast_model_state"))

    op.drop_table("forecast_model")
