"""Announcements and their broadcasts, what traders subscribed to, and their quiet hours."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_announcements"
down_revision = "20261124_answered_questions"
branch_labels = None
depends_on = None

#: The end of the quiet hours that somebody is in at an hour, by his own clock; NULL outside them.
QUIET_UNTIL = """
    CREATE FUNCTION quiet_until(at timestamptz, starts smallint, ends smallint, zone text) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE
            WHEN starts IS NULL OR ends IS NULL OR starts = ends THEN NULL
            WHEN starts < ends AND hour >= starts AND hour < ends
                THEN (day + make_interval(hours => ends)) AT TIME ZONE zone
            WHEN starts > ends AND hour >= starts
                THEN (day + make_interval(days => 1, hours => ends)) AT TIME ZONE zone
            WHEN starts > ends AND hour < ends
                THEN (day + make_interval(hours => ends)) AT TIME ZONE zone
        END
        FROM (SELECT date_trunc('day', at AT TIME ZONE zone) AS day,
                     extract(hour FROM at AT TIME ZONE zone) AS hour) AS local
    $$
"""


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "scheduled",
                "sent",
                "cancelled",
                name="announcementstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stand_ins", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("subjects", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("languages", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("countries", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("channels", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("publish_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("event_on", sa.Date(), nullable=True),
        sa.Column("event_at", sa.Time(), nullable=True),
        sa.Column("event_zone", sa.String(), nullable=False),
        sa.Column("event_place", sa.String(), nullable=True),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=True),
        sa.Column("approver_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("event_on IS NOT NULL OR event_at IS NULL", name=op.f("ck_announcements_hour_of_a_day")),
        sa.ForeignKeyConstraint(
            ["approver_id"], ["staff.id"], name=op.f("fk_announcements_approver_id_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["staff.id"], name=op.f("fk_announcements_author_id_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["announcements.id"], name=op.f("fk_announcements_corrects_id_announcements")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )
    op.create_index(op.f("ix_announcements_corrects_id"), "announcements", ["corrects_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("trader_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trader_id"], ["traders.id"], name=op.f("fk_subscriptions_trader_id_traders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trader_id", "subject", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_subject"), "subscriptions", ["subject"], unique=False)
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("announcement_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "occasion",
            sa.Enum("news", "week_before", "day_before", name="occasion", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "sending", "done", "missed", "cancelled", name="broadcaststate", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements.id"],
            name=op.f("fk_broadcasts_announcement_id_announcements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint("announcement_id", "occasion", name=op.f("uq_broadcasts_announcement_id_occasion")),
    )
    op.create_index(
        "ix_broadcasts_sending", "broadcasts", ["id"], unique=False, postgresql_where=sa.text("state = 'sending'")
    )
    op.create_index(
        "ix_broadcasts_waiting", "broadcasts", ["due_at"], unique=False, postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_table(
        "broadcast_texts",
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("message", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["broadcast_id"],
            ["broadcasts.id"],
            name=op.f("fk_broadcast_texts_broadcast_id_broadcasts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "language", name=op.f("pk_broadcast_texts")),
    )
    op.create_table(
        "recipients",
        sa.Column("broadcast_id", sa.BigInteger(), nullable=False),
        sa.Column("trader_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sending",
                "sent",
                "delivered",
                "read",
                "failed",
                "gone",
                "cancelled",
                name="recipientstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcasts.id"], name=op.f("fk_recipients_broadcast_id_broadcasts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["trader_id"], ["traders.id"], name=op.f("fk_recipients_trader_id_traders"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("broadcast_id", "trader_id", name=op.f("pk_recipients")),
    )
    op.create_index(
        "ix_recipients_open",
        "recipients",
        ["channel", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'sending')"),
    )
    op.create_index("ix_recipients_trader", "recipients", ["trader_id"], unique=False)
    op.add_column(
        "traders",
        sa.Column("country", sa.Enum("PK", "IR", name="country", native_enum=False, length=20), nullable=True),
    )
    op.add_column("traders", sa.Column("quiet_from", sa.SmallInteger(), nullable=True))
    op.add_column("traders", sa.Column("quiet_until", sa.SmallInteger(), nullable=True))
    op.add_column("traders", sa.Column("zone", sa.String(), server_default="Asia/Karachi", nullable=False))
    op.execute(QUIET_UNTIL)


def downgrade() -> None:
    op.execute("DROP FUNCTION quiet_until")

    op.drop_column("traders", "zone")
    op.drop_column("traders", "quiet_until")
    op.drop_column("traders", "quiet_from")
    op.drop_column("traders", "country")
    op.drop_index("ix_recipients_trader", table_name="recipients")
    op.drop_index(
        "ix_recipients_open", table_name="recipients", postgresql_where=sa.text("state IN ('queued', 'sending')")
    )
    op.drop_table("recipients")
    op.drop_table("broadcast_texts")
    op.drop_index("ix_broadcasts_waiting", table_name="broadcasts", postgresql_where=sa.text("state = 'waiting'"))
    op.drop_index("ix_broadcasts_sending", table_name="broadcasts", postgresql_where=sa.text("state = 'sending'"))
    op.drop_table("broadcasts")
    op.drop_index(op.f("ix_subscriptions_subject"), table_name="subscriptions")
    op.drop_table("subscriptions")
    op.drop_index(op.f("ix_announcements_corrects_id"), table_name="announcements")
    op.drop_table("announcements")
