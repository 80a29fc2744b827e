"""What the planner and the makers made of each order, as the facts its phase is computed from."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.states import UNFINISHED
from hub.models.making.runs_of_demands import unfinished_runs
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import CheckCover, Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Reservation


@dataclass(slots=True)
class DemandRow:
    """One demand with everything that covers it; thousandths, shipped part left out."""

    id: int
    item_id: int
    open: int
    allocated: int = 0
    making: int = 0
    planned: int = 0
    waiting: int = 0
    expecting: int = 0
    """In runs whose missing materials are all on their way."""
    incoming: int = 0
    """Covered by purchases of the item itself."""
    short: int = 0
    short_reason: str = ""
    short_until: date | None = None
    """The earliest a supplier could end the shortage; None when nobody knows."""
    shipped: int = 0
    checking: int = 0
    """In lots that wait for their quality check."""
    expecting_check: int = 0
    """In runs of which some material waits for its quality check, and nothing else is missing."""


@dataclass(slots=True)
class LineRow:
    """One order line and its demands."""

    line: OrderLine
    demands: list[DemandRow] = field(default_factory=list)


@dataclass(slots=True)
class OrderRow:
    """One order, its lines, and whether everything sent arrived."""

    order: SalesOrder
    lines: list[LineRow]
    is_delivered: bool


def order_rows(session: Session, *, order_ids: Collection[int]) -> list[OrderRow]:
    """Load the facts of the given orders, in ascending id."""
    orders = session.scalars(
        select(SalesOrder).where(SalesOrder.id.in_(order_ids)).order_by(SalesOrder.id)
    ).all()
    lines = _lines(session, order_ids)
    arrived = _delivered(session, order_ids)
    return [
        OrderRow(order=order, lines=lines[order.id], is_delivered=order.id in arrived)
        for order in orders
    ]


def _lines(session: Session, order_ids: Collection[int]) -> dict[int, list[LineRow]]:
    by_order: dict[int, list[LineRow]] = defaultdict(list)
    by_line: dict[int, LineRow] = {}
    query = select(OrderLine).where(OrderLine.order_id.in_(order_ids))
    for line in session.scalars(query.order_by(OrderLine.position, OrderLine.id)):
        by_line[line.id] = LineRow(line)
        by_order[line.order_id].append(by_line[line.id])
    demands = _demands(session, order_ids)
    for line_id, demand in demands:
        by_line[line_id].demands.append(demand)
    _cover(session, {demand.id: demand for _, demand in demands})
    return by_order


def _demands(session: Session, order_ids: Collection[int]) -> list[tuple[int, DemandRow]]:
    query = (
        select(Demand)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(Demand.id)
    )
    return [
        (
            row.order_line_id,
            DemandRow(row.id, row.item_id, row.quantity - row.shipped, shipped=row.shipped),
        )
        for row in session.scalars(query)
    ]


def _cover(session: Session, demands: dict[int, DemandRow]) -> None:
    held = (
        select(Reservation.demand_id, func.sum(Reservation.quantity))
        .where(Reservation.demand_id.in_(demands))
        .group_by(Reservation.demand_id)
    )
    for demand_id, quantity in session.execute(held):
        demands[demand_id or 0].allocated = int(quantity)
    bought = (
        select(PurchaseCover.demand_id, func.sum(PurchaseCover.quantity))
        .where(PurchaseCover.demand_id.in_(demands))
        .group_by(PurchaseCover.demand_id)
    )
    for demand_id, quantity in session.execute(bought):
        demands[demand_id or 0].incoming = int(quantity)
    awaited = (
        select(CheckCover.demand_id, func.sum(CheckCover.quantity))
        .where(CheckCover.demand_id.in_(demands))
        .group_by(CheckCover.demand_id)
    )
    for demand_id, quantity in session.execute(awaited):
        demands[demand_id or 0].checking = int(quantity)
    missing = select(Shortage).where(Shortage.demand_id.in_(demands))
    for shortage in session.scalars(missing):
        if shortage.demand_id is not None:
            demands[shortage.demand_id].short = shortage.quantity
            demands[shortage.demand_id].short_reason = shortage.reason
            demands[shortage.demand_id].short_until = shortage.expected_on
    _cover_by_runs(session, demands)


def _cover_by_runs(session: Session, demands: dict[int, DemandRow]) -> None:
    links = unfinished_runs(session, demand_ids=demands)
    waits = run_waits(session, among={link.production_order_id for link, _ in links})
    for link, run in links:
        demand = demands[link.demand_id or 0]
        outstanding = max(0, link.planned - link.done)
        if run.state == "running":
            demand.making += outstanding
        elif link.production_order_id in waits.short:
            demand.waiting += outstanding
        elif link.production_order_id in waits.expecting:
            demand.expecting += outstanding
        elif link.production_order_id in waits.checking:
            demand.expecting_check += outstanding
        else:
            demand.planned += outstanding


@dataclass(frozen=True, slots=True, kw_only=True)
class RunWaits:
    """Runs that cannot be started for want of a material, theirs or a sub-run's."""

    short: frozenset[int]
    """Something is missing that nobody ordered."""
    expecting: frozenset[int]
    """All that is missing was ordered."""
    checking: frozenset[int]
    """Nothing is missing but that some of it passes its quality check."""


