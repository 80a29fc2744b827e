"""A person lets an order go first, or last: who wins by it, who loses what, and by when.

The order is given its place and everything it asks for is planned anew in the same transaction, so
what is answered is what happens. A door that only asks takes it all back afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.registry import CHANNELS
from hub.domain.planning.rivals import Gift, Hands, gifts, totals
from hub.domain.states import Intent
from hub.flow.planning.plan import planned_with, replan
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.replan import mark_orders
from hub.models.by_id import by_id
from hub.models.locks import lock_items, lock_orders, lock_planner
from hub.models.planning.rival_queries import Dates, dates_of_open, in_hands
from hub.models.planning.substitution_queries import alternates_in_use
from hub.models.records.history import record
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Replan
from hub.models.shipping.packing import items_of_order
from mapping.units import say

FIRST, LAST = 0, 1000
"""The places an order may have; 100 is everybody's, lower goes first."""


class NothingToPlan(Refusal):
    """The order is over: its place means nothing any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What an order has of an item before and after; thousandths."""

    item_id: int
    allocated_before: int
    allocated_after: int
    made_before: int
    made_after: int
    """Of runs that are not finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a new place does to one order."""

    order_id: int
    number: str
    committed_on: date | None
    earliest_before: date | None
    earliest_after: date | None
    is_at_risk: bool
    """Whether it cannot keep its committed date afterwards."""
    shares: tuple[Share, ...]
    """Only of items of which it has more or less than before."""

    @property
    def is_later(self) -> bool:
        """Whether it leaves later than before, or nobody knows when any more."""
        if self.earliest_before is None:
            return False
        return self.earliest_after is None or self.earliest_after > self.earliest_before


@dataclass(frozen=True, slots=True, kw_only=True)
class Prioritised:
    """Who wins and who loses by an order's new place."""

    order_id: int
    number: str
    before: int
    after: int
    effects: tuple[Effect, ...]
    """Of every order that has other goods or another date than before, the order itself too."""
    gifts: tuple[Gift, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    dates: Mapping[int, Dates]
    hands: Hands


def prioritise(
    session: Session,
    *,
    order_id: int,
    priority: int,
    reason: str,
    who: str,
    now: datetime,
    zone: tzinfo = UTC,
    channels: Mapping[str, Registration] = CHANNELS,
) -> Prioritised:
    """Give an order another place and plan anew; answer who wins and who loses what.

    What was waiting to be planned is planned first, so that only the new place makes the
    difference. The history of each order that gives something up, or leaves later for it, says
    why.

    :raises Invalid: no such place.
    :raises NothingToPlan: the order is cancelled, closed or shipped.
    :raises Missing: there is no such order.
    """
    if not FIRST <= priority <= LAST:
        raise Invalid(f"A place is from {FIRST} to {LAST}.", field="priority")
    order = _lock(session, order_id=order_id)
    replan(session, now=now, zone=zone, channels=channels)
    before = _scene(session)
    old = order.priority
    if priority != old:
        _place(session, order, priority=priority, reason=reason, who=who, now=now)
        replan(session, now=now, zone=zone, channels=channels)
    after = _scene(session)
    done = Prioritised(
        order_id=order_id,
        number=order.number,
        before=old,
        after=priority,
        effects=tuple(_effects(before, after)),
        gifts=gifts(before.hands, after=after.hands),
    )
    _tell_losers(session, done, reason=reason, who=who, now=now)
    return done


def _lock(session: Session, *, order_id: int) -> SalesOrder:
    """Lock the planner, everything that is planned with the order, and the order."""
    lock_planner(session)
    marked = set(session.scalars(select(Replan.item_id)))
    wanted = marked | items_of_order(session, order_id=order_id)
    groups = planned_with(session, items=wanted, alternates=alternates_in_use(session))
    lock_items(session, [item_id for group in groups for item_id in group])
    lock_orders(session, [order_id])
    order = session.get(SalesOrder, order_id, populate_existing=True)
    if order is None:
        raise Missing("There is no such order.", field="order")
    is_over = order.phase in ("shipped", "delivered")
    if order.intent in (Intent.CANCELLED, Intent.CLOSED) or is_over:
        raise NothingToPlan(f"{order.number} is over: nothing of it is planned any more.")
    return order


def _place(
    session: Session,
    order: SalesOrder,
    *,
    priority: int,
    reason: str,
    who: str,
    now: datetime,
) -> None:
    record(
        session,
        at=now,
        who=who,
        subject="order",
        subject_id=order.id,
        what="order.priority",
        from_state=str(order.priority),
        to_state=str(priority),
        why=reason,
    )
    order.priority, order.updated_at = priority, now
    session.flush()
    mark_orders(
        session,
        order_ids=[order.id],
        why=f"{order.number} has another priority",
        now=now,
        cause={"what": "raised", "order": order.number},
    )


def _scene(session: Session) -> _Scene:
    session.flush()
    return _Scene(dates=dates_of_open(session), hands=in_hands(session))


def _effects(before: _Scene, after: _Scene) -> Iterable[Effect]:
    for order_id, then in sorted(before.dates.items()):
        now = after.dates.get(order_id, then)
        shares = tuple(_shares(before.hands, after.hands, order_id=order_id))
        if shares or then.earliest_on != now.earliest_on:
            yield Effect(
                order_id=order_id,
                number=then.number,
                committed_on=now.promised_on,
                earliest_before=then.earliest_on,
                earliest_after=now.earliest_on,
                is_at_risk=now.is_at_risk,
                shares=shares,
            )


def _shares(before: Hands, after: Hands, *, order_id: int) -> Iterable[Share]:
    had, has = totals(before, order_id=order_id), totals(after, order_id=order_id)
    for item_id in sorted({item_id for item_id, _ in (*had, *has)}):
        share = Share(
            item_id=item_id,
            allocated_before=had.get((item_id, "lot"), 0),
            allocated_after=has.get((item_id, "lot"), 0),
            made_before=had.get((item_id, "run"), 0),
            made_after=has.get((item_id, "run"), 0),
        )
        if (share.allocated_before, share.made_before) != (
            share.allocated_after, share.made_after,
        ):  # fmt: skip
            yield share


def _tell_losers(
    session: Session, done: Prioritised, *, reason: str, who: str, now: datetime
) -> None:
    """Write in the history of each order that gives something up, or is later, why."""
    items = by_id(session, Item, ids={gift.item_id for gift in done.gifts})
    numbers = _numbers(session, done.gifts)
    for gift in done.gifts:
        item = items[gift.item_id]
        detail = {
            "item": item.code, "quantity": gift.quantity,
            "raised": done.number, "reason": reason,
        }  # fmt: skip
        record(
            session,
            at=now,
            who=who,
            subject="order",
            subject_id=gift.giver,
            what="order.gave",
            to_state=f"{say(gift.quantity, base=item.unit)} {item.code}",
            why=numbers[gift.taker],
            detail=detail,
        )
    for effect in done.effects:
        if effect.is_later and effect.order_id != done.order_id:
            record(
                session,
                at=now,
                who=who,
                subject="order",
                subject_id=effect.order_id,
                what="order.later",
                to_state=str(effect.earliest_after or ""),
                why=done.number,
                detail={"reason": reason},
            )


def _numbers(session: Session, given: Sequence[Gift]) -> dict[int, str]:
    orders = by_id(session, SalesOrder, ids={gift.taker for gift in given})
    return {order_id: order.number for order_id, order in orders.items()}
