"""What if: what a change would do to the orders, what would help, and one remedy really done."""

from datetime import date
from fractions import Fraction

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from sqlalchemy.orm import Session

from hub.domain.asking.what_if_changes import (
    CentreDown,
    Change,
    DemandTimes,
    LotRejected,
    OrderAdded,
    PurchaseLate,
)
from hub.flow.asking.what_if import apply_fix, what_if
from hub.flow.planning.work_centres import days_of
from hub.flow.refusal import Invalid
from hub.models.catalogue.item_views import work_centre_coded
from hub.models.planning.planning_rows import lines_on_their_way
from hub.models.purchasing.purchase_views import purchase_id_of
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_named, lot_named
from hub.web.api.quantities import thousandths
from hub.web.api.schemas.what_if import (
    AppliedOut,
    CentreDownIn,
    ChangeIn,
    DemandTimesIn,
    FixIn,
    LotRejectedIn,
    OrderAddedIn,
    PurchaseLateIn,
    WhatIfIn,
    WhatIfOut,
    show_answer,
)

TAG = Tag(name="What if", description="What a change would do, and what would help.")

MOST_TIMES = 100


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of what-if questions."""

    @api.post("/what-if", tags=[TAG], responses={"200": WhatIfOut})
    def ask_what_if(body: WhatIfIn) -> Response:
        """Say which orders would move and what would help. Nothing is changed by asking."""
        return door.read(lambda asked: _answer(asked, door, body))

    @api.post("/what-if/apply", tags=[TAG], responses={"200": AppliedOut})
    def apply_what_if(body: FixIn) -> Response:
        """Do one remedy of an answer; what waits for it is planned again."""
        return door.write(
            lambda asked: _apply(asked, door, body),
            show=lambda _asked, kind: AppliedOut(kind=kind),
        )


def _answer(asked: Asked, door: Door, body: WhatIfIn) -> WhatIfOut:
    today = door.today(asked.now)
    changes = [
        # Named as the reader of shapes names it: the kind is a step of the way.
        _change(asked.session, each, field=f"changes.{index}.{each.kind}", today=today)
        for index, each in enumerate(body.changes)
    ]
    answer = what_if(asked.session, changes=changes, now=asked.now, zone=door.zone)
    return show_answer(answer)


def _apply(asked: Asked, door: Door, body: FixIn) -> str:
    kind = apply_fix(
        asked.session,
        fix=body.fix,
        who=asked.who,
        now=asked.now,
        zone=door.zone,
        channels=door.ports.channels,
    )
    return kind.value


def _change(session: Session, given: ChangeIn, *, field: str, today: date) -> Change:
    """Read a change: what it names must be there.

    :raises Invalid: something it names is not, or cannot be.
    """
    match given:
        case PurchaseLateIn():
            lines = _lines(session, given.purchase_order, field=f"{field}.purchase_order")
            return PurchaseLate(lines=lines, days=given.days)
        case LotRejectedIn():
            item = item_named(session, given.item, field=f"{field}.item")
            lot = lot_named(session, given.lot, item=item, field=f"{field}.lot")
            return LotRejected(lot_id=lot.id)
        case DemandTimesIn():
            item = item_named(session, given.item, field=f"{field}.item")
            factor = _factor(given.factor, field=f"{field}.factor")
            return DemandTimes(item_id=item.id, factor=factor)
        case CentreDownIn():
            return _down(session, given, field=field)
        case OrderAddedIn():
            return _added(session, given, field=field, today=today)


def _lines(session: Session, named: str, *, field: str) -> frozenset[int]:
    purchase_id = purchase_id_of(session, named=named)
    if purchase_id is None:
        raise Invalid("There is no such purchase order.", field=field)
    lines = lines_on_their_way(session, purchase_order_id=purchase_id)
    if not lines:
        raise Invalid("Nothing of it is still to come.", field=field)
    return frozenset(lines)


def _factor(given: str, *, field: str) -> Fraction:
    factor = Fraction(given)
    if not 0 < factor <= MOST_TIMES:
        raise Invalid(f"More than nothing, and at most {MOST_TIMES} times.", field=field)
    return factor


def _down(session: Session, given: CentreDownIn, *, field: str) -> CentreDown:
    centre = work_centre_coded(session, code=given.work_centre)
    if centre is None:
        raise Invalid("There is no such work centre.", field=f"{field}.work_centre")
    try:
        days = days_of(given.from_on, given.to_on)
    except Invalid as refusal:
        raise Invalid(refusal.message, field=f"{field}.to") from refusal
    return CentreDown(work_centre=centre.id, first=days[0], last=days[-1])


def _added(session: Session, given: OrderAddedIn, *, field: str, today: date) -> OrderAdded:
    item = item_named(session, given.item, field=f"{field}.item")
    quantity = thousandths(given.quantity, item=item, field=f"{field}.quantity")
    if not quantity:
        raise Invalid("More than nothing.", field=f"{field}.quantity")
    if given.needed_on < today:
        raise Invalid("That day is over.", field=f"{field}.needed_on")
    return OrderAdded(item_id=item.id, quantity=quantity, needed_on=given.needed_on)
