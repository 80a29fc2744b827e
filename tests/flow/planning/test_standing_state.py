"""What is answered from the part a question touches is what the whole workshop would answer."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.asking.what_if import effects, late_days, targets
from hub.domain.asking.what_if_changes import (
    CentreDown,
    Change,
    DemandTimes,
    LotRejected,
    OrderAdded,
    PurchaseLate,
    changed,
)
from hub.domain.asking.what_if_fixes import FixKind, Trouble, Whole, trouble_of
from hub.flow.asking.what_if import Answer, ways_out, what_if
from hub.flow.asking.what_if_helps import Help, helps
from hub.flow.planning.plan import replan
from hub.flow.planning.planning_state import planning_state
from hub.flow.planning.standing_state import standing_state
from hub.models.records.items import WorkCentre
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import PurchaseLine
from hub.models.records.stock import Lot
from hub.models.session import Database
from tests.factories import NOW, PIECE
from tests.flow.random_shop import Shop, open_shop

TODAY = NOW.date()
PLANS = 3
CAN = ("substitute", "expedite", "priority", "open_day", "smaller_run")


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """A session of its own on the quick server: many shops are planned here."""
    with Session(sqlite_database.engine) as session:
        yield session


def questions(shop: Shop) -> list[Change]:
    """Make up one question of each kind, about something that is there."""
    session, dice = shop.session, shop.dice
    centre = dice.choice(session.scalars(select(WorkCentre.id)).all())
    down = TODAY + timedelta(days=dice.randint(0, 3))
    soon = TODAY + timedelta(days=dice.randint(1, 9))
    asked: list[Change] = [
        CentreDown(work_centre=centre, first=down, last=down + timedelta(days=6)),
        DemandTimes(item_id=dice.choice(shop.products).id, factor=Fraction(7, 2)),
        OrderAdded(
            item_id=dice.choice([*shop.products, *shop.bases]).id,
            quantity=dice.randint(3, 40) * PIECE,
            needed_on=soon,
        ),
    ]
    lots = session.scalars(select(Lot.id).order_by(Lot.id)).all()
    lines = session.scalars(select(PurchaseLine.id).order_by(PurchaseLine.id)).all()
    asked += [LotRejected(lot_id=dice.choice(lots))] if lots else []
    asked += [PurchaseLate(lines=frozenset({dice.choice(lines)}), days=9)] if lines else []
    return asked


def of_the_whole(session: Session, *changes: Change) -> Answer:
    """Answer a question from a plan of everything, before and after."""
    base, planner = planning_state(session, now=NOW, zone=UTC), Whole()
    before = planner.plan(base)
    state = changed(base, changes)
    after = planner.plan(state)
    to = targets(state, before=before)
    trouble = trouble_of(base, state, before=before, after=after, to=to, planner=planner)
    found = effects(before, after, orders=state.orders, to=to)
    return Answer(effects=found, fixes=told(trouble))


def told(trouble: Trouble) -> tuple[Help, ...]:
    return helps(trouble, can={kind for kind in FixKind if kind in CAN})


def a_planned_shop(session: Session, *, seed: int) -> Shop:
    """Plan a shop until a plan changes nothing: its first promises are wishes of the next."""
    shop = open_shop(session, seed=seed)
    for _ in range(PLANS):
        replan(session, now=NOW)
        shop.mark_all()
    replan(session, now=NOW)
    return shop


@pytest.mark.parametrize("seed", [*range(300, 308), 11, 27])
def test_a_part_answers_as_the_whole(session: Session, seed: int) -> None:
    shop = a_planned_shop(session, seed=seed)

    for question in questions(shop):
        answer = what_if(session, changes=[question], now=NOW)

        assert answer == of_the_whole(session, question), question


@pytest.mark.parametrize("seed", [310, 312])
def test_questions_together_are_answered_as_by_the_whole(
    session: Session, seed: int
) -> None:
    shop = a_planned_shop(session, seed=seed)
    together = questions(shop)

    answer = what_if(session, changes=together, now=NOW)

    assert answer == of_the_whole(session, *together)


@pytest.mark.parametrize("seed", [320, 321])
def test_what_is_still_to_be_planned_is_planned_with_the_question(
    session: Session, seed: int
) -> None:
    shop = a_planned_shop(session, seed=seed)
    shop.order(more=2)
    shop.mark_all()
    session.flush()

    for question in questions(shop):
        answer = what_if(session, changes=[question], now=NOW)

        assert answer == of_the_whole(session, question), question


@pytest.mark.parametrize("seed", [304, 330])
def test_ways_out_are_those_of_the_whole(session: Session, seed: int) -> None:
    shop = a_planned_shop(session, seed=seed)
    for order in session.scalars(select(SalesOrder).order_by(SalesOrder.id)):
        order.promised_on = shop.dice.choice((TODAY, order.promised_on))
    shop.mark_all()
    replan(session, now=NOW)
    late: list[int] = []
    base = planning_state(session, now=NOW, zone=UTC)
    for order in session.scalars(select(SalesOrder).order_by(SalesOrder.id)):
        planner = Whole()
        after = planner.plan(base)
        to = targets(base, before=after)
        days = late_days(after, to=to).get(order.id, 0)
        trouble = Trouble(
            base=base,
            state=base,
            after=after,
            to=to,
            late={order.id: days} if days else {},
            planner=planner,
        )

        assert ways_out(session, order_id=order.id, now=NOW) == told(trouble)

        late += [order.id] if days else []
    assert late


def test_a_question_about_one_item_leaves_the_others_as_they_are_planned(
    session: Session,
) -> None:
    shop = a_planned_shop(session, seed=300)
    material = shop.materials[0]

    state = standing_state(session, item_ids=[material.id], now=NOW, zone=UTC)

    assert state.standing is not None
    alternates = {item for each in state.forbidden for item in each.pair}
    alternates |= {item for each in state.alternates for item in each.pair}
    assert state.standing.scope <= {material.id, *alternates}
    products = {item.id for item in shop.products}
    assert state.standing.scope.isdisjoint(products)
    assert not any(state.goods[each].lots for each in products & state.goods.keys())
    runs = session.scalars(select(ProductionOrder.id)).all()
    assert {run.run_id for run in state.runs} == set(runs)
