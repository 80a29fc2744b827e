"""What went into what, read level by level from one lot: the edges of its trace.

A run is one pot: whatever any of its completions used may be in whatever came out of it. What was
taken back (hub/models/records/stock.py: reverses_id) is taken off first, and what is nothing then
is no edge. Only what hangs together with the lot is read, a level at a time, by the ledger's
indexes.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Row, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from hub.domain.stock.trace import Direction, Edge, MoveKind, Node, NodeKind
from hub.models.among import among
from hub.models.by_id import each_by_id, in_parts
from hub.models.records.completions import Completion
from hub.models.records.decisions import Decision
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder, Supplier
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot, StockMove

Ids = Collection[int]
Step = Callable[[Session, Ids], list[Edge]]

RUN, COMPLETION = "production_order", "completion"
"""What a run's moves name: the run itself, or one of its completions."""
BY_HAND = "decision"
"""What a move names whose goods a shop says were sent by hand."""
BACK = aliased(StockMove)
"""The move that takes another one back."""
IS_FIRST = func.coalesce(StockMove.reverses_id, 0) == 0
"""Takes nothing back; a plain IS NULL lets SQLite walk its index of what does: nearly all moves."""


@dataclass(frozen=True, slots=True)
class NodeNames:
    """What the nodes of a trace are called, by id."""

    lots: dict[int, Lot] = field(default_factory=dict)
    runs: dict[int, ProductionOrder] = field(default_factory=dict)
    shipments: dict[int, Shipment] = field(default_factory=dict)
    orders: dict[int, SalesOrder] = field(default_factory=dict)
    purchases: dict[int, PurchaseOrder] = field(default_factory=dict)
    suppliers: dict[int, Supplier] = field(default_factory=dict)


def trace_edges(
    session: Session, *, lot_ids: Ids, direction: Direction = Direction.FORWARD
) -> list[Edge]:
    """Return every edge that is reached from lots, forward to buyers or back to suppliers.

    A full trace is both from these lots, and turns round nowhere else. From a parcel to its order
    goes no quantity: goods counted in pieces and in grams may be in it. An edge that is reached in
    two ways may be there twice; a walk has it once.
    """
    is_full = direction is Direction.FULL
    ways = (Direction.BACKWARD, Direction.FORWARD) if is_full else (direction,)
    return [edge for way in ways for edge in _one_way(session, lot_ids, way=way)]


def node_names(session: Session, *, nodes: Collection[Node]) -> NodeNames:
    """Load what the nodes of a trace stand for."""
    ids: dict[NodeKind, set[int]] = {kind: set() for kind in NodeKind}
    for node in nodes:
        ids[node.kind].add(node.id)
    purchases = each_by_id(session, PurchaseOrder, ids=ids[NodeKind.PURCHASE])
    return NodeNames(
        lots=each_by_id(session, Lot, ids=ids[NodeKind.LOT]),
        runs=each_by_id(session, ProductionOrder, ids=ids[NodeKind.RUN]),
        shipments=each_by_id(session, Shipment, ids=ids[NodeKind.SHIPMENT]),
        orders=each_by_id(session, SalesOrder, ids=ids[NodeKind.ORDER]),
        purchases=purchases,
        suppliers=each_by_id(
            session, Supplier, ids={each.supplier_id for each in purchases.values()}
        ),
    )


def _one_way(session: Session, lot_ids: Ids, *, way: Direction) -> list[Edge]:
    step, is_forward = STEPS[way], way is Direction.FORWARD
    seen: set[int] = set()
    frontier = set(lot_ids)
    edges: list[Edge] = []
    while frontier:
        seen |= frontier
        found = [edge for some in in_parts(frontier) for edge in step(session, some)]
        edges += found
        far = (edge.target if is_forward else edge.source for edge in found)
        frontier = {node.id for node in far if node.kind is NodeKind.LOT} - seen
    return edges


def _forward(session: Session, lot_ids: Ids) -> list[Edge]:
    """From lots into runs and out again as lots; into parcels, to their orders, and back."""
    used = _runs_of(session, lot_ids, kind=MoveKind.CONSUMED)
    made = _lots_of(session, {edge.target.id for edge in used}, kind=MoveKind.PRODUCED)
    sent = _picked(session, ShipmentPick.lot_id, lot_ids)
    by_hand = _by_hand(session, lot_ids)
    return [*used, *made, *_shipped(sent), *by_hand, *_returned(session, sent)]


def _backward(session: Session, lot_ids: Ids) -> list[Edge]:
    """From lots back to their runs and what went into those, or to where they were bought."""
    made = _runs_of(session, lot_ids, kind=MoveKind.PRODUCED)
    used = _lots_of(session, {edge.source.id for edge in made}, kind=MoveKind.CONSUMED)
    return [*made, *used, *_bought(session, lot_ids), *_given_back(session, lot_ids)]


STEPS: dict[Direction, Step] = {
    Direction.FORWARD: _forward,
    Direction.BACKWARD: _backward,
}


# Runs -----------------------------------------------------------------------------------------


