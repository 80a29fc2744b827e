"""What a token that is held to scopes needs for each route; nothing opens what is not here."""

from collections.abc import Mapping

from hub.domain.people.scopes import Scope

ROUTES: Mapping[Scope, frozenset[str]] = {
    Scope.ORDERS_READ: frozenset(
        {
            "GET /orders",
            "GET /orders/<order_id>",
            "GET /decisions",
            "GET /reviews",
            "GET /reviews/<review_id>",
        }
    ),
    Scope.ORDERS_WRITE: frozenset(
        {
            "POST /orders",
            "PATCH /orders/<order_id>",
            "POST /orders/<order_id>/cancel",
            "POST /orders/<order_id>/hold",
            "POST /orders/<order_id>/release",
            "POST /decisions/<decision_id>/done",
            "POST /reviews/<review_id>/accept",
            "POST /reviews/<review_id>/reject",
        }
    ),
    Scope.CUSTOMERS_READ: frozenset(
        {
            "GET /customers",
            "GET /customers/<customer_id>",
        }
    ),
    Scope.CUSTOMERS_WRITE: frozenset(
        {
            "POST /customers",
            "PATCH /customers/<customer_id>",
        }
    ),
    Scope.MAPPING_READ: frozenset(
        {
            "GET /listings",
            "GET /listings/<listing_id>",
        }
    ),
    Scope.MAPPING_WRITE: frozenset(
        {
            "PUT /listings/<listing_id>/mapping",
            "PUT /listings/<listing_id>/stock",
        }
    ),
    Scope.PRODUCTION_READ: frozenset(
        {
            "GET /recipes",
            "GET /recipes/<recipe_id>",
            "GET /work-centres",
            "GET /work-centres/<path:code>/load",
            "GET /production-orders",
            "GET /production-orders/<production_order_id>",
            "GET /forecasts",
            "POST /what-if",
        }
    ),
    Scope.PRODUCTION_WRITE: frozenset(
        {
            "POST /recipes",
            "POST /work-centres",
            "PATCH /work-centres/<path:code>",
            "POST /work-centres/<path:code>/closures",
            "DELETE /work-centres/<path:code>/closures/<day>",
            "POST /production-orders/<production_order_id>/pin",
            "POST /production-orders/<production_order_id>/unpin",
            "POST /production-orders/<production_order_id>/release",
            "POST /production-orders/<production_order_id>/start",
            "POST /production-orders/<production_order_id>/complete",
            "POST /production-orders/<production_order_id>/finish",
            "POST /production-orders/<production_order_id>/undo",
            "POST /production-orders/<production_order_id>/cancel",
            "POST /forecasts/<path:code>/accept",
            "POST /what-if/apply",
        }
    ),
    Scope.STOCK_READ: frozenset(
        {
            "GET /items",
            "GET /items/<path:code>",
            "GET /items/<path:code>/alternates",
            "GET /lots",
            "GET /lots/<lot_id>",
            "GET /lots/<lot_id>/trace",
            "GET /lots/<lot_id>/moves",
            "GET /recalls",
            "GET /recalls/<recall_id>",
            "GET /recalls/<recall_id>/report.pdf",
            "GET /recalls/<recall_id>/customers.csv",
            "GET /recalls/<recall_id>/lots.csv",
        }
    ),
    Scope.STOCK_WRITE: frozenset(
        {
            "POST /items",
            "PATCH /items/<path:code>",
            "PUT /items/<path:code>/alternates",
            "DELETE /items/<path:code>/alternates",
            "POST /items/<path:code>/variants",
            "POST /lots",
            "POST /lots/<lot_id>/quarantine",
            "POST /lots/<lot_id>/release",
            "POST /lots/<lot_id>/recall",
            "POST /lots/<lot_id>/count",
            "POST /lots/<lot_id>/adjust",
            "POST /lots/<lot_id>/scrap",
            "POST /lots/<lot_id>/reject",
            "POST /stock-moves/<move_id>/undo",
            "POST /recalls",
            "POST /recalls/<recall_id>/refresh",
            "POST /recalls/<recall_id>/close",
            "POST /recalls/<recall_id>/orders/<order_id>/told",
        }
    ),
    Scope.PURCHASES_READ: frozenset(
        {
            "GET /suppliers",
            "GET /suppliers/<code>",
            "GET /purchase-suggestions",
            "GET /purchase-orders",
            "GET /purchase-orders/<purchase_order_id>",
        }
    ),
    Scope.PURCHASES_WRITE: frozenset(
        {
            "POST /suppliers",
            "PATCH /suppliers/<code>",
            "PUT /suppliers/<code>/items/<path:item>",
            "POST /purchase-orders",
            "PATCH /purchase-orders/<purchase_order_id>",
            "POST /purchase-orders/<purchase_order_id>/place",
            "POST /purchase-orders/<purchase_order_id>/receive",
            "POST /purchase-orders/<purchase_order_id>/close",
            "POST /purchase-orders/<purchase_order_id>/cancel",
        }
    ),
    Scope.SHIPMENTS_READ: frozenset(
        {
            "GET /shipments",
            "GET /shipments/<shipment_id>",
            "GET /manual-tasks",
        }
    ),
    Scope.SHIPMENTS_WRITE: frozenset(
        {
            "POST /shipments",
            "POST /shipments/<shipment_id>/delivered",
            "POST /shipments/<shipment_id>/return",
            "POST /manual-tasks/<task_id>/done",
        }
    ),
    Scope.CHANNELS_READ: frozenset(
        {
            "GET /channels",
            "GET /channels/<channel_id>",
            "GET /channels/<channel_id>/health",
            "GET /channels/<channel_id>/drift",
            "GET /channels/<channel_id>/backfill",
            "GET /inbound-messages",
            "GET /outbound-messages",
        }
    ),
    Scope.CHANNELS_WRITE: frozenset(
        {
            "POST /channels",
            "PATCH /channels/<channel_id>",
            "PATCH /channels/<channel_id>/connection",
            "POST /channels/<channel_id>/poll",
            "POST /channels/<channel_id>/messages",
            "POST /channels/<channel_id>/check",
            "POST /channels/<channel_id>/catalogue",
            "POST /channels/<channel_id>/backfill",
            "POST /channels/<channel_id>/backfill/pause",
            "POST /channels/<channel_id>/backfill/resume",
            "POST /channels/<channel_id>/backfill/stop",
            "POST /inbound-messages/<message_id>/replay",
            "POST /outbound-messages/<message_id>/retry",
        }
    ),
    Scope.LETTERS_READ: frozenset(
        {
            "GET /notifications",
            "GET /notifications/<notification_id>",
            "GET /letter-settings",
            "GET /notification-templates",
            "GET /notification-templates/<event>/<locale>",
            "POST /notification-templates/<event>/<locale>/preview",
        }
    ),
    Scope.LETTERS_WRITE: frozenset(
        {
            "PATCH /letter-settings",
            "PUT /notification-templates/<event>/<locale>",
            "DELETE /notification-templates/<event>/<locale>",
        }
    ),
    Scope.WORKSHOP_READ: frozenset(
        {
            "GET /workshop",
            "GET /transit",
            "GET /shipping-closures",
            "GET /invariants",
        }
    ),
    Scope.WORKSHOP_WRITE: frozenset(
        {
            "PATCH /workshop",
            "PUT /transit",
            "POST /shipping-closures",
            "DELETE /shipping-closures/<day>",
        }
    ),
    Scope.TABLES_READ: frozenset(
        {
            "GET /exports/<table>",
        }
    ),
    Scope.TABLES_WRITE: frozenset(
        {
            "POST /imports/<table>",
        }
    ),
}
"""Every route once, by the names of hub/web/guard/api_roles.py. What only looks is a reading,
whatever its method."""

SCOPE_OF: Mapping[str, Scope] = {
    route: scope for scope, routes in ROUTES.items() for route in routes
}


def scope_of(route: str) -> Scope | None:
    """Return the scope a route needs; None for one that nobody wrote down."""
    return SCOPE_OF.get(route)
