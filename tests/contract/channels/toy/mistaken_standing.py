"""Mistakes in rights, secrets, errors and what is declared, one at a time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from connectors.errors import (
    AuthExpired,
    PermissionDenied,
    RateLimited,
    Retryable,
)
from connectors.pacing import Unpaced
from connectors.protocol import (
    Connection,
    Health,
    Token,
    WebhookAudit,
)
from connectors.spec import Capability, Spec
from connectors.transport import Transport
from mapping.canonical import Order
from tests.contract.channels.toy.channel import SPEC, Toy


class ReusesTheOldRefresh(Toy):
    """Keeps what fetched this token, though it is used."""

    def renew(self, *, now: datetime) -> Token:
        old = self._told.token.refresh if self._told.token else ""
        return replace(super().renew(now=now), refresh=old)


class ShowsItsSecrets(Toy):
    """Shows its secrets when it is shown."""

    def __repr__(self) -> str:
        return f"Toy({self._told.credentials}, {self._told.webhook_secrets})"


class RaisesWhatIsFound(Toy):
    """Raises what a person could mend."""

    def check_up(self, *, now: datetime) -> Health:
        health = super().check_up(now=now)
        if not health.shop_ref:
            raise AuthExpired("connect again")
        return health


class NeverMissesARight(Toy):
    """Does not compare what it may do with what it must."""

    def check_up(self, *, now: datetime) -> Health:
        health = super().check_up(now=now)
        return replace(health, findings=()) if health.shop_ref else health


class SubscribesAgain(Toy):
    """Subscribes to everything each time."""

    def ensure_webhooks(self, address: str) -> WebhookAudit:
        super().ensure_webhooks(f"{address}#")
        return super().ensure_webhooks(address)


class AnyGrant(Toy):
    """Takes another stall's grant."""

    def finish(
        self,
        *,
        redirect_uri: str,
        verifier: str,
        answer: Mapping[str, str],
        now: datetime,
    ) -> Token:
        ours = {**answer, "shop": "stall-1"} if answer else answer
        return super().finish(
            redirect_uri=redirect_uri, verifier=verifier, answer=ours, now=now
        )


class RevokedIsTemporary(Toy):
    """Tries again with a token that is dead."""

    def fetch_order(self, external_id: str) -> Order:
        try:
            return super().fetch_order(external_id)
        except AuthExpired as e:
            raise Retryable(str(e)) from e


class SaysTheToken(Toy):
    """Says which token was refused."""

    def fetch_order(self, external_id: str) -> Order:
        try:
            return super().fetch_order(external_id)
        except PermissionDenied as e:
            told = self._told.token
            raise PermissionDenied(f"not with {told.value if told else ''}") from e


class ForgetsWhenToComeBack(Toy):
    """Drops what Retry-After said."""

    def fetch_order(self, external_id: str) -> Order:
        try:
            return super().fetch_order(external_id)
        except RateLimited as e:
            raise RateLimited(str(e)) from e


class MakesUpWhenToComeBack(Toy):
    """Says a time the channel never said."""

    def fetch_order(self, external_id: str) -> Order:
        try:
            return super().fetch_order(external_id)
        except RateLimited as e:
            wait = e.retry_after or timedelta(minutes=1)
            raise RateLimited(str(e), retry_after=wait) from e


class PaysNoHeedToOthers(Toy):
    """Calls without asking whether it is its turn."""

    def __init__(self, told: Connection, *, transport: Transport | None = None) -> None:
        super().__init__(replace(told, pacer=Unpaced()), transport=transport)


class SaysItCannotCount(Toy):
    """Declares less than it does."""

    spec: ClassVar[Spec] = replace(
        SPEC, capabilities=SPEC.capabilities - {Capability.CATALOGUE}
    )
