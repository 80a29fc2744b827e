"""A mail as a person left it, entered by the same door as one that passed by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.mail_dates import NotOneDay, read_day
from hub.domain.mail.mail_places import whole_address
from hub.domain.mail.mail_price import (
    currency_code,
    currency_in,
    decimal_mark,
    in_minor,
    read_price,
)
from hub.domain.mail.review_lines import ReadLine
from hub.domain.mail.review_rule import Taken
from hub.flow.reviews.review_change import Wanted
from hub.flow.reviews.review_lines import PIECE, Settled
from hub.models.records.items import Item
from hub.models.records.mails import Review
from hub.models.records.orders import Customer
from mapping.canonical import Address, Money
from mapping.letter import Draft, Letter, Source


def taken(
    review: Review,
    letter: Letter,
    *,
    customer: Customer,
    lines: Sequence[Settled],
    ship_to: Address | None,
    requested_on: date | None,
    is_day_said: bool,
    today: date,
) -> Taken:
    """Say what the order is: the lines as the person left them, the rest as it was read.

    What the person left alone and cannot be read for certain (a day, a place, a price) is not
    there: it is not guessed now either.
    """
    draft = _draft(letter)
    priced = [price_of(letter, line.read, customer=customer) for line in lines]
    currencies = {price.currency for price in priced if price is not None}
    currency = currencies.pop() if len(currencies) == 1 else ""
    return Taken(
        lines=tuple(_line(number, line) for number, line in enumerate(lines, start=1)),
        prices=tuple(price.minor if price and currency else None for price in priced),
        source=draft.source if draft else Source.TEXT,
        po=review.order_ref,
        requested_on=requested_on if is_day_said else _day(letter, today=today),
        ship_to=ship_to or _place(letter),
        currency=currency,
        note=draft.note if draft else "",
    )


def wanted_of(session: Session, order: Taken) -> list[Wanted]:
    """Say the lines of an order as what one that is there shall hold."""
    codes = {line.item for line in order.lines}
    query = select(Item.code, Item.id).where(Item.code.in_(codes))
    items = {code: item_id for code, item_id in session.execute(query)}
    return [
        Wanted(
            item_id=items.get(line.item),
            sku=line.item,
            quantity=line.quantity or 0,
            per_piece=line.per_piece,
            title=line.title,
        )
        for line in order.lines
    ]


def price_of(letter: Letter, read: ReadLine | None, *, customer: Customer) -> Money | None:
    """Return what a line says one piece costs; None where it says nothing that is certain."""
    if read is None or not read.price:
        return None
    mark = decimal_mark(customer.locale or letter.language)
    amount = read_price(read.price, mark=mark)
    currency = currency_in(read.price) or _currency(letter, read)
    if amount is None or not currency:
        return None
    minor = in_minor(amount, currency=currency)
    return Money(minor=int(minor), currency=currency) if minor.denominator == 1 else None


def _line(number: int, line: Settled) -> ReadLine:
    read = line.read or ReadLine(position=number, text="")
    return replace(
        read,
        position=number,
        item=line.sku,
        quantity=line.quantity,
        per_piece=line.per_piece,
        title=line.title,
        via="sku" if line.per_piece == PIECE else "alias",
        problem="",
        suggestions=(),
    )


def _draft(letter: Letter) -> Draft | None:
    return next((draft for draft in letter.drafts if draft.lines), None)


def _currency(letter: Letter, read: ReadLine) -> str:
    """Return the currency that is said once for the whole draft the line is of."""
    of_part = (draft.currency for draft in letter.drafts if draft.part == read.part)
    return currency_code(next(of_part, ""))


def _place(letter: Letter) -> Address | None:
    stated = (draft.ship_to for draft in letter.drafts if draft.ship_to is not None)
    first = next(stated, None)
    return whole_address(first) if first is not None else None


def _day(letter: Letter, *, today: date) -> date | None:
    found: set[date] = set()
    for draft in letter.drafts:
        try:
            day = read_day(draft.requested, today=today)
        except NotOneDay:
            return None
        found |= {day} if day is not None else set()
    return found.pop() if len(found) == 1 else None
