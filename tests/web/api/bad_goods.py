"""Calls that cannot be done: items, recipes, lots, and what a listing means."""

from collections.abc import Iterator

from tests.web.api.bad_calls import BIG, ITEM, LOT, RECIPE, Bad, recipe_line, without
from tests.web.api.program import (
    Json,
    entries,
)


def items() -> Iterator[Bad]:
    for name in ("code", "name", "kind", "unit"):
        yield Bad("/items", without(ITEM, name), name)
    yield Bad("/items", ITEM | {"code": ""}, "code")
    yield Bad("/items", ITEM | {"code": "   "}, "code")
    yield Bad("/items", ITEM | {"code": "x" * 201}, "code")
    yield Bad("/items", ITEM | {"code": "SOAP"}, "code", 409)
    yield Bad("/items", ITEM | {"kind": "gadget"}, "kind")
    yield Bad("/items", ITEM | {"unit": "kg"}, "unit")
    yield Bad("/items", ITEM | {"policy": "never"}, "policy")
    yield Bad("/items", ITEM | {"colour": "red"}, "colour")
    for days in ("shelf_life_days", "min_remaining_days", "lead_time_days"):
        yield Bad("/items", ITEM | {days: -1}, days)
        yield Bad("/items", ITEM | {days: "7"}, days)
        yield Bad("/items", ITEM | {days: 10**9}, days)
    yield Bad(
        "/items", ITEM | {"reorder_point": {"amount": "1", "unit": "kg"}}, "reorder_point"
    )
    yield Bad("/items", ITEM | {"safety_stock": "-1"}, "safety_stock")
    yield Bad("/items", ITEM | {"lot_pattern": "{colour}-{nn}"}, "lot_pattern")
    for field, value in (
        ("name", " "),
        ("name", None),
        ("unit", "ml"),
        ("policy", "never"),
        ("window_days", -1),
        ("reorder_point", {"amount": "1", "unit": "kg"}),
        ("lot_pattern", "no number"),
    ):
        yield Bad("/items/SOAP", {field: value}, field, method="PATCH")
    yield Bad("/items/GHOST", {"name": "Ghost"}, "", 404, method="PATCH")
    yield Bad("/forecasts/GHOST/accept", {}, "", 404)
    yield Bad("/imports/ghosts", {}, "", 404)
    yield Bad("/imports/items", {}, "")
    yield Bad("/forecasts/SOAP/accept", {}, "", 404)
    yield Bad("/items", ITEM | {"safety_stock": "many"}, "safety_stock.amount")
    yield Bad("/items", ITEM | {"density": "0.0001"}, "density")
    yield Bad("/items", ITEM | {"density": "0"}, "density")
    yield Bad("/items", ITEM | {"allergens": "nuts"}, "allergens")


def alternates() -> Iterator[Bad]:
    path, oil = "/items/LYE/alternates", {"substitute": "OIL", "factor": "1.1"}
    yield Bad("/items/GHOST/alternates", oil, "", 404, "PUT")
    yield Bad(path, without(oil, "substitute"), "substitute", method="PUT")
    yield Bad(path, without(oil, "factor"), "factor", method="PUT")
    yield Bad(path, {"substitute": "SOAP"}, "factor", method="PUT")
    for field, value in (
        ("substitute", "GHOST"),
        ("substitute", "LYE"),
        ("factor", "0"),
        ("factor", "0.0000001"),
        ("factor", "20000"),
        ("factor", "much"),
        ("rank", -1),
        ("rank", 10**9),
        ("allowed", "perhaps"),
        ("note", "x" * 501),
    ):
        yield Bad(path, oil | {field: value}, field, method="PUT")
    circle = {"substitute": "SOAP", "factor": "1"}
    yield Bad(path, circle, "substitute", 409, "PUT")
    yield Bad("/items/GHOST/alternates", None, "", 404, "GET")
    yield Bad(path, None, "substitute", method="DELETE")
    yield Bad(f"{path}?substitute=GHOST", None, "substitute", method="DELETE")
    yield Bad(f"{path}?substitute=OIL", None, "substitute", 404, "DELETE")


