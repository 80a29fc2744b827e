"""Relay connections by key: a cursor names the last record seen, not a position."""

import base64
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypedDict, TypeVar, Unpack

from graphql import GraphQLError

from connectors.sandbox.shopify.graph.node import Info, Node

Record = TypeVar("Record")
Key = tuple[str, int]

_LARGEST_PAGE = 250


class PageArguments(TypedDict, total=False):
    """What a connection field may be given ; of these only paging does anything."""

    first: int | None
    last: int | None
    after: str | None
    before: str | None
    reverse: bool | None
    displayable: bool | None
    include_inactive: bool | None
    include_legacy: bool | None
    include_removals: bool | None
    keys: Sequence[str] | None
    namespace: str | None
    query: str | None
    saved_search_id: str | None
    sort_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The arguments every connection takes."""

    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None
    reverse: bool | None = False


@dataclass(frozen=True, slots=True)
class Listing(Generic[Record]):
    """Records, the key they are sorted and paged by, and how one is shown."""

    records: Iterable[Record]
    key: Callable[[Record], Key]
    show: Callable[[Record], Node]


def connect(listing: Listing[Record], page: Page) -> Node:
    """Cut a page out of a listing.

    Keys order records by a value and then the id, so that records that change or appear between
    two pages neither shift nor repeat the rest.

    :raises GraphQLError: no `first` or `last`, both, a page above 250, or a foreign cursor.
    """
    size = _size(page)
    ordered = sorted(listing.records, key=listing.key, reverse=bool(page.reverse))
    window = _between(ordered, listing.key, page)
    backwards = page.last is not None
    chosen = window[-size:] if backwards else window[:size]
    cut = len(window) > len(chosen)
    edges = [(_cursor(listing.key(record)), listing.show(record)) for record in chosen]
    return {
        "edges": [{"cursor": cursor, "node": node} for cursor, node in edges],
        "nodes": [node for _, node in edges],
        "pageInfo": {
            "startCursor": edges[0][0] if edges else None,
            "endCursor": edges[-1][0] if edges else None,
            "hasNextPage": page.before is not None if backwards else cut,
            "hasPreviousPage": cut if backwards else page.after is not None,
        },
    }


def by_id(number: int) -> Key:
    """Sort by id."""
    return ("", number)


def _size(page: Page) -> int:
    given = [size for size in (page.first, page.last) if size is not None]
    if len(given) != 1:
        raise _bad("you must provide one of first or last")
    if not 0 <= given[0] <= _LARGEST_PAGE:
        raise _bad(f"first or last must be between 0 and {_LARGEST_PAGE}")
    return given[0]


def _between(
    ordered: list[Record], key: Callable[[Record], Key], page: Page
) -> list[Record]:
    def past(record: Record, mark: Key) -> bool:
        return key(record) < mark if page.reverse else key(record) > mark

    if page.after is not None:
        mark = _mark(page.after)
        ordered = [record for record in ordered if past(record, mark)]
    if page.before is not None:
        mark = _mark(page.before)
        ordered = [
            record for record in ordered if key(record) != mark and not past(record, mark)
        ]
    return ordered


def _cursor(key: Key) -> str:
    written = json.dumps({"last_id": key[1], "last_value": key[0]}, separators=(",", ":"))
    return base64.b64encode(written.encode()).decode()


def _mark(cursor: str) -> Key:
    try:
        read = json.loads(base64.b64decode(cursor, validate=True))
        return str(read["last_value"]), int(read["last_id"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise _bad("Invalid cursor") from wrong


def _bad(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})


def pages(
    records: Iterable[Record], key: Callable[[Record], Key], show: Callable[[Record], Node]
) -> Callable[..., Node]:
    """Make the resolver of a plain connection field."""

    def answer(_info: Info, **page: Unpack[PageArguments]) -> Node:
        return connect(Listing(records, key, show), page_of(page))

    return answer


def page_of(given: PageArguments) -> Page:
    """Pick the paging out of a field's arguments."""
    return Page(
        first=given.get("first"),
        last=given.get("last"),
        after=given.get("after"),
        before=given.get("before"),
        reverse=given.get("reverse"),
    )
