"""the studio: drafts of the policy, and for every version which part it changed and why."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "studio_draft",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("person_id", types.Id, nullable=False),
        sa.Column("content", types.Json, nullable=False),
        sa.Column("based_on", types.Id, nullable=False),
        sa.Column("updated_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_studio_draft_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_studio_draft")),
        sa.UniqueConstraint("area", "person_id", name=op.f("uq_studio_draft_area_person_id")),
    )
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("area", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("note", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("policy_version", schema=None) as batch_op:
        batch_op.drop_column("note")
        batch_op.drop_column("area")

    op.drop_table("studio_draft")
