"""Plans stay calm: what is promised or about to start stays, and each change says why."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.planning.explain import Cause, Explanation, from_data
from hub.flow.orders.change import cancel_order
from hub.flow.replan import mark
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import Customer, Demand, OrderLine, SalesOrder
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.stock import Reservation
from hub.models.records.workshop import Workshop
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.candle_maker import LATER, a_candle, everything, links, phases, plan, runs

NEXT_WEEK = NOW.date() + timedelta(days=7)


def the_run(session: Session) -> ProductionOrder:
    return session.scalars(select(ProductionOrder)).one()


def told(session: Session, what: str) -> list[Explanation]:
    rows = session.scalars(select(History).filter_by(what=what).order_by(History.id))
    return [found for row in rows if (found := from_data(row.detail)) is not None]


def cut(session: Session, order: SalesOrder, *, to: int) -> None:
    """Take an order's only line down to so many pieces."""
    line = session.scalars(select(OrderLine).filter_by(order_id=order.id)).one()
    demand = session.scalars(select(Demand).filter_by(order_line_id=line.id)).one()
    line.cancelled, demand.quantity = line.ordered - to, to * PIECE
    mark(
        session,
        item_ids=[demand.item_id],
        why=f"order {order.number} changed",
        now=LATER,
        cause={"what": "changed", "order": order.number, "line": 1},
    )


def freeze(session: Session, *, days: int) -> None:
    session.add(Workshop(freeze_days=days, updated_at=NOW))
    session.flush()


def test_a_run_about_to_start_keeps_its_size_and_offers_what_is_over(
    session: Session,
) -> None:
    candle, shop = a_candle(session, wax=50_000), make_account(session)
    first = make_order(session, account=shop, lines={candle: 25})
    freeze(session, days=1)
    plan(session)
    assert the_run(session).starts_on == NOW.date()
    cut(session, first, to=5)
    make_order(session, account=shop, lines={candle: 12}, now=LATER)

    plan(session, now=LATER)

    assert runs(session) == [("planned", 3, 30)]
    assert links(session) == [(5, 0), (12, 0)]


def test_a_run_far_from_its_start_is_resized(session: Session) -> None:
    candle = a_candle(session, wax=50_000)
    order = make_order(session, account=make_account(session), lines={candle: 25})
    freeze(session, days=1)
    plan(session)
    run = the_run(session)
    run.starts_on = NOW.date() + timedelta(days=2)
    cut(session, order, to=5)

    plan(session, now=LATER)

    assert runs(session) == [("planned", 1, 10)]


def test_a_pinned_run_keeps_its_size_whenever_it_starts(session: Session) -> None:
    candle = a_candle(session, wax=50_000)
    order = make_order(session, account=make_account(session), lines={candle: 25})
    plan(session)
    the_run(session).pinned_on = NEXT_WEEK
    cut(session, order, to=5)

    plan(session, now=LATER)

    assert runs(session) == [("planned", 3, 30)]


def test_planning_frozen_runs_again_writes_nothing(session: Session) -> None:
    candle, shop = a_candle(session, wax=50_000), make_account(session)
    make_order(session, account=shop, lines={candle: 25})
    freeze(session, days=3)
    plan(session)
    mark(session, item_ids=[candle.id], why="asked again", now=LATER)
    plan(session, now=LATER)
    before = everything(session)
    mark(session, item_ids=[candle.id], why="asked again", now=LATER)

    plan(session, now=LATER)

    assert everything(session) == before


@pytest.mark.parametrize("whose", ["channel", "buyer"])
def test_goods_are_as_fresh_as_the_channel_or_the_buyer_asks(
    session: Session, whose: str
) -> None:
    soap, shop = make_item(session, code="SOAP"), make_account(session)
    make_recipe(session, item=soap, uses={make_item(session, code="OIL"): PIECE})
    old = make_lot(session, item=soap, quantity=9 * PIECE, best_before=date(2026, 12, 31))
    new = make_lot(session, item=soap, quantity=9 * PIECE, best_before=date(2027, 6, 30))
    make_order(session, account=shop, lines={soap: 2})
    asks = shop if whose == "channel" else session.scalars(select(Customer)).one()
    asks.min_remaining_days = 90
    session.flush()

    plan(session)

    [held] = session.scalars(select(Reservation))
    assert (held.lot_id, old.id) == (new.id, new.id - 1)


def test_a_later_order_in_a_hurry_takes_nothing_from_a_promised_one(
    session: Session,
) -> None:
    candle, shop = a_candle(session, wax=2000), make_account(session)
    balm = make_item(session, code="BALM")
    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    make_recipe(session, item=balm, uses={wax: 2000 * PIECE})
    make_order(session, account=shop, lines={candle: 6}, requested_on=NEXT_WEEK)
    plan(session)

    make_order(session, account=shop, lines={balm: 6}, requested_on=NOW.date(), now=LATER)
    plan(session, now=LATER)

    assert phases(session) == ["materials_reserved", "waiting_for_materials"]


