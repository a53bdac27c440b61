"""The staff and their desks, leads with what happens to them, introductions, and the audit log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_staff_and_leads"
down_revision = "20261124_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desks",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("name_ur", sa.String(), nullable=False),
        sa.Column("name_fa", sa.String(), nullable=False),
        sa.Column("answer_within", sa.BigInteger(), nullable=False),
        sa.Column("general", sa.Boolean(), nullable=False),
        sa.CheckConstraint("answer_within > 0", name=op.f("ck_desks_promises_some_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desks")),
        sa.UniqueConstraint("name_en", name=op.f("uq_desks_name_en")),
    )
    op.create_index("uq_desks_general", "desks", ["general"], unique=True, postgresql_where=sa.text("general"))
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failures")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column(
            "role", sa.Enum("admin", "officer", "reader", name="role", native_enum=False, length=20), nullable=False
        ),
        sa.Column("language", sa.Enum("en", "ur", "fa", name="language", native_enum=False, length=20), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("totp_secret", sa.String(), nullable=True),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=True),
        sa.Column("invitation_hash", sa.String(), nullable=True),
        sa.Column("invitation_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "notices",
            sa.Enum("none", "telegram", "email", name="notices", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("notice_channel", sa.String(), nullable=True),
        sa.Column("notice_identifier", sa.String(), nullable=True),
        sa.Column("link_code_hash", sa.String(), nullable=True),
        sa.Column("link_code_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("digest_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("invitation_hash", name=op.f("uq_staff_invitation_hash")),
        sa.UniqueConstraint("link_code_hash", name=op.f("uq_staff_link_code_hash")),
    )
    op.create_index("uq_staff_login", "staff", [sa.text("lower(login)")], unique=True)
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_audit_staff_id_staff"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["subject", "id"], unique=False)
    op.create_table(
        "desk_staff",
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_desk_staff_desk_id_desks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_desk_staff_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("desk_id", "staff_id", name=op.f("pk_desk_staff")),
    )
    op.create_index(op.f("ix_desk_staff_staff_id"), "desk_staff", ["staff_id"], unique=False)
    op.create_table(
        "leads",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("trader_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("language", sa.Enum("en", "ur", "fa", name="language", native_enum=False, length=20), nullable=False),
        sa.Column(
            "want",
            sa.Enum(
                "buy", "sell", "partner", "offer_service", "need_service", name="want", native_enum=False, length=20
            ),
            nullable=False,
        ),
        sa.Column(
            "sector",
            sa.Enum(
                "agriculture",
                "livestock",
                "energy",
                "logistics",
                "it",
                "textiles",
                "minerals",
                "food",
                "other",
                name="sector",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("good", sa.String(), nullable=True),
        sa.Column("chapter", sa.String(), nullable=True),
        sa.Column("quantity", sa.Numeric(precision=16, scale=3), nullable=True),
        sa.Column(
            "unit",
            sa.Enum(
                "kg",
                "tonne",
                "litre",
                "piece",
                "head",
                "carton",
                "bag",
                "truck",
                "container",
                "metre",
                name="unit",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("origin_city", sa.String(), nullable=True),
        sa.Column("destination", sa.String(), nullable=True),
        sa.Column("destination_city", sa.String(), nullable=True),
        sa.Column("country", sa.Enum("PK", "IR", name="country", native_enum=False, length=20), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("city_id", sa.String(), nullable=True),
        sa.Column("company", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("in_chat", sa.Boolean(), nullable=False),
        sa.Column("consent_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "contacted",
                "matched",
                "closed",
                "declined",
                "withdrawn",
                name="leadstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("promised_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("overdue_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answered_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("heard_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("changed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["staff.id"], name=op.f("fk_leads_assignee_id_staff"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_leads_desk_id_desks")),
        sa.ForeignKeyConstraint(
            ["trader_id"], ["traders.id"], name=op.f("fk_leads_trader_id_traders"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leads")),
        sa.UniqueConstraint("reference", name=op.f("uq_leads_reference")),
    )
    op.create_index(op.f("ix_leads_assignee_id"), "leads", ["assignee_id"], unique=False)
    op.create_index(
        "ix_leads_desk_sent", "leads", ["desk_id", sa.text("sent_at DESC"), sa.text("id DESC")], unique=False
    )
    op.create_index(
        "ix_leads_promised",
        "leads",
        ["promised_at", "desk_id"],
        unique=False,
        postgresql_where=sa.text("answered_at IS NULL AND state = 'new'"),
    )
    op.create_index("ix_leads_sent", "leads", [sa.text("sent_at DESC"), sa.text("id DESC")], unique=False)
    op.create_index(
        "ix_leads_open",
        "leads",
        ["desk_id", "state", "assignee_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('new', 'contacted', 'matched')"),
    )
    op.create_index("ix_leads_changed", "leads", [sa.text("changed_at DESC"), sa.text("id DESC")], unique=False)
    op.create_index(
        "ix_leads_due",
        "leads",
        [sa.text("(answered_at IS NOT NULL OR state::text <> 'new'::text)"), "promised_at", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_leads_trader_id"), "leads", ["trader_id"], unique=False)
    op.create_index(
        "ix_leads_wanted",
        "leads",
        ["country", "want", "sector"],
        unique=False,
        postgresql_where=sa.text("state IN ('new', 'contacted')"),
    )
    op.create_index("ix_leads_words", "leads", ["words"], unique=False, postgresql_using="gin")
    op.create_table(
        "routing_rules",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("country", sa.Enum("PK", "IR", name="country", native_enum=False, length=20), nullable=True),
        sa.Column(
            "sector",
            sa.Enum(
                "agriculture",
                "livestock",
                "energy",
                "logistics",
                "it",
                "textiles",
                "minerals",
                "food",
                "other",
                name="sector",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("city", sa.String(), nullable=True),
        sa.CheckConstraint("num_nonnulls(country, sector, city) > 0", name=op.f("ck_routing_rules_matches_something")),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_routing_rules_desk_id_desks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rules")),
        sa.UniqueConstraint(
            "country",
            "sector",
            "city",
            name=op.f("uq_routing_rules_country_sector_city"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("csrf", sa.String(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("browser", sa.String(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seen_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ends_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_staff_sessions_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"], unique=False)
    op.create_table(
        "introductions",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("lead_agreed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("other_agreed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum("asked", "agreed", "refused", name="introductionstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.CheckConstraint("lead_id < other_id", name=op.f("ck_introductions_each_pair_once")),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_introductions_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["leads.id"], name=op.f("fk_introductions_other_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_introductions_staff_id_staff"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
        sa.UniqueConstraint("lead_id", "other_id", name=op.f("uq_introductions_lead_id_other_id")),
    )
    op.create_index(op.f("ix_introductions_other_id"), "introductions", ["other_id"], unique=False)
    op.create_table(
        "lead_events",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sent",
                "note",
                "to_trader",
                "from_trader",
                "state",
                "desk",
                "assignee",
                "introduction",
                "forgotten",
                name="eventkind",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_lead_events_delivery_id_deliveries"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["leads.id"], name=op.f("fk_lead_events_lead_id_leads"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_lead_events_staff_id_staff"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_events")),
    )
    op.create_index(op.f("ix_lead_events_delivery_id"), "lead_events", ["delivery_id"], unique=False)
    op.create_index("ix_lead_events_lead", "lead_events", ["lead_id", "id"], unique=False)
    op.execute(
        "INSERT INTO desks (name_en, name_ur, name_fa, answer_within, general) "
        "VALUES ('General desk', 'عمومی ڈیسک', 'میز عمومی', 48, true)"
    )


def downgrade() -> None:

    op.drop_index("ix_lead_events_lead", table_name="lead_events")
    op.drop_table("lead_events")
    op.drop_index(op.f("ix_introductions_other_id"), table_name="introductions")
    op.drop_table("introductions")
    op.drop_index(op.f("ix_staff_sessions_staff_id"), table_name="staff_sessions")
    op.drop_table("staff_sessions")
    op.drop_table("routing_rules")
    op.drop_index("ix_leads_words", table_name="leads", postgresql_using="gin")
    op.drop_index("ix_leads_wanted", table_name="leads", postgresql_where=sa.text("state IN ('new', 'contacted')"))
    op.drop_index(op.f("ix_leads_trader_id"), table_name="leads")
    op.drop_index("ix_leads_due", table_name="leads")
    op.drop_index("ix_leads_changed", table_name="leads")
    op.drop_index("ix_leads_open", table_name="leads")
    op.drop_index("ix_leads_sent", table_name="leads")
    op.drop_index(
        "ix_leads_promised", table_name="leads", postgresql_where=sa.text("answered_at IS NULL AND state = 'new'")
    )
    op.drop_index("ix_leads_desk_sent", table_name="leads")
    op.drop_index(op.f("ix_leads_assignee_id"), table_name="leads")
    op.drop_table("leads")
    op.drop_index(op.f("ix_desk_staff_staff_id"), table_name="desk_staff")
    op.drop_table("desk_staff")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_index(op.f("ix_audit_at"), table_name="audit")
    op.drop_table("audit")
    op.drop_index("uq_staff_login", table_name="staff")
    op.drop_table("staff")
    op.drop_table("sign_in_failures")
    op.drop_index("uq_desks_general", table_name="desks", postgresql_where=sa.text("general"))
    op.drop_table("desks")
