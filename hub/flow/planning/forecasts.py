"""What is expected to sell of each item kept in stock, and how people take its levels over."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from math import ceil

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.domain.planning.forecast import Outlook, outlook
from hub.flow.catalogue.items import edit_item
from hub.flow.refusal import Missing
from hub.models.planning.sold_weeks import sold_weeks
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item

REVIEW_WEEKS = 1
"""Stock is looked at once a week, so it must last that much longer than the way of new goods."""
MAKE_DAYS = 7
"""How long new goods take where nobody said."""
MOST_COVER_WEEKS = 26


def refresh_forecasts(session: Session, *, now: datetime, zone: tzinfo) -> int:
    """Look at the past of every make-to-stock item anew; return how many have a forecast.

    An item that has too little past, or is no longer kept in stock, has none.
    """
    today = now.astimezone(zone).date()
    items = {
        item.id: item
        for item in session.scalars(select(Item).where(Item.policy == "make_to_stock"))
    }
    weeks = sold_weeks(session, item_ids=items.keys(), today=today, zone=zone)
    found = {
        item_id: seen
        for item_id, sold in weeks.items()
        if (seen := outlook(sold, cover_weeks=cover_weeks(items[item_id])))
    }
    _write(session, found, weeks=weeks, now=now)
    return len(found)


def cover_weeks(item: Item) -> int:
    """Say how many weeks the stock of an item must last until new goods can be in the house."""
    days = MAKE_DAYS if item.lead_time_days is None else item.lead_time_days
    return min(REVIEW_WEEKS + ceil(days / 7), MOST_COVER_WEEKS)


def take_over(session: Session, *, item_id: int, who: str, now: datetime) -> None:
    """Make the forecast's levels the item's own; it is planned again.

    :raises Missing: there is no forecast of it.
    """
    forecast = session.scalar(select(Forecast).filter_by(item_id=item_id))
    if forecast is None:
        raise Missing("There is no forecast of this item yet.")
    levels = {
        "reorder_point": forecast.reorder_point,
        "safety_stock": forecast.safety_stock,
    }
    edit_item(session, item_id=item_id, changed=levels, who=who, now=now)


def _write(
    session: Session,
    found: Mapping[int, Outlook],
    *,
    weeks: Mapping[int, list[int]],
    now: datetime,
) -> None:
    known = {row.item_id: row for row in session.scalars(select(Forecast))}
    session.execute(
        delete(Forecast).where(Forecast.item_id.in_(known.keys() - found.keys()))
    )
    for item_id, seen in found.items():
        row = known.get(item_id) or Forecast(item_id=item_id)
        row.method, row.per_week, row.error = seen.method.value, seen.per_week, seen.error
        row.weeks, row.reorder_point = seen.weeks, seen.reorder_point
        row.safety_stock, row.made_at = seen.safety_stock, now
        row.detail = {
            "errors": {method.value: error for method, error in seen.errors.items()},
            "weeks": weeks[item_id],
        }
        session.add(row)
    session.flush()
