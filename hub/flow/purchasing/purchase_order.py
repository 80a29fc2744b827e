"""One purchase order, locked and read: what its state allows, and when it is over.

Whoever changes a purchase order holds the locks of its items (hub/models/locks.py), and so the
order itself.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.purchasing import PURCHASE_STEPS, Purchase, is_over
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.step import step
from hub.models.locks import lock_items
from hub.models.records.history import record
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder


class NotNow(Refusal):
    """How far the purchase order is does not allow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A purchase order and its lines by item, locked and read."""

    order: PurchaseOrder
    lines: Mapping[int, PurchaseLine]

    @property
    def items(self) -> list[int]:
        """The items it is for."""
        return list(self.lines)


def open_order(
    session: Session, *, purchase_order_id: int, also: Collection[int] = ()
) -> Opened:
    """Lock the items of an order, and these, then read it.

    :raises Missing: there is no such order or item.
    """
    mine = select(PurchaseLine.item_id).filter_by(purchase_order_id=purchase_order_id)
    lock_items(session, {*session.scalars(mine), *also})
    order = session.get(PurchaseOrder, purchase_order_id, populate_existing=True)
    if order is None:
        raise Missing("There is no such purchase order.")
    lines = session.scalars(
        select(PurchaseLine)
        .filter_by(purchase_order_id=purchase_order_id)
        .order_by(PurchaseLine.item_id)
        .execution_options(populate_existing=True)
    )
    return Opened(order=order, lines={line.item_id: line for line in lines})


def expect_state(order: PurchaseOrder, *states: Purchase) -> None:
    """Refuse what an order's state does not allow.

    :raises NotNow: it is in none of these states.
    """
    if order.state not in states:
        raise NotNow(f"{order.number} is {order.state}.")


def line_of(opened: Opened, *, item_id: int) -> PurchaseLine:
    """Return the line of an item.

    :raises Invalid: the order has none.
    """
    line = opened.lines.get(item_id)
    if line is None:
        raise Invalid("That is not in this purchase order.", field="lines")
    return line


def is_open(line: PurchaseLine) -> bool:
    """Say whether more is to come of a line."""
    return not line.is_closed and line.received < line.quantity


def settle(session: Session, opened: Opened, *, who: str, now: datetime) -> None:
    """End an order of which nothing more is to come: received, or cancelled if nothing came."""
    lines = opened.lines.values()
    if opened.order.state != Purchase.ORDERED or not is_over(
        (line.quantity, line.received, line.is_closed) for line in lines
    ):
        return
    has_come = any(line.received for line in lines)
    end = Purchase.RECEIVED if has_come else Purchase.CANCELLED
    step(session, opened.order, table=PURCHASE_STEPS, new=end, who=who, now=now)


def tell(
    session: Session,
    order: PurchaseOrder,
    what: str,
    *,
    who: str,
    now: datetime,
    why: str = "",
    from_state: str = "",
    to_state: str = "",
) -> None:
    """Write into the history of an order."""
    record(
        session,
        at=now,
        who=who,
        subject="purchase_order",
        subject_id=order.id,
        what=what,
        from_state=from_state,
        to_state=to_state,
        why=why,
    )
