"""What each item has, owes and can still promise: the facts behind the five figures."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from hub.domain.making.completing import still_to_come
from hub.domain.planning.availability import (
    Availability,
    LotBalance,
    RunOutput,
    availability,
)
from hub.domain.states import UNFINISHED
from hub.models.orders.order_facts import runs_waiting
from hub.models.planning.substitution_queries import still_replaced
from hub.models.purchasing.purchase_covers import still_coming
from hub.models.records import stock
from hub.models.records.alternates import Substitution
from hub.models.records.items import Item
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import CheckCover
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder

STANDING = ("open", "on_hold")
NOT_SOLD = ("cancelled", "test")


def item_figures(
    session: Session, *, item_ids: Collection[int], on: date, keeps: int = 0
) -> dict[int, Availability]:
    """Return the five figures of each item on a day.

    What can be promised keeps as many days as the item asks, and at least `keeps`.
    """
    lots = _lots(session, item_ids)
    runs = _runs(session, item_ids)
    lacking = _lacking(session, item_ids)
    sold_as = _sold_as(session, item_ids)
    coming = still_coming(session, item_ids=item_ids)
    return {
        item_id: availability(
            lots[item_id],
            on=on,
            runs=runs[item_id],
            purchases=coming.get(item_id, 0),
            uncovered=lacking[item_id],
            makeable=sold_as[item_id].makeable,
            min_remaining_days=max(keeps, sold_as[item_id].min_remaining_days),
            shelf_life_days=sold_as[item_id].shelf_life_days,
        )
        for item_id in item_ids
    }


def free_now(session: Session, *, item_ids: Collection[int], on: date) -> dict[int, int]:
    """Return what of each item is free to be made into something else, or sold as it is.

    What runs hold that are planned for stock alone counts as free: orders go before them. Without
    what could still be made of it; below nothing where waiting orders lack some.
    """
    lots = _lots(session, item_ids)
    runs = _runs(session, item_ids)
    lacking = _lacking(session, item_ids)
    set_aside = _set_aside_for_stock(session, item_ids)
    return {
        item_id: availability(lots[item_id], on=on, runs=runs[item_id]).promisable
        + set_aside[item_id]
        - lacking[item_id]
        for item_id in item_ids
    }


def _set_aside_for_stock(session: Session, item_ids: Collection[int]) -> dict[int, int]:
    """Sum what runs planned for stock alone hold of each item."""
    held = (
        select(stock.Reservation.item_id, func.sum(stock.Reservation.quantity))
        .join(ProductionNeed, ProductionNeed.id == stock.Reservation.need_id)
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(stock.Reservation.item_id.in_(item_ids), planned_for_stock())
        .group_by(stock.Reservation.item_id)
    )
    found: dict[int, int] = defaultdict(int)
    for item_id, quantity in session.execute(held):
        found[item_id] += int(quantity)
    return found


class _SoldAs(NamedTuple):
    """How much of an item can still be made, how long it must keep, and how long it does."""

    makeable: int = 0
    min_remaining_days: int = 0
    shelf_life_days: int | None = None


def _sold_as(session: Session, item_ids: Collection[int]) -> dict[int, _SoldAs]:
    query = select(Item.id, Item.makeable, Item.min_remaining_days, Item.shelf_life_days)
    found: dict[int, _SoldAs] = defaultdict(_SoldAs)
    for item_id, makeable, asked, keeps in session.execute(
        query.where(Item.id.in_(item_ids))
    ):
        found[item_id] = _SoldAs(makeable, asked, keeps)
    return found


def _lots(session: Session, item_ids: Collection[int]) -> dict[int, list[LotBalance]]:
    query = (
        select(
            stock.LotBalance.item_id,
            stock.LotBalance.on_hand,
            stock.LotBalance.reserved,
            stock.Lot.state,
            stock.Lot.best_before,
        )
        .join(stock.Lot, stock.Lot.id == stock.LotBalance.lot_id)
        .where(stock.LotBalance.item_id.in_(item_ids), stock.LotBalance.on_hand > 0)
    )
    lots: dict[int, list[LotBalance]] = defaultdict(list)
    for item_id, on_hand, reserved, state, best_before in session.execute(query):
        lots[item_id].append(
            LotBalance(
                on_hand=on_hand,
                reserved=reserved,
                is_available=state == "available",
                best_before=best_before,
            )
        )
    return lots


def planned_for_stock() -> ColumnElement[bool]:
    """Say whether a run is planned for stock alone: orders go before it, so it may never be."""
    return (ProductionOrder.state == "planned") & ProductionOrder.priority.is_(None)


def _runs(session: Session, item_ids: Collection[int]) -> dict[int, list[RunOutput]]:
    linked = (
        select(
            ProductionLink.production_order_id,
            func.sum(ProductionLink.planned - ProductionLink.done).label("quantity"),
        )
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionOrder.item_id.in_(item_ids), ProductionOrder.state.in_(UNFINISHED))
        .group_by(ProductionLink.production_order_id)
        .subquery()
    )
    query = (
        select(ProductionOrder, func.coalesce(linked.c.quantity, 0), planned_for_stock())
        .outerjoin(linked, linked.c.production_order_id == ProductionOrder.id)
        .where(ProductionOrder.item_id.in_(item_ids), ProductionOrder.state.in_(UNFINISHED))
    )
    found = session.execute(query).all()
    stuck = runs_waiting(session, among=[run.id for run, _, _ in found])
    runs: dict[int, list[RunOutput]] = defaultdict(list)
    for run, quantity, is_for_stock in found:
        runs[run.item_id].append(
            RunOutput(
                output=still_to_come(
                    run.planned, produced=run.produced, scrapped=run.scrapped
                ),
                linked=int(quantity),
                can_run=run.state == "running"
                or (run.id not in stuck and not is_for_stock),
            )
        )
    return runs


def _lacking(session: Session, item_ids: Collection[int]) -> dict[int, int]:
    """Return what open demands, and runs they may need, want of each item and nothing covers."""
    needed = (
        select(
            ProductionNeed.item_id,
            _gap(ProductionNeed.needed - ProductionNeed.consumed - _stood_in()),
        )
        .join(ProductionOrder, ProductionOrder.id == ProductionNeed.production_order_id)
        .where(ProductionNeed.item_id.in_(item_ids), ProductionOrder.state.in_(UNFINISHED))
        .where(~planned_for_stock())
        .group_by(ProductionNeed.item_id)
    )
    lacking: dict[int, int] = defaultdict(int)
    for query in (_wanted(item_ids), needed):
        for item_id, quantity in session.execute(query):
            lacking[item_id] += int(quantity)
    return lacking


def _wanted(item_ids: Collection[int]) -> Select[int, int]:
    """Sum what of open demands no reservation, run or unchecked lot covers.

    What covers them is summed up by demand first: an item may have tens of thousands open, and
    to look up the cover of each one by itself takes ten times as long.
    """
    held, making, checking = _held(item_ids), _making(item_ids), _checking()
    gap: ColumnElement[int] = (
        Demand.quantity
        - Demand.shipped
        - func.coalesce(held.c.quantity, 0)
        - func.coalesce(making.c.quantity, 0)
        - func.coalesce(checking.c.quantity, 0)
    )
    return (
        select(Demand.item_id, func.sum(gap))
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .outerjoin(
            held,
            (held.c.demand_id == Demand.id) & (held.c.item_id == Demand.item_id),
        )
        .outerjoin(making, making.c.demand_id == Demand.id)
        .outerjoin(checking, checking.c.demand_id == Demand.id)
        .where(Demand.item_id.in_(item_ids), Demand.quantity > Demand.shipped, gap > 0)
        # Unpaid or on hold is sold all the same: to promise it again would sell it twice.
        .where(SalesOrder.intent.in_(STANDING), SalesOrder.release.not_in(NOT_SOLD))
        .group_by(Demand.item_id)
    )


def _held(item_ids: Collection[int]) -> Subquery:
    row = stock.Reservation
    return (
        select(row.demand_id, row.item_id, func.sum(row.quantity).label("quantity"))
        .where(row.item_id.in_(item_ids), row.demand_id.is_not(None))
        .group_by(row.demand_id, row.item_id)
        .subquery()
    )


def _making(item_ids: Collection[int]) -> Subquery:
    left = ProductionLink.planned - ProductionLink.done
    return (
        select(ProductionLink.demand_id, func.sum(left).label("quantity"))
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .join(Demand, Demand.id == ProductionLink.demand_id)
        .where(ProductionOrder.state.in_(UNFINISHED), Demand.item_id.in_(item_ids))
        .group_by(ProductionLink.demand_id)
        .subquery()
    )


def _checking() -> Subquery:
    return (
        select(CheckCover.demand_id, func.sum(CheckCover.quantity).label("quantity"))
        .where(CheckCover.demand_id.is_not(None))
        .group_by(CheckCover.demand_id)
        .subquery()
    )


def _gap(open_part: ColumnElement[int]) -> ColumnElement[int]:
    """Sum what of each need's open part no reservation, run or unchecked lot covers."""
    held = (
        select(func.coalesce(func.sum(stock.Reservation.quantity), 0))
        .where(stock.Reservation.need_id == ProductionNeed.id)
        .where(stock.Reservation.item_id == ProductionNeed.item_id)
        .correlate(ProductionNeed)
        .scalar_subquery()
    )
    making = (
        select(func.coalesce(func.sum(ProductionLink.planned - ProductionLink.done), 0))
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionLink.need_id == ProductionNeed.id)
        .where(ProductionOrder.state.in_(UNFINISHED))
        .correlate(ProductionNeed)
        .scalar_subquery()
    )
    checking = (
        select(func.coalesce(func.sum(CheckCover.quantity), 0))
        .where(CheckCover.need_id == ProductionNeed.id)
        .correlate(ProductionNeed)
        .scalar_subquery()
    )
    gap = open_part - held - making - checking
    return func.sum(case((gap > 0, gap), else_=0))


def _stood_in() -> ColumnElement[int]:
    return (
        select(func.coalesce(func.sum(still_replaced()), 0))
        .where(Substitution.need_id == ProductionNeed.id)
        .correlate(ProductionNeed)
        .scalar_subquery()
    )
