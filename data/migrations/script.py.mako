<%
    def body(text):
        """Without Alembic's own comments."""
        return "\n".join(line for line in text.splitlines() if "###" not in line).strip()
%>\
"""${message}."""

import sqlalchemy as sa
from alembic import op

from data.schema import types${"\n" + imports if imports else ""}

revision = "${up_revision}"
down_revision = "${down_revision}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${body(upgrades or "pass")}


def downgrade() -> None:
    ${body(downgrades or "pass")}
