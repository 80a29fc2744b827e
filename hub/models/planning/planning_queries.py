"""What the planner reads: who wants an item, what can cover it, and how it is made."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from hub.domain.catalogue import recipe as domain
from hub.domain.days.work import work_of
from hub.domain.keys import demand_key, key_of, need_key
from hub.domain.planning.material_days import may_begin_on
from hub.domain.planning.netting_types import Incoming
from hub.domain.planning.run_rank import run_committed_at, run_priority
from hub.domain.states import UNFINISHED, Production
from hub.domain.stock.allocation import FreeLot
from hub.models.planning.commitments import (
    firsts_of,
    promised_at,
)
from hub.models.planning.substitution_queries import stood_in
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Recipe, RecipeLine
from hub.models.records.orders import Customer, Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder
from hub.models.records.stock import Lot, LotBalance, Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A quantity somebody still needs of an item, less what is firmly theirs; thousandths."""

    key: str
    item_id: int
    quantity: int
    priority: int
    placed_at: datetime
    needed_on: date | None
    order_id: int | None = None
    """None for a run's need."""
    committed_at: datetime | None = None
    """When a day was first promised to whom it is for."""
    asked_on: date | None = None
    """The day it was asked for, whatever was promised."""
    works_for_on: date | None = None
    """Of a run's need: the day that the first of the orders it works for asked for."""
    min_remaining_days: int = 0
    """What its buyer or their channel ask for beyond the item's own."""
    run_id: int | None = None
    """The run whose need it is; None for an order."""
    begins_on: date | None = None
    """The first day on which that run may begin; None where nothing keeps it."""


def order_wishes(
    session: Session,
    *,
    item_id: int | None = None,
    order_ids: Collection[int] | None = None,
) -> list[Wish]:
    """Return what open, releasable orders, or these, still want of an item, or of every item."""
    query = (
        select(  # columns: a whole demand and a whole order cost more than all the rest
            Demand.id,
            OrderLine.order_id,
            Demand.item_id,
            Demand.quantity - Demand.shipped,
            SalesOrder.priority,
            SalesOrder.placed_at,
            SalesOrder.created_at,
            SalesOrder.promised_on,
            SalesOrder.requested_on,
            promised_at(),
            ChannelAccount.min_remaining_days,
            Customer.min_remaining_days,
        )
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .join(ChannelAccount, ChannelAccount.id == SalesOrder.account_id)
        .outerjoin(Customer, Customer.id == SalesOrder.customer_id)
        .where(_is(Demand.item_id, item_id), Demand.quantity > Demand.shipped)
        .where(SalesOrder.intent == "open", SalesOrder.release == "ready")
    )
    firm = _firm(session, item_id=item_id, order_ids=order_ids)
    if order_ids is not None:
        query = query.where(SalesOrder.id.in_(order_ids))
    return [
        Wish(
            key=demand_key(demand_id),
            order_id=order_id,
            item_id=of_item,
            quantity=wanted - firm[demand_key(demand_id)],
            priority=priority,
            placed_at=placed_at,
            needed_on=promised_on or asked_on,
            committed_at=_first(promised, created_at) if promised_on else None,
            asked_on=asked_on,
            min_remaining_days=max(channel_asks or 0, buyer_asks or 0),
        )
        for (
            demand_id,
            order_id,
            of_item,
            wanted,
            priority,
            placed_at,
            created_at,
            promised_on,
            asked_on,
            promised,
            channel_asks,
            buyer_asks,
        ) in session.execute(query)
    ]


def run_wishes(session: Session, *, item_id: int) -> list[Wish]:
    """Return what unfinished runs still need of an item."""
    query = (
        select(ProductionNeed, ProductionOrder)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionNeed.item_id == item_id, ProductionOrder.state.in_(UNFINISHED))
    )
    firm = _firm(session, item_id=item_id)
    found = session.execute(query).all()
    run_ids = {run.id for _, run in found}
    firsts = firsts_of(session, run_ids=run_ids)
    # What stands in at a run that has started is given, like what was picked for it.
    instead = stood_in(session, need_ids=[need.id for need, run in found if run.started_at])
    return [
        Wish(
            key=need_key(need.id),
            item_id=need.item_id,
            quantity=max(
                0,
                need.needed
                - need.consumed
                - firm[need_key(need.id)]
                - instead.get(need.id, 0),
            ),
            priority=run_priority(run.priority, state=Production(run.state)),
            placed_at=run.created_at,
            needed_on=run.needed_on,
            committed_at=run_committed_at(
                first.promised_at if first else None, released_at=run.released_at
            ),
            works_for_on=first.asked_on if first else None,
            run_id=run.id,
            begins_on=_may_begin_on(run),
        )
        for need, run, first in ((need, run, firsts.get(run.id)) for need, run in found)
    ]


def _may_begin_on(run: ProductionOrder) -> date | None:
    if run.state == Production.RUNNING:
        return None
    return may_begin_on(
        work_of(run.recipe, work_centre=run.work_centre_id),
        pinned_on=run.pinned_on,
        not_before=run.not_before,
    )


def _first(promised: datetime | None, created_at: datetime) -> datetime:
    """Say when an order was first promised a day."""
    return promised or created_at


def _is(column: InstrumentedAttribute[int], item_id: int | None) -> ColumnElement[bool]:
    return true() if item_id is None else column == item_id


def _among(
    column: InstrumentedAttribute[int], ids: Collection[int] | None
) -> ColumnElement[bool]:
    return true() if ids is None else column.in_(ids)


