"""The toy's lists: changes with an overlap, history, and what is on sale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import AwareDatetime

from connectors.errors import CursorExpired
from connectors.protocol import CatalogueItem, CataloguePage, Change, ChangePage, Place
from mapping.effects import StockRef
from tests.contract.channels.toy.api import Api
from tests.contract.channels.toy.reading import Node

OVERLAP = timedelta(minutes=10)
LAG = timedelta(seconds=5)


class _Row(Node):
    id: str
    revision: str
    time: AwareDatetime


class _Rows(Node):
    rows: Sequence[_Row]
    more: bool
    total: int


class _Thing(Node):
    id: str
    sku: str
    title: str
    stock: int


class _Things(Node):
    rows: Sequence[_Thing]
    more: bool


class _Place(Node):
    id: str
    name: str


class _Places(Node):
    rows: Sequence[_Place]


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """Where a list is read: the newest row of earlier sweeps, and the place in this one."""

    base: datetime
    until: datetime | None = None
    """Where the sweep under way ends; None between two sweeps."""
    after_time: str = ""
    after_id: str = ""

    def written(self) -> str:
        """Write it down, to be read by `cursor_of`."""
        until = self.until.isoformat() if self.until else ""
        return "~".join((self.base.isoformat(), until, self.after_time, self.after_id))


def cursor_of(text: str, *, now: datetime) -> Cursor:
    """Read a cursor; an empty one begins now.

    :raises CursorExpired: it is none of ours.
    """
    if not text:
        return Cursor(base=now)
    try:
        base, until, after_time, after_id = text.split("~")
        return Cursor(
            base=datetime.fromisoformat(base),
            until=datetime.fromisoformat(until) if until else None,
            after_time=after_time,
            after_id=after_id,
        )
    except ValueError as e:
        raise CursorExpired("that place in the list is none of ours") from e


def changes(api: Api, *, cursor: str, now: datetime, limit: int) -> ChangePage:
    """Read a page of what changed.

    A sweep goes from the newest row of the last one less the overlap to now less the lag, by
    (time, id). Only its end moves the base, and only to a row that was seen: our clock may be
    wrong.
    """
    at = cursor_of(cursor, now=now)
    until = at.until or now - LAG
    found = _page(api, at, since=at.base - OVERLAP, until=until, by="changed", limit=limit)
    last = found.rows[-1] if found.rows else None
    if found.more and last is not None:
        time = last.time.astimezone(UTC).isoformat()
        after = Cursor(base=at.base, until=until, after_time=time, after_id=last.id)
        return _changes(found, cursor=after.written())
    newest = [datetime.fromisoformat(at.after_time)] if at.after_time else []
    newest += [last.time.astimezone(UTC)] if last else []
    if not newest and cursor:
        return _changes(found, cursor=cursor)
    return _changes(found, cursor=Cursor(base=max([at.base, *newest])).written())


def history(
    api: Api, *, since: datetime, until: datetime, cursor: str, limit: int
) -> ChangePage:
    """Read a page of the orders placed in [since, until), oldest first."""
    at = cursor_of(cursor, now=since)
    almost = until - timedelta(microseconds=1)
    found = _page(api, at, since=since, until=almost, by="placed", limit=limit)
    if not found.rows:
        return _changes(found, cursor=cursor)
    last = found.rows[-1]
    time = last.time.astimezone(UTC).isoformat()
    after = Cursor(base=since, after_time=time, after_id=last.id)
    return _changes(found, cursor=after.written())


def catalogue(api: Api, *, cursor: str, limit: int) -> CataloguePage:
    """Read a page of what is on sale."""
    found = api.get("/v1/things", into=_Things, query={"after": cursor, "limit": limit})
    items = tuple(
        CatalogueItem(product_id=one.id, variant_id="", sku=one.sku, title=one.title)
        for one in found.rows
    )
    return CataloguePage(
        items=items, cursor=items[-1].product_id if items else cursor, more=found.more
    )


def places(api: Api) -> tuple[Place, ...]:
    """Fetch where stock is kept."""
    found = api.get("/v1/places", into=_Places)
    return tuple(Place(external_id=one.id, name=one.name) for one in found.rows)


def stock(api: Api, refs: Sequence[StockRef]) -> dict[StockRef, int | None]:
    """Fetch what is shown of each."""
    found = api.get("/v1/things", into=_Things, query={"limit": 250})
    shown = {one.id: one.stock for one in found.rows}
    return {ref: shown.get(ref.product_id) for ref in refs}


def _page(
    api: Api, at: Cursor, *, since: datetime, until: datetime, by: str, limit: int
) -> _Rows:
    query: dict[str, str | int | bool] = {
        "by": by,
        "since": since.astimezone(UTC).isoformat(),
        "until": until.astimezone(UTC).isoformat(),
        "after_time": at.after_time,
        "after_id": at.after_id,
        "limit": limit,
    }
    return api.get("/v1/orders", into=_Rows, query=query)


def _changes(found: _Rows, *, cursor: str) -> ChangePage:
    rows = tuple(
        Change(
            external_id=one.id, revision=one.revision, updated_at=one.time.astimezone(UTC)
        )
        for one in found.rows
    )
    return ChangePage(changes=rows, cursor=cursor, more=found.more, total=found.total)
