"""No change of a receipt is ever missed, however the list moves while it is read."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import CursorExpired, PayloadError, Rejected
from connectors.etsy.client import EtsyApi
from connectors.etsy.poll import changes, history
from connectors.etsy.walk import Spot, spot_of
from connectors.http import Http
from connectors.protocol import Change, ChangePage
from connectors.transport import Answer, Transport
from tests.canned import CannedTransport, answered

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
RECEIPTS = "https://openapi.etsy.com/v3/application/shops/42/receipts"
BEGINNING = int(NOW.timestamp())


@dataclass
class Receipt:
    id: int
    created: int
    updated: int
    seen_from: int
    """When the list begins to show this version."""
    is_cancelled: bool = False
    is_shipped: bool = False


@dataclass
class ListOfReceipts:
    """Etsy's list as its documents promise it: filtered by time, sorted, cut by offset."""

    now: int = BEGINNING
    receipts: dict[int, Receipt] = field(default_factory=dict)
    farthest: int = 0
    between_calls: Callable[[], None] = lambda: None

    def get(
        self, url: str, *, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        assert (url, headers["Authorization"]) == (RECEIPTS, "Bearer 7.t")
        found = [one for one in self.receipts.values() if self._is_in(one, query)]
        found.sort(key=lambda one: (self._key(one, query["sort_on"]), -one.id))
        if query["sort_on"] == "receipt_id":
            found.sort(key=lambda one: one.id)
        offset, limit = int(query["offset"]), int(query["limit"])
        self.farthest = max(self.farthest, offset)
        rows = [self._row(one) for one in found[offset : offset + limit]]
        self.between_calls()
        return answered({"count": len(found), "results": rows})

    def put_json(
        self, url: str, *, payload: Mapping[str, object], headers: Mapping[str, str]
    ) -> Answer:
        raise AssertionError(url, payload, headers)

    post_json = put_json

    def put_form(
        self, url: str, *, fields: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer:
        raise AssertionError(url, fields, headers)

    post_form = patch_form = put_form

    def _is_in(self, one: Receipt, query: Mapping[str, str]) -> bool:
        times = {"created": one.created, "last_modified": one.updated}
        flags = {"was_canceled": one.is_cancelled, "was_shipped": one.is_shipped}
        return (
            one.seen_from <= self.now
            and all(int(query.get(f"min_{n}", 0)) <= at for n, at in times.items())
            and all(int(query.get(f"max_{n}", 2**40)) >= at for n, at in times.items())
            and all(
                query.get(n, str(is_so).lower()) == str(is_so).lower()
                for n, is_so in flags.items()
            )
        )

    def _key(self, one: Receipt, sort_on: str) -> int:
        return {"created": one.created, "updated": one.updated}.get(sort_on, one.id)

    def _row(self, one: Receipt) -> dict[str, object]:
        return {
            "receipt_id": one.id,
            "status": "Canceled" if one.is_cancelled else "Paid",
            "created_timestamp": one.created,
            "updated_timestamp": one.updated,
        }

    # What happens in the shop -----------------------------------------------------------

    def place(self, late: int = 0) -> None:
        number = len(self.receipts) + 1
        self.receipts[number] = Receipt(number, self.now, self.now, self.now + late)

    def touch(self, which: int, late: int = 0) -> None:
        one = self.receipts.get(which % (len(self.receipts) + 1))
        if one is not None:
            one.updated, one.seen_from = self.now, self.now + late


def api_over(receipts: Transport) -> EtsyApi:
    http = Http(title="Etsy", origin="https://openapi.etsy.com", transport=receipts)
    return EtsyApi(http=http, shop_id="42", keystring="k", shared_secret="s", token="7.t")


def read_all(
    receipts: ListOfReceipts,
    stream: str,
    *,
    cursor: str,
    limit: int,
    met: list[Change],
) -> str:
    """Read a stream to its end, as the hub does, and return where it goes on."""
    for _ in range(2000):
        page = changes(
            api_over(receipts), stream, cursor=cursor, now=at(receipts.now), limit=limit
        )
        assert not page.more or page.cursor != cursor
        met += page.changes
        cursor = page.cursor
        if not page.more:
            return cursor
    raise AssertionError("the list never ends")


def at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def versions(met: list[Change]) -> set[tuple[str, int]]:
    return {
        (one.external_id, int(one.updated_at.timestamp())) for one in met if one.updated_at
    }


MOVES = st.one_of(
    st.tuples(st.just("tick"), st.integers(0, 3)),
    st.tuples(st.just("place"), st.integers(0, 500)),
    st.tuples(st.just("touch"), st.integers(1, 40)),
    st.tuples(st.just("read"), st.just(0)),
)


@settings(max_examples=150)
@given(
    st.lists(MOVES, max_size=60),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 40)), max_size=60),
    st.integers(1, 4),
)
def test_every_version_that_stays_is_met_whatever_moves_while_the_list_is_read(
    moves: list[tuple[str, int]], meanwhile: list[tuple[int, int]], limit: int
) -> None:
    receipts, met, waiting = ListOfReceipts(), list[Change](), list(meanwhile)
    cursor = read_all(receipts, "updated", cursor="", limit=limit, met=met)

    def something_happens() -> None:
        if waiting:
            ticks, which = waiting.pop()
            receipts.now += ticks
            receipts.touch(which)
            if which % 5 == 0:
                receipts.place()

    receipts.between_calls = something_happens
    for what, number in moves:
        if what == "tick":
            receipts.now += number
        elif what == "place":
            receipts.place(late=number if number % 3 == 0 else 0)
        elif what == "touch":
            receipts.touch(number)
        else:
            cursor = read_all(receipts, "updated", cursor=cursor, limit=limit, met=met)
    waiting.clear()
    receipts.now += 600
    read_all(receipts, "updated", cursor=cursor, limit=limit, met=met)

    there = {(str(one.id), one.updated) for one in receipts.receipts.values()}
    assert there <= versions(met)


