"""A run starts with the lots somebody scanned, substitutes among them."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import invariants
from hub.flow.making import produce
from hub.flow.making.consume import NotForUse, Used
from hub.flow.making.materials import ShortOfMaterial
from hub.flow.planning import plan
from hub.flow.refusal import Invalid
from hub.flow.stock.ledger import NotEnough
from hub.flow.undoing.undo_run import undo
from hub.models.records.alternates import Alternate, Substitution
from hub.models.records.completions import CompletionUse
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.stock import Lot, Reservation
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
)


@pytest.fixture
def scene(session: Session) -> Candles:
    """A planned run of ten candles: 1800 g of wax and 10 jars, reserved in W1 and J1."""
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: 6})
    demand = demand_of(session, order, candle)
    return plan_candles(session, candle=candle, made_for={demand: 6 * PIECE})


def start(session: Session, scene: Candles, *scanned: Used) -> None:
    produce.start(
        session, production_order_id=scene.run.id, picked=scanned, who=WHO, now=NOW
    )


def scan(lot: Lot, grams: int = 0) -> Used:
    return Used(item_id=lot.item_id, lot_id=lot.id, quantity=grams * PIECE)


def soy_wax(session: Session, scene: Candles, *, allowed: bool = True) -> Item:
    """Soy wax, of which 1.2 g stand for 1 g of wax."""
    soy = make_item(session, code="SOYWAX")
    session.add(
        Alternate(
            item_id=scene.wax.id,
            substitute_id=soy.id,
            factor_ppm=1_200_000,
            is_allowed=allowed,
        )
    )
    session.flush()
    return soy


def books(session: Session) -> list[str]:
    return [each.what for each in invariants.check(session, now=NOW)]


# Lots of the material itself -----------------------------------------------------------------


def test_a_scanned_lot_takes_the_place_of_what_was_reserved(
    session: Session, scene: Candles
) -> None:
    other = make_lot(session, item=scene.wax, quantity=5000 * PIECE, code="W2")

    start(session, scene, scan(other))

    assert held(session, scene.wax_need) == {"W2": 1800 * PIECE}
    assert held(session, scene.jar_need) == {"J1": 10 * PIECE}
    assert balance(session, scene.wax_lot) == (2000 * PIECE, 0)
    firm = select(Reservation.is_firm).filter_by(need_id=scene.wax_need.id)
    assert session.scalars(firm).all() == [True]


def test_what_a_scanned_lot_leaves_open_stays_as_it_was_reserved(
    session: Session, scene: Candles
) -> None:
    other = make_lot(session, item=scene.wax, quantity=500 * PIECE, code="W2")

    start(session, scene, scan(other))

    assert held(session, scene.wax_need) == {"W2": 500 * PIECE, "W1": 1300 * PIECE}


def test_a_part_of_the_reserved_lot_may_be_scanned(
    session: Session, scene: Candles
) -> None:
    start(session, scene, scan(scene.wax_lot, 700))

    assert held(session, scene.wax_need) == {"W1": 1800 * PIECE}


def test_no_more_is_taken_than_is_needed(session: Session, scene: Candles) -> None:
    other = make_lot(session, item=scene.wax, quantity=5000 * PIECE, code="W2")

    start(session, scene, scan(other, 4000))

    assert held(session, scene.wax_need) == {"W2": 1800 * PIECE}


def test_a_run_that_lacked_something_starts_with_what_was_scanned(
    session: Session, scene: Candles
) -> None:
    wick = make_item(session, code="WICK")
    run = make_run(session, item=scene.jar, uses={wick: 3 * PIECE})
    lot = make_lot(session, item=wick, quantity=3 * PIECE)
    with pytest.raises(ShortOfMaterial):
        produce.start(session, production_order_id=run.id, who=WHO, now=NOW)

    produce.start(session, production_order_id=run.id, picked=[scan(lot)], who=WHO, now=NOW)

    assert run.state == "running"


def test_what_was_only_planned_for_another_run_gives_way(
    session: Session, scene: Candles
) -> None:
    lot = make_lot(session, item=scene.wax, quantity=2000 * PIECE, code="W2")
    soap = make_item(session, code="SOAP")
    other = make_run(session, item=soap, uses={scene.wax: 1500 * PIECE})
    need = need_of(session, other, scene.wax)
    hold(session, lot, owner=need, quantity=1500 * PIECE)

    start(session, scene, scan(lot))

    assert held(session, scene.wax_need) == {"W2": 1800 * PIECE}
    assert held(session, need) == {"W2": 200 * PIECE}
    assert scene.wax.id in marked(session)
    plan.replan(session, now=NOW)
    assert sum(held(session, need).values()) == 1500 * PIECE


def test_what_another_run_has_picked_is_not_taken(session: Session, scene: Candles) -> None:
    lot = make_lot(session, item=scene.wax, quantity=2000 * PIECE, code="W2")
    soap = make_item(session, code="SOAP")
    other = make_run(session, item=soap, uses={scene.wax: 1500 * PIECE})
    hold(session, lot, owner=need_of(session, other, scene.wax), quantity=1500 * PIECE)
    produce.start(session, production_order_id=other.id, who=WHO, now=NOW)

    with pytest.raises(NotEnough, match="only 500"):
        start(session, scene, scan(lot, 600))

    assert scene.run.state == "planned"
    start(session, scene, scan(lot))
    assert held(session, scene.wax_need) == {"W2": 500 * PIECE, "W1": 1300 * PIECE}


def test_a_lot_that_is_put_aside_or_too_old_is_not_scanned(
    session: Session, scene: Candles
) -> None:
    aside = make_lot(session, item=scene.wax, quantity=PIECE, state="quarantined")
    old = make_lot(
        session, item=scene.wax, quantity=PIECE, best_before=NOW.date() - timedelta(days=1)
    )

    for lot in (aside, old):
        with pytest.raises(NotForUse):
            start(session, scene, scan(lot))

    assert held(session, scene.wax_need) == {"W1": 1800 * PIECE}


def test_only_lots_of_its_materials_are_scanned_and_each_once(
    session: Session, scene: Candles
) -> None:
    wick = make_lot(session, item=make_item(session, code="WICK"), quantity=PIECE)
    wrong = Used(item_id=scene.jar.id, lot_id=scene.wax_lot.id, quantity=0)

    for scanned in ([scan(wick)], [wrong], [scan(scene.wax_lot), scan(scene.wax_lot)]):
        with pytest.raises(Invalid) as refused:
            start(session, scene, *scanned)
        assert refused.value.field == "lots"

    assert (scene.run.state, held(session, scene.wax_need)) == (
        "planned", {"W1": 1800 * PIECE},
    )  # fmt: skip


# Substitutes ---------------------------------------------------------------------------------


def test_an_allowed_substitute_is_taken_and_the_history_says_so(
    session: Session, scene: Candles
) -> None:
    soy = soy_wax(session, scene)
    lot = make_lot(session, item=soy, quantity=600 * PIECE, code="S1")

    start(session, scene, scan(lot))

    assert held(session, scene.wax_need) == {"S1": 600 * PIECE, "W1": 1300 * PIECE}
    [row] = session.scalars(select(Substitution))
    assert (row.item_id, row.quantity, row.replaces) == (soy.id, 600 * PIECE, 500 * PIECE)
    [told] = session.scalars(select(History).filter_by(what="run.substituted"))
    assert told.who == WHO
    assert told.detail == {
        "item": "WAX",
        "replaced": 500 * PIECE,
        "substitute": "SOYWAX",
        "lot": "S1",
        "quantity": 600 * PIECE,
    }
    plan.replan(session, now=NOW)
    assert books(session) == []


def test_a_substitute_that_is_not_allowed_is_refused(
    session: Session, scene: Candles
) -> None:
    lot = make_lot(
        session, item=soy_wax(session, scene, allowed=False), quantity=600 * PIECE
    )

    with pytest.raises(Invalid, match="may not stand in for") as refused:
        start(session, scene, scan(lot))

    assert refused.value.field == "lots"
    assert session.scalars(select(Substitution)).all() == []


def test_what_stood_in_is_used_counted_and_paid_for(
    session: Session, scene: Candles
) -> None:
    lot = make_lot(
        session,
        item=soy_wax(session, scene),
        quantity=600 * PIECE,
        code="S1",
        unit_cost_micros=30_000,
    )
    start(session, scene, scan(lot))

    produce.complete(
        session, production_order_id=scene.run.id, produced=5 * PIECE, who=WHO, now=NOW
    )
    made = produce.finish(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    assert moves(session, lot)[1:] == [("consumed", -300 * PIECE)] * 2
    assert moves(session, scene.wax_lot)[1:] == [("consumed", -650 * PIECE)] * 2
    assert scene.wax_need.consumed == 1800 * PIECE
    cost = session.get_one(Lot, made).unit_cost_micros
    assert cost == (300 * 30_000 + 650 * 12_345 + 5 * 450_000) // 5
    plan.replan(session, now=NOW)
    assert books(session) == []


def test_people_may_say_how_much_of_a_substitute_they_used(
    session: Session, scene: Candles
) -> None:
    lot = make_lot(session, item=soy_wax(session, scene), quantity=900 * PIECE, code="S1")
    start(session, scene, scan(lot, 600))

    produce.finish(
        session,
        production_order_id=scene.run.id,
        consumed=[scan(lot, 660)],
        who=WHO,
        now=NOW,
    )

    assert balance(session, lot) == (240 * PIECE, 0)
    # 660 g of soy wax stand for 550 g, beside the 1300 g of wax that were picked.
    assert scene.wax_need.consumed == 1850 * PIECE
    plan.replan(session, now=NOW)
    assert books(session) == []


def test_what_stood_in_is_picked_again_when_its_use_is_taken_back(
    session: Session, scene: Candles
) -> None:
    lot = make_lot(session, item=soy_wax(session, scene), quantity=600 * PIECE, code="S1")
    start(session, scene, scan(lot))
    produce.finish(session, production_order_id=scene.run.id, who=WHO, now=NOW)

    undo(session, production_order_id=scene.run.id, reason="", who=WHO, now=NOW)

    assert held(session, scene.wax_need) == {"S1": 600 * PIECE, "W1": 1300 * PIECE}
    assert scene.wax_need.consumed == 0
    plan.replan(session, now=NOW)
    assert books(session) == []


def test_nothing_stands_in_that_went_back_to_stock(
    session: Session, scene: Candles
) -> None:
    lot = make_lot(session, item=soy_wax(session, scene), quantity=600 * PIECE, code="S1")
    start(session, scene, scan(lot))
    produce.finish(
        session,
        production_order_id=scene.run.id,
        consumed=[scan(lot, 240)],
        who=WHO,
        now=NOW,
    )

    undo(session, production_order_id=scene.run.id, reason="", who=WHO, now=NOW)

    [row] = session.scalars(select(Substitution))
    assert (row.quantity, row.replaces) == (240 * PIECE, 200 * PIECE)
    plan.replan(session, now=NOW)
    assert books(session) == []


def test_an_undone_start_frees_the_substitute(session: Session, scene: Candles) -> None:
    lot = make_lot(session, item=soy_wax(session, scene), quantity=600 * PIECE, code="S1")
    start(session, scene, scan(lot))

    undo(session, production_order_id=scene.run.id, reason="", who=WHO, now=NOW)

    assert session.scalars(select(Substitution)).all() == []
    assert balance(session, lot) == (600 * PIECE, 0)


def test_one_lot_may_stand_in_and_be_itself_in_one_run(
    session: Session, scene: Candles
) -> None:
    soy = soy_wax(session, scene)
    cream = make_item(session, code="CREAM")
    run = make_run(session, item=cream, uses={scene.wax: 500 * PIECE, soy: 100 * PIECE})
    lot = make_lot(session, item=soy, quantity=1000 * PIECE, code="S1")
    wax_need, soy_need = need_of(session, run, scene.wax), need_of(session, run, soy)
    session.add(
        Substitution(
            need_id=wax_need.id, item_id=soy.id, quantity=600 * PIECE, replaces=500 * PIECE
        )
    )
    hold(session, lot, owner=wax_need, quantity=600 * PIECE)
    hold(session, lot, owner=soy_need, quantity=100 * PIECE)
    produce.start(session, production_order_id=run.id, who=WHO, now=NOW)

    produce.finish(
        session,
        production_order_id=run.id,
        consumed=[scan(lot, 720)],
        who=WHO,
        now=NOW,
    )

    assert balance(session, lot) == (280 * PIECE, 0)
    assert (wax_need.consumed, soy_need.consumed) == (500 * PIECE, 120 * PIECE)
    uses = session.scalars(select(CompletionUse).order_by(CompletionUse.quantity)).all()
    assert [(use.need_id, use.quantity) for use in uses] == [
        (soy_need.id, 120 * PIECE), (wax_need.id, 600 * PIECE),
    ]  # fmt: skip
    assert moves(session, lot)[1:] == [("consumed", -720 * PIECE)]
