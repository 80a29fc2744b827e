"""The orders that one press held, for as long as they wait because of it."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from hub.models.records.history import History
from hub.models.records.orders import SalesOrder

HELD = "order.on_hold"


def still_held(session: Session, *, who: str, at: datetime) -> list[int]:
    """Return the orders that somebody held at a moment and nobody let go or held anew since.

    All that one press did has one moment; by it the rows are found, whoever did how much else.
    """
    later = aliased(History)
    is_held_anew = exists().where(
        later.subject == "order",
        later.subject_id == History.subject_id,
        later.id > History.id,
        later.what == HELD,
    )
    query = (
        select(History.subject_id, History.who, History.what)
        .join(SalesOrder, SalesOrder.id == History.subject_id)
        .where(History.at == at, History.subject == "order")
        .where(SalesOrder.intent == "on_hold", ~is_held_anew)
        .order_by(History.subject_id)
    )
    return [
        order_id
        for order_id, by, what in session.execute(query)
        if (by, what) == (who, HELD)
    ]
