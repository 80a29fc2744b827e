"""How a channel account is doing: what waits and what hangs, both ways."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from hub.models.newest import Newest, Window, newest
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import InboundMessage, OutboundMessage

STUCK = ("held", "dead")
MOST_STUCK = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Messages of an account by state, and the newest of those that hang."""

    inbound: dict[str, int]
    outbound: dict[str, int]
    stuck_in: Sequence[InboundMessage]
    stuck_out: Sequence[OutboundMessage]


def traffic(session: Session, *, account_id: int) -> Traffic:
    """Count an account's messages by state and load those a person should look at."""
    stuck_in = (
        select(InboundMessage)
        .where(InboundMessage.account_id == account_id, InboundMessage.state.in_(STUCK))
        .options(defer(InboundMessage.body))
        .order_by(InboundMessage.id.desc())
    )
    stuck_out = (
        select(OutboundMessage)
        .where(OutboundMessage.account_id == account_id, OutboundMessage.state.in_(STUCK))
        .order_by(OutboundMessage.id.desc())
    )
    return Traffic(
        inbound=_counts(session, InboundMessage, account_id=account_id),
        outbound=_counts(session, OutboundMessage, account_id=account_id),
        stuck_in=session.scalars(stuck_in.limit(MOST_STUCK)).all(),
        stuck_out=session.scalars(stuck_out.limit(MOST_STUCK)).all(),
    )


def find_accounts(session: Session, *, window: Window) -> Newest[ChannelAccount]:
    """Return one page of channel accounts."""
    return newest(session, select(ChannelAccount), record=ChannelAccount, window=window)


def _counts(
    session: Session,
    record: type[InboundMessage] | type[OutboundMessage],
    *,
    account_id: int,
) -> dict[str, int]:
    query = (
        select(record.state, func.count())
        .where(record.account_id == account_id)
        .group_by(record.state)
    )
    return {state: count for state, count in session.execute(query)}
