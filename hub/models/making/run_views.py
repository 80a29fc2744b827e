"""Production orders as people name and list them: whom they serve and what they are made from."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.among import among
from hub.models.by_id import as_id, by_id
from hub.models.making.completion_queries import outputs_of, used_so_far
from hub.models.newest import Newest, Window, newest
from hub.models.planning.centre_load import StepRow, steps_placed
from hub.models.planning.substitution_queries import substitutions_of
from hub.models.records.completions import Completion
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.production import (
    ProductionLink,
    ProductionNeed,
    ProductionOrder,
    ProductionOutput,
)
from hub.models.records.stock import Lot, Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNamed:
    """What is said of an order beside something else; thousands are read at a time."""

    id: int
    number: str
    phase: str
    promised_on: date | None
    is_at_risk: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An order a run works for; thousandths, None where another run stands between them."""

    order: OrderNamed
    planned: int | None
    done: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """So much of another item stands in for so much of a material."""

    item: Item
    quantity: int
    replaces: int
    used: int = 0
    """Of the other item, in all completions that stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a run needs of one item, has reserved, has used and is short of."""

    item: Item
    needed: int
    reserved: int
    consumed: int
    short: int
    substitutes: tuple[StandIn, ...] = ()

    @property
    def is_covered(self) -> bool:
        """Say whether lots are reserved for all of it, of this item or of what stands in."""
        replaced = sum(each.replaces for each in self.substitutes)
        return self.reserved + replaced >= self.needed


