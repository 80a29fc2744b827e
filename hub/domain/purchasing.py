"""What to buy, of whom, how much, and when at the latest; and the steps of a purchase order."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hub.domain.states import Steps

PER_UNIT = 1000
"""Thousandths in one base unit, which a unit cost is for."""


class Purchase(StrEnum):
    """How far a purchase order is."""

    DRAFT = "draft"
    ORDERED = "ordered"
    RECEIVED = "received"
    CANCELLED = "cancelled"


PURCHASE_STEPS: Steps[Purchase] = {
    Purchase.DRAFT: frozenset({Purchase.ORDERED, Purchase.CANCELLED}),
    Purchase.ORDERED: frozenset({Purchase.RECEIVED, Purchase.CANCELLED}),
    Purchase.RECEIVED: frozenset(),
    Purchase.CANCELLED: frozenset(),
}

PURCHASE_UNDO: Steps[Purchase] = {
    Purchase.DRAFT: frozenset(),
    Purchase.ORDERED: frozenset(),
    Purchase.RECEIVED: frozenset({Purchase.ORDERED}),
    Purchase.CANCELLED: frozenset(),
}
"""The step back when a receipt was a mistake: more is to come again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """So much of an item is covered by nothing, neither in the house nor on its way."""

    quantity: int
    """Thousandths."""
    needed_on: date | None
    """None: it is for stock, or nobody said when."""
    waiting: str = ""
    """The number of the order or run that waits; empty when it is for stock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """How one supplier sells an item."""

    supplier_id: int
    lead_time_days: int | None
    """Their own, else the item's; None when nobody said."""
    smallest: int = 0
    multiple: int = 1
    unit_cost_micros: int | None = None
    currency: str = ""
    is_preferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What is to be bought of one item, before it is decided of whom."""

    item_id: int
    lacks: tuple[Lack, ...]
    written: int = 0
    """What drafts already hold of it, and orders the planner has not seen yet; thousandths."""
    keeps_days: int | None = None
    """Days it is good for after it came, less what buyers must still have of it."""
    lead_time_days: int | None = None
    """The item's own, where nobody sells it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What to order now of one item; quantities in thousandths."""

    item_id: int
    offer: Offer | None
    """None: nobody is known who sells it."""
    missing: int
    quantity: int
    """`missing`, as the supplier sells it: at least the smallest, in whole packs."""
    needed_on: date | None
    """The first day somebody needs it."""
    order_by: date | None
    """The last day an order comes in time for that."""
    is_late: bool
    """Whether that day is over."""
    expected_on: date | None
    """When it would come if it were ordered today; None when nobody knows."""
    fresh_from: date | None
    """Ordered before this day it would be too old for the last who waits; None: it keeps."""
    waiting: tuple[str, ...]
    cost_micros: int | None
    """Of the whole quantity, millionths of the currency's main unit; None when unknown."""
    currency: str

    @property
    def surplus(self) -> int:
        """What the supplier's sizes make us buy beyond what is missing."""
        return self.quantity - self.missing


def order_quantity(short: int, *, smallest: int, multiple: int) -> int:
    """Raise what is short to what a supplier sells: at least `smallest`, in whole `multiple`s.

    Nothing short is nothing to order. All in thousandths; `multiple` is above zero.
    """
    if short <= 0:
        return 0
    return -(-max(short, smallest) // multiple) * multiple


def preferred(offers: Iterable[Offer]) -> Offer | None:
    """Choose of whom to buy: the one a person prefers, else the quickest, else the cheapest.

    Whoever says no lead time or no cost comes after all who do.
    """
    return min(offers, key=_rank, default=None)


def _rank(offer: Offer) -> tuple[bool, bool, int, bool, int, int]:
    lead, cost = offer.lead_time_days, offer.unit_cost_micros
    return (
        not offer.is_preferred,
        lead is None,
        lead or 0,
        cost is None,
        cost or 0,
        offer.supplier_id,
    )


def suggest(
    missing: Missing, *, offers: Collection[Offer], today: date
) -> Suggestion | None:
    """Say what to order of an item, and when; None when nothing of it is to be ordered.

    What drafts already hold is taken off those who need it first, so the day is that of the first
    who would still go without.
    """
    open_lacks = _without(missing.lacks, written=missing.written)
    short = sum(lack.quantity for lack in open_lacks)
    if short <= 0:
        return None
    offer = preferred(offers)
    lead = offer.lead_time_days if offer else missing.lead_time_days
    days = [lack.needed_on for lack in open_lacks if lack.needed_on is not None]
    order_by = _back(min(days, default=None), days=lead)
    fresh_from = _fresh_from(days, keeps=missing.keeps_days, lead=lead)
    quantity = short
    if offer is not None:
        quantity = order_quantity(short, smallest=offer.smallest, multiple=offer.multiple)
    return Suggestion(
        item_id=missing.item_id,
        offer=offer,
        missing=short,
        quantity=quantity,
        needed_on=min(days, default=None),
        order_by=order_by,
        is_late=order_by is not None and order_by < today,
        expected_on=None if lead is None else today + timedelta(days=lead),
        fresh_from=fresh_from if fresh_from is not None and fresh_from > today else None,
        waiting=tuple(dict.fromkeys(lack.waiting for lack in open_lacks if lack.waiting)),
        cost_micros=cost_of(quantity, unit_cost_micros=offer.unit_cost_micros)
        if offer
        else None,
        currency=offer.currency if offer else "",
    )


def cost_of(quantity: int, *, unit_cost_micros: int | None) -> int | None:
    """Say what thousandths cost at a price for one base unit, to the nearest millionth."""
    if unit_cost_micros is None:
        return None
    return (2 * quantity * unit_cost_micros + PER_UNIT) // (2 * PER_UNIT)


def _without(lacks: Sequence[Lack], *, written: int) -> list[Lack]:
    """Leave out what is written on a draft already, the most urgent first, stock last."""
    left: list[Lack] = []
    for lack in sorted(lacks, key=lambda each: (each.needed_on or date.max, each.waiting)):
        given = min(max(0, written), lack.quantity)
        written -= given
        if lack.quantity > given:
            left.append(
                Lack(
                    quantity=lack.quantity - given,
                    needed_on=lack.needed_on,
                    waiting=lack.waiting,
                )
            )
    return left


def days_before(day: date, *, days: int) -> date:
    """Go back so many days, as far as there are any: 0001-01-01 is asked for too."""
    return date.fromordinal(max(day.toordinal() - days, 1))


def _back(day: date | None, *, days: int | None) -> date | None:
    return None if day is None or days is None else days_before(day, days=days)


def _fresh_from(
    days: Sequence[date], *, keeps: int | None, lead: int | None
) -> date | None:
    if keeps is None or not days:
        return None
    return days_before(max(days), days=keeps + (lead or 0))


def is_over(lines: Iterable[tuple[int, int, bool]]) -> bool:
    """Say whether nothing more is to come: of each line what was ordered, received, closed."""
    return all(closed or received >= ordered for ordered, received, closed in lines)
