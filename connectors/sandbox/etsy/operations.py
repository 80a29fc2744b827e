"""Everything Etsy's API can be asked here: each operation by its id in Etsy's own OpenAPI file."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from connectors.sandbox.etsy import ask_listings, ask_receipts, ask_shop
from connectors.sandbox.etsy import query as q
from connectors.sandbox.etsy.visits import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked; `scope` None takes no token."""

    id: str
    method: str
    path: re.Pattern[str]
    scope: str | None
    run: Callable[[Visit], object]
    takes: Mapping[str, q.Read]
    requires: frozenset[str]


def find(method: str, path: str) -> tuple[Operation, dict[str, int]] | None:
    """Find the operation of a path and the ids in it."""
    for operation in OPERATIONS:
        found = operation.path.fullmatch(path)
        if found and operation.method == method:
            return operation, {name: int(text) for name, text in found.groupdict().items()}
    return None


def _operation(
    name: str,
    method: str,
    path: str,
    run: Callable[[Visit], object],
    *,
    scope: str | None = None,
    takes: Mapping[str, q.Read] | None = None,
    requires: Iterable[str] = (),
) -> Operation:
    pattern = re.sub(r"{(\w+)}", r"(?P<\1>[0-9]{1,18})", path)
    return Operation(
        id=name,
        method=method,
        path=re.compile(f"/v3/application{pattern}"),
        scope=scope,
        run=run,
        takes=takes or {},
        requires=frozenset(requires),
    )


_SHOP = "/shops/{shop_id}"
_RECEIPT = f"{_SHOP}/receipts/{{receipt_id}}"
_LEGACY: Mapping[str, q.Read] = {"legacy": q.flag}
_SORTED: Mapping[str, q.Read] = {
    **q.PAGE,
    "sort_on": q.one_of("created", "price", "updated", "score"),
    "sort_order": q.ORDER,
}
_INCLUDES = q.some_of(
    "Images", "Shop", "User", "Translations", "Videos", "Personalization", "BuyerPrice"
)

OPERATIONS = (
    _operation("ping", "GET", "/openapi-ping", ask_shop.ping),
    _operation("tokenScopes", "POST", "/scopes", ask_shop.scopes),
    _operation("getMe", "GET", "/users/me", ask_shop.me, scope="shops_r"),
    _operation(
        "getShopByOwnerUserId", "GET", "/users/{user_id}/shops", ask_shop.shop_of_user
    ),
    _operation("getShop", "GET", _SHOP, ask_shop.shop),
    _operation(
        "getShopReadinessStateDefinitions",
        "GET",
        f"{_SHOP}/readiness-state-definitions",
        ask_shop.readiness,
        scope="shops_r",
        takes=q.PAGE,
    ),
    _operation(
        "getShippingCarriers",
        "GET",
        "/shipping-carriers",
        ask_shop.carriers,
        takes={"origin_country_iso": q.text},
        requires=["origin_country_iso"],
    ),
    _operation(
        "getShopReceipts",
        "GET",
        f"{_SHOP}/receipts",
        ask_receipts.receipts_page,
        scope="transactions_r",
        takes={
            **q.PAGE,
            **_LEGACY,
            "min_created": q.moment,
            "max_created": q.moment,
            "min_last_modified": q.moment,
            "max_last_modified": q.moment,
            "sort_on": q.one_of("created", "updated", "receipt_id"),
            "sort_order": q.ORDER,
            "was_paid": q.flag,
            "was_shipped": q.flag,
            "was_delivered": q.flag,
            "was_canceled": q.flag,
        },
    ),
    _operation(
        "getShopReceipt",
        "GET",
        _RECEIPT,
        ask_receipts.one_receipt,
        scope="transactions_r",
        takes=_LEGACY,
    ),
    _operation(
        "updateShopReceipt",
        "PUT",
        _RECEIPT,
        ask_receipts.update_receipt,
        scope="transactions_w",
        takes=_LEGACY,
    ),
    _operation(
        "createReceiptShipment",
        "POST",
        f"{_RECEIPT}/tracking",
        ask_receipts.ship,
        scope="transactions_w",
        takes=_LEGACY,
    ),
    _operation(
        "getShopReceiptTransactionsByReceipt",
        "GET",
        f"{_RECEIPT}/transactions",
        ask_receipts.lines_of_receipt,
        scope="transactions_r",
        takes=_LEGACY,
    ),
    _operation(
        "getShopReceiptTransactionsByShop",
        "GET",
        f"{_SHOP}/transactions",
        ask_receipts.lines_of_shop,
        scope="transactions_r",
        takes={**q.PAGE, **_LEGACY},
    ),
    _operation(
        "getShopReceiptTransaction",
        "GET",
        f"{_SHOP}/transactions/{{transaction_id}}",
        ask_receipts.one_line,
        scope="transactions_r",
    ),
    _operation(
        "findAllActiveListingsByShop",
        "GET",
        f"{_SHOP}/listings/active",
        ask_listings.active_listings,
        takes={**_SORTED, "keywords": q.text},
    ),
    _operation(
        "getListingsByShop",
        "GET",
        f"{_SHOP}/listings",
        ask_listings.shop_listings,
        scope="listings_r",
        takes={
            **_SORTED,
            "state": q.one_of("active", "inactive", "sold_out", "draft", "expired"),
            "includes": q.some_of(
                "Shipping",
                "Images",
                "Shop",
                "User",
                "Translations",
                "Inventory",
                "Videos",
                "Personalization",
                "BuyerPrice",
            ),
        },
    ),
    _operation(
        "updateListing",
        "PATCH",
        f"{_SHOP}/listings/{{listing_id}}",
        ask_listings.update_listing,
        scope="listings_w",
    ),
    _operation(
        "getListing",
        "GET",
        "/listings/{listing_id}",
        ask_listings.one_listing,
        takes={"includes": _INCLUDES, "language": q.text, "allow_suggested_title": q.flag},
    ),
    _operation(
        "getListingsByListingIds",
        "GET",
        "/listings/batch",
        lambda visit: ask_listings.many_listings(visit, inventory=False),
        takes={
            **_LEGACY,
            "listing_ids": q.id_list,
            "includes": _INCLUDES,
            "currency": q.text,
            "buyer_country": q.text,
        },
        requires=["listing_ids"],
    ),
    _operation(
        "getListingsInventoryByListingIds",
        "GET",
        "/listings/batch/inventory",
        lambda visit: ask_listings.many_listings(visit, inventory=True),
        scope="listings_r",
        takes={"listing_ids": q.id_list},
        requires=["listing_ids"],
    ),
    _operation(
        "getListingInventory",
        "GET",
        "/listings/{listing_id}/inventory",
        ask_listings.inventory,
        scope="listings_r",
        takes={"show_deleted": q.flag, "includes": q.one_of("Listing")},
    ),
    _operation(
        "updateListingInventory",
        "PUT",
        "/listings/{listing_id}/inventory",
        ask_listings.replace_inventory,
        scope="listings_w",
        takes={"max_variations_supported": q.one_of("2", "3")},
    ),
)
