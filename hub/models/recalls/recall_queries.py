"""What a recall reaches, read from the trace and from what is spoken for."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.recalls.recall import Part, Reach, affected_lots, reach
from hub.domain.stock.trace import MassBalance, Move, MoveKind, mass_balance
from hub.models.among import among
from hub.models.by_id import in_parts
from hub.models.planning.held import Holder
from hub.models.recalls.trace_edges import trace_edges
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionNeed, ProductionOrder
from hub.models.records.recalls import Recall, RecallLot
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, LotBalance, Reservation, StockMove


def load_reach(session: Session, *, start: Collection[int]) -> Reach:
    """Return what a recall of these lots reaches now."""
    edges = trace_edges(session, lot_ids=start)
    lots = affected_lots(edges, start=start)
    return reach(
        edges,
        lots=lots,
        left=_left(session, lots),
        reserved=_reserved(session, lots),
    )


def balances_of(session: Session, *, lot_ids: Collection[int]) -> dict[int, MassBalance]:
    """Return what became of each lot, against what its balance says is there."""
    moves: dict[int, list[Move]] = defaultdict(list)
    on_hand: dict[int, int] = {}
    for some in in_parts(lot_ids):
        ledger = select(StockMove.lot_id, StockMove.kind, StockMove.quantity)
        for lot_id, kind, quantity in session.execute(
            ledger.where(among(StockMove.lot_id, some))
        ):
            moves[lot_id].append(Move(kind=MoveKind(kind), quantity=quantity))
        there = select(LotBalance.lot_id, LotBalance.on_hand)
        for lot_id, held in session.execute(there.where(among(LotBalance.lot_id, some))):
            on_hand[lot_id] = held
    return {
        lot_id: mass_balance(moves[lot_id], on_hand=on_hand.get(lot_id, 0))
        for lot_id in lot_ids
    }


def holders_by_lot(
    session: Session, *, lot_ids: Collection[int]
) -> dict[int, list[Holder]]:
    """Return who has a part of each lot reserved, runs before orders."""
    runs = (
        select(ProductionOrder.id, ProductionOrder.number, Reservation)
        .join(ProductionNeed, ProductionNeed.production_order_id == ProductionOrder.id)
        .join(Reservation, Reservation.need_id == ProductionNeed.id)
        .order_by(ProductionOrder.id)
    )
    orders = (
        select(SalesOrder.id, SalesOrder.number, Reservation)
        .join(OrderLine, OrderLine.order_id == SalesOrder.id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(Reservation, Reservation.demand_id == Demand.id)
        .order_by(SalesOrder.id)
    )
    found: dict[int, list[Holder]] = defaultdict(list)
    for subject, query in (("production_order", runs), ("order", orders)):
        for some in in_parts(lot_ids):
            rows = session.execute(query.where(among(Reservation.lot_id, some)))
            for subject_id, number, held in rows:
                found[held.lot_id].append(
                    Holder(
                        subject=subject,
                        subject_id=subject_id,
                        number=number,
                        quantity=held.quantity,
                        is_firm=held.is_firm,
                    )
                )
    return found


def spoken_for(session: Session, *, lot_ids: Collection[int]) -> tuple[set[int], set[int]]:
    """Return the demands and the needs that hold a part of these lots."""
    demands: set[int] = set()
    needs: set[int] = set()
    for some in in_parts(lot_ids):
        query = select(Reservation.demand_id, Reservation.need_id)
        for demand_id, need_id in session.execute(
            query.where(among(Reservation.lot_id, some))
        ):
            if demand_id is not None:
                demands.add(demand_id)
            if need_id is not None:
                needs.add(need_id)
    return demands, needs


def items_of(session: Session, *, lot_ids: Collection[int]) -> set[int]:
    """Return the items of lots, which never change."""
    found: set[int] = set()
    for some in in_parts(lot_ids):
        found.update(session.scalars(select(Lot.item_id).where(among(Lot.id, some))))
    return found


def same_supplier_lot(session: Session, *, lot: Lot) -> Sequence[Lot]:
    """Return the other lots of an item that bear the same number of the supplier's.

    A delivery in two parts is two lots of ours and one of the supplier's.
    """
    if not lot.supplier_lot:
        return ()
    query = (
        select(Lot)
        .where(Lot.item_id == lot.item_id, Lot.supplier_lot == lot.supplier_lot)
        .where(Lot.id != lot.id)
        .order_by(Lot.id)
    )
    return session.scalars(query).all()


def open_recall_of(session: Session, *, lot_id: int) -> Recall | None:
    """Return the open recall, no drill, that began with a lot."""
    query = (
        select(Recall)
        .join(RecallLot, RecallLot.recall_id == Recall.id)
        .where(RecallLot.lot_id == lot_id, RecallLot.is_start)
        .where(Recall.state == "open", Recall.is_drill.is_(False))
    )
    return session.scalars(query.limit(1)).one_or_none()


def start_of(session: Session, *, recall_id: int) -> list[int]:
    """Return the lots a recall began with."""
    query = select(RecallLot.lot_id).where(RecallLot.recall_id == recall_id)
    return list(session.scalars(query.where(RecallLot.is_start).order_by(RecallLot.id)))


def _left(session: Session, lot_ids: Collection[int]) -> set[int]:
    """Return the parcels with these lots that left; asked by the lots, which are far fewer."""
    found: set[int] = set()
    for some in in_parts(lot_ids):
        # Among them, not joined to them: joined, SQLite would walk every parcel that ever left.
        packed = (
            select(ShipmentLine.shipment_id)
            .join(ShipmentPick, ShipmentPick.shipment_line_id == ShipmentLine.id)
            .where(among(ShipmentPick.lot_id, some))
        )
        gone = Shipment.state.in_(("shipped", "delivered"))
        found.update(
            session.scalars(select(Shipment.id).where(Shipment.id.in_(packed), gone))
        )
    return found


def _reserved(session: Session, lot_ids: Collection[int]) -> dict[int, list[Part]]:
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for some in in_parts(lot_ids):
        query = (
            select(OrderLine.order_id, Reservation.lot_id, Reservation.quantity)
            .join(Demand, Demand.order_line_id == OrderLine.id)
            .join(Reservation, Reservation.demand_id == Demand.id)
            .where(among(Reservation.lot_id, some))
        )
        for order_id, lot_id, quantity in session.execute(query):
            sums[order_id, lot_id] += quantity
    held: dict[int, list[Part]] = defaultdict(list)
    for (order_id, lot_id), quantity in sorted(sums.items()):
        held[order_id].append(Part(lot_id=lot_id, quantity=quantity))
    return held