def test_who_is_promised_first_is_served_first_whoever_came_first(
    session: Session,
) -> None:
    candle, shop = a_candle(session), make_account(session)
    wax = session.scalars(select(Item).filter_by(code="WAX")).one()
    wax.lead_time_days = None
    early = make_order(session, account=shop, lines={candle: 8})
    plan(session)
    assert early.promised_on is None
    make_lot(session, item=candle, quantity=4 * PIECE)
    make_order(session, account=shop, lines={candle: 3}, priority=50, now=LATER)
    plan(session, now=LATER)
    late = session.scalars(select(SalesOrder).filter_by(priority=50)).one()
    assert late.promised_on is not None
    late.priority = 100
    mark(session, item_ids=[candle.id], why="asked again", now=LATER)
    session.flush()

    plan(session, now=LATER)

    assert phases(session)[1] == "ready_to_ship"


def test_one_order_more_leaves_the_other_runs_alone(session: Session) -> None:
    candle, shop = a_candle(session, wax=90_000, max_batches=2), make_account(session)
    for week in range(4):
        day = NOW.date() + timedelta(days=7 * week)
        make_order(session, account=shop, lines={candle: 18}, requested_on=day)
    plan(session)
    before = [(run.id, run.batches) for run in session.scalars(select(ProductionOrder))]
    mark(session, item_ids=[candle.id], why="asked again", now=LATER)
    plan(session, now=LATER)
    links_before = links(session)

    make_order(session, account=shop, lines={candle: 9}, requested_on=NOW.date(), now=LATER)
    plan(session, now=LATER)

    after = [(run.id, run.batches) for run in session.scalars(select(ProductionOrder))]
    assert (after[:4], after[4:]) == (before, [(before[-1][0] + 1, 1)])
    assert links(session)[: len(links_before)] == links_before


def test_the_run_says_which_line_made_it_shrink(session: Session) -> None:
    candle, shop = a_candle(session, wax=90_000), make_account(session)
    make_order(session, account=shop, lines={candle: 30})
    gone = make_order(session, account=shop, lines={candle: 10})
    plan(session)
    number = the_run(session).number

    cancel_order(session, order_id=gone.id, reason="", who="user:1", now=LATER)
    plan(session, now=LATER)

    [said] = told(session, "run.shrank")
    assert (said.run, said.batches_before, said.batches_after) == (number, 4, 3)
    assert said.causes == (
        Cause(what="cancelled", order=gone.number, line=1, quantity=10 * PIECE),
    )


def test_a_run_nobody_needs_any_more_says_whose_it_was(session: Session) -> None:
    candle = a_candle(session, wax=90_000)
    gone = make_order(session, account=make_account(session), lines={candle: 10})
    plan(session)

    cancel_order(session, order_id=gone.id, reason="", who="user:1", now=LATER)
    plan(session, now=LATER)

    [said] = told(session, "production_order.cancelled")
    assert (said.kind, said.batches_before) == ("dropped", 1)
    assert [cause.order for cause in said.causes] == [gone.number]


def test_what_a_run_of_a_run_needs_less_is_said_of_that_run(session: Session) -> None:
    soap, base = make_item(session, code="SOAP"), make_item(session, code="SOAPBASE")
    make_recipe(session, item=soap, uses={base: 500 * PIECE})
    make_recipe(
        session,
        item=base,
        uses={make_item(session, code="LYE"): PIECE},
        batch_size=500 * PIECE,
    )
    order = make_order(session, account=make_account(session), lines={soap: 20})
    plan(session)
    parent = session.scalars(select(ProductionOrder).filter_by(item_id=soap.id)).one()

    cut(session, order, to=10)
    plan(session, now=LATER)

    of_soap, of_base = told(session, "run.shrank")
    assert of_soap.causes[0] == Cause(
        what="changed", order=order.number, line=1, quantity=10 * PIECE
    )
    assert of_base.causes == (
        Cause(what="wants_less", run=parent.number, quantity=500 * PIECE),
    )


def test_a_lot_that_takes_work_off_a_run_is_named(session: Session) -> None:
    candle = a_candle(session, wax=90_000)
    order = make_order(session, account=make_account(session), lines={candle: 20})
    plan(session)
    make_lot(session, item=candle, quantity=10 * PIECE)
    mark(
        session,
        item_ids=[candle.id],
        why="received",
        now=LATER,
        cause={"what": "received", "lot": "C-1"},
    )

    plan(session, now=LATER)

    [said] = told(session, "run.shrank")
    assert said.causes == (
        Cause(what="received", lot="C-1"),
        Cause(what="leaves", order=order.number, line=1, quantity=10 * PIECE),
    )


def test_links_are_never_cut_by_a_calmer_plan(session: Session) -> None:
    candle, shop = a_candle(session, wax=90_000), make_account(session)
    orders = [make_order(session, account=shop, lines={candle: 7}) for _ in range(3)]
    plan(session)
    cut(session, orders[0], to=0)

    plan(session, now=LATER)

    rows = session.scalars(select(ProductionLink).order_by(ProductionLink.id)).all()
    assert [row.planned // PIECE for row in rows] == [0, 7, 7]
