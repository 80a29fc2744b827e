"""Orders as the API takes and gives them."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, AliasChoices, Field, model_validator
from pydantic_core import PydanticCustomError

from hub.domain.orders.phase import Phase
from hub.models.orders.order_facts import DemandRow, LineRow
from hub.models.orders.order_shortages import Lack
from hub.models.orders.order_views import OrderPage
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import Address, Customer, SalesOrder
from hub.models.records.planning import Promise
from hub.web.api.quantities import (
    MoneyIn,
    MoneyOut,
    Quantity,
    quantity,
    shown_money,
)
from hub.web.api.schemas.customers import BuyerOut, show_buyer
from hub.web.api.schemas.shortages import ShortageOut, show_shortage
from hub.web.api.shapes import Day, In, Out, PageQuery, Pieces

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,63}")
MOST_LINES = 250


def checked_email(given: str) -> str:
    """Return an e-mail address, or nothing, as it was written; refuse anything else."""
    if given and not EMAIL.fullmatch(given):
        raise PydanticCustomError("email", "Write an address such as ana@example.com.")
    return given


def _country(given: str) -> str:
    return given.upper() if len(given) == 2 else given


class CustomerIn(In):
    """Who bought."""

    name: str = Field(min_length=1, max_length=300)
    email: Annotated[str, AfterValidator(checked_email)] = Field("", max_length=254)
    phone: str = Field("", max_length=50)


class AddressIn(In):
    """Where the order goes."""

    name: str = Field("", max_length=300)
    company: str = Field("", max_length=300)
    line1: str = Field(
        "", max_length=300, validation_alias=AliasChoices("line1", "address1")
    )
    line2: str = Field(
        "", max_length=300, validation_alias=AliasChoices("line2", "address2")
    )
    city: str = Field("", max_length=300)
    region: str = Field(
        "", max_length=300, validation_alias=AliasChoices("region", "province", "state")
    )
    postcode: str = Field(
        "", max_length=30, validation_alias=AliasChoices("postcode", "postal_code", "zip")
    )
    country: Annotated[str, AfterValidator(_country)] = Field(
        "", max_length=100, validation_alias=AliasChoices("country", "country_code")
    )
    phone: str = Field("", max_length=50)


class OrderLineIn(In):
    """Pieces of something: of a SKU, or of an item counted in pieces by its code."""

    sku: str = Field("", max_length=200)
    item: str = Field("", max_length=200)
    quantity: Pieces
    unit_price: MoneyIn | None = None

    @model_validator(mode="after")
    def _one_name(self) -> "OrderLineIn":
        if bool(self.sku.strip()) == bool(self.item):
            raise PydanticCustomError("one_name", "Give either its sku or its item.")
        return self


class OrderIn(In):
    """An order that somebody took by hand."""

    number: str = Field("", max_length=100, description="Your own; entered only once.")
    customer: CustomerIn
    ship_to: AddressIn | None = None
    requested_on: Day | None = None
    note: str = Field("", max_length=2_000)
    lines: list[OrderLineIn] = Field(min_length=1, max_length=MOST_LINES)


class OrderQuery(PageQuery):
    """Which orders."""

    phase: Phase | None = None
    channel: str = Field(
        "", description="Such as `shopify`, or the id of one channel account."
    )
    external_id: str = Field(
        "", description="The channel's id; a GID counts as its last part."
    )
    q: str = Field(
        "", description="Part of a number or external id, or of the buyer's name."
    )
    at_risk: bool = Field(False, description="Only those that will miss their date.")


class OrderOut(Out):
    """An order in a list."""

    id: str
    number: str
    channel: str
    channel_id: str
    external_id: str
    external_number: str
    phase: str
    hold_reasons: list[str]
    intent: str
    priority: int = Field(description="Lower goes first; 100 is everybody's.")
    is_test: bool
    placed_at: datetime
    requested_on: date | None
    promised_on: date | None
    earliest_on: date | None
    at_risk: bool = Field(description="Whether `promised_on` cannot be kept.")
    risk: dict[str, str | int | None] = Field(
        description="What makes it late: a reason of its promise, and by how many days."
    )


class LinkOut(Out):
    """What a production order makes for a line."""

    production_order: str
    number: str
    state: str
    planned: Quantity
    done: Quantity


class DemandOut(Out):
    """What a line asks for of one item."""

    item: str
    quantity: Quantity = Field(description="In all, what was shipped included.")
    shipped: Quantity
    allocated: Quantity = Field(description="Held in lots for it.")
    linked: list[LinkOut]
    short: Quantity


class LineOut(Out):
    """One line, in whole pieces of what was sold."""

    id: str
    external_id: str
    sku: str
    title: str
    variant: str
    kind: str
    ordered: int
    cancelled: int
    shipped: int
    sent_elsewhere: int = Field(
        description="Sent beyond our shipments, as the channel counts."
    )
    state: str
    listing: str | None
    unit_price: MoneyOut | None
    demands: list[DemandOut]


class PromiseOut(Out):
    """What the buyer can be told."""

    earliest_on: date | None
    committed_on: date | None
    reasons: list[dict[str, str | int | None]]


class EventOut(Out):
    """Something that happened."""

    at: datetime
    what: str
    why: str
    who: str
    subject: str
    from_state: str
    to_state: str


class Totals(Out):
    """The order in figures."""

    total: MoneyOut | None = Field(description="As the channel states it.")
    ordered: int
    cancelled: int
    shipped: int


class OrderDetail(OrderOut):
    """An order with all that hangs on it."""

    payment: str
    release: str
    note: str
    tags: list[str]
    lines: list[LineOut]
    shortages: list[ShortageOut]
    promise: PromiseOut
    timeline: list[EventOut] = Field(description="Oldest first.")
    totals: Totals


class AddressOut(Out):
    """Where it goes."""

    name: str
    company: str
    line1: str
    line2: str
    city: str
    region: str
    postcode: str
    country: str
    phone: str


class OrderWithPeople(OrderDetail):
    """An order and, for roles that need to know, who bought it and where it goes."""

    customer: BuyerOut | None
    ship_to: AddressOut | None
    status_url: str = Field("", description="The page its buyer sees it on.")


def show_order(order: SalesOrder, *, channel: str) -> OrderOut:
    """Write an order for a list."""
    return OrderOut(
        id=str(order.id),
        number=order.number,
        channel=channel,
        channel_id=str(order.account_id),
        external_id=order.external_id,
        external_number=order.external_number,
        phase=order.phase,
        hold_reasons=[str(each) for each in order.hold_reasons],
        intent=order.intent,
        priority=order.priority,
        is_test=order.is_test,
        placed_at=order.placed_at,
        requested_on=order.requested_on,
        promised_on=order.promised_on,
        earliest_on=order.earliest_on,
        at_risk=order.is_at_risk,
        risk={name: _plain(value) for name, value in order.risk.items()},
    )


def show_detail(
    page: OrderPage, *, items: dict[int, Item], shortages: list[Lack]
) -> OrderDetail:
    """Write an order with all that hangs on it, but nobody's name."""
    order, lines = page.facts.order, page.facts.lines
    return OrderDetail(
        **dict(show_order(order, channel=page.account.channel)),
        payment=order.payment,
        release=order.release,
        note=order.note,
        tags=[str(each) for each in order.tags],
        lines=[_line(row, page=page, items=items) for row in lines],
        shortages=[show_shortage(each) for each in shortages],
        promise=_promise(page.promise),
        timeline=[_event(event) for event in page.events],
        totals=Totals(
            total=shown_money(order.total_minor, currency=order.currency),
            ordered=sum(row.line.ordered for row in lines),
            cancelled=sum(row.line.cancelled for row in lines),
            shipped=sum(row.line.shipped for row in lines),
        ),
    )