@dataclass(frozen=True, slots=True)
class Made:
    """One completion of a run, and the lot it went into; None when all of it was lost."""

    completion: Completion
    lot: Lot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run with all that is shown beside it."""

    run: ProductionOrder
    item: Item
    orders: list[Served]
    parents: list[ProductionOrder]
    """Runs that need what this one makes."""
    materials: list[Material]
    steps: Sequence[StepRow]
    """When each of its steps has its place; none when it has no day."""
    lot_ids: list[int]
    """What came out and was not taken back."""
    made: list[Made]
    """Its completions, the first one first, with those that were taken back."""

    @property
    def is_covered(self) -> bool:
        """Say whether lots are reserved for all it needs."""
        return all(each.is_covered for each in self.materials)


def find_runs(
    session: Session, *, state: str, item_id: int | None, window: Window
) -> Newest[ProductionOrder]:
    """Return one page of production orders."""
    query = select(ProductionOrder)
    if state:
        query = query.where(ProductionOrder.state == state)
    if item_id is not None:
        query = query.where(ProductionOrder.item_id == item_id)
    return newest(session, query, record=ProductionOrder, window=window)


def run_id_of(session: Session, *, named: str) -> int | None:
    """Return the id of the run somebody means by its id or its number."""
    query = select(ProductionOrder.id)
    run_id = as_id(named)
    mine = {"number": named} if run_id is None else {"id": run_id}
    return session.scalar(query.filter_by(**mine))


def run_rows(session: Session, *, runs: Collection[ProductionOrder]) -> list[RunRow]:
    """Add to each run what is shown beside it, in the order given."""
    ids = [run.id for run in runs]
    materials = _materials(session, ids)
    every = [need for needs in materials.values() for need, _, _ in needs]
    need_ids = [need.id for need in every]
    instead = substitutions_of(session, need_ids=need_ids)
    gone = {
        (each.need_id, each.item_id): each.quantity
        for each in used_so_far(session, need_ids=need_ids)
    }
    made = {run.item_id for run in runs}
    used = {need.item_id for need in every}
    used |= {each.item_id for many in instead.values() for each in many}
    items = by_id(session, Item, ids=made | used)
    steps = steps_placed(session, run_ids=ids)
    served, parents, outputs, made_in = (
        _served(session, ids),
        _parents(session, ids),
        outputs_of(session, run_ids=ids),
        _completions(session, ids),
    )
    return [
        RunRow(
            run=run,
            item=items[run.item_id],
            orders=served[run.id],
            parents=parents[run.id],
            steps=steps[run.id],
            materials=[
                Material(
                    item=items[need.item_id],
                    needed=need.needed,
                    reserved=reserved,
                    consumed=need.consumed,
                    short=short,
                    substitutes=tuple(
                        StandIn(
                            item=items[each.item_id],
                            quantity=each.quantity,
                            replaces=each.replaces,
                            used=gone.get((need.id, each.item_id), 0),
                        )
                        for each in instead.get(need.id, ())
                    ),
                )
                for need, reserved, short in materials[run.id]
            ],
            lot_ids=list(dict.fromkeys(each.lot_id for each in outputs[run.id])),
            made=made_in[run.id],
        )
        for run in runs
    ]


def _materials(
    session: Session, run_ids: Collection[int]
) -> dict[int, list[tuple[ProductionNeed, int, int]]]:
    held = (
        select(Reservation.need_id, func.sum(Reservation.quantity).label("quantity"))
        .join(ProductionNeed, ProductionNeed.id == Reservation.need_id)
        .where(Reservation.item_id == ProductionNeed.item_id)
        .where(among(ProductionNeed.production_order_id, run_ids))
        .group_by(Reservation.need_id)
        .subquery()
    )
    query = (
        select(
            ProductionNeed,
            func.coalesce(held.c.quantity, 0),
            func.coalesce(Shortage.quantity, 0),
        )
        .outerjoin(held, held.c.need_id == ProductionNeed.id)
        .outerjoin(Shortage, Shortage.need_id == ProductionNeed.id)
        .where(among(ProductionNeed.production_order_id, run_ids))
        .order_by(ProductionNeed.id)
    )
    needs: dict[int, list[tuple[ProductionNeed, int, int]]] = defaultdict(list)
    for need, reserved, short in session.execute(query):
        needs[need.production_order_id].append((need, int(reserved), int(short)))
    return needs


def orders_served(
    session: Session, *, run_ids: Collection[int]
) -> dict[int, list[OrderNamed]]:
    """Return whom each run works for, also through the runs above it."""
    served = _served(session, run_ids)
    return {run_id: [each.order for each in many] for run_id, many in served.items()}


def _served(session: Session, run_ids: Collection[int]) -> dict[int, list[Served]]:
    """Return the orders of each run: those it is linked to, then those of the runs above it."""
    above = _above(session, run_ids)
    direct = _linked(session, set(run_ids).union(*above.values()))
    served: dict[int, list[Served]] = defaultdict(list)
    for run_id in run_ids:
        own = {each.order.id: each for each in direct[run_id]}
        for parent in sorted(above[run_id]):
            for each in direct[parent]:
                own.setdefault(
                    each.order.id, Served(order=each.order, planned=None, done=None)
                )
        served[run_id] = list(own.values())
    return served


def _linked(session: Session, run_ids: Collection[int]) -> dict[int, list[Served]]:
    query = (
        select(
            ProductionLink.production_order_id,
            func.sum(ProductionLink.planned),
            func.sum(ProductionLink.done),
            SalesOrder.id,
            SalesOrder.number,
            SalesOrder.phase,
            SalesOrder.promised_on,
            SalesOrder.is_at_risk,
        )
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(among(ProductionLink.production_order_id, run_ids))
        .group_by(ProductionLink.production_order_id, SalesOrder.id)
        .having(func.sum(ProductionLink.planned) + func.sum(ProductionLink.done) > 0)
        .order_by(SalesOrder.id)
    )
    linked: dict[int, list[Served]] = defaultdict(list)
    for run_id, planned, done, order_id, number, phase, day, at_risk in session.execute(
        query
    ):
        order = OrderNamed(
            id=order_id, number=number, phase=phase, promised_on=day, is_at_risk=at_risk
        )
        served = Served(order=order, planned=int(planned), done=int(done))
        linked[run_id].append(served)
    return linked


def _above(session: Session, run_ids: Collection[int]) -> dict[int, set[int]]:
    """Return, for each run, the runs that need what it makes, all levels up."""
    parents: dict[int, set[int]] = {}
    frontier = set(run_ids)
    while frontier:
        found = _parents(session, frontier)
        parents |= {run: {parent.id for parent in found[run]} for run in frontier}
        frontier = {each for run in frontier for each in parents[run]} - parents.keys()
    return {run: _reach(run, parents) for run in run_ids}


def _reach(run: int, parents: Mapping[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    open_ends = [run]
    while open_ends:
        for parent in parents[open_ends.pop()] - seen:
            seen.add(parent)
            open_ends.append(parent)
    return seen


def _parents(
    session: Session, run_ids: Collection[int]
) -> dict[int, list[ProductionOrder]]:
    query = (
        select(ProductionLink.production_order_id, ProductionOrder)
        .join(ProductionNeed, ProductionNeed.id == ProductionLink.need_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(among(ProductionLink.production_order_id, run_ids))
        # Of a thousand links hardly one is to a run; PostgreSQL knows that only if it is asked.
        .where(ProductionLink.need_id.is_not(None))
        .where(ProductionOrder.state != "cancelled")  # what is called off takes nothing
        .order_by(ProductionOrder.id)
    )
    parents: dict[int, list[ProductionOrder]] = defaultdict(list)
    for run_id, parent in session.execute(query):
        parents[run_id].append(parent)
    return parents


def _completions(session: Session, run_ids: Collection[int]) -> dict[int, list[Made]]:
    query = (
        select(Completion, Lot)
        .outerjoin(
            ProductionOutput,
            (ProductionOutput.production_order_id == Completion.production_order_id)
            & (ProductionOutput.completion == Completion.number),
        )
        .outerjoin(Lot, Lot.id == ProductionOutput.lot_id)
        .where(among(Completion.production_order_id, run_ids))
        .order_by(Completion.number)
    )
    made: dict[int, list[Made]] = defaultdict(list)
    for completion, lot in session.execute(query):
        made[completion.production_order_id].append(Made(completion, lot))
    return made
