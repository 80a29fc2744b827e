"""What only people can do at a channel: asked for once, done when they or the channel say so.

A task is closed by the channel when it shows the thing done, so that nobody has to come back
here to tick it off.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from connectors.protocol import Registration
from connectors.spec import Capability
from hub.domain.channels.switches import Mode, effective
from hub.flow.refusal import Missing, Refusal
from hub.models.channels.task_views import first_parcel, pieces_due
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import record
from hub.models.records.orders import SalesOrder
from hub.models.records.shipping import Shipment
from hub.models.records.upkeep import ManualTask
from mapping.canonical import Order, Release

SHIP, CANCEL, AMEND = "ship", "cancel", "amend"


def ask_to_ship(
    session: Session, *, shipment: Shipment, account: ChannelAccount, now: datetime
) -> int | None:
    """Ask a person to tell the channel that a parcel left, because it does not let us."""
    return open_task(
        session,
        account_id=account.id,
        order_id=shipment.order_id,
        shipment_id=shipment.id,
        key=ship_key(shipment.id),
        kind=SHIP,
        why="The channel does not let us say that a parcel left: mark it as sent there.",
        now=now,
    )


def ask_to_amend(
    session: Session, *, shipment: Shipment, account: ChannelAccount, now: datetime
) -> int | None:
    """Ask a person to change a parcel's tracking at a channel that was told of the parcel already.

    While somebody still has to mark it as sent, they copy the new tracking from that very task.
    """
    if _is_asked(session, shipment_id=shipment.id):
        return None
    return open_task(
        session,
        account_id=account.id,
        order_id=shipment.order_id,
        shipment_id=shipment.id,
        key=amend_key(session, shipment_id=shipment.id),
        kind=SHIP,
        why="This parcel is followed elsewhere than was said: change its tracking there.",
        now=now,
    )


def ask_to_cancel(
    session: Session,
    *,
    order: SalesOrder,
    account: ChannelAccount,
    channels: Mapping[str, Registration],
    now: datetime,
) -> int | None:
    """Ask a person to cancel an order at its channel too, if it keeps orders and this one is open.

    What is only rehearsed asks nobody to change anything there.
    """
    is_live = (
        effective(account.mode, account.capabilities, capability=Capability.FULFIL.value)
        is Mode.LIVE
    )
    if (
        not keeps_orders(account, channels)
        or not is_live
        or order.release == Release.CANCELLED
    ):
        return None
    return open_task(
        session,
        account_id=account.id,
        order_id=order.id,
        key=cancel_key(order.id),
        kind=CANCEL,
        why="It was cancelled here and is still open there: cancel it, or refund the buyer.",
        now=now,
    )


def keeps_orders(account: ChannelAccount, channels: Mapping[str, Registration]) -> bool:
    """Say whether the channel has orders of its own: typed and mailed ones are only here."""
    known = channels.get(account.channel)
    return known is not None and Capability.ORDERS_FETCH in known.spec.capabilities


def open_task(
    session: Session,
    *,
    account_id: int,
    order_id: int,
    key: str,
    kind: str,
    why: str,
    now: datetime,
    shipment_id: int | None = None,
) -> int | None:
    """Ask for something once. This function will return the task's id, None if it was asked."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    new = (sqlite.insert if is_sqlite else postgresql.insert)(ManualTask).values(
        account_id=account_id,
        order_id=order_id,
        shipment_id=shipment_id,
        key=key,
        kind=kind,
        why=why,
        state="open",
        created_at=now,
        done_by="",
    )
    once = new.on_conflict_do_nothing(index_elements=["key"]).returning(ManualTask.id)
    task_id = session.execute(once).scalar_one_or_none()
    if task_id is not None:
        record(
            session, at=now, who="system", subject="order", subject_id=order_id,
            what="task.opened", why=why, detail={"task": task_id, "kind": kind},
        )  # fmt: skip
    return task_id


def close_task(session: Session, *, task_id: int, who: str, now: datetime) -> None:
    """Write down that a person did what was asked.

    :raises Missing: there is no such task.
    :raises Refusal: it was done already.
    """
    task = session.get(ManualTask, task_id)
    if task is None:
        raise Missing("There is no such task.")
    if not _close(session, key=task.key, who=who, now=now):
        raise Refusal("This was done already.")


