"""What left in a parcel, item by item and lot by lot, and what of it came back."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.records.orders import Demand
from hub.models.records.shipping import ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, StockMove


@dataclass(frozen=True, slots=True, kw_only=True)
class SentGood:
    """So much of a lot for one order line of a parcel; thousandths."""

    order_line_id: int
    pieces: int
    """Of the line, in this parcel."""
    per_piece: int
    quantity: int
    lot: Lot


def goods_in_parcel(session: Session, *, shipment_id: int) -> list[SentGood]:
    """Return what a parcel held, in the order it was picked."""
    query = (
        select(ShipmentLine, Demand.per_piece, ShipmentPick.quantity, Lot)
        .join(ShipmentPick, ShipmentPick.shipment_line_id == ShipmentLine.id)
        .join(Demand, Demand.id == ShipmentPick.demand_id)
        .join(Lot, Lot.id == ShipmentPick.lot_id)
        .where(ShipmentLine.shipment_id == shipment_id)
        .order_by(ShipmentPick.id)
    )
    return [
        SentGood(
            order_line_id=line.order_line_id,
            pieces=line.quantity,
            per_piece=per_piece,
            quantity=quantity,
            lot=lot,
        )
        for line, per_piece, quantity, lot in session.execute(query)
    ]


def came_back(session: Session, *, shipment_id: int) -> Mapping[int, int]:
    """Return how much of each item of a parcel has come back so far; thousandths by item."""
    query = (
        select(StockMove.item_id, func.sum(StockMove.quantity))
        .where(StockMove.kind == "returned", StockMove.ref_type == "shipment")
        .where(StockMove.ref_id == str(shipment_id))
        .group_by(StockMove.item_id)
    )
    return {item_id: int(quantity) for item_id, quantity in session.execute(query)}
