"""recordings are measured and transcribed."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transcript",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("recording", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("asked_at", types.Instant(), nullable=False),
        sa.Column("finished_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording"], ["stored_file.sha256"], name=op.f("fk_transcript_recording_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript")),
        sa.UniqueConstraint("recording", "language", name=op.f("uq_transcript_recording_language")),
    )
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.add_column(sa.Column("transcript", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_action_recording"), ["recording"], unique=False)
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sound", types.Json, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_column("sound")
    with op.batch_alter_table("action", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_recording"))
        batch_op.drop_column("transcript")
    op.drop_table("transcript")
