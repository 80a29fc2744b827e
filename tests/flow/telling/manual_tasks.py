"""A shop that does not let us tell of parcels, and what people are asked to do there."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.protocol import Pushed
from connectors.readings import OrderSeen
from hub.flow.reading.read import apply
from hub.flow.shipping.ship import ship
from hub.flow.telling.push import sent
from hub.flow.telling.tasks import close_task, open_tasks_of
from hub.models.channels.drift_views import open_drift
from hub.models.claims.outbox import claim
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.shipping import Shipment
from hub.models.records.upkeep import ManualTask
from mapping.canonical import Order, Release
from mapping.effects import Tracking, from_payload
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import WHO, demand_of, hold
from tests.flow.orders_of_the_shop import a_line, an_order

DHL = Tracking(carrier="DHL", number="00340434", url="https://dhl.example/00340434")
LEASE = timedelta(seconds=90)


def denied(session: Session, *, channel: str = "etsy", mode: str = "live") -> SalesOrder:
    """An order of five candles at a shop that does not let us tell of parcels."""
    candle = make_item(session, code="CANDLE")
    account = make_account(session, channel=channel, mode=mode)
    account.cannot = ["fulfil"]
    order = make_order(session, account=account, lines={candle: 5})
    lot = make_lot(session, item=candle, quantity=9 * PIECE)
    hold(session, lot, owner=demand_of(session, order, candle), quantity=5 * PIECE)
    return order


def allowed(session: Session) -> SalesOrder:
    order = denied(session)
    account_of(session, order).cannot = []
    session.flush()
    return order


def account_of(session: Session, order: SalesOrder) -> ChannelAccount:
    return session.get_one(ChannelAccount, order.account_id)


def the_line(session: Session, order: SalesOrder) -> OrderLine:
    return session.scalars(select(OrderLine).filter_by(order_id=order.id)).one()


def send(session: Session, order: SalesOrder, *, pieces: int | None = None) -> Shipment:
    lines = None if pieces is None else {the_line(session, order).id: pieces}
    shipment_id = ship(
        session, order_id=order.id, lines=lines, tracking=Tracking(
            carrier="DHL", number=f"T{pieces}", url=DHL.url
        ), notify=True, who=WHO, now=NOW,
    )  # fmt: skip
    return session.get_one(Shipment, shipment_id)


def shows(
    session: Session,
    order: SalesOrder,
    *,
    sent: int = 0,
    after: int = 5,
    cancelled_at: datetime | None = None,
) -> None:
    """Let the channel show the order, with so many pieces sent."""
    line = a_line(
        "CANDLE", pieces=5, fulfilled=sent,
        external_id=the_line(session, order).external_id,
    )  # fmt: skip
    seen: Order = an_order(
        line,
        external_id=order.external_id,
        after=after,
        cancelled_at=cancelled_at,
        release=Release.CANCELLED if cancelled_at else Release.READY,
    )
    apply(
        session, account=account_of(session, order), reading=OrderSeen(order=seen), now=NOW
    )
    session.flush()
    session.expire_all()


def tasks(session: Session) -> list[tuple[str, str, str]]:
    found = session.scalars(select(ManualTask).order_by(ManualTask.id))
    return [(task.kind, task.state, task.done_by) for task in found]


def drift(session: Session, order: SalesOrder) -> list[str]:
    return [each.kind for each in open_drift(session, account_id=order.account_id).rows]


def done_by_hand(session: Session, order: SalesOrder) -> None:
    for task in open_tasks_of(session, order_id=order.id):
        close_task(session, task_id=task.id, who=WHO, now=NOW)


def took(session: Session, order: SalesOrder) -> None:
    """Let the channel take the news of the parcel."""
    [claimed] = claim(session, owner="anna", now=NOW, lease=LEASE)
    effect = from_payload(claimed.kind, claimed.payload)
    pushed = Pushed(remote_ref="7", outcome="created")
    sent(session, claimed=claimed, effect=effect, owner="anna", pushed=pushed, now=NOW)
