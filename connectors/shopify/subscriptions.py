"""What a shop tells us: the subscriptions to our address looked at, made and ended."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from connectors.errors import ChannelError, Conflict, PermissionDenied
from connectors.http import is_this_machine
from connectors.protocol import WebhookAudit
from connectors.shopify.answers import Gid, Node, UserError
from connectors.shopify.client import AdminApi
from connectors.shopify.paging import Page, pages

TOPICS = (
    "orders/create",
    "orders/updated",
    "orders/cancelled",
    "orders/edited",
    "orders/delete",
    "refunds/create",
    "fulfillments/create",
    "fulfillments/update",
    "inventory_levels/update",
    "inventory_levels/disconnect",
    "products/create",
    "products/update",
    "products/delete",
    "app/uninstalled",
    "app/scopes_update",
)
"""Each of these names an order, a product or what is shown of a thing, or is about the connection.
A sale changes stock and not its product, so both are asked for. Of `fulfillment_orders/…` nearly
all name only the fulfilment order, and what they change comes with `orders/updated`; the three
about people's data cannot be asked for here, an app declares those (facts: shopify 2.2, 2.3)."""

POLL_ONLY = (
    "Shopify sends messages only to an https address that the internet can reach, so orders are "
    "asked for every few minutes instead. Set HORNADA_PUBLIC_URL to such an address to get them "
    "at once."
)
PROTECTED = (
    "Shopify withholds this from apps that may not see protected customer data. In Shopify's Dev "
    "Dashboard open the app, press API access requests, choose Protected customer data access and "
    "save a reason; then check this connection again."
)
_SILENT = "Shopify took the wish and does not list it: check this connection again."
_TAKEN = "already been taken"


class _Subscription(Node):
    id: Gid
    topic: str
    uri: str
    format: str = "JSON"
    filter: str | None = None
    include_fields: list[str] = []

    @property
    def is_whole(self) -> bool:
        """Whether it sends all of every message, in the form we read."""
        return self.format == "JSON" and not (self.filter or self.include_fields)


class _Subscriptions(Page):
    nodes: list[_Subscription]


class _ListAnswer(Node):
    webhook_subscriptions: _Subscriptions


class _Done(Node):
    user_errors: list[UserError]


class _CreateAnswer(Node):
    webhook_subscription_create: _Done


class _DeleteAnswer(Node):
    webhook_subscription_delete: _Done


def problem_of(address: str, *, allow_loopback: bool) -> str:
    """Say why a shop cannot send to an address, or nothing."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return POLL_ONLY
    if not host or parts.username or parts.fragment:
        return POLL_ONLY
    if is_this_machine(host):
        return "" if allow_loopback else POLL_ONLY
    return "" if parts.scheme == "https" else POLL_ONLY


def unreachable(why: str) -> WebhookAudit:
    """Make what an audit finds where no message can be sent to us at all."""
    return WebhookAudit(missing=TOPICS, refused=dict.fromkeys(TOPICS, why))


def audit(api: AdminApi, address: str) -> WebhookAudit:
    """Say which topics are sent whole to our address, without changing anything."""
    return _audit(_listed(api, address))


def ensure(api: AdminApi, address: str) -> WebhookAudit:
    """Subscribe to what is missing and end what is doubled or cut short; the rest stays.

    Asking twice is harmless: one address is taken once for a topic.

    :raises Retryable: an answer was lost; ask again.
    """
    listed = _listed(api, address)
    kept = {one.topic: one for one in reversed(listed) if one.is_whole}
    for one in listed:
        if one.topic in _by_enum() and kept.get(one.topic) is not one:
            _delete(api, one)
    missing = _audit(list(kept.values())).missing
    refused = {topic: why for topic in missing if (why := _create(api, topic, address))}
    if len(refused) == len(missing):
        return _audit(list(kept.values()), refused=refused)
    # Shopify is known to take a wish and not keep it: only its own list counts.
    found = _audit(_listed(api, address))
    silent = {topic: _SILENT for topic in found.missing if topic not in refused}
    return WebhookAudit(
        present=found.present, missing=found.missing, refused=refused | silent
    )


def remove(api: AdminApi, address: str) -> None:
    """End every subscription of our app to an address, and no other."""
    for one in _listed(api, address):
        _delete(api, one)


def _listed(api: AdminApi, address: str) -> list[_Subscription]:
    def after(cursor: str) -> _Subscriptions:
        asked = {"address": address, "after": cursor or None}
        return api.ask("webhooks", asked, into=_ListAnswer).webhook_subscriptions

    every = [one for page in pages(after(""), after) for one in page.nodes]
    return [one for one in every if one.uri == address]


def _audit(
    listed: Sequence[_Subscription], *, refused: Mapping[str, str] | None = None
) -> WebhookAudit:
    sent = {one.topic for one in listed if one.is_whole}
    return WebhookAudit(
        present=tuple(topic for topic in TOPICS if _enum(topic) in sent),
        missing=tuple(topic for topic in TOPICS if _enum(topic) not in sent),
        refused=dict(refused or {}),
    )


def _create(api: AdminApi, topic: str, address: str) -> str:
    """Subscribe; say why the shop would not, or nothing."""
    asked = {"topic": _enum(topic), "address": address}
    try:
        done = api.ask("webhook_create", asked, into=_CreateAnswer)
    except PermissionDenied as error:
        return _why(error)
    errors = done.webhook_subscription_create.user_errors
    if not errors or any(_TAKEN in error.message for error in errors):
        return ""
    return _why(api.refusal(errors, doing=f"send {topic}"))


def _why(error: ChannelError) -> str:
    is_about_people = "protected customer data" in str(error).lower()
    return PROTECTED if is_about_people else str(error)


def _delete(api: AdminApi, one: _Subscription) -> None:
    done = api.ask("webhook_delete", {"id": one.id}, into=_DeleteAnswer)
    errors = done.webhook_subscription_delete.user_errors
    if errors and not any("does not exist" in error.message for error in errors):
        refusal = api.refusal(errors, doing="end a subscription")
        raise refusal if isinstance(refusal, PermissionDenied) else Conflict(str(refusal))


def _by_enum() -> frozenset[str]:
    return frozenset(map(_enum, TOPICS))


def _enum(topic: str) -> str:
    """Write a topic as the schema does: orders/create is ORDERS_CREATE."""
    return topic.replace("/", "_").upper()
