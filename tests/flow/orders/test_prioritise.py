"""A person lets an order go first: who wins, who loses what, before and after, as it really is."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import invariants
from hub.flow.orders import change
from hub.flow.orders.prioritise import NothingToPlan, Prioritised, Share, prioritise
from hub.flow.planning.plan import replan
from hub.flow.refusal import Invalid, Missing
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Replan
from hub.models.records.production import ProductionOrder
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.bench import WHO, demand_of, held


def plan(session: Session) -> None:
    replan(session, now=NOW)
    session.expire_all()


def raise_it(session: Session, order: SalesOrder, *, priority: int = 1) -> Prioritised:
    done = prioritise(
        session, order_id=order.id, priority=priority, reason="it is a wedding",
        who=WHO, now=NOW,
    )  # fmt: skip
    session.expire_all()
    return done


def two_orders(session: Session) -> tuple[Item, SalesOrder, SalesOrder]:
    """Five candles in a lot: an early order holds four, a later one has one and waits for three."""
    candle, wax = make_item(session, code="CANDLE"), make_item(session, code="WAX")
    make_recipe(session, item=candle, uses={wax: 2000 * PIECE}, rest_days=5)
    make_lot(session, item=wax, quantity=9000 * PIECE)
    make_lot(session, item=candle, quantity=5 * PIECE, code="C1")
    shop = make_account(session)
    first = make_order(session, account=shop, lines={candle: 4})
    second = make_order(
        session, account=shop, lines={candle: 4}, placed_at=NOW + timedelta(hours=1)
    )
    plan(session)
    return candle, first, second


def test_a_later_order_takes_nothing_of_what_a_promised_one_holds(session: Session) -> None:
    candle, first, second = two_orders(session)

    assert held(session, demand_of(session, first, candle)) == {"C1": 4 * PIECE}
    assert held(session, demand_of(session, second, candle)) == {"C1": PIECE}


def test_a_raised_order_takes_what_it_lacks_and_it_is_said_from_whom(
    session: Session,
) -> None:
    candle, first, second = two_orders(session)

    done = raise_it(session, second)

    assert held(session, demand_of(session, second, candle)) == {"C1": 4 * PIECE}
    assert (done.before, done.after) == (100, 1)
    assert {effect.number: effect.shares for effect in done.effects} == {
        "H-0001": (
            Share(
                item_id=candle.id, allocated_before=4 * PIECE, allocated_after=PIECE,
                made_before=0, made_after=3 * PIECE,
            ),
        ),
        "H-0002": (
            Share(
                item_id=candle.id, allocated_before=PIECE, allocated_after=4 * PIECE,
                made_before=3 * PIECE, made_after=0,
            ),
        ),
    }  # fmt: skip
    loser, winner = done.effects
    assert (loser.is_later, winner.is_later, loser.is_at_risk) == (True, False, True)
    assert loser.committed_on == first.promised_on
    assert invariants.check(session) == []


def test_who_loses_is_told_why_in_its_history(session: Session) -> None:
    candle, first, second = two_orders(session)

    raise_it(session, second)

    query = select(History).where(History.what.in_(("order.gave", "order.later")))
    told = session.scalars(query.order_by(History.id)).all()
    assert [(row.what, row.subject_id, row.why) for row in told] == [
        ("order.gave", first.id, "H-0002"),
        ("order.later", first.id, "H-0002"),
    ]
    assert told[0].detail == {
        "item": candle.code, "quantity": 3 * PIECE, "raised": "H-0002",
        "reason": "it is a wedding",
    }  # fmt: skip
    [placed] = session.scalars(select(History).filter_by(what="order.priority"))
    assert (placed.from_state, placed.to_state, placed.why) == (
        "100", "1", "it is a wedding",
    )  # fmt: skip


def test_a_lowered_order_gives_way(session: Session) -> None:
    candle, first, second = two_orders(session)

    done = raise_it(session, first, priority=500)

    assert held(session, demand_of(session, second, candle)) == {"C1": 4 * PIECE}
    assert [(gift.giver, gift.taker) for gift in done.gifts] == [(first.id, second.id)]


def test_what_a_running_run_makes_stays_with_whom_it_is_made_for(session: Session) -> None:
    candle, wax = make_item(session, code="CANDLE"), make_item(session, code="WAX")
    make_recipe(session, item=candle, uses={wax: 2000 * PIECE}, max_batches=1)
    make_lot(session, item=wax, quantity=9000 * PIECE)
    shop = make_account(session)
    make_order(session, account=shop, lines={candle: 10})
    plan(session)
    run = session.scalars(select(ProductionOrder)).one()
    run.state, run.released_at = "released", NOW
    later = make_order(session, account=shop, lines={candle: 10})
    plan(session)

    done = raise_it(session, later)

    assert done.gifts == ()


def test_only_the_new_place_makes_the_difference(session: Session) -> None:
    candle, first, second = two_orders(session)
    make_lot(session, item=candle, quantity=9 * PIECE, code="C2")
    session.add(Replan(item_id=candle.id, at=NOW, why="received"))
    session.flush()

    done = raise_it(session, second)

    assert done.gifts == ()
    assert [effect.number for effect in done.effects] == []


def test_the_same_place_changes_nothing(session: Session) -> None:
    _, _, second = two_orders(session)
    noted = session.scalar(select(func.count(History.id)))

    done = raise_it(session, second, priority=100)

    assert (done.effects, done.gifts) == ((), ())
    assert session.scalar(select(func.count(History.id))) == noted


def test_a_rehearsal_says_what_then_happens_and_changes_nothing(session: Session) -> None:
    candle, first, second = two_orders(session)
    session.commit()

    rehearsed = raise_it(session, second)
    session.rollback()
    unchanged = held(session, demand_of(session, first, candle))
    done = raise_it(session, second)

    assert unchanged == {"C1": 4 * PIECE}
    assert rehearsed == done


@pytest.mark.parametrize("priority", [-1, 1001])
def test_there_are_only_so_many_places(session: Session, priority: int) -> None:
    _, _, second = two_orders(session)

    with pytest.raises(Invalid) as refused:
        raise_it(session, second, priority=priority)

    assert refused.value.field == "priority"


def test_an_order_that_is_over_has_no_place(session: Session) -> None:
    _, first, _ = two_orders(session)
    change.cancel_order(session, order_id=first.id, reason="", who=WHO, now=NOW)

    with pytest.raises(NothingToPlan):
        raise_it(session, first)


def test_there_is_no_raising_an_order_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        prioritise(session, order_id=99, priority=1, reason="", who=WHO, now=NOW)