def _firm(
    session: Session, *, item_id: int | None, order_ids: Collection[int] | None = None
) -> dict[str, int]:
    firm: dict[str, int] = defaultdict(int)
    query = select(Reservation.demand_id, Reservation.need_id, Reservation.quantity).where(
        _is(Reservation.item_id, item_id), Reservation.is_firm
    )
    if order_ids is not None:
        query = query.join(Demand, Demand.id == Reservation.demand_id)
        query = query.join(OrderLine, OrderLine.id == Demand.order_line_id)
        query = query.where(OrderLine.order_id.in_(order_ids))
    for demand_id, need_id, quantity in session.execute(query):
        firm[key_of(demand_id=demand_id, need_id=need_id)] += quantity
    return firm


def free_lots(session: Session, *, item_id: int) -> list[FreeLot]:
    """Return the available lots of an item, less what is firmly somebody's."""
    return lots_by_item(session, item_ids=[item_id]).get(item_id, [])


def lots_by_item(
    session: Session, *, item_ids: Collection[int] | None = None
) -> dict[int, list[FreeLot]]:
    """Return the available lots of every item, or of these, less what is firmly somebody's."""
    firm = (
        select(Reservation.lot_id, func.sum(Reservation.quantity).label("held"))
        .where(_among(Reservation.item_id, item_ids), Reservation.is_firm)
        .group_by(Reservation.lot_id)
        .subquery()
    )
    query = (
        select(Lot, LotBalance.on_hand, func.coalesce(firm.c.held, 0))
        .join(LotBalance, LotBalance.lot_id == Lot.id)
        .outerjoin(firm, firm.c.lot_id == Lot.id)
        .where(_among(Lot.item_id, item_ids), Lot.state == "available")
        .where(LotBalance.on_hand > 0)
    )
    found: dict[int, list[FreeLot]] = defaultdict(list)
    for lot, on_hand, held in session.execute(query):
        if on_hand > held:
            free = FreeLot(
                lot_id=lot.id,
                free=on_hand - int(held),
                received_at=lot.received_at,
                best_before=lot.best_before,
            )
            found[lot.item_id].append(free)
    return found


def incoming_lines(session: Session, *, item_id: int) -> list[Incoming]:
    """Return what is still to come of an item: ordered, and not closed by a person."""
    return incoming_by_item(session, item_ids=[item_id]).get(item_id, [])


def incoming_by_item(
    session: Session, *, item_ids: Collection[int] | None = None
) -> dict[int, list[Incoming]]:
    """Return what is still to come of every item, or of these."""
    query = (
        select(PurchaseLine)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(_among(PurchaseLine.item_id, item_ids), ~PurchaseLine.is_closed)
        .where(
            PurchaseOrder.state == "ordered", PurchaseLine.quantity > PurchaseLine.received
        )
        .order_by(PurchaseLine.id)
    )
    found: dict[int, list[Incoming]] = defaultdict(list)
    for line in session.scalars(query):
        coming = Incoming(
            purchase_id=line.id,
            quantity=line.quantity - line.received,
            expected_on=line.expected_on,
        )
        found[line.item_id].append(coming)
    return found


def unfinished_runs(session: Session, *, item_id: int) -> list[ProductionOrder]:
    """Return the planned, released and running runs of an item, in ascending id."""
    query = select(ProductionOrder).where(
        ProductionOrder.item_id == item_id, ProductionOrder.state.in_(UNFINISHED)
    )
    return list(session.scalars(query.order_by(ProductionOrder.id)))


def links_of(
    session: Session, *, run_ids: Collection[int]
) -> dict[int, list[ProductionLink]]:
    """Return the links of runs, by run, in ascending id."""
    by_run: dict[int, list[ProductionLink]] = defaultdict(list)
    query = select(ProductionLink).where(ProductionLink.production_order_id.in_(run_ids))
    for link in session.scalars(query.order_by(ProductionLink.id)):
        by_run[link.production_order_id].append(link)
    return by_run


def active_recipe(session: Session, *, item_id: int) -> Recipe | None:
    """Return how an item is made now, with its lines."""
    query = select(Recipe).where(Recipe.item_id == item_id, Recipe.is_active)
    return session.scalar(query.options(selectinload(Recipe.lines)))


def recipe_view(recipe: Recipe) -> domain.Recipe:
    """Turn a stored recipe into the one decisions are made on."""
    return domain.Recipe(
        item_id=recipe.item_id,
        batch_size=recipe.batch_size,
        loss_bp=recipe.loss_bp,
        lines=tuple(
            domain.RecipeLine(
                item_id=line.item_id, quantity=line.quantity, waste_bp=line.waste_bp
            )
            for line in recipe.lines
        ),
    )


def component_edges(session: Session) -> dict[int, set[int]]:
    """Return what goes into what: by active recipes, and by what unfinished runs need."""
    edges: dict[int, set[int]] = defaultdict(set)
    recipes = select(Recipe.item_id, RecipeLine.item_id).join(
        RecipeLine, RecipeLine.recipe_id == Recipe.id
    )
    runs = select(ProductionOrder.item_id, ProductionNeed.item_id).join(
        ProductionNeed, ProductionNeed.production_order_id == ProductionOrder.id
    )
    runs = runs.where(ProductionOrder.state.in_(UNFINISHED), ProductionNeed.needed > 0)
    _join(edges, session.execute(recipes.where(Recipe.is_active)))
    _join(edges, session.execute(runs))
    return edges


def _join(edges: dict[int, set[int]], pairs: Iterable[Row[int, int]]) -> None:
    for parent, component in pairs:
        edges[parent].add(component)
