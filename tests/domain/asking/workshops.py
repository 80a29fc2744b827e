"""Whole workshops in memory, made up from a seed: for plans of everything and what-if questions."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from hub.domain.asking.whole_plan_types import Good, Method, Order, State, Wish
from hub.domain.catalogue.recipe import Recipe, RecipeLine
from hub.domain.days.capacity import Calendar
from hub.domain.days.promise import ShippingDays
from hub.domain.days.work import Work
from hub.domain.planning.netting_types import Demand, Incoming, Kind, LotSizes, Policy
from hub.domain.stock.allocation import FreeLot

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
MATERIALS = 200
"""Ids from here on are bought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How big a workshop to make up."""

    orders: int
    products: int = 60
    materials: int = 40
    centres: int = 4


def workshop(size: Size, *, seed: int = 1) -> State:
    """Make up products of one level, materials partly in stock and on order, and open orders."""
    dice = Random(seed)
    materials = {
        number: _material(number, size, dice)
        for number in range(MATERIALS, MATERIALS + size.materials)
    }
    products = {
        number: _product(number, size, dice, materials=sorted(materials))
        for number in range(1, size.products + 1)
    }
    hours = Calendar(minutes=(480, 480, 480, 480, 480, 0, 0))
    return State(
        local_now=NOW,
        goods={**products, **materials},
        orders=tuple(_order(number, size, dice) for number in range(1, size.orders + 1)),
        centres=dict.fromkeys(range(1, size.centres + 1), hours),
        places={number: f"C{number}" for number in range(1, size.centres + 1)},
        shipping=ShippingDays(),
        purchases={
            line.purchase_id: f"PO-{line.purchase_id}"
            for good in materials.values()
            for line in good.incoming
        },
    )


def _material(number: int, size: Size, dice: Random) -> Good:
    lot = FreeLot(lot_id=number, free=dice.randint(0, 200 * size.orders), received_at=NOW)
    coming = Incoming(
        purchase_id=number,
        quantity=dice.randint(1, 250 * size.orders),
        expected_on=TODAY + timedelta(days=dice.randint(1, 9)),
    )
    return Good(
        item_id=number,
        code=f"M{number}",
        policy=Policy(kind=Kind.BUY, today=TODAY),
        lots=(lot,),
        incoming=(coming,) if dice.random() < 0.7 else (),
        lead_days=dice.choice((5, 7, 10)),
    )


def _product(number: int, size: Size, dice: Random, *, materials: list[int]) -> Good:
    lines = tuple(
        RecipeLine(item_id=item_id, quantity=dice.randint(100, 2000) * 10)
        for item_id in sorted(dice.sample(materials, 3))
    )
    recipe = Recipe(item_id=number, batch_size=24_000, lines=lines)
    work = Work(
        work_centre=1 + number % size.centres,
        setup_minutes=20,
        batch_minutes=12,
        rest_days=dice.choice((0, 0, 1)),
    )
    return Good(
        item_id=number,
        code=f"P{number}",
        policy=Policy(
            kind=Kind.MAKE,
            today=TODAY,
            lot_sizes=LotSizes(good_yield=24_000, max_batches=6),
            window_days=3,
        ),
        method=Method(recipe_id=number, recipe=recipe, work=(work,)),
        lots=(FreeLot(lot_id=1000 + number, free=12_000, received_at=NOW),),
    )


def _order(number: int, size: Size, dice: Random) -> Order:
    placed_at = NOW - timedelta(minutes=number)
    due = TODAY + timedelta(days=dice.randint(4, 18))
    chosen = sorted(dice.sample(range(1, size.products + 1), dice.choice((1, 1, 2, 3))))
    wishes = tuple(
        Wish(
            item_id=item_id,
            demand=Demand(
                key=f"demand:{number * 10 + index}",
                quantity=dice.randint(1, 4) * 1000,
                needed_on=due,
                placed_at=placed_at,
                asked_on=due,
                committed_at=placed_at,
            ),
        )
        for index, item_id in enumerate(chosen)
    )
    return Order(
        order_id=number,
        number=f"H-{number:04}",
        wishes=wishes,
        committed_on=due,
        currency="EUR",
        total_minor=dice.randint(900, 9000),
    )
