"""Everything Etsy's API can be asked here: each operation by its id in Etsy's own OpenAPI file."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from connectors.sandbox.etsy import query as q
from connectors.sandbox.etsy import receipts
from connectors.sandbox.etsy.bodies.listings import (
    full_listing_body,
    inventory_body,
    listing_body,
)
from connectors.sandbox.etsy.bodies.receipts import (
    Showing,
    epoch,
    receipt_body,
    transaction_body,
)
from connectors.sandbox.etsy.bodies.shops import readiness_body, shop_body
from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.carriers import profile_carriers
from connectors.sandbox.etsy.inventory import replace
from connectors.sandbox.etsy.records import Listing, Receipt, Refused
from connectors.sandbox.etsy.tracking import parcel

Json = dict[str, object]

APPLICATION_ID = 1_234_567


@dataclass(slots=True, kw_only=True)
class Rules:
    """What this shop lets this key do, and how late its lists are."""

    tracking: bool = True
    """False: the shop's country closes `createReceiptShipment` to this key."""
    list_lag: float = 0.0
    """Seconds until a receipt that was placed or changed shows up in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One call that was let in."""

    books: Books
    showing: Showing
    rules: Rules
    ids: Mapping[str, int]
    query: q.Query
    json: Json | None
    """The JSON body; None when it came under another Content-Type, as which Etsy ignores it."""
    form: Mapping[str, str]
    scopes_of: Callable[[str], frozenset[str]] = field(repr=False)

    def receipt(self) -> Receipt:
        """Find the receipt the path names."""
        return self.books.receipt(self.ids["receipt_id"])

    def listing(self) -> Listing:
        """Find the listing the path names."""
        return self.books.listing(self.ids["listing_id"])

    def show(self, receipt: Receipt, *, alone: bool = True) -> Json:
        """Write a receipt."""
        return receipt_body(self.books, receipt, self.showing, alone=alone)


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


# Receipts -------------------------------------------------------------------------------------


def _receipts(visit: Visit) -> object:
    seen = [r for r in visit.books.receipts.values() if _listed(visit, r)]
    key = {"created": _created, "updated": _updated, "receipt_id": _number}
    seen.sort(
        key=key[visit.query.word("sort_on", "created")], reverse=not q.rising(visit.query)
    )
    return _page(
        visit, [visit.show(each, alone=False) for each in _cut(visit, seen)], len(seen)
    )


def _created(receipt: Receipt) -> int:
    return epoch(receipt.created_at)


def _updated(receipt: Receipt) -> int:
    return epoch(receipt.updated_at)


def _number(receipt: Receipt) -> int:
    return receipt.id


def _listed(visit: Visit, receipt: Receipt) -> bool:
    query = visit.query
    age = (visit.books.now() - receipt.updated_at).total_seconds()
    flags = {
        "was_paid": receipt.paid_at is not None,
        "was_shipped": receipt.shipped_at is not None,
        "was_delivered": receipt.delivered_at is not None,
        "was_canceled": receipt.canceled_at is not None,
    }
    return (
        age >= visit.rules.list_lag
        and _within(query, "created", epoch(receipt.created_at))
        and _within(query, "last_modified", epoch(receipt.updated_at))
        and all(query.flag(name) in {None, is_so} for name, is_so in flags.items())
    )


def _within(query: q.Query, name: str, at: int) -> bool:
    least, most = query.number(f"min_{name}"), query.number(f"max_{name}")
    return (least is None or at >= least) and (most is None or at <= most)


def _cut(visit: Visit, rows: list[Receipt]) -> list[Receipt]:
    begin = visit.query.number("offset") or 0
    return rows[begin : begin + (visit.query.number("limit") or 25)]


def _page(_: Visit, results: Iterable[object], count: int) -> object:
    return {"count": count, "results": list(results)}


def _one_receipt(visit: Visit) -> object:
    return visit.show(visit.receipt())


def _update_receipt(visit: Visit) -> object:
    receipt = visit.receipt()
    said: dict[str, bool] = {}
    for name, value in visit.form.items():
        if name not in {"was_shipped", "was_paid"}:
            raise Refused(400, f"Unknown parameter: {name}")
        said[name] = q.flag(name, value)
    if said.get("was_paid") and receipt.paid_at is None:
        receipts.pay(visit.books, receipt.id)
    if said.get("was_shipped") and receipt.shipped_at is None:
        receipts.ship_without_parcel(visit.books, receipt.id)
    return visit.show(receipt)


