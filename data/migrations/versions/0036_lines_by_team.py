"""indexes: forecasts by the team that they were of."""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_forecast_line_team_id_forecast_line_run_id": ("forecast_line", ["team_id", "run_id"]),
    "ix_forecast_win_team_id_forecast_win_run_id": ("forecast_win", ["team_id", "run_id"]),
}


def upgrade() -> None:
    for name, (table, columns) in _INDEXES.items():
        op.create_index(op.f(name), table, columns, unique=False)


def downgrade() -> None:
    for name, (table, _) in reversed(_INDEXES.items()):
        op.drop_index(op.f(name), table_name=table)
