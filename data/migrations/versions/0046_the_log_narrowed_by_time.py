"""The log of changes is narrowed by whom and by kind of record in the order of time, without sorting."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_audit_actor_id_audit_at", "audit", ["actor_id", "at"])
    op.create_index("ix_audit_entity_audit_at", "audit", ["entity", "at"])


def downgrade() -> None:
    op.drop_index("ix_audit_entity_audit_at", "audit")
    op.drop_index("ix_audit_actor_id_audit_at", "audit")
