"""Whoever only waits for runs that a question moves is found, dated and named, and nobody else."""

from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.domain.asking.what_if import effects, targets
from hub.domain.asking.what_if_changes import CentreDown, changed
from hub.domain.asking.whole_plan import plan_everything
from hub.flow.asking.what_if import what_moves
from hub.flow.asking.what_if_scope import ask
from hub.flow.making.produce import finish, start
from hub.flow.planning.plan import replan
from hub.flow.planning.planning_state import planning_state
from hub.models.records.items import Item, WorkCentre
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.planning import Replan
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot
from hub.models.records.workshop import Transit, Workshop
from hub.models.session import Database
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.candle_maker import plan
from tests.flow.random_shop import Shop, open_shop

TODAY = NOW.date()
KILO = 1000 * PIECE


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    """A session of its own on the quick server."""
    with Session(sqlite_database.engine) as session:
        yield session


def a_shop_that_ships(session: Session, *, seed: int, keeps: bool = False) -> Shop:
    """Plan a shop with a cut-off, parcels on their way, bought goods, and an unread line.

    Where all it has keeps for ever, no lot is too old for a run that begins later.
    """
    shop = open_shop(session, seed=seed)
    if keeps:
        session.execute(update(Lot).values(best_before=None))
        session.execute(update(Item).values(shelf_life_days=None))
    session.add(Workshop(id=1, cut_off_minute=14 * 60, pack_days=1, updated_at=NOW))
    session.add(Transit(days=shop.dice.choice((1, 3))))
    for _ in range(6):
        product, bought = shop.dice.choice(shop.products), shop.dice.choice(shop.materials)
        pieces = shop.dice.randint(5, 30)
        make_order(session, account=shop.account, lines={product: 3, bought: pieces})
    for _ in range(4):
        replan(session, now=NOW)
        shop.mark_all()
    session.execute(delete(Replan))
    unread(session, order=session.scalars(select(SalesOrder)).all()[2])
    return shop


def unread(session: Session, *, order: SalesOrder) -> None:
    """Let an order have a line nobody can read."""
    session.add(
        OrderLine(
            order_id=order.id, external_id="X", position=9, kind="product", sku="MYSTERY",
            title="?", listing_key="sku:mystery", ordered=1, state="unmapped",
        )
    )  # fmt: skip
    session.flush()


@pytest.mark.parametrize("seed", range(341, 349))
def test_a_standstill_moves_whom_it_moves_in_a_plan_of_everything(
    session: Session, seed: int
) -> None:
    a_shop_that_ships(session, seed=seed)
    found = 0
    for centre in session.scalars(select(WorkCentre.id)):
        down = CentreDown(work_centre=centre, first=TODAY, last=TODAY + timedelta(days=8))

        moves = what_moves(session, changes=[down], now=NOW)

        base = planning_state(session, now=NOW, zone=UTC)
        before, after = plan_everything(base), plan_everything(changed(base, [down]))
        to = targets(base, before=before)
        assert moves == effects(before, after, orders=base.orders, to=to)
        found += len(moves.orders)
    assert found


def test_a_run_that_is_over_is_not_taken_for_one_that_is_only_thought_of(
    session: Session,
) -> None:
    soap, candle, balm = (make_item(session, code=c) for c in ("SOAP", "CANDLE", "BALM"))
    oil, lye = (make_item(session, code=code) for code in ("OIL", "LYE"))
    make_lot(session, item=oil, quantity=90 * KILO)
    pot = WorkCentre(code="POT", name="Pot", open_minutes=[240] * 7)
    session.add(pot)
    session.flush()
    make_recipe(session, item=soap, uses={oil: KILO}).work_centre_id = pot.id
    make_recipe(session, item=candle, uses={oil: KILO})
    make_recipe(session, item=balm, uses={lye: KILO})
    shop = make_account(session)
    waits = make_order(session, account=shop, lines={soap: 10, candle: 10})
    plan(session)
    give_half(session, candle)
    plan(session)
    make_order(session, account=shop, lines={balm: 10})  # nobody knows when its lye comes
    down = CentreDown(work_centre=pot.id, first=TODAY, last=TODAY + timedelta(days=8))

    moves = what_moves(session, changes=[down], now=NOW)

    assert [each.order_id for each in moves.orders] == [waits.id]


def give_half(session: Session, item: Item) -> None:
    """Finish the newest run, which breaks half of what it makes; the rest is found in stock."""
    newest = select(ProductionOrder).order_by(ProductionOrder.id.desc()).limit(1)
    run = session.scalars(newest).one()
    assert run.item_id == item.id
    start(session, production_order_id=run.id, who="user:1", now=NOW)
    finish(
        session,
        production_order_id=run.id,
        produced=5 * PIECE,
        scrapped=5 * PIECE,
        scrap_reason="broken",
        who="user:1",
        now=NOW,
    )
    make_lot(session, item=item, quantity=5 * PIECE)


def test_only_who_comes_later_is_read_with_all_it_wants(session: Session) -> None:
    a_shop_that_ships(session, seed=341, keeps=True)
    centre = session.scalars(select(WorkCentre.id)).all()[0]
    down = CentreDown(work_centre=centre, first=TODAY, last=TODAY + timedelta(days=8))
    asked = ask(session, [down], item_ids=(), now=NOW, zone=UTC)

    trouble = asked.trouble()

    later = {each.order_id for each in asked.others if each.is_later}
    assert later
    assert {order.order_id for order in trouble.state.orders} == later
    assert set(trouble.late) <= later
