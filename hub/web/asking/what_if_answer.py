"""The answer to a what-if question, sorted into who loses and who gains, and said in words."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.domain.asking.what_if import Effects, MovedOrder, MovedRun
from hub.domain.asking.what_if_changes import (
    RUSH,
    CentreDown,
    Change,
    DemandTimes,
    LotRejected,
    OrderAdded,
    PurchaseLate,
)
from hub.models.records.items import Item, WorkCentre
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder
from hub.models.records.stock import Lot
from hub.web.wording.formats import write_day, write_number, write_quantity
from hub.web.wording.language import gettext, ngettext

MOST_SHOWN = 50
"""Rows of a table: who wants to see more reads it by program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What would happen, as a page says it."""

    question: str
    own: MovedOrder | None
    """The order that is only asked about."""
    losers: tuple[MovedOrder, ...]
    winners: tuple[MovedOrder, ...]
    runs: tuple[MovedRun, ...]
    runs_opened: int
    money: dict[str, int]
    """Newly at risk, by currency, in minor units."""

    @property
    def missed(self) -> int:
        """Count those that would newly miss their day."""
        return sum(order.is_newly_at_risk for order in self.losers)

    @property
    def is_trouble(self) -> bool:
        """Whether anybody would be late, so that remedies are worth a look."""
        own = (self.own,) if self.own else ()
        return any(order.days_late for order in (*self.losers, *own))


def told(session: Session, effects: Effects, *, change: Change) -> Told:
    """Sort an answer into who loses and who gains."""
    others = [order for order in effects.orders if order.order_id != RUSH]
    own = next((order for order in effects.orders if order.order_id == RUSH), None)
    return Told(
        question=said(session, change),
        own=own,
        losers=tuple(order for order in others if order.is_later),
        winners=tuple(order for order in others if not order.is_later),
        runs=effects.runs,
        runs_opened=effects.runs_opened,
        money=effects.money_at_risk,
    )


def said(session: Session, change: Change) -> str:
    """Say what is asked about, as if it had happened."""
    match change:
        case PurchaseLate():
            return _late(session, change)
        case LotRejected():
            lot = session.get_one(Lot, change.lot_id)
            item = session.get_one(Item, lot.item_id)
            return gettext(
                "Lot %(lot)s of %(item)s may not be used.", lot=lot.code, item=item.name
            )
        case DemandTimes():
            item = session.get_one(Item, change.item_id)
            return gettext(
                "Open orders want %(factor)s times as much of %(item)s.",
                factor=write_number(change.factor),
                item=item.name,
            )
        case CentreDown():
            centre = session.get_one(WorkCentre, change.work_centre)
            return gettext(
                "%(centre)s stands still from %(first)s to %(last)s.",
                centre=centre.name,
                first=write_day(change.first),
                last=write_day(change.last),
            )
        case OrderAdded():
            item = session.get_one(Item, change.item_id)
            return gettext(
                "You get an order of %(quantity)s %(item)s for %(day)s.",
                quantity=write_quantity(change.quantity, item.unit),
                item=item.name,
                day=write_day(change.needed_on),
            )


def _late(session: Session, change: PurchaseLate) -> str:
    line = session.get_one(PurchaseLine, min(change.lines))
    purchase = session.get_one(PurchaseOrder, line.purchase_order_id)
    return ngettext(
        "%(purchase)s comes a day late.",
        "%(purchase)s comes %(num)s days late.",
        change.days,
        purchase=purchase.number,
    )
