"""What we decide about an order ourselves: cancel it, let it wait, let it go on.

The order's channel is not told to cancel: a person is asked to do that there
(hub/flow/telling/tasks.py), and it reaches us as a message. What the order held is given back by
the planner, told here.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.letters.notices import Event
from hub.domain.states import INTENT_STEPS, Intent
from hub.flow.letters.notify import tell
from hub.flow.orders.decide import decide
from hub.flow.orders.footing import footing
from hub.flow.phase import refresh_phases
from hub.flow.refusal import Missing, Refusal
from hub.flow.replan import mark_orders
from hub.flow.step import expect_step, step
from hub.flow.telling.announce import sync_holds
from hub.flow.telling.tasks import ask_to_cancel
from hub.models.locks import lock_orders
from hub.models.orders.held_together import still_held
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.models.shipping.packing import pack_lines

FACTS = {
    Intent.CANCELLED: "cancelled",
    Intent.ON_HOLD: "on_hold",
    Intent.OPEN: "resumed",
}
"""What a plan says that happened (hub/domain/planning/explain.py)."""


class AllSent(Refusal):
    """Nothing of the order is left to cancel: all of it was shipped."""


def cancel_order(
    session: Session,
    *,
    order_id: int,
    reason: str,
    who: str,
    now: datetime,
    channels: Mapping[str, Registration] = CHANNELS,
) -> None:
    """Cancel what was not shipped of an order.

    :raises AllSent: everything was shipped; that is a return, not a cancellation.
    :raises StepRefused: it is cancelled already.
    :raises Missing: there is no such order.
    """
    order = _lock_order(session, order_id=order_id)
    expect_step(order, table=INTENT_STEPS, new=Intent.CANCELLED)
    lines = pack_lines(session, order_id=order_id)
    if any(line.line.shipped for line in lines) and not any(
        line.open_pieces for line in lines
    ):
        raise AllSent(
            f"All of {order.number} was shipped: there is nothing left to cancel."
        )
    _turn(session, order, new=Intent.CANCELLED, reason=reason, who=who, now=now)
    account = session.get_one(ChannelAccount, order.account_id)
    ask_to_cancel(session, order=order, account=account, channels=channels, now=now)
    tell(session, order_id=order_id, event=Event.CANCELLED, now=now, channels=channels)


def hold_order(
    session: Session, *, order_id: int, reason: str, who: str, now: datetime
) -> None:
    """Let an order wait: what is not firmly its own goes to others.

    :raises StepRefused: it waits already, or is over.
    :raises Missing: there is no such order.
    """
    order = _lock_order(session, order_id=order_id)
    _turn(session, order, new=Intent.ON_HOLD, reason=reason, who=who, now=now)


def release_order(
    session: Session, *, order_id: int, reason: str, who: str, now: datetime
) -> None:
    """Let an order that waited go on; it is planned again.

    :raises StepRefused: it does not wait.
    :raises Missing: there is no such order.
    """
    order = _lock_order(session, order_id=order_id)
    if order.intent != Intent.ON_HOLD:
        raise Refusal(f"{order.number} is not on hold.")
    _turn(session, order, new=Intent.OPEN, reason=reason, who=who, now=now)


def undo_hold(session: Session, *, held_at: datetime, who: str, now: datetime) -> None:
    """Let all orders go on that somebody held with one press, and that still wait because of it.

    :raises Refusal: none does any more.
    """
    meant = still_held(session, who=who, at=held_at)
    lock_orders(session, meant)
    session.expire_all()
    waiting = still_held(session, who=who, at=held_at)
    if not waiting:
        raise Refusal("None of these orders waits because of that any more.")
    for order_id in waiting:
        release_order(session, order_id=order_id, reason="", who=who, now=now)


def _lock_order(session: Session, *, order_id: int) -> SalesOrder:
    lock_orders(session, [order_id])
    order = session.get(SalesOrder, order_id, populate_existing=True)
    if order is None:
        raise Missing("There is no such order.", field="order")
    return order


def _turn(
    session: Session,
    order: SalesOrder,
    *,
    new: Intent,
    reason: str,
    who: str,
    now: datetime,
) -> None:
    before = footing(session, order)
    step(session, order, table=INTENT_STEPS, new=new, who=who, now=now, why=reason)
    order.intent_why = reason
    order.updated_at = now
    session.flush()
    decide(session, order, before=before, reaches_parcels=False, who=who, now=now)
    refresh_phases(session, order_ids=[order.id], now=now, who=who)
    sync_holds(session, order_ids=[order.id], now=now)
    mark_orders(
        session,
        order_ids=[order.id],
        why=f"{order.number} is {new.value}",
        now=now,
        cause={"what": FACTS[new], "order": order.number},
    )
