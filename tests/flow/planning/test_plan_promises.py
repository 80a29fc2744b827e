"""What is promised is kept: no later order brings goods later that somebody was promised."""

from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.what_if_changes import OrderAdded, changed
from hub.domain.asking.whole_plan import plan_everything
from hub.flow.planning.planning_state import planning_state
from hub.flow.replan import mark
from hub.models.records.alternates import Alternate, Substitution
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item, Recipe, WorkCentre
from hub.models.records.orders import SalesOrder
from hub.models.records.stock import Lot
from hub.models.session import Database
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_purchase,
    make_recipe,
)
from tests.flow.candle_maker import LATER, a_candle, everything, phases, plan, runs
from tests.flow.random_shop import open_shop

TODAY = NOW.date()
MUCH_LATER = LATER + timedelta(hours=1)


def days(session: Session) -> list[date | None]:
    """Say when each order can leave, the oldest first."""
    query = select(SalesOrder.earliest_on).order_by(SalesOrder.id)
    return list(session.scalars(query))


def the_wax(session: Session) -> Item:
    return session.scalars(select(Item).filter_by(code="WAX")).one()


def ask_again(session: Session) -> None:
    """Plan everything once more, though nothing happened."""
    items = session.scalars(select(Item.id)).all()
    mark(session, item_ids=items, why="asked again", now=MUCH_LATER)
    plan(session, now=MUCH_LATER)


def test_a_later_order_does_not_make_a_promised_run_wait_for_its_wax(
    session: Session,
) -> None:
    candle, shop = a_candle(session, wax=3000), make_account(session)
    make_order(session, account=shop, lines={candle: 10})
    plan(session)
    assert days(session) == [TODAY]

    make_order(session, account=shop, lines={candle: 10}, now=LATER)
    plan(session, now=LATER)

    assert days(session)[0] == TODAY
    assert phases(session) == ["materials_reserved", "waiting_for_materials"]
    assert runs(session) == [("planned", 1, 10), ("planned", 1, 10)]


def test_a_big_order_does_not_either_though_some_of_its_wax_is_there(
    session: Session,
) -> None:
    candle, shop = a_candle(session, wax=10_000), make_account(session)
    make_order(session, account=shop, lines={candle: 10})
    plan(session)

    make_order(session, account=shop, lines={candle: 100}, now=LATER)
    plan(session, now=LATER)

    assert days(session)[0] == TODAY
    assert runs(session) == [("planned", 1, 10), ("planned", 10, 100)]


def test_while_the_wax_goes_round_orders_share_a_run(session: Session) -> None:
    candle, shop = a_candle(session, wax=4000), make_account(session)
    make_order(session, account=shop, lines={candle: 10})
    plan(session)

    make_order(session, account=shop, lines={candle: 10}, now=LATER)
    plan(session, now=LATER)

    assert runs(session) == [("planned", 2, 20)]
    assert phases(session) == ["materials_reserved"] * 2


def test_they_share_a_run_again_once_the_wax_has_come(session: Session) -> None:
    candle, shop = a_candle(session, wax=3000), make_account(session)
    for now in (NOW, LATER):
        make_order(session, account=shop, lines={candle: 10}, now=now)
        plan(session, now=now)
    make_lot(session, item=the_wax(session), quantity=5000 * PIECE)

    ask_again(session)

    assert [run for run in runs(session) if run[0] == "planned"] == [("planned", 2, 20)]
    assert phases(session) == ["materials_reserved"] * 2


def test_a_plan_that_spares_somebody_is_its_own_plan(session: Session) -> None:
    candle, shop = a_candle(session, wax=3000), make_account(session)
    for now in (NOW, LATER):
        make_order(session, account=shop, lines={candle: 10}, now=now)
        plan(session, now=now)
    ask_again(session)
    before = everything(session)

    ask_again(session)

    assert everything(session) == before


def test_who_is_raised_takes_the_wax_of_a_promise(session: Session) -> None:
    candle, shop = a_candle(session, wax=3000), make_account(session)
    make_order(session, account=shop, lines={candle: 10})
    plan(session)

    make_order(session, account=shop, lines={candle: 10}, priority=1, now=LATER)
    plan(session, now=LATER)

    first, raised = days(session)
    assert raised == TODAY
    assert first is not None
    assert first > TODAY


def test_a_part_made_for_a_promise_does_not_wait_either(session: Session) -> None:
    shop = make_account(session)
    oil = make_item(session, code="OIL", lead_time_days=5)
    base = make_item(session, code="BASE")
    base.kind = "intermediate"
    cream = make_item(session, code="CREAM")
    make_recipe(session, item=base, uses={oil: 2 * PIECE}, batch_size=10 * PIECE)
    make_recipe(session, item=cream, uses={base: 10 * PIECE}, batch_size=10 * PIECE)
    make_lot(session, item=oil, quantity=3 * PIECE)
    make_order(session, account=shop, lines={cream: 10})
    plan(session)
    assert days(session) == [TODAY]

    make_order(session, account=shop, lines={cream: 10}, now=LATER)
    plan(session, now=LATER)

    assert days(session)[0] == TODAY


def test_an_older_promise_that_grows_takes_nothing_from_a_younger_one(
    session: Session,
) -> None:
    candle, shop = a_candle(session, wax=4000), make_account(session)
    balm = make_item(session, code="BALM")
    make_recipe(session, item=balm, uses={the_wax(session): 2000 * PIECE})
    make_order(session, account=shop, lines={candle: 10})
    plan(session)
    make_order(session, account=shop, lines={balm: 10}, now=LATER)
    plan(session, now=LATER)
    assert days(session) == [TODAY, TODAY]

    make_order(session, account=shop, lines={candle: 10}, now=MUCH_LATER)
    plan(session, now=MUCH_LATER)

    assert days(session)[:2] == [TODAY, TODAY]


