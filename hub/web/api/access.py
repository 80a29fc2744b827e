"""Who may call what: every route of the API by name, and nobody where nothing is said."""

from collections.abc import Mapping

from hub.domain.roles import Role

PREFIX = "/api/v1"

EVERYBODY = frozenset(Role)
OWNER = frozenset({Role.OWNER})
OFFICE = frozenset({Role.OWNER, Role.PLANNER})
FLOOR = frozenset({Role.OWNER, Role.PLANNER, Role.MAKER})
PACKING = frozenset({Role.OWNER, Role.PLANNER, Role.PACKER})

OPEN = frozenset({"GET /openapi.json"})
"""What needs no token: the description of the API is the same for all the world."""

ALLOWED: Mapping[str, frozenset[Role]] = {
    "GET /channels": OFFICE,
    "POST /channels": OWNER,
    "GET /channels/<channel_id>": OFFICE,
    "PATCH /channels/<channel_id>": OWNER,
    "GET /channels/<channel_id>/health": OFFICE,
    "GET /channels/<channel_id>/drift": OFFICE,
    "POST /channels/<channel_id>/poll": OFFICE,
    "POST /channels/<channel_id>/check": OFFICE,
    "POST /channels/<channel_id>/catalogue": OFFICE,
    "GET /channels/<channel_id>/backfill": OFFICE,
    "POST /channels/<channel_id>/backfill": OWNER,
    "POST /channels/<channel_id>/backfill/pause": OWNER,
    "POST /channels/<channel_id>/backfill/resume": OWNER,
    "POST /channels/<channel_id>/backfill/stop": OWNER,
    "GET /items": EVERYBODY,
    "POST /items": OFFICE,
    "GET /items/<path:code>": EVERYBODY,
    "PATCH /items/<path:code>": OFFICE,
    "GET /items/<path:code>/alternates": EVERYBODY,
    "PUT /items/<path:code>/alternates": OFFICE,
    "DELETE /items/<path:code>/alternates": OFFICE,
    "POST /items/<path:code>/variants": OFFICE,
    "GET /recipes": EVERYBODY,
    "POST /recipes": OFFICE,
    "GET /recipes/<recipe_id>": EVERYBODY,
    "GET /work-centres": EVERYBODY,
    "POST /work-centres": OFFICE,
    "PATCH /work-centres/<path:code>": OFFICE,
    "POST /work-centres/<path:code>/closures": OFFICE,
    "DELETE /work-centres/<path:code>/closures/<day>": OFFICE,
    "GET /work-centres/<path:code>/load": EVERYBODY,
    "GET /workshop": EVERYBODY,
    "PATCH /workshop": OFFICE,
    "GET /transit": EVERYBODY,
    "PUT /transit": OFFICE,
    "GET /shipping-closures": EVERYBODY,
    "POST /shipping-closures": OFFICE,
    "DELETE /shipping-closures/<day>": OFFICE,
    "GET /lots": EVERYBODY,
    "POST /lots": FLOOR,
    "GET /lots/<lot_id>": EVERYBODY,
    "GET /lots/<lot_id>/trace": EVERYBODY,
    "POST /lots/<lot_id>/quarantine": FLOOR,
    "POST /lots/<lot_id>/release": OFFICE,
    "POST /lots/<lot_id>/recall": OFFICE,
    "GET /lots/<lot_id>/moves": EVERYBODY,
    "POST /lots/<lot_id>/count": FLOOR,
    "POST /lots/<lot_id>/adjust": FLOOR,
    "POST /lots/<lot_id>/scrap": FLOOR,
    "POST /lots/<lot_id>/reject": OFFICE,
    "POST /stock-moves/<move_id>/undo": OFFICE,
    "GET /suppliers": EVERYBODY,
    "POST /suppliers": OFFICE,
    "GET /suppliers/<code>": EVERYBODY,
    "PATCH /suppliers/<code>": OFFICE,
    "PUT /suppliers/<code>/items/<path:item>": OFFICE,
    "GET /purchase-suggestions": EVERYBODY,
    "GET /purchase-orders": EVERYBODY,
    "POST /purchase-orders": OFFICE,
    "GET /purchase-orders/<purchase_order_id>": EVERYBODY,
    "PATCH /purchase-orders/<purchase_order_id>": OFFICE,
    "POST /purchase-orders/<purchase_order_id>/place": OFFICE,
    "POST /purchase-orders/<purchase_order_id>/receive": FLOOR,
    "POST /purchase-orders/<purchase_order_id>/close": OFFICE,
    "POST /purchase-orders/<purchase_order_id>/cancel": OFFICE,
    "GET /listings": EVERYBODY,
    "GET /listings/<listing_id>": EVERYBODY,
    "PUT /listings/<listing_id>/mapping": OFFICE,
    "GET /orders": EVERYBODY,
    "POST /orders": OFFICE,
    "GET /orders/<order_id>": EVERYBODY,
    "PATCH /orders/<order_id>": OFFICE,
    "POST /orders/<order_id>/cancel": OFFICE,
    "POST /orders/<order_id>/hold": OFFICE,
    "POST /orders/<order_id>/release": OFFICE,
    "GET /decisions": EVERYBODY,
    "POST /decisions/<decision_id>/done": FLOOR | PACKING,
    "GET /production-orders": EVERYBODY,
    "GET /production-orders/<production_order_id>": EVERYBODY,
    "POST /production-orders/<production_order_id>/pin": OFFICE,
    "POST /production-orders/<production_order_id>/unpin": OFFICE,
    "POST /production-orders/<production_order_id>/release": OFFICE,
    "POST /production-orders/<production_order_id>/start": FLOOR,
    "POST /production-orders/<production_order_id>/complete": FLOOR,
    "POST /production-orders/<production_order_id>/finish": FLOOR,
    "POST /production-orders/<production_order_id>/undo": FLOOR,
    "POST /production-orders/<production_order_id>/cancel": OFFICE,
    "GET /customers": OFFICE,
    "POST /customers": OFFICE,
    "GET /customers/<customer_id>": OFFICE,
    "PATCH /customers/<customer_id>": OFFICE,
    "GET /shipments": EVERYBODY,
    "POST /shipments": PACKING,
    "GET /shipments/<shipment_id>": EVERYBODY,
    "POST /shipments/<shipment_id>/delivered": PACKING,
    "POST /shipments/<shipment_id>/return": PACKING,
    "GET /inbound-messages": OFFICE,
    "POST /inbound-messages/<message_id>/replay": OFFICE,
    "GET /outbound-messages": OFFICE,
    "POST /outbound-messages/<message_id>/retry": OFFICE,
    "GET /manual-tasks": PACKING,
    "POST /manual-tasks/<task_id>/done": PACKING,
    "POST /imports/<table>": OFFICE,
    "GET /exports/<table>": OFFICE,
    "GET /forecasts": OFFICE,
    "POST /forecasts/<path:code>/accept": OFFICE,
    "POST /what-if": OFFICE,
    "POST /what-if/apply": OFFICE,
    "GET /recalls": OFFICE,
    "POST /recalls": OFFICE,
    "GET /recalls/<recall_id>": OFFICE,
    "POST /recalls/<recall_id>/refresh": OFFICE,
    "POST /recalls/<recall_id>/close": OFFICE,
    "POST /recalls/<recall_id>/orders/<order_id>/told": OFFICE,
    "GET /recalls/<recall_id>/report.pdf": OFFICE,
    "GET /recalls/<recall_id>/customers.csv": OFFICE,
    "GET /recalls/<recall_id>/lots.csv": OFFICE,
    "GET /invariants": OWNER,
}
PEOPLE = PACKING
"""Who sees buyers' names and addresses: whoever answers them or writes a parcel's label."""


def route_name(*, method: str, rule: str) -> str:
    """Name a route as the table does: "GET /orders/<order_id>"."""
    return f"{method} {rule.removeprefix(PREFIX)}"


def may_call(role: Role, *, route: str) -> bool:
    """Say whether a role may call a route; a route nobody wrote down is nobody's."""
    return role in ALLOWED.get(route, frozenset())
