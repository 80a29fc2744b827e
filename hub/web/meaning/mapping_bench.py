"""The test bench: drafts of mappings held against the newest orders before anybody says them."""

from flask import Response
from sqlalchemy.orm import Session

from hub.flow.meaning.line_options import NEW
from hub.flow.meaning.mapping_bulk import apply_drafts
from hub.flow.meaning.mapping_meaning import read_meaning
from hub.flow.meaning.mapping_replay import Replayed, Side, replay
from hub.models.by_id import by_id
from hub.models.meaning.mapping_queries import drafts
from hub.models.meaning.mapping_queue import listings_by_id
from hub.models.people.people_views import names_of
from hub.models.records.items import Item
from hub.web.meaning.mapping_edit import back_to_queue
from hub.web.meaning.mapping_words import made_of, meaning_words
from hub.web.page_door import PageDoor, Routes, Trouble, asked, show
from hub.web.wording.language import gettext
from hub.web.wording.refusal_words import in_their_words
from hub.web.wording.who_words import who_words
from hub.web.wording.words import word
from mapping.bundle import Component

SIZES = (50, 200, 1000)
MOST_SHOWN = 100


def mapping_bench(door: PageDoor) -> Response:
    """Show the drafts, and what the newest orders would ask for by them; nothing is written."""
    return _page(door)


def say_drafts(door: PageDoor) -> Response:
    """Say all that is tried out: every listing and every order follows, in one go."""
    return door.press(
        lambda deed: apply_drafts(deed.session, who=deed.who, now=deed.now),
        done=lambda saved: back_to_queue("mapped_many", change=saved.change_ids[0]),
        again=lambda trouble: _page(door, trouble=trouble),
        about="drafts",
    )


def _page(door: PageDoor, *, trouble: Trouble | None = None) -> Response:
    most = next((each for each in SIZES if str(each) == asked("orders")), 200)
    with door.reading() as session:
        found = replay(session, most=most, now=door.now())
        differing = [each for each in found if each.differs]
        shown = differing[:MOST_SHOWN]
        return show(
            "mapping/bench.html",
            drafts=_drafts(session),
            sizes=SIZES,
            most=most,
            lines=len(found),
            orders=len({each.order.id for each in found}),
            differing=len(differing),
            fixed=sum(each.is_fixed for each in differing),
            held=sum(each.draft.state == "unmapped" for each in differing),
            rows=_told(session, shown),
            trouble=trouble,
        )


def _drafts(session: Session) -> list[dict[str, object]]:
    kept = [(each, read_meaning(each.meaning)) for each in drafts(session)]
    listings = listings_by_id(session, ids={each.listing_id for each, _ in kept})
    names = names_of(session, whos={each.who for each, _ in kept})
    parts = {part.item_id for _, meaning in kept for part in meaning.components}
    items = by_id(session, Item, ids=parts)
    return [
        {
            "draft": each,
            "listing": listings[each.listing_id],
            "means": meaning_words(meaning, items=items),
            "who": who_words(each.who, names=names),
        }
        for each, meaning in kept
    ]


def _told(session: Session, rows: list[Replayed]) -> list[tuple[Replayed, str, str]]:
    ids = {
        item for each in rows for side in (each.now, each.draft) for item in side.per_piece
    }
    items = by_id(session, Item, ids=ids)
    return [(each, _side(each.now, items), _side(each.draft, items)) for each in rows]


def _side(side: Side, items: dict[int, Item]) -> str:
    """Say what one piece of a line comes to, or why it waits."""
    if side.why:
        return gettext("waits: %(why)s", why=in_their_words(side.why))
    parts = [
        Component(item_id=each, quantity=many) for each, many in side.per_piece.items()
    ]
    known = made_of([each for each in parts if each.item_id != NEW], items=items)
    if any(each.item_id == NEW for each in parts):
        known = " + ".join(
            filter(None, (known, gettext("a finish made for the first time")))
        )
    if known:
        return known
    return {
        "ignored": gettext("Not produced here"),
        "service": gettext("ignored"),
    }.get(side.state, word("listing", side.state).text)


ROUTES: Routes = (
    ("GET", "/mapping/bench", mapping_bench),
    ("POST", "/mapping/drafts", say_drafts),
)
