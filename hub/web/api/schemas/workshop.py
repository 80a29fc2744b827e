"""How the workshop plans and ships, as the API takes and gives it."""

from dataclasses import replace
from datetime import time
from typing import Annotated

from pydantic import Field

from hub.domain.planning.habits import Habits
from hub.models.records.workshop import Transit
from hub.web.api.schemas.work_centres import clock_of, minute_of
from hub.web.api.shapes import Days, In, Out

NOT_COUNTED = -1
ClockOrNone = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$")]
"""A time of the day such as 14:00, or nothing for none."""
Weekday = Annotated[int, Field(strict=True, ge=0, le=6)]


class WorkshopChange(In):
    """What the workshop decides about itself; what is left out stays."""

    country: Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$")] | None = Field(
        None, description="Two letters; its public holidays are kept. Empty: none."
    )
    region: str | None = Field(
        None,
        max_length=50,
        description="Such as CT for Catalonia; empty: the whole country.",
    )
    window_days: Days | None = Field(
        None, description="Orders due within so many days of the first share a run."
    )
    freeze_days: Days | None = Field(
        None, description="A run that starts within so many days is not resized."
    )
    shipping_weekdays: list[Weekday] | None = Field(
        None, max_length=7, description="Days on which parcels leave; Monday is 0."
    )
    cut_off: ClockOrNone | None = Field(
        None, description="What is ready later leaves the next shipping day; empty: none."
    )
    pack_days: Days | None = None
    transit_days: Annotated[int, Field(strict=True, ge=NOT_COUNTED)] | None = Field(
        None, description="Where no way to a country fits; -1: not counted."
    )
    offer_days: Days | None = Field(
        None, description="What can be made within so many days may be sold."
    )
    lot_pattern: str | None = Field(
        None, description="Such as {item}-{yy}{ddd}-{nn}; empty: the house's own."
    )


class WorkshopOut(Out):
    """What the workshop decided about itself."""

    country: str
    region: str
    window_days: int
    freeze_days: int
    shipping_weekdays: list[int]
    cut_off: str | None
    pack_days: int
    transit_days: int | None
    offer_days: int
    lot_pattern: str
    time_zone: str


class WayIn(In):
    """How long a parcel takes; an empty word fits any country or method."""

    country: str = Field("", max_length=2)
    method: str = Field("", max_length=200, description="As the channel names it.")
    days: Days


class WayOut(Out):
    """How long a parcel takes."""

    country: str
    method: str
    days: int


class WaysIn(In):
    """All the ways there are, in place of those said before."""

    ways: list[WayIn] = Field(max_length=2_000)


class WaysOut(Out):
    """All the ways there are."""

    ways: list[WayOut]


def with_changes(habits: Habits, change: WorkshopChange) -> Habits:
    """Take over what a change says, and keep the rest."""
    given = change.model_dump(exclude_none=True)
    if "cut_off" in given:
        given["cut_off"] = _time(str(given["cut_off"]))
    if given.get("transit_days") == NOT_COUNTED:
        given["transit_days"] = None
    if "shipping_weekdays" in given:
        given["shipping_weekdays"] = frozenset(given["shipping_weekdays"])
    return replace(habits, **given)


def _time(clock: str) -> time | None:
    minute = minute_of(clock) if clock else None
    return None if minute is None else time(minute // 60, minute % 60)


def show_workshop(habits: Habits, *, time_zone: str) -> WorkshopOut:
    """Write the habits of the workshop."""
    cut_off = habits.cut_off
    return WorkshopOut(
        country=habits.country,
        region=habits.region,
        window_days=habits.window_days,
        freeze_days=habits.freeze_days,
        shipping_weekdays=sorted(habits.shipping_weekdays),
        cut_off=None if cut_off is None else clock_of(cut_off.hour * 60 + cut_off.minute),
        pack_days=habits.pack_days,
        transit_days=habits.transit_days,
        offer_days=habits.offer_days,
        lot_pattern=habits.lot_pattern,
        time_zone=time_zone,
    )


def show_way(way: Transit) -> WayOut:
    """Write how long a parcel takes."""
    return WayOut(country=way.country, method=way.method, days=way.days)
