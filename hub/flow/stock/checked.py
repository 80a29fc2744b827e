"""A lot's quality check is over: it goes to whom it was made for, or is counted on no more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.domain.keys import key_of
from hub.domain.stock.lot_states import LotState
from hub.flow.phase import refresh_phases
from hub.flow.stock import ledger
from hub.models.locks import lock_orders
from hub.models.planning.held import soft_by_owner
from hub.models.planning.planning_queries import order_wishes, run_wishes
from hub.models.planning.touched import orders_touched
from hub.models.planning.unchecked import (
    completions_into,
    covers_of_lot,
    forget_covers,
    gift_of,
    given_by,
    link_to,
)
from hub.models.records.completions import Completion, CompletionGift
from hub.models.records.planning import CheckCover
from hub.models.records.production import ProductionLink
from hub.models.records.stock import Lot
from hub.models.stock.lots import lots_by_id


def settle_check(session: Session, lot: Lot, *, now: datetime) -> None:
    """End the wait of a lot whose state changed; one that did not wait for a check is left alone.

    Passed, it is reserved for whom it was counted on, as far as they still want it, and the links
    of its runs say what they got. Otherwise nobody counts on it. The planner, which runs next, may
    know better. The caller holds the item's lock.
    """
    if not lot.awaits_check:
        return
    lot.awaits_check = False
    covers = covers_of_lot(session, lot_id=lot.id)
    demands = {each.demand_id for each in covers if each.demand_id is not None}
    needs = {each.need_id for each in covers if each.need_id is not None}
    if lot.state == LotState.AVAILABLE:
        _give(session, lot, covers=covers)
    forget_covers(session, lot_ids=[lot.id])
    session.flush()
    orders = orders_touched(session, demands=demands, needs=needs, runs=(), items=())
    lock_orders(session, orders)
    refresh_phases(session, order_ids=orders, now=now)


def _give(session: Session, lot: Lot, *, covers: list[CheckCover]) -> None:
    wishes = {
        wish.key: wish.quantity
        for wish in (
            *order_wishes(session, item_id=lot.item_id),
            *run_wishes(session, item_id=lot.item_id),
        )
    }
    soft = soft_by_owner(session, item_id=lot.item_id)
    free = lots_by_id(session, lot_ids=[lot.id])[lot.id].free
    sources = [
        _Source(made, made.produced - given_by(session, completion_id=made.id))
        for made in completions_into(session, lot_id=lot.id)
    ]
    for cover in covers:
        key = key_of(demand_id=cover.demand_id, need_id=cover.need_id)
        wanted = wishes.get(key, 0) - soft.get(key, 0)
        quantity = min(cover.quantity, wanted, free)
        if quantity <= 0:
            continue
        ledger.reserve(
            session,
            lot_id=lot.id,
            quantity=quantity,
            demand_id=cover.demand_id,
            need_id=cover.need_id,
        )
        free -= quantity
        _write_gifts(session, cover, quantity=quantity, sources=sources)


@dataclass(slots=True)
class _Source:
    """A completion that went into the lot, and what of it is nobody's gift yet."""

    completion: Completion
    left: int


def _write_gifts(
    session: Session, cover: CheckCover, *, quantity: int, sources: list[_Source]
) -> None:
    """Write what the links of its runs got; who was linked to none of them got free stock."""
    for source in sources:
        link = link_to(
            session,
            run_id=source.completion.production_order_id,
            demand_id=cover.demand_id,
            need_id=cover.need_id,
        )
        part = min(quantity, source.left)
        if link is None or part <= 0:
            continue
        _raise(session, link, completion=source.completion, quantity=part)
        source.left -= part
        quantity -= part


def _raise(
    session: Session, link: ProductionLink, *, completion: Completion, quantity: int
) -> None:
    """Write a gift; what the run is still to give stays as it is, unless the run is over."""
    gift = gift_of(session, completion_id=completion.id, link_id=link.id)
    if gift is None:
        gift = CompletionGift(completion_id=completion.id, link_id=link.id, quantity=0)
    gift.quantity += quantity
    link.done += quantity
    link.planned = max(link.planned, link.done)
    session.add(gift)
    session.flush()
