"""own fields of customers and opportunities."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TABLES = ("customer", "opportunity")


def upgrade() -> None:
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("fields", types.Json, server_default="{}", nullable=False))
            batch_op.add_column(sa.Column("policy_version", types.Id, server_default="0", nullable=False))


def downgrade() -> None:
    for table in reversed(_TABLES):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("policy_version")
            batch_op.drop_column("fields")
