"""The plan in memory is the stored plan: the same goods for the same people on the same days."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from hub.domain.asking.whole_plan import plan_everything
from hub.domain.asking.whole_plan_types import Outcome
from hub.domain.days.schedule import Slot
from hub.domain.keys import key_of
from hub.domain.states import UNFINISHED
from hub.flow.making.produce import release, start
from hub.flow.planning.plan import replan
from hub.flow.planning.planning_state import planning_state
from hub.models.records.alternates import Alternate, Substitution
from hub.models.records.completions import Completion
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import CheckCover, Shortage
from hub.models.records.production import ProductionLink, ProductionNeed, ProductionOrder
from hub.models.records.purchasing import PurchaseCover
from hub.models.records.stock import Reservation
from hub.models.session import Database
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.random_shop import Shop, open_shop

Names = dict[str, str]
"""The planner's key of each run's need -> a name that does not depend on ids."""


def stored_names(session: Session) -> tuple[dict[int, str], Names]:
    """Name the unfinished runs by what they are, oldest first, and their needs by run and item."""
    runs = session.scalars(
        select(ProductionOrder)
        .where(ProductionOrder.state.in_(UNFINISHED))
        .order_by(ProductionOrder.id)
    ).all()
    named = name_runs([(run.id, run.item_id) for run in runs])
    needs = session.scalars(select(ProductionNeed))
    return named, {
        f"need:{need.id}": f"{named[need.production_order_id]} needs {need.item_id}"
        for need in needs
        if need.production_order_id in named
    }


def name_runs(runs: list[tuple[int, int]]) -> dict[int, str]:
    """Count the runs of each item in the order of their ids."""
    seen: dict[int, int] = defaultdict(int)
    named: dict[int, str] = {}
    for run_id, item_id in sorted(runs):
        seen[item_id] += 1
        named[run_id] = f"run {seen[item_id]} of {item_id}"
    return named


def said(key: str, names: Names) -> str:
    return names.get(key, key)


Picture = dict[str, object]


def stored_picture(session: Session) -> Picture:
    """Say what the database holds of a plan."""
    named, names = stored_names(session)
    picture: Picture = {}
    for run in session.scalars(
        select(ProductionOrder).where(ProductionOrder.id.in_(named))
    ):
        size = (run.batches, run.planned, run.needed_on, run.priority)
        picture[named[run.id]] = (*size, run.starts_on, run.ready_on)
    for link in session.scalars(
        select(ProductionLink).where(
            ProductionLink.planned > ProductionLink.done,
            ProductionLink.production_order_id.in_(named),
        )
    ):
        owner = said(key_of(demand_id=link.demand_id, need_id=link.need_id), names)
        made_by = named[link.production_order_id]
        picture[f"{made_by} for {owner}"] = link.planned - link.done
    for held in session.scalars(select(Reservation).where(~Reservation.is_firm)):
        owner = said(key_of(demand_id=held.demand_id, need_id=held.need_id), names)
        picture[f"lot {held.lot_id} for {owner}"] = held.quantity
    for order in session.scalars(select(SalesOrder)):
        picture[f"order {order.id}"] = order.earliest_on
    return picture | dict(stored_lacks(session, names))


def stored_lacks(session: Session, names: Names) -> Iterator[tuple[str, object]]:
    """Say what is on its way, what is short, and what stands in for it."""
    for cover in session.scalars(select(PurchaseCover)):
        owner = said(key_of(demand_id=cover.demand_id, need_id=cover.need_id), names)
        yield f"purchase {cover.purchase_line_id} for {owner}", cover.quantity
    for check in session.scalars(select(CheckCover)):
        owner = said(key_of(demand_id=check.demand_id, need_id=check.need_id), names)
        yield f"check of {check.lot_id} for {owner}", check.quantity
    for short in session.scalars(select(Shortage)):
        owner = said(key_of(demand_id=short.demand_id, need_id=short.need_id), names)
        yield f"short for {owner}", (short.quantity, short.reason)
    for swap in session.scalars(select(Substitution)):
        owner = said(key_of(demand_id=None, need_id=swap.need_id), names)
        yield f"{swap.item_id} instead for {owner}", (swap.quantity, swap.replaces)
    for item in session.scalars(select(Item).where(Item.stock_short > 0)):
        yield f"stock of {item.id}", item.stock_short


def thought_picture(outcome: Outcome) -> Picture:
    """Say the same of a plan in memory."""
    runs = outcome.cover.runs.values()
    named = name_runs([(run.run_id, run.item_id) for run in runs])
    names = {
        need.key: f"{named[run.run_id]} needs {need.item_id}"
        for run in runs
        for need in run.needs
    }
    picture: Picture = {}
    for run in runs:
        slot = outcome.schedule[run.key]
        days: tuple[date | None, date | None] = (None, None)
        if isinstance(slot, Slot):
            days = (slot.starts_on, slot.ready_on)
        size = (run.batches, run.planned, run.needed_on, run.priority)
        picture[named[run.run_id]] = (*size, *days)
        for link in run.links:
            owner = said(link.demand, names)
            picture[f"{named[run.run_id]} for {owner}"] = link.quantity
    for order_id, found in outcome.promises.items():
        picture[f"order {order_id}"] = found.earliest_on
    for check in (each for many in outcome.cover.awaited.values() for each in many):
        owner = said(check.demand, names)
        picture[f"check of {check.lot_id} for {owner}"] = check.quantity
    return picture | dict(thought_lacks(outcome, names))


def thought_lacks(outcome: Outcome, names: Names) -> Iterator[tuple[str, object]]:
    """Say what is held of lots and purchases, what is short, and what stands in for it."""
    cover = outcome.cover
    for key, held in cover.held.items():
        for each in held:
            yield f"lot {each.lot_id} for {said(key, names)}", each.quantity
    for key, coming in cover.coming.items():
        for bought in coming:
            place = f"purchase {bought.purchase_id} for {said(key, names)}"
            yield place, bought.quantity
    for key, short in cover.short.items():
        yield f"short for {said(key, names)}", (short.quantity, short.reason.value)
    for swap in cover.substitutions:
        place = f"{swap.item_id} instead for {said(swap.demand, names)}"
        yield place, (swap.quantity, swap.replaces)
    for item_id, quantity in outcome.stock_short.items():
        yield f"stock of {item_id}", quantity


def differences(session: Session, outcome: Outcome) -> dict[str, tuple[object, object]]:
    stored, thought = stored_picture(session), thought_picture(outcome)
    return {
        what: (stored.get(what), thought.get(what))
        for what in sorted({*stored, *thought})
        if stored.get(what) != thought.get(what)
    }


def plan_both(shop: Shop) -> Outcome:
    """Plan in memory what is stored, then plan it in the database."""
    shop.session.flush()
    thought = plan_everything(planning_state(shop.session, now=NOW, zone=UTC))
    replan(shop.session, now=NOW)
    return thought


@pytest.mark.parametrize("seed", [*range(8), 11, 27])
def test_a_first_plan_in_memory_is_the_stored_plan(session: Session, seed: int) -> None:
    shop = open_shop(session, seed=seed)

    thought = plan_both(shop)

    assert differences(session, thought) == {}


@pytest.mark.parametrize("seed", range(100, 108))
def test_a_plan_over_a_plan_in_memory_is_the_stored_plan(
    session: Session, seed: int
) -> None:
    shop = open_shop(session, seed=seed)
    replan(session, now=NOW)
    shop.order(more=3)
    for run in session.scalars(select(ProductionOrder).order_by(ProductionOrder.id)):
        run.pinned_on = shop.dice.choice((None, None, NOW.date() + timedelta(days=4)))
        if shop.dice.random() < 0.3:
            release(session, production_order_id=run.id, who="user:1", now=NOW)
    shop.mark_all()

    thought = plan_both(shop)

    assert differences(session, thought) == {}


@pytest.mark.parametrize("seed", [200, 203, 205])
def test_a_plan_with_lots_to_check_and_runs_half_given_is_the_stored_plan(
    session: Session, seed: int
) -> None:
    shop = open_shop(session, seed=seed)
    for item in shop.items[:5]:
        item.shelf_life_days = 6
    for item in shop.products[:3]:
        lot = make_lot(session, item=item, quantity=7 * PIECE)
        lot.state, lot.awaits_check = "quarantined", True
    replan(session, now=NOW - timedelta(days=1))
    for run in session.scalars(select(ProductionOrder).order_by(ProductionOrder.id)):
        run.state, run.started_at = "running", NOW - timedelta(days=1)
        completion = Completion(
            production_order_id=run.id,
            number=1,
            produced=0,
            scrapped=run.planned // 3,
            at=NOW,
            who="user:1",
        )
        session.add(completion)
        run.scrapped = run.planned // 3
        if shop.dice.random() < 0.5:
            break
    shop.order(more=3)
    shop.mark_all()

    thought = plan_both(shop)

    assert differences(session, thought) == {}
    assert any(what.startswith("check") for what in stored_picture(session))


def test_what_stands_in_at_a_run_that_has_started_is_not_wanted_again_in_memory(
    session: Session,
) -> None:
    shop = a_shop_of_soap_without_oil(session)
    replan(session, now=NOW)
    run = session.scalars(select(ProductionOrder)).one()
    start(session, production_order_id=run.id, who="user:1", now=NOW)
    shop.mark_all()

    thought = plan_both(shop)

    assert session.scalars(select(Substitution.need_id)).one()
    assert thought.cover.short == {}
    assert session.scalars(select(Shortage)).all() == []


def a_shop_of_soap_without_oil(session: Session) -> Shop:
    """One order for soap, no oil to make it of, and wax that may stand in for it."""
    soap, oil, wax = (make_item(session, code=code) for code in ("SOAP", "OIL", "WAX"))
    make_recipe(session, item=soap, uses={oil: 1000 * PIECE})
    session.add(Alternate(item_id=oil.id, substitute_id=wax.id))
    make_lot(session, item=wax, quantity=5000 * PIECE)
    account = make_account(session)
    make_order(session, account=account, lines={soap: 10})
    return Shop(session, Random(1), account, [soap], [], [oil, wax])


def test_a_lot_that_is_forgotten_in_memory_is_noticed(session: Session) -> None:
    shop = open_shop(session, seed=3)
    state = planning_state(session, now=NOW, zone=UTC)
    replan(session, now=NOW)
    held = session.scalars(select(Reservation).order_by(Reservation.id)).first()
    assert held is not None
    good = state.goods[held.item_id]
    lots = tuple(lot for lot in good.lots if lot.lot_id != held.lot_id)

    goods = {**state.goods, held.item_id: replace(good, lots=lots)}
    thought = plan_everything(replace(state, goods=goods))

    assert differences(shop.session, thought)


def test_the_shops_that_are_compared_hold_something_of_everything(
    session: Session,
) -> None:
    seen: set[str] = set()

    for seed in (10, 11):
        attempt = session.begin_nested()
        open_shop(session, seed=seed)
        replan(session, now=NOW)
        seen |= {kind_of(what) for what in stored_picture(session)}
        attempt.rollback()

    kinds = {"run", "link", "lot", "purchase", "short", "instead", "stock", "order"}
    assert seen == kinds


def kind_of(what: str) -> str:
    words = what.split()
    if "instead" in words:
        return "instead"
    return "link" if words[0] == "run" and "for" in words else words[0]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def test_reading_a_workshop_takes_the_same_few_queries_however_big_it_is(
    sqlite_database: Database,
) -> None:
    counts: list[int] = []

    for orders in (3, 40):
        with Session(sqlite_database.engine) as session:
            open_shop(session, seed=3, orders=orders)
            replan(session, now=NOW)
            with statements(sqlite_database.engine) as asked:
                planning_state(session, now=NOW, zone=UTC)
            counts.append(len(asked))
            session.rollback()

    assert counts[0] == counts[1] < 40
