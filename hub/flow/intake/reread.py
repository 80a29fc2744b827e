"""Reading every open order again now and then, because no list shows all that changes."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from connectors.protocol import Change
from connectors.spec import Capability
from hub.domain.channels.switches import Mode
from hub.domain.orders.phase import Phase
from hub.domain.states import Intent
from hub.flow.channels.switches import mode_of
from hub.flow.intake.changed import note_changes
from hub.flow.intake.poll import Channels
from hub.models.claims.at_work import is_pausing
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import BACKGROUND
from hub.models.records.orders import SalesOrder

ALIVE = (Intent.OPEN, Intent.ON_HOLD)
OVER = (Phase.SHIPPED, Phase.DELIVERED, Phase.CANCELLED)


def accounts_due(
    accounts: Iterable[ChannelAccount], *, channels: Channels, now: datetime
) -> list[int]:
    """Return the connected accounts whose open orders are to be read again.

    Their time came, or somebody asked.
    """
    return [account.id for account in accounts if _is_due(account, channels, now=now)]


def _is_due(account: ChannelAccount, channels: Channels, *, now: datetime) -> bool:
    is_off = mode_of(account, Capability.ORDERS_FETCH, channels) is Mode.OFF
    if is_off or is_pausing(account, now=now):
        return False
    if account.reread_at is None:
        return True
    every = channels[account.channel].spec.reread_every
    return every is not None and account.reread_at + every <= now


def reread(session: Session, *, account_id: int, now: datetime) -> int:
    """Write down every open order of an account to be fetched again, behind all that is live.

    This function will return how many. Twice in a day is once, unless somebody asked.
    """
    account = session.get_one(ChannelAccount, account_id, with_for_update=True)
    is_asked = account.reread_at is None
    revision = now.isoformat(timespec="seconds") if is_asked else now.date().isoformat()
    account.reread_at = now
    open_orders = (
        select(SalesOrder.external_id)
        .where(SalesOrder.account_id == account_id, SalesOrder.intent.in_(ALIVE))
        .where(SalesOrder.phase.not_in(OVER))
        .order_by(SalesOrder.id)
    )
    changes = [
        Change(external_id=name, revision=f"reread {revision}")
        for name in session.scalars(open_orders)
    ]
    return note_changes(
        session, account_id=account_id, changes=changes, source="reread", now=now,
        lane=BACKGROUND,
    )  # fmt: skip


def ask_reread(session: Session, *, account_id: int) -> None:
    """Have every open order of an account read again at once."""
    session.execute(
        update(ChannelAccount)
        .where(ChannelAccount.id == account_id)
        .values(reread_at=None)
        .execution_options(synchronize_session=False)
    )
