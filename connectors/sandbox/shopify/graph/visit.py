"""One request: whose shop, with which rights, and what the search had to warn about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from graphql import GraphQLError

from connectors.sandbox.deliveries import Deliveries
from connectors.sandbox.shopify.records import Order
from connectors.sandbox.shopify.shop import Shop
from connectors.sandbox.shopify.webhooks import Subscription

FULFILMENT_ORDER_READERS = (
    "read_merchant_managed_fulfillment_orders",
    "read_assigned_fulfillment_orders",
    "read_third_party_fulfillment_orders",
)

YOUNG = timedelta(days=60)


@dataclass(slots=True, kw_only=True)
class Visit:
    """What resolvers may see of a request."""

    shop: Shop
    deliveries: Deliveries[Subscription]
    scopes: frozenset[str]
    client_id: str
    sees_people: bool = True
    warnings: list[dict[str, object]] = field(default_factory=list)

    def may(self, *any_of: str) -> bool:
        """Say whether a scope is granted; a write scope includes its read scope."""
        return any(
            scope in self.scopes or scope.replace("read_", "write_", 1) in self.scopes
            for scope in any_of
        )

    def sees(self, order: Order) -> bool:
        """Say whether an order is shown: without `read_all_orders` only for its first 60 days."""
        return self.may("read_all_orders") or order.created_at >= self.shop.now() - YOUNG

    def sees_fulfilment_orders(self) -> bool:
        """Say whether fulfilment orders are shown at all."""
        return self.may(*FULFILMENT_ORDER_READERS)

    def need(self, what: str, *any_of: str) -> None:
        """Refuse a field without its scope, as ACCESS_DENIED inside a 200.

        :raises GraphQLError: no such scope is granted.
        """
        if not self.may(*any_of):
            raise denied(what, any_of)


def denied(what: str, scopes: Sequence[str]) -> GraphQLError:
    """Word the refusal as Shopify does."""
    listed = " or ".join(f"`{scope}`" for scope in scopes)
    return GraphQLError(
        f"Access denied for {what} field. Required access: {listed} access scope.",
        extensions={
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": f"{listed} access scope.",
        },
    )
