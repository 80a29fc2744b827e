"""What saving would change: really saved and planned, looked at, and taken back by the door."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.states import UNFINISHED
from hub.flow.planning.plan import replan
from hub.models.catalogue.item_figures import item_figures
from hub.models.meaning.mapping_queries import with_same_sku
from hub.models.records.orders import Demand, OrderLine, SalesOrder
from hub.models.records.planning import Promise, Replan, Shortage
from hub.models.records.production import ProductionOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedMove:
    """How much more (or less) is asked for of an item, and what was free of it; thousandths."""

    item_id: int
    more: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMove:
    """How many batches a run had and will have; 0 before is a new run, 0 after is none."""

    number: str
    item_id: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortMove:
    """How much more (or less) of an item will be missing; thousandths."""

    item_id: int
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMove:
    """An order whose date moves; None is a date nobody can say."""

    order_id: int
    number: str
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What saving would change."""

    orders: int
    held: int
    """Orders among them with a line that will still wait."""
    needs: Sequence[NeedMove]
    runs: Sequence[RunMove]
    shorts: Sequence[ShortMove]
    dates: Sequence[DateMove]
    later: Sequence[DateMove]
    """Of the dates those that were given and move back, or can no longer be said."""

    @property
    def item_ids(self) -> set[int]:
        """Every item it names."""
        return {
            *(each.item_id for each in self.needs),
            *(each.item_id for each in self.runs),
            *(each.item_id for each in self.shorts),
        }


Save = Callable[[], Sequence[int]]
"""Saves what is to be looked at, and returns the orders it moved."""


def rehearse_mapping(
    session: Session,
    *,
    listing_ids: Collection[int],
    save: Save,
    now: datetime,
    zone: tzinfo = UTC,
) -> Preview:
    """Save, plan and say what changed. This function will not take it back: the door does.

    What waited to be planned before is planned first, so that only what the saving did is told.
    It takes as long as one planning pass of the items it touches: with what is below them in the
    recipes and all their open orders, not with the orders of the whole workshop.
    """
    if session.scalar(select(Replan.id).limit(1)) is not None:
        replan(session, now=now, zone=zone)
    runs, shorts = _runs(session), _shorts(session)
    last = session.scalar(select(func.max(Promise.id))) or 0
    kin = with_same_sku(session, listing_ids=listing_ids)
    before = _asked(session, kin)
    moved = save()
    session.flush()
    wanted = _differences(before, _asked(session, kin))
    figures = item_figures(session, item_ids=list(wanted), on=now.astimezone(zone).date())
    replan(session, now=now, zone=zone)
    session.flush()
    dates = _dates(session, after=last)
    return Preview(
        orders=len(moved),
        held=_held(session, moved),
        needs=[
            NeedMove(item_id=item_id, more=more, free=max(0, figures[item_id].available))
            for item_id, more in sorted(wanted.items(), key=lambda each: -each[1])
        ],
        runs=_run_moves(runs, _runs(session)),
        shorts=_short_moves(shorts, _shorts(session)),
        dates=dates,
        later=[each for each in dates if _is_later(each)],
    )


def _asked(session: Session, listing_ids: Collection[int]) -> dict[int, int]:
    """Return what open orders still ask for of each item through these listings."""
    query = (
        select(Demand.item_id, func.sum(Demand.quantity - Demand.shipped))
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .join(SalesOrder, SalesOrder.id == OrderLine.order_id)
        .where(OrderLine.listing_id.in_(listing_ids))
        .where(SalesOrder.intent.in_(("open", "on_hold")))
        .group_by(Demand.item_id)
    )
    return {item_id: int(total) for item_id, total in session.execute(query)}


def _differences(before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, int]:
    items = before.keys() | after.keys()
    moved = {each: after.get(each, 0) - before.get(each, 0) for each in items}
    return {item_id: more for item_id, more in moved.items() if more}


def _runs(session: Session) -> dict[int, tuple[str, int, int]]:
    query = select(
        ProductionOrder.id,
        ProductionOrder.number,
        ProductionOrder.item_id,
        ProductionOrder.batches,
    ).where(ProductionOrder.state.in_(UNFINISHED))
    return {
        row.id: (row.number, row.item_id, row.batches) for row in session.execute(query)
    }


def _run_moves(
    before: Mapping[int, tuple[str, int, int]], after: Mapping[int, tuple[str, int, int]]
) -> list[RunMove]:
    found = []
    for run_id in sorted(before.keys() | after.keys()):
        number, item_id, _ = after.get(run_id) or before[run_id]
        had = before[run_id][2] if run_id in before else 0
        has = after[run_id][2] if run_id in after else 0
        if had != has:
            found.append(RunMove(number=number, item_id=item_id, before=had, after=has))
    return found


def _shorts(session: Session) -> dict[int, int]:
    query = select(Shortage.item_id, func.sum(Shortage.quantity)).group_by(Shortage.item_id)
    return {item_id: int(total) for item_id, total in session.execute(query)}


def _short_moves(before: Mapping[int, int], after: Mapping[int, int]) -> list[ShortMove]:
    moves = (
        ShortMove(item_id=item_id, more=more)
        for item_id, more in _differences(before, after).items()
    )
    return sorted(moves, key=lambda each: (-each.more, each.item_id))


def _held(session: Session, order_ids: Sequence[int]) -> int:
    query = select(SalesOrder.hold_reasons).where(SalesOrder.id.in_(order_ids))
    return sum("unmapped" in reasons for reasons in session.scalars(query))


def _dates(session: Session, *, after: int) -> list[DateMove]:
    """Return the orders whose earliest day is another, by the promises written since."""
    new = (
        select(Promise, SalesOrder.number)
        .join(SalesOrder, SalesOrder.id == Promise.order_id)
        .where(Promise.id > after)
        .order_by(Promise.id)
    )
    latest = {
        promise.order_id: (promise, number) for promise, number in session.execute(new)
    }
    old = (
        select(Promise)
        .where(Promise.order_id.in_(latest), Promise.id <= after)
        .order_by(Promise.version)
    )
    before = {promise.order_id: promise.earliest_on for promise in session.scalars(old)}
    return [
        DateMove(
            order_id=order_id,
            number=number,
            before=before.get(order_id),
            after=promise.earliest_on,
        )
        for order_id, (promise, number) in sorted(latest.items())
        if before.get(order_id) != promise.earliest_on
    ]


def _is_later(move: DateMove) -> bool:
    return move.before is not None and (move.after is None or move.after > move.before)
