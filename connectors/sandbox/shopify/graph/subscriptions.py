"""Webhook subscriptions over GraphQL: listed, made, changed, deleted.

Only those made over the API are seen here; the app's own (toml) and those made by hand are not.
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict
from urllib.parse import urlsplit

from connectors.sandbox.shopify.graph.connection import Listing, Page, by_id, connect
from connectors.sandbox.shopify.graph.node import Info, Node, identity, numbered, stamp
from connectors.sandbox.shopify.graph.shops import version_node
from connectors.sandbox.shopify.graph.visit import FULFILMENT_ORDER_READERS, Visit
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.records import Refused
from connectors.sandbox.shopify.webhooks import API_VERSION, Subscription

_ABOUT_PEOPLE = frozenset({"orders", "refunds", "fulfillments", "fulfillment_orders"})
_SCOPES_OF: Mapping[str, tuple[str, ...]] = {
    "orders": ("read_orders",),
    "refunds": ("read_orders",),
    "fulfillments": ("read_fulfillments",),
    "fulfillment_orders": FULFILMENT_ORDER_READERS,
    "products": ("read_products",),
    "inventory_levels": ("read_inventory",),
    "locations": ("read_locations",),
}


class SubscriptionInput(TypedDict, total=False):
    """WebhookSubscriptionInput."""

    callback_url: str | None
    filter: str | None
    format: str | None
    include_fields: Sequence[str] | None
    metafield_namespaces: Sequence[str] | None
    name: str | None
    uri: str | None


def subscription_lists(visit: Visit) -> Node:
    """List the query roots for subscriptions."""

    def one(_info: Info, id: str) -> Node | None:
        found = visit.deliveries.subscriptions.get(numbered(id, "WebhookSubscription"))
        return subscription_node(found) if found and found.owner == "api" else None

    def many(
        _info: Info,
        *,
        topics: Sequence[str] | None = None,
        uri: str | None = None,
        first: int | None = None,
        last: int | None = None,
        after: str | None = None,
        before: str | None = None,
        reverse: bool | None = False,
        **_others: object,
    ) -> Node:
        kept = [
            each
            for each in visit.deliveries.subscriptions.values()
            if each.owner == "api"
            and (topics is None or enum_of(each.topic) in topics)
            and (uri is None or each.uri == uri)
        ]
        page = Page(first=first, last=last, after=after, before=before, reverse=reverse)
        return connect(Listing(kept, lambda each: by_id(each.id), subscription_node), page)

    return {"webhookSubscription": one, "webhookSubscriptions": many}


def subscription_node(subscription: Subscription) -> Node:
    """Show a subscription."""
    return identity("WebhookSubscription", subscription.id) | {
        "apiVersion": version_node(API_VERSION),
        "callbackUrl": subscription.uri,
        "createdAt": stamp(subscription.created_at),
        "filter": None,
        "format": "JSON",
        "includeFields": list(subscription.include_fields),
        "metafieldNamespaces": list(subscription.metafield_namespaces),
        "name": subscription.name,
        "topic": enum_of(subscription.topic),
        "updatedAt": stamp(subscription.updated_at),
        "uri": subscription.uri,
    }


def enum_of(topic: str) -> str:
    """Write a topic as the enum does: orders/create is ORDERS_CREATE."""
    return topic.replace("/", "_").upper()


def topic_of(enum: str) -> str:
    """Write an enum value as the header does; the noun ends before the last known verb."""
    nouns = (
        "fulfillment_orders",
        "inventory_levels",
        "fulfillments",
        "locations",
        "orders",
        "products",
        "refunds",
        "app",
    )
    lower = enum.lower()
    noun = next(noun for noun in nouns if lower.startswith(f"{noun}_"))
    return f"{noun}/{lower.removeprefix(noun + '_')}"


def create_subscription(visit: Visit, topic: str, wish: SubscriptionInput) -> Subscription:
    """Begin to tell someone over the API.

    :raises Refused: no or a bad address, one taken for the topic, a topic the app may not hear, or
        XML or a filter, which this sandbox does not send.
    """
    uri = _checked(wish)
    name = topic_of(topic)
    _allowed(visit, name)
    if any(
        s.topic == name and s.uri == uri for s in visit.deliveries.subscriptions.values()
    ):
        raise Refused(
            "Address for this topic has already been taken",
            field=["webhookSubscription", "callbackUrl"],
        )
    now = visit.shop.now()
    made = Subscription(
        id=visit.shop.ids.next("WebhookSubscription"),
        topic=name,
        uri=uri,
        owner="api",
        created_at=now,
        updated_at=now,
        include_fields=tuple(wish.get("include_fields") or ()),
        metafield_namespaces=tuple(wish.get("metafield_namespaces") or ()),
        name=wish.get("name"),
    )
    visit.deliveries.subscribe(made)
    return made


def update_subscription(
    visit: Visit, global_id: str, wish: SubscriptionInput
) -> Subscription:
    """Change where or what someone is told.

    :raises Refused: there is no such subscription, or the wish is bad.
    """
    found = _existing(visit, global_id)
    if "uri" in wish or "callback_url" in wish:
        found.uri = _checked(wish)
    if "include_fields" in wish:
        found.include_fields = tuple(wish["include_fields"] or ())
    found.updated_at = visit.shop.now()
    return found


def delete_subscription(visit: Visit, global_id: str) -> str:
    """Stop telling someone.

    :raises Refused: there is no such subscription.
    """
    found = _existing(visit, global_id)
    visit.deliveries.unsubscribe(found.id)
    return gid("WebhookSubscription", found.id)


def _allowed(visit: Visit, topic: str) -> None:
    noun = topic.partition("/")[0]
    if noun in _ABOUT_PEOPLE and not visit.sees_people:
        raise Refused(
            "This app is not approved to subscribe to webhook topics containing protected customer "
            "data. See https://shopify.dev/docs/apps/launch/protected-customer-data for more "
            "information.",
            field=["webhookSubscription"],
        )
    needed = _SCOPES_OF.get(noun, ())
    if needed and not visit.may(*needed):
        raise Refused(
            f"You do not have permission to create or update webhooks with {topic} topic. "
            "Please reference https://shopify.dev/api/usage/access-scopes.",
            field=["webhookSubscription"],
        )


def _existing(visit: Visit, global_id: str) -> Subscription:
    number = numbered(global_id, "WebhookSubscription")
    found = visit.deliveries.subscriptions.get(number)
    if found is None or found.owner != "api":
        raise Refused("Webhook subscription does not exist", field=["id"])
    return found


def _checked(wish: SubscriptionInput) -> str:
    where = ["webhookSubscription", "callbackUrl"]
    uri = wish.get("uri") or wish.get("callback_url") or ""
    if not uri:
        raise Refused("Address can't be blank", field=where)
    parts = urlsplit(uri)
    # The real shop takes https only; a pretend one must reach a hub on the same machine too.
    at_home = parts.hostname in {"127.0.0.1", "localhost", "::1"}
    if parts.scheme != "https" and not (parts.scheme == "http" and at_home):
        raise Refused(f"Address protocol {parts.scheme}:// is not supported", field=where)
    if wish.get("format") == "XML" or wish.get("filter"):
        raise Refused("Filters and XML are not supported by this sandbox", field=where)
    return uri
