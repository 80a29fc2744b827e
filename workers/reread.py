"""Has every open order read again when its channel's time came: what no list shows is healed."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from hub.flow.intake import reread as flow
from hub.models.claims.at_work import connected
from hub.models.records.channels import ChannelAccount
from hub.ports import Ports


def reread(ports: Ports) -> int:
    """Ask for the open orders of every account that is due. Return how many orders there are."""
    asked = sum(_reread(ports, account_id) for account_id in _due(ports))
    if asked:
        ports.wake.wake("read_messages")
    return asked


def _reread(ports: Ports, account_id: int) -> int:
    now = ports.clock.now()
    return ports.database.run(
        lambda session: flow.reread(session, account_id=account_id, now=now)
    )


def is_due(ports: Ports) -> bool:
    """Say whether any account's open orders are to be read again, without taking a lock."""
    return bool(_due(ports))


def _due(ports: Ports) -> list[int]:
    with ports.database.reading() as session:
        return due_rereads(ports, session, connected(session))


def due_rereads(
    ports: Ports, _session: Session, accounts: Sequence[ChannelAccount]
) -> list[int]:
    """Return which of these connected accounts' open orders are to be read again."""
    now = ports.clock.now()
    return flow.accounts_due(accounts, channels=ports.channels, now=now)
