"""Calls that cannot be done: suppliers and purchases."""

from collections.abc import Iterator

from tests.web.api.bad_calls import BIG, PRICE, Bad, without
from tests.web.api.program import (
    Json,
)

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
        ({"item": "LYE"}, "lines.0"),
        ({"item": "NOBODY"}, "lines.0.item"),
        ({"quantity": 0}, "lines.0.quantity"),
        ({"code": "OIL-A"}, "lines.0.code"),
    ):
        status = 409 if field == "lines.0.code" else 422
        body = {"lines": [oil | line]}
        yield Bad("/purchase-orders/2/receive", body, field, status)
    yield Bad("/purchase-orders/1/close", {}, "", 409)
    yield Bad("/purchase-orders/2/close", {"items": ["LYE"]}, "lines")
    yield Bad("/purchase-orders/2/close", {"items": ["NOBODY"]}, "items.0")
    yield Bad("/purchase-orders/99/cancel", {}, "", 404)
    yield Bad("/purchase-orders?state=lost", None, "state", method="GET")
    yield Bad("/purchase-orders?supplier=NOBODY", None, "supplier", method="GET")
    yield Bad("/purchase-orders/PO-9999", None, "", 404, "GET")
