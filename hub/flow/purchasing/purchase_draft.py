"""Purchase orders as they are written: by hand, or of all that is suggested of one supplier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.domain.purchasing import Purchase
from hub.flow.catalogue.suppliers import LONGEST_NOTE, check_cost, offer_of, supplier_of
from hub.flow.purchasing.purchase_order import NotNow, expect_state, open_order, tell
from hub.flow.refusal import Invalid, Missing
from hub.flow.stock.stock import check_quantity
from hub.models.locks import lock_items
from hub.models.numbers import next_number
from hub.models.purchasing.purchase_needs import suggestion_rows
from hub.models.records.items import Item
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A line to write: how much of an item; thousandths. What is None is as the supplier says."""

    item_id: int
    quantity: int
    expected_on: date | None = None
    unit_cost: UnitCost | None = None


def draft(
    session: Session,
    *,
    supplier_id: int,
    lines: Sequence[Wanted],
    note: str = "",
    who: str,
    now: datetime,
) -> int:
    """Write a purchase order nobody has sent yet, and give its id.

    :raises Missing: there is no such supplier or item.
    :raises Invalid: no line, an item twice, or a quantity or cost that cannot be.
    """
    supplier_of(session, supplier_id=supplier_id)
    if not lines:
        raise Invalid("Say what to order.", field="lines")
    if len({line.item_id for line in lines}) < len(lines):
        raise Invalid("An item is named twice: add its quantities up.", field="lines")
    lock_items(session, {line.item_id for line in lines})
    order = PurchaseOrder(
        number=f"PO-{next_number(session, 'purchase'):04d}",
        supplier_id=supplier_id,
        note=_note(note),
        created_at=now,
    )
    session.add(order)
    session.flush()
    for position, line in enumerate(lines):
        _write(session, order, line, known=None, field=f"lines.{position}")
    tell(session, order, "purchase_order.drafted", who=who, now=now)
    return order.id


def draft_suggested(
    session: Session,
    *,
    supplier_id: int,
    note: str = "",
    today: date,
    who: str,
    now: datetime,
) -> int:
    """Write a purchase order of all that is suggested of one supplier, and give its id.

    It looks again behind the items' locks, so of two people who press the button one is told
    that there is nothing left to order.

    :raises Missing: there is no such supplier.
    :raises NotNow: nothing is suggested there.
    """
    supplier = supplier_of(session, supplier_id=supplier_id)
    seen = {each.item_id for each in _suggested(session, supplier_id, today)}
    lock_items(session, seen)
    session.flush()
    session.expire_all()
    again = _suggested(session, supplier_id, today)
    lines = [each for each in again if each.item_id in seen]
    if not lines:
        raise NotNow(f"Nothing is to be ordered of {supplier.name} now.")
    return draft(session, supplier_id=supplier_id, lines=lines, note=note, who=who, now=now)


def change_line(
    session: Session,
    *,
    purchase_order_id: int,
    item_id: int,
    quantity: int | None = None,
    unit_cost: UnitCost | None = None,
    who: str,
    now: datetime,
) -> None:
    """Change the line of an item in a draft, or add one; None leaves what is there.

    A quantity of 0 takes the line out.

    :raises Missing: there is no such order or item.
    :raises NotNow: the order is no draft any more.
    :raises Invalid: a quantity or cost that cannot be, or the last line would go.
    """
    opened = open_order(session, purchase_order_id=purchase_order_id, also={item_id})
    expect_state(opened.order, Purchase.DRAFT)
    known = opened.lines.get(item_id)
    if quantity == 0 and known is not None:
        if len(opened.lines) == 1:
            raise Invalid("This is its last line: cancel the order.", field="quantity")
        session.delete(known)
        session.flush()
    else:
        there = known.quantity if known else 0
        line = Wanted(
            item_id=item_id,
            quantity=there if quantity is None else quantity,
            unit_cost=unit_cost,
        )
        _write(session, opened.order, line, known=known, field="")
    tell(session, opened.order, "purchase_order.changed", who=who, now=now)


def _suggested(session: Session, supplier_id: int, today: date) -> list[Wanted]:
    return [
        Wanted(item_id=row.item.id, quantity=row.suggestion.quantity)
        for row in suggestion_rows(session, today=today)
        if row.supplier is not None and row.supplier.id == supplier_id
    ]


def _write(
    session: Session,
    order: PurchaseOrder,
    wanted: Wanted,
    *,
    known: PurchaseLine | None,
    field: str,
) -> None:
    prefix = f"{field}." if field else ""
    check_quantity(wanted.quantity, field=f"{prefix}quantity")
    check_cost(wanted.unit_cost, field=f"{prefix}unit_cost")
    item = session.get(Item, wanted.item_id)
    if item is None:
        raise Missing("There is no such item.", field=f"{prefix}item")
    line = known or PurchaseLine(purchase_order_id=order.id, item_id=item.id)
    line.quantity = wanted.quantity
    if wanted.expected_on is not None:
        line.expected_on = wanted.expected_on
    cost = wanted.unit_cost
    if cost is None and known is None:
        cost = _cost_there(session, order, item=item)
    if cost is not None:
        line.unit_cost_micros, line.currency = cost.micros, cost.currency
    session.add(line)
    session.flush()


def _cost_there(session: Session, order: PurchaseOrder, *, item: Item) -> UnitCost | None:
    sold = offer_of(session, supplier_id=order.supplier_id, item=item)
    if sold is None or sold.unit_cost_micros is None:
        return None
    return UnitCost(micros=sold.unit_cost_micros, currency=sold.currency)


def _note(given: str) -> str:
    if len(given.strip()) > LONGEST_NOTE:
        raise Invalid(f"Write at most {LONGEST_NOTE} characters.", field="note")
    return given.strip()
