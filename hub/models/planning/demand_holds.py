"""What an order's demands hold at each stage: shares of runs, reserved lots, pieces in parcels."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.orders.decisions import Hold, Stage
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, Reservation

Holds = dict[int, list[Hold]]
"""By demand, the best of each stage first."""

OF_RUN = {
    "planned": Stage.PLANNED,
    "released": Stage.RELEASED,
    "running": Stage.RUNNING,
}
OF_PARCEL = {
    "packed": Stage.PACKED,
    "shipped": Stage.SHIPPED,
    "delivered": Stage.SHIPPED,
}


def holds_of(session: Session, *, demand_ids: Collection[int]) -> Holds:
    """Return what is held for these demands; what nothing holds is not among it.

    Runs come earliest first and lots first expired first, as netting prefers them.
    """
    found: Holds = defaultdict(list)
    _runs(session, demand_ids, into=found)
    parcels = _parcels(session, demand_ids)
    _lots(session, demand_ids, packed=parcels, into=found)
    for demand_id, holds in parcels.items():
        found[demand_id].extend(holds)
    return found


def _runs(session: Session, demand_ids: Collection[int], *, into: Holds) -> None:
    query = (
        select(ProductionLink, ProductionOrder)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(
            ProductionLink.demand_id.in_(demand_ids),
            ProductionLink.planned > ProductionLink.done,
            ProductionOrder.state.in_(OF_RUN),
        )
    )
    rows = [(link, run) for link, run in session.execute(query)]
    rows.sort(key=lambda row: (row[1].ready_on or date.max, row[1].id))
    for link, run in rows:
        into[link.demand_id or 0].append(
            Hold(stage=OF_RUN[run.state], quantity=link.planned - link.done, ref=run.id)
        )


def _lots(
    session: Session, demand_ids: Collection[int], *, packed: Holds, into: Holds
) -> None:
    """Read what is reserved; what of it lies in a packed parcel is held there."""
    query = (
        select(Reservation, Lot)
        .join(Lot, Lot.id == Reservation.lot_id)
        .where(Reservation.demand_id.in_(demand_ids))
    )
    rows = [(held, lot) for held, lot in session.execute(query)]
    rows.sort(
        key=lambda row: (row[1].best_before or date.max, row[1].received_at, row[1].id)
    )
    in_parcels = {
        demand_id: sum(hold.quantity for hold in holds if hold.stage is Stage.PACKED)
        for demand_id, holds in packed.items()
    }
    for held, lot in rows:
        demand_id = held.demand_id or 0
        part = min(held.quantity, in_parcels.get(demand_id, 0))
        if part:
            in_parcels[demand_id] -= part
        if held.quantity > part:
            hold = Hold(stage=Stage.DONE, quantity=held.quantity - part, ref=lot.id)
            into[demand_id].append(hold)


def _parcels(session: Session, demand_ids: Collection[int]) -> Holds:
    query = (
        select(
            ShipmentPick.demand_id,
            Shipment.id,
            Shipment.state,
            func.sum(ShipmentPick.quantity),
        )
        .join(ShipmentLine, ShipmentLine.id == ShipmentPick.shipment_line_id)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentPick.demand_id.in_(demand_ids), Shipment.state.in_(OF_PARCEL))
        .group_by(ShipmentPick.demand_id, Shipment.id, Shipment.state)
        .order_by(Shipment.id)
    )
    found: Holds = defaultdict(list)
    for demand_id, shipment_id, state, quantity in session.execute(query):
        found[demand_id].append(
            Hold(stage=OF_PARCEL[state], quantity=int(quantity), ref=shipment_id)
        )
    return found
