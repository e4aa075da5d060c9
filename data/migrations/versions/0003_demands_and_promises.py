"""demands and promises."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feature",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner_id", types.Id, nullable=True),
        sa.Column("deliverable", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("ref", sa.String(), nullable=True),
        sa.Column("batch_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_feature_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_feature_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feature")),
        sa.UniqueConstraint("ref", name=op.f("uq_feature_ref")),
    )
    with op.batch_alter_table("feature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feature_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "planned_date",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("feature_id", types.Id, nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feature_id"], ["feature.id"], name=op.f("fk_planned_date_feature_id_feature")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_planned_date_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_date")),
    )
    with op.batch_alter_table("planned_date", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_planned_date_feature_id_planned_date_recorded_at"),
            ["feature_id", "recorded_at"],
            unique=False,
        )

    op.create_table(
        "demand",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", types.Id, nullable=False),
        sa.Column("opportunity_id", types.Id, nullable=True),
        sa.Column("contact_id", types.Id, nullable=True),
        sa.Column("filed_by", types.Id, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("pain", sa.String(), nullable=False),
        sa.Column("metric", sa.String(), nullable=False),
        sa.Column("effect_before", types.Amount(), nullable=False),
        sa.Column("effect_after", types.Amount(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("opened_at", types.Instant(), nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("answered_at", types.Instant(), nullable=True),
        sa.Column("closed_at", types.Instant(), nullable=True),
        sa.Column("feature_id", types.Id, nullable=True),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("resources", sa.String(), nullable=True),
        sa.Column("ref", sa.String(), nullable=True),
        sa.Column("batch_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_demand_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_demand_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_demand_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(["feature_id"], ["feature.id"], name=op.f("fk_demand_feature_id_feature")),
        sa.ForeignKeyConstraint(["filed_by"], ["person.id"], name=op.f("fk_demand_filed_by_person")),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["opportunity.id"], name=op.f("fk_demand_opportunity_id_opportunity")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
        sa.UniqueConstraint("ref", name=op.f("uq_demand_ref")),
    )
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_demand_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_demand_feature_id"), ["feature_id"], unique=False)

    op.create_table(
        "demand_pause",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("demand_id", types.Id, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("started_at", types.Instant(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_demand_pause_demand_id_demand")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_pause")),
    )
    with op.batch_alter_table("demand_pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_pause_demand_id"), ["demand_id"], unique=False)

    op.create_table(
        "promise",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", types.Id, nullable=False),
        sa.Column("demand_id", types.Id, nullable=True),
        sa.Column("feature_id", types.Id, nullable=True),
        sa.Column("contact_id", types.Id, nullable=True),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("made_at", types.Instant(), nullable=False),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.Column("ref", sa.String(), nullable=True),
        sa.Column("batch_id", types.Id, nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_promise_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_promise_contact_id_contact")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_promise_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_promise_demand_id_demand")),
        sa.ForeignKeyConstraint(["feature_id"], ["feature.id"], name=op.f("fk_promise_feature_id_feature")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_promise_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint("ref", name=op.f("uq_promise_ref")),
    )
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_demand_id"), ["demand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_feature_id"), ["feature_id"], unique=False)

    op.create_table(
        "promised_date",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("promise_id", types.Id, nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("recorded_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_promised_date_person_id_person")),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promise.id"], name=op.f("fk_promised_date_promise_id_promise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promised_date")),
    )
    with op.batch_alter_table("promised_date", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_promised_date_promise_id_promised_date_recorded_at"),
            ["promise_id", "recorded_at"],
            unique=False,
        )


def downgrade() -> None:
    with op.batch_alter_table("promised_date", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promised_date_promise_id_promised_date_recorded_at"))

    op.drop_table("promised_date")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_promise_feature_id"))
        batch_op.drop_index(batch_op.f("ix_promise_demand_id"))
        batch_op.drop_index(batch_op.f("ix_promise_customer_id"))
        batch_op.drop_index(batch_op.f("ix_promise_batch_id"))

    op.drop_table("promise")
    with op.batch_alter_table("demand_pause", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_pause_demand_id"))

    op.drop_table("demand_pause")
    with op.batch_alter_table("demand", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_feature_id"))
        batch_op.drop_index(batch_op.f("ix_demand_customer_id"))
        batch_op.drop_index(batch_op.f("ix_demand_batch_id"))

    op.drop_table("demand")
    with op.batch_alter_table("planned_date", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planned_date_feature_id_planned_date_recorded_at"))

    op.drop_table("planned_date")
    with op.batch_alter_table("feature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feature_batch_id"))

    op.drop_table("feature")
