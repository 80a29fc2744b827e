"""A new version of an order that is ours: what a mail asked for and a person agreed to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.states import Intent
from hub.flow.intake.upsert import upsert_order
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.locks import lock_order_key
from hub.models.mail.review_views import lines_of_order
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from mapping.canonical import Line, LineKind, Money, Order, Payment, Release
from mapping.listing import sku_key

INSTANT = timedelta(microseconds=1)
"""So that what a person says now is newer than whatever came in with it."""
OURS = ("email", "manual")
"""Channels whose orders nobody else keeps; a shop's order changes at the shop."""


class ChangedElsewhere(Refusal):
    """A shop keeps this order: it has to be changed there."""


class LeftAlready(Refusal):
    """More of a line was sent than would still be ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How many pieces of one thing an order is to hold in all; none takes it out."""

    item_id: int | None
    sku: str
    quantity: int
    per_piece: int = 1000
    """Thousandths of the item that one is."""
    title: str = ""


def apply_change(
    session: Session,
    *,
    order_id: int,
    wanted: Sequence[Wanted],
    is_whole: bool = False,
    requested_on: date | None,
    who: str,
    now: datetime,
) -> None:
    """Make a new version of an order with these quantities; lines not named stay as they are.

    `is_whole` says that these are all its lines: of the others, what was not sent is taken out.

    :raises ChangedElsewhere: the order is a shop's.
    :raises LeftAlready: more was sent than is to be ordered.
    :raises Refusal: the order is cancelled.
    :raises Missing: there is no such order.
    """
    order = session.get(SalesOrder, order_id)
    if order is None:
        raise Missing("There is no such order.", field="order")
    account = session.get_one(ChannelAccount, order.account_id)
    if account.channel not in OURS:
        raise ChangedElsewhere(f"{order.number} has to be changed at {account.name}.")
    lock_order_key(session, account_id=account.id, external_id=order.external_id)
    session.refresh(order)
    if order.intent == Intent.CANCELLED:
        raise Refusal(f"{order.number} was cancelled.")
    rows = lines_of_order(session, order_id=order_id)
    lines = _lines(session, rows, wanted, is_whole=is_whole)
    stated = _stated(order, lines, requested_on=requested_on, now=now)
    upsert_order(
        session,
        account=account,
        order=stated,
        who=who,
        now=now,
        customer_id=order.customer_id,
    )


def _lines(
    session: Session,
    rows: Sequence[OrderLine],
    wanted: Sequence[Wanted],
    *,
    is_whole: bool,
) -> list[Line]:
    items = _items_of(session, rows)
    asked: dict[int, Wanted] = {}
    added: list[Wanted] = []
    for place, each in enumerate(wanted):
        row = _row_of(rows, each, items=items)
        if row is None:
            added.append(each)
        elif row.id in asked:
            raise Invalid("This is said twice.", field=f"lines.{place}")
        else:
            asked[row.id] = each
    kept = [_line(row, asked.get(row.id), is_whole=is_whole) for row in rows]
    return [*kept, *(_new(each, len(rows) + n) for n, each in enumerate(added, start=1))]


def _items_of(
    session: Session, rows: Sequence[OrderLine]
) -> Mapping[int, Mapping[int, int]]:
    """Return what a piece of each line is: thousandths by item."""
    found: dict[int, dict[int, int]] = {row.id: {} for row in rows}
    query = select(Demand).where(Demand.order_line_id.in_(found))
    for demand in session.scalars(query):
        found[demand.order_line_id][demand.item_id] = demand.per_piece
    return found


def _row_of(
    rows: Sequence[OrderLine], wanted: Wanted, *, items: Mapping[int, Mapping[int, int]]
) -> OrderLine | None:
    """Find the line that is meant: of the same SKU, else the only one of so much of the item."""
    same = [row for row in rows if row.sku and sku_key(row.sku) == sku_key(wanted.sku)]
    if not same and wanted.item_id is not None:
        same = [row for row in rows if items[row.id] == {wanted.item_id: wanted.per_piece}]
    if len(same) > 1:
        raise Invalid(
            f"“{wanted.sku}” is on {len(same)} lines of the order.", field="lines"
        )
    return same[0] if same else None


def _line(row: OrderLine, wanted: Wanted | None, *, is_whole: bool) -> Line:
    ordered, cancelled = row.ordered, row.cancelled
    left = row.shipped + row.sent_elsewhere
    if wanted is None and is_whole:
        cancelled = ordered - min(left, ordered)
    if wanted is not None:
        if wanted.quantity < left:
            raise LeftAlready(f"Of “{row.title or row.sku}” {left} left already.")
        ordered = max(row.ordered, wanted.quantity)
        cancelled = ordered - wanted.quantity
    price = row.unit_price_minor
    return Line(
        external_id=row.external_id,
        kind=LineKind(row.kind),
        title=row.title,
        ordered=ordered,
        cancelled=cancelled,
        fulfilled=row.shown_sent or 0,
        sku=row.sku,
        product_id=row.product_id,
        variant_id=row.variant_id,
        variant_title=row.variant_title,
        unit_price=None if price is None else Money(minor=price, currency=""),
    )


def _new(wanted: Wanted, position: int) -> Line:
    if wanted.quantity < 1:
        raise Invalid(f"“{wanted.sku}” is on no line of the order.", field="lines")
    return Line(
        external_id=f"changed-{position}",
        kind=LineKind.PRODUCT,
        title=wanted.title,
        ordered=wanted.quantity,
        sku=wanted.sku,
    )


def _stated(
    order: SalesOrder, lines: Sequence[Line], *, requested_on: date | None, now: datetime
) -> Order:
    """State an order as it is kept, with other lines. Its total is no longer known."""
    return Order(
        external_id=order.external_id,
        number=order.external_number,
        placed_at=order.placed_at,
        updated_at=max(now, order.remote_updated_at + INSTANT),
        payment=Payment(order.payment),
        release=Release(order.release),
        lines=tuple(lines),
        currency=order.currency,
        requested_on=requested_on or order.requested_on,
        note=order.note,
        tags=tuple(str(tag) for tag in order.tags),
        po_number=order.po_number,
        ship_method=order.ship_method,
        is_test=order.is_test,
    )
