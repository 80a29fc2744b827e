"""A note about an order for whoever works on it; nobody outside ever sees it."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub.flow.refusal import Invalid, Missing
from hub.models.records.history import record
from hub.models.records.orders import SalesOrder


def note_order(
    session: Session, *, order_id: int, text: str, who: str, now: datetime
) -> None:
    """Add a note to an order's history, where it stays.

    :raises Invalid: nothing is written.
    :raises Missing: there is no such order.
    """
    if session.get(SalesOrder, order_id) is None:
        raise Missing("There is no such order.", field="order")
    if not text.strip():
        raise Invalid("Write the note first.", field="note")
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=order_id,
        what="order.note",
        why=text.strip(),
    )
