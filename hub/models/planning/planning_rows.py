"""What a plan of everything is made from, read a table at a time: no query for a single item."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, selectinload

from hub.domain.asking.whole_plan_types import Held
from hub.domain.keys import key_of
from hub.domain.planning import substitutes
from hub.domain.planning.netting_types import Link
from hub.domain.states import UNFINISHED
from hub.models.by_id import in_parts
from hub.models.records.alternates import Alternate
from hub.models.records.items import Recipe
from hub.models.records.orders import Address, Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder
from hub.models.records.stock import Reservation

OPEN = (SalesOrder.intent == "open", SalesOrder.release == "ready")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order that may be worked on, and where it goes."""

    order_id: int
    number: str
    priority: int
    promised_on: date | None
    ship_method: str
    currency: str
    total_minor: int | None
    country: str
    """Empty when nobody said."""


def open_orders(session: Session, *, order_ids: Collection[int]) -> list[OpenOrder]:
    """Return those of these orders that may be worked on, in ascending id."""
    query = (
        select(  # columns: a whole order costs more than all the rest
            SalesOrder.id,
            SalesOrder.number,
            SalesOrder.priority,
            SalesOrder.promised_on,
            SalesOrder.ship_method,
            SalesOrder.currency,
            SalesOrder.total_minor,
            Address.country,
        )
        .outerjoin(Address, Address.id == SalesOrder.ship_to_id)
        .where(*OPEN)
        .order_by(SalesOrder.id)
    )
    return [
        OpenOrder(
            order_id=order_id,
            number=number,
            priority=priority,
            promised_on=promised_on,
            ship_method=ship_method,
            currency=currency,
            total_minor=total_minor,
            country=country or "",
        )
        for some in in_parts(order_ids)
        for (
            order_id,
            number,
            priority,
            promised_on,
            ship_method,
            currency,
            total_minor,
            country,
        ) in session.execute(query.where(SalesOrder.id.in_(some)))
    ]


def unmapped_by_order(
    session: Session, *, order_ids: Collection[int] | None = None
) -> dict[int, list[tuple[str, int]]]:
    """Return what lines that mean nothing to us are called, and their pieces, by order.

    Of every order that may be worked on, or of these.
    """
    query = (
        select(OrderLine)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(*OPEN, OrderLine.state.in_(("unmapped", "suggested")))
        .order_by(OrderLine.position, OrderLine.id)
    )
    if order_ids is not None:
        query = query.where(OrderLine.order_id.in_(order_ids))
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for line in session.scalars(query):
        wanted = line.ordered - line.cancelled - line.sent_elsewhere
        if wanted > 0:
            found[line.order_id].append((line.sku or line.title, wanted))
    return found


def orders_wanting(session: Session, *, item_ids: Collection[int]) -> set[int]:
    """Return the orders that may be worked on and still want some of these items."""
    query = _wanting().where(Demand.item_id.in_(item_ids))
    return set(session.scalars(query))


def items_wanted(session: Session, *, order_id: int) -> set[int]:
    """Return the items of which an order still wants some."""
    query = (
        select(Demand.item_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id == order_id, Demand.quantity > Demand.shipped)
    )
    return set(session.scalars(query))


