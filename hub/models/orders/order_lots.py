"""The lots an order's goods lie in or left from, as its page names and links them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class LotPart:
    """So much of a lot is for a demand, or went to it; thousandths."""

    lot: Lot
    quantity: int


LotsOf = dict[int, list[LotPart]]
"""By demand, what is best before soonest first."""


def lots_held(session: Session, *, demand_ids: Collection[int]) -> LotsOf:
    """Return the lots that are spoken for by each demand."""
    query = (
        select(Reservation.demand_id, Reservation.quantity, Lot)
        .join(Lot, Lot.id == Reservation.lot_id)
        .where(Reservation.demand_id.in_(demand_ids))
        .order_by(Lot.best_before, Lot.id)
    )
    found: LotsOf = defaultdict(list)
    for demand_id, quantity, lot in session.execute(query):
        found[demand_id or 0].append(LotPart(lot=lot, quantity=quantity))
    return found


def lots_sent(session: Session, *, demand_ids: Collection[int]) -> LotsOf:
    """Return the lots that left for each demand, parcels that were cancelled left out."""
    query = (
        select(ShipmentPick.demand_id, func.sum(ShipmentPick.quantity), Lot)
        .join(Lot, Lot.id == ShipmentPick.lot_id)
        .join(ShipmentLine, ShipmentLine.id == ShipmentPick.shipment_line_id)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentPick.demand_id.in_(demand_ids))
        .where(Shipment.state.in_(("shipped", "delivered")))
        .group_by(ShipmentPick.demand_id, Lot.id)
        .order_by(Lot.best_before, Lot.id)
    )
    found: LotsOf = defaultdict(list)
    for demand_id, quantity, lot in session.execute(query):
        found[demand_id].append(LotPart(lot=lot, quantity=int(quantity)))
    return found
