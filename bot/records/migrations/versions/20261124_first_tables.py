"""Traders, the updates seen of them, their questions and ratings, and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "traders",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("memory", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("announcements", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_traders")),
        sa.UniqueConstraint("channel", "identifier", name=op.f("uq_traders_channel_identifier")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("trader_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "state",
            sa.Enum("queued", "sending", "sent", "failed", "gone", name="deliverystate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("external_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["trader_id"], ["traders.id"], name=op.f("fk_deliveries_trader_id_traders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index("ix_deliveries_chat", "deliveries", ["channel", "identifier", "id"], unique=False)
    op.create_index(
        "ix_deliveries_open_chat",
        "deliveries",
        ["channel", "identifier", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_index(
        "ix_deliveries_open_due",
        "deliveries",
        ["channel", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_index(op.f("ix_deliveries_trader_id"), "deliveries", ["trader_id"], unique=False)
    op.create_table(
        "questions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("trader_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("language", sa.Enum("en", "ur", "fa", name="language", native_enum=False, length=20), nullable=False),
        sa.Column("style", sa.Enum("script", "latin", name="style", native_enum=False, length=20), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("answer", "choices", "no_answer", "smalltalk", name="outcome", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("choices", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("chosen_topic", sa.String(), nullable=True),
        sa.Column("declined_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trader_id"], ["traders.id"], name=op.f("fk_questions_trader_id_traders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("trader_id", "update_id", name=op.f("uq_questions_trader_id_update_id")),
    )
    op.create_index(op.f("ix_questions_asked_at"), "questions", ["asked_at"], unique=False)
    op.create_table(
        "ratings",
        sa.Column("trader_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("rated_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trader_id"], ["traders.id"], name=op.f("fk_ratings_trader_id_traders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trader_id", "update_id", "topic", name=op.f("pk_ratings")),
    )
    op.create_table(
        "updates",
        sa.Column("trader_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trader_id"], ["traders.id"], name=op.f("fk_updates_trader_id_traders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trader_id", "external_id", name=op.f("pk_updates")),
    )
    op.create_index(op.f("ix_updates_received_at"), "updates", ["received_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_updates_received_at"), table_name="updates")
    op.drop_table("updates")
    op.drop_table("ratings")
    op.drop_index(op.f("ix_questions_asked_at"), table_name="questions")
    op.drop_table("questions")
    op.drop_index(op.f("ix_deliveries_trader_id"), table_name="deliveries")
    op.drop_index(
        "ix_deliveries_open_due", table_name="deliveries", postgresql_where=sa.text("state IN ('queued', 'sending')")
    )
    op.drop_index(
        "ix_deliveries_open_chat", table_name="deliveries", postgresql_where=sa.text("state IN ('queued', 'sending')")
    )
    op.drop_index("ix_deliveries_chat", table_name="deliveries")
    op.drop_table("deliveries")
    op.drop_table("traders")
