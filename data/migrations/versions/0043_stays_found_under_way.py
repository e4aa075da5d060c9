"""stays that were found under way have no length; what lists left open is found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_stage_event_found",
        "stage_event",
        ["opportunity_id"],
        sqlite_where=sa.text("gap IS NOT NULL"),
        postgresql_where=sa.text("gap IS NOT NULL"),
    )
    op.execute("UPDATE stage_event SET stayed = NULL WHERE gap = 'since'")


def downgrade() -> None:
    op.drop_index("ix_stage_event_found", "stage_event")
