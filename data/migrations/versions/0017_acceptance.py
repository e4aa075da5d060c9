"""customers confirm what was delivered to them."""

import sqlalchemy as sa
from alembic import op

from data.schema import types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acceptance_miss",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_miss")),
    )
    with op.batch_alter_table("acceptance_miss", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acceptance_miss_address_acceptance_miss_at"), ["address", "at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_acceptance_miss_at"), ["at"], unique=False)

    op.create_table(
        "customer_delivery",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("customer_id", types.Id, nullable=False),
        sa.Column("contact_id", types.Id, nullable=True),
        sa.Column("promise_id", types.Id, nullable=True),
        sa.Column("demand_id", types.Id, nullable=True),
        sa.Column("feature_id", types.Id, nullable=True),
        sa.Column("person_id", types.Id, nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("video", sa.String(), nullable=True),
        sa.Column("video_url", sa.String(), nullable=False),
        sa.Column("ready_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_customer_delivery_contact_id_contact")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_customer_delivery_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_customer_delivery_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["feature_id"], ["feature.id"], name=op.f("fk_customer_delivery_feature_id_feature")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_customer_delivery_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["promise_id"], ["promise.id"], name=op.f("fk_customer_delivery_promise_id_promise")
        ),
        sa.ForeignKeyConstraint(
            ["video"], ["stored_file.sha256"], name=op.f("fk_customer_delivery_video_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_delivery")),
    )
    with op.batch_alter_table("customer_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_delivery_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_delivery_demand_id"), ["demand_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_delivery_feature_id"), ["feature_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_delivery_promise_id"), ["promise_id"], unique=False)

    op.create_table(
        "acceptance_answer",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("delivery_id", types.Id, nullable=False),
        sa.Column("round", types.Id, nullable=False),
        sa.Column("turn", types.Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("photo", sa.String(), nullable=True),
        sa.Column("at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["customer_delivery.id"],
            name=op.f("fk_acceptance_answer_delivery_id_customer_delivery"),
        ),
        sa.ForeignKeyConstraint(
            ["photo"], ["stored_file.sha256"], name=op.f("fk_acceptance_answer_photo_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_answer")),
        sa.UniqueConstraint("delivery_id", "turn", name=op.f("uq_acceptance_answer_delivery_id_turn")),
    )
    with op.batch_alter_table("acceptance_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_acceptance_answer_at"), ["at"], unique=False)

    op.create_table(
        "acceptance_link",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("delivery_id", types.Id, nullable=False),
        sa.Column("round", types.Id, nullable=False),
        sa.Column("turn", types.Id, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sent_to", sa.String(), nullable=True),
        sa.Column("created_at", types.Instant(), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.Column("revoked_at", types.Instant(), nullable=True),
        sa.Column("used_at", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["customer_delivery.id"],
            name=op.f("fk_acceptance_link_delivery_id_customer_delivery"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_acceptance_link_token_hash")),
    )
    with op.batch_alter_table("acceptance_link", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acceptance_link_delivery_id_acceptance_link_turn"),
            ["delivery_id", "turn"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_acceptance_link_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "acceptance_mail",
        sa.Column("id", types.Id, autoincrement=True, nullable=False),
        sa.Column("link_id", types.Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("params", types.Json, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", types.Id, nullable=False),
        sa.Column("posted_at", types.Instant(), nullable=False),
        sa.Column("due_at", types.Instant(), nullable=False),
        sa.Column("leased_until", types.Instant(), nullable=True),
        sa.Column("sent_at", types.Instant(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["link_id"], ["acceptance_link.id"], name=op.f("fk_acceptance_mail_link_id_acceptance_link")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acceptance_mail")),
        sa.UniqueConstraint("link_id", name=op.f("uq_acceptance_mail_link_id")),
    )
    with op.batch_alter_table("acceptance_mail", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_acceptance_mail_state_acceptance_mail_due_at"), ["state", "due_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("acceptance_mail", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acceptance_mail_state_acceptance_mail_due_at"))

    op.drop_table("acceptance_mail")
    with op.batch_alter_table("acceptance_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acceptance_link_expires_at"))
        batch_op.drop_index(batch_op.f("ix_acceptance_link_delivery_id_acceptance_link_turn"))

    op.drop_table("acceptance_link")
    with op.batch_alter_table("acceptance_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acceptance_answer_at"))

    op.drop_table("acceptance_answer")
    with op.batch_alter_table("customer_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_delivery_promise_id"))
        batch_op.drop_index(batch_op.f("ix_customer_delivery_feature_id"))
        batch_op.drop_index(batch_op.f("ix_customer_delivery_demand_id"))
        batch_op.drop_index(batch_op.f("ix_customer_delivery_customer_id"))

    op.drop_table("customer_delivery")
    with op.batch_alter_table("acceptance_miss", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acceptance_miss_at"))
        batch_op.drop_index(batch_op.f("ix_acceptance_miss_address_acceptance_miss_at"))

    op.drop_table("acceptance_miss")
