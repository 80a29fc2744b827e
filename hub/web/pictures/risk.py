"""Orders that will miss their day, on an axis of days, each with what makes it late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.orders.at_risk import orders_at_risk
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.web.pictures.strip import Bounds, Row, Strip, strip
from hub.web.wording.promise_words import item_codes, promise_words

MOST = 12
WIDTH, NAMES = 720, 88


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """One order at risk, what makes it late in words, and its row."""

    order: SalesOrder
    cause: str
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskPicture:
    """The orders promised first, and how many there are in all."""

    late: Sequence[Late]
    count: int
    strip: Strip


def risk_picture(session: Session, *, today: date) -> RiskPicture:
    """Draw the orders at risk, the first promised first, in three statements."""
    found = orders_at_risk(session, most=MOST)
    spans = [
        Bounds(start=order.promised_on or today, end=order.earliest_on)
        for order in found.orders
    ]
    drawn = strip(spans, today=today, width=WIDTH, left=NAMES)
    codes = item_codes([order.risk for order in found.orders])
    items = session.scalars(select(Item).where(Item.code.in_(codes)))
    by_code = {item.code: item for item in items}
    return RiskPicture(
        late=[
            Late(
                order=order,
                cause="; ".join(promise_words([order.risk], items=by_code)),
                row=row,
            )
            for order, row in zip(found.orders, drawn.rows, strict=True)
        ],
        count=found.count,
        strip=drawn,
    )
