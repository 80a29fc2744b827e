"""What cancelling an order would do: the runs that shrink, and what becomes of its goods.

It is really done, plan included, so that what is said is what would happen. The door that asks
takes it all back (PageDoor.rehearse).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from hub.domain.planning.rivals import Gift, gifts
from hub.flow.orders.change import cancel_order
from hub.flow.planning.plan import planned_with, replan
from hub.models.locks import lock_items, lock_orders, lock_planner
from hub.models.planning.rival_queries import in_hands
from hub.models.planning.substitution_queries import alternates_in_use
from hub.models.records.history import History
from hub.models.records.planning import Replan
from hub.models.shipping.packing import items_of_order

TELLING = ("run.", "production_order.", "decision.", "task.")
"""What of the history says what follows for the goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelEffects:
    """What follows when an order is cancelled."""

    rows: Sequence[History]
    """What the history would say of runs and goods."""
    gifts: Sequence[Gift]
    """What other orders get of it."""


def cancel_effects(
    session: Session,
    *,
    order_id: int,
    who: str,
    now: datetime,
    zone: tzinfo,
    channels: Mapping[str, Registration],
) -> CancelEffects:
    """Cancel an order, plan anew and say what that did. The caller takes it back.

    What was waiting to be planned is planned first, so that only the cancellation counts.

    :raises AllSent, StepRefused, Missing: as `cancel_order`.
    """
    _lock(session, order_id=order_id)
    replan(session, now=now, zone=zone, channels=channels)
    before, last = in_hands(session), session.scalar(select(func.max(History.id))) or 0
    cancel_order(session, order_id=order_id, reason="", who=who, now=now, channels=channels)
    replan(session, now=now, zone=zone, channels=channels)
    session.flush()
    query = select(History).where(History.id > last).order_by(History.id)
    return CancelEffects(
        rows=[row for row in session.scalars(query) if row.what.startswith(TELLING)],
        gifts=gifts(before, after=in_hands(session)),
    )


def _lock(session: Session, *, order_id: int) -> None:
    """Lock the planner, everything that is planned with the order, and the order."""
    lock_planner(session)
    marked = set(session.scalars(select(Replan.item_id)))
    wanted = marked | items_of_order(session, order_id=order_id)
    groups = planned_with(session, items=wanted, alternates=alternates_in_use(session))
    lock_items(session, [item_id for group in groups for item_id in group])
    lock_orders(session, [order_id])
