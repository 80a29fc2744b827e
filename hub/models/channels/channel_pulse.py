"""The last day of every channel account: its messages hour by hour, and what is wrong there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.channels.channel_health import STUCK
from hub.models.channels.drift_views import open_drift_counts
from hub.models.claims.backfills import Progress, of_accounts, progress
from hub.models.counted import counted
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage

HOURS = 24
AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How one account does."""

    account: ChannelAccount
    came: Sequence[int]
    """Messages that came in, hour by hour; the last hour is still going on."""
    went: Sequence[int]
    """Messages that left."""
    stuck: int
    """Held for a person, or given up, both ways."""
    differs: int
    backfill: Progress | None
    """A backfill that is not over."""

    @property
    def this_hour(self) -> int:
        """How many messages went either way since the hour struck."""
        return self.came[-1] + self.went[-1]


def pulses(
    session: Session, *, accounts: Collection[ChannelAccount], now: datetime
) -> list[Pulse]:
    """Return how accounts do, in their order; a handful of statements for all of them."""
    ids = [each.id for each in accounts]
    bounds = [*hours_until(now), now.replace(minute=0, second=0, microsecond=0) + AN_HOUR]
    nothing = [0] * HOURS
    came = counted(
        session,
        at=InboundMessage.received_at,
        bounds=bounds,
        by=InboundMessage.account_id,
    )
    went = counted(
        session, at=OutboundMessage.done_at, bounds=bounds, by=OutboundMessage.account_id
    )
    stuck = _stuck(session)
    differs = open_drift_counts(session, account_ids=ids)
    running = _backfills(session, ids)
    return [
        Pulse(
            account=account,
            came=came.get(account.id, nothing),
            went=went.get(account.id, nothing),
            stuck=stuck.get(account.id, 0),
            differs=differs.get(account.id, 0),
            backfill=running.get(account.id),
        )
        for account in accounts
    ]


def hours_until(now: datetime) -> list[datetime]:
    """Return when each of the last hours began, by the clock: they stay until the hour is over."""
    this = now.replace(minute=0, second=0, microsecond=0)
    return [this - (HOURS - 1 - n) * AN_HOUR for n in range(HOURS)]


def _stuck(session: Session) -> dict[int, int]:
    found: dict[int, int] = {}
    for record in (InboundMessage, OutboundMessage):
        query = (
            select(record.account_id, func.count())
            .where(record.state.in_(STUCK))
            .group_by(record.account_id)
        )
        for account_id, count in session.execute(query):
            found[account_id] = found.get(account_id, 0) + count
    return found


def _backfills(session: Session, ids: Collection[int]) -> dict[int, Progress]:
    return {
        each.account_id: progress(session, backfill=each)
        for each in of_accounts(session, account_ids=ids)
    }
