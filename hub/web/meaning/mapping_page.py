"""Mapping: the queue of listings nobody knows yet, searched, filtered, and answered row by row."""

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from flask import Response, make_response, render_template, request
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.models.by_id import by_id
from hub.models.meaning.listing_views import TO_BE_MAPPED
from hub.models.meaning.listing_worth import waiting_worth
from hub.models.meaning.mapping_queries import changes_in, draft_count, suggestions_for
from hub.models.meaning.mapping_queue import TABS, Asked, find_queue, queue_counts
from hub.models.people.people_views import names_of
from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.mapping_changes import MappingChange
from hub.web.meaning import mapping_bench, mapping_edit, mapping_many
from hub.web.meaning.mapping_words import why_words
from hub.web.page_door import PageDoor, Routes, Trouble, asked, asked_id, show
from mapping.match import Suggestion

ROWS = 40


@dataclass(frozen=True, slots=True)
class Waiting:
    """A listing of the queue and what it might mean, with why in words."""

    listing: Listing
    suggestions: Sequence[Suggestion]
    why: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one press said: of how many listings, and how many orders moved."""

    change_id: int
    listings: int
    orders: int


def mapping_queue(door: PageDoor) -> Response:
    """Show what waits to be mapped, with the best guess beside each; or what is mapped.

    A script asks for the list alone, when somebody searches and now and then: 204 when nothing
    changed, so that nothing moves under anybody's hand.
    """
    return queue_page(door)


def queue_page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    """Show the queue, with the trouble there was with what was pressed on it."""
    with door.reading() as session:
        wanted = _wanted()
        inner = Markup(  # noqa: S704 - our own template
            render_template("mapping/_queue.html", **_queue(session, wanted))
        )
        stamp = sha256(inner.encode()).hexdigest()[:16]
        shown = {"inner": inner, "stamp": stamp, "asked": wanted, "wanted": _args(wanted)}
        is_part = "HX-Request" in request.headers
        if is_part and "HX-History-Restore-Request" not in request.headers:
            if asked("stamp") == stamp:
                return Response(status=204)
            return make_response(render_template("mapping/_live.html", **shown))
        return show(
            "mapping/queue.html",
            trouble=trouble,
            accounts=list(
                session.scalars(select(ChannelAccount).order_by(ChannelAccount.name))
            ),
            said=_said(session),
            drafts=draft_count(session),
            **shown,
        )


def _wanted() -> Asked:
    state = request.args.get("state", "")
    return Asked(
        tab=state if state in TABS else "unmapped",
        text=asked("q"),
        channel=asked("channel"),
    )


def _args(wanted: Asked) -> dict[str, str]:
    """Return what an address says to show this again."""
    given = {"state": wanted.tab, "q": wanted.text, "channel": wanted.channel}
    return {name: value for name, value in given.items() if value}


def _queue(session: Session, wanted: Asked) -> dict[str, object]:
    found = find_queue(session, asked=wanted, limit=ROWS, after=asked("after"))
    is_open = wanted.tab in {"unmapped", "suggested"}
    open_ones = [each for each in found.rows if is_open and each.state in TO_BE_MAPPED]
    known = suggestions_for(session, open_ones)
    suggested = [(each, known.get(each.id, ())) for each in found.rows]
    whos = {
        reason.who for _, many in suggested for one in many for reason in one.reasons
    } | {each.mapped_by for each in found.rows}
    names = names_of(session, whos=whos)
    rows = [
        Waiting(each, many, [why_words(one, names=names) for one in many])
        for each, many in suggested
    ]
    ids = [each.id for each in found.rows]
    return {
        "rows": rows,
        "next": found.next,
        "state": wanted.tab,
        "asked": wanted,
        "wanted": _args(wanted),
        "tabs": TABS,
        "counts": queue_counts(session),
        "worth": waiting_worth(session, listing_ids=ids),
        "accounts": by_id(
            session, ChannelAccount, ids={each.account_id for each in found.rows}
        ),
        "items": _items_of(session, rows),
    }


def _items_of(session: Session, rows: Sequence[Waiting]) -> MappingOf[int, Item]:
    suggested = {
        component.item_id
        for row in rows
        for suggestion in row.suggestions
        for component in suggestion.components
    }
    said = {part.item_id for row in rows for part in row.listing.components}
    return by_id(session, Item, ids=suggested | said)


def _said(session: Session) -> Said | None:
    """Return what was just said, to tell how many orders moved and to offer taking it back."""
    change_id = asked_id("change")
    change = session.get(MappingChange, change_id) if change_id else None
    if change is None or change.undone_at is not None:
        return None
    same = changes_in(session, change=change)
    return Said(
        change_id=change.id, listings=len(same), orders=sum(each.orders for each in same)
    )


ROUTES: Routes = (
    ("GET", "/mapping", mapping_queue),
    *mapping_edit.ROUTES,
    *mapping_many.ROUTES,
    *mapping_bench.ROUTES,
)
