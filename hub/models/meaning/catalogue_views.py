"""How much of a channel's catalogue is here."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.models.records.listings import Listing


def count_catalogued(session: Session, *, account_id: int, since: datetime | None) -> int:
    """Count the listings an account's catalogue showed, ever or since an import began."""
    query = (
        select(func.count())
        .select_from(Listing)
        .where(Listing.account_id == account_id, Listing.catalogued_at.is_not(None))
    )
    if since is not None:
        query = query.where(Listing.catalogued_at >= since)
    return session.scalar(query) or 0
