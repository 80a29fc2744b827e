"""The form of a new order, and what came of it."""

import re

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.records.messages import InboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.ports import Ports
from tests.factories import PIECE, make_item, make_lot

KEY = re.compile(r'name="key" value="([^"]+)"')


def form(**more: str) -> dict[str, str]:
    """Fill the form in for two candles of Carla."""
    plain = {
        "do": "save",
        "key": "a-form",
        "name": "Carla Ros",
        "email": "carla@ros.example",
        "currency": "EUR",
        "priority": "100",
        "sku-1": "CANDLE",
        "quantity-1": "2",
        "price-1": "6.50",
    }
    return plain | {name.replace("__", "-"): value for name, value in more.items()}


def newest(session: Session) -> SalesOrder:
    return session.scalars(select(SalesOrder).order_by(SalesOrder.id.desc())).all()[0]


def lines_of(session: Session, order: SalesOrder) -> list[tuple[str, int, int | None]]:
    query = select(OrderLine).filter_by(order_id=order.id).order_by(OrderLine.position)
    return [
        (line.sku, line.ordered, line.unit_price_minor) for line in session.scalars(query)
    ]


def candles(ports: Ports, *, in_stock: int = 10) -> None:
    """Put candles on the shelf."""
    with ports.database.begin() as session:
        candle = make_item(session, code="CANDLE")
        make_lot(session, item=candle, quantity=in_stock * PIECE)


def counted(ports: Ports) -> tuple[int, int]:
    """Count orders and messages."""
    with ports.database.reading() as session:
        orders = session.scalar(select(func.count(SalesOrder.id))) or 0
        return orders, session.scalar(select(func.count(InboundMessage.id))) or 0