def runs_waiting(session: Session, *, among: Iterable[int]) -> set[int]:
    """Say which of these runs cannot be started for want of a material, ordered or not."""
    waits = run_waits(session, among=among)
    return {*waits.short, *waits.expecting, *waits.checking}


def run_waits(session: Session, *, among: Iterable[int]) -> RunWaits:
    """Say which of these runs wait for materials, and whether these were all ordered."""
    tree = runs_below(session, run_ids=among)
    every = set(tree) | {below for runs in tree.values() for below in runs}
    lacking = select(ProductionNeed.production_order_id).where(
        ProductionNeed.production_order_id.in_(every)
    )
    missing = lacking.join(Shortage, Shortage.need_id == ProductionNeed.id)
    ordered = lacking.join(PurchaseCover, PurchaseCover.need_id == ProductionNeed.id)
    awaited = lacking.join(CheckCover, CheckCover.need_id == ProductionNeed.id)
    short = _with_any(tree, set(session.scalars(missing)))
    expecting = _with_any(tree, set(session.scalars(ordered))) - short
    checking = _with_any(tree, set(session.scalars(awaited)))
    return RunWaits(short=short, expecting=expecting, checking=checking - short - expecting)


def _with_any(tree: dict[int, set[int]], runs: set[int]) -> frozenset[int]:
    return frozenset(run for run, below in tree.items() if run in runs or below & runs)


def runs_below(session: Session, *, run_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return, for each run, the unfinished runs that make what it needs, all levels down."""
    roots = set(run_ids)
    children: dict[int, set[int]] = {}
    frontier = roots
    while frontier:
        found = _children(session, frontier)
        children.update({run: found.get(run, set()) for run in frontier})
        frontier = {run for runs in found.values() for run in runs} - children.keys()
    return {root: _descend(root, children) for root in roots}


def _children(session: Session, run_ids: set[int]) -> dict[int, set[int]]:
    query = (
        select(ProductionNeed.production_order_id, ProductionLink.production_order_id)
        .join(ProductionLink, ProductionLink.need_id == ProductionNeed.id)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionNeed.production_order_id.in_(run_ids))
        .where(
            ProductionOrder.state.in_(UNFINISHED),
            ProductionLink.planned > ProductionLink.done,
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for parent, child in session.execute(query):
        found[parent].add(child)
    return found


def _descend(root: int, children: dict[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    open_ends = [root]
    while open_ends:
        for child in children.get(open_ends.pop(), set()) - seen:
            seen.add(child)
            open_ends.append(child)
    return seen


def _delivered(session: Session, order_ids: Collection[int]) -> set[int]:
    query = (
        select(Shipment.order_id, func.count(), func.count(Shipment.delivered_at))
        .where(Shipment.order_id.in_(order_ids), Shipment.state != "cancelled")
        .group_by(Shipment.order_id)
    )
    return {
        order_id for order_id, sent, arrived in session.execute(query) if sent == arrived
    }
