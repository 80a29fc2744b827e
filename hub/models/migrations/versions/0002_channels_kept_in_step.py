"""Channels kept in step: lists read again, backfills, catalogue, stock, drift, tasks by hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring a database of '0001' to this revision."""
    op.create_table(
        "backfill",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("until", UTC, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("next_at", UTC, nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", UTC, nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("done_at", UTC, nullable=True),
        sa.CheckConstraint(
            "state IN ('running', 'paused', 'stopped', 'done', 'failed')",
            name=op.f("ck_backfill_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_backfill_account_id_channel_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfill")),
    )
    op.create_index(
        "uq_backfill_running",
        "backfill",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('running', 'paused')"),
        sqlite_where=sa.text("state IN ('running', 'paused')"),
    )

    op.create_table(
        "channel_stream",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=False),
        sa.Column("next_at", UTC, nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", UTC, nullable=True),
        sa.Column("read_at", UTC, nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_channel_stream_account_id_channel_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_stream")),
        sa.UniqueConstraint(
            "account_id", "name", name=op.f("uq_channel_stream_account_id_name")
        ),
    )
    op.create_table(
        "oauth_attempt",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("state_hash", sa.String(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=True),
        sa.Column("redirect_uri", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.Column("used_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_oauth_attempt_account_id_channel_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oauth_attempt")),
        sa.UniqueConstraint("state_hash", name=op.f("uq_oauth_attempt_state_hash")),
    )
    op.create_table(
        "drift",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.Column("listing_id", BIG_ID, nullable=True),
        sa.Column("ours", sa.String(), nullable=False),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("found_at", UTC, nullable=False),
        sa.Column("healed_at", UTC, nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('order', 'fulfilment', 'cancel', 'stock')", name=op.f("ck_drift_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_drift_account_id_channel_account"),
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_drift_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_drift_order_id_sales_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift")),
    )
    op.create_index(
        "uq_drift_open",
        "drift",
        ["account_id", "kind", "external_id"],
        unique=True,
        postgresql_where=sa.text("healed_at IS NULL"),
        sqlite_where=sa.text("healed_at IS NULL"),
    )

    op.create_table(
        "manual_task",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("shipment_id", BIG_ID, nullable=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("done_at", UTC, nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ship', 'cancel', 'refund')", name=op.f("ck_manual_task_kind")
        ),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_manual_task_state")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_manual_task_account_id_channel_account"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_manual_task_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipment.id"],
            name=op.f("fk_manual_task_shipment_id_shipment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manual_task")),
        sa.UniqueConstraint("key", name=op.f("uq_manual_task_key")),
    )
    op.create_index(
        "ix_manual_task_open",
        "manual_task",
        ["account_id", "order_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
        sqlite_where=sa.text("state = 'open'"),
    )

    op.add_column(
        "channel_account",
        sa.Column("shop_ref", sa.String(), server_default="", nullable=False),
    )
    op.add_column(
        "channel_account",
        sa.Column("shop_name", sa.String(), server_default="", nullable=False),
    )
    op.add_column(
        "channel_account", sa.Column("cannot", JSON, server_default="[]", nullable=False)
    )
    op.add_column(
        "channel_account", sa.Column("findings", JSON, server_default="[]", nullable=False)
    )
    op.add_column("channel_account", sa.Column("checked_at", UTC, nullable=True))
    op.add_column("channel_account", sa.Column("check_at", UTC, nullable=True))
    op.add_column(
        "channel_account", sa.Column("webhooks", JSON, server_default="{}", nullable=False)
    )
    op.add_column(
        "channel_account", sa.Column("places", JSON, server_default="[]", nullable=False)
    )
    op.add_column(
        "channel_account", sa.Column("catalogue_cursor", sa.String(), nullable=True)
    )
    op.add_column("channel_account", sa.Column("catalogue_at", UTC, nullable=True))
    op.add_column("channel_account", sa.Column("reread_at", UTC, nullable=True))
    op.add_column("channel_account", sa.Column("reconciled_at", UTC, nullable=True))

    op.add_column(
        "inbound_message",
        sa.Column("lane", sa.BigInteger(), server_default="0", nullable=False),
    )
    _add_reference("inbound_message", "backfill_id", to="backfill")
    op.drop_index("ix_inbound_message_due", table_name="inbound_message")
    op.create_index(
        "ix_inbound_message_due",
        "inbound_message",
        ["lane", "next_try_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_inbound_message_backfill",
        "inbound_message",
        ["backfill_id", "state"],
        unique=False,
    )

    op.add_column(
        "listing", sa.Column("product_id", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "listing", sa.Column("variant_id", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "listing", sa.Column("inventory_id", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "listing", sa.Column("barcode", sa.String(), server_default="", nullable=False)
    )
    op.add_column("listing", sa.Column("price_minor", sa.BigInteger(), nullable=True))
    op.add_column(
        "listing", sa.Column("currency", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "listing",
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column("listing", sa.Column("is_tracked", sa.Boolean(), nullable=True))
    op.add_column("listing", sa.Column("catalogued_at", UTC, nullable=True))
    op.add_column(
        "listing",
        sa.Column("publishes", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column("order_line", sa.Column("shown_sent", sa.BigInteger(), nullable=True))
    op.add_column("listing", sa.Column("stock_wanted", sa.BigInteger(), nullable=True))
    op.add_column("listing", sa.Column("stock_shown", sa.BigInteger(), nullable=True))
    op.add_column("listing", sa.Column("stock_shown_at", UTC, nullable=True))
    op.add_column("listing", sa.Column("stock_told_at", UTC, nullable=True))
    op.add_column(
        "listing",
        sa.Column("stock_turn", sa.BigInteger(), server_default="0", nullable=False),
    )

    _add_reference("outbound_message", "listing_id", to="listing")
    op.create_index(
        "ix_outbound_message_listing",
        "outbound_message",
        ["listing_id", "id"],
        unique=False,
    )


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
