"""What a question reads is read as columns: a whole record of each row costs more than the plan."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub.domain.keys import demand_key, is_demand
from hub.domain.planning.netting_types import Link
from hub.flow.planning.plan import replan
from hub.flow.planning.plan_inputs import owed
from hub.models.planning.planning_rows import held_by_owner, links_by_run
from hub.models.planning.standing_covers import covered_demands, covered_runs, owed_to
from hub.models.records.base import Record
from hub.models.records.orders import Demand
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.session import Database
from tests.factories import NOW
from tests.flow.random_shop import open_shop


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """A shop that is planned, and nothing of it in memory."""
    with Session(sqlite_database.engine) as session:
        open_shop(session, seed=301)
        replan(session, now=NOW)
        session.commit()
        yield session


@contextmanager
def records_made() -> Iterator[Counter[str]]:
    """Count by name the records that are made of rows while the block runs."""
    made: Counter[str] = Counter()

    def note(target: object, _context: object) -> None:
        made[type(target).__name__] += 1

    event.listen(Record, "load", note, propagate=True)
    try:
        yield made
    finally:
        event.remove(Record, "load", note)


def test_what_stands_for_others_makes_no_record_of_each_row(session: Session) -> None:
    demands = session.scalars(select(Demand.id)).all()

    with records_made() as made:
        of_orders = covered_demands(session, demand_ids=demands, but=())
        of_runs = covered_runs(session, but=())
        held = held_by_owner(session)

    assert held
    assert of_orders.held
    assert {**of_runs.coming, **of_runs.short}
    assert made == Counter()


def test_of_the_links_of_runs_only_what_is_still_owed_is_read(session: Session) -> None:
    stored = session.scalars(select(ProductionLink).order_by(ProductionLink.id)).all()
    stored[0].done = stored[0].planned
    session.flush()

    links = links_by_run(session)

    by_run: dict[int, list[Link]] = defaultdict(list)
    for link in stored[1:]:
        by_run[link.production_order_id] += owed([link])
    assert links == by_run
    assert sum(map(len, links.values())) == len(stored) - 1


def test_what_other_runs_owe_is_read_of_the_orders_that_are_asked_about(
    session: Session,
) -> None:
    runs = {run.id: run.item_id for run in session.scalars(select(ProductionOrder))}
    one = min(runs.values())
    others = {run_id for run_id, item_id in runs.items() if item_id != one}
    let_one_work_for_a_run(session, among=others)
    every = links_by_run(session)
    demands = session.scalars(select(Demand.id).order_by(Demand.id)).all()[::2]

    links = links_by_run(session, of_items={one})
    owed_here = owed_to(session, demand_ids=demands, run_ids=others)

    keys = {demand_key(each) for each in demands}
    assert {run_id: links.get(run_id, []) for run_id in every} == {
        run_id: [
            each for each in many if run_id not in others or not is_demand(each.demand)
        ]
        for run_id, many in every.items()
    }
    assert {
        (key, each.run_id, each.quantity)
        for key, many in owed_here.items()
        for each in many
    } == {
        (each.demand, run_id, each.quantity)
        for run_id in others
        for each in every.get(run_id, [])
        if each.demand in keys
    }
    assert owed_here
    assert any(not is_demand(each.demand) for many in links.values() for each in many)


def let_one_work_for_a_run(session: Session, *, among: set[int]) -> None:
    """Let one of these runs owe to another run what it owed to an order."""
    link = session.scalars(
        select(ProductionLink).where(ProductionLink.production_order_id.in_(among))
    ).first()
    assert link is not None
    needs = select(ProductionNeed.id).where(
        ProductionNeed.production_order_id != link.production_order_id
    )
    link.demand_id, link.need_id = None, session.scalars(needs).first()
    session.flush()
