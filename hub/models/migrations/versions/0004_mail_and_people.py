"""Mail: what came in, what customers call things, and what we write to people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring a database of '0003' to this revision."""
    op.create_table(
        "column_words",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("headings", sa.String(), nullable=False),
        sa.Column("words", JSON, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_words")),
        sa.UniqueConstraint("kind", "headings", name=op.f("uq_column_words_kind_headings")),
    )
    op.create_table(
        "notification_template",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_template")),
        sa.UniqueConstraint(
            "event",
            "locale",
            "version",
            name=op.f("uq_notification_template_event_locale_version"),
        ),
    )
    op.create_table(
        "customer_alias",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("text_key", sa.String(), nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_customer_alias_quantity")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_customer_alias_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_customer_alias_item_id_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_alias")),
        sa.UniqueConstraint(
            "customer_id", "text_key", name=op.f("uq_customer_alias_customer_id_text_key")
        ),
    )
    op.create_index(
        "ix_customer_alias_item_id", "customer_alias", ["item_id"], unique=False
    )

    op.create_table(
        "customer_pack",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("sku_key", sa.String(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("pieces > 0", name=op.f("ck_customer_pack_pieces")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_customer_pack_customer_id_customer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_pack")),
        sa.UniqueConstraint(
            "customer_id",
            "unit",
            "sku_key",
            name=op.f("uq_customer_pack_customer_id_unit_sku_key"),
        ),
    )
    op.create_table(
        "customer_price",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("sku_key", sa.String(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("price_minor >= 0", name=op.f("ck_customer_price_price")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_customer_price_customer_id_customer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_price")),
        sa.UniqueConstraint(
            "customer_id",
            "sku_key",
            "currency",
            name=op.f("uq_customer_price_customer_id_sku_key_currency"),
        ),
    )
    op.create_table(
        "customer_sender",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('email', 'domain')", name=op.f("ck_customer_sender_kind")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_customer_sender_customer_id_customer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_sender")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_customer_sender_kind_value")),
    )
    op.create_index(
        "ix_customer_sender_customer_id", "customer_sender", ["customer_id"], unique=False
    )

    op.create_table(
        "reading_form",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("definition", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint("kind IN ('table', 'text')", name=op.f("ck_reading_form_kind")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_reading_form_customer_id_customer"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_form")),
        sa.UniqueConstraint(
            "customer_id",
            "name",
            "version",
            name=op.f("uq_reading_form_customer_id_name_version"),
        ),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("inbound_message_id", BIG_ID, nullable=True),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("our_id", sa.String(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("received_at", UTC, nullable=False),
        sa.Column("read_at", UTC, nullable=True),
        sa.Column("filed_into", sa.String(), nullable=False),
        sa.Column("file_at", UTC, nullable=True),
        sa.Column("file_as", sa.String(), nullable=False),
        sa.Column("file_tries", sa.BigInteger(), nullable=False),
        sa.Column("file_problem", sa.String(), nullable=False),
        sa.Column("redacted_at", UTC, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'processed', 'review', 'ignored', 'failed')",
            name=op.f("ck_inbound_mail_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_inbound_mail_account_id_channel_account"),
        ),
        sa.ForeignKeyConstraint(
            ["inbound_message_id"],
            ["inbound_message.id"],
            name=op.f("fk_inbound_mail_inbound_message_id_inbound_message"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_inbound_mail_order_id_sales_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_mail")),
        sa.UniqueConstraint(
            "account_id",
            "folder",
            "validity",
            "number",
            name=op.f("uq_inbound_mail_account_id_folder_validity_number"),
        ),
    )
    op.create_index(
        "ix_inbound_mail_content",
        "inbound_mail",
        ["account_id", "content_hash"],
        unique=False,
    )
    op.create_index(
        "ix_inbound_mail_inbound_message_id",
        "inbound_mail",
        ["inbound_message_id"],
        unique=False,
    )
    op.create_index(
        "ix_inbound_mail_message_id", "inbound_mail", ["message_id"], unique=False
    )
    op.create_index("ix_inbound_mail_order_id", "inbound_mail", ["order_id"], unique=False)
    op.create_index(
        "ix_inbound_mail_to_file",
        "inbound_mail",
        ["file_at"],
        unique=False,
        postgresql_where=sa.text("file_at IS NOT NULL"),
        sqlite_where=sa.text("file_at IS NOT NULL"),
    )
    op.create_index(
        "ix_inbound_mail_unread",
        "inbound_mail",
        ["inbound_message_id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )

    op.create_table(
        "review",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("inbound_message_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("customer_id", BIG_ID, nullable=True),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("order_ref", sa.String(), nullable=False),
        sa.Column("letter", JSON, nullable=True),
        sa.Column("lines", JSON, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("decided_at", UTC, nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("redacted_at", UTC, nullable=True),
        sa.CheckConstraint(
            "kind IN ('order', 'change', 'cancel')", name=op.f("ck_review_kind")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'rejected')", name=op.f("ck_review_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_review_account_id_channel_account"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_review_customer_id_customer")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_message_id"],
            ["inbound_message.id"],
            name=op.f("fk_review_inbound_message_id_inbound_message"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_review_order_id_sales_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "inbound_message_id", name=op.f("uq_review_inbound_message_id")
        ),
    )
    op.create_index("ix_review_customer_id", "review", ["customer_id"], unique=False)
    op.create_index("ix_review_state", "review", ["state", "id"], unique=False)

    op.create_table(
        "shop_notice",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("inbound_message_id", BIG_ID, nullable=False),
        sa.Column("shop", sa.String(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("ship_to", JSON, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("applied_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_shop_notice_account_id_channel_account"),
        ),
        sa.ForeignKeyConstraint(
            ["inbound_message_id"],
            ["inbound_message.id"],
            name=op.f("fk_shop_notice_inbound_message_id_inbound_message"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_shop_notice_order_id_sales_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_notice")),
        sa.UniqueConstraint(
            "inbound_message_id", name=op.f("uq_shop_notice_inbound_message_id")
        ),
    )
    op.create_index(
        "ix_shop_notice_order_number", "shop_notice", ["order_number"], unique=False
    )

    op.create_table(
        "notification",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.Column("review_id", BIG_ID, nullable=True),
        sa.Column("customer_id", BIG_ID, nullable=True),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("template_version", sa.BigInteger(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("bounced_at", UTC, nullable=True),
        sa.Column("bounce", sa.String(), nullable=False),
        sa.Column("redacted_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_notification_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_notification_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_notification_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_notification_dedupe_key")),
    )
    op.create_index(
        "ix_notification_message_id", "notification", ["message_id"], unique=False
    )
    op.create_index("ix_notification_order_id", "notification", ["order_id"], unique=False)
    op.create_index(
        "ix_notification_recipient", "notification", ["recipient"], unique=False
    )

    op.create_table(
        "owner_alert",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("told_at", UTC, nullable=False),
        sa.Column("gone_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owner_alert")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_owner_alert_kind_subject")),
    )

    op.add_column(
        "channel_account", sa.Column("notify", JSON, server_default="{}", nullable=False)
    )
    op.add_column("channel_account", sa.Column("notify_since", UTC, nullable=True))

    op.add_column(
        "customer",
        sa.Column("auto_accept", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "customer",
        sa.Column("always_review", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "customer", sa.Column("note", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "customer", sa.Column("notify", JSON, server_default="{}", nullable=False)
    )
    op.add_column(
        "customer",
        sa.Column("bounces", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column("customer", sa.Column("mail_bad_at", UTC, nullable=True))

    _add_reference("outbound_message", "notification_id", to="notification")

    op.add_column(
        "sales_order",
        sa.Column("po_number", sa.String(), server_default="", nullable=False),
    )

    op.add_column(
        "user_account",
        sa.Column("gets_alerts", sa.Boolean(), server_default=sa.true(), nullable=False),
    )

    op.add_column(
        "workshop", sa.Column("name", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "workshop", sa.Column("locale", sa.String(), server_default="en", nullable=False)
    )
    _add_reference("workshop", "mail_account_id", to="channel_account")


def _add_reference(table: str, column: str, *, to: str) -> None:
    """Add a column that names a row of another table.

    SQLite can only do so in one breath; Alembic would copy the table and drop the old one, which
    rows elsewhere hold on to.
    """
    name = f"fk_{table}_{column}_{to}"
    if op.get_bind().dialect.name == "sqlite":
        made = f"{column} INTEGER CONSTRAINT {name} REFERENCES {to} (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {made}")
        return
    op.add_column(table, sa.Column(column, BIG_ID, nullable=True))
    op.create_foreign_key(name, table, to, [column], ["id"])
