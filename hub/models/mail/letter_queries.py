"""What decides about a mail: whose it is, what is sold, what this customer ordered before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hub.models.records.correspondents import (
    CustomerAlias,
    CustomerPack,
    CustomerPrice,
    CustomerSender,
    ReadingForm,
)
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.mails import Review
from hub.models.records.orders import Customer, Demand, OrderLine, SalesOrder


def customer_writing(session: Session, *, address: str) -> Customer | None:
    """Return whose mail an address's is: its own entry goes before its domain's."""
    name, _, domain = address.rpartition("@")
    for kind, value in (("email", address), ("domain", domain)):
        query = (
            select(Customer)
            .join(CustomerSender, CustomerSender.customer_id == Customer.id)
            .where(CustomerSender.kind == kind, CustomerSender.value == value)
            .where(Customer.redacted_at.is_(None))
        )
        found = session.scalar(query) if name and value else None
        if found is not None:
            return found
    return None


def every_item(session: Session) -> Sequence[Item]:
    """Return all there is in the catalogue."""
    return session.scalars(select(Item).order_by(Item.id)).all()


def said_listings(session: Session) -> Sequence[Listing]:
    """Return every listing with an SKU whose meaning a person said."""
    query = (
        select(Listing)
        .where(Listing.sku_key != "", Listing.state == "mapped")
        .where(Listing.matched_by == "person")
        .options(selectinload(Listing.components))
        .order_by(Listing.id)
    )
    return session.scalars(query).all()


def barcodes(session: Session) -> Sequence[tuple[str, str]]:
    """Return the barcode and SKU key of every mapped listing that has both."""
    query = (
        select(Listing.barcode, Listing.sku_key)
        .where(Listing.barcode != "", Listing.sku_key != "", Listing.state == "mapped")
        .order_by(Listing.id)
    )
    return [(barcode, key) for barcode, key in session.execute(query)]


def aliases_of(
    session: Session, *, customer_id: int
) -> Sequence[tuple[CustomerAlias, Item]]:
    """Return a customer's words, each with the item it means."""
    query = (
        select(CustomerAlias, Item)
        .join(Item, Item.id == CustomerAlias.item_id)
        .where(CustomerAlias.customer_id == customer_id)
        .order_by(CustomerAlias.id)
    )
    return [(alias, item) for alias, item in session.execute(query)]


def packs_of(session: Session, *, customer_id: int) -> Sequence[CustomerPack]:
    """Return what a customer's packs hold."""
    query = select(CustomerPack).filter_by(customer_id=customer_id)
    return session.scalars(query.order_by(CustomerPack.id)).all()


def prices_of(session: Session, *, customer_id: int) -> Sequence[CustomerPrice]:
    """Return what a customer pays."""
    query = select(CustomerPrice).filter_by(customer_id=customer_id)
    return session.scalars(query.order_by(CustomerPrice.id)).all()


def forms_of(session: Session, *, customer_id: int) -> Sequence[ReadingForm]:
    """Return the forms taught for a customer, the newest first."""
    query = select(ReadingForm).filter_by(customer_id=customer_id, is_active=True)
    return session.scalars(query.order_by(ReadingForm.id.desc())).all()


def orders_so_far(session: Session, *, customer_id: int) -> int:
    """Count a customer's orders that were not cancelled."""
    query = (
        select(func.count())
        .select_from(SalesOrder)
        .where(SalesOrder.customer_id == customer_id, SalesOrder.intent != "cancelled")
    )
    return session.scalar(query) or 0


def orders_with_number(session: Session, *, customer_id: int) -> Sequence[SalesOrder]:
    """Return a customer's orders that have a number of their own, oldest first."""
    query = (
        select(SalesOrder)
        .where(SalesOrder.customer_id == customer_id, SalesOrder.po_number != "")
        .options(selectinload(SalesOrder.lines))
        .order_by(SalesOrder.id)
    )
    return session.scalars(query).all()


def orders_since(
    session: Session, *, customer_id: int, since: datetime
) -> Sequence[SalesOrder]:
    """Return a customer's orders made since then and not cancelled, the newest first."""
    query = (
        select(SalesOrder)
        .where(SalesOrder.customer_id == customer_id, SalesOrder.created_at >= since)
        .where(SalesOrder.intent != "cancelled")
        .options(selectinload(SalesOrder.lines))
        .order_by(SalesOrder.id.desc())
    )
    return session.scalars(query).all()


def order_with_lines(session: Session, *, order_id: int) -> SalesOrder:
    """Return an order and its lines."""
    query = select(SalesOrder).filter_by(id=order_id)
    return session.scalars(query.options(selectinload(SalesOrder.lines))).one()


def demands_of(
    session: Session, *, lines: Iterable[OrderLine]
) -> Mapping[int, Sequence[Demand]]:
    """Return what lines ask for, by line."""
    ids = [line.id for line in lines]
    found: dict[int, list[Demand]] = {each: [] for each in ids}
    query = select(Demand).where(Demand.order_line_id.in_(ids)).order_by(Demand.id)
    for demand in session.scalars(query):
        found[demand.order_line_id].append(demand)
    return found


def open_review_refs(session: Session, *, customer_id: int) -> Sequence[tuple[str, int]]:
    """Return the numbers of a customer's orders that wait for a person, with their review."""
    query = select(Review.order_ref, Review.id).where(
        Review.customer_id == customer_id,
        Review.state == "open",
        Review.kind == "order",
        Review.order_ref != "",
    )
    return [(ref, review_id) for ref, review_id in session.execute(query)]