@settings(max_examples=100)
@given(
    st.lists(st.integers(0, 3), max_size=40),
    st.lists(st.integers(1, 40), max_size=40),
    st.integers(1, 5),
)
def test_open_orders_are_all_met_though_others_are_sent_while_the_list_is_read(
    gaps: list[int], sent: list[int], limit: int
) -> None:
    receipts, met = ListOfReceipts(), list[Change]()
    for gap in gaps:
        receipts.now += gap
        receipts.place()
    leaving = list(sent)

    def one_is_sent() -> None:
        if leaving and leaving[-1] in receipts.receipts:
            receipts.receipts[leaving.pop()].is_shipped = True

    receipts.between_calls = one_is_sent
    end = read_all(receipts, "unshipped", cursor="", limit=limit, met=met)

    open_ones = {str(one.id) for one in receipts.receipts.values() if not one.is_shipped}
    assert (end, open_ones <= {one.external_id for one in met}) == ("", True)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 2), max_size=40), st.integers(1, 5), st.integers(0, 30))
def test_the_past_is_read_whole_exactly_between_its_ends_and_says_how_much_there_is(
    gaps: list[int], limit: int, cut: int
) -> None:
    receipts = ListOfReceipts()
    for gap in gaps:
        receipts.now += gap
        receipts.place()
    since, until = at(BEGINNING + 1), at(BEGINNING + 1 + cut)
    met, totals, cursor, more = list[Change](), set[int | None](), "", True

    while more:
        page = history(
            api_over(receipts), since=since, until=until, cursor=cursor, limit=limit
        )
        met += page.changes
        totals.add(page.total)
        cursor, more = page.cursor, page.more

    wanted = [
        str(one.id)
        for one in receipts.receipts.values()
        if since <= at(one.created) < until
    ]
    assert {one.external_id for one in met} == set(wanted)
    assert totals == {len(wanted)}


def test_a_second_with_more_receipts_than_a_page_holds_is_read_whole() -> None:
    receipts, met = ListOfReceipts(), list[Change]()
    for _ in range(350):
        receipts.place()

    read_all(receipts, "updated", cursor="", limit=100, met=met)

    assert {one.external_id for one in met} == {str(n) for n in range(1, 351)}
    assert receipts.farthest <= 350


def test_in_a_crowded_second_nothing_is_missed_because_others_leave_it() -> None:
    receipts, met, leaving = ListOfReceipts(), list[Change](), [3, 1, 2]
    for _ in range(30):
        receipts.place()
    receipts.now += 7200
    receipts.place()

    def one_changes_again() -> None:
        receipts.now += 1
        if leaving and receipts.now > BEGINNING + 7202:
            receipts.touch(leaving.pop())

    receipts.between_calls = one_changes_again
    cursor = read_all(receipts, "updated", cursor=str(BEGINNING), limit=5, met=met)
    read_all(receipts, "updated", cursor=cursor, limit=5, met=met)

    assert {(str(n), BEGINNING) for n in range(4, 31)} <= versions(met)
    assert {one.external_id for one in met} == {str(n) for n in range(1, 32)}


