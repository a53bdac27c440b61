"""The staff's answers to traders' questions, and indexes for the panel's overview."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_answered_questions"
down_revision = "20261124_saved_views"
branch_labels = None
depends_on = None

FATE = (
    "CASE WHEN (answered_at IS NOT NULL) THEN 'staff'::text WHEN (dismissed_at IS NOT NULL) THEN 'dismissed'::text "
    "WHEN (((outcome)::text = 'no_answer'::text) OR (declined_at IS NOT NULL)) THEN 'waiting'::text "
    "WHEN (((outcome)::text = 'answer'::text) OR (chosen_topic IS NOT NULL)) THEN 'answered'::text "
    "ELSE 'offered'::text END"
)
FATES = sa.Enum("answered", "offered", "waiting", "staff", "dismissed", name="fate", native_enum=False, length=20)


def upgrade() -> None:
    for column in (
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("alike", sa.String(), nullable=True),
        sa.Column("answered_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("dismissed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("staff_topic", sa.String(), nullable=True),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
    ):
        op.add_column("questions", column)
    op.add_column("questions", sa.Column("fate", FATES, sa.Computed(FATE, persisted=True), nullable=False))
    op.create_foreign_key(
        op.f("fk_questions_answered_by_staff"), "questions", "staff", ["answered_by"], ["id"], ondelete="SET NULL"
    )
    op.create_foreign_key(
        op.f("fk_questions_delivery_id_deliveries"),
        "questions",
        "deliveries",
        ["delivery_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.execute("UPDATE questions SET channel = traders.channel FROM traders WHERE traders.id = questions.trader_id")
    op.drop_index(op.f("ix_questions_asked_at"), table_name="questions")
    op.create_index("ix_questions_asked", "questions", ["asked_at"], postgresql_include=["fate", "language", "channel"])
    op.create_index(
        "ix_questions_for_staff",
        "questions",
        ["fate", "alike"],
        postgresql_where=sa.text("fate IN ('waiting', 'staff', 'dismissed')"),
    )
    op.create_index(
        "ix_questions_delivery", "questions", ["delivery_id"], postgresql_where=sa.text("delivery_id IS NOT NULL")
    )
    op.create_index("ix_deliveries_created", "deliveries", ["created_at"], postgresql_include=["state"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_created", table_name="deliveries")
    op.drop_index("ix_questions_delivery", table_name="questions")
    op.drop_index("ix_questions_for_staff", table_name="questions")
    op.drop_index("ix_questions_asked", table_name="questions")
    op.create_index(op.f("ix_questions_asked_at"), "questions", ["asked_at"])
    op.drop_constraint(op.f("fk_questions_delivery_id_deliveries"), "questions", type_="foreignkey")
    op.drop_constraint(op.f("fk_questions_answered_by_staff"), "questions", type_="foreignkey")
    for column in ("fate", "delivery_id", "staff_topic", "dismissed_at", "answer", "answered_by", "answered_at"):
        op.drop_column("questions", column)
    for column in ("alike", "channel"):
        op.drop_column("questions", column)
