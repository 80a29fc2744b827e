"""What went into what, read level by level from one lot: the edges of its trace."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hub.domain.trace import Direction, Edge, Node, NodeKind
from hub.models.by_id import by_id
from hub.models.orders import Demand, OrderLine, SalesOrder
from hub.models.production import ProductionOrder, ProductionOutput
from hub.models.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.stock import Lot, Reservation, StockMove

Ids = Collection[int]


@dataclass(frozen=True, slots=True)
class NodeNames:
    """What the nodes of a trace are called, by id."""

    lots: dict[int, Lot] = field(default_factory=dict)
    runs: dict[int, ProductionOrder] = field(default_factory=dict)
    shipments: dict[int, Shipment] = field(default_factory=dict)
    orders: dict[int, SalesOrder] = field(default_factory=dict)


def trace_edges(session: Session, *, lot_id: int, direction: Direction) -> list[Edge]:
    """Return every edge that is reached from a lot, forward to buyers or back to suppliers.

    From a parcel to its order goes no quantity: goods counted in pieces and in grams may be in it.
    """
    seen: set[int] = set()
    frontier = {lot_id}
    edges: list[Edge] = []
    step = _forward if direction is Direction.FORWARD else _backward
    while frontier:
        seen |= frontier
        found = step(session, frontier)
        edges += found
        far = _far(direction)
        frontier = {far(edge).id for edge in found if far(edge).kind is NodeKind.LOT} - seen
    return list(dict.fromkeys(edges))


def node_names(session: Session, *, nodes: Collection[Node]) -> NodeNames:
    """Load what the nodes of a trace stand for."""
    ids = {kind: [n.id for n in nodes if n.kind is kind] for kind in NodeKind}
    return NodeNames(
        lots=by_id(session, Lot, ids=ids[NodeKind.LOT]),
        runs=by_id(session, ProductionOrder, ids=ids[NodeKind.RUN]),
        shipments=by_id(session, Shipment, ids=ids[NodeKind.SHIPMENT]),
        orders=by_id(session, SalesOrder, ids=ids[NodeKind.ORDER]),
    )


def orders_holding(session: Session, *, lot_ids: Ids) -> dict[int, SalesOrder]:
    """Return the orders for which a part of these lots is reserved but not yet sent."""
    holding = (
        select(OrderLine.order_id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(Reservation, Reservation.demand_id == Demand.id)
        .where(Reservation.lot_id.in_(lot_ids))
    )
    query = select(SalesOrder).where(SalesOrder.id.in_(holding))
    return {order.id: order for order in session.scalars(query)}


def _far(direction: Direction) -> Callable[[Edge], Node]:
    return (lambda e: e.target) if direction is Direction.FORWARD else (lambda e: e.source)


def _forward(session: Session, lot_ids: Ids) -> list[Edge]:
    """From lots into runs and out again as lots; and into parcels, and to their orders."""
    used = _used(session, StockMove.lot_id.in_(lot_ids))
    runs = {edge.target.id for edge in used}
    made = _made(session, ProductionOutput.production_order_id.in_(runs))
    return [*used, *made, *_shipped(session, lot_ids)]


def _backward(session: Session, lot_ids: Ids) -> list[Edge]:
    """From lots back to the runs they came out of, and to what went into those."""
    made = _made(session, ProductionOutput.lot_id.in_(lot_ids))
    runs = {str(edge.source.id) for edge in made}
    return [*made, *_used(session, StockMove.ref_id.in_(runs))]


def _used(session: Session, which: ColumnElement[bool]) -> list[Edge]:
    query = (
        select(StockMove.lot_id, StockMove.ref_id, func.sum(-StockMove.quantity))
        .where(StockMove.kind == "consumed", StockMove.ref_type == "production_order")
        .where(which)
        .group_by(StockMove.lot_id, StockMove.ref_id)
        .order_by(StockMove.lot_id, StockMove.ref_id)
    )
    return [
        Edge(
            source=Node(kind=NodeKind.LOT, id=lot_id),
            target=Node(kind=NodeKind.RUN, id=int(run_id)),
            quantity=int(quantity),
        )
        for lot_id, run_id, quantity in session.execute(query)
    ]


def _made(session: Session, which: ColumnElement[bool]) -> list[Edge]:
    query = select(ProductionOutput).where(which).order_by(ProductionOutput.id)
    return [
        Edge(
            source=Node(kind=NodeKind.RUN, id=output.production_order_id),
            target=Node(kind=NodeKind.LOT, id=output.lot_id),
            quantity=output.quantity,
        )
        for output in session.scalars(query)
    ]


def _shipped(session: Session, lot_ids: Ids) -> list[Edge]:
    query = (
        select(
            ShipmentPick.lot_id,
            Shipment.id,
            Shipment.order_id,
            func.sum(ShipmentPick.quantity),
        )
        .join(ShipmentLine, ShipmentLine.id == ShipmentPick.shipment_line_id)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentPick.lot_id.in_(lot_ids), Shipment.state != "cancelled")
        .group_by(ShipmentPick.lot_id, Shipment.id, Shipment.order_id)
        .order_by(ShipmentPick.lot_id, Shipment.id)
    )
    edges: list[Edge] = []
    for lot_id, shipment_id, order_id, quantity in session.execute(query):
        parcel = Node(kind=NodeKind.SHIPMENT, id=shipment_id)
        order = Node(kind=NodeKind.ORDER, id=order_id)
        lot = Node(kind=NodeKind.LOT, id=lot_id)
        edges.append(Edge(source=lot, target=parcel, quantity=int(quantity)))
        edges.append(Edge(source=parcel, target=order, quantity=0))
    return edges
