"""A finished run takes what it used out of its lots and puts one new lot in."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.stock.lot_states import LotState
from hub.flow.making import produce
from hub.flow.making.consume import NotForUse, Used
from hub.flow.refusal import Invalid, Missing, Refusal
from hub.flow.step import StepRefused
from hub.flow.stock import stock
from hub.flow.stock.ledger import NotEnough
from hub.flow.stock.lot_codes import CodeTaken
from hub.models.records.history import History
from hub.models.records.orders import Demand, SalesOrder
from hub.models.records.production import ProductionLink, ProductionOutput
from hub.models.records.stock import Lot, StockMove
from hub.models.session import Database
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import (
    WHO,
    Candles,
    balance,
    demand_of,
    held,
    hold,
    make_run,
    marked,
    moves,
    need_of,
    plan_candles,
    unmark,
)

TODAY = NOW.date()


def running_candles(
    session: Session, *, ordered: int = 6, shelf_life_days: int | None = None
) -> tuple[Candles, Demand]:
    """Some candles ordered, and a started run of ten for them."""
    candle = make_item(session, code="CANDLE", shelf_life_days=shelf_life_days)
    order = make_order(session, account=make_account(session), lines={candle: ordered})
    demand = demand_of(session, order, candle)
    scene = plan_candles(session, candle=candle, made_for={demand: ordered * PIECE})
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)
    unmark(session)
    return scene, demand


def finish(
    session: Session,
    scene: Candles,
    *,
    produced: int | None = None,
    consumed: Sequence[Used] | None = None,
    scrapped: int = 0,
    lot_code: str | None = None,
    best_before: date | None = None,
) -> int | None:
    return produce.finish(
        session,
        production_order_id=scene.run.id,
        produced=produced,
        consumed=consumed,
        scrapped=scrapped,
        lot_code=lot_code,
        best_before=best_before,
        who=WHO,
        now=NOW,
    )


def wax_used(scene: Candles, quantity: int, lot: Lot | None = None) -> Used:
    return Used(
        item_id=scene.wax.id, lot_id=(lot or scene.wax_lot).id, quantity=quantity * PIECE
    )


def link_of(session: Session, demand: Demand) -> ProductionLink:
    links = select(ProductionLink).filter_by(demand_id=demand.id)
    return session.scalars(links.execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("unit, came", [("each", 9_000), ("g", 9_650)])
def test_unless_somebody_says_what_came_pieces_are_whole(
    session: Session, unit: str, came: int
) -> None:
    scene, _ = running_candles(session)
    scene.candle.unit, scene.run.planned = unit, 9_650  # ten less an expected loss of 3.5 %

    lot_id = finish(session, scene)

    assert lot_id is not None
    assert moves(session, lot_id) == [("produced", came)]


def test_the_last_part_of_a_piece_does_not_come(session: Session) -> None:
    scene, _ = running_candles(session)
    scene.run.planned = 9_650
    produce.complete(
        session, production_order_id=scene.run.id, produced=9 * PIECE, who=WHO, now=NOW
    )

    assert finish(session, scene) is None
    assert (scene.run.state, scene.run.produced) == ("done", 9 * PIECE)


# As planned -------------------------------------------------------------------------------


def test_as_planned_materials_go_out_and_one_lot_comes_in(session: Session) -> None:
    scene, demand = running_candles(session)

    lot_id = finish(session, scene)

    assert lot_id is not None
    assert moves(session, scene.wax_lot)[1:] == [("consumed", -1800 * PIECE)]
    assert moves(session, scene.jar_lot)[1:] == [("consumed", -10 * PIECE)]
    assert moves(session, lot_id) == [("produced", 10 * PIECE)]
    assert balance(session, scene.wax_lot) == (200 * PIECE, 0)
    assert (scene.wax_need.consumed, scene.jar_need.consumed) == (1800 * PIECE, 10 * PIECE)
    run = scene.run
    assert (run.state, run.produced, run.finished_at) == ("done", 10 * PIECE, NOW)
    [output] = session.scalars(select(ProductionOutput))
    assert (output.lot_id, output.completion, output.quantity) == (lot_id, 1, 10 * PIECE)
    assert marked(session) == {scene.candle.id, scene.wax.id, scene.jar.id}
    assert held(session, demand) == {"CANDLE-26327-01": 6 * PIECE}


def test_the_new_lot_costs_what_went_into_it(session: Session) -> None:
    scene, _ = running_candles(session)

    lot = session.get_one(Lot, finish(session, scene, produced=9 * PIECE))

    # 1800 g of wax at 12,345 and 10 jars at 450,000 millionths, over nine candles.
    assert (lot.unit_cost_micros, lot.currency) == (2_969_000, "EUR")


def test_the_order_it_was_made_for_is_ready(session: Session) -> None:
    scene, _ = running_candles(session)

    finish(session, scene)

    assert session.scalars(select(SalesOrder.phase)).one() == "ready_to_ship"


def test_a_second_press_of_finish_is_refused(session: Session) -> None:
    scene, _ = running_candles(session)
    finish(session, scene)

    with pytest.raises(StepRefused, match="What is done cannot become done"):
        finish(session, scene)

    assert len(session.scalars(select(Lot).filter_by(item_id=scene.candle.id)).all()) == 1


def test_a_run_that_has_not_started_is_not_finished(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))

    with pytest.raises(StepRefused):
        finish(session, scene)


def test_there_is_no_finishing_a_run_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        produce.finish(session, production_order_id=99, who=WHO, now=NOW)


# What came out ----------------------------------------------------------------------------


def test_a_smaller_yield_serves_who_it_can_and_the_rest_is_planned_anew(
    session: Session,
) -> None:
    scene, demand = running_candles(session)

    finish(session, scene, produced=4 * PIECE, scrapped=6 * PIECE)

    assert held(session, demand) == {"CANDLE-26327-01": 4 * PIECE}
    link = link_of(session, demand)
    assert (link.planned, link.done) == (6 * PIECE, 4 * PIECE)
    assert scene.run.scrapped == 6 * PIECE
    assert scene.candle.id in marked(session)


def test_a_bigger_yield_leaves_the_surplus_free(session: Session) -> None:
    scene, demand = running_candles(session)

    lot_id = finish(session, scene, produced=13 * PIECE)

    assert lot_id is not None
    assert balance(session, lot_id) == (13 * PIECE, 6 * PIECE)


def test_when_all_is_lost_the_run_is_over_and_there_is_no_lot(session: Session) -> None:
    scene, demand = running_candles(session)

    lot_id = finish(session, scene, produced=0, scrapped=10 * PIECE)

    assert lot_id is None
    assert scene.run.state == "done"
    assert balance(session, scene.wax_lot) == (200 * PIECE, 0)
    assert link_of(session, demand).done == 0
    assert session.scalars(select(ProductionOutput)).all() == []


@pytest.mark.parametrize(
    "produced, scrapped, field",
    [
        (0, 0, "produced"),
        (-1, 5, "produced"),
        (10**16, 0, "produced"),
        (5, -1, "scrap"),
        (5, 10**16, "scrap"),
    ],
)
def test_what_cannot_have_come_out_is_named(
    session: Session, produced: int, scrapped: int, field: str
) -> None:
    scene, _ = running_candles(session)

    with pytest.raises(Invalid) as refused:
        finish(session, scene, produced=produced, scrapped=scrapped)

    assert refused.value.field == field
    assert scene.run.state == "running"


def test_a_new_lot_keeps_as_long_as_its_item(session: Session) -> None:
    scene, _ = running_candles(session, shelf_life_days=90)

    lot = session.get_one(Lot, finish(session, scene))

    assert lot.best_before == TODAY + timedelta(days=90)


def test_a_person_may_name_the_lot_and_its_best_before(session: Session) -> None:
    scene, _ = running_candles(session, shelf_life_days=90)

    lot_id = finish(
        session, scene, lot_code="Hornada 7", best_before=TODAY + timedelta(days=30)
    )

    lot = session.get_one(Lot, lot_id)
    assert (lot.code, lot.best_before) == ("Hornada 7", TODAY + timedelta(days=30))


def test_a_new_lot_is_not_too_old(session: Session) -> None:
    scene, _ = running_candles(session)

    with pytest.raises(Invalid, match="past its best before"):
        finish(session, scene, best_before=TODAY - timedelta(days=1))


def test_a_code_another_lot_has_is_refused_and_nothing_moves(session: Session) -> None:
    scene, _ = running_candles(session)
    make_lot(session, item=scene.candle, quantity=1, code="C1")

    with pytest.raises(CodeTaken):
        finish(session, scene, lot_code="C1")

    assert scene.run.state == "running"
    assert moves(session, scene.wax_lot) == [("received", 2000 * PIECE)]


# What went in -----------------------------------------------------------------------------


def test_what_was_not_used_goes_back(session: Session) -> None:
    scene, _ = running_candles(session)

    finish(session, scene, consumed=[wax_used(scene, 1500)])

    assert balance(session, scene.wax_lot) == (500 * PIECE, 0)
    assert balance(session, scene.jar_lot) == (2 * PIECE, 0)
    assert scene.wax_need.consumed == 1500 * PIECE


def test_more_is_used_where_it_is_free(session: Session) -> None:
    scene, _ = running_candles(session)

    finish(session, scene, consumed=[wax_used(scene, 2000)])

    assert balance(session, scene.wax_lot) == (0, 0)


def test_more_than_is_there_was_not_used(session: Session) -> None:
    scene, _ = running_candles(session)

    with pytest.raises(NotEnough, match="W1 has only 2 kg for this run") as refused:
        finish(session, scene, consumed=[wax_used(scene, 2001)])

    assert refused.value.field == "consumed"
    assert scene.run.state == "running"


def test_what_others_have_reserved_was_not_used(session: Session) -> None:
    scene, _ = running_candles(session)
    other = make_run(session, item=scene.candle, uses={scene.wax: 150 * PIECE})
    hold(
        session,
        scene.wax_lot,
        owner=need_of(session, other, scene.wax),
        quantity=150 * PIECE,
    )

    with pytest.raises(NotEnough, match=r"W1 has only 1\.85 kg for this run"):
        finish(session, scene, consumed=[wax_used(scene, 1851)])


def test_a_lot_named_twice_is_checked_against_the_sum(session: Session) -> None:
    scene, _ = running_candles(session)

    with pytest.raises(NotEnough):
        finish(session, scene, consumed=[wax_used(scene, 1200), wax_used(scene, 1200)])

    finish(session, scene, consumed=[wax_used(scene, 900), wax_used(scene, 900)])
    assert moves(session, scene.wax_lot)[1:] == [("consumed", -1800 * PIECE)]


def test_another_lot_may_have_been_used(session: Session) -> None:
    scene, _ = running_candles(session)
    other = make_lot(session, item=scene.wax, quantity=500 * PIECE, code="W2")

    finish(session, scene, consumed=[wax_used(scene, 1500), wax_used(scene, 300, other)])

    assert balance(session, scene.wax_lot) == (500 * PIECE, 0)
    assert balance(session, other) == (200 * PIECE, 0)


def test_none_of_a_material_may_have_been_used(session: Session) -> None:
    scene, _ = running_candles(session)

    finish(session, scene, consumed=[wax_used(scene, 0)])

    assert moves(session, scene.wax_lot) == [("received", 2000 * PIECE)]
    assert moves(session, scene.jar_lot)[1:] == [("consumed", -10 * PIECE)]


def test_what_is_no_material_of_the_run_was_not_used(session: Session) -> None:
    scene, _ = running_candles(session)
    scent = make_item(session, code="SCENT")
    lot = make_lot(session, item=scent, quantity=5)

    for used in (
        Used(item_id=scent.id, lot_id=lot.id, quantity=1),
        Used(item_id=scene.wax.id, lot_id=lot.id, quantity=1),
        Used(item_id=scene.wax.id, lot_id=99, quantity=1),
        wax_used(scene, -1),
    ):
        with pytest.raises(Invalid) as refused:
            finish(session, scene, consumed=[used])
        assert refused.value.field == "consumed"

    assert scene.run.state == "running"


@pytest.mark.parametrize("is_old", [True, False])
def test_a_lot_too_old_or_put_aside_was_not_used(session: Session, is_old: bool) -> None:
    scene, _ = running_candles(session)
    other = make_lot(session, item=scene.wax, quantity=500 * PIECE, code="W2")
    if is_old:
        other.best_before = TODAY - timedelta(days=1)
    else:
        other.state = "quarantined"

    with pytest.raises(NotForUse, match="W2 is"):
        finish(session, scene, consumed=[wax_used(scene, 1800), wax_used(scene, 1, other)])


def test_what_was_picked_before_its_lot_was_put_aside_is_told_and_so_is_its_output(
    session: Session,
) -> None:
    scene, demand = running_candles(session)
    stock.set_lot_state(
        session,
        lot_id=scene.wax_lot.id,
        state=LotState.RECALLED,
        reason="supplier called",
        who=WHO,
        now=NOW,
    )

    lot = session.get_one(Lot, finish(session, scene))

    assert lot.state == "quarantined"
    assert held(session, demand) == {}
    traces = select(History).filter_by(what="lot.quarantined", subject_id=lot.id)
    assert session.scalars(traces).one().why == "made from W1, put aside"


def test_no_more_of_a_lot_put_aside_is_used_than_was_picked(session: Session) -> None:
    scene, _ = running_candles(session)
    scene.wax_lot.state = "quarantined"

    with pytest.raises(NotForUse, match="W1 is quarantined"):
        finish(session, scene, consumed=[wax_used(scene, 1801)])


# Laws -------------------------------------------------------------------------------------

QUANTITIES = st.integers(0, 2100)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uses=st.lists(st.tuples(st.booleans(), QUANTITIES), max_size=4), produced=QUANTITIES)
def test_whatever_people_say_nothing_is_made_from_nothing(
    sqlite_database: Database, uses: list[tuple[bool, int]], produced: int
) -> None:
    with Session(sqlite_database.engine, expire_on_commit=False) as session:
        scene, _ = running_candles(session)
        other = make_lot(session, item=scene.wax, quantity=700 * PIECE, code="W2")
        consumed = [wax_used(scene, q, other if is_other else None) for is_other, q in uses]

        try:
            lot_id = finish(
                session, scene, produced=produced * PIECE, consumed=consumed, scrapped=1
            )
        except Refusal:
            assert scene.run.state == "running"
            lot_id = None

        for lot in session.scalars(select(Lot)):
            on_hand, reserved = balance(session, lot)
            assert 0 <= reserved <= on_hand
            assert on_hand == sum(quantity for _, quantity in moves(session, lot))
        consumed_moves = session.scalars(
            select(StockMove.quantity).filter_by(kind="consumed", item_id=scene.wax.id)
        )
        assert -sum(consumed_moves) == scene.wax_need.consumed
        if lot_id is not None and uses:
            assert scene.wax_need.consumed == sum(q for _, q in uses) * PIECE
