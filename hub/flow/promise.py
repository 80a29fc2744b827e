"""By when: each order's earliest honest date, the date we committed to, and the reasons."""

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.promise import Coverage, Promise, ShippingDays, Source, commit, promise
from hub.models import planning
from hub.models.history import record
from hub.models.items import Item
from hub.models.order_facts import UNFINISHED, DemandRow, LineRow, OrderRow, order_rows
from hub.models.orders import SalesOrder
from hub.models.production import ProductionLink, ProductionOrder

SHIPPING = ShippingDays()
"""Parcels leave on weekdays; transit and cut-off come with the workshop's calendar."""

RunsOf = dict[int, list[tuple[ProductionOrder, int]]]
"""For each demand, the runs that still owe it something, and how much."""


def refresh_promises(
    session: Session, *, order_ids: Collection[int], now: datetime, zone: tzinfo = UTC
) -> None:
    """Recompute the dates of the given orders; a new version is written only when one changed.

    An order that may not be worked on, or has nothing left to send, keeps what it was told last.
    """
    rows = [row for row in order_rows(session, order_ids=order_ids) if _counts(row)]
    demands = [demand for row in rows for line in row.lines for demand in line.demands]
    runs = _runs(session, demand_ids=[demand.id for demand in demands])
    items = _items(session, item_ids={demand.item_id for demand in demands})
    for row in rows:
        coverage = [
            part
            for line in row.lines
            for part in _line_coverage(line, runs=runs, items=items)
        ]
        if coverage:
            found = promise(coverage, local_now=now.astimezone(zone), shipping=SHIPPING)
            _keep(session, row.order, found, now=now)


def _counts(row: OrderRow) -> bool:
    return row.order.intent == "open" and row.order.release == "ready"


def _line_coverage(
    line: LineRow, *, runs: RunsOf, items: dict[int, Item]
) -> list[Coverage]:
    if line.line.state in ("unmapped", "suggested"):
        wanted = line.line.ordered - line.line.cancelled - line.line.sent_elsewhere
        what = line.line.sku or line.line.title
        return (
            [Coverage(source=Source.NOTHING, item=what, quantity=wanted, why="unmapped")]
            if wanted > 0
            else []
        )
    parts: list[Coverage] = []
    for demand in line.demands:
        parts.extend(
            _coverage(demand, owed=runs.get(demand.id, []), item=items[demand.item_id])
        )
    return parts


def _coverage(
    demand: DemandRow, *, owed: list[tuple[ProductionOrder, int]], item: Item
) -> list[Coverage]:
    parts = [
        Coverage(
            source=Source.RUN,
            item=item.code,
            quantity=quantity,
            ready_on=run.ready_on,
            ref=run.number,
            why="" if run.ready_on else "no_material_date",
        )
        for run, quantity in owed
    ]
    if demand.allocated:
        parts.append(
            Coverage(source=Source.STOCK, item=item.code, quantity=demand.allocated)
        )
    if demand.short:
        parts.append(_short(demand, item=item))
    rest = (
        demand.open
        - demand.allocated
        - demand.short
        - sum(quantity for _, quantity in owed)
    )
    if rest > 0:
        parts.append(
            Coverage(
                source=Source.NOTHING, item=item.code, quantity=rest, why="not_planned"
            )
        )
    return parts


def _short(demand: DemandRow, *, item: Item) -> Coverage:
    return Coverage(
        source=Source.LEAD_TIME if demand.short_until else Source.NOTHING,
        item=item.code,
        quantity=demand.short,
        ready_on=demand.short_until,
        lead_days=item.lead_time_days,
        why=demand.short_reason,
    )


def _keep(session: Session, order: SalesOrder, found: Promise, *, now: datetime) -> None:
    committed = commit(order.promised_on, earliest_on=found.earliest_on)
    reasons: list[object] = [
        {"kind": reason.kind.value, **reason.params} for reason in found.reasons
    ]
    last = session.scalar(
        select(planning.Promise)
        .filter_by(order_id=order.id)
        .order_by(planning.Promise.version.desc())
        .limit(1)
    )
    stated = (found.earliest_on, committed.committed_on, reasons)
    if last is not None and (last.earliest_on, last.committed_on, last.reasons) == stated:
        return
    session.add(
        planning.Promise(
            order_id=order.id,
            version=last.version + 1 if last else 1,
            earliest_on=found.earliest_on,
            committed_on=committed.committed_on,
            reasons=reasons,
            at=now,
        )
    )
    _tell(session, order, found, committed_on=str(committed.committed_on or ""), now=now)
    order.earliest_on, order.promised_on = found.earliest_on, committed.committed_on
    session.flush()


def _tell(
    session: Session, order: SalesOrder, found: Promise, *, committed_on: str, now: datetime
) -> None:
    """Note in the order's timeline when a day, not only a reason, changed."""
    if order.earliest_on == found.earliest_on:
        return
    record(
        session,
        at=now,
        who="system",
        subject="order",
        subject_id=order.id,
        what="order.promised",
        from_state=str(order.earliest_on or ""),
        to_state=str(found.earliest_on or ""),
        why=f"committed to {committed_on}" if committed_on else "no date can be told yet",
    )


def _runs(session: Session, *, demand_ids: Collection[int]) -> RunsOf:
    query = (
        select(ProductionLink, ProductionOrder)
        .join(ProductionOrder, ProductionOrder.id == ProductionLink.production_order_id)
        .where(ProductionLink.demand_id.in_(demand_ids))
        .where(
            ProductionOrder.state.in_(UNFINISHED),
            ProductionLink.planned > ProductionLink.done,
        )
        .order_by(ProductionOrder.id)
    )
    owed: RunsOf = defaultdict(list)
    for link, run in session.execute(query):
        if link.demand_id is not None:
            owed[link.demand_id].append((run, link.planned - link.done))
    return owed


def _items(session: Session, *, item_ids: Collection[int]) -> dict[int, Item]:
    return {
        item.id: item for item in session.scalars(select(Item).where(Item.id.in_(item_ids)))
    }
