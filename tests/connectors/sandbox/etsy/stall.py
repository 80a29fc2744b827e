"""A pretend soap maker's Etsy shop, the hands of its clocks, and a caller of its API."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import cast
from urllib.parse import urlencode

from connectors.sandbox.etsy.shop import EtsyShop
from connectors.sandbox.etsy.wanted import Wanted
from connectors.sandbox.messages import Signed
from connectors.sandbox.wire import Answer, Call

NOW = datetime(2026, 11, 22, 9, 30, 15, tzinfo=UTC)
Json = dict[str, object]


@dataclass
class Stall:
    """The shop, its clocks, and the webhooks it would send."""

    at: datetime = NOW
    rates: tuple[int, int] = (1_000, 100_000)
    country: str = "ES"
    currency: str = "EUR"
    refresh_grace: float = 0.0
    signature_style: str = "v1"
    untidy_bodies: bool = False
    answers: list[int] = field(default_factory=list)
    sent: list[Signed] = field(default_factory=list)
    late: list[tuple[float, object]] = field(default_factory=list)
    calls: list[tuple[Call, Answer]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shop = EtsyShop(
            clock=self.now,
            monotonic=self.seconds,
            rng=Random(7),
            send=self._send,
            background=False,
            rates=self.rates,
            country=self.country,
            currency=self.currency,
            refresh_grace=self.refresh_grace,
            signature_style=self.signature_style,
            untidy_bodies=self.untidy_bodies,
            later=lambda seconds, act: self.late.append((seconds, act)),
            sleep=self.move,
        )
        self.soap = self.shop.add_listing(title="Lavender soap", sku="SOAP", price="6.50")
        self.shirt = self.shop.add_listing(
            title="Shirt",
            sku="SHIRT",
            price="20.00",
            quantity=40,
            vary_by={"Size": ["S", "M"], "Primary color": ["Red", "Blue"]},
        )
        self.token = self.shop.access_token

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

    def order(self, *, paid: bool = True, **units: int) -> str:
        """Place an order for units by SKU, `SOAP=2`."""
        wanted = [Wanted(sku=sku.replace("_", "-"), quantity=n) for sku, n in units.items()]
        return self.shop.place_order(wanted, paid=paid)

    def post(self) -> list[Signed]:
        """Send every webhook that is due and hand over what left."""
        self.shop.webhooks.deliver_due(ahead=3600)
        left, self.sent = self.sent, []
        return left

    def raw(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes = b"",
        content_type: str = "",
        key: str | None = None,
        token: str | None = None,
    ) -> Answer:
        """Call the API with exactly this."""
        headers = {
            "x-api-key": f"{self.shop.keystring}:{self.shop.shared_secret}"
            if key is None
            else key,
            "Authorization": f"Bearer {self.token if token is None else token}",
            "Content-Type": content_type,
        }
        call = Call(method=method, path=path, headers=headers, body=body, query=query)
        answer = self.shop.answer(call)
        self.calls.append((call, answer))
        return answer

    def call(
        self, method: str, path: str, body: object = None, **query: object
    ) -> tuple[int, Json]:
        """Call an operation, with JSON if there is a body."""
        made = self.raw(
            method,
            f"/v3/application{path}",
            query=urlencode({k: _written(v) for k, v in query.items()}),
            body=json.dumps(body).encode() if body is not None else b"",
            content_type="application/json" if body is not None else "",
        )
        return made.status, cast(Json, json.loads(made.body))

    def get(self, path: str, **query: object) -> Json:
        """Read what must be there."""
        status, body = self.call("GET", path, **query)
        assert status == 200, body
        return body

    def receipts(self, **query: object) -> list[Json]:
        """List receipts."""
        return cast(list[Json], self.get("/shops/42/receipts", **query)["results"])

    def receipt(self, order_id: str) -> Json:
        """Read one receipt."""
        return self.get(f"/shops/42/receipts/{order_id}")

    def track(self, order_id: str, **body: object) -> tuple[int, Json]:
        """Submit tracking."""
        return self.call("POST", f"/shops/42/receipts/{order_id}/tracking", body)

    def form(self, method: str, path: str, **fields: str) -> tuple[int, Json]:
        """Call with a form."""
        made = self.raw(
            method,
            path,
            body=urlencode(fields).encode(),
            content_type="application/x-www-form-urlencoded",
        )
        return made.status, cast(Json, json.loads(made.body))

    def trade(self, **fields: str) -> tuple[int, Json]:
        """Ask the token endpoint."""
        return self.form(
            "POST", "/v3/public/oauth/token", client_id=self.shop.keystring, **fields
        )


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def rows(body: Json, name: str) -> list[Json]:
    """Take the list of objects under a name."""
    return cast(list[Json], body[name])


def cleaned(inventory: Json) -> Json:
    """Turn what a GET of inventory gave into what a PUT takes."""
    return {
        "products": [
            {
                "sku": product["sku"],
                "property_values": [
                    {key: value for key, value in each.items() if key != "scale_name"}
                    for each in rows(product, "property_values")
                ],
                "offerings": [
                    {
                        "price": _price(cast(dict[str, int], each["price"])),
                        "quantity": each["quantity"],
                        "is_enabled": each["is_enabled"],
                        "readiness_state_id": each["readiness_state_id"],
                    }
                    for each in rows(product, "offerings")
                ],
            }
            for product in rows(inventory, "products")
            if not product["is_deleted"]
        ],
    } | {key: value for key, value in inventory.items() if key.endswith("_on_property")}


def _price(money: dict[str, int]) -> float:
    return money["amount"] / money["divisor"]
