"""Calls that cannot be done: customers, orders, reviews, parcels and recalls."""

from collections.abc import Iterator

from tests.web.api.bad_calls import BIG, PARCEL, PRICE, Bad, lines, without
from tests.web.api.program import (
    Json,
    order_of,
)


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
