"""Fetching one receipt as it is now, from its own address and never from a list.

The list leaves things out (`product_data`, etsy/open-api #476) and has shown receipts that are not
there (#652).
"""

from collections.abc import Mapping

from connectors.errors import NotFound, PayloadError
from connectors.etsy.client import EtsyApi
from connectors.etsy.read_words import id_of


def fetch_receipt(api: EtsyApi, *, receipt_id: str) -> Mapping[str, object]:
    """Fetch a receipt as Etsy's own JSON.

    :raises NotFound: there is none in this shop.
    :raises PayloadError: another receipt came back.
    """
    if id_of(receipt_id) != receipt_id:
        raise NotFound("Etsy's receipts have numbers, and this is none")
    found = api.get_object(f"{api.shop_path}/receipts/{receipt_id}")
    if id_of(found.get("receipt_id")) != receipt_id:
        raise PayloadError("Etsy answered with another receipt than the one asked for")
    if not _is_ours(found, api):
        raise NotFound("Etsy has no such order in this shop")
    return found


def _is_ours(receipt: Mapping[str, object], api: EtsyApi) -> bool:
    """Say whether the seller is who let us in: a token begins with that user's number."""
    seller, ours = id_of(receipt.get("seller_user_id")), id_of(api.token.partition(".")[0])
    return not seller or not ours or seller == ours
