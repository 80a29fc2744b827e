"""Goods that come in against a purchase order: each delivery as lots, each with its own facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy.orm import Session

from hub.domain.making.cost import UnitCost
from hub.domain.purchasing import Purchase
from hub.flow.purchasing.purchase_order import (
    Opened,
    expect_state,
    is_open,
    line_of,
    open_order,
    settle,
)
from hub.flow.refusal import Invalid, Refusal, SomebodyWasFirst
from hub.flow.stock.stock import receive as receive_lot
from hub.models.records.history import record
from hub.models.records.purchasing import PurchaseLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """So much of an item came, of one lot of the supplier; thousandths."""

    item_id: int
    quantity: int
    code: str | None = None
    best_before: date | None = None
    supplier_lot: str = ""
    unit_cost: UnitCost | None = None
    """None: as it was ordered."""
    seen: int | None = None
    """What the person saw as received before; None: they did not look."""


def receive(
    session: Session,
    *,
    purchase_order_id: int,
    arrived: Sequence[Arrived] | None,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
) -> list[int]:
    """Take in what came of an order, each part as a lot of its own, and give the lots' ids.

    None is all that is still to come, as it was ordered.

    Less than ordered leaves the rest on its way; more is taken in and shown as such, since it is
    there. What comes late, after the order counted as received, is still of this order. Whoever
    waited is planned with it.

    :raises Missing: there is no such order.
    :raises NotNow: it was never placed, or was cancelled.
    :raises Invalid: nothing came, an item is not in the order, or a part cannot be so.
    :raises CodeTaken: the item already has a lot of that code.
    :raises SomebodyWasFirst: more came in since the person looked.
        What one part is refused for names the part, counted from 0: "lines.0.code".
    """
    opened = open_order(session, purchase_order_id=purchase_order_id)
    expect_state(opened.order, Purchase.ORDERED, Purchase.RECEIVED)
    if arrived is None:
        arrived = [_all_of(line) for line in opened.lines.values() if is_open(line)]
    if not arrived:
        raise Invalid("Say what came.", field="lines")
    before = {item_id: line.received for item_id, line in opened.lines.items()}
    lots: list[int] = []
    for position, part in enumerate(arrived):
        try:
            lots.append(
                _take_in(session, opened, part, before=before, who=who, now=now, zone=zone)
            )
        except Refusal as refusal:
            part_of_it = refusal.field.removeprefix("lines")
            refusal.field = f"lines.{position}.{part_of_it}".rstrip(".")
            raise
    record(
        session,
        at=now,
        who=who,
        subject="purchase_order",
        subject_id=opened.order.id,
        what="purchase_order.arrived",
        detail={"lots": lots},
    )
    settle(session, opened, who=who, now=now)
    return lots


def _all_of(line: PurchaseLine) -> Arrived:
    return Arrived(item_id=line.item_id, quantity=line.quantity - line.received)


def _take_in(
    session: Session,
    opened: Opened,
    part: Arrived,
    *,
    before: dict[int, int],
    who: str,
    now: datetime,
    zone: tzinfo,
) -> int:
    line = line_of(opened, item_id=part.item_id)
    if part.seen is not None and part.seen != before[part.item_id]:
        raise SomebodyWasFirst(f"More of {opened.order.number} came in: look again.")
    lot_id = receive_lot(
        session,
        item_id=part.item_id,
        quantity=part.quantity,
        code=part.code,
        best_before=part.best_before,
        supplier_lot=part.supplier_lot,
        unit_cost=part.unit_cost or _ordered_at(line),
        purchase_line_id=line.id,
        who=who,
        now=now,
        zone=zone,
    )
    line.received += part.quantity
    session.flush()
    return lot_id


def _ordered_at(line: PurchaseLine) -> UnitCost | None:
    if line.unit_cost_micros is None:
        return None
    return UnitCost(micros=line.unit_cost_micros, currency=line.currency)
