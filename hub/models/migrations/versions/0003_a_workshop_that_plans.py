"""A workshop that plans: calendars, purchases, alternates, decisions, recalls, forecasts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring a database of '0002' to this revision."""
    op.create_table(
        "shipping_closure",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipping_closure")),
        sa.UniqueConstraint("day", name=op.f("uq_shipping_closure_day")),
    )
    op.create_table(
        "work_centre_opening",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("work_centre_id", BIG_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.CheckConstraint(
            "minutes > 0 AND minutes <= 1440", name=op.f("ck_work_centre_opening_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["work_centre_id"],
            ["work_centre.id"],
            name=op.f("fk_work_centre_opening_work_centre_id_work_centre"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_centre_opening")),
        sa.UniqueConstraint(
            "work_centre_id", "day", name=op.f("uq_work_centre_opening_work_centre_id_day")
        ),
    )
    op.create_table(
        "supplier",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("code", name=op.f("uq_supplier_code")),
    )
    op.create_table(
        "transit",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("days >= 0", name=op.f("ck_transit_days")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transit")),
        sa.UniqueConstraint("country", "method", name=op.f("uq_transit_country_method")),
    )
    op.create_table(
        "workshop",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("country", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("window_days", sa.BigInteger(), nullable=False),
        sa.Column("freeze_days", sa.BigInteger(), nullable=False),
        sa.Column("shipping_weekdays", JSON, nullable=False),
        sa.Column("cut_off_minute", sa.BigInteger(), nullable=True),
        sa.Column("pack_days", sa.BigInteger(), nullable=False),
        sa.Column("transit_days", sa.BigInteger(), nullable=True),
        sa.Column("offer_days", sa.BigInteger(), nullable=False),
        sa.Column("lot_pattern", sa.String(), nullable=False),
        sa.Column("updated_at", UTC, nullable=False),
        sa.CheckConstraint(
            "cut_off_minute IS NULL OR (cut_off_minute >= 0 AND cut_off_minute < 1440)",
            name=op.f("ck_workshop_cut_off"),
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_workshop_only_one")),
        sa.CheckConstraint(
            "pack_days >= 0 AND offer_days >= 0", name=op.f("ck_workshop_days")
        ),
        sa.CheckConstraint(
            "window_days >= 0 AND freeze_days >= 0", name=op.f("ck_workshop_calm")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
    )
    op.create_table(
        "alternate",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("substitute_id", BIG_ID, nullable=False),
        sa.Column("factor_ppm", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("is_allowed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.CheckConstraint(
            "item_id <> substitute_id AND factor_ppm > 0", name=op.f("ck_alternate_factor")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_alternate_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["item.id"], name=op.f("fk_alternate_substitute_id_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alternate")),
        sa.UniqueConstraint(
            "item_id", "substitute_id", name=op.f("uq_alternate_item_id_substitute_id")
        ),
    )
    op.create_index(
        "ix_alternate_substitute_id", "alternate", ["substitute_id"], unique=False
    )

    op.create_table(
        "forecast",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("per_week", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.BigInteger(), nullable=False),
        sa.Column("weeks", sa.BigInteger(), nullable=False),
        sa.Column("reorder_point", sa.BigInteger(), nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=False),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("made_at", UTC, nullable=False),
        sa.CheckConstraint(
            "per_week >= 0 AND reorder_point >= 0 AND safety_stock >= 0",
            name=op.f("ck_forecast_level"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_forecast_item_id_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
        sa.UniqueConstraint("item_id", name=op.f("uq_forecast_item_id")),
    )
    op.create_table(
        "purchase_order",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("supplier_id", BIG_ID, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ordered_at", UTC, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", UTC, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'ordered', 'received', 'cancelled')",
            name=op.f("ck_purchase_order_state"),
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_purchase_order_supplier_id_supplier"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_order_number")),
    )
    op.create_index(
        "ix_purchase_order_state", "purchase_order", ["state", "id"], unique=False
    )

    op.create_table(
        "supplier_item",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("supplier_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("supplier_code", sa.String(), nullable=False),
        sa.Column("lead_time_days", sa.BigInteger(), nullable=True),
        sa.Column("smallest", sa.BigInteger(), nullable=False),
        sa.Column("multiple", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("is_preferred", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "lead_time_days IS NULL OR lead_time_days >= 0",
            name=op.f("ck_supplier_item_lead_time"),
        ),
        sa.CheckConstraint(
            "smallest >= 0 AND multiple > 0", name=op.f("ck_supplier_item_sizes")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_supplier_item_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
            name=op.f("fk_supplier_item_supplier_id_supplier"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_item")),
        sa.UniqueConstraint(
            "supplier_id", "item_id", name=op.f("uq_supplier_item_supplier_id_item_id")
        ),
    )
    op.create_index("ix_supplier_item_item_id", "supplier_item", ["item_id"], unique=False)

    op.create_table(
        "purchase_line",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("purchase_order_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("unit_cost_micros", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND received >= 0", name=op.f("ck_purchase_line_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_purchase_line_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_order.id"],
            name=op.f("fk_purchase_line_purchase_order_id_purchase_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_line")),
        sa.UniqueConstraint(
            "purchase_order_id",
            "item_id",
            name=op.f("uq_purchase_line_purchase_order_id_item_id"),
        ),
    )
    op.create_index("ix_purchase_line_item_id", "purchase_line", ["item_id"], unique=False)

    op.create_table(
        "recipe_choice",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("recipe_id", BIG_ID, nullable=False),
        sa.Column("option", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("item_id", BIG_ID, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("waste_bp", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(item_id IS NULL) = (quantity = 0) AND quantity >= 0"
            " AND waste_bp >= 0 AND waste_bp < 10000",
            name=op.f("ck_recipe_choice_quantity"),
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_recipe_choice_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipe.id"], name=op.f("fk_recipe_choice_recipe_id_recipe")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_choice")),
        sa.UniqueConstraint(
            "recipe_id",
            "option",
            "value",
            "item_id",
            name=op.f("uq_recipe_choice_recipe_id_option_value_item_id"),
        ),
    )
    op.create_table(
        "recipe_step",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("recipe_id", BIG_ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("work_centre_id", BIG_ID, nullable=True),
        sa.Column("setup_minutes", sa.BigInteger(), nullable=False),
        sa.Column("batch_minutes", sa.BigInteger(), nullable=False),
        sa.Column("rest_days", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "setup_minutes >= 0 AND batch_minutes >= 0 AND rest_days >= 0",
            name=op.f("ck_recipe_step_time"),
        ),
        sa.ForeignKeyConstraint(
            ["recipe_id"], ["recipe.id"], name=op.f("fk_recipe_step_recipe_id_recipe")
        ),
        sa.ForeignKeyConstraint(
            ["work_centre_id"],
            ["work_centre.id"],
            name=op.f("fk_recipe_step_work_centre_id_work_centre"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipe_step")),
        sa.UniqueConstraint(
            "recipe_id", "position", name=op.f("uq_recipe_step_recipe_id_position")
        ),
    )
    op.create_table(
        "production_slot",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("production_order_id", BIG_ID, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("work_centre_id", BIG_ID, nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("starts_minute", sa.BigInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("ends_minute", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["production_order_id"],
            ["production_order.id"],
            name=op.f("fk_production_slot_production_order_id_production_order"),
        ),
        sa.ForeignKeyConstraint(
            ["work_centre_id"],
            ["work_centre.id"],
            name=op.f("fk_production_slot_work_centre_id_work_centre"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_production_slot")),
        sa.UniqueConstraint(
            "production_order_id",
            "position",
            name=op.f("uq_production_slot_production_order_id_position"),
        ),
    )
    op.create_index(
        "ix_production_slot_centre",
        "production_slot",
        ["work_centre_id", "starts_on"],
        unique=False,
    )

    op.create_table(
        "completion",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("production_order_id", BIG_ID, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("produced", sa.BigInteger(), nullable=False),
        sa.Column("scrapped", sa.BigInteger(), nullable=False),
        sa.Column("scrap_reason", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("undone_at", UTC, nullable=True),
        sa.Column("undone_by", sa.String(), nullable=False),
        sa.Column("undone_why", sa.String(), nullable=False),
        sa.CheckConstraint(
            "produced >= 0 AND scrapped >= 0", name=op.f("ck_completion_yield")
        ),
        sa.ForeignKeyConstraint(
            ["production_order_id"],
            ["production_order.id"],
            name=op.f("fk_completion_production_order_id_production_order"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion")),
        sa.UniqueConstraint(
            "production_order_id",
            "number",
            name=op.f("uq_completion_production_order_id_number"),
        ),
    )

    op.create_table(
        "completion_use",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("completion_id", BIG_ID, nullable=False),
        sa.Column("need_id", BIG_ID, nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("counts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND counts >= 0", name=op.f("ck_completion_use_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["completion_id"],
            ["completion.id"],
            name=op.f("fk_completion_use_completion_id_completion"),
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["production_need.id"],
            name=op.f("fk_completion_use_need_id_production_need"),
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_completion_use_lot_id_lot")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_use")),
        sa.UniqueConstraint(
            "completion_id",
            "need_id",
            "lot_id",
            name=op.f("uq_completion_use_completion_id_need_id_lot_id"),
        ),
    )
    op.create_index(
        "ix_completion_use_need_id", "completion_use", ["need_id"], unique=False
    )

    op.create_table(
        "completion_gift",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("completion_id", BIG_ID, nullable=False),
        sa.Column("link_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_completion_gift_quantity")),
        sa.ForeignKeyConstraint(
            ["completion_id"],
            ["completion.id"],
            name=op.f("fk_completion_gift_completion_id_completion"),
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["production_link.id"],
            name=op.f("fk_completion_gift_link_id_production_link"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion_gift")),
        sa.UniqueConstraint(
            "completion_id",
            "link_id",
            name=op.f("uq_completion_gift_completion_id_link_id"),
        ),
    )
    op.create_index(
        "ix_completion_gift_link_id", "completion_gift", ["link_id"], unique=False
    )

    op.create_table(
        "decision",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("order_line_id", BIG_ID, nullable=True),
        sa.Column("item_id", BIG_ID, nullable=True),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("production_order_id", BIG_ID, nullable=True),
        sa.Column("shipment_id", BIG_ID, nullable=True),
        sa.Column("needs_person", sa.Boolean(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("done_at", UTC, nullable=True),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_decision_quantity")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_decision_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_decision_order_id_sales_order")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
            name=op.f("fk_decision_order_line_id_order_line"),
        ),
        sa.ForeignKeyConstraint(
            ["production_order_id"],
            ["production_order.id"],
            name=op.f("fk_decision_production_order_id_production_order"),
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipment.id"], name=op.f("fk_decision_shipment_id_shipment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_order_id", "decision", ["order_id", "id"], unique=False)
    op.create_index(
        "ix_decision_standing",
        "decision",
        ["id"],
        unique=False,
        postgresql_where=sa.text("needs_person AND done_at IS NULL"),
        sqlite_where=sa.text("needs_person = 1 AND done_at IS NULL"),
    )

    op.create_table(
        "recall",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("found", JSON, nullable=False),
        sa.Column("took_ms", sa.BigInteger(), nullable=True),
        sa.Column("started_at", UTC, nullable=False),
        sa.Column("closed_at", UTC, nullable=True),
        sa.Column("who", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_recall_state")),
        sa.ForeignKeyConstraint(["lot_id"], ["lot.id"], name=op.f("fk_recall_lot_id_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("number", name=op.f("uq_recall_number")),
    )
    op.create_table(
        "substitution",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("need_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("replaces", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND replaces > 0", name=op.f("ck_substitution_quantity")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_substitution_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["production_need.id"],
            name=op.f("fk_substitution_need_id_production_need"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
        sa.UniqueConstraint(
            "need_id", "item_id", name=op.f("uq_substitution_need_id_item_id")
        ),
    )
    op.create_index("ix_substitution_item_id", "substitution", ["item_id"], unique=False)

    op.create_table(
        "purchase_cover",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("purchase_line_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("demand_id", BIG_ID, nullable=True),
        sa.Column("need_id", BIG_ID, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(demand_id IS NULL) <> (need_id IS NULL)", name=op.f("ck_purchase_cover_owner")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_purchase_cover_quantity")),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_purchase_cover_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_purchase_cover_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["production_need.id"],
            name=op.f("fk_purchase_cover_need_id_production_need"),
        ),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"],
            ["purchase_line.id"],
            name=op.f("fk_purchase_cover_purchase_line_id_purchase_line"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_cover")),
        sa.UniqueConstraint(
            "purchase_line_id",
            "demand_id",
            name=op.f("uq_purchase_cover_purchase_line_id_demand_id"),
        ),
        sa.UniqueConstraint(
            "purchase_line_id",
            "need_id",
            name=op.f("uq_purchase_cover_purchase_line_id_need_id"),
        ),
    )
    op.create_index(
        "ix_purchase_cover_demand_id", "purchase_cover", ["demand_id"], unique=False
    )
    op.create_index(
        "ix_purchase_cover_item_id", "purchase_cover", ["item_id"], unique=False
    )
    op.create_index(
        "ix_purchase_cover_need_id", "purchase_cover", ["need_id"], unique=False
    )

    op.create_table(
        "check_cover",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("item_id", BIG_ID, nullable=False),
        sa.Column("demand_id", BIG_ID, nullable=True),
        sa.Column("need_id", BIG_ID, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(demand_id IS NULL) <> (need_id IS NULL)", name=op.f("ck_check_cover_owner")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_check_cover_quantity")),
        sa.ForeignKeyConstraint(
            ["demand_id"], ["demand.id"], name=op.f("fk_check_cover_demand_id_demand")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["item.id"], name=op.f("fk_check_cover_item_id_item")
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_check_cover_lot_id_lot")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["production_need.id"],
            name=op.f("fk_check_cover_need_id_production_need"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_check_cover")),
        sa.UniqueConstraint(
            "lot_id", "demand_id", name=op.f("uq_check_cover_lot_id_demand_id")
        ),
        sa.UniqueConstraint(
            "lot_id", "need_id", name=op.f("uq_check_cover_lot_id_need_id")
        ),
    )
    op.create_index("ix_check_cover_demand_id", "check_cover", ["demand_id"], unique=False)
    op.create_index("ix_check_cover_item_id", "check_cover", ["item_id"], unique=False)
    op.create_index("ix_check_cover_need_id", "check_cover", ["need_id"], unique=False)

    op.create_table(
        "recall_lot",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("recall_id", BIG_ID, nullable=False),
        sa.Column("lot_id", BIG_ID, nullable=False),
        sa.Column("state_before", sa.String(), nullable=False),
        sa.Column("is_start", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"], ["lot.id"], name=op.f("fk_recall_lot_lot_id_lot")
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recall.id"], name=op.f("fk_recall_lot_recall_id_recall")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_lot")),
        sa.UniqueConstraint(
            "recall_id", "lot_id", name=op.f("uq_recall_lot_recall_id_lot_id")
        ),
    )
    op.create_index("ix_recall_lot_lot_id", "recall_lot", ["lot_id"], unique=False)

    op.create_table(
        "recall_order",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("recall_id", BIG_ID, nullable=False),
        sa.Column("order_id", BIG_ID, nullable=False),
        sa.Column("was_sent", sa.Boolean(), nullable=False),
        sa.Column("was_held", sa.Boolean(), nullable=False),
        sa.Column("told_at", UTC, nullable=True),
        sa.Column("told_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
            name=op.f("fk_recall_order_order_id_sales_order"),
        ),
        sa.ForeignKeyConstraint(
            ["recall_id"], ["recall.id"], name=op.f("fk_recall_order_recall_id_recall")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_order")),
        sa.UniqueConstraint(
            "recall_id", "order_id", name=op.f("uq_recall_order_recall_id_order_id")
        ),
    )
    op.create_index("ix_recall_order_order_id", "recall_order", ["order_id"], unique=False)

    op.add_column(
        "channel_account", sa.Column("min_remaining_days", sa.BigInteger(), nullable=True)
    )

    op.add_column(
        "customer", sa.Column("min_remaining_days", sa.BigInteger(), nullable=True)
    )

    op.add_column(
        "item",
        sa.Column("stock_up_to", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column(
        "item",
        sa.Column("makeable", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column(
        "item",
        sa.Column("stock_short", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column("item", sa.Column("window_days", sa.BigInteger(), nullable=True))
    op.add_column(
        "item",
        sa.Column("quality_hold", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "item", sa.Column("lot_pattern", sa.String(), server_default="", nullable=False)
    )
    _add_reference("item", "family_id", to="item")
    op.add_column("item", sa.Column("options", JSON, server_default="{}", nullable=False))
    op.add_column("item", sa.Column("options_key", sa.String(), nullable=True))
    op.create_index("uq_item_variant", "item", ["family_id", "options_key"], unique=True)

    _add_reference("lot", "purchase_line_id", to="purchase_line")
    op.add_column(
        "lot",
        sa.Column("awaits_check", sa.Boolean(), server_default=sa.false(), nullable=False),
    )

    op.add_column("production_order", sa.Column("pinned_on", sa.Date(), nullable=True))
    op.add_column(
        "production_order",
        sa.Column("no_day", sa.String(), server_default="", nullable=False),
    )
    op.add_column("production_order", sa.Column("full_until", sa.Date(), nullable=True))
    op.add_column("production_order", sa.Column("not_before", sa.Date(), nullable=True))

    op.add_column("replan", sa.Column("cause", JSON, server_default="{}", nullable=False))

    op.add_column(
        "sales_order",
        sa.Column("ship_method", sa.String(), server_default="", nullable=False),
    )
    op.add_column(
        "sales_order",
        sa.Column("is_at_risk", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "sales_order", sa.Column("risk", JSON, server_default="{}", nullable=False)
    )
    op.create_index(
        "ix_sales_order_at_risk",
        "sales_order",
        ["promised_on"],
        unique=False,
        postgresql_where=sa.text("is_at_risk"),
        sqlite_where=sa.text("is_at_risk = 1"),
    )

    op.add_column(
        "stock_move", sa.Column("reason", sa.String(), server_default="", nullable=False)
    )
    _add_reference("stock_move", "reverses_id", to="stock_move")
    op.create_index("uq_stock_move_reverses_id", "stock_move", ["reverses_id"], unique=True)

    op.add_column(
        "work_centre",
        sa.Column("opens_at", sa.BigInteger(), server_default="480", nullable=False),
    )
    op.add_column(
        "work_centre",
        sa.Column("keeps_holidays", sa.Boolean(), server_default=sa.true(), nullable=False),
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
