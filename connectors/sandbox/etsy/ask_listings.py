"""What can be asked of listings and their inventory."""

from collections.abc import Callable

from connectors.sandbox.etsy import query as q
from connectors.sandbox.etsy.bodies.listings import (
    full_listing_body,
    inventory_body,
    listing_body,
)
from connectors.sandbox.etsy.bodies.receipts import epoch
from connectors.sandbox.etsy.inventory import renew, replace
from connectors.sandbox.etsy.records import Listing, Refused
from connectors.sandbox.etsy.visits import Visit, page


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


def active_listings(visit: Visit) -> object:
    """List what is on sale."""
    found = _sorted_listings(visit, "active")
    rows = [listing_body(visit.books, each) for each in visit.cut(found)]
    return page(rows, len(found))


def shop_listings(visit: Visit) -> object:
    """List listings by state."""
    found = _sorted_listings(visit, visit.query.word("state", "active"))
    inventory = "Inventory" in visit.query.words("includes")
    shown = visit.cut(found)
    rows = [full_listing_body(visit.books, each, inventory=inventory) for each in shown]
    return page(rows, len(found))


def one_listing(visit: Visit) -> object:
    """Show one listing."""
    return full_listing_body(visit.books, visit.listing(), inventory=False)


def many_listings(visit: Visit, *, inventory: bool) -> object:
    """Show listings by id; one that is not there spoils all."""
    wanted = visit.query.numbers("listing_ids")
    found = [visit.books.listing(each) for each in wanted]
    rows = [full_listing_body(visit.books, each, inventory=inventory) for each in found]
    return page(rows, len(rows))


def update_listing(visit: Visit) -> object:
    """Change whether a listing is on sale."""
    listing = visit.listing()
    for name in visit.form:
        if name != "state":
            raise Refused(400, f"This sandbox changes only a listing's state, not {name}")
    state = visit.form.get("state", listing.state)
    if state not in {"active", "inactive"}:
        raise Refused(400, "Invalid value for 'state': must be active, inactive")
    if state == "active" and listing.state == "sold_out":
        renew(visit.books, listing)
    if state == "active" and not listing.quantity:
        raise Refused(400, "There was a problem with /quantity : cannot be empty")
    if listing.state == "expired":
        raise Refused(400, "This listing has expired: renew it")
    listing.state, listing.updated_at = state, visit.books.now()
    return listing_body(visit.books, listing)


def inventory(visit: Visit) -> object:
    """Show what a listing sells."""
    deleted = visit.query.flag("show_deleted") or visit.showing.deleted_products
    body = inventory_body(visit.books, visit.listing(), deleted=bool(deleted))
    if visit.query.word("includes", "") == "Listing":
        return body | {"listing": listing_body(visit.books, visit.listing())}
    return body


def replace_inventory(visit: Visit) -> object:
    """Replace everything a listing sells."""
    listing = visit.listing()
    three = visit.query.word("max_variations_supported", "2") == "3"
    replace(
        visit.books,
        listing,
        visit.json or {},
        variations=3 if three else 2,
        revives=visit.rules.put_revives,
    )
    return inventory_body(visit.books, listing)
