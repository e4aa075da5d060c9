"""what kept forecasts hold of imports that were undone since; rows of those may go."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_ROWS = ("forecast_line", "forecast_win")
_SAID = (
    "pipeline_id, period, starts_on, ends_on, taken_on, taken_at, recorded_at, currency, value, low, high, "
    "won_so_far, fresh, parts, weights, models"
)
_GONE = (
    "EXISTS (SELECT 1 FROM opportunity JOIN import_batch ON import_batch.id = opportunity.batch_id "
    "WHERE opportunity.id = OLD.opportunity_id AND import_batch.undone_at IS NOT NULL)"
)
_REFUSE = "BEGIN SELECT RAISE(ABORT, 'what was forecast is never changed'); END"
_UNLESS_GONE = f"""
CREATE FUNCTION forecast_is_kept_unless_undone() RETURNS trigger AS $$
BEGIN
IF {_GONE} THEN RETURN OLD; END IF;
RAISE EXCEPTION 'what was forecast is never changed';
END $$ LANGUAGE plpgsql
"""


def upgrade() -> None:
    with op.batch_alter_table("forecast_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("undone", types.Amount(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        _let_go_postgresql()
        return
    for table in _ROWS:
        op.execute(f"DROP TRIGGER {table}_kept_delete")
        op.execute(f"CREATE TRIGGER {table}_kept_delete BEFORE DELETE ON {table} WHEN NOT {_GONE} {_REFUSE}")
    op.execute("DROP TRIGGER forecast_run_kept_update")
    op.execute("DROP TRIGGER forecast_run_kept_delete")
    op.execute(f"CREATE TRIGGER forecast_run_kept_update BEFORE UPDATE OF {_SAID} ON forecast_run {_REFUSE}")
    op.execute(
        "CREATE TRIGGER forecast_run_kept_delete BEFORE DELETE ON forecast_run "
        f"WHEN OLD.undone IS NULL {_REFUSE}"
    )


def _let_go_postgresql() -> None:
    op.execute(_UNLESS_GONE)
    kept = "FOR EACH ROW EXECUTE FUNCTION forecast_is_kept()"
    for table in _ROWS:
        op.execute(f"DROP TRIGGER {table}_kept ON {table}")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE ON {table} {kept}")
        op.execute(
            f"CREATE TRIGGER {table}_kept_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION forecast_is_kept_unless_undone()"
        )
    op.execute("DROP TRIGGER forecast_run_kept ON forecast_run")
    op.execute(f"CREATE TRIGGER forecast_run_kept BEFORE UPDATE OF {_SAID} ON forecast_run {kept}")
    op.execute(
        "CREATE TRIGGER forecast_run_kept_delete BEFORE DELETE ON forecast_run FOR EACH ROW "
        "WHEN (OLD.undone IS NULL) EXECUTE FUNCTION forecast_is_kept()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in (*_ROWS, "forecast_run"):
            op.execute(f"DROP TRIGGER {table}_kept_delete ON {table}")
            op.execute(f"DROP TRIGGER {table}_kept ON {table}")
            op.execute(
                f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION forecast_is_kept()"
            )
        op.execute("DROP FUNCTION forecast_is_kept_unless_undone")
    else:
        for table in (*_ROWS, "forecast_run"):
            op.execute(f"DROP TRIGGER {table}_kept_delete")
            op.execute(f"CREATE TRIGGER {table}_kept_delete BEFORE DELETE ON {table} {_REFUSE}")
        op.execute("DROP TRIGGER forecast_run_kept_update")
        op.execute(f"CREATE TRIGGER forecast_run_kept_update BEFORE UPDATE ON forecast_run {_REFUSE}")
    op.drop_column("forecast_run", "undone")