def _runs_of(session: Session, lot_ids: Ids, *, kind: MoveKind) -> list[Edge]:
    """Return the edges between these lots and the runs that used, or made, them."""
    of_lots = among(StockMove.lot_id, lot_ids) & _of_a_lot(kind)
    rows = list(_ledger(session, of_lots))
    completions = {int(row.ref_id) for row in rows if row.ref_type == COMPLETION}
    run_of = _run_of(session, Completion.id, completions)
    return _between(rows, run_of, kind=kind)


def _lots_of(session: Session, run_ids: Ids, *, kind: MoveKind) -> list[Edge]:
    """Return the edges between these runs and the lots they used, or made."""
    rows: list[Row[int, str, str, int]] = []
    run_of = _run_of(session, Completion.production_order_id, run_ids)
    for ref_type, ids in ((RUN, run_ids), (COMPLETION, run_of)):
        for some in in_parts(ids):
            refs = among(StockMove.ref_id, [str(each) for each in some])
            of_runs = (StockMove.kind == kind.value) & (StockMove.ref_type == ref_type)
            rows += _ledger(session, of_runs & refs)
    return _between(rows, run_of, kind=kind)


def _of_a_lot(kind: MoveKind) -> ColumnElement[bool]:
    """Ask for moves of a kind that are found by their lot.

    Plainly compared, SQLite would find them by their kind and then walk all of that kind.
    """
    return func.coalesce(StockMove.kind, "") == kind.value


def _ledger(
    session: Session, which: ColumnElement[bool]
) -> Iterator[Row[int, str, str, int]]:
    """Give what runs used or made of lots, less what was taken back."""
    net = func.sum(StockMove.quantity + func.coalesce(BACK.quantity, 0))
    query = (
        select(StockMove.lot_id, StockMove.ref_type, StockMove.ref_id, net)
        .outerjoin(BACK, BACK.reverses_id == StockMove.id)
        .where(StockMove.ref_type.in_((RUN, COMPLETION)))
        .where(IS_FIRST, which)
        .group_by(StockMove.lot_id, StockMove.ref_type, StockMove.ref_id)
        .having(net != 0)
    )
    yield from session.execute(query)


def _run_of(
    session: Session, column: InstrumentedAttribute[int], ids: Ids
) -> dict[int, int]:
    """Return the runs of completions, found by their own ids or by their runs'."""
    found: dict[int, int] = {}
    for some in in_parts(ids):
        query = select(Completion.id, Completion.production_order_id)
        for completion_id, run_id in session.execute(query.where(among(column, some))):
            found[completion_id] = run_id
    return found


def _between(
    rows: Collection[Row[int, str, str, int]],
    run_of: dict[int, int],
    *,
    kind: MoveKind,
) -> list[Edge]:
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for lot_id, ref_type, ref_id, net in rows:
        run_id = run_of[int(ref_id)] if ref_type == COMPLETION else int(ref_id)
        sums[lot_id, run_id] += int(net)
    edges: list[Edge] = []
    for (lot_id, run_id), net in sorted(sums.items()):
        lot, run = Node(kind=NodeKind.LOT, id=lot_id), Node(kind=NodeKind.RUN, id=run_id)
        if kind is MoveKind.CONSUMED:
            edges.append(Edge(source=lot, target=run, quantity=-net))
        else:
            edges.append(Edge(source=run, target=lot, quantity=net))
    return edges


# Buyers and suppliers -------------------------------------------------------------------------


class _Picked(NamedTuple):
    """So much of a lot went into a parcel; a tuple, as one wax may be in thousands of them."""

    lot_id: int
    item_id: int
    shipment_id: int
    order_id: int
    quantity: int


def _picked(
    session: Session, column: InstrumentedAttribute[int], ids: Ids
) -> list[_Picked]:
    """Return what went into parcels, of these lots or in these parcels."""
    query = (
        select(
            ShipmentPick.lot_id,
            Lot.item_id,
            Shipment.id,
            Shipment.order_id,
            func.sum(ShipmentPick.quantity),
        )
        .join(Lot, Lot.id == ShipmentPick.lot_id)
        .join(ShipmentLine, ShipmentLine.id == ShipmentPick.shipment_line_id)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(among(column, ids), Shipment.state != "cancelled")
        .group_by(ShipmentPick.lot_id, Lot.item_id, Shipment.id, Shipment.order_id)
        .order_by(ShipmentPick.lot_id, Shipment.id)
    )
    return [
        _Picked(lot_id, item_id, shipment_id, order_id, int(quantity))
        for lot_id, item_id, shipment_id, order_id, quantity in session.execute(query)
    ]


def _shipped(sent: Collection[_Picked]) -> list[Edge]:
    edges: list[Edge] = []
    for each in sent:
        parcel = Node(kind=NodeKind.SHIPMENT, id=each.shipment_id)
        order = Node(kind=NodeKind.ORDER, id=each.order_id)
        lot = Node(kind=NodeKind.LOT, id=each.lot_id)
        edges.append(Edge(source=lot, target=parcel, quantity=each.quantity))
        edges.append(Edge(source=parcel, target=order, quantity=0))
    return edges


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """So much of a lot left by hand, as a shop said, without a parcel of ours; thousandths."""

    lot_id: int
    order_id: int
    order_line_id: int | None
    quantity: int


