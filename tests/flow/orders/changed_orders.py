"""Orders of a shop that change after their goods were held or sent."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.intake.upsert import upsert_order
from hub.flow.planning.plan import replan
from hub.flow.shipping.ship import ship
from hub.models.records.channels import ChannelAccount
from hub.models.records.decisions import Decision
from hub.models.records.orders import SalesOrder
from hub.models.records.stock import Lot
from mapping.canonical import Order
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_lot
from tests.flow.orders_of_the_shop import a_line, an_order

SENT_BY_HAND = an_order(a_line(pieces=5, fulfilled=3), after=1)
"""Three of five candles, as the shop counts."""
TWO_LESS = an_order(a_line(pieces=5, cancelled=2), after=1)


def five_candles(session: Session) -> Lot:
    """Order five candles, held in a lot C1 of nine; the first of the shop."""
    candle = make_item(session, code="CANDLE")
    lot = make_lot(session, item=candle, quantity=9 * PIECE, code="C1")
    shop = make_account(session)
    first = an_order(a_line(pieces=5))
    upsert_order(session, account=shop, order=first, who="channel:1", now=NOW)
    replan(session, now=NOW)
    return lot


def send_all(session: Session) -> None:
    """Ship the five candles."""
    order = session.scalars(select(SalesOrder)).one()
    ship(
        session, order_id=order.id, lines=None, tracking=Tracking(), notify=False,
        who="user:1", now=NOW,
    )  # fmt: skip


def change_to(session: Session, newer: Order) -> Decision:
    """Read a newer version and plan; return the one decision that followed."""
    order = session.scalars(select(SalesOrder)).one()
    shop = session.get_one(ChannelAccount, order.account_id)
    upsert_order(session, account=shop, order=newer, who="channel:1", now=NOW)
    replan(session, now=NOW)
    return session.scalars(select(Decision)).one()
