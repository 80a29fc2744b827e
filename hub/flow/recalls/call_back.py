"""Stops what is called back: its lots for good, the orders that still wait for a part of them.

The same as putting aside one lot (hub/flow/stock/stock.py) and holding one order
(hub/flow/orders/change.py), for as many as a recall reaches. The caller holds the locks of items,
lots and orders.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.states import Intent
from hub.domain.stock.lot_states import LOT_STEPS, LotState
from hub.flow.orders.change import hold_order, release_order
from hub.flow.replan import mark
from hub.flow.step import step
from hub.flow.stock import ledger
from hub.flow.stock.checked import settle_check
from hub.flow.stock.room import refresh
from hub.models.by_id import in_parts
from hub.models.planning.held import Held, held_in_lots
from hub.models.records.orders import SalesOrder
from hub.models.records.stock import Lot


def stop_lots(
    session: Session, lots: Iterable[Lot], *, why: str, who: str, now: datetime
) -> None:
    """Call lots back, and give back what was only planned from them.

    What is already picked cannot be unpicked here; whoever shows the recall names who has it.
    """
    stopped = [lot for lot in lots if lot.state != LotState.RECALLED]
    for lot in stopped:
        step(
            session, lot, table=LOT_STEPS, new=LotState.RECALLED, who=who, now=now, why=why
        )
        settle_check(session, lot, now=now)
    soft: list[Held] = []
    for some in in_parts([lot.id for lot in stopped]):
        soft += [held for held in held_in_lots(session, lot_ids=some) if not held.is_firm]
    ledger.give_back(session, soft)
    refresh(session, soft, now=now)
    mark(session, item_ids={lot.item_id for lot in stopped}, why=why, now=now)


def stop_orders(
    session: Session, order_ids: Collection[int], *, why: str, who: str, now: datetime
) -> list[int]:
    """Put on hold the orders that are open, and say which those were."""
    stopped = [
        order_id
        for some in in_parts(order_ids)
        for order_id in session.scalars(
            select(SalesOrder.id)
            .where(SalesOrder.id.in_(some), SalesOrder.intent == Intent.OPEN.value)
            .order_by(SalesOrder.id)
        )
    ]
    for order_id in stopped:
        hold_order(session, order_id=order_id, reason=why, who=who, now=now)
    return stopped


def let_go(
    session: Session,
    order_ids: Collection[int],
    *,
    held_for: str,
    reason: str,
    who: str,
    now: datetime,
) -> None:
    """Let those of these orders go on that still wait for just that reason."""
    query = (
        select(SalesOrder.id)
        .where(SalesOrder.id.in_(order_ids), SalesOrder.intent == Intent.ON_HOLD.value)
        .where(SalesOrder.intent_why == held_for)
        .order_by(SalesOrder.id)
    )
    for order_id in session.scalars(query).all():
        release_order(session, order_id=order_id, reason=reason, who=who, now=now)
