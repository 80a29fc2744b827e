"""A run is released, started when its materials are all there, cancelled while not over."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.making import produce
from hub.flow.making.materials import ShortOfMaterial
from hub.flow.refusal import Missing
from hub.flow.step import StepRefused
from hub.models.planning.held import held_by_needs
from hub.models.records.history import History
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.production import ProductionLink
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import (
    WHO,
    Candles,
    balance,
    demand_of,
    held,
    hold,
    lack,
    make_run,
    marked,
    need_of,
    owed,
    plan_candles,
    unmark,
)


def start(session: Session, scene: Candles) -> None:
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)


def cancel(session: Session, scene: Candles) -> None:
    produce.cancel(
        session, production_order_id=scene.run.id, reason="no time", who=WHO, now=NOW
    )


def ordered_candles(session: Session, *, mode: str = "live") -> tuple[SalesOrder, Candles]:
    """Six candles ordered, and ten planned for them."""
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session, mode=mode), lines={candle: 6})
    demand = demand_of(session, order, candle)
    scene = plan_candles(session, candle=candle, made_for={demand: 6 * PIECE})
    unmark(session)
    return order, scene


# Release ----------------------------------------------------------------------------------


def test_a_run_is_released_once(session: Session) -> None:
    _, scene = ordered_candles(session)

    produce.release(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    assert (scene.run.state, scene.run.released_at) == ("released", NOW)
    assert marked(session) == {scene.candle.id}
    with pytest.raises(StepRefused):
        produce.release(session, production_order_id=scene.run.id, who=WHO, now=NOW)


# Start ------------------------------------------------------------------------------------


def test_starting_makes_the_materials_the_runs_own(session: Session) -> None:
    order, scene = ordered_candles(session)

    start(session, scene)

    run = scene.run
    assert (run.state, run.released_at, run.started_at) == ("running", NOW, NOW)
    firm = held_by_needs(session, need_ids=[scene.wax_need.id, scene.jar_need.id])
    assert [(each.lot_code, each.is_firm) for each in firm] == [("W1", True), ("J1", True)]
    assert balance(session, scene.wax_lot) == (2000 * PIECE, 1800 * PIECE)
    assert session.get_one(SalesOrder, order.id).phase == "in_production"
    assert marked(session) == {scene.candle.id, scene.wax.id, scene.jar.id}
    steps = session.scalars(
        select(History.what).filter_by(subject="production_order").order_by(History.id)
    )
    assert list(steps) == ["production_order.released", "production_order.running"]


def test_a_second_press_of_start_is_refused(session: Session) -> None:
    _, scene = ordered_candles(session)
    start(session, scene)

    with pytest.raises(StepRefused, match="What is running cannot become running"):
        start(session, scene)


def test_a_run_that_lacks_materials_names_each(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    scene.wax_need.needed += 250 * PIECE
    scene.jar_need.needed += 2 * PIECE

    with pytest.raises(ShortOfMaterial) as refused:
        start(session, scene)

    assert refused.value.message == (
        f"{scene.run.number} still lacks 250 g of Soy wax; 2 each of Glass jar."
    )
    assert scene.run.state == "planned"
    assert held(session, scene.wax_need) == {"W1": 1800 * PIECE}


@pytest.mark.parametrize("is_old", [True, False])
def test_a_lot_too_old_or_put_aside_does_not_cover_a_need(
    session: Session, is_old: bool
) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    if is_old:
        scene.wax_lot.best_before = NOW.date() - timedelta(days=1)
    else:
        scene.wax_lot.state = "quarantined"

    with pytest.raises(ShortOfMaterial, match="lot W1 is too old or put aside"):
        start(session, scene)


def test_what_is_reserved_beyond_need_in_an_old_lot_goes_back(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    old = make_lot(
        session,
        item=scene.wax,
        quantity=100,
        code="W0",
        best_before=NOW.date() - timedelta(days=1),
    )
    hold(session, old, owner=scene.wax_need, quantity=100)

    start(session, scene)

    assert held(session, scene.wax_need) == {"W1": 1800 * PIECE}
    assert balance(session, old) == (100, 0)


def test_on_its_best_before_day_a_lot_is_still_used(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    scene.wax_lot.best_before = NOW.date()

    start(session, scene)

    assert scene.run.state == "running"


def test_there_is_no_starting_a_run_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        produce.start(session, production_order_id=99, who=WHO, now=NOW)


def test_the_shop_hears_once_that_its_order_is_being_made(session: Session) -> None:
    order, scene = ordered_candles(session)
    demand = demand_of(session, order, scene.candle)
    second = make_run(session, item=scene.candle, uses={}, made_for={demand: PIECE})
    start(session, scene)

    produce.start(session, production_order_id=second.id, who=WHO, now=NOW)

    assert owed(session) == [(f"progress:{order.id}", "progress", "waiting")]


def test_the_shop_hears_of_a_part_that_is_made_for_a_part(session: Session) -> None:
    soap, base, lye = (
        make_item(session, code=code) for code in ("SOAP", "SOAPBASE", "LYE")
    )
    order = make_order(session, account=make_account(session), lines={soap: 3})
    soap_run = make_run(
        session,
        item=soap,
        uses={base: 300},
        made_for={demand_of(session, order, soap): 3 * PIECE},
    )
    base_run = make_run(
        session, item=base, uses={lye: 90}, made_for={need_of(session, soap_run, base): 300}
    )
    lot = make_lot(session, item=lye, quantity=100)
    hold(session, lot, owner=need_of(session, base_run, lye), quantity=90)

    produce.start(session, production_order_id=base_run.id, who=WHO, now=NOW)

    assert owed(session) == [(f"progress:{order.id}", "progress", "waiting")]


# Cancel -----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_running", [False, True])
def test_a_cancelled_run_gives_back_everything(session: Session, is_running: bool) -> None:
    _, scene = ordered_candles(session)
    lack(session, scene.wax, owner=scene.wax_need, quantity=5)
    if is_running:
        start(session, scene)
    unmark(session)

    cancel(session, scene)

    assert scene.run.state == "cancelled"
    assert held(session, scene.wax_need) == held(session, scene.jar_need) == {}
    assert balance(session, scene.wax_lot) == (2000 * PIECE, 0)
    assert session.scalars(select(Shortage)).all() == []
    [link] = session.scalars(select(ProductionLink))
    session.refresh(link)
    assert (link.planned, link.done) == (0, 0)
    assert marked(session) == {scene.candle.id, scene.wax.id, scene.jar.id}


def test_the_order_of_a_cancelled_run_is_no_longer_in_production(session: Session) -> None:
    order, scene = ordered_candles(session)
    start(session, scene)

    cancel(session, scene)

    assert session.get_one(SalesOrder, order.id).phase != "in_production"


def test_a_cancelled_run_is_not_started(session: Session) -> None:
    _, scene = ordered_candles(session)
    cancel(session, scene)

    with pytest.raises(StepRefused):
        start(session, scene)
