"""the whole schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
UTC = sa.DateTime(timezone=True)
APPEND_ONLY = ("stock_move", "history")


def upgrade() -> None:
    """Make every table, and close the two that only grow."""
    op.create_table(
        "address",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("line1", sa.String(), nullable=False),
        sa.Column("line2", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("redacted_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_table(
        "api_token",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("last_used_at", UTC, nullable=True),
        sa.Column("revoked_at", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_token_secret_hash")),
    )
    op.create_table(
        "channel_account",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("capabilities", JSON, nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("credentials", sa.LargeBinary(), nullable=True),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("token_expires_at", UTC, nullable=True),
        sa.Column("token_renewed_at", UTC, nullable=True),
        sa.Column("token_lease_until", UTC, nullable=True),
        sa.Column("needs_reconnect", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("paused_until", UTC, nullable=True),
        sa.Column("granted_scopes", JSON, nullable=True),
        sa.Column("api_version_seen", sa.String(), nullable=False),
        sa.Column("last_in_at", UTC, nullable=True),
        sa.Column("last_out_at", UTC, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint(
            "mode IN ('off', 'shadow', 'live')", name=op.f("ck_channel_account_mode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_account")),
        sa.UniqueConstraint(
            "channel", "name", name=op.f("uq_channel_account_channel_name")
        ),
        sa.UniqueConstraint("key", name=op.f("uq_channel_account_key")),
    )
    op.create_table(
        "counter",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("next_value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counter")),
        sa.UniqueConstraint("name", name=op.f("uq_counter_name")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
        sa.UniqueConstraint("name", name=op.f("uq_heartbeat_name")),
    )
    op.create_table(
        "history",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index(
        "ix_history_subject", "history", ["subject", "subject_id", "id"], unique=False
    )

    op.create_table(
        "item",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("code_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("policy", sa.String(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=False),
        sa.Column("lead_time_days", sa.BigInteger(), nullable=True),
        sa.Column("shelf_life_days", sa.BigInteger(), nullable=True),
        sa.Column("min_remaining_days", sa.BigInteger(), nullable=False),
        sa.Column("density_mg_per_ml", sa.BigInteger(), nullable=True),
        sa.Column("allergens", JSON, nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint(
            "kind IN ('product', 'intermediate', 'material', 'packaging')",
            name=op.f("ck_item_kind"),
        ),
        sa.CheckConstraint(
            "policy IN ('make_to_order', 'make_to_stock')", name=op.f("ck_item_policy")
        ),
        sa.CheckConstraint("unit IN ('g', 'ml', 'each', 'm')", name=op.f("ck_item_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("code", name=op.f("uq_item_code")),
    )
    op.create_index("ix_item_code_key", "item", ["code_key"], unique=False)

    op.create_table(
        "login_failure",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    op.create_index("ix_login_failure_key_at", "login_failure", ["key", "at"], unique=False)

    op.create_table(
        "user_account",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
    )
    op.create_table(
        "work_centre",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("open_minutes", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_centre")),
        sa.UniqueConstraint("code", name=op.f("uq_work_centre_code")),
    )
    op.create_table(
        "customer",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("redacted_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_customer_account_id_channel_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )
    op.create_index(
        "ix_customer_account_id_external_id",
        "customer",
        ["account_id", "external_id"],
        unique=False,
    )

    op.create_table(
        "idempotency_key",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("token_id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_hash", sa.String(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["api_token.id"],
            name=op.f("fk_idempotency_key_token_id_api_token"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint(
            "token_id", "key", name=op.f("uq_idempotency_key_token_id_key")
        ),
    )
    op.create_table(
        "inbound_message",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("body_hash", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_order_id", sa.String(), nullable=True),
        sa.Column("received_at", UTC, nullable=False),
        sa.Column("triggered_at", UTC, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("deaths", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", UTC, nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", UTC, nullable=True),
        sa.Column("error_class", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("done_at", UTC, nullable=True),
        sa.Column("replay_of", BIG_ID, nullable=True),
        sa.Column("redacted_at", UTC, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'held', 'dead')",
            name=op.f("ck_inbound_message_state"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_inbound_message_attempts")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_inbound_message_account_id_channel_account"),
        ),
        sa.ForeignKeyConstraint(
            ["replay_of"],
            ["inbound_message.id"],
            name=op.f("fk_inbound_message_replay_of_inbound_message"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_message")),
        sa.UniqueConstraint(
            "account_id",
            "topic",
            "message_id",
            "body_hash",
            name=op.f("uq_inbound_message_account_id_topic_message_id_body_hash"),
        ),
    )
    op.create_index(
        "ix_inbound_message_due",
        "inbound_message",
        ["next_try_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
        sqlite_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_inbound_message_order",
        "inbound_message",
        ["account_id", "external_order_id"],
        unique=False,
    )
    op.create_index(
        "ix_inbound_message_state", "inbound_message", ["state", "id"], unique=False
    )

    op.create_table(
        "listing",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("sku_key", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("variant_title", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("matched_by", sa.String(), nullable=False),
        sa.Column("mapped_at", UTC, nullable=True),
        sa.Column("mapped_by", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint(
            "state IN ('unmapped', 'suggested', 'mapped', 'not_produced')",
            name=op.f("ck_listing_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_listing_account_id_channel_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_listing_account_id_key")),
    )
    op.create_index("ix_listing_sku_key", "listing", ["sku_key"], unique=False)
    op.create_index("ix_listing_state", "listing", ["state", "id"], unique=False)

    op.create_table(
        "lot",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("best_before", sa.Date(), nullable=True),
        sa.Column("supplier_lot", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("unit_cost_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("received_at", UTC, nullable=False),
        sa.CheckConstraint(
            "state IN ('available', 'quarantined', 'recalled')", name=op.f("ck_lot_state")
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_lot_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
        sa.UniqueConstraint("item_id", "code", name=op.f("uq_lot_item_id_code")),
    )
    op.create_index("ix_lot_code", "lot", ["code"], unique=False)

    op.create_table(
        "one_time_link",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("user_id", BIG_ID, nullable=True),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.Column("used_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_one_time_link_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_one_time_link_secret_hash")),
    )
    op.create_table(
        "recipe",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("batch_size", sa.BigInteger(), nullable=False),
        sa.Column("loss_bp", sa.BigInteger(), nullable=False),
        sa.Column("min_batches", sa.BigInteger(), nullable=False),
        sa.Column("max_batches", sa.BigInteger(), nullable=True),
        sa.Column("step_batches", sa.BigInteger(), nullable=False),
        sa.Column("work_centre_id", BIG_ID, nullable=True),
        sa.Column("setup_minutes", sa.BigInteger(), nullable=False),
        sa.Column("batch_minutes", sa.BigInteger(), nullable=False),
        sa.Column("rest_days", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint(
            "batch_size > 0 AND loss_bp >= 0 AND loss_bp < 10000",
            name=op.f("ck_recipe_batch"),
        ),
        sa.CheckConstraint(
            "max_batches IS NULL OR max_batches >= min_batches",
            name=op.f("ck_recipe_max_batches"),
        ),
        sa.CheckConstraint(
            "min_batches > 0 AND step_batches > 0", name=op.f("ck_recipe_lot_sizing")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_recipe_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["work_centre_id"],
            ["work_centre.id"],
            name=op.f("fk_recipe_work_centre_id_work_centre"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe")),
        sa.UniqueConstraint("item_id", "version", name=op.f("uq_recipe_item_id_version")),
    )
    op.create_index(
        "uq_recipe_active",
        "recipe",
        ["item_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
        sqlite_where=sa.text("is_active = 1"),
    )

    op.create_table(
        "replan",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_replan_item_id_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replan")),
    )
    op.create_index("ix_replan_item_id", "replan", ["item_id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("csrf_secret", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("seen_at", UTC, nullable=False),
        sa.Column("expires_at", UTC, nullable=False),
        sa.Column("revoked_at", UTC, nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_user_session_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_user_session_secret_hash")),
    )
    op.create_table(
        "work_centre_closure",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("work_centre_id", BIG_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_centre_id"],
            ["work_centre.id"],
            name=op.f("fk_work_centre_closure_work_centre_id_work_centre"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_centre_closure")),
        sa.UniqueConstraint(
            "work_centre_id", "day", name=op.f("uq_work_centre_closure_work_centre_id_day")
        ),
    )
    op.create_table(
        "listing_component",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("listing_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_listing_component_quantity")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_listing_component_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"],
            ["listing.id"],
            name=op.f("fk_listing_component_listing_id_listing"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing_component")),
        sa.UniqueConstraint(
            "listing_id", "item_id", name=op.f("uq_listing_component_listing_id_item_id")
        ),
    )
    op.create_index(
        "ix_listing_component_item_id", "listing_component", ["item_id"], unique=False
    )

    op.create_table(
        "lot_balance",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= on_hand", name=op.f("ck_lot_balance_reserved")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_lot_balance_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_lot_balance_lot_id_lot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot_balance")),
        sa.UniqueConstraint("lot_id", name=op.f("uq_lot_balance_lot_id")),
    )
    op.create_index("ix_lot_balance_item_id", "lot_balance", ["item_id"], unique=False)

    op.create_table(
        "production_order",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("recipe_id", BIG_ID, nullable=False),
        sa.Column("recipe", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("batches", sa.BigInteger(), nullable=False),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("produced", sa.BigInteger(), nullable=False),
        sa.Column("scrapped", sa.BigInteger(), nullable=False),
        sa.Column("work_centre_id", BIG_ID, nullable=True),
        sa.Column("needed_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.BigInteger(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ready_on", sa.Date(), nullable=True),
        sa.Column("released_at", UTC, nullable=True),
        sa.Column("started_at", UTC, nullable=True),
        sa.Column("finished_at", UTC, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'released', 'running', 'done', 'cancelled')",
            name=op.f("ck_production_order_state"),
        ),
        sa.CheckConstraint(
            "batches > 0 AND planned > 0", name=op.f("ck_production_order_batches")
        ),
        sa.CheckConstraint(
            "produced >= 0 AND scrapped >= 0", name=op.f("ck_production_order_yield")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_production_order_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipe.id"], name=op.f("fk_production_order_recipe_id_recipe")
        ),
        sa.ForeignKeyConstraint(
            ["work_centre_id"],
            ["work_centre.id"],
            name=op.f("fk_production_order_work_centre_id_work_centre"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_order")),
        sa.UniqueConstraint("number", name=op.f("uq_production_order_number")),
    )
    op.create_index(
        "ix_production_order_item_id_state",
        "production_order",
        ["item_id", "state"],
        unique=False,
    )
    op.create_index(
        "ix_production_order_state", "production_order", ["state", "id"], unique=False
    )

    op.create_table(
        "recipe_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("recipe_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("waste_bp", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND waste_bp >= 0 AND waste_bp < 10000",
            name=op.f("ck_recipe_line_quantity"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_recipe_line_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipe.id"], name=op.f("fk_recipe_line_recipe_id_recipe")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_line")),
        sa.UniqueConstraint(
            "recipe_id", "item_id", name=op.f("uq_recipe_line_recipe_id_item_id")
        ),
    )
    op.create_index("ix_recipe_line_item_id", "recipe_line", ["item_id"], unique=False)

    op.create_table(
        "sales_order",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("external_number", sa.String(), nullable=False),
        sa.Column("remote_updated_at", UTC, nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("remote_read_at", UTC, nullable=True),
        sa.Column("placed_at", UTC, nullable=False),
        sa.Column("payment", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("intent_why", sa.String(), nullable=False),
        sa.Column("phase", sa.String(), nullable=False),
        sa.Column("hold_reasons", JSON, nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=True),
        sa.Column("presentment", JSON, nullable=True),
        sa.Column("customer_id", BIG_ID, nullable=True),
        sa.Column("ship_to_id", BIG_ID, nullable=True),
        sa.Column("is_test", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("tags", JSON, nullable=False),
        sa.Column("held_at_channel", sa.BigInteger(), nullable=False),
        sa.Column("holds_placed", sa.BigInteger(), nullable=False),
        sa.Column("progress_told", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("updated_at", UTC, nullable=False),
        sa.CheckConstraint(
            "intent IN ('open', 'on_hold', 'cancelled', 'closed')",
            name=op.f("ck_sales_order_intent"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_sales_order_account_id_channel_account"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_sales_order_customer_id_customer"),
        ),
        sa.ForeignKeyConstraint(
            ["ship_to_id"], ["address.id"], name=op.f("fk_sales_order_ship_to_id_address")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint(
            "account_id", "external_id", name=op.f("uq_sales_order_account_id_external_id")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_sales_order_number")),
    )
    op.create_index(
        "ix_sales_order_customer_id", "sales_order", ["customer_id"], unique=False
    )
    op.create_index(
        "ix_sales_order_external_id", "sales_order", ["external_id"], unique=False
    )
    op.create_index("ix_sales_order_phase", "sales_order", ["phase", "id"], unique=False)

    op.create_table(
        "stock_move",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref_type", sa.String(), nullable=False),
        sa.Column("ref_id", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('received', 'produced', 'returned', 'consumed', 'shipped', 'scrapped', 'adjusted')",
            name=op.f("ck_stock_move_kind"),
        ),
        sa.CheckConstraint("quantity <> 0", name=op.f("ck_stock_move_quantity")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_stock_move_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_stock_move_lot_id_lot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint(
            "kind",
            "ref_type",
            "ref_id",
            "lot_id",
            name=op.f("uq_stock_move_kind_ref_type_ref_id_lot_id"),
        ),
    )
    op.create_index("ix_stock_move_lot_id", "stock_move", ["lot_id"], unique=False)

    op.create_table(
        "order_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("variant_title", sa.String(), nullable=False),
        sa.Column("product_id", sa.String(), nullable=False),
        sa.Column("variant_id", sa.String(), nullable=False),
        sa.Column("listing_key", sa.String(), nullable=False),
        sa.Column("listing_id", BIG_ID, nullable=True),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("sent_elsewhere", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("matched_by", sa.String(), nullable=False),
        sa.Column("unit_price_minor", sa.BigInteger(), nullable=True),
        sa.Column("personalisation", JSON, nullable=False),
        sa.CheckConstraint(
            "state IN ('mapped', 'suggested', 'unmapped', 'ignored', 'service')",
            name=op.f("ck_order_line_state"),
        ),
        sa.CheckConstraint(
            "ordered >= 0 AND cancelled >= 0 AND cancelled <= ordered",
            name=op.f("ck_order_line_wanted"),
        ),
        sa.CheckConstraint(
            "shipped >= 0 AND sent_elsewhere >= 0", name=op.f("ck_order_line_sent")
        ),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listing.id"], name=op.f("fk_order_line_listing_id_listing")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_order_line_order_id_sales_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint(
            "order_id", "external_id", name=op.f("uq_order_line_order_id_external_id")
        ),
    )
    op.create_index("ix_order_line_listing_id", "order_line", ["listing_id"], unique=False)

    op.create_table(
        "production_need",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("production_order_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("needed", sa.BigInteger(), nullable=False),
        sa.Column("consumed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "needed >= 0 AND consumed >= 0", name=op.f("ck_production_need_needed")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_production_need_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["production_order_id"],
            ["production_order.id"],
            name=op.f("fk_production_need_production_order_id_production_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_need")),
        sa.UniqueConstraint(
            "production_order_id",
            "item_id",
            name=op.f("uq_production_need_production_order_id_item_id"),
        ),
    )
    op.create_index(
        "ix_production_need_item_id", "production_need", ["item_id"], unique=False
    )

    op.create_table(
        "production_output",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("production_order_id", BIG_ID, nullable=False),
        sa.Column("completion", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_production_output_quantity")),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_production_output_lot_id_lot")
        ),
        sa.ForeignKeyConstraint(
            ["production_order_id"],
            ["production_order.id"],
            name=op.f("fk_production_output_production_order_id_production_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_output")),
        sa.UniqueConstraint(
            "production_order_id",
            "completion",
            name=op.f("uq_production_output_production_order_id_completion"),
        ),
    )
    op.create_index(
        "ix_production_output_lot_id", "production_output", ["lot_id"], unique=False
    )

    op.create_table(
        "promise",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("earliest_on", sa.Date(), nullable=True),
        sa.Column("committed_on", sa.Date(), nullable=True),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_promise_order_id_sales_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint(
            "order_id", "version", name=op.f("uq_promise_order_id_version")
        ),
    )
    op.create_table(
        "shipment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("tracking_number", sa.String(), nullable=False),
        sa.Column("tracking_url", sa.String(), nullable=False),
        sa.Column("notify", sa.Boolean(), nullable=False),
        sa.Column("is_owed", sa.Boolean(), nullable=False),
        sa.Column("packed_at", UTC, nullable=True),
        sa.Column("shipped_at", UTC, nullable=True),
        sa.Column("delivered_at", UTC, nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint(
            "state IN ('packed', 'shipped', 'delivered', 'cancelled')",
            name=op.f("ck_shipment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_shipment_order_id_sales_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        sa.UniqueConstraint("number", name=op.f("uq_shipment_number")),
    )
    op.create_index("ix_shipment_order_id", "shipment", ["order_id"], unique=False)

    op.create_table(
        "demand",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_line_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("per_piece", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("per_piece > 0", name=op.f("ck_demand_per_piece")),
        sa.CheckConstraint(
            "shipped >= 0 AND shipped <= quantity", name=op.f("ck_demand_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_demand_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_demand_order_line_id_order_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
        sa.UniqueConstraint(
            "order_line_id", "item_id", name=op.f("uq_demand_order_line_id_item_id")
        ),
    )
    op.create_index("ix_demand_item_id", "demand", ["item_id"], unique=False)

    op.create_table(
        "outbound_message",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=True),
        sa.Column("shipment_id", BIG_ID, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("remote_ref", sa.String(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_try_at", UTC, nullable=False),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", UTC, nullable=True),
        sa.Column("first_sent_at", UTC, nullable=True),
        sa.Column("error_class", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("created_at", UTC, nullable=False),
        sa.Column("done_at", UTC, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'unknown', 'sent', 'shadowed', 'held', 'dead')",
            name=op.f("ck_outbound_message_state"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbound_message_attempts")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["channel_account.id"],
            name=op.f("fk_outbound_message_account_id_channel_account"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_outbound_message_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipment.id"],
            name=op.f("fk_outbound_message_shipment_id_shipment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_message")),
        sa.UniqueConstraint(
            "idempotency_key", name=op.f("uq_outbound_message_idempotency_key")
        ),
    )
    op.create_index(
        "ix_outbound_message_due",
        "outbound_message",
        ["next_try_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'unknown')"),
        sqlite_where=sa.text("state IN ('waiting', 'sending', 'unknown')"),
    )
    op.create_index(
        "ix_outbound_message_order", "outbound_message", ["order_id", "id"], unique=False
    )
    op.create_index(
        "ix_outbound_message_state", "outbound_message", ["state", "id"], unique=False
    )
    op.create_index(
        "uq_outbound_message_fulfil",
        "outbound_message",
        ["shipment_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'fulfil'"),
        sqlite_where=sa.text("kind = 'fulfil'"),
    )

    op.create_table(
        "shipment_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("shipment_id", BIG_ID, nullable=False),
        sa.Column("order_line_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_line_quantity")),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_shipment_line_order_line_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipment.id"],
            name=op.f("fk_shipment_line_shipment_id_shipment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_line")),
        sa.UniqueConstraint(
            "shipment_id",
            "order_line_id",
            name=op.f("uq_shipment_line_shipment_id_order_line_id"),
        ),
    )
    op.create_index(
        "ix_shipment_line_order_line_id", "shipment_line", ["order_line_id"], unique=False
    )

    op.create_table(
        "production_link",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("production_order_id", BIG_ID, nullable=False),
        sa.Column("demand_id", BIG_ID, nullable=True),
        sa.Column("need_id", BIG_ID, nullable=True),
        sa.Column("planned", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(demand_id IS NULL) <> (need_id IS NULL)",
            name=op.f("ck_production_link_owner"),
        ),
        sa.CheckConstraint(
            "planned >= 0 AND done >= 0", name=op.f("ck_production_link_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_production_link_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["production_need.id"],
            name=op.f("fk_production_link_need_id_production_need"),
        ),
        sa.ForeignKeyConstraint(
            ["production_order_id"],
            ["production_order.id"],
            name=op.f("fk_production_link_production_order_id_production_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_link")),
        sa.UniqueConstraint(
            "production_order_id",
            "demand_id",
            name=op.f("uq_production_link_production_order_id_demand_id"),
        ),
        sa.UniqueConstraint(
            "production_order_id",
            "need_id",
            name=op.f("uq_production_link_production_order_id_need_id"),
        ),
    )
    op.create_index(
        "ix_production_link_demand_id", "production_link", ["demand_id"], unique=False
    )
    op.create_index(
        "ix_production_link_need_id", "production_link", ["need_id"], unique=False
    )

    op.create_table(
        "reservation",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("demand_id", BIG_ID, nullable=True),
        sa.Column("need_id", BIG_ID, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("is_firm", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(demand_id IS NULL) <> (need_id IS NULL)", name=op.f("ck_reservation_owner")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservation_quantity")),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_reservation_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_reservation_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_reservation_lot_id_lot")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["production_need.id"],
            name=op.f("fk_reservation_need_id_production_need"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        sa.UniqueConstraint(
            "lot_id", "demand_id", name=op.f("uq_reservation_lot_id_demand_id")
        ),
        sa.UniqueConstraint(
            "lot_id", "need_id", name=op.f("uq_reservation_lot_id_need_id")
        ),
    )
    op.create_index("ix_reservation_demand_id", "reservation", ["demand_id"], unique=False)
    op.create_index("ix_reservation_item_id", "reservation", ["item_id"], unique=False)
    op.create_index("ix_reservation_need_id", "reservation", ["need_id"], unique=False)

    op.create_table(
        "shipment_pick",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("shipment_line_id", BIG_ID, nullable=False),
        sa.Column("demand_id", BIG_ID, nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shipment_pick_quantity")),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_shipment_pick_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_shipment_pick_lot_id_lot")
        ),
        sa.ForeignKeyConstraint(
            ["shipment_line_id"],
            ["shipment_line.id"],
            name=op.f("fk_shipment_pick_shipment_line_id_shipment_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_pick")),
        sa.UniqueConstraint(
            "shipment_line_id",
            "demand_id",
            "lot_id",
            name=op.f("uq_shipment_pick_shipment_line_id_demand_id_lot_id"),
        ),
    )
    op.create_index("ix_shipment_pick_lot_id", "shipment_pick", ["lot_id"], unique=False)

    op.create_table(
        "shortage",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("demand_id", BIG_ID, nullable=True),
        sa.Column("need_id", BIG_ID, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(demand_id IS NULL) <> (need_id IS NULL)", name=op.f("ck_shortage_owner")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shortage_quantity")),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_shortage_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_shortage_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["production_need.id"],
            name=op.f("fk_shortage_need_id_production_need"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortage")),
        sa.UniqueConstraint("demand_id", name=op.f("uq_shortage_demand_id")),
        sa.UniqueConstraint("need_id", name=op.f("uq_shortage_need_id")),
    )
    op.create_index("ix_shortage_item_id", "shortage", ["item_id"], unique=False)
    for table in APPEND_ONLY:
        close(table)


def close(table: str) -> None:
    """Make the database itself refuse to change or remove a row of the table."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{table} is append-only'"
        " USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
    )
