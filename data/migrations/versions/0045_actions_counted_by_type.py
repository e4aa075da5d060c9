"""actions are counted by type from an index: the studio read every one of them."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    columns = ["type", "status", "voided_at"]
    op.create_index("ix_action_type_action_status_action_voided_at", "action", columns)


def downgrade() -> None:
    op.drop_index("ix_action_type_action_status_action_voided_at", "action")
