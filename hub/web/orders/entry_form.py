"""What stands in the form of a new order: read as it was typed, so that nothing of it is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from secrets import token_urlsafe

from flask import request

from hub.models.by_id import MOST_DIGITS
from hub.models.orders.order_entry import Buyer
from hub.models.records.orders import SalesOrder
from hub.web.wording.formats import write_plain

MOST_LINES = 200
PEOPLE = ("name", "email", "phone")
PLACE = (
    "ship_name",
    "ship_company",
    "ship_line1",
    "ship_line2",
    "ship_postcode",
    "ship_city",
    "ship_region",
    "ship_country",
    "ship_phone",
)
WISHES = ("number", "requested_on", "priority", "currency", "note")
WORDS = ("key", "q", *PEOPLE, *PLACE, *WISHES)
ONE = "1"
"""How many somebody means who says none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One line as it is typed."""

    at: int
    """Its number in the names of its fields."""
    sku: str = ""
    quantity: str = ONE
    price: str = ""
    as_it_is: bool = False
    """Whether it is right although nobody here knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The whole form."""

    said: Mapping[str, str] = field(default_factory=dict)
    customer_id: int | None = None
    lines: tuple[EntryLine, ...] = (EntryLine(at=1),)

    def __getitem__(self, name: str) -> str:
        """Return what a field holds."""
        return self.said.get(name, "")

    def filled(self) -> list[EntryLine]:
        """Return the lines in which something is asked for."""
        return [line for line in self.lines if line.sku]

    def with_room(self) -> "Entry":
        """Add an empty line, unless the last one is."""
        if not self.lines or self.lines[-1].sku:
            at = max((line.at for line in self.lines), default=0) + 1
            return replace(self, lines=(*self.lines, EntryLine(at=at)))
        return self

    def of(self, buyer: Buyer) -> "Entry":
        """Let it be the order of somebody known, to where their last one went."""
        customer, place = buyer.customer, buyer.ship_to
        told = {name: getattr(customer, name) for name in PEOPLE}
        told |= {
            name: getattr(place, name.removeprefix("ship_")) if place else ""
            for name in PLACE
        }
        if buyer.last and buyer.last.currency:
            told["currency"] = buyer.last.currency
        return replace(self, said={**self.said, **told, "q": ""}, customer_id=customer.id)

    def of_nobody(self) -> "Entry":
        """Take the customer away again."""
        gone = dict.fromkeys((*PEOPLE, *PLACE), "")
        return replace(self, said={**self.said, **gone}, customer_id=None)

    def like(self, order: SalesOrder) -> "Entry":
        """Take the lines of an order, as they were wanted."""
        wanted = [line for line in order.lines if line.ordered > line.cancelled]
        first = max((line.at for line in self.lines), default=0) + 1
        lines = tuple(
            EntryLine(
                at=at,
                sku=line.sku or line.title,
                quantity=str(line.ordered - line.cancelled),
                price=write_plain(line.unit_price_minor, order.currency),
                as_it_is=line.state != "mapped",
            )
            for at, line in enumerate(wanted[:MOST_LINES], start=first)
        )
        return replace(self, lines=(*self.filled(), *lines))


def new_entry(*, currency: str) -> Entry:
    """Begin an empty form with a key of its own."""
    said = {"key": token_urlsafe(16), "priority": "100", "currency": currency}
    return Entry(said=said)


def sent_entry() -> Entry:
    """Return the form as it was sent."""
    said = {name: request.form.get(name, "").strip() for name in WORDS}
    customer_id = request.form.get("customer_id", "")
    is_id = (
        customer_id.isascii() and customer_id.isdigit() and len(customer_id) <= MOST_DIGITS
    )
    return Entry(
        said={name: value.replace("\x00", "") for name, value in said.items()},
        customer_id=int(customer_id) if is_id else None,
        lines=tuple(_lines()),
    )


def _lines() -> Iterator[EntryLine]:
    numbers = {_number(name) for name in request.form} - {0}
    for at in sorted(numbers)[:MOST_LINES]:
        yield EntryLine(
            at=at,
            sku=request.form.get(f"sku-{at}", "").strip().replace("\x00", ""),
            quantity=request.form.get(f"quantity-{at}", "").strip() or ONE,
            price=request.form.get(f"price-{at}", "").strip(),
            as_it_is=bool(request.form.get(f"as_it_is-{at}")),
        )


def _number(name: str) -> int:
    kind, _, number = name.partition("-")
    is_line = kind == "sku" and number.isascii() and number.isdigit() and len(number) <= 6
    return int(number) if is_line else 0
