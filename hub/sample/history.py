"""What the sample company sold before anybody looks: without a past there is no forecast."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.intake.type_order import Typed, TypedLine, type_order
from hub.flow.planning.plan import replan
from hub.flow.replan import mark
from hub.flow.shipping.ship import mark_delivered, ship
from hub.flow.stock.stock import receive
from hub.models.records.items import Item
from hub.sample import said
from mapping.effects import Tracking

WHO = "system"
A_WEEK = timedelta(days=7)
BY_HAND = Tracking()
"""Over the counter: nothing to follow."""


def live_the_past(
    session: Session, *, sold: Mapping[str, Sequence[int]], now: datetime
) -> None:
    """Sell so many pieces of each item in the weeks before now, the last week last.

    They were made before the books began and went over the counter, typed in by hand. What is
    left of them is the reorder point and one piece.
    """
    items = {item.code: item for item in session.scalars(select(Item))}
    begun = now - A_WEEK * (1 + max(map(len, sold.values()), default=0))
    for code, weeks in sold.items():
        item = items[code]
        made = said.quantity(f"{sum(weeks) + 1} each", base=item.unit) + item.reorder_point
        receive(session, item_id=item.id, quantity=made, who=WHO, now=begun)
    for code, weeks in sold.items():
        for ago, pieces in zip(range(len(weeks), 0, -1), weeks, strict=True):
            if pieces:
                _sell(session, items[code], pieces=pieces, now=now - ago * A_WEEK)
    mark(session, item_ids=[item.id for item in items.values()], why="opened", now=now)


def _sell(session: Session, item: Item, *, pieces: int, now: datetime) -> None:
    line = TypedLine(sku=item.code, title=item.name, quantity=pieces)
    order_id = type_order(
        session, typed=Typed(lines=[line]), source="page", who=WHO, now=now
    )
    replan(session, now=now)
    shipment_id = ship(
        session,
        order_id=order_id,
        lines=None,
        tracking=BY_HAND,
        notify=False,
        who=WHO,
        now=now,
    )
    mark_delivered(session, shipment_id=shipment_id, who=WHO, now=now)
