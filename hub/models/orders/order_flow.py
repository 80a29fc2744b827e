"""Where orders are now, counted: by channel and phase; and what came in, was made and left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from hub.domain.orders.phase import Phase
from hub.models.counted import ALL, counted
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.shipping import Shipment

OVER = (Phase.SHIPPED, Phase.DELIVERED, Phase.CANCELLED)
OPEN = tuple(phase for phase in Phase if phase not in OVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """How many orders of each account are in each phase."""

    counts: dict[tuple[int, str], int]
    accounts: dict[int, ChannelAccount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """Orders that came in, runs that were finished and parcels that left, span by span."""

    came: Sequence[int]
    made: Sequence[int]
    shipped: Sequence[int]


def order_flow(session: Session, *, since: datetime) -> Flow:
    """Count the open orders, and those placed since a moment, by account and phase.

    Read from one index (phase, placed_at, account_id), which holds all that is asked.
    """
    asked = (
        (SalesOrder.phase.in_(OPEN),),
        (SalesOrder.phase.in_(OVER), SalesOrder.placed_at >= since),
    )
    # Two walks over a part of the index each: an OR of both is a walk over every order.
    each = [
        select(SalesOrder.account_id, SalesOrder.phase, func.count())
        .where(*which)
        .group_by(SalesOrder.phase, SalesOrder.account_id)
        for which in asked
    ]
    found = session.execute(union_all(*each))
    counts = {(account, phase): n for account, phase, n in found}
    used = select(ChannelAccount).where(ChannelAccount.id.in_({each for each, _ in counts}))
    return Flow(counts=counts, accounts={each.id: each for each in session.scalars(used)})


def throughput(session: Session, *, bounds: Sequence[datetime]) -> Throughput:
    """Count what came in, was made and left between each two moments, in three statements."""
    nothing = [0] * (len(bounds) - 1)
    came = counted(session, at=SalesOrder.placed_at, bounds=bounds)
    made = counted(session, at=ProductionOrder.finished_at, bounds=bounds)
    shipped = counted(session, at=Shipment.shipped_at, bounds=bounds)
    return Throughput(
        came=came.get(ALL, nothing),
        made=made.get(ALL, nothing),
        shipped=shipped.get(ALL, nothing),
    )
