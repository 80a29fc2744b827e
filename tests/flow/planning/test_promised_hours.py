"""Hours of a work centre that a promise stands on are not taken by what comes later."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.catalogue.catalogue import add_work_centre
from hub.flow.house.workshop import Way, set_transit
from hub.flow.orders.prioritise import prioritise
from hub.flow.planning.plan import replan
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)
from tests.flow.bench import WHO

WEEK = [480] * 5 + [0, 0]


def two_goods(session: Session) -> tuple[Item, Item]:
    """Two goods, a batch of either a whole day at the one bench; the wax lies there."""
    bench = add_work_centre(
        session, code="BENCH", name="Bench", open_minutes=WEEK, who=WHO, now=NOW
    )
    wax = make_item(session, code="WAX")
    make_lot(session, item=wax, quantity=90_000 * PIECE)
    goods = make_item(session, code="SOAP"), make_item(session, code="CANDLE")
    for good in goods:
        recipe = make_recipe(session, item=good, uses={wax: 1000 * PIECE})
        recipe.work_centre_id, recipe.batch_minutes = bench, 480
    session.flush()
    return goods


def order(
    session: Session,
    good: Item,
    *,
    hours: int,
    pieces: int = 10,
    requested_on: date | None = None,
) -> SalesOrder:
    """Place an order so many hours after the first, and plan; then plan all once more."""
    shop = session.scalars(select(ChannelAccount)).first() or make_account(session)
    now = NOW + timedelta(hours=hours)
    placed = make_order(
        session, account=shop, lines={good: pieces}, requested_on=requested_on,
        placed_at=now,
    )  # fmt: skip
    for _ in range(2):
        replan(session, now=now)
        session.expire_all()
    return placed


def late(session: Session) -> list[str]:
    query = select(SalesOrder.number).where(SalesOrder.is_at_risk)
    return list(session.scalars(query))


def test_a_later_order_takes_no_hours_from_a_promise(session: Session) -> None:
    soap, candle = two_goods(session)
    first = order(session, soap, hours=0, pieces=20)

    second = order(session, candle, hours=1)

    assert late(session) == []
    assert first.promised_on is not None
    assert second.promised_on is not None
    assert second.promised_on > first.promised_on


def test_nor_does_one_that_asks_for_an_earlier_day(session: Session) -> None:
    soap, candle = two_goods(session)
    order(session, soap, hours=0, requested_on=NOW.date() + timedelta(days=9))

    order(session, candle, hours=1, requested_on=NOW.date())

    assert late(session) == []


def test_nor_one_whose_way_is_shorter(session: Session) -> None:
    soap, candle = two_goods(session)
    set_transit(session, ways=[Way(country="ES", days=9)], who=WHO, now=NOW)
    far = order(session, soap, hours=0)
    promised = far.promised_on
    far.ship_method = "slow"
    ways = [Way(country="ES", method="slow", days=9), Way(country="ES", days=0)]
    set_transit(session, ways=ways, who=WHO, now=NOW)

    near = order(session, candle, hours=1)

    assert near.promised_on is not None
    assert promised is not None
    assert near.promised_on < promised
    assert late(session) == []


def test_one_that_a_person_raises_does(session: Session) -> None:
    soap, candle = two_goods(session)
    first = order(session, soap, hours=0)
    second = order(session, candle, hours=1)

    done = prioritise(
        session, order_id=second.id, priority=1, reason="a wedding", who=WHO, now=NOW
    )

    assert {each.number: each.is_later for each in done.effects} == {
        first.number: True,
        second.number: False,
    }
