"""The last step of a run is taken back by moves of the other sign."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub import invariants
from hub.domain.stock.lot_states import LotState
from hub.flow.catalogue.circles import MadeOfItself
from hub.flow.making import produce
from hub.flow.making.consume import Used
from hub.flow.planning import plan
from hub.flow.refusal import Missing
from hub.flow.shipping import ship
from hub.flow.stock import stock
from hub.flow.stock.counts import scrap
from hub.flow.undoing.undo_run import NothingToUndo, NotWhole, undo
from hub.models.records.completions import Completion
from hub.models.records.history import History
from hub.models.records.items import Recipe
from hub.models.records.orders import Demand, SalesOrder
from hub.models.records.production import ProductionLink
from hub.models.records.stock import Lot, LotBalance, StockMove
from hub.models.session import Database
from mapping.effects import Tracking
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
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


def set_up(session: Session) -> tuple[Candles, Demand]:
    """Six candles ordered, and a started run of ten for them: 1800 g of wax, 10 jars."""
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 6})
    demand = demand_of(session, order, candle)
    scene = plan_candles(session, candle=candle, made_for={demand: 6 * PIECE})
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)
    unmark(session)
    return scene, demand


@pytest.fixture
def running(session: Session) -> tuple[Candles, Demand]:
    return set_up(session)


def complete(session: Session, scene: Candles, pieces: int, *, lot: str = "") -> int:
    lot_id = produce.complete(
        session,
        production_order_id=scene.run.id,
        produced=pieces * PIECE,
        lot_code=lot or None,
        who=WHO,
        now=NOW,
    )
    assert lot_id is not None
    return lot_id


def finish(
    session: Session, scene: Candles, *, consumed: Sequence[Used] | None = None
) -> int:
    lot_id = produce.finish(
        session, production_order_id=scene.run.id, consumed=consumed, who=WHO, now=NOW
    )
    assert lot_id is not None
    return lot_id


def take_back(session: Session, scene: Candles, *, reason: str = "wrong run") -> None:
    undo(session, production_order_id=scene.run.id, reason=reason, who=WHO, now=NOW)


def done_for(session: Session, demand: Demand) -> int:
    links = select(func.sum(ProductionLink.done)).filter_by(demand_id=demand.id)
    return int(session.scalar(links) or 0) // PIECE


def books(session: Session) -> list[str]:
    return [each.what for each in invariants.check(session, now=NOW)]


def test_a_finished_run_goes_on_as_if_nothing_had_come_out(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running
    lot = finish(session, scene)
    unmark(session)

    take_back(session, scene)

    run = scene.run
    assert (run.state, run.produced, run.finished_at) == ("running", 0, None)
    assert moves(session, lot) == [("produced", 10 * PIECE), ("produced", -10 * PIECE)]
    assert moves(session, scene.wax_lot)[1:] == [
        ("consumed", -1800 * PIECE),
        ("consumed", 1800 * PIECE),
    ]
    assert balance(session, scene.wax_lot) == (2000 * PIECE, 1800 * PIECE)
    assert scene.wax_need.consumed == 0
    assert (held(session, demand), done_for(session, demand)) == ({}, 0)
    assert marked(session) == {scene.candle.id, scene.wax.id, scene.jar.id}


def test_each_move_names_the_one_it_takes_back(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    finish(session, scene)

    take_back(session, scene, reason="wrong run")

    back = session.scalars(
        select(StockMove).where(StockMove.reverses_id.is_not(None))
    ).all()
    assert len(back) == 3
    for move in back:
        first = session.get_one(StockMove, move.reverses_id)
        assert (move.kind, move.lot_id, move.quantity) == (
            first.kind, first.lot_id, -first.quantity,
        )  # fmt: skip
        assert (move.ref_type, move.ref_id, move.why) == (
            "undo",
            str(first.id),
            "wrong run",
        )


def test_the_same_run_is_finished_again(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running
    finish(session, scene)
    take_back(session, scene)
    plan.replan(session, now=NOW)

    lot = finish(session, scene)
    plan.replan(session, now=NOW)

    assert balance(session, lot) == (10 * PIECE, 6 * PIECE)
    assert done_for(session, demand) == 6
    assert [each.number for each in session.scalars(select(Completion))] == [1, 2]
    assert books(session) == []


def test_only_the_last_part_is_taken_back(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running
    first = complete(session, scene, 4)
    second = complete(session, scene, 3)

    take_back(session, scene)

    assert (balance(session, first), balance(session, second)) == (
        (4 * PIECE, 4 * PIECE), (0, 0),
    )  # fmt: skip
    assert (scene.run.state, scene.run.produced) == ("running", 4 * PIECE)
    assert scene.wax_need.consumed == 720 * PIECE
    assert balance(session, scene.wax_lot) == (1280 * PIECE, 1080 * PIECE)
    assert done_for(session, demand) == 4
    plan.replan(session, now=NOW)
    assert books(session) == []


def test_what_shares_its_lot_with_an_earlier_part_leaves_it_alone(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running
    lot_id = complete(session, scene, 4, lot="MON-1")
    cost = session.get_one(Lot, lot_id).unit_cost_micros
    dear = make_lot(
        session, item=scene.wax, quantity=900 * PIECE, code="W2", unit_cost_micros=90_000
    )
    said = Used(item_id=scene.wax.id, lot_id=dear.id, quantity=900 * PIECE)
    produce.complete(
        session,
        production_order_id=scene.run.id,
        produced=6 * PIECE,
        consumed=[said],
        lot_code="MON-1",
        who=WHO,
        now=NOW,
    )
    assert session.get_one(Lot, lot_id).unit_cost_micros != cost

    take_back(session, scene)

    assert balance(session, lot_id)[0] == 4 * PIECE
    assert session.get_one(Lot, lot_id).unit_cost_micros == cost
    assert done_for(session, demand) == 4


def test_the_start_is_taken_back_when_nothing_came_out(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    complete(session, scene, 4)
    take_back(session, scene)

    take_back(session, scene)

    assert (scene.run.state, scene.run.started_at) == ("released", None)
    assert balance(session, scene.wax_lot) == (2000 * PIECE, 0)
    plan.replan(session, now=NOW)
    assert balance(session, scene.wax_lot) == (2000 * PIECE, 1800 * PIECE)
    assert books(session) == []
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)
    assert scene.run.state == "running"


def test_a_loss_is_taken_back(session: Session, running: tuple[Candles, Demand]) -> None:
    scene, _ = running
    produce.finish(
        session,
        production_order_id=scene.run.id,
        produced=0,
        scrapped=10 * PIECE,
        scrap_reason="burnt",
        who=WHO,
        now=NOW,
    )

    take_back(session, scene)

    assert (scene.run.state, scene.run.scrapped) == ("running", 0)
    assert balance(session, scene.wax_lot) == (2000 * PIECE, 1800 * PIECE)


def test_the_history_says_who_took_what_back_and_why(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    finish(session, scene)

    take_back(session, scene, reason="counted the wrong tray")

    [told] = session.scalars(select(History).filter_by(what="run.undone"))
    assert (told.who, told.why) == (WHO, "counted the wrong tray")
    assert told.detail == {"what": "completion", "completion": 1}
    [completion] = session.scalars(select(Completion))
    assert (completion.undone_at, completion.undone_by, completion.undone_why) == (
        NOW, WHO, "counted the wrong tray",
    )  # fmt: skip


def test_the_order_it_made_ready_waits_again(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    finish(session, scene)
    assert session.scalars(select(SalesOrder.phase)).one() == "ready_to_ship"

    take_back(session, scene)

    phase = select(SalesOrder.phase).execution_options(populate_existing=True)
    assert session.scalars(phase).one() == "in_production"


# What has gone -------------------------------------------------------------------------------


def test_what_was_shipped_is_not_taken_back_and_the_parcel_is_named(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    lot = finish(session, scene)
    order = session.scalars(select(SalesOrder)).one()
    ship.ship(
        session,
        order_id=order.id,
        lines=None,
        tracking=Tracking(),
        notify=False,
        who=WHO,
        now=NOW,
    )

    with pytest.raises(NotWhole, match="S-0001 took of it"):
        take_back(session, scene)

    assert (scene.run.state, balance(session, lot)) == ("done", (4 * PIECE, 0))


def test_what_another_run_picked_or_used_is_not_taken_back(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    lot = session.get_one(Lot, finish(session, scene))
    box = make_item(session, code="BOX")
    boxed = make_run(session, item=box, uses={scene.candle: 4 * PIECE}, planned=PIECE)
    hold(session, lot, owner=need_of(session, boxed, scene.candle), quantity=4 * PIECE)
    produce.start(session, production_order_id=boxed.id, who=WHO, now=NOW)

    with pytest.raises(NotWhole, match=f"{boxed.number} took of it"):
        take_back(session, scene)
    produce.finish(session, production_order_id=boxed.id, who=WHO, now=NOW)
    with pytest.raises(NotWhole, match=f"{boxed.number} took of it"):
        take_back(session, scene)

    undo(session, production_order_id=boxed.id, reason="", who=WHO, now=NOW)
    undo(session, production_order_id=boxed.id, reason="", who=WHO, now=NOW)
    take_back(session, scene)
    assert scene.run.state == "running"


def test_what_was_thrown_away_is_not_taken_back(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    lot = finish(session, scene)
    scrap(session, lot_id=lot, quantity=PIECE, reason="broken", who=WHO, now=NOW)

    with pytest.raises(NotWhole, match="look at its moves"):
        take_back(session, scene)


def test_what_is_only_planned_from_the_lot_gives_way(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running
    lot = session.get_one(Lot, finish(session, scene))
    box = make_item(session, code="BOX")
    boxed = make_run(session, item=box, uses={scene.candle: 4 * PIECE}, planned=PIECE)
    need = need_of(session, boxed, scene.candle)
    hold(session, lot, owner=need, quantity=4 * PIECE)

    take_back(session, scene)

    assert (held(session, need), held(session, demand)) == ({}, {})
    assert balance(session, lot) == (0, 0)


def test_materials_come_back_into_a_lot_that_was_put_aside_since(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    finish(session, scene)
    stock.set_lot_state(
        session,
        lot_id=scene.wax_lot.id,
        state=LotState.QUARANTINED,
        reason="smells",
        who=WHO,
        now=NOW,
    )

    take_back(session, scene)

    assert balance(session, scene.wax_lot) == (2000 * PIECE, 1800 * PIECE)
    plan.replan(session, now=NOW)
    assert books(session) == []


@pytest.mark.parametrize("state", ["planned", "released", "cancelled"])
def test_a_run_that_has_not_begun_has_nothing_to_take_back(
    session: Session, state: str
) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))
    if state != "planned":
        deed = produce.release if state == "released" else produce.cancel
        deed(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    with pytest.raises(NothingToUndo, match=f"is {state}"):
        take_back(session, scene)


def test_nothing_is_taken_back_of_a_run_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        undo(session, production_order_id=99, reason="", who=WHO, now=NOW)


def test_a_run_whose_recipe_was_turned_round_since_stays_finished(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    finish(session, scene)
    session.execute(update(Recipe).values(is_active=False))
    make_recipe(
        session, item=scene.wax, uses={scene.candle: 1}
    )  # melted out of old candles

    with pytest.raises(MadeOfItself) as refused:
        undo(session, production_order_id=scene.run.id, reason="", who=WHO, now=NOW)

    assert "would be made of itself" in str(refused.value)
    assert (scene.run.state, scene.run.produced) == ("done", 10 * PIECE)
    plan.replan(session, now=NOW)


# Whatever is done, and taken back ------------------------------------------------------------

PARTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), max_size=4)


def snapshot(session: Session, scene: Candles) -> dict[str, object]:
    """All that a step changes and its undoing must restore."""
    session.expire_all()
    rows = session.execute(
        select(LotBalance.lot_id, LotBalance.on_hand, LotBalance.reserved)
    )
    balances = {lot: (on_hand, kept) for lot, on_hand, kept in rows if on_hand}
    links = session.scalars(select(ProductionLink.done).order_by(ProductionLink.id))
    return {
        "balances": balances,
        "run": (scene.run.state, scene.run.produced, scene.run.scrapped),
        "used": (scene.wax_need.consumed, scene.jar_need.consumed),
        "done": list(links),
        "held": (held(session, scene.wax_need), held(session, scene.jar_need)),
    }


@given(parts=PARTS, is_finished=st.booleans())
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_step_that_is_taken_back_leaves_things_as_they_were(
    database: Database, parts: list[tuple[int, int]], is_finished: bool
) -> None:
    with Session(database.engine, expire_on_commit=False) as session:
        scene, _ = set_up(session)
        before = [snapshot(session, scene)]
        for made, lost in parts:
            if made + lost:
                produce.complete(
                    session,
                    production_order_id=scene.run.id,
                    produced=made * PIECE,
                    scrapped=lost * PIECE,
                    lot_code="MON-1" if made % 2 else None,
                    who=WHO,
                    now=NOW,
                )
                before.append(snapshot(session, scene))
        if is_finished and len(before) > 1:
            produce.finish(
                session, production_order_id=scene.run.id, produced=0, who=WHO, now=NOW
            )
            produced = session.scalar(
                select(func.sum(Completion.produced)).where(Completion.undone_at.is_(None))
            )
            assert scene.run.produced == produced
            undo(session, production_order_id=scene.run.id, reason="", who=WHO, now=NOW)
            assert snapshot(session, scene)["run"] == before[-1]["run"]
            assert snapshot(session, scene)["used"] == before[-1]["used"]

        for wanted in reversed(before[:-1]):
            undo(session, production_order_id=scene.run.id, reason="", who=WHO, now=NOW)
            now_there = snapshot(session, scene)
            if is_finished:  # what was over when it ended is free until it is planned again
                assert now_there["run"] == wanted["run"]
                assert now_there["used"] == wanted["used"]
            else:
                assert now_there == wanted

        plan.replan(session, now=NOW)
        assert books(session) == []
        session.rollback()
