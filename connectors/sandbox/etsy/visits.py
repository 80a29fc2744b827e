"""One call that was let in, and what this shop lets its key do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from connectors.sandbox.etsy.bodies.receipts import Showing, receipt_body
from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.query import Query
from connectors.sandbox.etsy.records import Listing, Receipt

Json = dict[str, object]
Row = TypeVar("Row")


@dataclass(slots=True, kw_only=True)
class Rules:
    """What this shop lets this key do, and how late its lists are."""

    tracking: bool = True
    """False: the shop's country closes `createReceiptShipment` to this key."""
    list_lag: float = 0.0
    """Seconds until a receipt that was placed or changed shows up in the list."""
    put_revives: bool = False
    """True: an inventory put back revives a listing that sold out; else only a renewal does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One call that was let in."""

    books: Books
    showing: Showing
    rules: Rules
    ids: Mapping[str, int]
    query: Query
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

    def cut(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Take the page that `limit` and `offset` ask for."""
        begin = self.query.number("offset") or 0
        return rows[begin : begin + (self.query.number("limit") or 25)]


def page(results: Iterable[object], count: int) -> Json:
    """Write a page of a list that is `count` long."""
    return {"count": count, "results": list(results)}
