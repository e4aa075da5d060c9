"""indexes: forecasts by owner, promises by person, demands by opportunity, currencies of a pipeline."""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_demand_opportunity_id": ("demand", ["opportunity_id"]),
    "ix_forecast_line_owner_id_forecast_line_run_id": ("forecast_line", ["owner_id", "run_id"]),
    "ix_forecast_line_run_id_forecast_line_value": ("forecast_line", ["run_id", "value"]),
    "ix_forecast_win_owner_id_forecast_win_run_id": ("forecast_win", ["owner_id", "run_id"]),
    "ix_opportunity_pipeline_id_opportunity_currency": ("opportunity", ["pipeline_id", "currency"]),
    "ix_opportunity_recorded_at": ("opportunity", ["recorded_at"]),
    "ix_promise_person_id": ("promise", ["person_id"]),
}


def upgrade() -> None:
    for name, (table, columns) in _INDEXES.items():
        op.create_index(op.f(name), table, columns, unique=False)


def downgrade() -> None:
    for name, (table, _) in reversed(_INDEXES.items()):
        op.drop_index(op.f(name), table_name=table)
