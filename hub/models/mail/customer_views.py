"""Customers who order by mail as people list and name them, with all that is known of each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from hub.models.newest import Newest, Window, newest
from hub.models.records.channels import ChannelAccount
from hub.models.records.correspondents import (
    CustomerAlias,
    CustomerPack,
    CustomerPrice,
    CustomerSender,
    ReadingForm,
)
from hub.models.records.items import Item
from hub.models.records.orders import Customer, SalesOrder
from hub.models.substrings import holds

KnownT = TypeVar("KnownT", CustomerSender, CustomerPack, CustomerPrice, ReadingForm)

BY_HAND = "manual"
"""The channel of whom a person wrote down."""
KEPT = "kept:"
"""What the external id of a customer begins with whom a person wrote down, not an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCard:
    """A customer with their addresses, words, packs, prices and forms."""

    customer: Customer
    orders: int
    emails: list[str] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)
    aliases: list[tuple[CustomerAlias, Item]] = field(default_factory=list)
    packs: list[CustomerPack] = field(default_factory=list)
    prices: list[CustomerPrice] = field(default_factory=list)
    forms: list[ReadingForm] = field(default_factory=list)


def kept_as(customer_id: int) -> str:
    """Return the external id of a customer a person wrote down."""
    return f"{KEPT}{customer_id}"


def is_kept(customer: Customer) -> bool:
    """Say whether a person wrote this customer down, rather than an order of some channel."""
    return customer.external_id == kept_as(customer.id)


def find_customers(session: Session, *, text: str, window: Window) -> Newest[Customer]:
    """Return one page of the customers whose name, address or domain holds a text."""
    return newest(session, _kept(text), record=Customer, window=window)


def customers_wanted(
    *, text: str = "", mails: str = "", only_bad: bool = False
) -> Select[Customer]:
    """Choose the customers a person wrote down, in no order.

    `mails` says how theirs pass: always (looked at), auto (pass at once) or three (after so many).
    """
    # Only the accounts of a kind hold them: what shops call their buyers is not looked through.
    accounts = select(ChannelAccount.id).where(ChannelAccount.channel == BY_HAND)
    query = _kept(text).where(Customer.account_id.in_(accounts))
    if mails:
        rule = {
            "always": Customer.always_review,
            "auto": and_(~Customer.always_review, Customer.auto_accept),
            "three": ~or_(Customer.always_review, Customer.auto_accept),
        }[mails]
        query = query.where(rule)
    return query.where(Customer.mail_bad_at.is_not(None)) if only_bad else query


def _kept(text: str) -> Select[Customer]:
    query = select(Customer).where(Customer.external_id.startswith(KEPT, autoescape=True))
    if text:
        theirs = select(CustomerSender.customer_id).where(holds(CustomerSender.value, text))
        named = holds(Customer.name, text)
        query = query.where(or_(named, Customer.id.in_(theirs)))
    return query


def every_customer(session: Session, *, most: int) -> list[Customer]:
    """Return the customers whom a person wrote down, by name."""
    query = select(Customer).where(Customer.external_id.startswith(KEPT, autoescape=True))
    return list(session.scalars(query.order_by(Customer.name, Customer.id).limit(most)))


def customer_cards(
    session: Session, *, customers: Sequence[Customer]
) -> list[CustomerCard]:
    """Return customers with what is known of them, in the same order."""
    ids = [customer.id for customer in customers]
    orders = _orders(session, ids)
    cards = {
        customer.id: CustomerCard(customer=customer, orders=orders.get(customer.id, 0))
        for customer in customers
    }
    for sender in _rows(session, CustomerSender, ids):
        card = cards[sender.customer_id]
        (card.emails if sender.kind == "email" else card.domains).append(sender.value)
    for alias, item in _aliases(session, ids):
        cards[alias.customer_id].aliases.append((alias, item))
    for pack in _rows(session, CustomerPack, ids):
        cards[pack.customer_id].packs.append(pack)
    for price in _rows(session, CustomerPrice, ids):
        cards[price.customer_id].prices.append(price)
    for form in _rows(session, ReadingForm, ids):
        if form.is_active:
            cards[form.customer_id].forms.append(form)
    return [cards[each] for each in ids]


def orders_of_customer(
    session: Session, *, customer_id: int, most: int
) -> list[SalesOrder]:
    """Return a customer's newest orders."""
    query = select(SalesOrder).filter_by(customer_id=customer_id)
    return list(session.scalars(query.order_by(SalesOrder.id.desc()).limit(most)))


def _rows(session: Session, record: type[KnownT], ids: Collection[int]) -> Sequence[KnownT]:
    query = select(record).where(record.customer_id.in_(ids)).order_by(record.id)
    return session.scalars(query).all()


def _aliases(
    session: Session, ids: Collection[int]
) -> Sequence[tuple[CustomerAlias, Item]]:
    query = (
        select(CustomerAlias, Item)
        .join(Item, Item.id == CustomerAlias.item_id)
        .where(CustomerAlias.customer_id.in_(ids))
        .order_by(CustomerAlias.id)
    )
    return [(alias, item) for alias, item in session.execute(query)]


def _orders(session: Session, ids: Collection[int]) -> dict[int, int]:
    query = (
        select(SalesOrder.customer_id, func.count())
        .where(SalesOrder.customer_id.in_(ids))
        .group_by(SalesOrder.customer_id)
    )
    return {each: count for each, count in session.execute(query) if each is not None}
