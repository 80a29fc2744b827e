"""What an order waits for as the API gives it: what is short, and what is on its way."""

from datetime import date

from pydantic import Field

from hub.models.orders.order_shortages import Lack
from hub.web.api.quantities import Quantity, quantity
from hub.web.api.shapes import Out


class CoveredOut(Out):
    """So much is on its way."""

    purchase_order: str = Field(examples=["PO-0007"])
    quantity: Quantity
    expected_on: date | None


class ShortageOut(Out):
    """What the order waits for: so much is short, and so much is on its way."""

    item: str
    quantity: Quantity = Field(
        description="What nothing covers; 0 when all that is missing is on its way."
    )
    reason: str = Field(description="`covered` when all that is missing is on its way.")
    expected_on: date | None = Field(
        description="If it were ordered now; of what is covered, when the last of it comes."
    )
    covered: list[CoveredOut] = Field(description="Never counted in `quantity`.")


def show_shortage(lack: Lack) -> ShortageOut:
    """Write what an order waits for of one item."""
    return ShortageOut(
        item=lack.item.code,
        quantity=quantity(lack.quantity, unit=lack.item.unit),
        reason=lack.reason,
        expected_on=lack.expected_on,
        covered=[
            CoveredOut(
                purchase_order=part.purchase.number,
                quantity=quantity(part.quantity, unit=lack.item.unit),
                expected_on=part.expected_on,
            )
            for part in lack.covered
        ],
    )
