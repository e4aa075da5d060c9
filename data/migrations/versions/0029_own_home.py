"""people's own layouts of Today."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "home_wish",
        sa.Column("person_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("content", types.Json, nullable=False),
        sa.Column("updated_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_home_wish_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_home_wish")),
    )


def downgrade() -> None:
    op.drop_table("home_wish")
