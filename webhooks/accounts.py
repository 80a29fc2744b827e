"""Which account a webhook's path names, and the channel that can prove its messages."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from connectors.errors import ChannelError, SignatureInvalid
from connectors.protocol import Delivery, ReceivesWebhooks
from connectors.spec import Spec
from hub.models.records.channels import ChannelAccount
from hub.models.vault import KeyMissing, SealBroken
from hub.ports import Ports, UnknownChannel, open_channel

FRESH = 5.0
"""Seconds an account is believed without asking the database again."""
SURE = 0.5
"""Seconds after which a failing proof is tried again on the account as it is now."""
KNOWN = 256
"""Most accounts remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An account as it was when it was looked up."""

    account_id: int
    prover: ReceivesWebhooks
    spec: Spec
    api_version_seen: str
    looked_up_at: float
    """On the monotonic clock of this process."""


class CannotProve(Exception):
    """The account's secrets do not open here and now: nothing can be proven, or refused."""


class Accounts:
    """Looks accounts up by (channel, key), remembering each for a few seconds.

    Opening sealed secrets for every message would cost more than the message.
    """

    def __init__(
        self, ports: Ports, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._ports = ports
        self._monotonic = monotonic
        self._known: dict[tuple[str, str], Known] = {}
        self._lock = threading.Lock()

    def find(self, channel: str, key: str) -> Known | None:
        """Return the account that path names, or nothing.

        :raises CannotProve: its secrets do not open.
        :raises sqlalchemy.exc.SQLAlchemyError: the database is away.
        """
        known = self._known.get((channel, key))
        if known is not None and self._age(known) < FRESH:
            return known
        return self._look_up(channel, key)

    def prove(
        self, known: Known, *, at: tuple[str, str], body: bytes, headers: dict[str, str]
    ) -> tuple[Known, Delivery]:
        """Prove a message, allowing for secrets changed since the account was looked up.

        :raises SignatureInvalid: nothing proves it.
        """
        now = self._ports.clock.now()
        try:
            return known, known.prover.verify(body=body, headers=headers, now=now)
        except SignatureInvalid:
            if self._age(known) < SURE:
                raise
        newer = self._look_up(*at)
        if newer is None:
            raise SignatureInvalid("the account is gone")
        return newer, newer.prover.verify(body=body, headers=headers, now=now)

    def _age(self, known: Known) -> float:
        return self._monotonic() - known.looked_up_at

    def _look_up(self, channel: str, key: str) -> Known | None:
        with self._ports.database.reading() as session:
            account = session.scalar(
                select(ChannelAccount).filter_by(key=key, channel=channel)
            )
        made = None if account is None else self._prover(account)
        if account is None or made is None:
            self._known.pop((channel, key), None)
            return None
        known = Known(
            account_id=account.id,
            prover=made,
            spec=self._ports.channels[account.channel].spec,
            api_version_seen=account.api_version_seen,
            looked_up_at=self._monotonic(),
        )
        self._remember((channel, key), known)
        return known

    def _prover(self, account: ChannelAccount) -> ReceivesWebhooks | None:
        try:
            made = open_channel(self._ports, account=account)
        except UnknownChannel:
            return None
        except (KeyMissing, SealBroken, ChannelError) as error:
            raise CannotProve(f"account {account.id}: {error}") from error
        return made if isinstance(made, ReceivesWebhooks) else None

    def _remember(self, at: tuple[str, str], known: Known) -> None:
        with self._lock:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[at] = known
