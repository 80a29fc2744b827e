"""Production orders as the API takes and gives them."""

from datetime import date, datetime

from pydantic import Field

from hub.domain.states import Production
from hub.models.run_views import RunRow
from hub.web.api.quantities import Quantity, QuantityIn, quantity
from hub.web.api.schemas.lots import Ref
from hub.web.api.shapes import Day, In, Name, Out, PageQuery


class ConsumedIn(In):
    """What was used of a lot, named by its id or code."""

    item: str
    lot: str
    quantity: QuantityIn


class FinishIn(In):
    """What came out of a run; what is left out went as planned."""

    produced: QuantityIn | None = None
    consumed: list[ConsumedIn] | None = Field(
        None,
        max_length=500,
        description="A material that is not named was used as needed, from the lots picked.",
    )
    scrap: QuantityIn | None = None
    lot_code: Name | None = None
    best_before: Day | None = None


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


class MaterialOut(Out):
    """What a run needs of one item."""

    item: str
    needed: Quantity
    reserved: Quantity
    consumed: Quantity
    short: Quantity


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
    needed_on: date | None
    starts_on: date | None
    ends_on: date | None
    ready_on: date | None
    orders: list[RunOrder]
    for_production_orders: list[Ref] = Field(
        description="Runs that need what this one makes."
    )
    materials: list[MaterialOut]
    lots: list[str] = Field(description="Ids of the lots that came out.")
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
        needed_on=run.needed_on,
        starts_on=run.starts_on,
        ends_on=run.ends_on,
        ready_on=run.ready_on,
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
        materials=[
            MaterialOut(
                item=each.item.code,
                needed=quantity(each.needed, unit=each.item.unit),
                reserved=quantity(each.reserved, unit=each.item.unit),
                consumed=quantity(each.consumed, unit=each.item.unit),
                short=quantity(each.short, unit=each.item.unit),
            )
            for each in row.materials
        ],
        lots=[str(lot_id) for lot_id in row.lot_ids],
        released_at=run.released_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        created_at=run.created_at,
    )
