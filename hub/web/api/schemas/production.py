"""Production orders as the API takes and gives them."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from hub.domain.making.completing import still_to_come, yield_tenths
from hub.domain.making.scrap import ScrapReason
from hub.domain.states import Production
from hub.models.making.run_views import Made, Material, RunRow
from hub.models.planning.centre_load import StepRow
from hub.models.records.production import ProductionOrder
from hub.web.api.quantities import Quantity, QuantityIn, quantity
from hub.web.api.schemas.lots import Ref
from hub.web.api.shapes import Day, In, Name, Out, PageQuery
from mapping.units import plain


class ConsumedIn(In):
    """What was used of a lot, named by its id or code."""

    item: str
    lot: str
    quantity: QuantityIn


class ScannedIn(In):
    """A lot in the maker's hand, named by its id or code."""

    item: str = Field(description="Of an allowed alternate, too.")
    lot: str
    quantity: QuantityIn | None = Field(
        None, description="As much as is needed when left out."
    )


class ReleaseIn(In):
    """How a planned run is given to the workshop."""

    batches: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="Make it so many first; as planned if left out.",
    )


class StartIn(In):
    """The lots a run begins with; what is left out stays as it was reserved."""

    lots: list[ScannedIn] | None = Field(
        None,
        max_length=500,
        description="Each takes the place of what was reserved of that material.",
    )


class YieldIn(In):
    """What came out of a run, and of what."""

    consumed: list[ConsumedIn] | None = Field(
        None,
        max_length=500,
        description="A material that is not named was used as needed, from the lots picked.",
    )
    scrap: QuantityIn | None = None
    scrap_reason: ScrapReason | None = None
    note: str = Field("", max_length=500)
    lot_code: Name | None = Field(
        None, description="The code of a lot this run has made adds to that lot."
    )
    best_before: Day | None = None


class CompleteIn(YieldIn):
    """What came out of a part of a run; the rest is still to come."""

    produced: QuantityIn


class FinishIn(YieldIn):
    """What came out of a run; what is left out went as planned."""

    produced: QuantityIn | None = None


class RunQuery(PageQuery):
    """Which production orders."""

    state: Production | None = None
    item: str = ""


class RunOrder(Out):
    """An order a run works for."""

    id: str
    number: str
    planned: Quantity | None = Field(description="Null where another run stands between.")
    done: Quantity | None


class StandInOut(Out):
    """So much of another item stands in for so much of a material."""

    item: str
    quantity: Quantity
    replaces: Quantity = Field(description="Of the material it stands in for.")
    used: Quantity


class MaterialOut(Out):
    """What a run needs of one item."""

    item: str
    needed: Quantity
    reserved: Quantity
    consumed: Quantity = Field(description="Counting what substitutes stood in for.")
    difference: Quantity | None = Field(
        description="Used beyond the plan, or saved (negative); null until the run is done."
    )
    short: Quantity
    substitutes: list[StandInOut]


class CompletionOut(Out):
    """One time somebody said what came out."""

    number: int
    produced: Quantity
    scrapped: Quantity
    scrap_reason: str
    note: str
    lot: str | None = Field(description="The id of the lot it went into.")
    lot_code: str | None
    at: datetime
    who: str
    undone_at: datetime | None
    undone_why: str


class StepPlaceOut(Out):
    """When a step of a run has its place; minutes are those of the day's opening hours."""

    step: str = Field(description="Its name; empty where a recipe has only one.")
    work_centre: str | None
    minutes: int
    starts_on: date
    starts_minute: int
    ends_on: date
    ends_minute: int


class RunOut(Out):
    """A production order."""

    id: str
    number: str
    item: str
    state: str
    batches: int
    planned: Quantity
    produced: Quantity
    scrapped: Quantity
    still_to_come: Quantity
    yield_percent: str | None = Field(
        description="Of what was planned; null until the run is done.", examples=["96.5"]
    )
    expected_loss_percent: str = Field(
        description="What the recipe counts on; `planned` is without it.", examples=["2.5"]
    )
    needed_on: date | None
    starts_on: date | None
    ends_on: date | None
    ready_on: date | None
    pinned_on: date | None = Field(description="The day a person wants it to start.")
    no_day: str = Field(
        description="Why it has no day: no_material_date, no_capacity or waits_for_run."
    )
    full_until: date | None = Field(
        description="Until then its work centre had no room; null if it did not wait for any."
    )
    places: list[StepPlaceOut]
    orders: list[RunOrder]
    for_production_orders: list[Ref] = Field(
        description="Runs that need what this one makes."
    )
    materials: list[MaterialOut]
    lots: list[str] = Field(description="Ids of the lots that came out.")
    completions: list[CompletionOut]
    released_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    created_at: datetime


