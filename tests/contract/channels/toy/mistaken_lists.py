"""Mistakes in reading lists of orders, one at a time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from connectors.errors import (
    CursorExpired,
    Retryable,
)
from connectors.protocol import (
    ChangePage,
)
from tests.contract.channels.toy.channel import Toy


class NaiveWatermark(Toy):
    """Asks for what is newer than the newest row it saw, and no more."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        if cursor and "~" not in cursor:
            raise CursorExpired("none of ours")
        base = datetime.fromisoformat(cursor.partition("~")[0]) if cursor else now
        anew = f"{(base + timedelta(minutes=10, microseconds=1)).isoformat()}~~~"
        page = super().changes(stream, cursor=anew, now=now, limit=limit)
        times = [row.updated_at for row in page.changes if row.updated_at]
        newest = max([base, *times]).isoformat()
        return replace(page, cursor=f"{newest}~~~")


class OwnClock(Toy):
    """Moves its place to the time on its own wall."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        page = super().changes(stream, cursor=cursor, now=now, limit=limit)
        return page if page.more else replace(page, cursor=f"{now.isoformat()}~~~")


class LosesTheLastRow(Toy):
    """Leaves the last row of the last page out."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        page = super().changes(stream, cursor=cursor, now=now, limit=limit)
        return page if page.more else replace(page, changes=page.changes[:-1])


class MovesPastAFailure(Toy):
    """Keeps its place to itself, and moves it before the page is there."""

    kept: ClassVar[dict[tuple[int, str], str]] = {}

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        key = (id(self._transport), cursor)
        skipped = self.kept.get(key, cursor)
        try:
            return super().changes(stream, cursor=skipped, now=now, limit=limit)
        except Retryable:
            self.kept[key] = f"{(now + timedelta(minutes=11)).isoformat()}~~~"
            raise


class PlacesAreCounts(Toy):
    """Takes any word for a place, and begins where it likes."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        try:
            return super().changes(stream, cursor=cursor, now=now, limit=limit)
        except CursorExpired:
            return super().changes(stream, cursor="", now=now, limit=limit)


class EndlessList(Toy):
    """Says there is more where there is nothing."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        return replace(
            super().changes(stream, cursor=cursor, now=now, limit=limit), more=True
        )


class RevisionIsTheId(Toy):
    """Never says that an order changed."""

    def changes(self, stream: str, *, cursor: str, now: datetime, limit: int) -> ChangePage:
        page = super().changes(stream, cursor=cursor, now=now, limit=limit)
        same = tuple(replace(row, revision=row.external_id) for row in page.changes)
        return replace(page, changes=same)


class HistoryWithoutAnEnd(Toy):
    """Tells more of the past than was asked for."""

    def history(
        self, *, since: datetime, until: datetime, cursor: str, limit: int
    ) -> ChangePage:
        later = until + timedelta(days=6)
        return super().history(since=since, until=later, cursor=cursor, limit=limit)