def _wanting() -> Select[int]:
    return (
        select(OrderLine.order_id)
        .join(Demand, Demand.order_line_id == OrderLine.id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(*OPEN, Demand.quantity > Demand.shipped)
    )


def held_by_owner(
    session: Session, *among: ColumnElement[bool]
) -> dict[str, tuple[Held, ...]]:
    """Return what is reserved, or some of it, by the key of whom it is for."""
    query = (
        select(  # columns: a whole reservation costs more than all that is made of it here
            Reservation.demand_id,
            Reservation.need_id,
            Reservation.item_id,
            Reservation.lot_id,
            Reservation.quantity,
        )
        .where(*among)
        .order_by(Reservation.id)
    )
    found: dict[str, list[Held]] = defaultdict(list)
    for demand_id, need_id, item_id, lot_id, quantity in session.execute(query):
        found[key_of(demand_id=demand_id, need_id=need_id)].append(
            Held(item_id=item_id, lot_id=lot_id, quantity=quantity)
        )
    return {key: tuple(held) for key, held in found.items()}


def all_unfinished(session: Session) -> list[ProductionOrder]:
    """Return every planned, released and running run, in ascending id."""
    query = select(ProductionOrder).where(ProductionOrder.state.in_(UNFINISHED))
    return list(session.scalars(query.order_by(ProductionOrder.id)))


class NeedRow(NamedTuple):
    """What an unfinished run needs, as planning reads it; thousandths."""

    run_id: int
    id: int
    item_id: int
    needed: int
    consumed: int


def needs_by_run(session: Session) -> dict[int, list[NeedRow]]:
    """Return what each unfinished run needs, in ascending id; not what an older recipe asked."""
    query = (
        select(
            ProductionNeed.production_order_id,
            ProductionNeed.id,
            ProductionNeed.item_id,
            ProductionNeed.needed,
            ProductionNeed.consumed,
        )
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionOrder.state.in_(UNFINISHED), ProductionNeed.needed > 0)
        .order_by(ProductionNeed.id)
    )
    found: dict[int, list[NeedRow]] = defaultdict(list)
    for row in session.execute(query):
        found[row[0]].append(NeedRow(*row))
    return found


def links_by_run(
    session: Session, *, of_items: Collection[int] | None = None
) -> dict[int, list[Link]]:
    """Return what each unfinished run still owes to whom, in ascending id.

    With items, runs of others say only what they owe to runs.
    """
    query = (
        select(
            ProductionLink.production_order_id,
            ProductionLink.demand_id,
            ProductionLink.need_id,
            ProductionLink.planned - ProductionLink.done,
        )
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionOrder.state.in_(UNFINISHED))
        .where(ProductionLink.planned > ProductionLink.done)
        .order_by(ProductionLink.id)
    )
    if of_items is not None:
        is_to_run = ProductionLink.need_id.is_not(None)
        query = query.where(ProductionOrder.item_id.in_(of_items) | is_to_run)
    found: dict[int, list[Link]] = defaultdict(list)
    for run_id, demand_id, need_id, quantity in session.execute(query):
        owner = key_of(demand_id=demand_id, need_id=need_id)
        found[run_id].append(Link(demand=owner, quantity=quantity))
    return found


def active_recipes(
    session: Session, *, item_ids: Collection[int] | None = None
) -> dict[int, Recipe]:
    """Return how each item, or each of these, is made now, with its lines, by item."""
    query = select(Recipe).where(Recipe.is_active).options(selectinload(Recipe.lines))
    if item_ids is not None:
        query = query.where(Recipe.item_id.in_(item_ids))
    return {recipe.item_id: recipe for recipe in session.scalars(query)}


def purchase_numbers(session: Session, *, line_ids: Iterable[int]) -> dict[int, str]:
    """Name the purchase order of each line."""
    query = (
        select(PurchaseLine.id, PurchaseOrder.number)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseLine.id.in_(set(line_ids)))
    )
    return {line_id: number for line_id, number in session.execute(query)}


def alternates_not_allowed(session: Session) -> list[substitutes.Alternate]:
    """Return every alternate that a person would have to allow first, in ascending id."""
    query = select(Alternate).where(~Alternate.is_allowed).order_by(Alternate.id)
    return [
        substitutes.Alternate(
            item_id=each.item_id,
            substitute_id=each.substitute_id,
            factor_ppm=each.factor_ppm,
            rank=each.rank,
        )
        for each in session.scalars(query)
    ]


def lines_on_their_way(session: Session, *, purchase_order_id: int) -> list[int]:
    """Return the lines of a purchase order of which something is still to come."""
    query = (
        select(PurchaseLine.id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseOrder.id == purchase_order_id, PurchaseOrder.state == "ordered")
        .where(~PurchaseLine.is_closed, PurchaseLine.quantity > PurchaseLine.received)
        .order_by(PurchaseLine.id)
    )
    return list(session.scalars(query))
