"""Who sells what is short: the supplier that a button names."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from hub.domain.purchasing import preferred
from hub.models.by_id import by_id
from hub.models.planning.lead_times import offers_of
from hub.models.records.purchasing import Supplier


def sellers(session: Session, *, item_ids: Collection[int]) -> dict[int, Supplier]:
    """Return of whom each item would be bought; what nobody sells is left out."""
    best = {
        item_id: offer.supplier_id
        for item_id, offers in offers_of(session, item_ids=item_ids).items()
        if (offer := preferred(offers)) is not None
    }
    suppliers = by_id(session, Supplier, ids=set(best.values()))
    return {item_id: suppliers[of] for item_id, of in best.items() if of in suppliers}
