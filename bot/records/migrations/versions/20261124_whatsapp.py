"""What WhatsApp asks for: a trader's other identifier, waiting messages, halted channels."""

import sqlalchemy as sa
from alembic import op

revision = "20261124_whatsapp"
down_revision = "20261124_announcements"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("traders", sa.Column("alias", sa.String(), nullable=True))
    op.create_unique_constraint(op.f("uq_traders_channel_alias"), "traders", ["channel", "alias"])
    op.add_column("deliveries", sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("deliveries", sa.Column("template_id", sa.String(), nullable=True))
    op.add_column("deliveries", sa.Column("broadcast_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_deliveries_broadcast_id_broadcasts"),
        "deliveries",
        "broadcasts",
        ["broadcast_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index(
        "ix_deliveries_broadcast",
        "deliveries",
        ["broadcast_id", "trader_id"],
        postgresql_where=sa.text("broadcast_id IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["channel", "identifier"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "halts",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_halts")),
    )


def downgrade() -> None:
    op.drop_table("halts")
    op.drop_index("ix_deliveries_waiting", "deliveries")
    op.drop_column("deliveries", "broadcast_id")
    op.drop_column("deliveries", "template_id")
    op.drop_column("deliveries", "closed_at")
    op.drop_constraint(op.f("uq_traders_channel_alias"), "traders")
    op.drop_column("traders", "alias")
