"""Bad input: a 4xx that names the field, and nothing half-written."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.people.tokens import make_token
from hub.models.session import Database
from tests.factories import NOW
from tests.web.api.program import (
    SHOP,
    Json,
    Program,
    entries,
    make_soap,
    order_of,
    stock_up,
)
from tests.web.ports import make_ports

BIG = 10**30


@dataclass(frozen=True, slots=True)
class Bad:
    """A call that cannot be done: what is sent, and the field its problem names."""

    path: str
    body: object
    field: str
    status: int = 422
    method: str = "POST"

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.field or self.status}"


ITEM: Json = {"code": "NEW", "name": "New", "kind": "product", "unit": "each"}
LOT: Json = {"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}}
RECIPE: Json = {
    "item": "SOAP",
    "batch_size": {"amount": "10", "unit": "each"},
    "lines": [{"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}}],
}
PARCEL: Json = {"order": "T-1", "carrier": "Correos", "tracking_number": "PK1"}
PRICE: Json = {"amount": "5", "currency": "EUR"}


def without(body: Mapping[str, object], name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}


def lines(**line: object) -> Json:
    return order_of(number="T-9") | {"lines": [{"sku": "SOAP", "quantity": 1} | line]}


def recipe_line(**line: object) -> Json:
    good = {"item": "LYE", "quantity": {"amount": "1", "unit": "kg"}}
    return RECIPE | {"lines": [good | line]}


def upkeep() -> Iterator[Bad]:
    """Channel 2 is where typed orders come from: it has no lists, no old orders, no catalogue."""
    yield Bad("/channels/2/messages", {}, "", status=415)
    for asked in ("poll", "catalogue"):
        yield Bad(f"/channels/2/{asked}", {}, "", status=409)
        yield Bad(f"/channels/99/{asked}", {}, "", status=404)
    yield Bad("/channels/99/check", {}, "", status=404)
    yield Bad("/channels/1/backfill", {}, "since")
    yield Bad("/channels/1/backfill", {"since": "yesterday"}, "since")
    yield Bad("/channels/1/backfill", {"since": "2999-01-01"}, "since")
    yield Bad("/channels/2/backfill", {"since": "2026-01-01"}, "", status=409)
    yield Bad("/channels/99/backfill", {"since": "2026-01-01"}, "", status=404)
    for step in ("pause", "resume", "stop"):
        yield Bad(f"/channels/1/backfill/{step}", {}, "", status=409)
    yield Bad("/manual-tasks/99/done", {}, "", status=404)
    yield Bad(
        "/channels/1",
        {"capabilities": {"hold": "maybe"}},
        "capabilities.hold",
        method="PATCH",
    )
    yield Bad("/channels/1", {"place": "nowhere"}, "place", status=404, method="PATCH")


def letters() -> Iterator[Bad]:
    yield Bad("/channels/1", {"notify": {"won": True}}, "notify.won", method="PATCH")
    yield Bad("/channels/1", {"notify": {"shipped": 1}}, "notify.shipped", method="PATCH")
    yield Bad("/notifications?order=T-99", None, "order", method="GET")
    yield Bad("/notifications/99", None, "", 404, "GET")
    for change, field in (
        ({"name": "x" * 101}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"locale": "ca"}, "locale"),
        ({"mailbox": "1"}, "mailbox"),
        ({"mailbox": "99"}, "mailbox"),
        ({"mailbox": "none"}, "mailbox"),
    ):
        yield Bad("/letter-settings", change, field, method="PATCH")
    words = "/notification-templates"
    good: Json = {"subject": "{{ order.name }}", "text": "a", "html": "b"}
    for field, value in (
        ("subject", ""),
        ("subject", "a\nb"),
        ("subject", "{{ ordr.name }}"),
        ("text", ""),
        ("text", "\n\n{{ order.numbr }}"),
        ("text", "{{ order }}"),
        ("text", "{% if %}"),
        ("text", "{{ order.name.upper() }}"),
        ("text", "{{ 'a' * 99 }}"),
        ("text", "{{ order.name|attr('x') }}"),
        ("html", "{% include 'base.html' %}"),
        ("html", "{% for x in order %}{% endfor %}"),
        ("html", "x" * 20_001),
        ("seen_version", -1),
    ):
        yield Bad(f"{words}/received/en", good | {field: value}, field, method="PUT")
        if field != "seen_version" and value:
            yield Bad(f"{words}/received/en/preview", {field: value}, field)
    yield Bad(f"{words}/received/en", good | {"seen_version": 7}, "", 409, "PUT")
    yield Bad(f"{words}/won/en", good, "", 404, "PUT")
    yield Bad(f"{words}/received/xx", None, "", 404, "GET")
    yield Bad(f"{words}/won/en", None, "", 404, "DELETE")
    yield Bad(f"{words}/received/en/preview", {"order": "T-99"}, "order")


def recalls() -> Iterator[Bad]:
    good: Json = {"lot": "1", "reason": "mould", "drill": True}
    for field, value in (
        ("lot", "999"),
        ("lot", "LYE-A"),
        ("lot", 1),
        ("drill", "yes"),
        ("reason", "x" * 501),
        ("with_supplier_lot", 1),
        ("more", 1),
    ):
        yield Bad("/recalls", good | {field: value}, field)
    yield Bad("/recalls", without(good, "lot"), "lot")
    yield Bad("/recalls", {"lot": "1", "reason": " "}, "reason")
    for deed in ("refresh", "orders/T-1/told"):
        yield Bad(f"/recalls/99/{deed}", {}, "", status=404)
    yield Bad("/recalls/99/close", {}, "", status=404)
    yield Bad("/recalls/99/close", {"release_orders": "yes"}, "release_orders")
    for name in ("", "/report.pdf", "/customers.csv", "/lots.csv"):
        yield Bad(f"/recalls/99{name}", None, "", status=404, method="GET")


def customers() -> Iterator[Bad]:
    good: Json = {"name": "Tienda Sol", "emails": ["ana@sol.example"]}
    alias: Json = {"text": "jabón", "item": "SOAP"}
    for field, value in (
        ("name", ""),
        ("name", 1),
        ("auto_accept", "yes"),
        ("locale", "espagnol"),
        ("more", 1),
    ):
        yield Bad("/customers", good | {field: value}, field)
    yield Bad("/customers", without(good, "name"), "name")
    yield Bad("/customers", good | {"locale": "e1"}, "locale")
    yield Bad("/customers", good | {"emails": ["ana"]}, "emails.0")
    yield Bad("/customers", good | {"domains": ["gmail.com"]}, "domains.0")
    yield Bad("/customers", good | {"domains": ["com"]}, "domains.0")
    for wrong, field in (
        ({"item": "NOPE"}, "item"),
        ({"text": ""}, "text"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": "much"}, "quantity.amount"),
    ):
        yield Bad("/customers", good | {"aliases": [alias | wrong]}, f"aliases.0.{field}")
    yield Bad("/customers/99", None, "", 404, method="GET")
    yield Bad("/customers/99", {"name": "Sol"}, "", 404, method="PATCH")
    for field, body in (
        ("packs.0.pieces", {"packs": [{"unit": "caja", "pieces": 0}]}),
        (
            "prices.0.price",
            {"prices": [{"sku": "SOAP", "price": PRICE | {"currency": "ZZZ"}}]},
        ),
        ("notify", {"notify": {"birthday": True}}),
        ("notify.shipped", {"notify": {"shipped": "yes"}}),
    ):
        yield Bad("/customers/1", body, field, method="PATCH")


def reviews() -> Iterator[Bad]:
    line: Json = {"position": 1, "quantity": 1}
    for field, value in (("remember", "yes"), ("lines", "all"), ("more", 1)):
        yield Bad("/reviews/99/accept", {field: value}, field)
    for wrong, field in (({"quantity": -1}, "quantity"), ({"quantity": "2"}, "quantity")):
        body = {"lines": [line | wrong]}
        yield Bad("/reviews/99/accept", body, f"lines.0.{field}")
    yield Bad("/reviews/99/accept", {"customer": "99"}, "customer")
    yield Bad("/reviews/99/accept", {"requested_on": "soon"}, "requested_on")
    yield Bad("/reviews/99/reject", {"reason": "x" * 201}, "reason")
    for deed in ("accept", "reject"):
        yield Bad(f"/reviews/99/{deed}", {}, "", 404)
    yield Bad("/reviews/99", None, "", 404, "GET")
    yield Bad("/reviews?state=lost", None, "state", method="GET")


def channels() -> Iterator[Bad]:
    settings = {"shop": "cera.myshopify.com"}
    evil = {"shop": "cera.myshopify.com.evil.example"}
    outside = settings | {"base_url": "https://evil.example"}
    yield from (Bad("/channels", without(SHOP, name), name) for name in ("channel", "name"))
    yield Bad("/channels", SHOP | {"channel": "nobody"}, "channel")
    yield Bad("/channels", SHOP | {"channel": "manual"}, "channel")
    yield Bad("/channels", SHOP | {"name": ""}, "name")
    yield Bad("/channels", SHOP | {"settings": evil}, "settings.shop")
    yield Bad("/channels", SHOP | {"settings": outside}, "settings.base_url")
    yield Bad("/channels", SHOP | {"settings": {"shop": 7}}, "settings.shop")
    yield Bad("/channels", SHOP | {"credentials": {}}, "credentials.access_token")
    yield Bad("/channels", SHOP | {"webhook_secrets": "one"}, "webhook_secrets")
    yield Bad("/channels", SHOP | {"webhook_secrets": []}, "webhook_secrets")
    yield Bad("/channels", SHOP | {"mode": "live"}, "mode")
    yield Bad("/channels/1", {"mode": "loud"}, "mode", method="PATCH")
    yield Bad(
        "/channels/1", {"capabilities": {"hold": 1}}, "capabilities.hold", method="PATCH"
    )
    yield Bad(
        "/channels/1", {"capabilities": {"x": True}}, "capabilities.x", method="PATCH"
    )
    yield Bad("/channels/99", {"mode": "live"}, "", 404, "PATCH")


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


def calendars() -> Iterator[Bad]:
    centre: Json = {"code": "K", "name": "Kitchen", "open_minutes": [480] * 7}
    yield Bad("/work-centres", centre | {"opens_at": "25:00"}, "opens_at")
    yield Bad("/work-centres", centre | {"opens_at": "16:01"}, "opens_at")
    path = "/work-centres/BENCH"
    yield Bad(path, {"open_minutes": [480] * 6}, "open_minutes", method="PATCH")
    yield Bad(path, {"opens_at": "20:00"}, "opens_at", method="PATCH")
    yield Bad(path, {"keeps_holidays": "now and then"}, "keeps_holidays", method="PATCH")
    yield Bad("/work-centres/NONE", {"opens_at": "08:00"}, "", 404, "PATCH")
    for shut in (f"{path}/closures", "/shipping-closures"):
        yield Bad(shut, {}, "on")
        yield Bad(shut, {"on": "Christmas"}, "on")
        yield Bad(shut, {"on": "2026-12-24", "until": "2026-12-23"}, "until")
        yield Bad(shut, {"on": "2026-12-24", "until": "2046-12-24"}, "until")
        yield Bad(shut, {"on": "2026-12-24", "why": "x" * 201}, "why")
        yield Bad(f"{shut}/2026-12-24", {}, "", 404, "DELETE")
        yield Bad(f"{shut}/Christmas", {}, "", 404, "DELETE")
    yield Bad("/work-centres/NONE/closures", {"on": "2026-12-24"}, "", 404)
    load = f"{path}/load?from=2026-12-24&to="
    yield Bad(f"{load}2026-12-23", {}, "to", method="GET")
    yield Bad(f"{load}2036-12-23", {}, "to", method="GET")
    yield Bad(f"{load}soon", {}, "to", method="GET")


def habits() -> Iterator[Bad]:
    for change, field in (
        ({"country": "Spain"}, "country"),
        ({"country": "XX"}, "country"),
        ({"country": "ES", "region": "ZZ"}, "region"),
        ({"region": "CT"}, "region"),
        ({"window_days": -1}, "window_days"),
        ({"freeze_days": 366}, "freeze_days"),
        ({"shipping_weekdays": []}, "shipping_weekdays"),
        ({"shipping_weekdays": [7]}, "shipping_weekdays.0"),
        ({"cut_off": "24:00"}, "cut_off"),
        ({"transit_days": 366}, "transit_days"),
        ({"lot_pattern": "{colour}-{nn}"}, "lot_pattern"),
        ({"lot_pattern": "{item}"}, "lot_pattern"),
        ({"mood": "calm"}, "mood"),
    ):
        yield Bad("/workshop", change, field, method="PATCH")
    way: Json = {"country": "ES", "days": 2}
    for ways, field in (
        ([way, way | {"days": 3}], "ways.1"),
        ([way | {"country": "E1"}], "ways.0.country"),
        ([way | {"country": "ESP"}], "ways.0.country"),
        ([way | {"days": 366}], "ways.0.days"),
        ([way | {"days": -1}], "ways.0.days"),
    ):
        yield Bad("/transit", {"ways": ways}, field, method="PUT")
    yield Bad("/transit", {}, "ways", method="PUT")


def pins() -> Iterator[Bad]:
    """Run 1 is running, run 2 planned."""
    path = "/production-orders/2/pin"
    yield Bad(path, {}, "on")
    yield Bad(path, {"on": "2026-11-20"}, "on")
    yield Bad(path, {"on": "2999-01-01"}, "on")
    yield Bad("/production-orders/1/pin", {"on": "2026-12-01"}, "", 409)
    yield Bad("/production-orders/1/unpin", {}, "", 409)
    for what in ("pin", "unpin"):
        body = {"on": "2026-12-01"} if what == "pin" else {}
        yield Bad(f"/production-orders/99/{what}", body, "", 404)


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


def orders() -> Iterator[Bad]:
    good = order_of(number="T-9")
    for name in ("customer", "lines"):
        yield Bad("/orders", without(good, name), name)
    yield Bad("/orders", good | {"number": "T-1"}, "number", 409)
    yield Bad("/orders", good | {"number": "H-0099"}, "number")
    yield Bad("/orders", good | {"customer": {"email": "ana@example.com"}}, "customer.name")
    yield Bad(
        "/orders", good | {"customer": {"name": "A", "email": "ana"}}, "customer.email"
    )
    yield Bad("/orders", good | {"ship_to": {"planet": "Mars"}}, "ship_to.planet")
    yield Bad("/orders", good | {"requested_on": "soon"}, "requested_on")
    yield Bad("/orders", good | {"lines": []}, "lines")
    yield Bad("/orders", good | {"lines": [{"sku": "S", "quantity": 1}] * 251}, "lines")
    for quantity in (0, -1, "2", 1.5, True, 1_000_001, BIG):
        status = 400 if quantity == BIG else 422
        field = "" if quantity == BIG else "lines.0.quantity"
        yield Bad("/orders", lines(quantity=quantity), field, status)
    yield Bad("/orders", lines(sku=""), "lines.0")
    yield Bad("/orders", lines(item="SOAP"), "lines.0")
    yield Bad("/orders", lines(sku="", item="NOBODY"), "lines.0.item")
    yield Bad("/orders", lines(sku="", item="LYE"), "lines.0.item")
    yield Bad("/orders", lines(unit_price={"amount": "5"}), "lines.0.unit_price.currency")
    fine = {"amount": "5.001", "currency": "EUR"}
    yield Bad("/orders", lines(unit_price=fine), "lines.0.unit_price")
    dollars = {
        "sku": "SOAP",
        "quantity": 1,
        "unit_price": {"amount": "5", "currency": "USD"},
    }
    euros = {"sku": "SOAP", "quantity": 1, "unit_price": PRICE}
    yield Bad("/orders", good | {"lines": [dollars, euros]}, "lines")
    for what in ("cancel", "hold", "release"):
        yield Bad(f"/orders/T-1/{what}", {"reason": "x" * 501}, "reason")
        yield Bad(f"/orders/99/{what}", {}, "", 404)
        yield Bad(f"/orders/nobody/{what}", {}, "", 404)
    yield Bad("/orders/T-1/release", {}, "", 409)
    for priority in (-1, 1001, "1", 1.5, True):
        yield Bad("/orders/T-1", {"priority": priority}, "priority", method="PATCH")
    yield Bad("/orders/T-1", {}, "priority", method="PATCH")
    yield Bad("/orders/T-1?dry_run=so", {"priority": 1}, "dry_run", method="PATCH")
    yield Bad("/orders/99", {"priority": 1}, "", 404, "PATCH")
    yield Bad("/decisions/99/done", {}, "", 404)
    yield Bad("/decisions/x/done", {}, "", 404)
    yield Bad("/decisions/1/done", {"answer": 7}, "answer")


def production() -> Iterator[Bad]:
    for what in ("release", "start", "finish", "cancel", "undo"):
        yield Bad(f"/production-orders/99/{what}", {}, "", 404)
    yield Bad("/production-orders/99/complete", {"produced": 1}, "", 404)
    yield Bad("/production-orders/2/complete", {"produced": 1}, "", 409)
    yield Bad("/production-orders/2/undo", {}, "", 409)
    yield Bad("/production-orders/1/undo", {"reason": 7}, "reason")
    part = "/production-orders/1/complete"
    yield Bad(part, {}, "produced")
    yield Bad(part, {"produced": 0}, "produced")
    yield Bad(part, {"produced": {"amount": "1", "unit": "kg"}}, "produced")
    yield Bad(part, {"produced": 1, "scrap": 1, "scrap_reason": "gremlins"}, "scrap_reason")
    yield Bad(part, {"produced": 1, "lot_code": "SOAP-A"}, "lot_code", 409)
    planned = "/production-orders/2/start"
    yield Bad(planned, {"lots": [{"item": "LYE"}]}, "lots.0.lot")
    yield Bad(planned, {"lots": [{"item": "LYE", "lot": "NONE"}]}, "lots.0.lot")
    lye = {"item": "LYE", "lot": "LYE-A"}
    yield Bad(planned, {"lots": [lye | {"quantity": 0}]}, "lots.0.quantity")
    yield Bad(planned, {"lots": [lye, lye]}, "lots")
    yield Bad(planned, {"lots": [{"item": "SOAP", "lot": "SOAP-A"}]}, "lots")
    yield Bad("/production-orders/2/finish", {}, "", 409)
    yield Bad("/production-orders/2/start", {}, "", 409)
    used = {"item": "LYE", "lot": "LYE-A", "quantity": {"amount": "1", "unit": "kg"}}
    finish = "/production-orders/1/finish"
    yield Bad("/production-orders/1/release", {}, "", 409)
    yield Bad("/production-orders/1/start", {}, "", 409)
    yield Bad(finish, {"produced": {"amount": "1", "unit": "kg"}}, "produced")
    yield Bad(finish, {"produced": "-1"}, "produced")
    yield Bad(finish, {"produced": 0}, "produced")
    yield Bad(finish, {"scrap": "x"}, "scrap.amount")
    yield Bad(finish, {"best_before": "2020-01-01"}, "best_before")
    yield Bad(finish, {"lot_code": ""}, "lot_code")
    yield Bad(finish, {"lot_code": "SOAP-A"}, "lot_code", 409)
    yield Bad(finish, {"consumed": [used | {"item": "NOBODY"}]}, "consumed.0.item")
    yield Bad(finish, {"consumed": [used | {"lot": "NONE"}]}, "consumed.0.lot")
    yield Bad(finish, {"consumed": [used | {"quantity": "-1"}]}, "consumed.0.quantity")
    yield Bad(finish, {"consumed": [without(used, "lot")]}, "consumed.0.lot")
    yield Bad(finish, {"consumed": [used | {"quantity": {"amount": "9", "unit": "kg"}}]},
              "consumed", 409)  # fmt: skip
    soap = {"item": "SOAP", "lot": "SOAP-A", "quantity": 1}
    yield Bad(finish, {"consumed": [soap]}, "consumed")


def shipments() -> Iterator[Bad]:
    for name in ("order", "carrier", "tracking_number"):
        yield Bad("/shipments", without(PARCEL, name), name)
    yield Bad("/shipments", PARCEL | {"order": "99"}, "order")
    yield Bad("/shipments", PARCEL | {"notify": "yes please"}, "notify")
    yield Bad(
        "/shipments", PARCEL | {"tracking_url": "javascript:alert(1)"}, "tracking_url"
    )
    yield Bad("/shipments", PARCEL | {"carrier": "x" * 501}, "carrier")
    yield Bad("/shipments", PARCEL | {"lines": []}, "lines")
    yield Bad("/shipments/99/return", {"lines": [{"line": "1", "quantity": 1}]}, "", 404)
    yield Bad("/shipments/99/return", {"lines": []}, "lines")
    fresh = {"min_remaining_days": 30}
    yield Bad("/production-orders/99/release", {"batches": 0}, "batches")
    yield Bad("/production-orders/99/release", {"batches": 1}, "", 404)
    yield Bad("/customers/99", fresh, "", 404, method="PATCH")
    yield Bad(
        "/customers/1", {"min_remaining_days": -1}, "min_remaining_days", method="PATCH"
    )
    burnt = {"line": "1", "quantity": 1, "fate": "burn"}
    yield Bad("/shipments/99/return", {"lines": [burnt]}, "lines.0.fate")
    line = {"line": "1", "quantity": 1}
    gone = [line | {"line": "77"}]
    yield Bad("/shipments", PARCEL | {"lines": gone}, "lines.0.line")
    none = [line | {"quantity": 0}]
    yield Bad("/shipments", PARCEL | {"lines": none}, "lines.0.quantity")
    yield Bad("/shipments", PARCEL | {"lines": [line, line]}, "lines.1.line")
    yield Bad("/shipments", PARCEL, "", 409)
    yield Bad("/shipments/99/delivered", {}, "", 404)


def messages() -> Iterator[Bad]:
    yield Bad("/inbound-messages/99/replay", {}, "", 404)
    yield Bad("/inbound-messages/x/replay", {}, "", 404)
    yield Bad("/outbound-messages/99/retry", {}, "", 404)


def questions() -> Iterator[Bad]:
    for path, field in (
        ("/orders?phase=sleeping", "phase"),
        ("/orders?sort=number", "sort"),
        ("/orders?limit=0", "limit"),
        ("/orders?limit=201", "limit"),
        ("/orders?limit=many", "limit"),
        ("/orders?cursor=YWZ0ZXI6Mg%3D%3Dx", "cursor"),
        ("/orders?cursor=%C3%A9", "cursor"),
        ("/orders?cursor=MTI", "cursor"),
        ("/items?kind=gadget", "kind"),
        ("/lots?item=NOBODY", "item"),
        ("/lots?state=lost", "state"),
        ("/lots/1/trace?direction=sideways", "direction"),
        ("/listings?state=guessed", "state"),
        ("/production-orders?state=asleep", "state"),
        ("/production-orders?item=NOBODY", "item"),
        ("/shipments?order=99", "order"),
        ("/inbound-messages?state=lost", "state"),
        ("/outbound-messages?state=lost", "state"),
        ("/outbound-messages?order=99", "order"),
    ):
        yield Bad(path, None, field, method="GET")
    for path in (
        "/channels/99",
        "/channels/99/health",
        "/channels/abc",
        "/items/NOBODY",
        "/recipes/99",
        "/lots/99",
        "/lots/99/trace",
        "/lots/99/moves",
        "/lots/99999999999999999999",
        "/lots/-1",
        "/listings/99",
        "/orders/99",
        "/orders/H-9999",
        "/production-orders/P-9999",
        "/shipments/S-9999",
    ):
        yield Bad(path, None, "", 404, "GET")
    yield Bad("/items/%00", None, "", 422, "GET")
    yield Bad("/orders?q=%00", None, "", 422, "GET")


SUPPLIER: Json = {"code": "MIEL", "name": "Miel"}
PURCHASE: Json = {"supplier": "CERES", "lines": [{"item": "LYE", "quantity": 1}]}


def suppliers() -> Iterator[Bad]:
    yield from (Bad("/suppliers", without(SUPPLIER, name), name) for name in SUPPLIER)
    yield Bad("/suppliers", SUPPLIER | {"code": "CERES"}, "code", 409)
    yield Bad("/suppliers", SUPPLIER | {"code": "A/B"}, "code")
    yield Bad("/suppliers", SUPPLIER | {"email": "nobody"}, "email")
    yield Bad("/suppliers", SUPPLIER | {"currency": "gold"}, "currency")
    yield Bad("/suppliers", SUPPLIER | {"currency": "QQQ"}, "currency")
    yield Bad("/suppliers/CERES", {"name": "  "}, "name", method="PATCH")
    yield Bad("/suppliers/CERES", {"is_active": "maybe"}, "is_active", method="PATCH")
    yield Bad("/suppliers/NOBODY", {"name": "X"}, "", 404, "PATCH")
    yield Bad("/suppliers/NOBODY", None, "", 404, "GET")
    lye = "/suppliers/CERES/items/LYE"
    yield Bad("/suppliers/NOBODY/items/LYE", {}, "", 404, "PUT")
    yield Bad("/suppliers/CERES/items/NOBODY", {}, "", 404, "PUT")
    yield Bad(lye, {"lead_time_days": -1}, "lead_time_days", method="PUT")
    yield Bad(lye, {"lead_time_days": 10**6}, "lead_time_days", method="PUT")
    yield Bad(lye, {"multiple": 0}, "multiple", method="PUT")
    yield Bad(lye, {"multiple": {"amount": "1", "unit": "m"}}, "multiple", method="PUT")
    yield Bad(lye, {"min_quantity": str(BIG)}, "min_quantity", method="PUT")
    yield Bad(lye, {"unit_cost": PRICE | {"currency": "QQQ"}}, "unit_cost", method="PUT")
    yield Bad(lye, {"preferred": "perhaps"}, "preferred", method="PUT")


def purchases() -> Iterator[Bad]:
    """Purchase order 1 is a draft, 2 is on its way; both hold oil alone."""
    yield from (Bad("/purchase-orders", without(PURCHASE, name), "") for name in PURCHASE)
    yield Bad("/purchase-orders", PURCHASE | {"supplier": "NOBODY"}, "supplier")
    yield Bad("/purchase-orders", PURCHASE | {"from_suggestions": "CERES"}, "")
    yield Bad("/purchase-orders", {"from_suggestions": "NOBODY"}, "from_suggestions")
    yield Bad("/purchase-orders", {"from_suggestions": "CERES"}, "", 409)
    yield Bad("/purchase-orders", PURCHASE | {"lines": PURCHASE["lines"] * 2}, "lines")  # type: ignore[operator]
    for line, field in (
        ({"item": "NOBODY"}, "item"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": {"amount": "1", "unit": "m"}}, "quantity"),
        ({"quantity": str(BIG)}, "quantity"),
        ({"unit_cost": PRICE | {"currency": "QQQ"}}, "unit_cost"),
        ({"expected_on": "soon"}, "expected_on"),
    ):
        lines = [{"item": "LYE", "quantity": 1} | line]
        yield Bad("/purchase-orders", PURCHASE | {"lines": lines}, f"lines.0.{field}")
    late = {"place": True, "expected_on": "2020-01-01"}
    yield Bad("/purchase-orders", PURCHASE | late, "expected_on")
    oil: Json = {"item": "OIL", "quantity": 1}
    for order, body, field, status in (
        (1, {"lines": [oil | {"item": "NOBODY"}]}, "lines.0.item", 422),
        (1, {"lines": [oil | {"quantity": 0}]}, "quantity", 422),
        (1, {"expected_on": "2020-01-01"}, "expected_on", 422),
        (1, {"lines": [{"item": "LYE", "expected_on": "2027-01-01"}]}, "lines", 422),
        (2, {"lines": [oil]}, "", 409),
        (99, {}, "", 404),
    ):
        yield Bad(f"/purchase-orders/{order}", body, field, status, "PATCH")
    yield Bad("/purchase-orders/1/place", {"expected_on": "2020-01-01"}, "expected_on")
    yield Bad("/purchase-orders/2/place", {}, "", 409)
    yield Bad("/purchase-orders/1/receive", {}, "", 409)
    yield Bad("/purchase-orders/2/receive", {"lines": []}, "lines")
    for line, field in (
        ({"item": "LYE"}, "lines"),
        ({"item": "NOBODY"}, "lines.0.item"),
        ({"quantity": 0}, "quantity"),
        ({"code": "OIL-A"}, "code"),
    ):
        status = 409 if field == "code" else 422
        body = {"lines": [oil | line]}
        yield Bad("/purchase-orders/2/receive", body, field, status)
    yield Bad("/purchase-orders/1/close", {}, "", 409)
    yield Bad("/purchase-orders/2/close", {"items": ["LYE"]}, "lines")
    yield Bad("/purchase-orders/2/close", {"items": ["NOBODY"]}, "items.0")
    yield Bad("/purchase-orders/99/cancel", {}, "", 404)
    yield Bad("/purchase-orders?state=lost", None, "state", method="GET")
    yield Bad("/purchase-orders?supplier=NOBODY", None, "supplier", method="GET")
    yield Bad("/purchase-orders/PO-9999", None, "", 404, "GET")


def what_ifs() -> Iterator[Bad]:
    """Purchase order 1 is a draft, so nothing of it is on its way."""
    yield Bad("/what-if", {}, "changes")
    yield Bad("/what-if", {"changes": []}, "changes")
    yield Bad("/what-if", {"changes": [{"kind": "flood"}]}, "changes.0")
    late: Json = {"kind": "purchase_late", "purchase_order": "2", "days": 3}
    more: Json = {"kind": "demand_times", "item": "SOAP", "factor": "2"}
    down: Json = {"kind": "work_centre_down", "work_centre": "K", "from": "2026-11-30"}
    rush: Json = {"kind": "order_added", "item": "SOAP", "quantity": 1}
    lot: Json = {"kind": "lot_rejected", "item": "LYE", "lot": "LYE-A"}
    for change, field in (
        (late | {"purchase_order": "99"}, "purchase_order"),
        (late | {"purchase_order": "1"}, "purchase_order"),
        (late | {"days": 0}, "days"),
        (late | {"days": 10**6}, "days"),
        (more | {"item": "NOBODY"}, "item"),
        (more | {"factor": "0"}, "factor"),
        (more | {"factor": "101"}, "factor"),
        (more | {"factor": "twice"}, "factor"),
        (down, "work_centre"),
        (rush, "needed_on"),
        (rush | {"needed_on": "2020-01-01"}, "needed_on"),
        (rush | {"needed_on": "2030-01-01", "quantity": 0}, "quantity"),
        (lot | {"lot": "NOBODY"}, "lot"),
    ):
        yield Bad("/what-if", {"changes": [change]}, f"changes.0.{change['kind']}.{field}")
    for fix, status in (
        ("pray", 422),
        ("substitute:1", 422),
        ("split:1", 422),
        ("priority:²", 422),
        ("expedite:1:0", 422),
        ("substitute:1:2", 404),
        ("open_day:99:740000", 404),
        ("priority:" + "9" * 18, 404),
    ):
        yield Bad("/what-if/apply", {"fix": fix}, "fix" if status == 422 else "", status)


CASES = [
    *channels(),
    *what_ifs(),
    *upkeep(),
    *recalls(),
    *letters(),
    *customers(),
    *reviews(),
    *items(),
    *alternates(),
    *variants(),
    *recipes(),
    *recipe_steps(),
    *calendars(),
    *habits(),
    *pins(),
    *lots(),
    *mappings(),
    *orders(),
    *production(),
    *shipments(),
    *suppliers(),
    *purchases(),
    *messages(),
    *questions(),
]


@pytest.fixture(scope="module")
def workshop(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Program]:
    """One workshop for all cases, because none of them may change anything.

    It has a shop, a listing, an order that waits, a run that is going on and one that waits.
    """
    path = tmp_path_factory.mktemp("bad-input") / "workshop.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    ports = make_ports(database)
    token = database.run(
        lambda session: make_token(session, name="ci", role=Role.OWNER, now=NOW)
    )
    program = Program(create_app(ports).test_client(), token=token, ports=ports)
    furnish(program)
    yield program
    database.dispose()


def furnish(program: Program) -> None:
    make_soap(program)
    bench = {"code": "BENCH", "name": "Bench", "open_minutes": [480] * 5 + [0, 0]}
    program.post("/work-centres", bench)
    program.post("/channels", SHOP)
    stock_up(program)
    aside = program.post("/lots", {"item": "SOAP", "quantity": 1, "code": "SOAP-A"})
    program.post(f"/lots/{aside.id}/quarantine")
    program.post("/orders", order_of(4, number="T-1"))
    program.plan()
    program.post("/production-orders/1/start")
    program.post("/orders", order_of(20, number="T-2"))
    program.plan()
    program.post("/suppliers", {"code": "CERES", "name": "Ceres"})
    oil = {"supplier": "CERES", "lines": [{"item": "OIL", "quantity": 5}]}
    program.post("/purchase-orders", oil)
    program.post("/purchase-orders", oil | {"place": True})
    program.plan()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bad_input_is_named_and_nothing_is_written(workshop: Program, case: Bad) -> None:
    before = workshop.rows()

    answer = workshop.call(case.method, case.path, case.body)

    assert answer.status == case.status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert case.field in [*answer.fields, ""]
    assert workshop.rows() == before


def test_the_furnished_workshop_is_as_the_cases_take_it(workshop: Program) -> None:
    running, waiting = (workshop.get(f"/production-orders/{n}").json for n in (1, 2))

    assert (running["state"], waiting["state"]) == ("running", "planned")
    assert workshop.get("/channels/1").json["channel"] == "shopify"
    assert workshop.get("/lots/1").json["code"] == "LYE-A"
    assert workshop.get("/invariants").json == {"violations": []}


def test_a_case_exists_for_every_route_that_writes(app: Flask) -> None:
    rules = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH"}
    }
    adapter = app.url_map.bind("localhost")
    covered = set()
    for case in CASES:
        path = "/api/v1" + case.path.partition("?")[0]
        rule, _ = adapter.match(path, method=case.method, return_rule=True)
        covered.add(f"{case.method} {rule.rule}")

    assert rules - covered == set()