def test_one_order_for_two_things_of_one_wax_makes_no_promise_late(
    session: Session,
) -> None:
    candle, shop = a_candle(session, wax=6000), make_account(session)
    balm = make_item(session, code="BALM")
    make_recipe(session, item=balm, uses={the_wax(session): 2000 * PIECE})
    make_order(session, account=shop, lines={candle: 10})
    make_order(session, account=shop, lines={balm: 10})
    plan(session)

    make_order(session, account=shop, lines={candle: 10, balm: 10}, now=LATER)
    plan(session, now=LATER)

    assert days(session)[:2] == [TODAY, TODAY]


def test_a_run_does_not_grow_past_the_day_that_was_promised(session: Session) -> None:
    candle, shop = a_candle(session, wax=90_000), make_account(session)
    bench = WorkCentre(code="B", name="Bench", open_minutes=[60, 60, 60, 60, 60, 0, 0])
    session.add(bench)
    session.flush()
    recipe = session.scalars(select(Recipe)).one()
    recipe.work_centre_id, recipe.batch_minutes = bench.id, 30
    make_order(session, account=shop, lines={candle: 20})
    plan(session)
    promised = days(session)

    make_order(session, account=shop, lines={candle: 10}, now=LATER)
    plan(session, now=LATER)

    assert days(session)[:1] == promised
    assert runs(session) == [("planned", 2, 20), ("planned", 1, 10)]


def stands_on_beeswax(session: Session) -> tuple[Item, SalesOrder]:
    """Promise ten candles for today that take beeswax, because there is no wax."""
    candle, shop = a_candle(session), make_account(session)
    bees = make_item(session, code="BEESWAX", lead_time_days=9)
    session.add(Alternate(item_id=the_wax(session).id, substitute_id=bees.id))
    make_lot(session, item=bees, quantity=2500 * PIECE)
    order = make_order(session, account=shop, lines={candle: 10})
    plan(session)
    assert days(session) == [TODAY]
    return bees, order


def ask_for_beeswax(session: Session, bees: Item, *, priority: int = 100) -> None:
    """Order what is made of beeswax itself, and more of it than what stands in leaves."""
    taper = make_item(session, code="TAPER")
    make_recipe(session, item=taper, uses={bees: 2000 * PIECE})
    shop = session.scalars(select(ChannelAccount)).one()
    make_order(session, account=shop, lines={taper: 10}, priority=priority, now=LATER)
    plan(session, now=LATER)


def test_a_later_order_for_it_takes_nothing_that_stands_in_for_a_promise(
    session: Session,
) -> None:
    bees, _ = stands_on_beeswax(session)

    ask_for_beeswax(session, bees)

    assert days(session)[0] == TODAY
    assert phases(session) == ["materials_reserved", "waiting_for_materials"]


def test_who_is_raised_takes_what_stands_in_for_a_promise(session: Session) -> None:
    bees, _ = stands_on_beeswax(session)

    ask_for_beeswax(session, bees, priority=1)

    assert phases(session) == ["waiting_for_materials", "materials_reserved"]


def test_buying_wax_for_next_week_does_not_make_a_promise_wait_for_it(
    session: Session,
) -> None:
    stands_on_beeswax(session)
    make_purchase(
        session,
        item=the_wax(session),
        quantity=9000 * PIECE,
        expected_on=TODAY + timedelta(days=8),
    )

    plan(session, now=LATER)

    assert days(session) == [TODAY]
    assert phases(session) == ["materials_reserved"]


def test_once_the_wax_is_in_the_house_nothing_stands_in_any_more(session: Session) -> None:
    stands_on_beeswax(session)
    make_lot(session, item=the_wax(session), quantity=9000 * PIECE)

    ask_again(session)

    assert session.scalars(select(Substitution)).all() == []
    assert days(session) == [TODAY]


def test_what_stands_in_for_a_promise_is_the_same_when_planned_again(
    session: Session,
) -> None:
    bees, _ = stands_on_beeswax(session)
    ask_for_beeswax(session, bees)
    ask_again(session)
    before = everything(session)

    ask_again(session)

    assert everything(session) == before


def test_where_the_wax_is_lost_anyway_orders_share_a_run(session: Session) -> None:
    candle, shop = a_candle(session, wax=3000), make_account(session)
    for now in (NOW, LATER):
        make_order(session, account=shop, lines={candle: 10}, now=now)
        plan(session, now=now)
    for lot in session.scalars(select(Lot).filter_by(item_id=the_wax(session).id)):
        lot.state = "quarantined"

    ask_again(session)

    assert [run for run in runs(session) if run[0] == "planned"] == [("planned", 2, 20)]


@pytest.mark.parametrize("seed", range(400, 430))
def test_no_order_of_a_usual_priority_makes_a_promise_late(
    sqlite_database: Database, seed: int
) -> None:
    with Session(sqlite_database.engine) as session:
        shop = open_shop(session, seed=seed)
        for _ in range(4):  # until a plan changes nothing
            shop.mark_all()
            plan(session)
        state = planning_state(session, now=NOW, zone=UTC)
        before = plan_everything(state).promises
        promised = [order for order in state.orders if order.committed_on is not None]

        for item in shop.products:
            one_more = OrderAdded(
                item_id=item.id, quantity=40 * PIECE, needed_on=TODAY + timedelta(days=2)
            )
            after = plan_everything(changed(state, [one_more])).promises

            for order in promised:
                was, on = before[order.order_id], after[order.order_id]
                assert (on.earliest_on or date.max) <= (was.earliest_on or date.max)