def test_a_shop_with_thousands_of_orders_is_read_without_a_far_offset() -> None:
    receipts = ListOfReceipts()
    for number in range(13_000):
        receipts.now += number % 2
        receipts.place()
    cursor, more, met = "", True, set[str]()
    until = at(receipts.now + 1)

    while more:
        page = history(api_over(receipts), since=NOW, until=until, cursor=cursor, limit=100)
        met |= {one.external_id for one in page.changes}
        cursor, more = page.cursor, page.more

    assert (len(met), receipts.farthest) == (13_000, 0)


def test_a_receipt_that_the_list_shows_late_is_met_by_the_overlap() -> None:
    receipts, met = ListOfReceipts(), list[Change]()
    receipts.place(late=300)
    receipts.now += 10
    receipts.place()
    cursor = read_all(receipts, "updated", cursor="", limit=100, met=met)

    receipts.now += 300
    read_all(receipts, "updated", cursor=cursor, limit=100, met=met)

    assert {one.external_id for one in met} == {"1", "2"}


def test_our_clock_running_ahead_skips_nothing() -> None:
    receipts, met = ListOfReceipts(), list[Change]()
    receipts.place()
    ours = at(receipts.now) + timedelta(minutes=9)
    cursor = changes(api_over(receipts), "updated", cursor="", now=ours, limit=9).cursor
    receipts.now += 5
    receipts.place()

    read_all(receipts, "updated", cursor=cursor, limit=9, met=met)

    assert "2" in {one.external_id for one in met}


def test_the_same_cursor_gives_the_same_rows_again() -> None:
    receipts = ListOfReceipts()
    for _ in range(5):
        receipts.now += 1
        receipts.place()
    first = changes(api_over(receipts), "updated", cursor="", now=at(receipts.now), limit=2)

    again = [
        changes(
            api_over(receipts),
            "updated",
            cursor=first.cursor,
            now=at(receipts.now),
            limit=2,
        )
        for _ in range(2)
    ]

    assert again[0] == again[1]
    assert again[0].changes


def test_an_empty_page_leaves_the_cursor_as_it_is() -> None:
    receipts = ListOfReceipts()
    cursor = str(BEGINNING)

    page = changes(api_over(receipts), "updated", cursor=cursor, now=NOW, limit=9)

    assert page == ChangePage(changes=(), cursor=cursor, more=False)


def test_a_cancellation_that_moves_no_time_is_another_version() -> None:
    receipts, before, after = ListOfReceipts(), list[Change](), list[Change]()
    receipts.place()
    read_all(receipts, "unshipped", cursor="", limit=9, met=before)

    receipts.receipts[1].is_cancelled = True
    receipts.now += 3600
    read_all(receipts, "cancelled", cursor="", limit=9, met=after)

    [[was], [now]] = before, after
    assert (was.external_id, was.updated_at) == (now.external_id, now.updated_at)
    assert was.revision != now.revision


@pytest.mark.parametrize("cursor", ["soon", "1:2", "1:2:x::0", "::::", "1.5", "-", "٣"])
def test_a_cursor_that_is_not_ours_begins_again(cursor: str) -> None:
    for stream in ("updated", "unshipped"):
        with pytest.raises(CursorExpired):
            changes(api_over(ListOfReceipts()), stream, cursor=cursor, now=NOW, limit=9)


@given(
    st.builds(
        Spot,
        since=st.integers(0, 2**33),
        until=st.integers(0, 2**33),
        skip=st.integers(-1, 12_000),
        last=st.integers(1, 2**63).map(str) | st.just(""),
        total=st.integers(0, 10**9),
    )
)
def test_a_spot_survives_being_written_down(spot: Spot) -> None:
    assert spot_of(spot.text()) == spot


@pytest.mark.parametrize(
    "rows",
    [
        [
            {"receipt_id": 1, "updated_timestamp": BEGINNING},
            {"receipt_id": 2, "updated_timestamp": BEGINNING - 60},
        ],
        [{"receipt_id": 1}],
        [{"updated_timestamp": BEGINNING}],
    ],
    ids=["unsorted", "no time", "no id"],
)
def test_a_list_in_which_a_row_could_be_missed_is_refused(
    rows: list[dict[str, object]],
) -> None:
    transport = CannedTransport([answered(json.dumps({"count": 2, "results": rows}))])

    with pytest.raises(PayloadError):
        changes(api_over(transport), "updated", cursor="", now=NOW, limit=9)


def test_more_in_one_second_than_etsy_can_list_is_said_and_not_skipped() -> None:
    spot = Spot(since=BEGINNING, until=BEGINNING, skip=12_001, last="5")

    with pytest.raises(Rejected):
        changes(
            api_over(CannedTransport([])), "updated", cursor=spot.text(), now=NOW, limit=9
        )
