"""What waits for its quality check is counted on, promised to nobody else, and planned once."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import invariants
from hub.domain.planning.netting_types import Link, Unchecked
from hub.domain.stock.lot_states import LotState
from hub.flow.making import produce
from hub.flow.replan import mark
from hub.flow.stock import stock
from hub.flow.stock.counts import reject
from hub.flow.undoing.undo_run import undo
from hub.models.catalogue.item_figures import item_figures
from hub.models.planning.unchecked import unchecked_by_item
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import CheckCover, Promise
from hub.models.records.production import ProductionLink, ProductionOrder
from hub.models.records.stock import Lot, Reservation
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.candle_maker import a_candle, links, phases, plan, runs

WHO = "user:1"
TODAY = NOW.date()


@pytest.fixture
def account(session: Session) -> ChannelAccount:
    return make_account(session)


@pytest.fixture
def candle(session: Session) -> Item:
    """Made ten at a time, and checked before it is sold; wax for three batches."""
    made = a_candle(session, wax=6000)
    made.quality_hold = True
    session.flush()
    return made


def newest_run(session: Session) -> int:
    found = session.scalar(select(ProductionOrder.id).order_by(ProductionOrder.id.desc()))
    assert found is not None
    return found


def make(session: Session, *, run_id: int | None = None, pieces: int | None = None) -> Lot:
    """Start and finish a run, and return what came out."""
    run_id = run_id or newest_run(session)
    produce.start(session, production_order_id=run_id, who=WHO, now=NOW)
    lot_id = produce.finish(
        session,
        production_order_id=run_id,
        produced=None if pieces is None else pieces * PIECE,
        who=WHO,
        now=NOW,
    )
    return session.get_one(Lot, lot_id)


def say(session: Session, lot: Lot, state: LotState) -> None:
    stock.set_lot_state(
        session, lot_id=lot.id, state=state, reason="looked at", who=WHO, now=NOW
    )


def counted_on(session: Session) -> list[int]:
    rows = session.scalars(select(CheckCover).order_by(CheckCover.id))
    return [row.quantity // PIECE for row in rows]


def held(session: Session) -> list[int]:
    rows = session.scalars(select(Reservation).where(Reservation.demand_id.is_not(None)))
    return [row.quantity // PIECE for row in rows]


def books(session: Session) -> list[invariants.Violation]:
    session.flush()
    return invariants.check(session, now=NOW)


def hold_reasons(session: Session) -> list[object]:
    session.expire_all()
    return session.scalars(select(SalesOrder).order_by(SalesOrder.id)).all()[0].hold_reasons


def promised_by(session: Session) -> str:
    """Say what the newest promise begins with."""
    told = session.scalars(select(Promise).order_by(Promise.id.desc())).first()
    reason = told.reasons[0] if told is not None else {}
    assert isinstance(reason, dict)
    return str(reason["kind"])


def test_what_waits_for_its_check_is_not_made_a_second_time(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)

    lot = make(session)
    plan(session)

    assert (lot.state, lot.awaits_check) == ("quarantined", True)
    assert runs(session) == [("done", 1, 10)]
    assert counted_on(session) == [6]
    assert books(session) == []


def test_the_order_says_that_it_waits_for_the_check(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)

    make(session)

    assert (phases(session), hold_reasons(session)) == (
        ["in_production"],
        ["quality_check"],
    )
    plan(session)
    assert (phases(session), hold_reasons(session)) == (
        ["in_production"],
        ["quality_check"],
    )
    assert promised_by(session) == "check"


def test_what_waits_for_its_check_is_promised_to_nobody(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)

    make(session)
    plan(session)

    figures = item_figures(session, item_ids=[candle.id], on=TODAY)[candle.id]
    assert figures.available == 0
    assert figures.promisable == 2 * 10 * PIECE  # what the wax left over still makes


def test_what_passes_is_at_once_whose_it_was_made_for_and_the_links_say_so(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)
    lot = make(session)
    plan(session)

    say(session, lot, LotState.AVAILABLE)

    assert (held(session), counted_on(session), links(session)) == ([6], [], [(6, 6)])
    assert phases(session) == ["ready_to_ship"]
    plan(session)
    assert (held(session), runs(session)) == ([6], [("done", 1, 10)])
    assert (promised_by(session), books(session)) == ("stock", [])


@pytest.mark.parametrize("how", ["thrown away", "called back"])
def test_what_fails_is_planned_anew(
    session: Session, account: ChannelAccount, candle: Item, how: str
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)
    lot = make(session)
    plan(session)

    if how == "called back":
        say(session, lot, LotState.RECALLED)
    else:
        reject(session, lot_id=lot.id, reason="quality", who=WHO, now=NOW)
    plan(session)

    assert runs(session) == [("done", 1, 10), ("planned", 1, 10)]
    assert (counted_on(session), links(session)) == ([], [(6, 0), (6, 0)])
    assert books(session) == []


def test_a_lot_under_suspicion_is_not_counted_on(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    candle.quality_hold = False
    make_order(session, account=account, lines={candle: 6})
    plan(session)
    lot = make(session)

    say(session, lot, LotState.QUARANTINED)
    plan(session)

    assert not lot.awaits_check
    assert runs(session) == [("done", 1, 10), ("planned", 1, 10)]


def test_a_lot_made_from_what_was_put_aside_is_not_counted_on(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)
    run_id = newest_run(session)
    produce.start(session, production_order_id=run_id, who=WHO, now=NOW)
    wax = session.scalars(select(Lot).where(Lot.item_id != candle.id)).one()
    say(session, wax, LotState.QUARANTINED)

    made = produce.finish(session, production_order_id=run_id, who=WHO, now=NOW)
    plan(session)

    assert not session.get_one(Lot, made).awaits_check
    assert counted_on(session) == []


def test_free_goods_come_before_what_waits_for_its_check(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)
    make(session)
    make_lot(session, item=candle, quantity=4 * PIECE)

    plan(session)

    assert (held(session), counted_on(session)) == ([4], [2])
    assert books(session) == []


def test_whom_it_was_made_for_comes_before_who_is_more_urgent(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    first = make_order(session, account=account, lines={candle: 6})
    plan(session)
    make(session)
    make_order(session, account=account, lines={candle: 8}, priority=50)

    plan(session)

    session.refresh(first)
    assert first.hold_reasons == ["quality_check"]
    assert sorted(counted_on(session)) == [4, 6]
    assert runs(session)[1:] == [("planned", 1, 10)]
    assert books(session) == []


def test_a_part_that_waits_for_its_check_keeps_its_link_while_the_run_goes_on(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 10})
    plan(session)
    run_id = newest_run(session)
    produce.start(session, production_order_id=run_id, who=WHO, now=NOW)

    lot_id = produce.complete(
        session, production_order_id=run_id, produced=4 * PIECE, who=WHO, now=NOW
    )
    plan(session)

    assert (counted_on(session), links(session)) == ([4], [(6, 0)])
    assert books(session) == []
    say(session, session.get_one(Lot, lot_id), LotState.AVAILABLE)
    plan(session)
    assert (held(session), links(session)) == ([4], [(10, 4)])
    produce.finish(session, production_order_id=run_id, who=WHO, now=NOW)
    plan(session)
    assert (counted_on(session), runs(session)) == ([6], [("done", 1, 10)])
    assert books(session) == []


def test_a_completion_that_is_taken_back_is_not_counted_on(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)
    make(session)
    plan(session)

    produce_undo(session)
    plan(session)

    assert (counted_on(session), runs(session)) == ([], [("running", 1, 10)])
    assert links(session) == [(6, 0)]
    assert books(session) == []


def produce_undo(session: Session) -> None:
    undo(session, production_order_id=newest_run(session), reason="slip", who=WHO, now=NOW)


def test_stock_that_waits_for_its_check_is_not_filled_up_again(
    session: Session, candle: Item
) -> None:
    candle.policy, candle.reorder_point = "make_to_stock", 5 * PIECE
    plan_marked(session, candle)
    make(session)

    plan(session)

    assert runs(session) == [("done", 1, 10)]


def plan_marked(session: Session, item: Item) -> None:
    mark(session, item_ids=[item.id], why="test", now=NOW)
    plan(session)


def test_a_run_waits_for_the_check_of_what_it_is_made_of(
    session: Session, account: ChannelAccount
) -> None:
    base = a_candle(session, wax=6000)
    base.quality_hold, base.kind = True, "intermediate"
    gift = make_item(session, code="GIFT")
    make_recipe(session, item=gift, uses={base: 10 * PIECE})
    make_order(session, account=account, lines={gift: 5})
    plan(session)
    below = session.scalars(
        select(ProductionOrder.id).where(ProductionOrder.item_id == base.id)
    ).one()

    lot = make(session, run_id=below)
    plan(session)

    assert (phases(session), hold_reasons(session)) == (
        ["waiting_for_materials"],
        ["quality_check"],
    )
    assert books(session) == []
    say(session, lot, LotState.AVAILABLE)
    plan(session)
    assert (phases(session), hold_reasons(session)) == (["materials_reserved"], [])
    assert books(session) == []


def test_whom_an_unchecked_lot_is_for_is_read_from_its_run(
    session: Session, account: ChannelAccount, candle: Item
) -> None:
    make_order(session, account=account, lines={candle: 6})
    plan(session)
    lot = make(session)

    found = unchecked_by_item(session)

    link = session.scalars(select(ProductionLink)).one()
    assert found == {
        candle.id: [
            Unchecked(
                lot_id=lot.id,
                quantity=10 * PIECE,
                best_before=lot.best_before,
                made_for=(Link(demand=f"demand:{link.demand_id}", quantity=6 * PIECE),),
            )
        ]
    }