def variants() -> Iterator[Bad]:
    """Soap of this workshop offers nothing to choose."""
    yield Bad("/items/GHOST/variants", {"options": {"scent": "rose"}}, "", 404)
    yield Bad("/items/SOAP/variants", {}, "options")
    yield Bad("/items/SOAP/variants", {"options": "rose"}, "options")
    yield Bad("/items/SOAP/variants", {"options": {"scent": "rose"}}, "options")
    red = {"option": "Dye", "value": "Red", "lines": [{"item": "OIL", "quantity": "1"}]}
    for field, choice in (
        ("choices.0.option", without(red, "option")),
        ("choices.0.value", red | {"value": " "}),
        ("choices.0.lines.0.item", red | {"lines": [{"item": "GHOST", "quantity": "1"}]}),
        ("choices.0.lines", red | {"lines": [{"item": "OIL", "quantity": "0"}]}),
        ("choices", red | {"lines": [{"item": "SOAP", "quantity": "1"}]}),
    ):
        yield Bad("/recipes", RECIPE | {"choices": [choice]}, field)
    yield Bad("/recipes", RECIPE | {"choices": [red, red | {"value": "red"}]}, "choices")
    part = {"item": "SOAP", "quantity": 1, "options": {"scent": "rose"}}
    yield Bad(
        "/listings/1/mapping", {"components": [part]}, "components.0.options", method="PUT"
    )


def recipes() -> Iterator[Bad]:
    for name in ("item", "batch_size", "lines"):
        yield Bad("/recipes", without(RECIPE, name), name)
    yield Bad("/recipes", RECIPE | {"item": "NOBODY"}, "item")
    yield Bad(
        "/recipes", RECIPE | {"batch_size": {"amount": "1", "unit": "kg"}}, "batch_size"
    )
    yield Bad("/recipes", RECIPE | {"batch_size": "0"}, "batch_size")
    yield Bad("/recipes", RECIPE | {"lines": []}, "lines")
    yield Bad("/recipes", recipe_line(item="NOBODY"), "lines.0.item")
    yield Bad("/recipes", recipe_line(item="SOAP", quantity="1"), "lines", 409)
    yield Bad(
        "/recipes",
        recipe_line(quantity={"amount": "1", "unit": "stone"}),
        "lines.0.quantity",
    )
    yield Bad(
        "/recipes", recipe_line(quantity={"amount": "1,5"}), "lines.0.quantity.amount"
    )
    yield Bad("/recipes", recipe_line(quantity="0.00001"), "lines.0.quantity")
    yield Bad("/recipes", recipe_line(quantity="0"), "lines")
    yield Bad("/recipes", recipe_line(waste_percent="101"), "lines.0.waste_percent")
    yield Bad("/recipes", recipe_line(waste_percent="100"), "lines")
    yield Bad("/recipes", RECIPE | {"loss_percent": "0.001"}, "loss_percent")
    yield Bad("/recipes", RECIPE | {"min_batches": 0}, "min_batches")
    yield Bad("/recipes", RECIPE | {"min_batches": 3, "max_batches": 2}, "max_batches")
    yield Bad("/recipes", RECIPE | {"batch_minutes": -1}, "batch_minutes")
    yield Bad("/recipes", RECIPE | {"work_centre": ""}, "work_centre")
    twice = entries(RECIPE, "lines") * 2
    yield Bad("/recipes", RECIPE | {"lines": twice}, "lines")
    centre = {"code": "K", "name": "Kitchen", "open_minutes": [480] * 7}
    yield Bad("/work-centres", centre | {"open_minutes": [480] * 6}, "open_minutes")
    yield Bad("/work-centres", centre | {"open_minutes": [1441] * 7}, "open_minutes")
    yield Bad("/work-centres", without(centre, "code"), "code")


def recipe_steps() -> Iterator[Bad]:
    step: Json = {"work_centre": "BENCH", "batch_minutes": 5}
    yield Bad("/recipes", RECIPE | {"steps": [step], "batch_minutes": 5}, "steps")
    for name in ("setup_minutes", "batch_minutes", "rest_days"):
        yield Bad("/recipes", RECIPE | {"steps": [step | {name: -1}]}, f"steps.0.{name}")
        wrong = [step, step | {name: 10**9}]
        yield Bad("/recipes", RECIPE | {"steps": wrong}, f"steps.1.{name}")
    yield Bad("/recipes", RECIPE | {"steps": [step | {"who": "Ana"}]}, "steps.0.who")
    yield Bad("/recipes", RECIPE | {"steps": [step] * 51}, "steps")


