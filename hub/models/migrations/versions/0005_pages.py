"""What pages keep: second proofs, saved views, the story of mappings, a brand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from mapping.listing import search_words

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
UTC = sa.DateTime(timezone=True)

LISTING = sa.table(
    "listing",
    sa.column("id", sa.BigInteger),
    sa.column("state", sa.String),
    sa.column("title", sa.String),
    sa.column("variant_title", sa.String),
    sa.column("sku", sa.String),
    sa.column("said_for", sa.String),
    sa.column("found_by", sa.String),
)

LIST_INDEXES = (
    ("ix_sales_order_promised_on", "sales_order", ("promised_on", "id")),
    ("ix_sales_order_total_minor", "sales_order", ("total_minor", "id")),
    ("ix_sales_order_account_id", "sales_order", ("account_id", "id")),
    ("ix_sales_order_phase_promised_on", "sales_order", ("phase", "promised_on", "id")),
    ("ix_sales_order_external_number", "sales_order", ("external_number",)),
    ("ix_sales_order_ship_to_id", "sales_order", ("ship_to_id",)),
    ("ix_shipment_tracking_number", "shipment", ("tracking_number",)),
    ("ix_lot_best_before", "lot", ("best_before", "id")),
    ("ix_lot_received_at", "lot", ("received_at", "id")),
    ("ix_lot_state", "lot", ("state", "best_before", "id")),
    ("ix_shipment_state", "shipment", ("state", "id")),
    ("ix_shipment_shipped_at", "shipment", ("shipped_at", "id")),
    ("ix_item_name", "item", ("name", "id")),
    ("ix_item_kind", "item", ("kind", "id")),
    ("ix_inbound_mail_state", "inbound_mail", ("state", "id")),
    ("ix_inbound_message_account_id", "inbound_message", ("account_id", "state")),
    ("ix_inbound_message_replay_of", "inbound_message", ("replay_of", "id")),
    ("ix_outbound_message_account_id", "outbound_message", ("account_id", "state")),
    ("ix_outbound_message_notification_id", "outbound_message", ("notification_id",)),
)
"""What lists are filtered and sorted by."""


def upgrade() -> None:
    """Bring a database of '0004' to this revision."""
    op.create_table(
        "recovery_code",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("used_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_recovery_code_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint(
            "user_id", "code_hash", name=op.f("uq_recovery_code_user_id_code_hash")
        ),
    )
    op.create_table(
        "saved_view",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("page", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_saved_view_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint(
            "user_id", "page", "name", name=op.f("uq_saved_view_user_id_page_name")
        ),
    )
    op.create_table(
        "listing_option",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("listing_id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["listing.id"],
            name=op.f("fk_listing_option_listing_id_listing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_option")),
        sa.UniqueConstraint(
            "listing_id", "name_key", name=op.f("uq_listing_option_listing_id_name_key")
        ),
    )
    op.create_table(
        "mapping_change",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("listing_id", BIG_ID, nullable=False),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("undone_by", sa.String(), nullable=False),
        sa.Column("undone_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["listing.id"],
            name=op.f("fk_mapping_change_listing_id_listing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_change")),
    )
    op.create_index("ix_mapping_change_batch", "mapping_change", ["batch"], unique=False)
    op.create_index(
        "ix_mapping_change_listing_id", "mapping_change", ["listing_id", "id"], unique=False
    )

    op.create_table(
        "mapping_draft",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("listing_id", BIG_ID, nullable=False),
        sa.Column("meaning", JSON, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_mapping_draft_listing_id_listing")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_draft")),
        sa.UniqueConstraint("listing_id", name=op.f("uq_mapping_draft_listing_id")),
    )
    op.add_column(
        "api_token", sa.Column("scopes", JSON, server_default="[]", nullable=False)
    )
    op.add_column(
        "api_token", sa.Column("who", sa.String(), server_default="", nullable=False)
    )
    op.add_column("api_token", sa.Column("expires_at", UTC, nullable=True))

    op.create_index("ix_history_at", "history", ["at"], unique=False)
    op.create_index("ix_history_what", "history", ["what", "id"], unique=False)
    op.create_index("ix_history_who", "history", ["who", "id"], unique=False)

    op.add_column(
        "listing",
        sa.Column("is_ignored", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "listing",
        sa.Column("said_for", sa.String(), server_default="everywhere", nullable=False),
    )
    op.add_column(
        "listing", sa.Column("found_by", sa.String(), server_default="", nullable=False)
    )
    _fill_listings()
    waiting = sa.text("state IN ('unmapped', 'suggested')")
    op.create_index(
        "ix_order_line_waiting",
        "order_line",
        ["listing_id", "order_id"],
        unique=False,
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
    still_open = sa.text("quantity > shipped")
    op.create_index(
        "ix_demand_open",
        "demand",
        ["item_id", "order_line_id", "quantity", "shipped"],
        unique=False,
        postgresql_where=still_open,
        sqlite_where=still_open,
    )

    op.add_column("login_failure", sa.Column("user_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_login_failure_user_id", "login_failure", ["user_id", "at"], unique=False
    )

    op.add_column(
        "sales_order",
        sa.Column("status_turn", sa.BigInteger(), server_default="0", nullable=False),
    )

    op.add_column("user_account", sa.Column("totp_secret", sa.LargeBinary(), nullable=True))
    op.add_column("user_account", sa.Column("totp_since", UTC, nullable=True))
    op.add_column("user_account", sa.Column("totp_step", sa.BigInteger(), nullable=True))

    op.add_column(
        "user_session", sa.Column("device", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "user_session",
        sa.Column("is_half", sa.Boolean(), server_default=sa.false(), nullable=False),
    )

    op.add_column(
        "workshop", sa.Column("colour", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "workshop", sa.Column("site", sa.String(), server_default="", nullable=False)
    )
    op.add_column("workshop", sa.Column("logo", sa.LargeBinary(), nullable=True))
    op.add_column(
        "workshop", sa.Column("logo_type", sa.String(), server_default="", nullable=False)
    )
    op.add_column(
        "workshop",
        sa.Column("shows_lots", sa.Boolean(), server_default=sa.false(), nullable=False),
    )

    for name, table, columns in (
        ("ix_sales_order_flow", "sales_order", ["phase", "placed_at", "account_id"]),
        ("ix_sales_order_placed_at", "sales_order", ["placed_at"]),
        ("ix_production_order_finished_at", "production_order", ["finished_at"]),
        (
            "ix_inbound_message_received_at",
            "inbound_message",
            ["received_at", "account_id"],
        ),
        ("ix_outbound_message_done_at", "outbound_message", ["done_at", "account_id"]),
        ("ix_stock_move_item_id", "stock_move", ["item_id", "id"]),
        ("ix_shipment_pick_demand_id", "shipment_pick", ["demand_id"]),
        ("ix_lot_purchase_line_id", "lot", ["purchase_line_id"]),
    ):
        op.create_index(name, table, columns, unique=False)

    for name, table, sorted_by in LIST_INDEXES:
        op.create_index(name, table, list(sorted_by), unique=False)


def _fill_listings() -> None:
    """Let listings be found by words; what was "not produced" was never said of its whole SKU."""
    connection = op.get_bind()
    alone = LISTING.c.state == "not_produced"
    connection.execute(sa.update(LISTING).where(alone).values(said_for="listing"))
    columns = (LISTING.c.title, LISTING.c.variant_title, LISTING.c.sku)
    words = [
        {"which": row[0], "words": search_words(*row[1:])}
        for row in connection.execute(sa.select(LISTING.c.id, *columns))
    ]
    if words:
        changed = sa.update(LISTING).where(LISTING.c.id == sa.bindparam("which"))
        connection.execute(changed.values(found_by=sa.bindparam("words")), words)
