"""What each column of the tables to begin with says: read beside the template it explains."""

from collections.abc import Mapping

from hub.web.wording.language import N_

ITEM = N_("The item's code, as in the table of items.")
QUANTITY = N_("How much, such as 2.5 kg; without a unit it is in the item's own.")
DAY = N_("A day such as 2028-06-30. Empty: it does not spoil.")

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "items": {
        "code": N_("A short name of your own, used everywhere. It must be unique."),
        "name": N_("What people call it."),
        "kind": N_("product for what you sell, intermediate for what goes into products, "
                   "material for what you buy."),
        "unit": N_("g, ml or each: what it is counted in, for good."),
        "policy": N_("make_to_order or make_to_stock. Empty: when somebody orders it."),
        "shelf_life_days": N_("How many days it keeps once made."),
        "min_remaining_days": N_("How many of those must be left when it leaves."),
        "lead_time_days": N_("How many days it takes to come, if no supplier says so."),
        "window_days": N_("Days whose orders share a run, if not the workshop's."),
        "reorder_point": N_("Order or make more when less than this is left."),
        "safety_stock": N_("What should always lie there."),
        "stock_up_to": N_("How much to have after making or ordering more."),
        "density": N_("Grams in a millilitre, if you weigh what is counted in ml."),
        "allergens": N_("Names with | between them."),
        "quality_hold": N_("yes if every new lot waits for somebody to look at it."),
        "lot_pattern": N_("How its lots are named, if not as the workshop's others."),
    },
    "recipes": {
        "item": N_("What is made: its code. All rows of the same item are its recipe."),
        "batch_size": N_("How much one batch gives. In the first row of a recipe."),
        "loss_percent": N_("What is lost of a batch on the whole, in percent."),
        "min_batches": N_("The fewest batches worth a run."),
        "max_batches": N_("The most batches in one run. Empty: no limit."),
        "step_batches": N_("Batches come in multiples of this."),
        "work_centre": N_("The code of the work centre it is made at."),
        "setup_minutes": N_("Minutes to set up, once a run."),
        "batch_minutes": N_("Minutes for each batch."),
        "rest_days": N_("Days it rests before it can leave: curing, drying."),
        "component": N_("What goes in: its code."),
        "quantity": N_("How much of it goes into one batch, such as 2.2 kg."),
        "waste_percent": N_("What sticks to the pot of this component, in percent."),
    },
    "lots": {
        "item": ITEM,
        "quantity": QUANTITY,
        "code": N_("The lot's code on its label; unique for the item, so that a file sent "
                   "twice does no harm."),
        "best_before": DAY,
        "supplier_lot": N_("What the supplier calls the lot."),
        "unit_cost": N_("What one unit of the item cost: a gram, a millilitre, a piece."),
        "currency": N_("Three letters, such as EUR."),
    },
    "suppliers": {
        "supplier": N_("A short name of your own for them. It must be unique."),
        "name": N_("What they are called. In one of their rows."),
        "email": N_("Where orders are sent."),
        "currency": N_("Three letters, such as EUR."),
        "item": N_("What they sell: its code. Empty: only the supplier is written down."),
        "supplier_code": N_("What they call it."),
        "lead_time_days": N_("Days from ordering to receiving."),
        "smallest": N_("The least they sell."),
        "multiple": N_("They sell it in packs of this."),
        "unit_cost": N_("What one unit of the item cost: a gram, a millilitre, a piece."),
        "preferred": N_("yes to buy it here rather than elsewhere."),
    },
}  # fmt: skip
"""By table, in the order of its columns."""
