"""Shipments as the API takes and gives them."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from hub.models.shipping.shipment_views import ShipmentRow
from hub.web.api.quantities import Quantity, quantity
from hub.web.api.schemas.lots import LotOut, Ref
from hub.web.api.shapes import In, Out, PageQuery, Pieces


class ShipmentLineIn(In):
    """Pieces of one order line, named by its id or its id at the channel."""

    line: str
    quantity: Pieces


class ShipmentIn(In):
    """A parcel that leaves."""

    order: str = Field(description="By id or number.")
    lines: list[ShipmentLineIn] | None = Field(
        None,
        min_length=1,
        max_length=500,
        description="Everything that is ready, if left out.",
    )
    carrier: str = Field(max_length=500)
    tracking_number: str = Field(max_length=500)
    tracking_url: str = Field("", max_length=500)
    notify: bool = Field(True, description="Whether the channel is to tell the buyer.")


class ReturnLineIn(In):
    """Pieces of one order line that came back, and what is to become of them."""

    line: str
    quantity: Pieces
    fate: Literal["inspect", "restock", "scrap"] = Field(
        "inspect", description="Look first, sell again, or throw away."
    )


class ReturnIn(In):
    """Goods of a parcel that came back."""

    lines: list[ReturnLineIn] = Field(min_length=1, max_length=500)
    reason: str = Field("", max_length=500)


class ReturnOut(Out):
    """The lots that goods came back into."""

    lots: list[LotOut]


class ShipmentQuery(PageQuery):
    """Which shipments."""

    order: str = ""
    state: Literal["packed", "shipped", "delivered", "cancelled"] | None = None
    tracking_number: str = ""


class PickOut(Out):
    """How much of a lot is in a line of a parcel."""

    lot: str
    code: str
    item: str
    quantity: Quantity


class ShipmentLineOut(Out):
    """Pieces of one order line in a parcel."""

    line: str
    sku: str
    title: str
    quantity: int
    lots: list[PickOut]


class ShipmentOut(Out):
    """A parcel."""

    id: str
    number: str
    order: Ref
    state: str
    carrier: str
    tracking_number: str
    tracking_url: str
    notify: bool
    lines: list[ShipmentLineOut]
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None


def show_shipment(row: ShipmentRow) -> ShipmentOut:
    """Write a shipment."""
    shipment = row.shipment
    return ShipmentOut(
        id=str(shipment.id),
        number=shipment.number,
        order=Ref(id=str(row.order.id), number=row.order.number),
        state=shipment.state,
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        tracking_url=shipment.tracking_url,
        notify=shipment.notify,
        lines=[
            ShipmentLineOut(
                line=str(each.line.id),
                sku=each.line.sku,
                title=each.line.title,
                quantity=each.quantity,
                lots=[
                    PickOut(
                        lot=str(pick.lot.id),
                        code=pick.lot.code,
                        item=pick.item.code,
                        quantity=quantity(pick.quantity, unit=pick.item.unit),
                    )
                    for pick in each.picks
                ],
            )
            for each in row.lines
        ],
        packed_at=shipment.packed_at,
        shipped_at=shipment.shipped_at,
        delivered_at=shipment.delivered_at,
    )
