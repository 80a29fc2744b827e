"""Every public sample of Shopify's own bodies is read into the result that was looked at once."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from connectors.readings import (
    CatalogueChanged,
    Ignored,
    Message,
    OrderChanged,
    OrderDeleted,
    OrderSeen,
    PersonAsked,
    PersonErased,
    Reading,
    StockSeen,
)
from connectors.shopify.read import read
from mapping.canonical import Order
from tests.connectors.shopify.order_samples import SAMPLES

EXPECTED: dict[str, Any] = json.loads(
    (SAMPLES / "vendor" / "expected.json").read_text(encoding="utf-8")
)
"""By file: what it is read as. Written by `outcome` once, then checked by eye; made of counts
and outcomes only, because the samples themselves are not ours to publish."""


def outcome(reading: Reading) -> dict[str, object]:
    """A reading in a few words."""
    said: dict[str, object] = {"reading": type(reading).__name__}
    if isinstance(reading, OrderSeen):
        said |= in_short(reading.order)
    if isinstance(reading, PersonErased | PersonAsked):
        said |= {"customer": bool(reading.customer_id), "orders": len(reading.order_ids)}
    if isinstance(reading, StockSeen):
        said |= {"available": reading.available}
    if isinstance(reading, CatalogueChanged):
        said |= {"one_product": bool(reading.product_id)}
    return said


def in_short(order: Order) -> dict[str, object]:
    """An order in counts."""
    return {
        "release": order.release.value,
        "payment": order.payment.value,
        "currency": order.currency,
        "total": order.total.minor if order.total else None,
        "kinds": dict(sorted(Counter(line.kind.value for line in order.lines).items())),
        "ordered": sum(line.ordered for line in order.lines),
        "cancelled": sum(line.cancelled for line in order.lines),
        "fulfilled": sum(line.fulfilled for line in order.lines),
        "without_sku": sum(not line.sku for line in order.lines),
        "without_variant": sum(not line.variant_id for line in order.lines),
        "in_bundles": sum(bool(line.parent_id) for line in order.lines),
        "personalised": sum(bool(line.personalisation) for line in order.lines),
        "unpriced": sum(line.unit_price is None for line in order.lines),
        "customer": order.customer is not None,
        "ship_to": order.ship_to is not None,
        "test": order.is_test,
    }


def samples(vendor: Path) -> dict[str, Message]:
    """The vendor's samples as messages, by file."""
    found = {}
    for folder in ("orders", "webhooks_official"):
        for path in sorted((vendor / "shopify" / folder).glob("*.json")):
            held = json.loads(path.read_text(encoding="utf-8"))
            body = held["order"] if folder == "orders" else held["payload"]
            found[f"{folder}/{path.name}"] = Message(
                topic=held.get("topic", "orders/updated"), body=json.dumps(body).encode()
            )
    return found


def test_every_sample_has_an_expectation_and_every_expectation_a_sample(
    vendor: Path,
) -> None:
    assert samples(vendor).keys() == EXPECTED.keys()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_is_read_as_expected(vendor: Path, name: str) -> None:
    assert outcome(read(samples(vendor)[name])) == EXPECTED[name]


def test_the_order_a_sample_names_is_the_order_it_is_about(vendor: Path) -> None:
    named = 0
    for message in samples(vendor).values():
        reading, body = read(message), json.loads(message.body)
        if isinstance(reading, OrderChanged):
            named += 1
            of_edit = body.get("order_edit", {}).get("order_id")
            assert reading.external_id == str(of_edit or body["order_id"])
        if isinstance(reading, OrderDeleted):
            named += 1
            assert reading.external_id == str(body["id"])
        if isinstance(reading, OrderSeen):
            named += 1
            assert reading.order.external_id == str(body["id"])
            assert len(reading.order.lines) == len(body["line_items"])
    assert named > 50


def test_no_sample_is_ignored_without_a_reason(vendor: Path) -> None:
    readings = [read(message) for message in samples(vendor).values()]

    assert all(reading.why for reading in readings if isinstance(reading, Ignored))
