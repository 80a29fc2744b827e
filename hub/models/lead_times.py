"""How long it takes until something ordered today is in the house."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.purchasing import preferred
from hub.models.items import Item
from hub.models.purchase_needs import offers_of


def lead_days(session: Session, *, item_ids: Collection[int]) -> dict[int, int | None]:
    """Return the lead time of items in days: of whom each would be bought, else as it says.

    None when nobody said.
    """
    asked = select(Item.id, Item.lead_time_days).where(Item.id.in_(item_ids))
    days = {item_id: said for item_id, said in session.execute(asked)}
    for item_id, offers in offers_of(session, item_ids=item_ids).items():
        best = preferred(offers)
        if best is not None:
            days[item_id] = best.lead_time_days
    return days