def show_run(row: RunRow) -> RunOut:
    """Write a production order."""
    run, unit = row.run, row.item.unit
    return RunOut(
        id=str(run.id),
        number=run.number,
        item=row.item.code,
        state=run.state,
        batches=run.batches,
        planned=quantity(run.planned, unit=unit),
        produced=quantity(run.produced, unit=unit),
        scrapped=quantity(run.scrapped, unit=unit),
        still_to_come=quantity(_still_to_come(run), unit=unit),
        yield_percent=_yield(run),
        expected_loss_percent=_loss(run),
        needed_on=run.needed_on,
        starts_on=run.starts_on,
        ends_on=run.ends_on,
        ready_on=run.ready_on,
        pinned_on=run.pinned_on,
        no_day=run.no_day,
        full_until=run.full_until,
        places=[_place(step) for step in row.steps],
        orders=[
            RunOrder(
                id=str(each.order.id),
                number=each.order.number,
                planned=None if each.planned is None else quantity(each.planned, unit=unit),
                done=None if each.done is None else quantity(each.done, unit=unit),
            )
            for each in row.orders
        ],
        for_production_orders=[
            Ref(id=str(parent.id), number=parent.number) for parent in row.parents
        ],
        materials=[_material(each, is_done=run.state == "done") for each in row.materials],
        lots=[str(lot_id) for lot_id in row.lot_ids],
        completions=[_completion(each, unit=unit) for each in row.made],
        released_at=run.released_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        created_at=run.created_at,
    )


def _still_to_come(run: ProductionOrder) -> int:
    if run.state in (Production.DONE, Production.CANCELLED):
        return 0
    return still_to_come(run.planned, produced=run.produced, scrapped=run.scrapped)


def _yield(run: ProductionOrder) -> str | None:
    if run.state != Production.DONE:
        return None
    return plain(Decimal(yield_tenths(run.produced, planned=run.planned)) / 10)


def _loss(run: ProductionOrder) -> str:
    loss = run.recipe.get("loss_bp")
    return plain(Decimal(loss if isinstance(loss, int) else 0) / 100)


def _material(each: Material, *, is_done: bool) -> MaterialOut:
    unit = each.item.unit
    difference = quantity(each.consumed - each.needed, unit=unit) if is_done else None
    return MaterialOut(
        item=each.item.code,
        needed=quantity(each.needed, unit=unit),
        reserved=quantity(each.reserved, unit=unit),
        consumed=quantity(each.consumed, unit=unit),
        difference=difference,
        short=quantity(each.short, unit=unit),
        substitutes=[
            StandInOut(
                item=other.item.code,
                quantity=quantity(other.quantity, unit=other.item.unit),
                replaces=quantity(other.replaces, unit=unit),
                used=quantity(other.used, unit=other.item.unit),
            )
            for other in each.substitutes
        ],
    )


def _completion(made: Made, *, unit: str) -> CompletionOut:
    each = made.completion
    return CompletionOut(
        number=each.number,
        produced=quantity(each.produced, unit=unit),
        scrapped=quantity(each.scrapped, unit=unit),
        scrap_reason=each.scrap_reason,
        note=each.note,
        lot=str(made.lot.id) if made.lot else None,
        lot_code=made.lot.code if made.lot else None,
        at=each.at,
        who=each.who,
        undone_at=each.undone_at,
        undone_why=each.undone_why,
    )


def _place(step: StepRow) -> StepPlaceOut:
    slot = step.slot
    return StepPlaceOut(
        step=slot.name,
        work_centre=step.centre,
        minutes=slot.minutes,
        starts_on=slot.starts_on,
        starts_minute=slot.starts_minute,
        ends_on=slot.ends_on,
        ends_minute=slot.ends_minute,
    )
