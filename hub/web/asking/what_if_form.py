"""What a what-if form asks, read from the address: it is safe to open twice and to pass on."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.what_if_changes import (
    CentreDown,
    Change,
    DemandTimes,
    LotRejected,
    OrderAdded,
    PurchaseLate,
)
from hub.flow.planning.work_centres import days_of
from hub.flow.refusal import Invalid
from hub.models.catalogue.item_views import item_coded, work_centre_coded
from hub.models.planning.planning_rows import lines_on_their_way
from hub.models.purchasing.purchase_views import purchase_id_of
from hub.models.records.items import Item
from hub.models.stock.lot_views import lots_meant
from hub.web.page_door import asked
from hub.web.wording.formats import read_day, read_pieces, read_quantity
from hub.web.wording.language import gettext

MOST_DAYS = 400
MOST_TIMES = 100


def read_change(session: Session, *, kind: str, today: date) -> Change:
    """Read the change that a form asks about; `kind` is a key of READERS.

    :raises Invalid: something it names is not there, or cannot be.
    """
    return READERS[kind](session, today)


def _late(session: Session, _today: date) -> Change:
    purchase_id = purchase_id_of(session, named=asked("purchase"))
    if purchase_id is None:
        raise Invalid("There is no such purchase order.", field="purchase")
    lines = lines_on_their_way(session, purchase_order_id=purchase_id)
    if not lines:
        raise Invalid("Nothing of it is still to come.", field="purchase")
    days = read_pieces(asked("days"), field="days")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"Write a number from 1 to {MOST_DAYS}.", field="days")
    return PurchaseLate(lines=frozenset(lines), days=days)


def _rejected(session: Session, _today: date) -> Change:
    item = _item(session, field="lot_item")
    found = lots_meant(session, item_id=item.id, named=asked("lot"))
    if len(found) != 1:
        raise Invalid("There is no such lot of this item.", field="lot")
    return LotRejected(lot_id=found[0].id)


def _times(session: Session, _today: date) -> Change:
    item = _item(session, field="item")
    try:
        factor = Fraction(Decimal(asked("factor").replace(",", ".")))
    except (InvalidOperation, ValueError, OverflowError) as problem:
        words = gettext("Write a number, such as 2.5.")
        raise Invalid(words, field="factor") from problem
    if not 0 < factor <= MOST_TIMES:
        raise Invalid(f"More than nothing, and at most {MOST_TIMES} times.", field="factor")
    return DemandTimes(item_id=item.id, factor=factor)


def _down(session: Session, today: date) -> Change:
    centre = work_centre_coded(session, code=asked("centre"))
    if centre is None:
        raise Invalid("There is no such work centre.", field="centre")
    first = read_day(asked("from"), field="from") or today
    days = days_of(first, read_day(asked("to"), field="to"))
    return CentreDown(work_centre=centre.id, first=days[0], last=days[-1])


def _added(session: Session, today: date) -> Change:
    item = _item(session, field="item")
    quantity = read_quantity(asked("quantity"), base=item.unit, field="quantity")
    if quantity <= 0:
        raise Invalid(gettext("More than nothing."), field="quantity")
    needed_on = read_day(asked("on"), field="on") or today
    if needed_on < today:
        raise Invalid("That day is over.", field="on")
    return OrderAdded(item_id=item.id, quantity=quantity, needed_on=needed_on)


def _item(session: Session, *, field: str) -> Item:
    """Find an item by its code, or by its name where no other has it."""
    written = asked(field)
    item = item_coded(session, code=written)
    if item is not None:
        return item
    named = session.scalars(select(Item).where(Item.name == written).limit(2)).all()
    if not written or len(named) != 1:
        raise Invalid("There is no item with this code.", field=field)
    return named[0]


READERS: Mapping[str, Callable[[Session, date], Change]] = {
    "order_added": _added,
    "purchase_late": _late,
    "lot_rejected": _rejected,
    "demand_times": _times,
    "work_centre_down": _down,
}
