"""By when: each order's earliest honest date, the date we committed to, and the reasons."""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, tzinfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub.domain.days.promise import Promise, commit, count_on, promise
from hub.domain.days.reasons import Reason
from hub.domain.days.risk import days_late, risk
from hub.domain.days.transit import transit_days
from hub.flow.letters.notify import Day, tell_days
from hub.flow.planning.calendars import shipping_days
from hub.flow.planning.coverage import load_covers
from hub.flow.telling.announce import tell_promised
from hub.models.orders.order_facts import OrderRow, order_rows
from hub.models.planning.habits import habits_of
from hub.models.records import planning
from hub.models.records.history import record
from hub.models.records.orders import Address, SalesOrder
from hub.models.records.workshop import Transit


def refresh_promises(
    session: Session, *, order_ids: Collection[int], now: datetime, zone: tzinfo = UTC
) -> None:
    """Recompute the dates of the given orders; a new version is written only when one changed.

    An order that may not be worked on, or has nothing left to send, keeps what it was told last;
    one that is over is at no risk any more.
    """
    every = order_rows(session, order_ids=order_ids)
    rows = [row for row in every if _counts(row)]
    local_now = now.astimezone(zone)
    covers = load_covers(session, rows, today=local_now.date())
    habits = habits_of(session)
    shipping = shipping_days(session, habits=habits, today=local_now.date())
    ways = {(way.country, way.method): way.days for way in session.scalars(select(Transit))}
    countries = _countries(session, rows)
    told = _told(session, order_ids=[row.order.id for row in rows])
    to_tell: list[Day] = []
    for row in rows:
        coverage = covers.of(row)
        if not coverage:
            _calm(row.order)
            continue
        days = transit_days(
            ways,
            country=countries.get(row.order.ship_to_id or 0, ""),
            method=row.order.ship_method,
            usual=habits.transit_days,
        )
        found = promise(coverage, local_now=local_now, shipping=shipping, transit_days=days)
        last = told.get(row.order.id)
        to_tell += _keep(session, row.order, found, last=last, now=now)
    for row in every:
        if row.order.intent in ("cancelled", "closed"):
            _calm(row.order)
    session.flush()
    tell_days(session, days=to_tell, now=now)


def _counts(row: OrderRow) -> bool:
    return row.order.intent == "open" and row.order.release == "ready"


def _countries(session: Session, rows: Iterable[OrderRow]) -> dict[int, str]:
    ids = {row.order.ship_to_id for row in rows if row.order.ship_to_id is not None}
    query = select(Address.id, Address.country).where(Address.id.in_(ids))
    return {address_id: country for address_id, country in session.execute(query)}


def _told(session: Session, *, order_ids: Collection[int]) -> dict[int, planning.Promise]:
    """Return the newest version of what each order was told."""
    told = planning.Promise
    newest = (
        select(told.order_id, func.max(told.version).label("version"))
        .where(told.order_id.in_(order_ids))
        .group_by(told.order_id)
        .subquery()
    )
    query = select(told).join(
        newest,
        and_(newest.c.order_id == told.order_id, newest.c.version == told.version),
    )
    return {row.order_id: row for row in session.scalars(query)}


def _keep(
    session: Session,
    order: SalesOrder,
    found: Promise,
    *,
    last: planning.Promise | None,
    now: datetime,
) -> list[Day]:
    """Write down what changed, and return the day to tell people, if it is another one."""
    before = order.promised_on
    committed = commit(order.promised_on, earliest_on=found.earliest_on)
    _judge(session, order, found, now=now)
    reasons: list[object] = [_plain(reason) for reason in found.reasons]
    stated = (found.earliest_on, committed.committed_on, reasons)
    if last is not None and (last.earliest_on, last.committed_on, last.reasons) == stated:
        return []
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
    on = count_on(committed.committed_on, earliest_on=found.earliest_on)
    if on is None:
        return []
    tell_promised(session, order=order, on=on, now=now)
    reason = str(order.risk.get("kind", ""))
    return [Day(order_id=order.id, on=on, committed=before, reason=reason)]


def _judge(session: Session, order: SalesOrder, found: Promise, *, now: datetime) -> None:
    """Note whether an order can keep its date, and what makes it late."""
    cause = risk(found, committed_on=order.promised_on)
    if (cause is not None) != order.is_at_risk:
        record(
            session,
            at=now,
            who="system",
            subject="order",
            subject_id=order.id,
            what="order.on_time" if cause is None else "order.at_risk",
            to_state=str(order.promised_on or ""),
            detail={} if cause is None else _plain(cause),
        )
    if cause is None:
        _calm(order)
        return
    order.is_at_risk = True
    late = days_late(found, committed_on=order.promised_on)
    order.risk = _plain(cause) | ({} if late is None else {"days_late": late})


def _calm(order: SalesOrder) -> None:
    order.is_at_risk, order.risk = False, {}


def _plain(reason: Reason) -> dict[str, object]:
    return {"kind": reason.kind.value, **reason.params}


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
