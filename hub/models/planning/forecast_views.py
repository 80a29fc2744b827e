"""Forecasts with their items, as lists show them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.newest import Newest, Window, newest
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item


def find_forecasts(session: Session, *, item_code: str, window: Window) -> Newest[Forecast]:
    """Return one page of forecasts; an empty code leaves out nothing."""
    query = select(Forecast)
    if item_code:
        query = query.join(Item, Item.id == Forecast.item_id).where(Item.code == item_code)
    return newest(session, query, record=Forecast, window=window)
