"""Forecasts: GET /forecasts, POST /forecasts/{item}/accept."""

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag

from hub.flow.planning.forecasts import take_over
from hub.models.by_id import by_id
from hub.models.planning.forecast_views import find_forecasts
from hub.models.records.items import Item
from hub.web.api.door import Asked, Door
from hub.web.api.named import item_in_path
from hub.web.api.paging import cursor, window
from hub.web.api.schemas.forecasts import ForecastOut, ForecastQuery, show_forecast
from hub.web.api.shapes import Page, Path

TAG = Tag(
    name="Forecasts", description="What the items kept in stock are expected to sell."
)


class ForecastPath(Path):
    """Whose forecast, by the item's code."""

    code: str


def add_routes(api: APIBlueprint, door: Door) -> None:
    """Add the routes of forecasts."""

    @api.get("/forecasts", tags=[TAG], responses={"200": Page[ForecastOut]})
    def list_forecasts(query: ForecastQuery) -> Response:
        """List what is expected to sell, with the method that did best on the item's past."""
        return door.read(lambda asked: _page(asked, query))

    @api.post(
        "/forecasts/<path:code>/accept", tags=[TAG], responses={"200": Page[ForecastOut]}
    )
    def accept_forecast(path: ForecastPath) -> Response:
        """Make the suggested reorder point and safety stock the item's own."""
        return door.write(
            lambda asked: _accept(asked, path.code),
            show=lambda asked, _: _page(asked, ForecastQuery(item=path.code)),
        )


def _page(asked: Asked, query: ForecastQuery) -> Page[ForecastOut]:
    found = find_forecasts(asked.session, item_code=query.item, window=window(query))
    items = by_id(asked.session, Item, ids={row.item_id for row in found.rows})
    return Page(
        items=[show_forecast(row, items[row.item_id]) for row in found.rows],
        next=cursor(found.next),
    )


def _accept(asked: Asked, code: str) -> None:
    item = item_in_path(asked.session, code)
    take_over(asked.session, item_id=item.id, who=asked.who, now=asked.now)
