"""Groups of rooms in the chat tool, and who people are there; when a session was last in use."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_group",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("room_id", types.Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("users", types.Json, nullable=False),
        sa.Column("chat_id", sa.String(), nullable=True),
        sa.Column("alias", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_group_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_group")),
        sa.UniqueConstraint("key", name=op.f("uq_room_group_key")),
        sa.UniqueConstraint("room_id", name=op.f("uq_room_group_room_id")),
    )
    op.create_table(
        "group_step",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("group_id", types.Id, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", types.Id, nullable=False),
        sa.Column("due_at", types.Instant(), nullable=False),
        sa.Column("leased_until", types.Instant(), nullable=True),
        sa.Column("unsure_since", types.Instant(), nullable=True),
        sa.Column("sent_at", types.Instant(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"], ["room_group.id"], name=op.f("fk_group_step_group_id_room_group")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_group_step_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_step")),
        sa.UniqueConstraint("group_id", "key", name=op.f("uq_group_step_group_id_key")),
    )
    with op.batch_alter_table("group_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_group_step_state_group_step_due_at"), ["state", "due_at"], unique=False
        )

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("wecom_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("dingtalk_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("feishu_id", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_person_dingtalk_id"), ["dingtalk_id"], unique=True)
        batch_op.create_index(batch_op.f("ix_person_feishu_id"), ["feishu_id"], unique=True)
        batch_op.create_index(batch_op.f("ix_person_wecom_id"), ["wecom_id"], unique=True)
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_at", types.Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_column("seen_at")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_wecom_id"))
        batch_op.drop_index(batch_op.f("ix_person_feishu_id"))
        batch_op.drop_index(batch_op.f("ix_person_dingtalk_id"))
        batch_op.drop_column("feishu_id")
        batch_op.drop_column("dingtalk_id")
        batch_op.drop_column("wecom_id")

    with op.batch_alter_table("group_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_group_step_state_group_step_due_at"))

    op.drop_table("group_step")
    op.drop_table("room_group")
