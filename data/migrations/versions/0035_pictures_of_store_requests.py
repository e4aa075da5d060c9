"""pictures of what a store asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("store_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("photo", sa.String(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_store_request_photo_stored_file"), "stored_file", ["photo"], ["sha256"]
        )


def downgrade() -> None:
    with op.batch_alter_table("store_request", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_store_request_photo_stored_file"), type_="foreignkey")
        batch_op.drop_column("photo")
