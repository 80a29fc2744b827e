"""The channels of one job: each account opened once, its token fresh before it is called."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol, runtime_checkable

from connectors.errors import AuthExpired, RateLimited, Retryable
from connectors.protocol import Channel, RenewsToken
from hub.flow.reading.checkups import another_version, keep_version, version_known
from hub.models.records.channels import ChannelAccount
from hub.pacing import Lane
from hub.ports import Ports, open_channel
from workers.tokens import is_due, renew


@runtime_checkable
class TellsVersion(Protocol):
    """A channel whose answers name the version of the API they are in."""

    @property
    def served_version(self) -> str:
        """The version of the last answer; empty before the first."""


class Shops:
    """Hands out channels by account. Made anew for each job, so it never believes old secrets."""

    def __init__(self, ports: Ports, *, lane: Lane = Lane.LIVE) -> None:
        self._ports = ports
        self._lane = lane
        self._accounts: dict[int, ChannelAccount] = {}
        self._channels: dict[int, Channel] = {}

    def reader(self, account_id: int) -> Channel:
        """Return a channel that can read what came. No token is needed for that."""
        if account_id not in self._channels:
            self._open(account_id)
        return self._channels[account_id]

    def settings(self, account_id: int) -> Mapping[str, str]:
        """Return what was typed for an account that is no secret."""
        self.reader(account_id)
        settings = self._accounts[account_id].settings
        return {name: str(value) for name, value in settings.items()}

    def caller(self, account_id: int) -> Channel:
        """Return a channel that can be called now.

        :raises AuthExpired: the account must be reconnected first.
        :raises RateLimited: the account pauses.
        :raises Retryable: its token is being fetched by somebody else.
        """
        channel = self.reader(account_id)
        account, now = self._accounts[account_id], self._ports.clock.now()
        if account.needs_reconnect:
            raise AuthExpired(account.problem or "the connection must be made again")
        if account.paused_until is not None and account.paused_until > now:
            left = account.paused_until - now
            raise RateLimited("the channel asked for patience", retry_after=left)
        if isinstance(channel, RenewsToken) and is_due(self._ports, account, now=now):
            return self._renewed(account, channel)
        return channel

    def after_refusal(self, account_id: int, error: AuthExpired) -> Retryable:
        """Fetch a new token after the channel refused ours, and say when to try with it.

        :raises AuthExpired: there is none to be had: the account must be reconnected.
        """
        channel = self.reader(account_id)
        if not isinstance(channel, RenewsToken) or self._accounts[account_id].token is None:
            raise error
        self._renewed(self._accounts[account_id], channel)
        return Retryable(
            "the channel refused a token; there is a new one now", retry_after=timedelta(0)
        )

    def note_versions(self) -> None:
        """Write down what was answered in another version than asked for, if that is news."""
        for account_id in self._channels:
            self._note_version(account_id)

    def forget(self, account_id: int) -> None:
        """Look the account up again the next time: something about it changed."""
        if account_id in self._channels:
            self._note_version(account_id)
        self._channels.pop(account_id, None)
        self._accounts.pop(account_id, None)

    def _note_version(self, account_id: int) -> None:
        channel, account = self._channels[account_id], self._accounts[account_id]
        served = channel.served_version if isinstance(channel, TellsVersion) else ""
        if not served:
            return
        spec = channel.spec
        asked = str(account.settings.get("api_version") or spec.api_version)
        found = another_version(spec.title, served=served, asked=asked)
        if version_known(account) == (found.words if found else ""):
            return
        self._ports.database.run(
            lambda session: keep_version(session, account_id=account_id, found=found)
        )

    def _renewed(self, account: ChannelAccount, channel: RenewsToken) -> Channel:
        renew(self._ports, account=account, channel=channel)
        self.forget(account.id)
        return self.reader(account.id)

    def _open(self, account_id: int) -> None:
        with self._ports.database.reading() as session:
            account = session.get_one(ChannelAccount, account_id)
        self._accounts[account_id] = account
        self._channels[account_id] = open_channel(
            self._ports, account=account, lane=self._lane
        )
