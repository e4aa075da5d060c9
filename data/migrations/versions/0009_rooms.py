"""rooms."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", types.Id, nullable=False),
        sa.Column("opened_by_id", types.Id, nullable=True),
        sa.Column("opened_at", types.Instant(), nullable=False),
        sa.Column("tags", types.Json, nullable=False),
        sa.Column("closed_at", types.Instant(), nullable=True),
        sa.Column("closed_by_id", types.Id, nullable=True),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_room_closed_by_id_person")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_room_customer_id_customer")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_room_opened_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
    )
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_room_customer_id_room_opened_at"), ["customer_id", "opened_at"], unique=False
        )
        batch_op.create_index(
            "uq_room_open",
            ["customer_id"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "room_member",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("room_id", types.Id, nullable=False),
        sa.Column("person_id", types.Id, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("joined_at", types.Instant(), nullable=False),
        sa.Column("left_at", types.Instant(), nullable=True),
        sa.Column("seen_id", types.Id, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_room_member_person_id_person")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_member_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_member")),
        sa.UniqueConstraint("room_id", "person_id", name=op.f("uq_room_member_room_id_person_id")),
    )
    with op.batch_alter_table("room_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_member_person_id"), ["person_id"], unique=False)

    op.create_table(
        "room_message",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("room_id", types.Id, nullable=False),
        sa.Column("author_id", types.Id, nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_room_message_author_id_person")),
        sa.ForeignKeyConstraint(
            ["file"], ["stored_file.sha256"], name=op.f("fk_room_message_file_stored_file")
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_message_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_message")),
    )
    with op.batch_alter_table("room_message", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_room_message_room_id_room_message_id"), ["room_id", "id"], unique=False
        )

    op.create_table(
        "room_task",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("room_id", types.Id, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("owner_id", types.Id, nullable=False),
        sa.Column("due_at", types.Instant(), nullable=False),
        sa.Column("added_by_id", types.Id, nullable=True),
        sa.Column("added_at", types.Instant(), nullable=False),
        sa.Column("done_at", types.Instant(), nullable=True),
        sa.Column("done_by_id", types.Id, nullable=True),
        sa.Column("action_id", types.Id, nullable=True),
        sa.Column("dropped_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f("fk_room_task_action_id_action")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_room_task_added_by_id_person")),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"], name=op.f("fk_room_task_done_by_id_person")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_room_task_owner_id_person")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_task_room_id_room")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_task")),
    )
    with op.batch_alter_table("room_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_room_task_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_room_task_room_id"), ["room_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("room_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_task_room_id"))
        batch_op.drop_index(batch_op.f("ix_room_task_owner_id"))

    op.drop_table("room_task")
    with op.batch_alter_table("room_message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_message_room_id_room_message_id"))

    op.drop_table("room_message")
    with op.batch_alter_table("room_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_room_member_person_id"))

    op.drop_table("room_member")
    with op.batch_alter_table("room", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_room_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_room_customer_id_room_opened_at"))

    op.drop_table("room")
