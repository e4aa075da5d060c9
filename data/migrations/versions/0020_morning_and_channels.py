"""morning briefs, meetings and commitments; robots of teams, wishes of people, gathered deliveries."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "morning_brief",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("team_id", types.Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("issued_at", types.Instant(), nullable=False),
        sa.Column("issued_by", types.Id, nullable=True),
        sa.Column("items", types.Json, nullable=False),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_morning_brief_issued_by_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_morning_brief_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_morning_brief")),
        sa.UniqueConstraint("key", name=op.f("uq_morning_brief_key")),
    )
    with op.batch_alter_table("morning_brief", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_morning_brief_team_id_morning_brief_day"), ["team_id", "day"], unique=False
        )

    op.create_table(
        "morning_meeting",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("brief_id", types.Id, nullable=False),
        sa.Column("started_at", types.Instant(), nullable=False),
        sa.Column("started_by_id", types.Id, nullable=True),
        sa.Column("finished_at", types.Instant(), nullable=True),
        sa.Column("finished_by_id", types.Id, nullable=True),
        sa.Column("minutes", types.Json, nullable=True),
        sa.ForeignKeyConstraint(
            ["brief_id"], ["morning_brief.id"], name=op.f("fk_morning_meeting_brief_id_morning_brief")
        ),
        sa.ForeignKeyConstraint(
            ["finished_by_id"], ["person.id"], name=op.f("fk_morning_meeting_finished_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["person.id"], name=op.f("fk_morning_meeting_started_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_morning_meeting")),
        sa.UniqueConstraint("brief_id", name=op.f("uq_morning_meeting_brief_id")),
    )
    op.create_table(
        "commitment",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("meeting_id", types.Id, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("owner_id", types.Id, nullable=False),
        sa.Column("customer_id", types.Id, nullable=True),
        sa.Column("opportunity_id", types.Id, nullable=True),
        sa.Column("expects", sa.String(), nullable=False),
        sa.Column("about", types.Id, nullable=True),
        sa.Column("due_at", types.Instant(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("made_by_id", types.Id, nullable=True),
        sa.Column("dropped_at", types.Instant(), nullable=True),
        sa.Column("drop_reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_commitment_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_commitment_made_by_id_person")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["morning_meeting.id"], name=op.f("fk_commitment_meeting_id_morning_meeting")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f("fk_commitment_opportunity_id_opportunity")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_commitment_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commitment")),
    )
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_commitment_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_commitment_owner_id"), ["owner_id"], unique=False)
    op.create_table(
        "team_channel",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("team_id", types.Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", types.Instant(), nullable=False),
        sa.Column("tested_at", types.Instant(), nullable=True),
        sa.Column("test_error", sa.String(), nullable=True),
        sa.Column("removed_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_team_channel_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_channel")),
    )
    with op.batch_alter_table("team_channel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_channel_team_id"), ["team_id"], unique=False)

    op.create_table(
        "notice_wishes",
        sa.Column("person_id", types.Id, autoincrement=False, nullable=False),
        sa.Column("off", types.Json, nullable=False),
        sa.Column("quiet_from", sa.String(), nullable=True),
        sa.Column("quiet_to", sa.String(), nullable=True),
        sa.Column("digest_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_wishes_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_wishes")),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_at", types.Instant(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_column("digest_at")

    op.drop_table("notice_wishes")
    with op.batch_alter_table("team_channel", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_team_channel_team_id"))

    op.drop_table("team_channel")
    with op.batch_alter_table("commitment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_commitment_owner_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_commitment_customer_id"))

    op.drop_table("commitment")
    op.drop_table("morning_meeting")
    with op.batch_alter_table("morning_brief", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_morning_brief_team_id_morning_brief_day"))

    op.drop_table("morning_brief")
