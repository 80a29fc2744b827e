"""Customers as the API takes and gives them."""

from hub.models.orders import Customer
from hub.web.api.shapes import Days, In, Out


class CustomerChange(In):
    """What is to change of a customer."""

    min_remaining_days: Days


class CustomerOut(Out):
    """A buyer, and what they ask of everything sent to them."""

    id: str
    name: str
    email: str
    phone: str
    min_remaining_days: int


def show_customer(customer: Customer) -> CustomerOut:
    """Write a customer."""
    return CustomerOut(
        id=str(customer.id),
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        min_remaining_days=customer.min_remaining_days or 0,
    )
