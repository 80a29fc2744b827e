"""A workshop of one candle: orders for it, what it is made of, and its plan."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.planning.plan import replan
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from tests.factories import (
    NOW,
    PIECE,
    make_account,
    make_item,
    make_lot,
    make_order,
    make_recipe,
)


def shop(session: Session) -> ChannelAccount:
    """Return the shop, connecting it the first time."""
    return session.scalar(select(ChannelAccount)) or make_account(session)


def item(session: Session, code: str) -> Item:
    """Return an item, adding it the first time."""
    return session.scalar(select(Item).filter_by(code=code)) or make_item(
        session, code=code
    )


def order_of(session: Session, *, pieces: int, in_stock: int = 0) -> int:
    """Write an order for candles, with so many in stock, and plan it."""
    candle = item(session, "CANDLE")
    if in_stock:
        make_lot(session, item=candle, quantity=in_stock * PIECE)
    order = make_order(session, account=shop(session), lines={candle: pieces})
    replan(session, now=NOW)
    return order.id


def order_to_make(session: Session, *, pieces: int, wax_grams: int) -> int:
    """Write an order for candles that must be made of so much wax, and plan it."""
    candle, wax = item(session, "CANDLE"), item(session, "WAX")
    make_recipe(session, item=candle, uses={wax: 2000 * PIECE}, batch_size=10 * PIECE)
    if wax_grams:
        make_lot(session, item=wax, quantity=wax_grams * PIECE)
    return order_of(session, pieces=pieces)
