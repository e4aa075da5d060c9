"""files of demands, calendars, the collaboration report; a ticket may say no effect."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_version",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("version", types.Id, nullable=False),
        sa.Column("changes", types.Json, nullable=False),
        sa.Column("published_at", types.Instant(), nullable=False),
        sa.Column("published_by", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["published_by"], ["person.id"], name=op.f("fk_calendar_version_published_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_version")),
        sa.UniqueConstraint("version", name=op.f("uq_calendar_version_version")),
    )
    op.create_table(
        "collaboration_report",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("quarter_start", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("as_of", types.Instant(), nullable=False),
        sa.Column("issued_at", types.Instant(), nullable=False),
        sa.Column("issued_by", types.Id, nullable=True),
        sa.Column("figures", types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["person.id"], name=op.f("fk_collaboration_report_issued_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collaboration_report")),
        sa.UniqueConstraint("quarter_start", name=op.f("uq_collaboration_report_quarter_start")),
    )
    op.create_table(
        "root_cause",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("report_id", types.Id, nullable=False),
        sa.Column("team_id", types.Id, nullable=True),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("evidence", types.Json, nullable=False),
        sa.Column("opened_at", types.Instant(), nullable=False),
        sa.Column("owner_id", types.Id, nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("closed_at", types.Instant(), nullable=True),
        sa.Column("closed_by", types.Id, nullable=True),
        sa.ForeignKeyConstraint(["closed_by"], ["person.id"], name=op.f("fk_root_cause_closed_by_person")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_root_cause_owner_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_root_cause_person_id_person")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["collaboration_report.id"],
            name=op.f("fk_root_cause_report_id_collaboration_report"),
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_root_cause_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_root_cause")),
        sa.UniqueConstraint("key", name=op.f("uq_root_cause_key")),
    )
    with op.batch_alter_table("root_cause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_root_cause_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_root_cause_report_id"), ["report_id"], unique=False)

    op.create_table(
        "demand_attachment",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("demand_id", types.Id, nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_demand_attachment_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["file"], ["stored_file.sha256"], name=op.f("fk_demand_attachment_file_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_demand_attachment_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_attachment")),
    )
    with op.batch_alter_table("demand_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_attachment_demand_id"), ["demand_id"], unique=False)

    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.alter_column("effect_before", existing_type=types.Amount(), nullable=True)
        batch_op.alter_column("effect_after", existing_type=types.Amount(), nullable=True)

    for table in ("demand_pause", "planned_date", "promised_date"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("batch_id", types.Id, nullable=True))
            batch_op.create_index(batch_op.f(f"ix_{table}_batch_id"), ["batch_id"], unique=False)
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_batch_id_import_batch"), "import_batch", ["batch_id"], ["id"]
            )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.add_column(sa.Column("action_id", types.Id, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_promise_action_id_action"), "action", ["action_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_promise_action_id_action"), type_="foreignkey")
        batch_op.drop_column("action_id")

    for table in ("promised_date", "planned_date", "demand_pause"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_batch_id_import_batch"), type_="foreignkey")
            batch_op.drop_index(batch_op.f(f"ix_{table}_batch_id"))
            batch_op.drop_column("batch_id")
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.alter_column("effect_after", existing_type=types.Amount(), nullable=False)
        batch_op.alter_column("effect_before", existing_type=types.Amount(), nullable=False)

    with op.batch_alter_table("demand_attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_attachment_demand_id"))

    op.drop_table("demand_attachment")
    with op.batch_alter_table("root_cause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_root_cause_report_id"))
        batch_op.drop_index(batch_op.f("ix_root_cause_owner_id"))

    op.drop_table("root_cause")
    op.drop_table("collaboration_report")
    op.drop_table("calendar_version")
