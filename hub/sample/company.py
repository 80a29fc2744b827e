"""Fill a new workshop with the sample company: items, recipes, lots, suppliers, listings."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import resources

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.catalogue.recipe import RecipeLine
from hub.flow.catalogue.catalogue import add_recipe, add_work_centre
from hub.flow.catalogue.items import add_item
from hub.flow.stock.stock import receive
from hub.models.meaning.listing_queries import set_components
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.sample import said
from hub.sample.history import live_the_past
from hub.sample.trade import SampleSupplier, SampleWorkshop, find_suppliers, settle_in
from mapping.bundle import Component
from mapping.listing import sku_key
from mapping.units import parse_percent

WHO = "system"


class SampleLot(BaseModel):
    """A first lot, as people say it."""

    model_config = ConfigDict(extra="forbid")

    quantity: str
    cost: str = ""
    code: str | None = None
    supplier_lot: str = ""
    best_before_days: int | None = None


class SampleRecipe(BaseModel):
    """A recipe, as people say it."""

    model_config = ConfigDict(extra="forbid")

    batch: str
    lines: dict[str, str]
    """Quantity by item code; "+3%" after it is the waste."""
    loss_percent: str = "0"
    work_centre: str
    setup_minutes: int = 0
    batch_minutes: int = 0
    rest_days: int = 0
    max_batches: int | None = None


class SampleItem(BaseModel):
    """An item with its first lot and recipe."""

    model_config = ConfigDict(extra="forbid")

    code: str
    name: str
    kind: str
    unit: str
    policy: str = "make_to_order"
    reorder_point: str = ""
    lead_time_days: int | None = None
    shelf_life_days: int | None = None
    min_remaining_days: int = 0
    sold: list[int] = []
    """Pieces sold in each of the weeks before now, the last week last."""
    lot: SampleLot | None = None
    recipe: SampleRecipe | None = None


class SampleCentre(BaseModel):
    """A work centre and its hours, Monday first."""

    model_config = ConfigDict(extra="forbid")

    code: str
    name: str
    open_hours: list[int]


class SampleVariant(BaseModel):
    """What the sandbox shop sells; `means` is what the workshop already knows of it."""

    model_config = ConfigDict(extra="forbid")

    sku: str
    title: str
    price: str
    means: dict[str, str] = {}


class Company(BaseModel):
    """The whole sample."""

    model_config = ConfigDict(extra="forbid")

    workshop: SampleWorkshop
    work_centre: list[SampleCentre]
    supplier: list[SampleSupplier]
    item: list[SampleItem]
    variant: list[SampleVariant]


@dataclass(slots=True)
class Filling:
    """A fill under way: where to, when, and what was already put in, by code."""

    session: Session
    now: datetime
    items: dict[str, SampleItem]
    ids: dict[str, int]
    centres: dict[str, int]


def the_company() -> Company:
    """Read the sample from the package."""
    text = resources.files("hub.sample").joinpath("company.toml").read_text("utf-8")
    return Company.model_validate(tomllib.loads(text))


def is_empty(session: Session) -> bool:
    """Say whether nobody has put any item in yet."""
    return session.scalar(select(Item.id).limit(1)) is None


def fill(session: Session, *, company: Company, now: datetime) -> None:
    """Put the sample into an empty workshop, by the same doors a person would use."""
    filling = Filling(
        session=session,
        now=now,
        items={item.code: item for item in company.item},
        ids={},
        centres={
            centre.code: add_work_centre(
                session,
                code=centre.code,
                name=centre.name,
                open_minutes=[hours * 60 for hours in centre.open_hours],
                who=WHO,
                now=now,
            )
            for centre in company.work_centre
        },
    )
    for item in company.item:
        filling.ids[item.code] = _item(filling, item)
    for item in company.item:
        _recipe(filling, item)
        _lot(filling, item)
    settle_in(session, workshop=company.workshop, now=now)
    find_suppliers(
        session,
        suppliers=company.supplier,
        ids=filling.ids,
        units={item.code: item.unit for item in company.item},
        now=now,
    )
    sold = {item.code: item.sold for item in company.item if item.sold}
    live_the_past(session, sold=sold, now=now)


def map_variants(
    session: Session, *, account_id: int, company: Company, now: datetime
) -> None:
    """Tell a shop's known packs and kits beforehand, by SKU."""
    ids = {item.code: item.id for item in session.scalars(select(Item))}
    units = {item.code: item.unit for item in company.item}
    for variant in company.variant:
        if not variant.means:
            continue
        listing = Listing(
            account_id=account_id,
            key=f"sku:{sku_key(variant.sku)}",
            sku=variant.sku,
            sku_key=sku_key(variant.sku),
            title=variant.title,
            state="mapped",
            matched_by="person",
            mapped_by=WHO,
            mapped_at=now,
            created_at=now,
            components=[],
        )
        session.add(listing)
        session.flush()
        components = tuple(
            Component(item_id=ids[code], quantity=said.quantity(amount, base=units[code]))
            for code, amount in variant.means.items()
        )
        set_components(session, listing, components)


def _item(filling: Filling, item: SampleItem) -> int:
    return add_item(
        filling.session,
        code=item.code,
        name=item.name,
        kind=item.kind,
        unit=item.unit,
        policy=item.policy,
        reorder_point=said.quantity(item.reorder_point, base=item.unit)
        if item.reorder_point
        else 0,
        lead_time_days=item.lead_time_days,
        shelf_life_days=item.shelf_life_days,
        min_remaining_days=item.min_remaining_days,
        who=WHO,
        now=filling.now,
    )


def _recipe(filling: Filling, item: SampleItem) -> None:
    recipe = item.recipe
    if recipe is None:
        return
    line = partial(_line, filling)
    add_recipe(
        filling.session,
        item_id=filling.ids[item.code],
        batch_size=said.quantity(recipe.batch, base=item.unit),
        lines=[line(code, given) for code, given in recipe.lines.items()],
        loss_bp=parse_percent(recipe.loss_percent),
        max_batches=recipe.max_batches,
        work_centre_id=filling.centres[recipe.work_centre],
        setup_minutes=recipe.setup_minutes,
        batch_minutes=recipe.batch_minutes,
        rest_days=recipe.rest_days,
        who=WHO,
        now=filling.now,
    )


def _line(filling: Filling, code: str, given: str) -> RecipeLine:
    quantity, _, waste = given.partition("+")
    return RecipeLine(
        item_id=filling.ids[code],
        quantity=said.quantity(quantity, base=filling.items[code].unit),
        waste_bp=parse_percent(waste.strip().removesuffix("%")) if waste else 0,
    )


def _lot(filling: Filling, item: SampleItem) -> None:
    lot = item.lot
    if lot is None:
        return
    days = lot.best_before_days
    receive(
        filling.session,
        item_id=filling.ids[item.code],
        quantity=said.quantity(lot.quantity, base=item.unit),
        code=lot.code,
        best_before=None if days is None else (filling.now + timedelta(days=days)).date(),
        supplier_lot=lot.supplier_lot,
        unit_cost=said.cost(lot.cost),
        who=WHO,
        now=filling.now,
    )
