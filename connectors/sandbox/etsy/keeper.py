"""What buyers and the seller do in a pretend Etsy shop, by hand and by name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Unpack

from connectors.sandbox.etsy import receipts
from connectors.sandbox.etsy.books import Books
from connectors.sandbox.etsy.inventory import edited, renew
from connectors.sandbox.etsy.placing import Checkout, Details, place
from connectors.sandbox.etsy.wanted import Wanted


class Keeper:
    """Acts in one shop; ids are strings of digits. What a shop will not do raises `Refused`."""

    books: Books

    def place_order(
        self,
        wanted: Sequence[Wanted],
        checkout: Checkout | None = None,
        **details: Unpack[Details],
    ) -> str:
        """Place an order; `details` are fields of `Checkout`. Returns the receipt's id.

        :raises Refused: no lines, a line that names nothing, or not enough in stock.
        """
        how = replace(checkout or Checkout(), **details)
        with self.books.lock:
            return str(place(self.books, wanted, how).id)

    def add_phantom(self, wanted: Sequence[Wanted]) -> str:
        """Let the list show an unpaid receipt that nothing else knows (open-api issue 652)."""
        with self.books.lock:
            ghost = place(self.books, wanted, Checkout(paid=False))
            ghost.is_phantom = True
            return str(ghost.id)

    def mark_paid(self, order_id: str) -> None:
        """Take the buyer's money."""
        with self.books.lock:
            receipts.pay(self.books, int(order_id))

    def cancel_order(self, order_id: str) -> None:
        """Cancel an order nothing of which was sent; the money goes back."""
        with self.books.lock:
            receipts.cancel(self.books, int(order_id))

    def refund(
        self,
        order_id: str,
        amount: str | None = None,
        *,
        reason: str = "Item was damaged",
        note: str = "",
    ) -> None:
        """Give money back, "6.50" or all that is left. No webhook, no newer timestamp."""
        with self.books.lock:
            wanted = self.books.minor(amount) if amount is not None else None
            receipts.refund(
                self.books, int(order_id), amount=wanted, reason=reason, note=note
            )

    def change_dispatch_date(self, order_id: str, to: datetime) -> None:
        """Promise another day. No webhook, no newer timestamp."""
        with self.books.lock:
            receipts.change_dispatch_date(self.books, int(order_id), to)

    def ship_by_hand(
        self, order_id: str, *, carrier_name: str = "", tracking_code: str = ""
    ) -> None:
        """Complete an order on Etsy's own page."""
        with self.books.lock:
            receipts.ship(
                self.books,
                int(order_id),
                carrier_name=carrier_name,
                tracking_code=tracking_code,
            )

    def deliver(self, order_id: str) -> None:
        """Let the carrier say that an order arrived."""
        with self.books.lock:
            receipts.deliver(self.books, int(order_id))

    def edit_stock(self, listing_id: str, quantities: Mapping[str, int]) -> None:
        """Type quantities by SKU on Etsy's own page; product ids change, as with every update."""
        with self.books.lock:
            listing = self.books.listing(int(listing_id))
            edited(self.books, listing, dict(quantities))

    def renew_listing(self, listing_id: str) -> None:
        """Pay for a listing that sold out to be on sale again."""
        with self.books.lock:
            renew(self.books, self.books.listing(int(listing_id)))

    def switch_listing(self, listing_id: str, *, on: bool) -> None:
        """Take a listing off sale, or put it back, on Etsy's own page."""
        with self.books.lock:
            listing = self.books.listing(int(listing_id))
            listing.state, listing.updated_at = (
                "active" if on else "inactive",
                self.books.now(),
            )

    def delete_listing(self, listing_id: str) -> None:
        """Delete a listing; receipts keep their lines, which name a listing that is gone."""
        with self.books.lock:
            self.books.listing(int(listing_id))
            del self.books.listings[int(listing_id)]
