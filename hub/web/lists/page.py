"""A list as its page shows it: rows, headers that sort, ways on and back, views and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, parse_qsl, urlencode

from babel.numbers import format_decimal
from flask import Response, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from hub.models.people.saved_view_queries import Offered, views_offered
from hub.models.sorted_pages import MOST_COUNTED, Part, count_up_to, sorted_page
from hub.web.guard.browser_session import me
from hub.web.guard.page_roles import PEOPLE, may_open
from hub.web.lists.asking import (
    AFTER,
    AS,
    BEFORE,
    SEARCH,
    SORT,
    Asked,
    read_asked,
)
from hub.web.lists.cursor import write_place
from hub.web.lists.export import KINDS, give_file
from hub.web.lists.spec import BulkDeed, Column, Frame, ListSpec, RecordT
from hub.web.lists.undo import UNDO, Offer, offer
from hub.web.page_door import PageDoor, Trouble, show, show_live
from hub.web.wording.language import gettext, locale, ngettext

ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The head of a column: where pressing it leads, and how it is sorted now."""

    column: Column
    label: str
    address: str
    sorted: str
    """ascending | descending | empty, as aria-sort wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One way to sort a list, for whoever sees no heads: those of a phone are cards."""

    value: str
    label: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """A saved view above the list."""

    view: Offered
    address: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a deed that was done to many rows."""

    done: int
    refused: Sequence[tuple[str, str]]
    """Which row, and why not."""
    ticked: frozenset[int] = frozenset()
    """Those refused: they stay ticked."""
    reason: str = ""
    """Why nothing could be tried at all."""
    press: str = ""
    """What the press is called if it can be taken back (hub/web/lists/undo.py)."""


NOTHING = Report(done=0, refused=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A list for its template."""

    frame: Frame
    asked: Asked
    headers: Sequence[Header]
    orders: Sequence[Order]
    rows: Sequence[object]
    count: str
    before: str
    after: str
    chips: Sequence[Chip]
    deeds: Sequence[BulkDeed]
    report: Report
    address: str
    """Where the list is."""
    clear: str
    query: str
    """What a saved view keeps."""
    search: str
    """What the search field says."""
    undo: Offer | None = None
    """What the reader just did to many rows and can take back."""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for beyond the order of the rows."""
        return bool(set(self.asked.kept) - {SORT})

    @property
    def filters_set(self) -> int:
        """How many filters are set that do not stand above the list: on a phone they are folded."""
        tabs = {each.key for each in self.frame.filters if each.is_tabs}
        return len(set(self.asked.kept) - tabs - {SORT, SEARCH})

    @property
    def sees_people(self) -> bool:
        """Whether whoever looks may see who buys."""
        return self.asked.wish.is_for_people

    def file(self, kind: str) -> str:
        """Return the address of the list as a file."""
        return address(self.address, {**self.asked.kept, AS: kind})

    def tab(self, key: str, value: str) -> str:
        """Return the address of the list with another answer to a filter."""
        kept = {name: said for name, said in self.asked.kept.items() if name != key}
        return address(self.address, {**kept, key: value} if value else kept)


def show_list(
    door: PageDoor,
    spec: ListSpec[RecordT],
    *,
    trouble: Trouble | None = None,
    report: Report = NOTHING,
) -> Response:
    """Show a page of a list, or give it as a file."""
    is_for_people = me().role in PEOPLE
    with door.reading() as session:
        asked = read_asked(session, spec, is_for_people=is_for_people, today=door.today())
        kind = request.args.get(AS, "")
        if kind in KINDS and request.method == "GET":
            return give_file(door, session, spec, asked=asked, kind=kind)
        rows, shown = load_list(session, spec, asked=asked, report=report)
        more = {**spec.context(door, session, rows), "list": shown}
        if spec.part and not report.refused:
            here = url_for(f"pages.{spec.page}")
            return show_live(
                spec.template,
                spec.part,
                here=here,
                trouble=trouble,
                is_live=True,
                **more,
            )
        # What became of each row is read in peace: nothing of it is replaced.
        query = request.args.to_dict()
        more["is_live"] = False
        text = ""
        if spec.part:
            text = render_template(spec.part, trouble=trouble, query=query, **more)
        inner = Markup(text)  # noqa: S704 - our own template
        return show(spec.template, trouble=trouble, inner=inner, query=asked.kept, **more)


def load_list(
    session: Session, spec: ListSpec[RecordT], *, asked: Asked, report: Report = NOTHING
) -> tuple[Sequence[RecordT], Shown]:
    """Return the rows of the page that is asked for, and the list around them."""
    query = spec.query(session, asked.wish)
    found = sorted_page(
        session,
        query,
        record=spec.record,
        sorting=asked.sorting,
        part=Part(limit=ROWS, after=asked.after, before=asked.before),
        options=spec.options,
    )
    is_whole = found.before is None and found.after is None
    count = (
        len(found.rows) if is_whole else count_up_to(session, query, most=MOST_COUNTED + 1)
    )
    here, sort = _here(spec), asked.sort
    links = {
        name: address(here, {**asked.kept, name: write_place(place, sort=sort)})
        for name, place in ((BEFORE, found.before), (AFTER, found.after))
        if place is not None
    }
    return found.rows, Shown(
        frame=spec,
        asked=asked,
        headers=_headers(spec, asked, here),
        orders=_orders(spec, asked),
        rows=found.rows,
        count=_count(count),
        before=links.get(BEFORE, ""),
        after=links.get(AFTER, ""),
        chips=_chips(session, spec, asked, here),
        deeds=[
            each for each in spec.deeds if may_open(me().role, view=f"pages.{each.view}")
        ],
        report=report,
        address=here,
        clear=address(here, {SORT: sort} if SORT in asked.kept else {}),
        query=urlencode(sorted(asked.kept.items())),
        search=gettext(
            (asked.wish.is_for_people and spec.search_people) or spec.search or "Search"
        ),
        undo=offer(session, spec, press=report.press or request.args.get(UNDO, "")),
    )


def address(where: str, kept: Mapping[str, str]) -> str:
    """Write an address with what it asks for, before where on the page the list begins."""
    page, at, anchor = where.partition("#")
    return f"{page}?{urlencode(kept)}{at}{anchor}" if kept else where


def _here(frame: Frame) -> str:
    """Return where the list can be read: what was posted may have come to another address."""
    own = url_for(f"pages.{frame.page}")
    page = request.path if request.method == "GET" else own
    return f"{page}#{frame.anchor}" if frame.anchor else page


def _headers(frame: Frame, asked: Asked, here: str) -> list[Header]:
    return [_header(frame, each, asked, here) for each in _seen(frame, asked)]


def _seen(frame: Frame, asked: Asked) -> list[Column]:
    sees = asked.wish.is_for_people
    return [
        each for each in frame.columns if each.is_shown and (sees or not each.is_for_people)
    ]


def _orders(frame: Frame, asked: Asked) -> list[Order]:
    ways = [
        (sort, column)
        for column in _seen(frame, asked)
        if column.sort is not None
        for sort in sorted((column.key, f"-{column.key}"), reverse=not column.is_down_first)
    ]
    return [
        Order(value=sort, label=_way(sort, column), is_here=sort == asked.sort)
        for sort, column in ways
    ]


def _way(sort: str, column: Column) -> str:
    name = column.name
    if sort.startswith("-"):
        return gettext("%(column)s, descending", column=name)
    return gettext("%(column)s, ascending", column=name)


def _header(frame: Frame, column: Column, asked: Asked, here: str) -> Header:
    is_here = asked.sort.removeprefix("-") == column.key
    is_down = not asked.sort.startswith("-") if is_here else column.is_down_first
    sort = f"-{column.key}" if is_down else column.key
    kept = {name: value for name, value in asked.kept.items() if name != SORT}
    kept |= {SORT: sort} if sort != frame.sort else {}
    now = ("descending" if asked.sort.startswith("-") else "ascending") if is_here else ""
    return Header(
        column=column,
        label=column.name,
        address=address(here, kept) if column.sort is not None else "",
        sorted=now,
    )


def _chips(session: Session, frame: Frame, asked: Asked, here: str) -> list[Chip]:
    found = views_offered(session, page=frame.page, user_id=me().user_id)
    mine = urlencode(sorted(asked.kept.items()))
    return [
        Chip(
            view=each,
            address=address(here, dict(parse_qsl(each.query))),
            is_here=each.query == mine,
        )
        for each in found
        if asked.wish.is_for_people or not _names_somebody(frame, each)
    ]


def _names_somebody(frame: Frame, view: Offered) -> bool:
    """Whether a view may name a buyer: it searches where names are found."""
    return bool(frame.search_people) and SEARCH in parse_qs(view.query)


def _count(count: int) -> str:
    if count > MOST_COUNTED:
        return gettext(
            "more than %(num)s", num=format_decimal(MOST_COUNTED, locale=locale())
        )
    return ngettext("%(num)s in all", "%(num)s in all", count)