def with_people(
    detail: OrderDetail,
    *,
    customer: Customer | None,
    ship_to: Address | None,
    status_url: str,
) -> OrderWithPeople:
    """Add to an order who bought it, where it goes, and what its buyer sees."""
    return OrderWithPeople(
        **dict(detail),
        customer=show_buyer(customer) if customer else None,
        ship_to=AddressOut(
            **{name: getattr(ship_to, name) for name in AddressOut.model_fields}
        )
        if ship_to
        else None,
        status_url=status_url,
    )


def _line(row: LineRow, *, page: OrderPage, items: dict[int, Item]) -> LineOut:
    line = row.line
    currency = page.facts.order.currency
    return LineOut(
        id=str(line.id),
        external_id=line.external_id,
        sku=line.sku,
        title=line.title,
        variant=line.variant_title,
        kind=line.kind,
        ordered=line.ordered,
        cancelled=line.cancelled,
        shipped=line.shipped,
        sent_elsewhere=line.sent_elsewhere,
        state=line.state,
        listing=None if line.listing_id is None else str(line.listing_id),
        unit_price=shown_money(line.unit_price_minor, currency=currency),
        demands=[_demand(each, page=page, items=items) for each in row.demands],
    )


def _demand(row: DemandRow, *, page: OrderPage, items: dict[int, Item]) -> DemandOut:
    item = items[row.item_id]

    def shown(of: int) -> Quantity:
        return quantity(of, unit=item.unit)

    return DemandOut(
        item=item.code,
        quantity=shown(row.open + row.shipped),
        shipped=shown(row.shipped),
        allocated=shown(row.allocated),
        linked=[
            LinkOut(
                production_order=str(run.id),
                number=run.number,
                state=run.state,
                planned=shown(link.planned),
                done=shown(link.done),
            )
            for link, run in page.links.get(row.id, ())
            if link.planned or link.done
        ],
        short=shown(row.short),
    )


def _promise(promise: Promise | None) -> PromiseOut:
    if promise is None:
        return PromiseOut(earliest_on=None, committed_on=None, reasons=[])
    return PromiseOut(
        earliest_on=promise.earliest_on,
        committed_on=promise.committed_on,
        reasons=[
            {str(name): _plain(value) for name, value in each.items()}
            for each in promise.reasons
            if isinstance(each, dict)
        ],
    )


def _plain(value: object) -> str | int | None:
    return value if value is None or isinstance(value, str | int) else str(value)


def _event(event: History) -> EventOut:
    return EventOut(
        at=event.at,
        what=event.what,
        why=event.why,
        who=event.who,
        subject=event.subject,
        from_state=event.from_state,
        to_state=event.to_state,
    )