def _ship(visit: Visit) -> object:
    receipt = visit.receipt()
    if not visit.rules.tracking:
        raise Refused(403, "Unauthorized")
    sent = parcel(visit.json)
    receipts.ship(
        visit.books,
        receipt.id,
        carrier_name=sent.carrier_name,
        tracking_code=sent.tracking_code,
        note=sent.note_to_buyer,
    )
    return visit.show(receipt)


def _lines_of_receipt(visit: Visit) -> object:
    receipt = visit.receipt()
    rows = [transaction_body(visit.books, receipt, line) for line in receipt.transactions]
    return _page(visit, rows, len(rows))


def _lines_of_shop(visit: Visit) -> object:
    rows = [
        transaction_body(visit.books, receipt, line)
        for receipt in visit.books.receipts.values()
        if not receipt.is_phantom
        for line in receipt.transactions
    ]
    begin = visit.query.number("offset") or 0
    shown = rows[::-1][begin : begin + (visit.query.number("limit") or 25)]
    return _page(visit, shown, len(rows))


def _one_line(visit: Visit) -> object:
    wanted = visit.ids["transaction_id"]
    for receipt in visit.books.receipts.values():
        for line in receipt.transactions:
            if line.id == wanted and not receipt.is_phantom:
                return transaction_body(visit.books, receipt, line)
    raise Refused(404, f"Transaction with ID {wanted} not found")


# Listings -------------------------------------------------------------------------------------


def _sorted_listings(visit: Visit, state: str) -> list[Listing]:
    found = [each for each in visit.books.listings.values() if each.state == state]
    keys: dict[str, Callable[[Listing], object]] = {
        "created": lambda listing: epoch(listing.created_at),
        "updated": lambda listing: epoch(listing.updated_at),
        "price": lambda listing: min((p.offering.price for p in listing.living), default=0),
        "score": lambda listing: listing.id,
    }
    key = keys[visit.query.word("sort_on", "created")]
    return sorted(found, key=lambda li: (key(li), li.id), reverse=not q.rising(visit.query))


def _cut_listings(visit: Visit, rows: list[Listing]) -> list[Listing]:
    begin = visit.query.number("offset") or 0
    return rows[begin : begin + (visit.query.number("limit") or 25)]


def _active_listings(visit: Visit) -> object:
    found = _sorted_listings(visit, "active")
    rows = [listing_body(visit.books, each) for each in _cut_listings(visit, found)]
    return _page(visit, rows, len(found))


def _shop_listings(visit: Visit) -> object:
    found = _sorted_listings(visit, visit.query.word("state", "active"))
    inventory = "Inventory" in visit.query.words("includes")
    shown = _cut_listings(visit, found)
    rows = [full_listing_body(visit.books, each, inventory=inventory) for each in shown]
    return _page(visit, rows, len(found))


def _one_listing(visit: Visit) -> object:
    return full_listing_body(visit.books, visit.listing(), inventory=False)


def _many_listings(visit: Visit, *, inventory: bool) -> object:
    wanted = visit.query.numbers("listing_ids")
    found = [visit.books.listing(each) for each in wanted]
    rows = [full_listing_body(visit.books, each, inventory=inventory) for each in found]
    return _page(visit, rows, len(rows))


def _update_listing(visit: Visit) -> object:
    listing = visit.listing()
    for name in visit.form:
        if name != "state":
            raise Refused(400, f"This sandbox changes only a listing's state, not {name}")
    state = visit.form.get("state", listing.state)
    if state not in {"active", "inactive"}:
        raise Refused(400, "Invalid value for 'state': must be active, inactive")
    if state == "active" and not listing.quantity:
        raise Refused(400, "There was a problem with /quantity : cannot be empty")
    listing.state, listing.updated_at = state, visit.books.now()
    return listing_body(visit.books, listing)


def _inventory(visit: Visit) -> object:
    deleted = visit.query.flag("show_deleted") or visit.showing.deleted_products
    body = inventory_body(visit.books, visit.listing(), deleted=bool(deleted))
    if visit.query.word("includes", "") == "Listing":
        return body | {"listing": listing_body(visit.books, visit.listing())}
    return body


def _replace_inventory(visit: Visit) -> object:
    listing = visit.listing()
    three = visit.query.word("max_variations_supported", "2") == "3"
    replace(visit.books, listing, visit.json or {}, variations=3 if three else 2)
    return inventory_body(visit.books, listing)


# The shop -------------------------------------------------------------------------------------


def _shop(visit: Visit) -> object:
    return shop_body(visit.books)