def lots() -> Iterator[Bad]:
    for name in ("item", "quantity"):
        yield Bad("/lots", without(LOT, name), name)
    yield Bad("/lots", LOT | {"item": "NOBODY"}, "item")
    for amount in ("0", "-1", str(BIG)):
        yield Bad("/lots", LOT | {"quantity": {"amount": amount, "unit": "g"}}, "quantity")
    yield Bad("/lots", LOT | {"quantity": {"amount": "1e5", "unit": "each"}}, "quantity")
    yield Bad(
        "/lots", LOT | {"quantity": {"amount": "NaN", "unit": "g"}}, "quantity.amount"
    )
    yield Bad("/lots", LOT | {"quantity": {"amount": "١٢", "unit": "g"}}, "quantity.amount")
    yield Bad("/lots", LOT | {"quantity": {"amount": True, "unit": "g"}}, "quantity.amount")
    yield Bad("/lots", LOT | {"quantity": {"unit": "g"}}, "quantity.amount")
    yield Bad("/lots", LOT | {"quantity": []}, "quantity")
    yield Bad("/lots", LOT | {"code": "LYE-A"}, "code", 409)
    for day in (
        "31/12/2027",
        "2027-02-30",
        "2027-12-31T00:00:00Z",
        1830297600,
        "1830297600",
    ):
        yield Bad("/lots", LOT | {"best_before": day}, "best_before")
    yield Bad("/lots", LOT | {"unit_cost": {"amount": "1"}}, "unit_cost.currency")
    yield Bad("/lots", LOT | {"unit_cost": {"amount": "1", "currency": "ZZZ"}}, "unit_cost")
    tiny = {"amount": "0.0000001", "currency": "EUR"}
    yield Bad("/lots", LOT | {"unit_cost": tiny}, "unit_cost")
    yield Bad("/lots/1/recall", {"reason": 7}, "reason")
    yield Bad("/lots/1/recall", {"why": "x"}, "why")
    yield Bad("/lots/99/recall", {}, "lot", 404)
    yield Bad("/lots/abc/quarantine", {}, "", 404)
    yield Bad("/lots/1/release", {}, "", 409)
    gram = {"amount": "1", "unit": "g"}
    for what in ("count", "scrap"):
        path, right = f"/lots/1/{what}", {"quantity": gram, "reason": "expired"}
        yield Bad(path, without(right, "quantity"), "quantity")
        yield Bad(path, right | {"quantity": {"amount": "1", "unit": "each"}}, "quantity")
        yield Bad(path, right | {"quantity": "-1"}, "quantity")
        yield Bad(path, right | {"reason": "moths"}, "reason")
        yield Bad(path.replace("1", "99"), right, "", 404)
    yield Bad("/lots/1/scrap", {"quantity": gram}, "reason")
    yield Bad("/lots/1/scrap", {"quantity": "9e9", "reason": "spilt"}, "quantity")
    yield Bad("/lots/1/adjust", {"delta": gram}, "reason")
    yield Bad("/lots/1/adjust", {"reason": "found"}, "delta")
    yield Bad("/lots/1/adjust", {"delta": 0, "reason": "found"}, "delta")
    yield Bad("/lots/1/adjust", {"delta": "-9e9", "reason": "damaged"}, "delta")
    yield Bad("/lots/99/adjust", {"delta": gram, "reason": "found"}, "", 404)
    yield Bad("/lots/99/reject", {}, "", 404)
    yield Bad("/lots/1/reject", {"why": "x"}, "why")
    yield Bad("/stock-moves/99/undo", {}, "move", 404)
    yield Bad("/stock-moves/abc/undo", {}, "", 404)
    yield Bad("/stock-moves/1/undo", {"reason": 7}, "reason")


def mappings() -> Iterator[Bad]:
    path = "/listings/1/mapping"
    soap = {"item": "SOAP", "quantity": 1}
    yield Bad(path, {}, "components", method="PUT")
    yield Bad(path, {"components": []}, "components", method="PUT")
    both = {"components": [soap], "not_produced": True}
    yield Bad(path, both, "components", method="PUT")
    gone = {"components": [soap | {"item": "NOBODY"}]}
    yield Bad(path, gone, "components.0.item", method="PUT")
    yield Bad(f"{path}?dry_run=1", gone, "components.0.item", method="PUT")
    none = {"components": [soap | {"quantity": 0}]}
    yield Bad(path, none, "components", method="PUT")
    kilos = {"components": [soap | {"quantity": {"amount": "1", "unit": "kg"}}]}
    yield Bad(path, kilos, "components.0.quantity", method="PUT")
    yield Bad(f"{path}?dry_run=perhaps", {"components": [soap]}, "dry_run", method="PUT")
    yield Bad("/listings/99/mapping", {"components": [soap]}, "", 404, "PUT")
    stock = "/listings/1/stock"
    yield Bad(stock, {}, "publishes_stock", method="PUT")
    yield Bad(stock, {"publishes_stock": "perhaps"}, "publishes_stock", method="PUT")
    yield Bad("/listings/99/stock", {"publishes_stock": False}, "", 404, "PUT")
