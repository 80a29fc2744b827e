"""What people are asked to do at channels, as a list shows it: which order, what, what to copy."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.newest import Newest, Window, newest
from hub.models.orders.order_views import accounts_called
from hub.models.records.channels import ChannelAccount
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.shipping import Shipment, ShipmentLine
from hub.models.records.upkeep import ManualTask


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """Pieces of one line of the parcel."""

    title: str
    variant_title: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task with everything its doer has to type at the channel."""

    task: ManualTask
    account: ChannelAccount
    order_number: str
    external_number: str
    external_id: str
    shipment_number: str = ""
    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    shipped_at: datetime | None = None
    lines: Sequence[TaskLine] = ()


def find_tasks(
    session: Session, *, state: str, channel: str, window: Window
) -> Newest[ManualTask]:
    """Return one page of tasks; an empty state or channel leaves out nothing."""
    query = select(ManualTask)
    if state:
        query = query.where(ManualTask.state == state)
    if channel:
        query = query.where(ManualTask.account_id.in_(accounts_called(channel)))
    return newest(session, query, record=ManualTask, window=window)


def task_views(session: Session, *, tasks: Collection[ManualTask]) -> list[TaskView]:
    """Load what the doers of these tasks must know, in the tasks' order."""
    ids = [task.id for task in tasks]
    about = (
        select(ManualTask.id, ChannelAccount, SalesOrder)
        .join(ChannelAccount, ChannelAccount.id == ManualTask.account_id)
        .join(SalesOrder, SalesOrder.id == ManualTask.order_id)
        .where(ManualTask.id.in_(ids))
    )
    known = {
        task_id: (account, order) for task_id, account, order in session.execute(about)
    }
    sent = select(Shipment).join(ManualTask, ManualTask.shipment_id == Shipment.id)
    parcels = {
        each.id: each for each in session.scalars(sent.where(ManualTask.id.in_(ids)))
    }
    lines = _lines(session, shipment_ids=parcels)
    found = []
    for task in tasks:
        account, order = known[task.id]
        shipment = parcels.get(task.shipment_id or 0)
        found.append(_view(task, account, order, shipment, lines))
    return found


def open_task_counts(session: Session, *, account_ids: Collection[int]) -> dict[int, int]:
    """Count what is open at each of these accounts; those with nothing open are left out."""
    query = (
        select(ManualTask.account_id, func.count())
        .where(ManualTask.account_id.in_(account_ids), ManualTask.state == "open")
        .group_by(ManualTask.account_id)
    )
    return {account_id: count for account_id, count in session.execute(query)}


def pieces_due(session: Session, *, order_id: int) -> dict[int, dict[str, int]]:
    """Return, for each parcel of an order that waits for a person, when it counts as sent there.

    By shipment id: pieces the channel must count on each of its lines, earlier parcels included.
    """
    asked = select(ManualTask.shipment_id).where(
        ManualTask.order_id == order_id,
        ManualTask.kind == "ship",
        ManualTask.state == "open",
    )
    waiting = set(session.scalars(asked))
    if not waiting:
        return {}
    query = (
        select(ShipmentLine.shipment_id, OrderLine.external_id, ShipmentLine.quantity)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(Shipment.order_id == order_id, Shipment.state != "cancelled")
        .order_by(ShipmentLine.shipment_id)
    )
    so_far: dict[str, int] = defaultdict(int)
    due: dict[int, dict[str, int]] = defaultdict(dict)
    for shipment_id, line, quantity in session.execute(query):
        so_far[line] += quantity
        if shipment_id in waiting:
            due[shipment_id][line] = so_far[line]
    return due


def first_parcel(session: Session, *, order_id: int) -> int | None:
    """Return the parcel of an order that left first, None while none did."""
    left = select(Shipment.id).where(
        Shipment.order_id == order_id,
        Shipment.state != "cancelled",
        Shipment.shipped_at.is_not(None),
    )
    return session.scalar(left.order_by(Shipment.shipped_at, Shipment.id).limit(1))


def _lines(session: Session, *, shipment_ids: Collection[int]) -> dict[int, list[TaskLine]]:
    query = (
        select(ShipmentLine.shipment_id, ShipmentLine.quantity, OrderLine)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id.in_(shipment_ids))
        .order_by(OrderLine.position, OrderLine.id)
    )
    found: dict[int, list[TaskLine]] = defaultdict(list)
    for shipment_id, quantity, line in session.execute(query):
        found[shipment_id].append(
            TaskLine(
                title=line.title,
                variant_title=line.variant_title,
                sku=line.sku,
                quantity=quantity,
            )
        )
    return found


def _view(
    task: ManualTask,
    account: ChannelAccount,
    order: SalesOrder,
    shipment: Shipment | None,
    lines: dict[int, list[TaskLine]],
) -> TaskView:
    plain = TaskView(
        task=task,
        account=account,
        order_number=order.number,
        external_number=order.external_number,
        external_id=order.external_id,
    )
    if shipment is None:
        return plain
    return replace(
        plain,
        shipment_number=shipment.number,
        carrier=shipment.carrier,
        tracking_number=shipment.tracking_number,
        tracking_url=shipment.tracking_url,
        shipped_at=shipment.shipped_at,
        lines=tuple(lines[shipment.id]),
    )
