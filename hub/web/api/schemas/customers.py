"""Customers as the API takes and gives them."""

from typing import Annotated

from pydantic import Field

from hub.models.mail.customer_views import CustomerCard
from hub.models.records.orders import Customer
from hub.web.api.quantities import (
    MoneyIn,
    MoneyOut,
    Quantity,
    QuantityIn,
    quantity,
    shown_money,
)
from hub.web.api.shapes import Days, In, Name, Out, PageQuery, Pieces

Place = Annotated[str, Field(min_length=1, max_length=320)]
Locale = Annotated[str, Field(max_length=5, examples=["es"])]
Strict = Annotated[bool, Field(strict=True)]
MOST = 200


class CustomersQuery(PageQuery):
    """Which customers."""

    q: str = Field("", description="Part of a name, an address or a domain.")


class AliasIn(In):
    """What a customer calls an item."""

    text: Name
    item: Name
    quantity: QuantityIn = Field(
        QuantityIn(amount="1"), description="Of the item, for one of theirs."
    )


class PackIn(In):
    """How many pieces a customer's box, dozen or pallet holds."""

    unit: Name
    pieces: Pieces
    sku: str = Field("", max_length=200, description="Left out: whatever comes in it.")


class PriceIn(In):
    """What a customer pays for a piece."""

    sku: Name
    price: MoneyIn


class CustomerNew(In):
    """Somebody who orders by mail."""

    name: Name
    emails: list[Place] = Field([], max_length=MOST, description="Whose mail is theirs.")
    domains: list[Place] = Field([], max_length=MOST, description="All of it theirs.")
    auto_accept: Strict = Field(
        False, description="Their mails become orders by themselves from the first one on."
    )
    locale: Locale = ""
    aliases: list[AliasIn] = Field([], max_length=1_000)


class CustomerChange(In):
    """What changes of a customer; what is left out stays, a list replaces the whole list."""

    name: Name | None = None
    emails: list[Place] | None = Field(None, max_length=MOST)
    domains: list[Place] | None = Field(None, max_length=MOST)
    auto_accept: Strict | None = None
    always_review: Strict | None = Field(None, description="A person looks at every mail.")
    locale: Locale | None = None
    note: str | None = Field(None, max_length=2_000)
    min_remaining_days: Days | None = Field(
        None, description="Goods must keep so long when they leave."
    )
    notify: dict[str, Strict | None] | None = Field(
        None, description="By event: true or false; null is as the channel says."
    )
    aliases: list[AliasIn] | None = Field(None, max_length=1_000)
    packs: list[PackIn] | None = Field(None, max_length=1_000)
    prices: list[PriceIn] | None = Field(None, max_length=1_000)


class AliasOut(Out):
    """What a customer calls an item."""

    id: str
    text: str
    item: str
    quantity: Quantity


class PackOut(Out):
    """How many pieces a customer's unit holds."""

    id: str
    unit: str
    pieces: int
    sku: str


class PriceOut(Out):
    """What a customer pays for a piece."""

    id: str
    sku: str
    price: MoneyOut | None


class FormOut(Out):
    """How a customer's mails are laid out."""

    id: str
    name: str
    kind: str
    version: int
    definition: dict[str, object]


class BuyerOut(Out):
    """Who bought, as their order shows them."""

    id: str
    name: str
    email: str
    phone: str
    min_remaining_days: int


class CustomerOut(Out):
    """A buyer, where their mail comes from, and what they ask of everything sent to them."""

    id: str
    name: str
    email: str = Field(description="Where letters of ours go.")
    phone: str
    min_remaining_days: int
    emails: list[str]
    domains: list[str]
    auto_accept: bool
    always_review: bool
    locale: str
    note: str
    notify: dict[str, object]
    is_mail_bad: bool = Field(description="Whether letters to them keep coming back.")
    orders: int
    aliases: list[AliasOut]
    packs: list[PackOut]
    prices: list[PriceOut]
    forms: list[FormOut]


def show_buyer(customer: Customer) -> BuyerOut:
    """Write the buyer of an order."""
    return BuyerOut(
        id=str(customer.id),
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        min_remaining_days=customer.min_remaining_days or 0,
    )


def show_customer(card: CustomerCard) -> CustomerOut:
    """Write a customer."""
    customer = card.customer
    return CustomerOut(
        id=str(customer.id),
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        min_remaining_days=customer.min_remaining_days or 0,
        emails=card.emails,
        domains=card.domains,
        auto_accept=customer.auto_accept,
        always_review=customer.always_review,
        locale=customer.locale,
        note=customer.note,
        notify=dict(customer.notify),
        is_mail_bad=customer.mail_bad_at is not None,
        orders=card.orders,
        aliases=_aliases(card),
        packs=[
            PackOut(id=str(each.id), unit=each.unit, pieces=each.pieces, sku=each.sku_key)
            for each in card.packs
        ],
        prices=_prices(card),
        forms=_forms(card),
    )


def _aliases(card: CustomerCard) -> list[AliasOut]:
    return [
        AliasOut(
            id=str(alias.id),
            text=alias.text,
            item=item.code,
            quantity=quantity(alias.quantity, unit=item.unit),
        )
        for alias, item in card.aliases
    ]


def _prices(card: CustomerCard) -> list[PriceOut]:
    return [
        PriceOut(
            id=str(each.id),
            sku=each.sku_key,
            price=shown_money(each.price_minor, currency=each.currency),
        )
        for each in card.prices
    ]


def _forms(card: CustomerCard) -> list[FormOut]:
    return [
        FormOut(
            id=str(form.id),
            name=form.name,
            kind=form.kind,
            version=form.version,
            definition=dict(form.definition),
        )
        for form in card.forms
    ]
