"""coaching, attribution and weights."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weight_version",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("weights", types.Json, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("made_by_id", types.Id, nullable=True),
        sa.Column("backtest", types.Json, nullable=True),
        sa.Column("backtested_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_weight_version_made_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_version")),
    )
    op.create_table(
        "weight_use",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("version_id", types.Id, nullable=True),
        sa.Column("from_at", types.Instant(), nullable=False),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_weight_use_person_id_person")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["weight_version.id"], name=op.f("fk_weight_use_version_id_weight_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_use")),
    )
    with op.batch_alter_table("weight_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weight_use_from_at"), ["from_at"], unique=False)

    op.create_table(
        "attribution_finding",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("run_id", types.Id, nullable=False),
        sa.Column("opportunity_id", types.Id, nullable=False),
        sa.Column("forecast", types.Amount(), nullable=False),
        sa.Column("actual", types.Amount(), nullable=False),
        sa.Column("proposed", sa.String(), nullable=False),
        sa.Column("evidence", types.Json, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_at", types.Instant(), nullable=False),
        sa.Column("decided_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_attribution_finding_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["opportunity.id"],
            name=op.f("fk_attribution_finding_opportunity_id_opportunity"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["forecast_run.id"], name=op.f("fk_attribution_finding_run_id_forecast_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attribution_finding")),
        sa.UniqueConstraint(
            "run_id", "opportunity_id", name=op.f("uq_attribution_finding_run_id_opportunity_id")
        ),
    )
    op.create_table(
        "business_event",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("finding_id", types.Id, nullable=True),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("recorded_by_id", types.Id, nullable=True),
        sa.Column("withdrawn_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["attribution_finding.id"],
            name=op.f("fk_business_event_finding_id_attribution_finding"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_business_event_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_event")),
    )
    with op.batch_alter_table("business_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_business_event_starts_on_business_event_ends_on"),
            ["starts_on", "ends_on"],
            unique=False,
        )

    op.create_table(
        "coaching_task",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("rep_id", types.Id, nullable=False),
        sa.Column("owner_id", types.Id, nullable=True),
        sa.Column("finding_id", types.Id, nullable=True),
        sa.Column("figures", types.Json, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", types.Instant(), nullable=False),
        sa.Column("opened_by_id", types.Id, nullable=True),
        sa.Column("closed_at", types.Instant(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["attribution_finding.id"],
            name=op.f("fk_coaching_task_finding_id_attribution_finding"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"], ["person.id"], name=op.f("fk_coaching_task_opened_by_id_person")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_coaching_task_owner_id_person")),
        sa.ForeignKeyConstraint(["rep_id"], ["person.id"], name=op.f("fk_coaching_task_rep_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_task")),
        sa.UniqueConstraint("cause", name=op.f("uq_coaching_task_cause")),
    )
    with op.batch_alter_table("coaching_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_task_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coaching_task_rep_id"), ["rep_id"], unique=False)

    op.create_table(
        "factor_request",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("finding_id", types.Id, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("asked_at", types.Instant(), nullable=False),
        sa.Column("asked_by_id", types.Id, nullable=True),
        sa.Column("answered_at", types.Instant(), nullable=True),
        sa.Column("answered_by_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_factor_request_answered_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_factor_request_asked_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"],
            ["attribution_finding.id"],
            name=op.f("fk_factor_request_finding_id_attribution_finding"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_request")),
    )
    op.create_table(
        "coaching_note",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("task_id", types.Id, nullable=False),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("noted_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_coaching_note_person_id_person")),
        sa.ForeignKeyConstraint(
            ["task_id"], ["coaching_task.id"], name=op.f("fk_coaching_note_task_id_coaching_task")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_note")),
    )
    with op.batch_alter_table("coaching_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_note_task_id"), ["task_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("coaching_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coaching_note_task_id"))

    op.drop_table("coaching_note")
    op.drop_table("factor_request")
    with op.batch_alter_table("coaching_task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coaching_task_rep_id"))
        batch_op.drop_index(batch_op.f("ix_coaching_task_owner_id"))

    op.drop_table("coaching_task")
    with op.batch_alter_table("business_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_business_event_starts_on_business_event_ends_on"))

    op.drop_table("business_event")
    op.drop_table("attribution_finding")
    with op.batch_alter_table("weight_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_weight_use_from_at"))

    op.drop_table("weight_use")
    op.drop_table("weight_version")
