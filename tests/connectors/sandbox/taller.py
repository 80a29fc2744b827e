"""A pretend soap maker's shop with two places to send from, and a caller of its API."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast

from connectors.sandbox.messages import Signed
from connectors.sandbox.shopify.records import Order
from connectors.sandbox.shopify.storefront import Storefront
from connectors.sandbox.shopify.wanted import Wanted
from connectors.sandbox.wire import Call

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
Json = dict[str, object]


@dataclass
class Taller:
    """The shop, the hands of its clocks, and the webhooks it would send."""

    at: datetime = NOW
    bucket: tuple[int, int] = (20_000, 100)
    ties: bool = False
    answers: list[int] = field(default_factory=list)
    sent: list[Signed] = field(default_factory=list)
    late: list[tuple[float, object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Storefront(
            clock=self.now,
            monotonic=self.seconds,
            rng=Random(7),
            send=self._send,
            background=False,
            bucket=self.bucket,
            ties=self.ties,
            later=lambda seconds, act: self.late.append((seconds, act)),
            sleep=self.move,
        )
        self.madrid = self.store.add_location("Madrid")
        self.bilbao = self.store.add_location("Bilbao")
        self.soap = self.store.add_variant(
            sku="SOAP", title="Lavender soap", price="6.50", stock={self.madrid: 40}
        )
        self.candle = self.store.add_variant(
            sku="CANDLE", title="Candle", price="12.00", location=self.bilbao
        )

    def _send(self, message: Signed) -> int:
        self.sent.append(message)
        return self.answers.pop(0) if self.answers else 200

    def now(self) -> datetime:
        """Tell the time."""
        return self.at

    def seconds(self) -> float:
        """Tell the time in seconds."""
        return self.at.timestamp()

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)

    def order(self, **units: int) -> str:
        """Place an order for units by SKU, `SOAP=2`."""
        return self.store.place_order(
            [Wanted(sku=sku, quantity=count) for sku, count in units.items()]
        )

    def post(self) -> list[Signed]:
        """Send every webhook that is due and hand over what left."""
        self.store.webhooks.deliver_due(ahead=3600)
        left, self.sent = self.sent, []
        return left

    def call(
        self, body: object, *, token: str = "shpat_sandbox", version: str = "2026-10"
    ) -> tuple[int, Json, dict[str, str]]:
        """Call the GraphQL endpoint with any JSON."""
        made = self.store.answer(
            Call(
                method="POST",
                path=f"/admin/api/{version}/graphql.json",
                headers={
                    "x-shopify-access-token": token,
                    "Content-Type": "application/json",
                },
                body=json.dumps(body).encode(),
            )
        )
        return made.status, cast(Json, json.loads(made.body)), dict(made.headers)

    def ask(self, text: str, **variables: object) -> Json:
        """Run a document; the whole answer."""
        return self.call({"query": text, "variables": variables})[1]

    def data(self, text: str, **variables: object) -> Json:
        """Run a document that must not fail; its data."""
        answer = self.ask(text, **variables)
        assert "errors" not in answer, answer["errors"]
        return cast(Json, answer["data"])

    def do(self, text: str, **variables: object) -> Json:
        """Run a mutation that must not be refused; its payload."""
        payload = self.payload(text, **variables)
        assert payload["userErrors"] == []
        return payload

    def refusal(self, text: str, **variables: object) -> Json:
        """Run a mutation that must be refused; its first userError."""
        errors = cast(list[Json], self.payload(text, **variables)["userErrors"])
        return errors[0]

    def payload(self, text: str, **variables: object) -> Json:
        """Run a mutation; the payload of its one root."""
        [payload] = self.data(text, **variables).values()
        return cast(Json, payload)

    def shop_order(self, at: int) -> Order:
        """Reach for the record of the nth order."""
        return list(self.store.shop.orders.values())[at]

    def asked(self, order_id: str) -> list[Json]:
        """Show an order's fulfilment orders."""
        return cast(list[Json], self.store.order(order_id)["fulfilment_orders"])

    def lines(self, order_id: str) -> list[Json]:
        """Show an order's lines."""
        return cast(list[Json], self.store.order(order_id)["lines"])


def gid(kind: str, number: object) -> str:
    """Write a global id."""
    return f"gid://shopify/{kind}/{number}"


CREATE = """
mutation Create($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id name status displayStatus totalQuantity trackingInfo { company number url } }
    userErrors { field message }
  }
}
"""


def sending(*fulfilment_orders: object, **more: object) -> Json:
    """Write the input that sends everything of these fulfilment orders."""
    parts = [
        {"fulfillmentOrderId": gid("FulfillmentOrder", number)}
        for number in fulfilment_orders
    ]
    return {"lineItemsByFulfillmentOrder": parts, **more}


def sending_part(asked: Json, units: dict[str, int], **more: object) -> Json:
    """Write the input that sends units by order line of one fulfilment order."""
    lines = [
        {
            "id": gid("FulfillmentOrderLineItem", line["id"]),
            "quantity": units[line["line_id"]],
        }
        for line in cast(list[dict[str, str]], asked["lines"])
        if line["line_id"] in units
    ]
    part = {
        "fulfillmentOrderId": gid("FulfillmentOrder", asked["id"]),
        "fulfillmentOrderLineItems": lines,
    }
    return {"lineItemsByFulfillmentOrder": [part], **more}


def inside(body: Json, *steps: str | int) -> Json:
    """Walk into an answer."""
    found: object = body
    for step in steps:
        found = cast(dict[str | int, object], found)[step]
    return cast(Json, found)
