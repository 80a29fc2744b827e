"""How a connection to a shop is: which shop, which rights, which version, and what to press."""

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import UTC, datetime, timedelta

from connectors.errors import AuthExpired, PermissionDenied, Rejected
from connectors.protocol import Finding, Health, Place, Token
from connectors.shopify.answers import Gid, Node
from connectors.shopify.catalogue import places
from connectors.shopify.client import AdminApi, covered
from connectors.shopify.ids import number
from connectors.spec import Capability

SOON = timedelta(days=60)
"""How long before a version's end it is said."""
SUPPORTED_FOR_YEARS = 1
"""Every version is answered for at least this long (shopify.dev, "API versioning")."""
SIGN_IN_SOON = timedelta(days=7)

_GRANT = (
    "In Shopify's Dev Dashboard open the app, press Versions, add {scope} to its scopes and "
    "release the new version; then open the app in the shop's admin and approve it."
)
_WITHOUT: Mapping[str, str] = {
    "read_orders": "orders cannot be read at all",
    "read_products": "the shop's products cannot be listed to be mapped",
    "read_inventory": "the stock the shop shows cannot be compared with ours",
    "write_inventory": "the shop's stock cannot be kept up to date",
    "read_locations": "the places the shop keeps stock at cannot be listed",
    "read_merchant_managed_fulfillment_orders": "what is still to be sent cannot be seen",
    "write_merchant_managed_fulfillment_orders": (
        "shipments, holds and progress cannot be told to the shop"
    ),
    "write_fulfillments": "the shop cannot be told that a parcel was delivered",
    "write_orders": "the day an order is promised for cannot be shown on it",
}
WITHOUT_WRITING = frozenset({Capability.PROMISED})
"""What a shop that lets us write nothing on its orders denies us."""
PEOPLE_WITHHELD = Finding(
    code="protected_data",
    words=(
        "Shopify withholds buyers' names and addresses from this app, so labels and packing "
        "slips stay without them. What to make is known all the same."
    ),
    way_out=(
        "In Shopify's Dev Dashboard open the app, press API access requests, choose Protected "
        "customer data access, and ask for name, address, phone and email."
    ),
)
HISTORY = Finding(
    code="history_60_days",
    words=(
        "Orders older than 60 days cannot be fetched: the app lacks read_all_orders, which "
        "Shopify grants on request."
    ),
    way_out="",
)
"""Nothing is wrong with it, so there is nothing to press."""


class _Shop(Node):
    id: Gid
    name: str


class _Scope(Node):
    handle: str


class _Installation(Node):
    access_scopes: list[_Scope]


class _Version(Node):
    handle: str
    supported: bool


class _Answer(Node):
    shop: _Shop
    current_app_installation: _Installation
    public_api_versions: list[_Version]


class _Address(Node):
    name: str | None = None
    address1: str | None = None


class _Order(Node):
    shipping_address: _Address | None = None


class _Orders(Node):
    nodes: list[_Order]


class _PeopleAnswer(Node):
    orders: _Orders


def check_up(
    api: AdminApi, *, wanted: Set[str], token: Token | None, now: datetime
) -> Health:
    """Ask the shop which it is and what our token may do; what a person can mend is a finding.

    :raises Retryable: the shop cannot be asked now.
    """
    try:
        found = api.ask("check_up", {}, into=_Answer)
    except (AuthExpired, PermissionDenied, Rejected) as error:
        return Health(version_served=api.served_version, findings=(closed(error),))
    said = frozenset(one.handle for one in found.current_app_installation.access_scopes)
    granted = said | covered(wanted, by=said)
    missing = wanted - granted
    findings = (
        *_scopes(missing),
        *_version(api, found.public_api_versions, now=now),
        *_sign_in(token, now=now),
        *_people(api, granted=granted),
        *_places(api, granted=granted),
        *(() if "read_all_orders" in granted else (HISTORY,)),
    )
    return Health(
        shop_ref=number(found.shop.id),
        shop_name=found.shop.name,
        granted=granted,
        version_served=api.served_version,
        cannot=frozenset() if "write_orders" in granted else WITHOUT_WRITING,
        findings=findings,
    )


def closed(error: Exception) -> Finding:
    """Say why the shop does not let us in at all; the error's words are made to be shown."""
    if isinstance(error, AuthExpired):
        return Finding(
            code="token_refused",
            words=f"Shopify does not let us in: {error}.",
            way_out="Press Reconnect and give the app's credentials again.",
        )
    return Finding(
        code="shop_closed",
        words=f"Shopify answers nothing about this shop: {error}.",
        way_out="Open the shop's admin, see what it asks of you (often its plan), and settle it.",
    )


def _scopes(missing: Iterable[str]) -> Iterator[Finding]:
    for scope in sorted(missing):
        without = _WITHOUT.get(scope, "part of what Hornada does is not possible")
        yield Finding(
            code=f"scope_missing:{scope}",
            words=f"The app may not {scope} in this shop: {without}.",
            way_out=_GRANT.format(scope=scope),
        )


def _version(
    api: AdminApi, versions: Iterable[_Version], *, now: datetime
) -> Iterator[Finding]:
    ours, served = api.version, api.served_version
    if api.fell_forward:
        yield served_another(served, ours=ours)
        return
    supported = {one.handle for one in versions if one.supported}
    ends = _end_of(ours)
    if supported and ours not in supported and now >= ends:
        words = f"Shopify no longer answers for version {ours} of its API."
        yield Finding(code="version_gone", words=words, way_out="Update Hornada.")
    elif now >= ends - SOON:
        words = f"Shopify answers for version {ours} of its API only until {ends:%d %B %Y}."
        yield Finding(code="version_old", words=words, way_out="Update Hornada before.")


def served_another(served: str, *, ours: str) -> Finding:
    """Say that the shop answered with another version than the one asked for."""
    return Finding(
        code="version_served",
        words=f"Shopify answers with version {served} of its API; Hornada asked for {ours}.",
        way_out="Update Hornada, or take the version out of this connection's settings.",
    )


def _end_of(version: str) -> datetime:
    year, month = int(version[:4]), int(version[5:])
    return datetime(year + SUPPORTED_FOR_YEARS, month, 1, tzinfo=UTC)


def _sign_in(token: Token | None, *, now: datetime) -> Iterator[Finding]:
    ends = token.refresh_expires_at if token else None
    if ends is not None and ends - now < SIGN_IN_SOON:
        yield Finding(
            code="sign_in_ends",
            words=f"What the shop's owner allowed ends on {ends:%d %B %Y}.",
            way_out="Press Connect and let us in on Shopify's page.",
        )


def _people(api: AdminApi, *, granted: Set[str]) -> Iterator[Finding]:
    if "read_orders" not in granted:
        return
    try:
        orders = api.ask("check_up_people", {}, into=_PeopleAnswer).orders.nodes
    except PermissionDenied:
        yield PEOPLE_WITHHELD
        return
    shown = [one.shipping_address for one in orders if one.shipping_address]
    if shown and not any(one.name or one.address1 for one in shown):
        yield PEOPLE_WITHHELD


def _places(api: AdminApi, *, granted: Set[str]) -> Iterator[Finding]:
    if "read_locations" not in granted:
        return
    try:
        found: tuple[Place, ...] = places(api)
    except PermissionDenied:
        return
    if not any(place.is_active for place in found):
        yield Finding(
            code="no_location",
            words="The shop has no place that things are sent from.",
            way_out="In the shop's admin, under Settings and Locations, open one.",
        )
