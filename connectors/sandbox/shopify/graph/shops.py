"""The shop itself, our app's rights in it, and the API versions it knows."""

from connectors.sandbox.shopify.graph.fulfilments import app_node
from connectors.sandbox.shopify.graph.node import Node, stamp
from connectors.sandbox.shopify.graph.visit import Visit
from connectors.sandbox.shopify.ids import gid
from connectors.sandbox.shopify.shop import Shop

# As of November 2026; a request for an older one is answered by the oldest still supported.
SUPPORTED = ("2026-01", "2026-04", "2026-07", "2026-10")
CANDIDATE = "2027-01"


def shop_node(shop: Shop) -> Node:
    """Show the shop."""
    now = shop.now().astimezone(shop.timezone)
    return {
        "__typename": "Shop",
        "id": gid("Shop", shop.id),
        "contactEmail": f"owner@{shop.domain}",
        "createdAt": stamp(shop.created_at),
        "currencyCode": shop.currency,
        "email": f"owner@{shop.domain}",
        "enabledPresentmentCurrencies": [shop.currency],
        "ianaTimezone": str(shop.timezone),
        "myshopifyDomain": shop.domain,
        "name": shop.name,
        "plan": {
            "partnerDevelopment": True,
            "publicDisplayName": "Development",
            "shopifyPlus": False,
        },
        "primaryDomain": {
            "__typename": "Domain",
            "id": gid("Domain", shop.id),
            "host": shop.domain,
            "sslEnabled": True,
            "url": f"https://{shop.domain}",
        },
        "setupRequired": False,
        "taxesIncluded": True,
        "timezoneAbbreviation": now.strftime("%Z"),
        "timezoneOffset": now.strftime("%z"),
        "updatedAt": stamp(shop.created_at),
        "url": f"https://{shop.domain}",
        "weightUnit": "GRAMS",
    }


def installation_node(visit: Visit) -> Node:
    """Show what our app may do here."""
    return {
        "__typename": "AppInstallation",
        "id": gid("AppInstallation", visit.shop.id),
        "accessScopes": [
            {"handle": scope, "description": scope.replace("_", " ").capitalize()}
            for scope in sorted(visit.scopes)
        ],
        "app": app_node(visit.client_id),
        "launchUrl": f"https://{visit.shop.domain}/admin/apps/hub",
        "uninstallUrl": None,
    }


def version_nodes() -> list[Node]:
    """List the API versions."""
    return [version_node(handle) for handle in (*SUPPORTED, CANDIDATE, "unstable")]


def version_node(handle: str) -> Node:
    """Show one API version."""
    names = {
        SUPPORTED[-1]: f"{handle} (Latest)",
        CANDIDATE: f"{handle} (Release candidate)",
    }
    return {
        "displayName": names.get(handle, handle),
        "handle": handle,
        "supported": handle in SUPPORTED,
    }
