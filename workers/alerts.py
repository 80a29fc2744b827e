"""Writes to the owners when the workshop needs somebody, looking every few minutes."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from connectors.spec import Capability
from hub.flow.letters.alerts import raise_alerts
from hub.models.claims.alive import is_turn, take_turn
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports

NAME = "alerts"
EVERY = timedelta(minutes=10)
"""What happens within that time is one letter a kind."""


def alert(ports: Ports) -> int:
    """Tell the owners what is new. This function will return how many letters were written."""
    now = ports.clock.now()

    def work(session: Session) -> int:
        if not take_turn(session, name=NAME, now=now, every=EVERY):
            return 0
        return raise_alerts(
            session,
            url=ports.settings.public_url.rstrip("/"),
            say=ports.say,
            now=now,
            channels=ports.channels,
        )

    written = ports.database.run(work)
    if written:
        ports.wake.wake("push")
    return written


def due_alerts(ports: Ports, session: Session, accounts: Sequence[ChannelAccount]) -> bool:
    """Say whether it is time to look, and there is a mailbox to write from."""
    can_write = any(_sends(ports, account) for account in accounts)
    return can_write and is_turn(session, name=NAME, now=ports.clock.now(), every=EVERY)


def _sends(ports: Ports, account: ChannelAccount) -> bool:
    known = ports.channels.get(account.channel)
    carries = known is not None and Capability.MAIL in known.spec.capabilities
    return carries and bool(account.settings.get("smtp_host"))
