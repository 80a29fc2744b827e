"""Ways to see a list, kept under a name: for oneself, or for everybody who may open the list."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.refusal import Invalid, Missing, Refusal
from hub.models.people.saved_view_queries import views_of
from hub.models.records.saved_views import SavedView

LONGEST_NAME = 40
MOST_VIEWS = 20
"""More chips than that and nobody finds the one they want."""


class NameTaken(Refusal):
    """They keep another view of that list under that name."""


def save_view(
    session: Session,
    *,
    user_id: int,
    page: str,
    name: str,
    query: str,
    is_shared: bool,
    now: datetime,
) -> int:
    """Keep a way to see a list; one of that name shows it from now on. Return its id.

    Whom it was shared with keeps it: only `change_view` takes a view from others.

    :raises Invalid: it has no name or too long a one.
    :raises Refusal: they keep too many of that list already.
    """
    called = _name(name)
    view = session.scalar(
        select(SavedView).filter_by(user_id=user_id, page=page, name=called)
    )
    if view is None:
        if views_of(session, page=page, user_id=user_id) >= MOST_VIEWS:
            raise Refusal(f"A list keeps at most {MOST_VIEWS} views of yours.")
        view = SavedView(
            user_id=user_id, page=page, name=called, is_shared=False, created_at=now
        )
        session.add(view)
    view.query, view.is_shared = query, view.is_shared or is_shared
    session.flush()
    return view.id


def change_view(
    session: Session, *, view_id: int, user_id: int, name: str, is_shared: bool
) -> None:
    """Call a view of theirs otherwise, or share it, or no longer.

    :raises Missing: they keep no such view.
    :raises Invalid: it has no name or too long a one.
    :raises NameTaken: another one of theirs is called that.
    """
    view = _own(session, view_id=view_id, user_id=user_id)
    called = _name(name)
    same = select(SavedView.id).filter_by(user_id=user_id, page=view.page, name=called)
    if session.scalar(same.where(SavedView.id != view_id)) is not None:
        raise NameTaken("Another view of yours has that name.", field="name")
    view.name, view.is_shared = called, is_shared
    session.flush()


def drop_view(session: Session, *, view_id: int, user_id: int) -> None:
    """Keep a view of theirs no longer.

    :raises Missing: they keep no such view.
    """
    session.delete(_own(session, view_id=view_id, user_id=user_id))
    session.flush()


def _own(session: Session, *, view_id: int, user_id: int) -> SavedView:
    view = session.scalar(select(SavedView).filter_by(id=view_id, user_id=user_id))
    if view is None:
        raise Missing("There is no such view of yours.", field="view")
    return view


def _name(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > LONGEST_NAME:
        raise Invalid("Give the view a short name.", field="name")
    return called
