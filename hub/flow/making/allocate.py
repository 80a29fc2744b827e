"""Step 6: a new lot goes to whom its run was made for; what is over becomes free stock."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from hub.domain.keys import key_of
from hub.domain.planning.netting_types import Demand
from hub.domain.planning.pools import rank
from hub.domain.stock.allocation import is_fresh
from hub.flow.planning.plan_inputs import demand_of
from hub.flow.stock import ledger
from hub.models.planning.held import soft_by_owner
from hub.models.planning.planning_queries import links_of, order_wishes, run_wishes
from hub.models.planning.unchecked import awaited_by_owner, count_on
from hub.models.records.completions import Completion, CompletionGift
from hub.models.records.items import Item
from hub.models.records.production import ProductionLink
from hub.models.records.stock import Lot
from hub.models.stock.lots import lots_by_id


@dataclass(frozen=True, slots=True)
class Waiting:
    """A link of the run, and what its owner was to get from it and does not have yet."""

    link: ProductionLink
    demand: Demand


def allocate_output(
    session: Session,
    *,
    production_order_id: int,
    lot_id: int,
    on: date,
    completion: Completion | None = None,
) -> int:
    """Reserve a run's new lot for its links, and answer how much was given.

    Of a `completion` no more is given than it produced, and who got what is written with it.

    The most urgent is served first when the run gave less than was planned; a link gets what it
    was planned to get and still wants, `done` is raised by that, and the rest of the lot stays
    free. Nothing is given that would be too old to send, nor from a lot that is put aside. The
    reservations are soft: the planner, which runs next, may know better. A lot that waits for its
    quality check is nobody's yet; whom it is for is noted. `on` is the workshop's day. The caller
    holds the item's lock.
    """
    lot = lots_by_id(session, lot_ids=[lot_id])[lot_id]
    awaits_check = session.get_one(Lot, lot_id).awaits_check
    left = lot.free if lot.state == "available" or awaits_check else 0
    left = left if completion is None else min(left, completion.produced)
    given = 0
    for waiting in _waiting(
        session, production_order_id=production_order_id, item_id=lot.item_id
    ):
        quantity = min(waiting.demand.quantity, left)
        keeps = is_fresh(
            lot.best_before,
            used_on=on,
            min_remaining_days=waiting.demand.min_remaining_days,
        )
        if quantity <= 0 or not keeps:
            continue
        left -= quantity
        if awaits_check:
            count_on(session, waiting.link, lot=lot, quantity=quantity)
            continue
        link = waiting.link
        ledger.reserve(
            session,
            lot_id=lot_id,
            quantity=quantity,
            demand_id=link.demand_id,
            need_id=link.need_id,
        )
        link.done += quantity
        if completion is not None:
            session.add(
                CompletionGift(
                    completion_id=completion.id, link_id=link.id, quantity=quantity
                )
            )
        given += quantity
    session.flush()
    return given


def _waiting(session: Session, *, production_order_id: int, item_id: int) -> list[Waiting]:
    """Find the links that still want something, in the planner's own rank."""
    item = session.get_one(Item, item_id)
    soft = soft_by_owner(session, item_id=item_id)
    awaited = awaited_by_owner(session, item_id=item_id)
    wishes = {
        wish.key: wish
        for wish in (
            *order_wishes(session, item_id=item_id),
            *run_wishes(session, item_id=item_id),
        )
    }
    found: list[Waiting] = []
    for link in links_of(session, run_ids=[production_order_id]).get(
        production_order_id, []
    ):
        key = key_of(demand_id=link.demand_id, need_id=link.need_id)
        wish = wishes.get(key)
        if wish is None:  # the order waits, ended, or wants nothing more; the run is over
            continue
        taken = soft.get(key, 0) + awaited.get(key, 0)
        left = min(link.planned - link.done, wish.quantity - taken)
        found.append(
            Waiting(
                link,
                replace(demand_of(wish, item_keeps=item.min_remaining_days), quantity=left),
            )
        )
    return sorted(found, key=lambda waiting: rank(waiting.demand))
