"""Where and when the steps of runs have their place, with the name of the work centre."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.completions import ProductionSlot
from hub.models.records.items import WorkCentre


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPlace:
    """One step of a run in the calendar."""

    step: str
    where: str
    """Empty: it needs no work centre."""
    on: date
    minute: int | None
    """Minutes after midnight at which it begins; None where no hours are kept."""
    minutes: int
    """How long it takes."""


def slot_places(
    session: Session, *, run_ids: Collection[int]
) -> dict[int, list[SlotPlace]]:
    """Return the steps of each run, the first one first."""
    query = (
        select(ProductionSlot, WorkCentre)
        .outerjoin(WorkCentre, WorkCentre.id == ProductionSlot.work_centre_id)
        .where(ProductionSlot.production_order_id.in_(run_ids))
        .order_by(ProductionSlot.position)
    )
    found: dict[int, list[SlotPlace]] = defaultdict(list)
    for slot, joined in session.execute(query):
        centre: WorkCentre | None = joined  # an outer join: a step may need no centre
        found[slot.production_order_id].append(
            SlotPlace(
                step=slot.name,
                where="" if centre is None else centre.name,
                on=slot.starts_on,
                minute=None if centre is None else centre.opens_at + slot.starts_minute,
                minutes=slot.minutes,
            )
        )
    return found
