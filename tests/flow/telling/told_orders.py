"""Orders of a shop that hears of them, and the news that leave for it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.shipping import ship
from hub.flow.telling import announce
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment
from mapping.effects import (
    Effect,
    Tracking,
    from_payload,
)
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import (
    WHO,
    demand_of,
    hold,
    lack,
)

DHL = Tracking(carrier="DHL", number="00340434", url="https://dhl.example/00340434")


def ready_order(
    session: Session, *, channel: str = "shopify", mode: str = "live", ready: int = 5
) -> SalesOrder:
    candle = make_item(session, code="CANDLE")
    account = make_account(session, channel=channel, mode=mode)
    order = make_order(session, account=account, lines={candle: 5})
    lot = make_lot(session, item=candle, quantity=9 * PIECE)
    hold(session, lot, owner=demand_of(session, order, candle), quantity=ready * PIECE)
    return order


def short_order(session: Session, *, mode: str = "live") -> SalesOrder:
    """An order whose candles nobody can make."""
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session, mode=mode), lines={candle: 5})
    lack(session, candle, owner=demand_of(session, order, candle), quantity=5 * PIECE)
    return order


def the_candle(session: Session) -> Item:
    return session.scalars(select(Item).filter_by(code="CANDLE")).one()


def account_of(session: Session, order: SalesOrder) -> ChannelAccount:
    return session.get_one(ChannelAccount, order.account_id)


def send(session: Session, order: SalesOrder, *, notify: bool = True) -> Shipment:
    shipment_id = ship.ship(
        session,
        order_id=order.id,
        lines=None,
        tracking=DHL,
        notify=notify,
        who=WHO,
        now=NOW,
    )
    return session.get_one(Shipment, shipment_id)


def sync(session: Session, order: SalesOrder) -> None:
    announce.sync_holds(session, order_ids=[order.id], now=NOW)


def effects(session: Session) -> list[Effect]:
    """Read the outbox as a worker would."""
    rows = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
    return [from_payload(row.kind, row.payload) for row in rows]