def _shop_of_user(visit: Visit) -> object:
    if visit.ids["user_id"] != visit.books.user_id:
        raise Refused(404, "Could not find a shop of this user")
    return shop_body(visit.books)


def _me(visit: Visit) -> object:
    return {"user_id": visit.books.user_id, "shop_id": visit.books.shop_id}


def _readiness(visit: Visit) -> object:
    rows = [readiness_body(visit.books, each) for each in visit.books.readiness]
    begin = visit.query.number("offset") or 0
    shown = rows[begin : begin + (visit.query.number("limit") or 25)]
    return _page(visit, shown, len(rows))


def _scopes(visit: Visit) -> object:
    if "token" not in visit.form:
        raise Refused(400, "Missing Input Parameter: [token]")
    return {"scopes": sorted(visit.scopes_of(visit.form["token"]))}


def _ping(_: Visit) -> object:
    return {"application_id": APPLICATION_ID}


def _carriers(visit: Visit) -> object:
    rows = profile_carriers(visit.query.word("origin_country_iso", ""))
    return _page(visit, rows, len(rows))


# The table ------------------------------------------------------------------------------------


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
    _operation("ping", "GET", "/openapi-ping", _ping),
    _operation("tokenScopes", "POST", "/scopes", _scopes),
    _operation("getMe", "GET", "/users/me", _me, scope="shops_r"),
    _operation("getShopByOwnerUserId", "GET", "/users/{user_id}/shops", _shop_of_user),
    _operation("getShop", "GET", _SHOP, _shop),
    _operation(
        "getShopReadinessStateDefinitions",
        "GET",
        f"{_SHOP}/readiness-state-definitions",
        _readiness,
        scope="shops_r",
        takes=q.PAGE,
    ),
    _operation(
        "getShippingCarriers",
        "GET",
        "/shipping-carriers",
        _carriers,
        takes={"origin_country_iso": q.text},
        requires=["origin_country_iso"],
    ),
    _operation(
        "getShopReceipts",
        "GET",
        f"{_SHOP}/receipts",
        _receipts,
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
        _one_receipt,
        scope="transactions_r",
        takes=_LEGACY,
    ),
    _operation(
        "updateShopReceipt",
        "PUT",
        _RECEIPT,
        _update_receipt,
        scope="transactions_w",
        takes=_LEGACY,
    ),
    _operation(
        "createReceiptShipment",
        "POST",
        f"{_RECEIPT}/tracking",
        _ship,
        scope="transactions_w",
        takes=_LEGACY,
    ),
    _operation(
        "getShopReceiptTransactionsByReceipt",
        "GET",
        f"{_RECEIPT}/transactions",
        _lines_of_receipt,
        scope="transactions_r",
        takes=_LEGACY,
    ),
    _operation(
        "getShopReceiptTransactionsByShop",
        "GET",
        f"{_SHOP}/transactions",
        _lines_of_shop,
        scope="transactions_r",
        takes={**q.PAGE, **_LEGACY},
    ),
    _operation(
        "getShopReceiptTransaction",
        "GET",
        f"{_SHOP}/transactions/{{transaction_id}}",
        _one_line,
        scope="transactions_r",
    ),
    _operation(
        "findAllActiveListingsByShop",
        "GET",
        f"{_SHOP}/listings/active",
        _active_listings,
        takes={**_SORTED, "keywords": q.text},
    ),
    _operation(
        "getListingsByShop",
        "GET",
        f"{_SHOP}/listings",
        _shop_listings,
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
        _update_listing,
        scope="listings_w",
    ),
    _operation(
        "getListing",
        "GET",
        "/listings/{listing_id}",
        _one_listing,
        takes={"includes": _INCLUDES, "language": q.text, "allow_suggested_title": q.flag},
    ),
    _operation(
        "getListingsByListingIds",
        "GET",
        "/listings/batch",
        lambda visit: _many_listings(visit, inventory=False),
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
        lambda visit: _many_listings(visit, inventory=True),
        scope="listings_r",
        takes={"listing_ids": q.id_list},
        requires=["listing_ids"],
    ),
    _operation(
        "getListingInventory",
        "GET",
        "/listings/{listing_id}/inventory",
        _inventory,
        scope="listings_r",
        takes={"show_deleted": q.flag, "includes": q.one_of("Listing")},
    ),
    _operation(
        "updateListingInventory",
        "PUT",
        "/listings/{listing_id}/inventory",
        _replace_inventory,
        scope="listings_w",
        takes={"max_variations_supported": q.one_of("2", "3")},
    ),
)
