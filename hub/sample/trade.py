"""Of whom the sample company buys, when its parcels leave, and how long they take."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from hub.domain.planning.habits import Habits
from hub.flow.catalogue.suppliers import add_supplier, offer
from hub.flow.house.workshop import Way, change_habits, set_transit
from hub.sample import said

WHO = "system"


class SampleOffer(BaseModel):
    """How a supplier sells an item: by whole packs."""

    model_config = ConfigDict(extra="forbid")

    pack: str
    cost: str
    days: int


class SampleSupplier(BaseModel):
    """A supplier and what they sell, by item code."""

    model_config = ConfigDict(extra="forbid")

    code: str
    name: str
    sells: dict[str, SampleOffer]


class SampleWorkshop(BaseModel):
    """Where the workshop is, and how its parcels travel."""

    model_config = ConfigDict(extra="forbid")

    country: str
    region: str
    cut_off: time
    transit_days: int
    transit: dict[str, int]
    """Days by country."""


def settle_in(session: Session, *, workshop: SampleWorkshop, now: datetime) -> None:
    """Say how the workshop ships."""
    habits = Habits(
        country=workshop.country,
        region=workshop.region,
        cut_off=workshop.cut_off,
        transit_days=workshop.transit_days,
    )
    change_habits(session, habits=habits, who=WHO, now=now)
    ways = [Way(country=code, days=days) for code, days in workshop.transit.items()]
    set_transit(session, ways=ways, who=WHO, now=now)


def find_suppliers(
    session: Session,
    *,
    suppliers: Sequence[SampleSupplier],
    ids: Mapping[str, int],
    units: Mapping[str, str],
    now: datetime,
) -> None:
    """Write down who sells what; `ids` and `units` are by item code."""
    for supplier in suppliers:
        supplier_id = add_supplier(
            session,
            code=supplier.code,
            name=supplier.name,
            currency="EUR",
            who=WHO,
            now=now,
        )
        for code, sold in supplier.sells.items():
            pack = said.quantity(sold.pack, base=units[code])
            offer(
                session,
                supplier_id=supplier_id,
                item_id=ids[code],
                lead_time_days=sold.days,
                smallest=pack,
                multiple=pack,
                unit_cost=said.cost(sold.cost),
                is_preferred=True,
                who=WHO,
                now=now,
            )
