"""What an address asks of a list: checked against its declaration, what cannot be is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from hub.models.sorted_pages import Place, Sortable, Sorting
from hub.web.lists.cursor import read_place
from hub.web.lists.spec import Filter, Frame, Option, Wish
from hub.web.wording.language import gettext

ALL = "all"
LONGEST_TEXT = 200
SEARCH, SORT, AFTER, BEFORE, AS = "q", "sort", "after", "before", "as"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterShown:
    """A filter, its answers, and the one that counts."""

    filter: Filter
    options: Sequence[Option] | None
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks of a list."""

    wish: Wish
    filters: tuple[FilterShown, ...]
    sort: str
    sorting: Sorting
    after: Place | None
    before: Place | None
    notes: tuple[str, ...]
    """What it asks for that cannot be, in words."""
    kept: Mapping[str, str]
    """What an address of the same list needs, without the place in it."""


def read_asked(
    session: Session, frame: Frame, *, is_for_people: bool, today: date
) -> Asked:
    """Read the address of the request being handled."""
    return read_query(
        session, frame, request.args, is_for_people=is_for_people, today=today
    )


def read_query(
    session: Session,
    frame: Frame,
    args: MultiDict[str, str],
    *,
    is_for_people: bool,
    today: date,
) -> Asked:
    """Read what an address says of a list. What is unknown asks for nothing, and is told."""
    notes: list[str] = []
    filters = tuple(_filter(session, each, args, notes) for each in frame.filters)
    text = _plain(args, SEARCH) if frame.search else ""
    sort, column = _sort(frame, _plain(args, SORT))
    after, before = _place(args, AFTER, sort, column), _place(args, BEFORE, sort, column)
    if (args.get(AFTER) or args.get(BEFORE)) and after is None and before is None:
        notes.append(gettext("That place in the list is not known: this is its beginning."))
    said = {each.filter.key: each.value for each in filters}
    return Asked(
        wish=Wish(
            values={key: "" if value == ALL else value for key, value in said.items()},
            text=text,
            is_for_people=is_for_people,
            today=today,
        ),
        filters=filters,
        sort=sort,
        sorting=Sorting(column=column, is_down=sort.startswith("-")),
        after=after,
        before=before if after is None else None,
        notes=tuple(notes),
        kept=_kept(frame, said, text=text, sort=sort),
    )


def _kept(
    frame: Frame, said: Mapping[str, str], *, text: str, sort: str
) -> Mapping[str, str]:
    otherwise = {each.key: each.otherwise or ALL for each in frame.filters}
    kept = {key: value for key, value in said.items() if value and value != otherwise[key]}
    kept |= {SEARCH: text} if text else {}
    return kept | ({SORT: sort} if sort != frame.sort else {})


def _filter(
    session: Session, declared: Filter, args: MultiDict[str, str], notes: list[str]
) -> FilterShown:
    options = None if declared.options is None else declared.options(session)
    value = _plain(args, declared.key)
    empty = "" if options is None else ALL
    if value and not _fits(value, options):
        notes.append(
            gettext(
                "“%(value)s” was left out of the question: it is no answer to “%(filter)s”.",
                value=value[:40],
                filter=gettext(declared.label),
            )
        )
        value = ""
    return FilterShown(
        filter=declared, options=options, value=value or declared.otherwise or empty
    )


def _fits(value: str, options: Sequence[Option] | None) -> bool:
    if options is not None:
        return value == ALL or any(value == each for each, _ in options)
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _sort(frame: Frame, written: str) -> tuple[str, Sortable]:
    for sort in (written, frame.sort):
        column = frame.column(sort.removeprefix("-"))
        by = column.sort if column is not None else None
        if by is not None:
            return sort, cast(Sortable, by)
    raise LookupError(f"{frame.page} is sorted by nothing")


def _place(
    args: MultiDict[str, str], name: str, sort: str, column: Sortable
) -> Place | None:
    return read_place(args.get(name, ""), sort=sort, column=column)


def _plain(args: MultiDict[str, str], name: str) -> str:
    return args.get(name, "").strip().replace("\x00", "")[:LONGEST_TEXT]