def reopen_task(session: Session, *, task_id: int, who: str, now: datetime) -> None:
    """Ask again for what a person ticked by mistake; what the channel shows as done stays so.

    :raises Missing: there is no such task.
    :raises Refusal: it is open, or the channel shows that it is done.
    """
    task = session.get(ManualTask, task_id)
    if task is None:
        raise Missing("There is no such task.")
    if task.done_by.startswith("channel:"):
        raise Refusal("The shop shows that this is done.")
    reopened = (
        update(ManualTask)
        .where(ManualTask.id == task_id, ManualTask.state == "done")
        .values(state="open", done_at=None, done_by="")
        .returning(ManualTask.id)
    )
    if session.execute(reopened).first() is None:
        raise Refusal("This is open already.")
    record(
        session, at=now, who=who, subject="order", subject_id=task.order_id,
        what="task.reopened", detail={"task": task.id, "kind": task.kind},
    )  # fmt: skip


def close_for(session: Session, *, key: str, account_id: int, now: datetime) -> bool:
    """Close a task because the channel shows that it is done; say whether it was open."""
    return _close(session, key=key, who=f"channel:{account_id}", now=now)


def close_by_channel(
    session: Session, *, order: SalesOrder, seen: Order, counts: bool = True, now: datetime
) -> None:
    """Close what was asked about an order and the channel now shows as done.

    A parcel counts as sent there once the channel counts its pieces, and those of every earlier
    parcel, on each of its lines. One that `counts` no pieces shows the whole order as sent with
    its first parcel and says nothing of a later one: that is closed by whoever marked it.
    """
    is_over = seen.cancelled_at is not None or seen.release is Release.CANCELLED
    if is_over:
        close_for(session, key=cancel_key(order.id), account_id=order.account_id, now=now)
    due = pieces_due(session, order_id=order.id)
    if not counts:
        first = first_parcel(session, order_id=order.id)
        due = {parcel: pieces for parcel, pieces in due.items() if parcel == first}
    sent = {line.external_id: line.fulfilled for line in seen.lines}
    for shipment_id, pieces in due.items():
        if all(sent.get(line, 0) >= count for line, count in pieces.items()):
            key = ship_key(shipment_id)
            close_for(session, key=key, account_id=order.account_id, now=now)


def ship_key(shipment_id: int) -> str:
    """Name the task to mark a parcel as sent."""
    return f"{SHIP}:{shipment_id}"


def amend_key(session: Session, *, shipment_id: int) -> str:
    """Name the next task to change a parcel's tracking."""
    key = f"{AMEND}:{shipment_id}:"
    asked = select(func.count()).where(ManualTask.key.startswith(key, autoescape=True))
    return f"{key}{(session.scalar(asked) or 0) + 1}"


def is_marked(session: Session, *, shipment_id: int) -> bool:
    """Say whether a parcel was marked as sent by hand."""
    marked = exists().where(
        ManualTask.key == ship_key(shipment_id), ManualTask.state == "done"
    )
    return bool(session.scalar(select(marked)))


def _is_asked(session: Session, *, shipment_id: int) -> bool:
    asked = exists().where(
        ManualTask.shipment_id == shipment_id,
        ManualTask.kind == SHIP,
        ManualTask.state == "open",
    )
    return bool(session.scalar(select(asked)))


def cancel_key(order_id: int) -> str:
    """Name the task to cancel an order."""
    return f"{CANCEL}:{order_id}"


def _close(session: Session, *, key: str, who: str, now: datetime) -> bool:
    closed = (
        update(ManualTask)
        .where(ManualTask.key == key, ManualTask.state == "open")
        .values(state="done", done_at=now, done_by=who)
        .returning(ManualTask.id, ManualTask.order_id, ManualTask.kind)
    )
    task = session.execute(closed).one_or_none()
    if task is None:
        return False
    record(
        session, at=now, who=who, subject="order", subject_id=task.order_id,
        what="task.done", detail={"task": task.id, "kind": task.kind},
    )  # fmt: skip
    return True


def open_tasks_of(session: Session, *, order_id: int) -> list[ManualTask]:
    """Return what is still asked about an order, oldest first."""
    query = select(ManualTask).filter_by(order_id=order_id, state="open")
    return list(session.scalars(query.order_by(ManualTask.id)))
