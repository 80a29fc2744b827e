"""Work centres, when they are open and how full they are, as the API takes and gives them."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from hub.domain.days.load import DayLoad
from hub.models.planning.centre_load import SlotRow
from hub.models.records.completions import ProductionSlot
from hub.models.records.items import WorkCentre, WorkCentreClosure
from hub.web.api.schemas.lots import Ref
from hub.web.api.shapes import Day, Days, In, Name, Out, Query

Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""A time of the day, such as 08:30."""
Week = Annotated[
    list[Days],
    Field(
        min_length=7,
        max_length=7,
        description="Minutes open on each weekday, Monday first.",
    ),
]


class WorkCentreIn(In):
    """A place where runs happen."""

    code: Name
    name: Name
    open_minutes: Week
    opens_at: Clock | None = Field(None, description="When an open day begins; else 08:00.")
    keeps_holidays: bool = Field(
        True, description="Whether it is shut on the public holidays of the workshop."
    )


class WorkCentreChange(In):
    """When a work centre is open; what is left out stays."""

    open_minutes: Week | None = None
    opens_at: Clock | None = None
    keeps_holidays: bool | None = None


class ClosureIn(In):
    """A day, or all days until another, the last one included."""

    on: Day
    until: Day | None = None
    why: str = Field("", max_length=200)


class ClosureOut(Out):
    """A day on which something is shut."""

    on: date
    why: str


class WorkCentreOut(Out):
    """A place where runs happen."""

    id: str
    code: str
    name: str
    open_minutes: list[int]
    opens_at: str
    keeps_holidays: bool
    closures: list[ClosureOut] = Field(description="From today on.")


class LoadQuery(Query):
    """Which days; four weeks from today where nothing is said."""

    from_on: Day | None = Field(None, alias="from")
    to_on: Day | None = Field(None, alias="to")


class SlotOut(Out):
    """When a step of a run has its work centre; minutes are those of the day's opening hours."""

    production_order: Ref
    item: str
    state: str
    step: str = Field(description="The step's name; empty where a recipe has only one.")
    minutes: int
    starts_on: date
    starts_minute: int
    ends_on: date
    ends_minute: int
    pinned_on: date | None


class DayOut(Out):
    """One day of a work centre."""

    on: date
    open_minutes: int
    taken_minutes: int
    production_orders: list[str] = Field(description="Numbers of the runs that day.")


class LoadOut(Out):
    """How full a work centre is."""

    work_centre: str
    opens_at: str
    days: list[DayOut]
    slots: list[SlotOut] = Field(description="Each step of a run once, by when it begins.")


def minute_of(clock: str) -> int:
    """Read a time of the day as minutes after midnight."""
    return int(clock[:2]) * 60 + int(clock[3:])


def clock_of(minute: int) -> str:
    """Write minutes after midnight as a time of the day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def show_work_centre(
    centre: WorkCentre, *, closures: Sequence[WorkCentreClosure]
) -> WorkCentreOut:
    """Write a work centre and the days it is shut."""
    return WorkCentreOut(
        id=centre.code,
        code=centre.code,
        name=centre.name,
        open_minutes=[
            minutes for minutes in centre.open_minutes if isinstance(minutes, int)
        ],
        opens_at=clock_of(centre.opens_at),
        keeps_holidays=centre.keeps_holidays,
        closures=[ClosureOut(on=closure.day, why=closure.why) for closure in closures],
    )


def show_load(
    centre: WorkCentre, *, days: Sequence[DayLoad], rows: Sequence[SlotRow]
) -> LoadOut:
    """Write how full a work centre is; the spans of `days` are places in `rows`."""
    return LoadOut(
        work_centre=centre.code,
        opens_at=clock_of(centre.opens_at),
        days=[
            DayOut(
                on=day.on,
                open_minutes=day.open,
                taken_minutes=day.taken,
                production_orders=[rows[place].run.number for place in day.spans],
            )
            for day in days
        ],
        slots=[_slot(row) for row in rows],
    )


def _slot(row: SlotRow) -> SlotOut:
    slot: ProductionSlot = row.slot
    return SlotOut(
        production_order=Ref(id=str(row.run.id), number=row.run.number),
        item=row.item.code,
        state=row.run.state,
        step=slot.name,
        minutes=slot.minutes,
        starts_on=slot.starts_on,
        starts_minute=slot.starts_minute,
        ends_on=slot.ends_on,
        ends_minute=slot.ends_minute,
        pinned_on=row.run.pinned_on,
    )
