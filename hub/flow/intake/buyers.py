"""The buyer and the address of an order, kept apart from it so that they can be forgotten alone."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.orders import Address, Customer, SalesOrder
from mapping.canonical import Address as CanonicalAddress
from mapping.canonical import Customer as CanonicalCustomer
from mapping.canonical import Order


def keep_people(
    session: Session, made: SalesOrder, order: Order, *, customer_id: int | None = None
) -> None:
    """Store who bought and where it goes; a person already forgotten stays forgotten.

    With `customer_id` the buyer is somebody we know, whatever the order calls them.
    """
    if order.ship_to is not None:
        made.ship_to_id = _address(session, made, order.ship_to).id
    if customer_id is not None:
        made.customer_id = customer_id
    elif order.customer is not None:
        made.customer_id = _customer(session, made, order.customer).id


def _address(session: Session, made: SalesOrder, stated: CanonicalAddress) -> Address:
    address = session.get(Address, made.ship_to_id) if made.ship_to_id else None
    if address is None:
        address = Address()
        session.add(address)
    if address.redacted_at is None:
        _copy(stated, address)
    session.flush()
    return address


def _customer(session: Session, made: SalesOrder, stated: CanonicalCustomer) -> Customer:
    customer = session.get(Customer, made.customer_id) if made.customer_id else None
    if customer is None and stated.external_id:
        known = select(Customer).filter_by(
            account_id=made.account_id, external_id=stated.external_id
        )
        customer = session.scalar(known.order_by(Customer.id).limit(1))
    if customer is None:
        customer = Customer(account_id=made.account_id)
        session.add(customer)
    if customer.redacted_at is None:
        _copy(stated, customer)
    session.flush()
    return customer


def _copy(stated: CanonicalAddress | CanonicalCustomer, record: Address | Customer) -> None:
    for name, value in asdict(stated).items():
        setattr(record, name, value)
