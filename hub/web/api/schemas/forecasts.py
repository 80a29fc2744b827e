"""Forecasts as the API gives them."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item
from hub.web.api.quantities import Quantity, quantity
from hub.web.api.shapes import Out, PageQuery


class MethodOut(Out):
    """How wrong one method was on this item's own past."""

    method: Literal["moving_average", "croston_sba", "tsb"]
    error: Quantity = Field(description="Mean absolute error a week.")


class ForecastOut(Out):
    """What an item is expected to sell, and the levels that follow from it."""

    item: str
    name: str
    method: Literal["moving_average", "croston_sba", "tsb"]
    per_week: Quantity
    error: Quantity = Field(description="Mean absolute error a week of the kept method.")
    methods: list[MethodOut]
    weeks: list[Quantity] = Field(
        description="What each whole week asked for, oldest first."
    )
    reorder_point: Quantity = Field(description="Suggested; the item's own is on the item.")
    safety_stock: Quantity = Field(description="Suggested.")
    is_taken_over: bool = Field(description="Whether the item's levels are these.")
    made_at: datetime


class ForecastQuery(PageQuery):
    """Which forecasts."""

    item: str = Field("", description="An item's code.")


def show_forecast(forecast: Forecast, item: Item) -> ForecastOut:
    """Write a forecast with how it was chosen."""

    def shown(of: object) -> Quantity:
        return quantity(of if isinstance(of, int) else 0, unit=item.unit)

    errors, weeks = forecast.detail.get("errors"), forecast.detail.get("weeks")
    return ForecastOut(
        item=item.code,
        name=item.name,
        method=forecast.method,
        per_week=shown(forecast.per_week),
        error=shown(forecast.error),
        methods=[
            MethodOut(method=method, error=shown(error))
            for method, error in (errors if isinstance(errors, dict) else {}).items()
        ],
        weeks=[shown(week) for week in (weeks if isinstance(weeks, list) else [])],
        reorder_point=shown(forecast.reorder_point),
        safety_stock=shown(forecast.safety_stock),
        is_taken_over=(item.reorder_point, item.safety_stock)
        == (forecast.reorder_point, forecast.safety_stock),
        made_at=forecast.made_at,
    )