def sent_by_hand(session: Session, *, lot_ids: Ids) -> list[ByHand]:
    """Return what of these lots shops said was sent by hand, unless somebody denied it."""
    net = func.sum(StockMove.quantity + func.coalesce(BACK.quantity, 0))
    decided = cast(StockMove.ref_id, BigInteger) == Decision.id
    query = (
        select(StockMove.lot_id, Decision.order_id, Decision.order_line_id, net)
        .join(Decision, decided)
        .outerjoin(BACK, BACK.reverses_id == StockMove.id)
        .where(_of_a_lot(MoveKind.ADJUSTED), StockMove.ref_type == BY_HAND)
        .where(IS_FIRST, among(StockMove.lot_id, lot_ids))
        .group_by(StockMove.lot_id, Decision.order_id, Decision.order_line_id)
        .having(net != 0)
        .order_by(StockMove.lot_id, Decision.order_id)
    )
    return [
        ByHand(lot_id=lot_id, order_id=order_id, order_line_id=line_id, quantity=-int(left))
        for lot_id, order_id, line_id, left in session.execute(query)
    ]


def _by_hand(session: Session, lot_ids: Ids) -> list[Edge]:
    return [
        Edge(
            source=Node(kind=NodeKind.LOT, id=each.lot_id),
            target=Node(kind=NodeKind.ORDER, id=each.order_id),
            quantity=each.quantity,
        )
        for each in sent_by_hand(session, lot_ids=lot_ids)
    ]


def _returned(session: Session, sent: Collection[_Picked]) -> list[Edge]:
    """From lots that left to the other lots their goods came back into."""
    back: list[Row[int, int, str, int]] = []
    for some in in_parts({each.shipment_id for each in sent}):
        refs = among(StockMove.ref_id, [str(each) for each in some])
        of_parcels = (StockMove.kind == MoveKind.RETURNED.value) & refs
        back += _back_from_parcels(session, of_parcels)
    return _came_back(back, sent)


def _given_back(session: Session, lot_ids: Ids) -> list[Edge]:
    """From lots that goods came back into, to the lots those had left from."""
    of_lots = among(StockMove.lot_id, lot_ids) & _of_a_lot(MoveKind.RETURNED)
    back = _back_from_parcels(session, of_lots)
    parcels = {int(row.ref_id) for row in back}
    sent = [
        each for some in in_parts(parcels) for each in _picked(session, Shipment.id, some)
    ]
    return _came_back(back, sent)


def _back_from_parcels(
    session: Session, which: ColumnElement[bool]
) -> list[Row[int, int, str, int]]:
    query = (
        select(
            StockMove.lot_id,
            StockMove.item_id,
            StockMove.ref_id,
            func.sum(StockMove.quantity).label("quantity"),
        )
        .where(StockMove.ref_type == "shipment", which)
        .group_by(StockMove.lot_id, StockMove.item_id, StockMove.ref_id)
        .having(func.sum(StockMove.quantity) != 0)
        .order_by(StockMove.lot_id)
    )
    return list(session.execute(query))


def _came_back(
    back: Collection[Row[int, int, str, int]], sent: Collection[_Picked]
) -> list[Edge]:
    """Join what came back with what had left: the same item in the same parcel.

    Goods put back into the very lot they left are no edge: they are in its mass balance.
    """
    left: dict[tuple[int, int], list[_Picked]] = defaultdict(list)
    for each in sent if back else ():
        left[each.shipment_id, each.item_id].append(each)
    return [
        Edge(
            source=Node(kind=NodeKind.LOT, id=each.lot_id),
            target=Node(kind=NodeKind.LOT, id=row.lot_id),
            quantity=min(int(row.quantity), each.quantity),
        )
        for row in back
        for each in left[int(row.ref_id), row.item_id]
        if each.lot_id != row.lot_id
    ]


def _bought(session: Session, lot_ids: Ids) -> list[Edge]:
    """From lots to the purchase orders they came with."""
    query = (
        select(PurchaseLine.purchase_order_id, Lot.id, func.sum(StockMove.quantity))
        .join(Lot, Lot.purchase_line_id == PurchaseLine.id)
        .join(StockMove, StockMove.lot_id == Lot.id)
        .where(Lot.id.in_(lot_ids), StockMove.kind == MoveKind.RECEIVED.value)
        .group_by(PurchaseLine.purchase_order_id, Lot.id)
        .having(func.sum(StockMove.quantity) != 0)
        .order_by(Lot.id)
    )
    return [
        Edge(
            source=Node(kind=NodeKind.PURCHASE, id=purchase_id),
            target=Node(kind=NodeKind.LOT, id=lot_id),
            quantity=int(quantity),
        )
        for purchase_id, lot_id, quantity in session.execute(query)
    ]
