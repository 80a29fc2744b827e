"""What a plan of everything is made from, read a table at a time: no query for a single item."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from hub.domain import substitutes
from hub.domain.keys import key_of
from hub.domain.states import UNFINISHED
from hub.domain.whole_plan_types import Held
from hub.models.alternates import Alternate
from hub.models.items import Recipe
from hub.models.orders import Address, Demand, OrderLine, SalesOrder
from hub.models.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.purchasing import PurchaseLine, PurchaseOrder
from hub.models.stock import Reservation

OPEN = (SalesOrder.intent == "open", SalesOrder.release == "ready")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order that may be worked on, and where it goes."""

    order: SalesOrder
    country: str
    """Empty when nobody said."""
    unmapped: tuple[tuple[str, int], ...]
    """What its lines that mean nothing to us are called, and their pieces."""


def open_orders(session: Session) -> list[OpenOrder]:
    """Return the orders that may be worked on, in ascending id."""
    query = (
        select(SalesOrder, Address.country)
        .outerjoin(Address, Address.id == SalesOrder.ship_to_id)
        .where(*OPEN)
        .order_by(SalesOrder.id)
    )
    unmapped = _unmapped(session)
    return [
        OpenOrder(
            order=order, country=country or "", unmapped=tuple(unmapped.get(order.id, ()))
        )
        for order, country in session.execute(query)
    ]


def _unmapped(session: Session) -> dict[int, list[tuple[str, int]]]:
    query = (
        select(OrderLine)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(*OPEN, OrderLine.state.in_(("unmapped", "suggested")))
        .order_by(OrderLine.position, OrderLine.id)
    )
    found: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for line in session.scalars(query):
        wanted = line.ordered - line.cancelled - line.sent_elsewhere
        if wanted > 0:
            found[line.order_id].append((line.sku or line.title, wanted))
    return found


def order_of_demand(session: Session) -> dict[str, int]:
    """Say which order each key of an open order's demand belongs to."""
    query = (
        select(Demand.id, OrderLine.order_id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(*OPEN)
    )
    return {
        key_of(demand_id=demand_id, need_id=None): order_id
        for demand_id, order_id in session.execute(query)
    }


def firmly_held(session: Session) -> dict[str, tuple[Held, ...]]:
    """Return what is packed or picked, by the key of whom it is for."""
    query = select(Reservation).where(Reservation.is_firm).order_by(Reservation.id)
    found: dict[str, list[Held]] = defaultdict(list)
    for row in session.scalars(query):
        key = key_of(demand_id=row.demand_id, need_id=row.need_id)
        held = Held(item_id=row.item_id, lot_id=row.lot_id, quantity=row.quantity)
        found[key].append(held)
    return {key: tuple(held) for key, held in found.items()}


def all_unfinished(session: Session) -> list[ProductionOrder]:
    """Return every planned, released and running run, in ascending id."""
    query = select(ProductionOrder).where(ProductionOrder.state.in_(UNFINISHED))
    return list(session.scalars(query.order_by(ProductionOrder.id)))


def needs_by_run(session: Session) -> dict[int, list[ProductionNeed]]:
    """Return what each unfinished run needs, in ascending id."""
    query = (
        select(ProductionNeed)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionOrder.state.in_(UNFINISHED))
        .order_by(ProductionNeed.id)
    )
    found: dict[int, list[ProductionNeed]] = defaultdict(list)
    for need in session.scalars(query):
        found[need.production_order_id].append(need)
    return found


def links_by_run(session: Session) -> dict[int, list[ProductionLink]]:
    """Return what each unfinished run is made for, in ascending id."""
    query = (
        select(ProductionLink)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionOrder.state.in_(UNFINISHED))
        .order_by(ProductionLink.id)
    )
    found: dict[int, list[ProductionLink]] = defaultdict(list)
    for link in session.scalars(query):
        found[link.production_order_id].append(link)
    return found


def active_recipes(session: Session) -> dict[int, Recipe]:
    """Return how each item is made now, with its lines, by item."""
    query = select(Recipe).where(Recipe.is_active).options(selectinload(Recipe.lines))
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
