"""How each shop does: its messages of the last day, hour by hour, and what is wrong there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub.models.channels.channel_pulse import Pulse, hours_until, pulses
from hub.models.records.channels import ChannelAccount
from hub.web.pictures.bars import Bars, Frame, bars

WIDTH, HEIGHT = 360, 96


@dataclass(frozen=True, slots=True, kw_only=True)
class PulsePicture:
    """One shop and its bars: series 0 came in, 1 left."""

    pulse: Pulse
    hours: Sequence[datetime]
    """When each hour began."""
    chart: Bars
    is_pausing: bool
    """Whether the shop asked for patience, and the time is not over."""


def pulse_pictures(
    session: Session, *, accounts: Collection[ChannelAccount], now: datetime
) -> dict[int, PulsePicture]:
    """Draw how accounts do, by id; a handful of statements for all of them."""
    frame = Frame(width=WIDTH, height=HEIGHT, left=40, bottom=20)
    hours = hours_until(now)
    return {
        pulse.account.id: PulsePicture(
            pulse=pulse,
            hours=hours,
            chart=bars((pulse.came, pulse.went), frame=frame),
            is_pausing=is_pausing(pulse.account, now=now),
        )
        for pulse in pulses(session, accounts=accounts, now=now)
    }


def is_pausing(account: ChannelAccount, *, now: datetime) -> bool:
    """Say whether a shop asked for patience, and nothing is told it for now."""
    return account.paused_until is not None and account.paused_until > now
