"""What a new day changes without anybody doing anything: dates that slid, parcels that left late.

A promise counts from today: a material nobody ordered comes a day later each day, and what could
leave today cannot leave yesterday. So all dates are worked out anew when the workshop's day
begins, when its cut-off passes, and when its habits changed; and so is what the shops may sell.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, tzinfo

from sqlalchemy.orm import Session

from connectors.protocol import Registration
from hub.flow.planning.offer import refresh_makeable
from hub.flow.planning.promise import refresh_promises
from hub.flow.planning.schedule import reschedule
from hub.flow.replan import mark
from hub.flow.telling.stock_levels import restate
from hub.models.claims.alive import is_turn, take_turn
from hub.models.locks import lock_orders, lock_planner
from hub.models.planning.habits import THE_ONE, habits_of
from hub.models.planning.offers import items_on_offer
from hub.models.planning.open_work import items_misdated, orders_to_send
from hub.models.records.workshop import Workshop

NAME = "day"


def is_new(session: Session, *, now: datetime, zone: tzinfo) -> bool:
    """Say whether the dates were last worked out before the day took its latest turn."""
    turned_at = last_turn(session, now=now, zone=zone)
    return is_turn(session, name=NAME, now=now, every=now - turned_at)


def begin_day(session: Session, *, now: datetime, zone: tzinfo) -> Sequence[int]:
    """Place all runs anew, and return the orders whose dates are to be worked out.

    What is short is marked for planning: the day it can be here has moved too.
    """
    lock_planner(session)
    local_now = now.astimezone(zone)
    reschedule(session, local_now=local_now)
    items = items_misdated(session, today=local_now.date())
    mark(session, item_ids=items, why="a new day", now=now)
    return orders_to_send(session)


def refresh_some(
    session: Session, *, order_ids: Collection[int], now: datetime, zone: tzinfo
) -> None:
    """Work out the dates of some orders."""
    lock_orders(session, order_ids)
    refresh_promises(session, order_ids=order_ids, now=now, zone=zone)


def offer_anew(
    session: Session, *, now: datetime, zone: tzinfo, channels: Mapping[str, Registration]
) -> int:
    """Tell the shops what can be promised today; count what is owed to them that was not before.

    What grew too old since is nobody's to buy any more, nor is anything made of it, though
    nobody touched it.
    """
    lock_planner(session)
    today = now.astimezone(zone).date()
    items = items_on_offer(session) | refresh_makeable(session, today=today, now=now)
    return restate(session, item_ids=items, today=today, now=now, channels=channels)


def end_day(session: Session, *, now: datetime) -> None:
    """Note that all dates are those of now."""
    take_turn(session, name=NAME, now=now, every=now - now)


def last_turn(session: Session, *, now: datetime, zone: tzinfo) -> datetime:
    """Say when dates were last to be worked out: midnight, the cut-off, or a change of habits."""
    local = now.astimezone(zone)
    turns = [local.replace(hour=0, minute=0, second=0, microsecond=0)]
    cut_off: time | None = habits_of(session).cut_off
    if cut_off is not None and local.time() > cut_off:
        turns.append(
            local.replace(hour=cut_off.hour, minute=cut_off.minute, second=0, microsecond=0)
        )
    workshop = session.get(Workshop, THE_ONE)
    if workshop is not None and workshop.updated_at <= now:
        turns.append(workshop.updated_at)
    return max(turns)
