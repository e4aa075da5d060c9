"""versions of reports, those that went offline; saved views; talks."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "report_version",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("number", types.Id, nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("made_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_report_version_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_version")),
        sa.UniqueConstraint("report", "number", name=op.f("uq_report_version_report_number")),
    )
    op.create_table(
        "report_offline",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("version", types.Id, nullable=False),
        sa.Column("month", sa.String(), nullable=False),
        sa.Column("taken_at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_offline")),
        sa.UniqueConstraint("report", "version", name=op.f("uq_report_offline_report_version")),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("query", types.Json, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_id", types.Id, nullable=False),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_saved_view_owner_id_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_saved_view_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("owner_id", "page", "name", name=op.f("uq_saved_view_owner_id_page_name")),
    )
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_view_team_id"), ["team_id"], unique=False)
    op.create_table(
        "subscription",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("view_id", types.Id, nullable=False),
        sa.Column("person_id", types.Id, nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("weekday", types.Id, nullable=False),
        sa.Column("since", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_subscription_person_id_person")),
        sa.ForeignKeyConstraint(
            ["view_id"], ["saved_view.id"], name=op.f("fk_subscription_view_id_saved_view")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("view_id", "person_id", name=op.f("uq_subscription_view_id_person_id")),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_person_id"), ["person_id"], unique=False)
    op.create_table(
        "talk",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("rep_id", types.Id, nullable=False),
        sa.Column("held_at", types.Instant(), nullable=False),
        sa.Column("held_by_id", types.Id, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["held_by_id"], ["person.id"], name=op.f("fk_talk_held_by_id_person")),
        sa.ForeignKeyConstraint(["rep_id"], ["person.id"], name=op.f("fk_talk_rep_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
    )
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talk_rep_id_talk_held_at"), ["rep_id", "held_at"], unique=False)
    op.create_table(
        "talk_step",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("talk_id", types.Id, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("customer_id", types.Id, nullable=True),
        sa.Column("expects", sa.String(), nullable=False),
        sa.Column("due_at", types.Instant(), nullable=False),
        sa.Column("agreed_at", types.Instant(), nullable=False),
        sa.Column("settled_at", types.Instant(), nullable=True),
        sa.Column("settled_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_talk_step_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_talk_step_settled_by_id_person")
        ),
        sa.ForeignKeyConstraint(["talk_id"], ["talk.id"], name=op.f("fk_talk_step_talk_id_talk")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_step")),
    )
    with op.batch_alter_table("talk_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_talk_step_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_talk_step_talk_id"), ["talk_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("talk_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talk_step_talk_id"))
        batch_op.drop_index(batch_op.f("ix_talk_step_customer_id"))
    op.drop_table("talk_step")
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talk_rep_id_talk_held_at"))
    op.drop_table("talk")
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subscription_person_id"))
    op.drop_table("subscription")
    with op.batch_alter_table("saved_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_saved_view_team_id"))
    op.drop_table("saved_view")
    op.drop_table("report_offline")
    op.drop_table("report_version")
