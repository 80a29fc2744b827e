"""What can be asked of the shop, the key and the token."""

from connectors.sandbox.etsy.bodies.shops import readiness_body, shop_body
from connectors.sandbox.etsy.carriers import profile_carriers
from connectors.sandbox.etsy.records import Refused
from connectors.sandbox.etsy.visits import Visit, page

APPLICATION_ID = 1_234_567


def shop(visit: Visit) -> object:
    """Show the shop."""
    return shop_body(visit.books)


def shop_of_user(visit: Visit) -> object:
    """Show the shop of its owner."""
    if visit.ids["user_id"] != visit.books.user_id:
        raise Refused(404, "Could not find a shop of this user")
    return shop_body(visit.books)


def me(visit: Visit) -> object:
    """Say who the token is."""
    return {"user_id": visit.books.user_id, "shop_id": visit.books.shop_id}


def readiness(visit: Visit) -> object:
    """List the processing profiles."""
    rows = [readiness_body(visit.books, each) for each in visit.books.readiness]
    begin = visit.query.number("offset") or 0
    shown = rows[begin : begin + (visit.query.number("limit") or 25)]
    return page(shown, len(rows))


def scopes(visit: Visit) -> object:
    """Say what a token may do."""
    if "token" not in visit.form:
        raise Refused(400, "Missing Input Parameter: [token]")
    return {"scopes": sorted(visit.scopes_of(visit.form["token"]))}


def ping(_: Visit) -> object:
    """Say that the key is good."""
    return {"application_id": APPLICATION_ID}


def carriers(visit: Visit) -> object:
    """List the carriers of shipping profiles."""
    rows = profile_carriers(visit.query.word("origin_country_iso", ""))
    return page(rows, len(rows))
