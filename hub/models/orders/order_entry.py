"""What somebody at the phone looks up: who calls, what they had last time, and what we sell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.orders import Address, Customer, SalesOrder
from hub.models.substrings import begins, holds

MOST = 20
"""Rows of a look-up: more are a sign to type another letter."""
MOST_WORDS = 4
SPARE = 3
"""A shop's buyer is often there several times, so that many times more are read."""
COMMON = 500
"""Addresses that hold a word, from which on it is taken for one that most of them hold."""
SELLABLE = ("product", "intermediate")


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody who may be calling, with the newest order of theirs and where it went."""

    customer: Customer
    last: SalesOrder | None
    ship_to: Address | None


@dataclass(frozen=True, slots=True)
class Sold:
    """Something we sell: how it is asked for, and what it is called."""

    sku: str
    title: str


def find_buyers(session: Session, *, text: str) -> list[Buyer]:
    """Return those whose name, mail, phone or address holds every word of a text; newest first."""
    words = text.split()[:MOST_WORDS]
    if not words:
        return []
    query = select(Customer).where(Customer.redacted_at.is_(None))
    for word in words:
        own = _holds(word, Customer.name, Customer.email, Customer.phone)
        query = query.where(or_(own, _lives(session, word)))
    query = query.order_by(Customer.id.desc()).limit(MOST * SPARE)
    return buyers_of(session, _once(session.scalars(query)))


def _lives(session: Session, word: str) -> ColumnElement[bool]:
    """Say whether something went to an address that holds a word, the quicker way round.

    Few addresses lead to their orders; where very many fit, so does one of the next customers.
    """
    fits = (
        _holds(word, Address.line1, Address.city, Address.postcode),
        Address.redacted_at.is_(None),
    )
    places = select(Address.id).where(*fits)
    some = places.limit(COMMON).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) < COMMON:
        sent = select(SalesOrder.customer_id).where(SalesOrder.ship_to_id.in_(places))
        return Customer.id.in_(sent.where(SalesOrder.customer_id.is_not(None)))
    theirs = select(SalesOrder.id).join(Address, Address.id == SalesOrder.ship_to_id)
    one = theirs.where(SalesOrder.customer_id == Customer.id, *fits).limit(1)
    # Not EXISTS: PostgreSQL would gather all who live there first.
    return one.scalar_subquery().is_not(None)


def buyers_of(session: Session, customers: Sequence[Customer]) -> list[Buyer]:
    """Return customers with their newest orders."""
    newest = (
        select(func.max(SalesOrder.id))
        .where(SalesOrder.customer_id.in_([each.id for each in customers]))
        .group_by(SalesOrder.customer_id)
    )
    orders = {
        order.customer_id: order
        for order in session.scalars(select(SalesOrder).where(SalesOrder.id.in_(newest)))
    }
    places = _places(session, orders.values())
    found = []
    for customer in customers:
        last = orders.get(customer.id)
        ship_to = places.get(last.ship_to_id or 0) if last else None
        found.append(Buyer(customer, last, ship_to))
    return found


def buyer(session: Session, *, customer_id: int) -> Buyer | None:
    """Return somebody we know; None if they are unknown or wanted to be forgotten."""
    known = session.get(Customer, customer_id)
    if known is None or known.redacted_at is not None:
        return None
    return buyers_of(session, [known])[0]


def order_with_lines(session: Session, *, order_id: int) -> SalesOrder:
    """Return an order with its lines."""
    query = select(SalesOrder).filter_by(id=order_id)
    return session.scalars(query.options(selectinload(SalesOrder.lines))).one()


def last_currency(session: Session, *, account_id: int) -> str:
    """Return the currency of the newest order of an account that has one; else empty."""
    query = (
        select(SalesOrder.currency)
        .where(SalesOrder.account_id == account_id, SalesOrder.currency != "")
        .order_by(SalesOrder.id.desc())
        .limit(1)
    )
    return session.scalar(query) or ""


def find_sold(session: Session, *, text: str) -> list[Sold]:
    """Return what we sell whose code, SKU or title holds every word of a text, likeliest first."""
    words = text.split()[:MOST_WORDS]
    if not words:
        return []
    is_first = begins(Item.code, text)
    items = select(Item).where(Item.kind.in_(SELLABLE), Item.unit == "each")
    listings = select(Listing.sku, Listing.title).where(
        Listing.state == "mapped", Listing.sku != "", Listing.is_active
    )
    for word in words:
        items = items.where(_holds(word, Item.code, Item.name))
        listings = listings.where(_holds(word, Listing.sku, Listing.title))
    ranked = items.order_by(case((is_first, 0), else_=1), Item.code).limit(MOST)
    found = {item.code: Sold(item.code, item.name) for item in session.scalars(ranked)}
    ordered = listings.order_by(Listing.sku, Listing.id).limit(MOST * SPARE)
    for sku, title in session.execute(ordered):
        found.setdefault(sku, Sold(sku, title))
    return list(found.values())[:MOST]


def _holds(word: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(holds(column, word) for column in columns))


def _once(customers: Iterable[Customer]) -> list[Customer]:
    """Keep the newest of those who are named alike, at most as many as are shown."""
    kept: dict[tuple[str, str], Customer] = {}
    for each in customers:
        key = (each.name.casefold(), each.email.casefold())
        kept.setdefault(key, each)
    return list(kept.values())[:MOST]


def _places(session: Session, orders: Iterable[SalesOrder]) -> Mapping[int, Address]:
    ids = {order.ship_to_id for order in orders if order.ship_to_id}
    query = select(Address).where(Address.id.in_(ids), Address.redacted_at.is_(None))
    return {place.id: place for place in session.scalars(query)}
