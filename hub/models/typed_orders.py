"""Orders typed by hand: whether a number is taken, and closing the message they came as."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.models.messages import InboundMessage
from hub.models.orders import SalesOrder


def is_number_taken(session: Session, *, account_id: int, external_id: str) -> bool:
    """Say whether an account has an order of that name."""
    query = select(SalesOrder.id).filter_by(account_id=account_id, external_id=external_id)
    return session.scalar(query) is not None


def close_message(
    session: Session,
    *,
    message_id: int,
    external_order_id: str,
    result: str,
    now: datetime,
) -> None:
    """Write that a message was read in the transaction it came in with: no worker saw it."""
    session.execute(
        update(InboundMessage)
        .where(InboundMessage.id == message_id, InboundMessage.lease_owner.is_(None))
        .values(
            state="done",
            result=result,
            done_at=now,
            attempts=1,
            external_order_id=external_order_id,
        )
        .execution_options(synchronize_session=False)
    )
