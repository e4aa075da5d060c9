"""launch dates, milestones as issued, their signatures and appeals, samples to check, time of reporting."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "launch",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("launched_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("set_at", types.Instant(), nullable=False),
        sa.Column("set_by", types.Id, nullable=True),
        sa.ForeignKeyConstraint(["set_by"], ["person.id"], name=op.f("fk_launch_set_by_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_launch_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch")),
    )
    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_launch_team_id_launch_set_at"), ["team_id", "set_at"], unique=False
        )

    op.create_table(
        "milestone_result",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("launched_on", sa.Date(), nullable=False),
        sa.Column("day", types.Id, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("as_of", types.Instant(), nullable=False),
        sa.Column("issued_at", types.Instant(), nullable=False),
        sa.Column("issued_by", types.Id, nullable=True),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("policy_version", types.Id, nullable=False),
        sa.Column("figures", types.Json, nullable=False),
        sa.Column("rows", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["person.id"], name=op.f("fk_milestone_result_issued_by_person")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_milestone_result_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_result")),
        sa.UniqueConstraint("key", name=op.f("uq_milestone_result_key")),
    )
    with op.batch_alter_table("milestone_result", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_milestone_result_team_id_milestone_result_due_on"),
            ["team_id", "due_on"],
            unique=False,
        )

    op.create_table(
        "proof_sample",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("launched_on", sa.Date(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("population", types.Id, nullable=False),
        sa.Column("as_of", types.Instant(), nullable=False),
        sa.Column("drawn_at", types.Instant(), nullable=False),
        sa.Column("drawn_by", types.Id, nullable=True),
        sa.Column("items", types.Json, nullable=False),
        sa.ForeignKeyConstraint(["drawn_by"], ["person.id"], name=op.f("fk_proof_sample_drawn_by_person")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_proof_sample_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_sample")),
        sa.UniqueConstraint("key", name=op.f("uq_proof_sample_key")),
    )
    op.create_table(
        "usage_day",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("person_id", types.Id, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seconds", types.Id, nullable=False),
        sa.Column("latest_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_usage_day_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_day")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_usage_day_person_id_day")),
    )
    with op.batch_alter_table("usage_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_usage_day_day"), ["day"], unique=False)

    op.create_table(
        "milestone_appeal",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("result_id", types.Id, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("made_by", types.Id, nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("decided_at", types.Instant(), nullable=True),
        sa.Column("decided_by", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_milestone_appeal_decided_by_person")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_milestone_appeal_made_by_person")),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["milestone_result.id"],
            name=op.f("fk_milestone_appeal_result_id_milestone_result"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_appeal")),
    )
    with op.batch_alter_table("milestone_appeal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_appeal_result_id"), ["result_id"], unique=False)

    op.create_table(
        "milestone_signature",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("result_id", types.Id, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("signed_at", types.Instant(), nullable=False),
        sa.Column("signed_by", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["result_id"],
            ["milestone_result.id"],
            name=op.f("fk_milestone_signature_result_id_milestone_result"),
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["person.id"], name=op.f("fk_milestone_signature_signed_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_signature")),
        sa.UniqueConstraint("result_id", name=op.f("uq_milestone_signature_result_id")),
    )
    op.create_table(
        "proof_check",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("sample_id", types.Id, nullable=False),
        sa.Column("of", types.Id, nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("checked_at", types.Instant(), nullable=False),
        sa.Column("checked_by", types.Id, nullable=True),
        sa.ForeignKeyConstraint(["checked_by"], ["person.id"], name=op.f("fk_proof_check_checked_by_person")),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["proof_sample.id"], name=op.f("fk_proof_check_sample_id_proof_sample")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_check")),
    )
    with op.batch_alter_table("proof_check", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_proof_check_sample_id_proof_check_of"), ["sample_id", "of"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("proof_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_proof_check_sample_id_proof_check_of"))

    op.drop_table("proof_check")
    op.drop_table("milestone_signature")
    with op.batch_alter_table("milestone_appeal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_appeal_result_id"))

    op.drop_table("milestone_appeal")
    with op.batch_alter_table("usage_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_usage_day_day"))

    op.drop_table("usage_day")
    op.drop_table("proof_sample")
    with op.batch_alter_table("milestone_result", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_result_team_id_milestone_result_due_on"))

    op.drop_table("milestone_result")
    with op.batch_alter_table("launch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_launch_team_id_launch_set_at"))

    op.drop_table("launch")
