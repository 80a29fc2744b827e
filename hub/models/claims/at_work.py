"""The connections that are at work, read once for all the work that asks whether it is due."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.channels import ChannelAccount


def connected(session: Session) -> Sequence[ChannelAccount]:
    """Return the accounts that are on and need not be connected again, by id."""
    return session.scalars(
        select(ChannelAccount)
        .where(ChannelAccount.mode != "off", ChannelAccount.needs_reconnect.is_(False))
        .order_by(ChannelAccount.id)
    ).all()


def is_pausing(account: ChannelAccount, *, now: datetime) -> bool:
    """Say whether an account's shop asked us to wait."""
    return account.paused_until is not None and account.paused_until > now
