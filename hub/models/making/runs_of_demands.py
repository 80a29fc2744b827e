"""Which unfinished runs are linked to which demands."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.states import UNFINISHED
from hub.models.among import among
from hub.models.records.production import ProductionLink, ProductionOrder


def unfinished_runs(
    session: Session, *, demand_ids: Collection[int]
) -> list[tuple[ProductionLink, ProductionOrder]]:
    """Return the links of these demands to runs that are not over, the older run first.

    Links and runs are read one after the other: joined, SQLite looks for each of the demands in
    each of the runs. A run is as the database has it now, whatever was read of it before.
    """
    links = session.scalars(
        select(ProductionLink).where(ProductionLink.demand_id.in_(demand_ids))
    ).all()
    ids = {link.production_order_id for link in links}
    query = select(ProductionOrder).where(
        among(ProductionOrder.id, ids), ProductionOrder.state.in_(UNFINISHED)
    )
    fresh = session.scalars(query.execution_options(populate_existing=True))
    runs = {run.id: run for run in fresh}
    found = [
        (link, runs[link.production_order_id])
        for link in links
        if link.production_order_id in runs
    ]
    return sorted(found, key=lambda pair: (pair[1].id, pair[0].id))
