"""Four people and a planner at once: nobody waits in a circle, and the books stay right."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import ExceptionContext, column, event, select
from sqlalchemy.orm import Session

from hub import invariants
from hub.domain.catalogue.recipe import RecipeLine
from hub.domain.stock.lot_states import LotState
from hub.flow.catalogue import catalogue
from hub.flow.making import produce
from hub.flow.orders import change
from hub.flow.planning import plan
from hub.flow.refusal import Refusal
from hub.flow.shipping import ship
from hub.flow.stock import stock
from hub.models.records.base import Record
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.models.records.production import ProductionOrder
from hub.models.records.stock import Lot
from hub.models.session import Database
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.flow.bench import WHO

PEOPLE = 4
DEEDS = 20
DEADLOCK = "40P01"

Deed = Callable[[Session, random.Random], object]


def one_of(
    session: Session, chance: random.Random, kind: type[Record], *states: str
) -> int:
    """Choose a record, in one of the states if there is any, as somebody looking at a page."""
    query = select(kind.id).order_by(kind.id)
    if states:
        query = query.where(column("state").in_(states))
    ids: Sequence[int] = session.scalars(query).all()
    return chance.choice(ids) if ids else 0


def receive(session: Session, chance: random.Random) -> object:
    item = chance.choice(session.scalars(select(Item).filter(Item.code != "CANDLE")).all())
    return stock.receive(
        session,
        item_id=item.id,
        quantity=chance.randint(1, 40) * 100 * PIECE,
        who=WHO,
        now=NOW,
    )


def order(session: Session, chance: random.Random) -> object:
    candle = session.scalars(select(Item).filter_by(code="CANDLE")).one()
    account = session.scalars(select(ChannelAccount)).one()
    return make_order(session, account=account, lines={candle: chance.randint(1, 9)})


def start(session: Session, chance: random.Random) -> None:
    run = one_of(session, chance, ProductionOrder, "planned", "released")
    produce.start(session, production_order_id=run, who=WHO, now=NOW)


def finish(session: Session, chance: random.Random) -> object:
    run = one_of(session, chance, ProductionOrder, "running")
    produced = chance.choice([None, 7 * PIECE, 12 * PIECE])
    return produce.finish(
        session, production_order_id=run, produced=produced, who=WHO, now=NOW
    )


def give_up(session: Session, chance: random.Random) -> None:
    run = one_of(session, chance, ProductionOrder)
    produce.cancel(session, production_order_id=run, who=WHO, now=NOW)


def send(session: Session, chance: random.Random) -> object:
    return ship.ship(
        session,
        order_id=one_of(session, chance, SalesOrder),
        lines=None,
        tracking=Tracking(),
        notify=True,
        who=WHO,
        now=NOW,
    )


def decide(session: Session, chance: random.Random) -> object:
    deed = chance.choice([change.cancel_order, change.hold_order, change.release_order])
    order_id = one_of(session, chance, SalesOrder)
    return deed(session, order_id=order_id, reason="", who=WHO, now=NOW)


def put_aside(session: Session, chance: random.Random) -> object:
    return stock.set_lot_state(
        session,
        lot_id=one_of(session, chance, Lot),
        state=chance.choice([LotState.AVAILABLE, LotState.QUARANTINED]),
        reason="",
        who=WHO,
        now=NOW,
    )


def count(session: Session, chance: random.Random) -> None:
    stock.adjust(
        session,
        lot_id=one_of(session, chance, Lot),
        delta=chance.randint(-900, 900) * PIECE,
        reason="counted",
        who=WHO,
        now=NOW,
    )


def replan(session: Session, chance: random.Random) -> object:
    return plan.replan(session, now=NOW)


DEED_LIST: Sequence[Deed] = (
    receive, order, order, start, start, finish, finish, give_up, send, send, decide,
    put_aside, count, replan, replan, replan,
)  # fmt: skip


def open_workshop(database: Database) -> None:
    """A workshop that makes candles of wax in jars, wax being melted from flakes."""
    with database.begin() as session:
        candle, wax, jar, flakes = (
            make_item(session, code=code) for code in ("CANDLE", "WAX", "JAR", "LYE")
        )
        make_account(session)
        for item, uses in ((candle, {wax: 150, jar: 1}), (wax, {flakes: 2})):
            catalogue.add_recipe(
                session,
                item_id=item.id,
                batch_size=10 * PIECE,
                lines=[
                    RecipeLine(item_id=used.id, quantity=10 * quantity * PIECE)
                    for used, quantity in uses.items()
                ],
                who=WHO,
                now=NOW,
            )


@pytest.mark.slow
def test_a_crowd_leaves_the_books_right(database: Database, seed: int) -> None:
    open_workshop(database)
    deadlocks: list[object] = []

    def note(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", "") == DEADLOCK:
            deadlocks.append(context.statement)

    event.listen(database.engine, "handle_error", note)

    def work(person: int) -> int:
        chance = random.Random(seed * PEOPLE + person)
        done = 0
        for _ in range(DEEDS):
            deed, own = chance.choice(DEED_LIST), chance.randint(0, 2**32)
            try:
                database.run(lambda session: deed(session, random.Random(own)))  # noqa: B023
                done += 1
            except Refusal:
                continue
        return done

    with ThreadPoolExecutor(PEOPLE) as pool:
        done = sum(pool.map(work, range(PEOPLE)))

    with database.begin() as session:
        plan.replan(session, now=NOW)
    with database.reading() as session:
        assert invariants.check(session) == []
    assert deadlocks == []
    assert done > PEOPLE * DEEDS // 4
