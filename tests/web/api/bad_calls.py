"""A call that cannot be done, and the good bodies it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.web.api.program import (
    Json,
    order_of,
)

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
