"""The saved views of a list that somebody is offered: their own, and what others share."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hub.models.records.people import User
from hub.models.records.saved_views import SavedView


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A view, whose it is, and whether that is who looks."""

    id: int
    name: str
    query: str
    is_shared: bool
    is_own: bool
    by: str


def views_offered(session: Session, *, page: str, user_id: int) -> Sequence[Offered]:
    """Return the views of a list for somebody, their own first, each by name."""
    query = (
        select(SavedView, User.name)
        .join(User, User.id == SavedView.user_id)
        .where(SavedView.page == page)
        .where(or_(SavedView.user_id == user_id, SavedView.is_shared))
        .order_by(SavedView.user_id != user_id, SavedView.name, SavedView.id)
    )
    return [
        Offered(
            id=view.id,
            name=view.name,
            query=view.query,
            is_shared=view.is_shared,
            is_own=view.user_id == user_id,
            by=by,
        )
        for view, by in session.execute(query)
    ]


def views_of(session: Session, *, page: str, user_id: int) -> int:
    """Count the views of a list that somebody keeps."""
    query = select(func.count()).select_from(SavedView)
    return session.scalar(query.filter_by(page=page, user_id=user_id)) or 0
