"""An order that its channel does not have any more: deleted there, or not found when asked for."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hub.domain.channels.drift import Kind
from hub.domain.orders.phase import Phase
from hub.domain.states import Intent
from hub.flow.orders.change import hold_order
from hub.flow.orders.decide import decide
from hub.flow.orders.footing import footing
from hub.flow.phase import refresh_phases
from hub.flow.reading.agree import end_drift
from hub.flow.replan import mark_orders
from hub.flow.telling.drift import Subject, heal
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History, record
from hub.models.records.orders import SalesOrder

DELETED = "deleted at the channel"
MISSING = (
    "Its channel says that it has no such order (any more). Look there, then cancel it here or "
    "let it go on."
)
_OVER = {Phase.SHIPPED.value, Phase.DELIVERED.value}


def forget_order(
    session: Session, account: ChannelAccount, external_id: str, *, who: str, now: datetime
) -> str:
    """Cancel an order that is gone at the channel; what was shipped and made stays on record.

    Return the outcome in a word.
    """
    order = _find(session, account, external_id, now=now)
    if order is None:
        return "ignored: we never had this order"
    if order.intent != Intent.CANCELLED:
        _cancel(session, order, who=who, now=now)
    end_drift(session, order=order, now=now)
    return "applied"


def miss_order(
    session: Session, account: ChannelAccount, external_id: str, *, who: str, now: datetime
) -> str:
    """Let an order wait for a person that its channel, asked for it, says it does not have.

    Channels say so of what was deleted and also of what they keep from us (Shopify: orders older
    than 60 days), and cancelling is final: so a person decides, and is asked once. Return the
    outcome in a word.
    """
    order = _find(session, account, external_id, now=now)
    if order is None:
        return "ignored: the order is gone at the channel"
    end_drift(session, order=order, now=now)
    if (
        order.intent != Intent.OPEN
        or order.phase in _OVER
        or _was_asked(session, order_id=order.id)
    ):
        return "ignored: the order is gone at the channel"
    hold_order(session, order_id=order.id, reason=MISSING, who=who, now=now)
    return "applied"


def _find(
    session: Session, account: ChannelAccount, external_id: str, *, now: datetime
) -> SalesOrder | None:
    """Lock the order. One we never had differs no more: there is nothing to read."""
    order = session.scalar(
        select(SalesOrder)
        .filter_by(account_id=account.id, external_id=external_id)
        .with_for_update()
    )
    if order is None:
        unread = Subject(account_id=account.id, kind=Kind.ORDER, external_id=external_id)
        heal(session, unread, how="read", now=now)
    return order


def _was_asked(session: Session, *, order_id: int) -> bool:
    asked = exists().where(
        History.subject == "order", History.subject_id == order_id, History.why == MISSING
    )
    return bool(session.scalar(select(asked)))


def _cancel(session: Session, order: SalesOrder, *, who: str, now: datetime) -> None:
    before = footing(session, order)
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=order.id,
        what="order.intent",
        from_state=order.intent,
        to_state=Intent.CANCELLED,
        why=DELETED,
    )
    order.intent, order.intent_why = Intent.CANCELLED, DELETED
    # Shops tidy old orders away: that brings no parcel back.
    decide(session, order, before=before, reaches_parcels=False, who=who, now=now)
    mark_orders(
        session,
        order_ids=[order.id],
        why=f"order {order.number} was deleted",
        now=now,
        cause={"what": "deleted", "order": order.number},
    )
    session.flush()
    refresh_phases(session, order_ids=[order.id], now=now, who=who)
