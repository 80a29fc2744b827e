"""Small workshops made up from a seed: everything that a plan can depend on, a little of each."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sqlalchemy.orm import Session

from hub.flow.replan import mark
from hub.models.records.alternates import Alternate
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item, WorkCentre
from hub.models.records.purchasing import PurchaseLine, PurchaseOrder, Supplier
from hub.models.records.recipe_parts import RecipeStep
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)

TODAY = NOW.date()
WORKING_WEEK: list[object] = [240, 240, 240, 240, 240, 0, 0]


@dataclass(slots=True)
class Shop:
    """A workshop in the database, and the dice that made it."""

    session: Session
    dice: Random
    account: ChannelAccount
    products: list[Item]
    bases: list[Item]
    materials: list[Item]

    @property
    def items(self) -> list[Item]:
        """All of them."""
        return [*self.products, *self.bases, *self.materials]

    def order(self, *, more: int = 1) -> None:
        """Place some orders."""
        for _ in range(more):
            chosen = self.dice.sample(self.products, self.dice.choice((1, 1, 2, 3)))
            make_order(
                self.session,
                account=self.account,
                lines={item: self.dice.randint(1, 9) for item in chosen},
                priority=self.dice.choice((100, 100, 100, 50)),
                requested_on=self.dice.choice((None, *map(_day, range(1, 20)))),
                placed_at=NOW - timedelta(minutes=self.dice.randint(0, 5000)),
            )

    def mark_all(self) -> None:
        """Let everything be planned anew."""
        ids = [item.id for item in self.items]
        mark(self.session, item_ids=ids, why="test", now=NOW)


def _day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def open_shop(session: Session, *, seed: int, orders: int = 12) -> Shop:
    """Make up items, recipes in two levels, lots, purchases on their way, and open orders."""
    dice = Random(seed)
    shop = Shop(
        session=session,
        dice=dice,
        account=make_account(session),
        products=[_item(session, f"PRODUCT{n}", dice) for n in range(4)],
        bases=[_item(session, code, dice) for code in ("SOAPBASE",)],
        materials=[
            _item(session, code, dice) for code in ("WAX", "OIL", "SCENT", "LYE", "JAR")
        ],
    )
    centres = [_centre(session, f"C{n}") for n in range(2)]
    for item in [*shop.bases, *shop.products]:
        _recipe(shop, item, centres=centres)
    for item in shop.items:
        for _ in range(dice.choice((0, 1, 1, 2))):
            expires = dice.choice((None, None, _day(dice.randint(-1, 60))))
            quantity = dice.randint(1, 30) * PIECE
            make_lot(session, item=item, quantity=quantity, best_before=expires)
    _purchases(shop)
    _alternates(shop)
    shop.order(more=orders)
    shop.mark_all()
    return shop


def _item(session: Session, code: str, dice: Random) -> Item:
    item = make_item(
        session,
        code=code,
        policy=dice.choice(("make_to_order", "make_to_order", "make_to_stock")),
        lead_time_days=dice.choice((None, 2, 7)),
        reorder_point=dice.choice((0, 0, 12 * PIECE)),
        safety_stock=dice.choice((0, 3 * PIECE)),
        min_remaining_days=dice.choice((0, 0, 5)),
        shelf_life_days=dice.choice((None, None, 40)),
    )
    item.window_days = dice.choice((None, None, 0, 7))
    item.stock_up_to = dice.choice((0, 20 * PIECE))
    return item


def _centre(session: Session, code: str) -> WorkCentre:
    centre = WorkCentre(code=code, name=code.title(), open_minutes=WORKING_WEEK)
    session.add(centre)
    session.flush()
    return centre


def _recipe(shop: Shop, item: Item, *, centres: list[WorkCentre]) -> None:
    dice = shop.dice
    below = shop.materials if item in shop.bases else [*shop.bases, *shop.materials]
    uses = {used: dice.randint(1, 5) * PIECE for used in dice.sample(below, 2)}
    recipe = make_recipe(
        shop.session,
        item=item,
        uses=uses,
        batch_size=dice.choice((5, 10, 12)) * PIECE,
        loss_bp=dice.choice((0, 0, 500)),
        max_batches=dice.choice((None, 2, 3)),
        rest_days=dice.choice((0, 2)),
    )
    recipe.work_centre_id = dice.choice((None, *(centre.id for centre in centres)))
    recipe.setup_minutes = dice.choice((0, 30, 60))
    recipe.batch_minutes = dice.choice((10, 45, 120))
    for position, centre in enumerate(centres if dice.random() < 0.3 else ()):
        step = RecipeStep(
            recipe_id=recipe.id,
            position=position,
            work_centre_id=centre.id,
            batch_minutes=dice.choice((20, 90)),
            rest_days=position,
        )
        shop.session.add(step)
    shop.session.flush()


def _purchases(shop: Shop) -> None:
    dice, session = shop.dice, shop.session
    supplier = Supplier(code="S1", name="Ceras", created_at=NOW)
    session.add(supplier)
    session.flush()
    for number in range(dice.randint(0, 3)):
        order = PurchaseOrder(
            number=f"PO-{number}", supplier_id=supplier.id, state="ordered", created_at=NOW
        )
        session.add(order)
        session.flush()
        for item in dice.sample(shop.materials, 2):
            line = PurchaseLine(
                purchase_order_id=order.id,
                item_id=item.id,
                quantity=dice.randint(5, 40) * PIECE,
                expected_on=dice.choice((None, *map(_day, range(-2, 12)))),
            )
            session.add(line)
    session.flush()


def _alternates(shop: Shop) -> None:
    dice = shop.dice
    pairs = {tuple(dice.sample(range(5), 2)) for _ in range(dice.randint(0, 3))}
    for one, other in sorted(pairs):
        alternate = Alternate(
            item_id=shop.materials[one].id,
            substitute_id=shop.materials[other].id,
            factor_ppm=dice.choice((1_000_000, 1_250_000)),
            is_allowed=dice.random() < 0.7,
        )
        shop.session.add(alternate)
    shop.session.flush()
