"""Forecasts with their items, as lists show them."""

from collections.abc import Collection

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from hub.models.newest import Newest, Window, newest
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item
from hub.models.substrings import holds


def find_forecasts(session: Session, *, item_code: str, window: Window) -> Newest[Forecast]:
    """Return one page of forecasts; an empty code leaves out nothing."""
    query = select(Forecast)
    if item_code:
        query = query.join(Item, Item.id == Forecast.item_id).where(Item.code == item_code)
    return newest(session, query, record=Forecast, window=window)


def forecast_items(*, text: str = "", levels: str = "") -> Select[Item]:
    """Choose the items kept in stock that are named so, in no order.

    `levels`: "other" are those whose forecast suggests other levels than they have, "none" those
    without a forecast yet.
    """
    query = select(Item).where(Item.policy == "make_to_stock")
    if text:
        query = query.where(holds(Item.code, text) | holds(Item.name, text))
    if levels == "none":
        return query.where(~select(Forecast.id).where(Forecast.item_id == Item.id).exists())
    if levels == "other":
        query = query.join(Forecast, Forecast.item_id == Item.id).where(
            or_(
                Forecast.reorder_point != Item.reorder_point,
                Forecast.safety_stock != Item.safety_stock,
            )
        )
    return query


def forecasts_of(session: Session, *, item_ids: Collection[int]) -> dict[int, Forecast]:
    """Return the forecasts of items, by item; those without one are left out."""
    found = session.scalars(select(Forecast).where(Forecast.item_id.in_(item_ids)))
    return {forecast.item_id: forecast for forecast in found}
