"""Every version of what an order was told, the newest first."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.records.planning import Promise

MOST = 12
"""So many versions a page shows; one more tells whether there are older ones."""


def promise_versions(
    session: Session, *, order_id: int, most: int = MOST
) -> Sequence[Promise]:
    """Return the newest versions of an order's promise, one more than `most` if there is."""
    query = select(Promise).filter_by(order_id=order_id)
    newest = query.order_by(Promise.version.desc()).limit(most + 1)
    return session.scalars(newest).all()
