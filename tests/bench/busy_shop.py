"""A busy shop in the database, for benches that plan: products, materials, lots, open orders."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.flow.making.produce import release
from hub.flow.planning.plan import replan
from hub.flow.replan import mark
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item, WorkCentre
from hub.models.records.orders import SalesOrder
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

PRODUCTS, MATERIALS, CENTRES = 40, 25, 3


@dataclass(slots=True)
class BusyShop:
    """What a bench works on."""

    session: Session
    dice: Random
    account: ChannelAccount
    products: list[Item]
    materials: list[Item]

    def order(self, lines: int = 2, *, due: int | None = None) -> SalesOrder:
        """Place an order of so many lines, due in so many days."""
        chosen = self.dice.sample(self.products, lines)
        day = NOW.date() + timedelta(days=due or self.dice.randint(3, 21))
        return make_order(
            self.session,
            account=self.account,
            lines={item: self.dice.randint(1, 4) for item in chosen},
            requested_on=day,
            placed_at=NOW - timedelta(minutes=self.dice.randint(0, 9_000)),
        )

    def mark_all(self) -> None:
        """Let everything be planned anew."""
        ids = [item.id for item in (*self.products, *self.materials)]
        mark(self.session, item_ids=ids, why="bench", now=NOW)

    def plan(self) -> None:
        """Plan what is marked."""
        replan(self.session, now=NOW)
        self.session.flush()
        self.session.expire_all()


def busy_shop(session: Session, *, lines: int, seed: int = 5) -> BusyShop:
    """Make up a shop with so many open order lines, two to an order."""
    dice = Random(seed)
    shop = BusyShop(
        session=session,
        dice=dice,
        account=make_account(session),
        products=[make_item(session, code=f"P{n:03}") for n in range(PRODUCTS)],
        materials=[_material(session, n) for n in range(MATERIALS)],
    )
    centres = [_centre(session, n) for n in range(CENTRES)]
    for number, item in enumerate(shop.products):
        uses = {used: 2 * PIECE for used in dice.sample(shop.materials, 3)}
        recipe = make_recipe(
            session, item=item, uses=uses, batch_size=24 * PIECE, max_batches=6
        )
        recipe.work_centre_id = centres[number % CENTRES].id
        recipe.setup_minutes, recipe.batch_minutes = 20, 12
        make_lot(session, item=item, quantity=8 * PIECE)
    for item in shop.materials:
        make_lot(session, item=item, quantity=(lines // 4 + 20) * PIECE)
    for _ in range(lines // 2):
        shop.order()
    session.flush()
    return shop


def _material(session: Session, number: int) -> Item:
    item = make_item(session, code=f"M{number:03}", lead_time_days=6)
    item.kind = "material"
    session.flush()
    return item


def _centre(session: Session, number: int) -> WorkCentre:
    minutes: list[object] = [480, 480, 480, 480, 480, 0, 0]
    centre = WorkCentre(code=f"C{number}", name=f"Centre {number}", open_minutes=minutes)
    session.add(centre)
    session.flush()
    return centre


def release_some(shop: BusyShop, *, share: float) -> None:
    """Give some of the planned runs to the workshop, so that they are firm."""
    runs = shop.session.scalars(select(ProductionOrder.id).order_by(ProductionOrder.id))
    for run_id in runs.all():
        if shop.dice.random() < share:
            release(shop.session, production_order_id=run_id, who="user:1", now=NOW)
    shop.session.flush()
    shop.session.expire_all()


def count(session: Session, table: type[object]) -> int:
    """Count the rows of a table."""
    return session.scalar(select(func.count()).select_from(table)) or 0
