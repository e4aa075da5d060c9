"""An index for what was won in a window of time."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        op.f("ix_opportunity_closed_at_opportunity_outcome"), "opportunity", ["closed_at", "outcome"]
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_opportunity_closed_at_opportunity_outcome"), table_name="opportunity")
