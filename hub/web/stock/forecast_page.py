"""Forecasts: what items kept in stock are expected to sell, how that was found, what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Response, abort
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hub.domain.planning.forecast import FEWEST_WEEKS, Method
from hub.flow.planning.forecasts import cover_weeks
from hub.models.planning.forecast_views import forecast_items, forecasts_of
from hub.models.records.forecasts import Forecast
from hub.models.records.items import Item
from hub.web.lists.export import amount
from hub.web.lists.page import show_list
from hub.web.lists.spec import Cell, Column, Filter, ListSpec, Option, Wish
from hub.web.page_door import PageDoor, Routes, show
from hub.web.pictures.past_weeks import PastWeeks, past_weeks
from hub.web.wording.language import N_, gettext
from hub.web.wording.words import METHODS, said, unit_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One forecast with all that is said of it; thousandths."""

    forecast: Forecast
    picture: PastWeeks
    errors: Sequence[tuple[str, int]]
    """Each method that was tried, and by how much it was off a week; the least wrong first."""

    @property
    def goes(self) -> int:
        """What is expected to go until new goods are here."""
        return self.forecast.reorder_point - self.forecast.safety_stock

    @property
    def weeks(self) -> int:
        """How many weeks that takes, as it was counted when the forecast was made."""
        return round(self.goes / self.forecast.per_week) if self.forecast.per_week else 0


def list_forecasts(door: PageDoor) -> Response:
    """Show what each item kept in stock is expected to sell."""
    return show_list(door, FORECASTS)


def show_forecast(door: PageDoor, item_id: int) -> Response:
    """Show an item's forecast beside its past, and the levels that follow from it."""
    with door.reading() as session:
        item = session.get(Item, item_id) or abort(404)
        found = session.scalar(select(Forecast).filter_by(item_id=item_id))
        return show(
            "stock/forecast.html",
            item=item,
            told=None if found is None else _told(door, found),
            fewest=FEWEST_WEEKS + cover_weeks(item),
        )


def _told(door: PageDoor, forecast: Forecast) -> Told:
    made_on = forecast.made_at.astimezone(door.zone).date()
    errors = forecast.detail.get("errors")
    tried = errors if isinstance(errors, dict) else {}
    return Told(
        forecast=forecast,
        picture=past_weeks(
            _numbers(forecast.detail.get("weeks")),
            method=Method(forecast.method),
            per_week=forecast.per_week,
            until=_monday(made_on),
        ),
        errors=sorted(
            ((name, off) for name, off in tried.items() if isinstance(off, int)),
            key=lambda each: each[1],
        ),
    )


def _numbers(kept: object) -> list[int]:
    return (
        [each for each in kept if isinstance(each, int)] if isinstance(kept, list) else []
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _context(_: PageDoor, session: Session, rows: Sequence[Item]) -> Mapping[str, object]:
    return {"forecasts": forecasts_of(session, item_ids=[item.id for item in rows])}


def _query(_: Session, wish: Wish) -> Select[Item]:
    return forecast_items(text=wish.text, levels=wish.value("levels"))


def _cells(session: Session, rows: Sequence[Item], _: Wish) -> list[Mapping[str, Cell]]:
    found = forecasts_of(session, item_ids=[item.id for item in rows])
    return [_row(item, found.get(item.id)) for item in rows]


def _row(item: Item, forecast: Forecast | None) -> Mapping[str, Cell]:
    known: dict[str, Cell] = {
        "name": item.name,
        "code": item.code,
        "unit": unit_word(item.unit),
        "below": amount(item.reorder_point),
        "aside": amount(item.safety_stock),
    }
    if forecast is None:
        return known
    return known | {
        "per_week": amount(forecast.per_week),
        "method": said(METHODS, forecast.method),
        "error": amount(forecast.error),
        "weeks": forecast.weeks,
        "suggested": amount(forecast.reorder_point),
        "suggested_aside": amount(forecast.safety_stock),
        "made": forecast.made_at,
    }


def _levels(_: Session) -> Sequence[Option]:
    return [
        ("other", gettext("Suggest other levels")),
        ("none", gettext("Too little past")),
    ]


FORECASTS = ListSpec(
    page="list_forecasts",
    file="forecasts",
    record=Item,
    columns=(
        Column(key="name", label=N_("Item"), sort=Item.name),
        Column(key="code", label=N_("Code"), sort=Item.code),
        Column(key="per_week", label=N_("A week"), is_number=True),
        Column(key="error", label=N_("Off by, a week"), is_number=True),
        Column(key="method", label=N_("How it is forecast")),
        Column(key="weeks", label=N_("Weeks of its past"), is_shown=False),
        Column(key="below", label=N_("More below"), is_number=True),
        Column(key="suggested", label=N_("Suggested"), is_number=True),
        Column(key="aside", label=N_("Kept aside"), is_number=True, is_shown=False),
        Column(
            key="suggested_aside",
            label=N_("Suggested to keep aside"),
            is_number=True,
            is_shown=False,
        ),
        Column(key="unit", label=N_("Unit"), is_shown=False),
        Column(key="made", label=N_("Looked at"), is_shown=False),
    ),
    sort="name",
    filters=(Filter(key="levels", label=N_("Levels"), options=_levels, is_tabs=True),),
    search=N_("Name or code"),
    template="stock/forecasts.html",
    part="stock/_forecasts.html",
    context=_context,
    query=_query,
    cells=_cells,
)

ROUTES: Routes = (
    ("GET", "/forecasts", list_forecasts),
    ("GET", "/stock/<id:item_id>/forecast", show_forecast),
)
