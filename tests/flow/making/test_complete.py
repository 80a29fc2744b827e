"""A run that gives what it gives in several parts."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import invariants
from hub.domain.stock.lot_states import LotState
from hub.flow.making import produce
from hub.flow.making.consume import Used
from hub.flow.making.output import LotClosed
from hub.flow.making.produce import GaveSomething
from hub.flow.planning import plan
from hub.flow.refusal import Invalid
from hub.flow.step import StepRefused
from hub.flow.stock import stock
from hub.flow.stock.ledger import NotEnough
from hub.flow.stock.lot_codes import CodeTaken
from hub.models.records.completions import Completion
from hub.models.records.history import History
from hub.models.records.orders import Demand
from hub.models.records.production import ProductionLink, ProductionOrder, ProductionOutput
from hub.models.records.stock import Lot
from hub.models.records.workshop import Workshop
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import (
    WHO,
    Candles,
    balance,
    demand_of,
    held,
    marked,
    moves,
    plan_candles,
    unmark,
)

TODAY = NOW.date()


@pytest.fixture
def running(session: Session) -> tuple[Candles, Demand]:
    """Six candles ordered, and a started run of ten for them: 1800 g of wax, 10 jars."""
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 6})
    demand = demand_of(session, order, candle)
    scene = plan_candles(session, candle=candle, made_for={demand: 6 * PIECE})
    produce.start(session, production_order_id=scene.run.id, who=WHO, now=NOW)
    unmark(session)
    return scene, demand


def complete(
    session: Session,
    scene: Candles,
    pieces: int,
    *,
    scrapped: int = 0,
    scrap_reason: str = "",
    note: str = "",
    consumed: list[Used] | None = None,
    lot_code: str | None = None,
    best_before: date | None = None,
) -> int | None:
    return produce.complete(
        session,
        production_order_id=scene.run.id,
        produced=pieces * PIECE,
        scrapped=scrapped * PIECE,
        scrap_reason=scrap_reason,
        note=note,
        consumed=consumed,
        lot_code=lot_code,
        best_before=best_before,
        who=WHO,
        now=NOW,
    )


def finish(session: Session, scene: Candles, pieces: int | None = None) -> int | None:
    return produce.finish(
        session,
        production_order_id=scene.run.id,
        produced=None if pieces is None else pieces * PIECE,
        who=WHO,
        now=NOW,
    )


def link_of(session: Session, demand: Demand) -> tuple[int, int]:
    links = select(ProductionLink).filter_by(demand_id=demand.id)
    link = session.scalars(links.execution_options(populate_existing=True)).one()
    return link.planned // PIECE, link.done // PIECE


def books(session: Session) -> list[str]:
    return [each.what for each in invariants.check(session, now=NOW)]


# A part --------------------------------------------------------------------------------------


def test_a_part_uses_its_share_and_the_run_goes_on(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running

    lot = complete(session, scene, 4)

    assert lot is not None
    run = scene.run
    assert (run.state, run.produced, run.finished_at) == ("running", 4 * PIECE, None)
    assert moves(session, lot) == [("produced", 4 * PIECE)]
    assert moves(session, scene.wax_lot)[1:] == [("consumed", -720 * PIECE)]
    assert moves(session, scene.jar_lot)[1:] == [("consumed", -4 * PIECE)]
    assert balance(session, scene.wax_lot) == (1280 * PIECE, 1080 * PIECE)
    assert held(session, demand) == {"CANDLE-26327-01": 4 * PIECE}
    assert link_of(session, demand) == (6, 4)
    assert marked(session) == {scene.candle.id, scene.wax.id, scene.jar.id}


def test_all_parts_together_use_what_was_needed_and_leave_nothing_picked(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running

    lots = [
        complete(session, scene, 3),
        complete(session, scene, 3),
        finish(session, scene),
    ]

    assert len(set(lots)) == 3
    assert scene.wax_need.consumed == 1800 * PIECE
    assert balance(session, scene.wax_lot) == (200 * PIECE, 0)
    assert balance(session, scene.jar_lot) == (2 * PIECE, 0)
    numbers = select(Completion.number, Completion.produced).order_by(Completion.id)
    assert [(number, made // PIECE) for number, made in session.execute(numbers)] == [
        (1, 3), (2, 3), (3, 4),
    ]  # fmt: skip
    assert (scene.run.state, scene.run.produced) == ("done", 10 * PIECE)
    assert link_of(session, demand) == (6, 6)
    plan.replan(session, now=NOW)
    assert books(session) == []


def test_what_was_scrapped_comes_no_more(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running

    complete(
        session, scene, 1, scrapped=7, scrap_reason="burnt", note="the pot was too hot"
    )
    plan.replan(session, now=NOW)

    [completion] = session.scalars(select(Completion))
    assert (completion.scrapped, completion.scrap_reason) == (7 * PIECE, "burnt")
    assert completion.note == "the pot was too hot"
    # One is there, two are still to come of this run, and three are made in another.
    planned = {
        run.id: link.planned - link.done
        for run, link in session.execute(
            select(ProductionOrder, ProductionLink)
            .join(ProductionLink, ProductionLink.production_order_id == ProductionOrder.id)
            .where(ProductionLink.demand_id == demand.id)
        )
    }
    assert planned.pop(scene.run.id) == 2 * PIECE
    assert sum(planned.values()) == 3 * PIECE
    assert books(session) == []


def test_a_part_that_was_all_lost_has_no_lot_but_used_its_share(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running

    assert complete(session, scene, 0, scrapped=5) is None

    assert scene.wax_need.consumed == 900 * PIECE
    assert link_of(session, demand) == (6, 0)


def test_the_history_tells_each_part(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running

    lot = complete(session, scene, 2, scrapped=1, scrap_reason="broken")

    found = select(History).filter_by(what="run.completed")
    [told] = session.scalars(found)
    assert told.detail == {
        "completion": 1,
        "produced": 2 * PIECE,
        "scrapped": PIECE,
        "lot": lot,
        "scrap_reason": "broken",
    }


def test_what_was_said_to_be_used_is_taken_and_the_rest_shares_what_is_left(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    said = Used(item_id=scene.wax.id, lot_id=scene.wax_lot.id, quantity=1000 * PIECE)

    complete(session, scene, 5, consumed=[said])
    complete(session, scene, 3)

    assert moves(session, scene.wax_lot)[1:] == [
        ("consumed", -1000 * PIECE),
        ("consumed", -480 * PIECE),
    ]
    assert balance(session, scene.wax_lot) == (520 * PIECE, 320 * PIECE)


def test_what_was_taken_from_another_lot_gives_the_picked_one_back(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    other = make_lot(session, item=scene.wax, quantity=900 * PIECE, code="W2")
    said = Used(item_id=scene.wax.id, lot_id=other.id, quantity=900 * PIECE)

    complete(session, scene, 5, consumed=[said])

    assert balance(session, other) == (0, 0)
    assert balance(session, scene.wax_lot) == (2000 * PIECE, 900 * PIECE)


def test_more_than_planned_uses_up_the_rest(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running

    complete(session, scene, 12)
    plan.replan(session, now=NOW)

    assert scene.wax_need.consumed == 1800 * PIECE
    assert balance(session, scene.wax_lot) == (200 * PIECE, 0)
    assert link_of(session, demand) == (6, 6)
    assert books(session) == []


def test_a_run_that_gave_all_in_parts_is_closed_with_nothing(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    complete(session, scene, 8)

    assert finish(session, scene, 0) is None

    assert (scene.run.state, scene.run.produced) == ("done", 8 * PIECE)
    assert scene.wax_need.consumed == 1440 * PIECE
    assert balance(session, scene.wax_lot) == (560 * PIECE, 0)


def test_finishing_without_a_word_gives_what_was_still_to_come(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    complete(session, scene, 3, scrapped=2)

    lot = finish(session, scene)

    assert lot is not None
    assert balance(session, lot)[0] == 5 * PIECE


# What cannot be ------------------------------------------------------------------------------


def test_a_run_that_has_not_started_gives_nothing(session: Session) -> None:
    scene = plan_candles(session, candle=make_item(session, code="CANDLE"))

    with pytest.raises(StepRefused):
        complete(session, scene, 1)


def test_nothing_is_no_part(session: Session, running: tuple[Candles, Demand]) -> None:
    with pytest.raises(Invalid) as refused:
        complete(session, running[0], 0)

    assert refused.value.field == "produced"


def test_a_scrap_reason_is_one_of_the_list(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    with pytest.raises(Invalid, match="broken, burnt") as refused:
        complete(session, running[0], 1, scrapped=1, scrap_reason="gremlins")

    assert refused.value.field == "scrap_reason"


def test_a_run_that_gave_something_is_not_cancelled(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    complete(session, scene, 1)

    with pytest.raises(GaveSomething):
        produce.cancel(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    assert scene.run.state == "running"


def test_more_than_was_ever_picked_must_be_said(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    stock.adjust(
        session,
        lot_id=scene.wax_lot.id,
        delta=-200 * PIECE,
        reason="counted",
        who=WHO,
        now=NOW,
    )
    none = Used(item_id=scene.wax.id, lot_id=scene.wax_lot.id, quantity=1801 * PIECE)

    with pytest.raises(NotEnough):
        complete(session, scene, 10, consumed=[none])

    assert session.scalars(select(Completion)).all() == []


# The lot -------------------------------------------------------------------------------------


def test_the_same_code_adds_to_the_same_lot(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running

    first = complete(session, scene, 4, lot_code="MON-1")
    second = complete(session, scene, 6, lot_code="MON-1")

    assert first == second
    assert first is not None
    assert balance(session, first) == (10 * PIECE, 6 * PIECE)
    assert held(session, demand) == {"MON-1": 6 * PIECE}
    outputs = session.scalars(select(ProductionOutput).order_by(ProductionOutput.id)).all()
    assert [(each.completion, each.quantity) for each in outputs] == [
        (1, 4 * PIECE), (2, 6 * PIECE),
    ]  # fmt: skip


def test_the_cost_of_a_lot_is_what_went_into_all_of_it(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    dear = make_lot(
        session, item=scene.wax, quantity=900 * PIECE, code="W2", unit_cost_micros=20_000
    )
    said = Used(item_id=scene.wax.id, lot_id=dear.id, quantity=900 * PIECE)

    lot_id = complete(session, scene, 5, lot_code="MON-1", consumed=[said])
    complete(session, scene, 5, lot_code="MON-1")

    lot = session.get_one(Lot, lot_id)
    # 900 g at 20,000, 900 g at 12,345 and 10 jars at 450,000 millionths, over ten candles.
    spent = 900 * 20_000 + 900 * 12_345 + 10 * 450_000
    assert (lot.unit_cost_micros, lot.currency) == (spent // 10, "EUR")


def test_a_code_of_another_lot_is_taken(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    make_lot(session, item=scene.candle, quantity=PIECE, code="OLD")

    with pytest.raises(CodeTaken, match="already has a lot OLD"):
        complete(session, scene, 1, lot_code="OLD")

    assert session.scalars(select(Completion)).all() == []


def test_a_lot_keeps_for_one_time_only(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    soon = TODAY + timedelta(days=90)
    complete(session, scene, 1, lot_code="MON-1", best_before=soon)

    with pytest.raises(LotClosed, match="another best before"):
        complete(session, scene, 1, lot_code="MON-1", best_before=soon + timedelta(days=1))

    assert complete(session, scene, 1, lot_code="MON-1") is not None


def test_goods_under_suspicion_are_not_mixed_into_a_good_lot(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    complete(session, scene, 1, lot_code="MON-1")
    stock.set_lot_state(
        session,
        lot_id=scene.wax_lot.id,
        state=LotState.QUARANTINED,
        reason="smells",
        who=WHO,
        now=NOW,
    )

    with pytest.raises(LotClosed, match="is available"):
        complete(session, scene, 1, lot_code="MON-1")

    other = session.get_one(Lot, complete(session, scene, 1, lot_code="MON-2"))
    assert other.state == "quarantined"


def test_the_code_follows_the_items_pattern_before_the_workshops(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, _ = running
    session.add(Workshop(id=1, lot_pattern="{yy}{mm}-{nnn}", updated_at=NOW))
    session.flush()
    by_workshop = session.get_one(Lot, complete(session, scene, 1))
    scene.candle.lot_pattern = "C{ddd}-{nnn}"
    session.flush()

    by_item = session.get_one(Lot, complete(session, scene, 1))

    assert (by_workshop.code, by_item.code) == ("2611-001", "C327-002")


# The quality check ---------------------------------------------------------------------------


def test_what_must_be_checked_waits_for_it_and_goes_to_nobody(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running
    scene.candle.quality_hold = True
    session.flush()

    lot = session.get_one(Lot, finish(session, scene))

    assert lot.state == "quarantined"
    assert held(session, demand) == {}
    assert link_of(session, demand) == (6, 0)


def test_what_passed_goes_to_whom_it_was_made_for(
    session: Session, running: tuple[Candles, Demand]
) -> None:
    scene, demand = running
    scene.candle.quality_hold = True
    lot = session.get_one(Lot, finish(session, scene))
    plan.replan(session, now=NOW)

    stock.set_lot_state(
        session, lot_id=lot.id, state=LotState.AVAILABLE, reason="passed", who=WHO, now=NOW
    )
    plan.replan(session, now=NOW)

    assert held(session, demand) == {lot.code: 6 * PIECE}
    assert books(session) == []
