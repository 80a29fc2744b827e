"""Saved views of lists: keep what the page shows under a name, share it, drop it."""

from urllib.parse import parse_qsl, urlencode

from flask import Response, abort, make_response, redirect, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from hub.flow.people.saved_views import change_view, drop_view, save_view
from hub.models.records.saved_views import SavedView
from hub.web.guard.browser_session import me
from hub.web.guard.page_roles import OFFICE, PEOPLE, may_open
from hub.web.list_register import LISTS
from hub.web.lists.asking import read_query
from hub.web.lists.spec import Frame
from hub.web.page_door import Deed, PageDoor, Routes, Trouble, show, typed

LONGEST_QUERY = 1000


def save_view_of(door: PageDoor) -> Response:
    """Keep the list as it is shown under a name."""
    frame = _frame(typed("list"))

    def change(deed: Deed) -> str:
        query = _query(door, deed.session, frame, typed("query", longest=LONGEST_QUERY))
        save_view(
            deed.session,
            user_id=me().user_id,
            page=frame.page,
            name=typed("name"),
            query=query,
            is_shared=_is_shared(),
            now=deed.now,
        )
        return query

    return door.press(
        change,
        done=lambda query: _back(frame.page, query, did="view_saved"),
        again=lambda trouble: _sorry(frame.page, trouble),
        about="view",
        wake=(),
    )


def edit_view(door: PageDoor, view_id: int) -> Response:
    """Call a view of one's own otherwise, or share it; or drop it."""
    page, query = _of(door, view_id)
    is_dropped = typed("drop") == "1"

    def change(deed: Deed) -> None:
        user_id = me().user_id
        if is_dropped:
            drop_view(deed.session, view_id=view_id, user_id=user_id)
            return
        change_view(
            deed.session,
            view_id=view_id,
            user_id=user_id,
            name=typed("name"),
            is_shared=_is_shared(),
        )

    did = "view_dropped" if is_dropped else "view_saved"
    return door.press(
        change,
        done=lambda _: _back(page, "" if is_dropped else query, did=did),
        again=lambda trouble: _sorry(page, trouble),
        about="view",
        wake=(),
    )


def _frame(page: str) -> Frame:
    if page not in LISTS or not may_open(me().role, view=f"pages.{page}"):
        abort(404)
    return LISTS[page]


def _of(door: PageDoor, view_id: int) -> tuple[str, str]:
    """Return which list a view of theirs is of, and what it asks."""
    with door.reading() as session:
        view = session.get(SavedView, view_id)
        if view is None or view.user_id != me().user_id:
            abort(404)
        return view.page, view.query


def _query(door: PageDoor, session: Session, frame: Frame, written: str) -> str:
    """Keep only what the list knows how to answer."""
    asked = read_query(
        session,
        frame,
        MultiDict(parse_qsl(written)),
        is_for_people=me().role in PEOPLE,
        today=door.today(),
    )
    return urlencode(sorted(asked.kept.items()))


def _is_shared() -> bool:
    return typed("shared") == "1" and me().role in OFFICE


def _back(page: str, query: str, *, did: str) -> Response:
    where = url_for(f"pages.{page}")
    asks = f"{query}&did={did}" if query else f"did={did}"
    return make_response(redirect(f"{where}?{asks}", code=303))


def _sorry(page: str, trouble: Trouble) -> Response:
    return show("lists/view.html", page=page, trouble=trouble)


ROUTES: Routes = (
    ("POST", "/views", save_view_of),
    ("POST", "/views/<id:view_id>", edit_view),
)
