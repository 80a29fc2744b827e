"""Reading Shopify's changes: nothing is skipped, whatever shares a time or shows up late."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import CursorExpired, RateLimited, Rejected, Unsupported
from connectors.sandbox.faults import Fault
from connectors.shopify.channel import SPEC
from connectors.shopify.poll import UPDATED
from tests.connectors.shopify.shelves import Shelves

OVERLAP = int(UPDATED.overlap.total_seconds())


@pytest.fixture
def shelves() -> Iterator[Shelves]:
    made = Shelves()
    yield made
    made.store.close()


def test_there_is_one_list_and_the_spec_names_it(shelves: Shelves) -> None:
    assert [stream.name for stream in SPEC.streams] == ["updated"]
    with pytest.raises(Unsupported):
        shelves.channel.changes("paid", cursor="", now=shelves.hands.now(), limit=5)


def test_a_new_reader_begins_at_about_now(shelves: Shelves) -> None:
    shelves.order()
    shelves.wait(OVERLAP + 60)
    fresh = shelves.order()
    shelves.wait(60)

    seen, _ = shelves.sweep()

    assert seen == [fresh]


def test_a_change_is_named_with_its_version_and_time(shelves: Shelves) -> None:
    order_id = shelves.order()
    shelves.wait(60)
    shelves.touch(order_id)
    shelves.wait(60)

    [change] = shelves.changes().changes

    assert change.external_id == order_id
    assert change.revision == shelves.revision(order_id)
    assert change.updated_at == shelves.record(order_id).updated_at


def test_an_empty_page_leaves_the_cursor_as_it_was(shelves: Shelves) -> None:
    cursor = shelves.changes().cursor
    shelves.wait(3600)

    page = shelves.changes(cursor)

    assert (page.changes, page.cursor, page.more) == ((), cursor, False)


def test_a_quiet_shop_is_not_read_further_than_its_newest_change(shelves: Shelves) -> None:
    shelves.order()
    shelves.wait(60)
    _, cursor = shelves.sweep()
    shelves.wait(86_400)

    again = shelves.changes(cursor)

    assert again.cursor == cursor


def test_changes_of_one_second_are_all_listed_though_pages_part_them(
    shelves: Shelves,
) -> None:
    orders = [shelves.order() for _ in range(7)]
    shelves.wait(60)

    seen, _ = shelves.sweep(limit=2)

    assert seen == orders


def test_the_same_cursor_gives_the_same_rows(shelves: Shelves) -> None:
    for _ in range(5):
        shelves.order()
    shelves.wait(60)
    first = shelves.changes(limit=2)

    second = shelves.changes(first.cursor, limit=2)
    repeated = shelves.changes(first.cursor, limit=2)

    assert second == repeated
    assert second.more


def test_an_order_that_changes_while_it_is_paged_hides_no_other_and_comes_again(
    shelves: Shelves,
) -> None:
    orders = [shelves.order() for _ in range(5)]
    shelves.wait(60)
    first = shelves.changes(limit=2)

    shelves.touch(orders[0])
    shelves.touch(orders[3])
    shelves.wait(60)
    rest, cursor = shelves.sweep(first.cursor, limit=2)
    following, _ = shelves.sweep(cursor)

    assert rest == [orders[2], orders[4]]
    assert {orders[0], orders[3]} <= set(following)


def test_a_change_of_this_very_second_waits_for_the_second_to_end(shelves: Shelves) -> None:
    order_id = shelves.order()
    early, cursor = shelves.sweep()
    shelves.touch(order_id)
    shelves.wait(UPDATED.lag.total_seconds() + 1)

    late, _ = shelves.sweep(cursor)

    assert (early, late) == ([], [order_id])


def test_a_page_holds_no_more_than_shopify_gives(shelves: Shelves) -> None:
    for _ in range(3):
        shelves.order()
    shelves.wait(60)

    assert len(shelves.changes(limit=10_000).changes) == 3


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "2026-11-22T10:00:00Z 2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00Z 2026-11-22T10:00:00Z 2026-11-22T10:00:00Z ",
        "2026-11-22T10:00:00Z x 2026-11-22T10:00:00Z abc",
        "a b c d e",
        " ",
    ],
)
def test_a_cursor_that_is_not_ours_has_expired(shelves: Shelves, cursor: str) -> None:
    with pytest.raises(CursorExpired) as raised:
        shelves.changes(cursor)

    assert raised.value.restart == ""


def test_a_place_shopify_forgot_is_gone_back_from_without_a_loss(shelves: Shelves) -> None:
    orders = [shelves.order() for _ in range(5)]
    shelves.wait(60)
    first = shelves.changes(limit=2)
    kept, _, place = first.cursor.rpartition(" ")
    assert place

    with pytest.raises(CursorExpired) as raised:
        shelves.changes(f"{kept} forgotten", limit=2)
    seen, _ = shelves.sweep(raised.value.restart, limit=2)

    assert seen == orders


def test_a_question_shopify_refuses_without_a_place_is_no_lost_place(
    shelves: Shelves, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.shopify.client.document", lambda _: "{ nothing }")

    with pytest.raises(Rejected):
        shelves.changes()


def test_too_fast_is_said_and_nothing_is_lost(shelves: Shelves) -> None:
    order_id = shelves.order()
    shelves.wait(60)
    shelves.store.faults.add(Fault(kind="rate_limited", seconds=3))

    with pytest.raises(RateLimited) as raised:
        shelves.changes()

    assert raised.value.retry_after == timedelta(seconds=3)
    assert shelves.sweep()[0] == [order_id]


@pytest.mark.parametrize("limit", [1, 100])
def test_a_change_the_search_shows_late_is_met_by_the_next_sweep(
    shelves: Shelves, limit: int
) -> None:
    shelves.store.lag_index(lambda: timedelta(seconds=OVERLAP - 30))
    late = shelves.order()
    shelves.wait(1)
    shelves.store.lag_index(timedelta)
    prompt = [shelves.order(), shelves.order()]
    shelves.wait(60)

    first, cursor = shelves.sweep(limit=limit)
    shelves.wait(OVERLAP)
    second, _ = shelves.sweep(cursor, limit=limit)

    assert (first, second) == (prompt, [late, *prompt])


def test_what_changed_again_after_the_search_took_it_in_comes_in_its_own_time(
    shelves: Shelves,
) -> None:
    order_id = shelves.order()
    shelves.wait(60)
    shelves.store.lag_index(lambda: timedelta(seconds=30))
    shelves.touch(order_id)

    early, cursor = shelves.sweep()
    shelves.wait(60)
    late = shelves.changes(cursor)

    assert early == []
    assert [change.revision for change in late.changes] == [shelves.revision(order_id)]


# Whatever happens ------------------------------------------------------------------------

LAGS = st.sampled_from([0, 0, 0, 45, 200, OVERLAP - 20])
STEPS = st.one_of(
    st.tuples(st.just("place"), LAGS),
    st.tuples(st.just("touch"), LAGS),
    st.tuples(st.just("wait"), st.sampled_from([1, 1, 15, 60, 300])),
    st.tuples(st.just("wait_half"), st.just(0)),
    st.tuples(st.just("poll"), st.just(0)),
    st.tuples(st.just("crash"), st.just(0)),
    st.tuples(st.just("sweep"), st.just(0)),
)


class Reader:
    """A hub: it fetches what it has no version of, and keeps its place when it did not crash."""

    def __init__(self, shelves: Shelves) -> None:
        self.shelves, self.cursor = shelves, ""
        self.known: set[tuple[str, str]] = set()
        self.have: dict[str, int] = {}
        self.changed: dict[str, int] = {}

    def poll(self, *, keep: bool = True) -> bool:
        page = self.shelves.changes(self.cursor, limit=2)
        for change in page.changes if keep else ():
            version = (change.external_id, change.revision)
            if version not in self.known:
                self.known.add(version)
                self.have[change.external_id] = self.changed[change.external_id]
        if keep:
            self.cursor = page.cursor
        return page.more

    def act(self, what: str, how_much: int, *, which: int) -> None:
        shelves = self.shelves
        shelves.store.lag_index(lambda: timedelta(seconds=how_much))
        orders = sorted(self.changed)
        if what == "place":
            self.changed[shelves.order()] = 0
        elif what == "touch" and orders:
            order_id = orders[which % len(orders)]
            shelves.touch(order_id)
            self.changed[order_id] += 1
        elif what.startswith("wait"):
            shelves.wait(how_much if what == "wait" else 0.4)
        elif what in {"poll", "crash"}:
            self.poll(keep=what == "poll")
        elif what == "sweep":
            self.sweep()

    def sweep(self) -> None:
        while self.poll():
            pass

    def catch_up(self) -> None:
        self.shelves.wait(OVERLAP + 60)
        for _ in range(2):  # the sweep it is in, and one more
            self.sweep()


@settings(max_examples=200, deadline=None)
@given(steps=st.lists(st.tuples(STEPS, st.integers(0, 9)), min_size=5, max_size=40))
def test_every_last_version_is_read_however_late_it_shows_up(
    steps: list[tuple[tuple[str, int], int]],
) -> None:
    shelves = Shelves()
    reader = Reader(shelves)
    reader.poll()

    for (what, how_much), which in steps:
        reader.act(what, how_much, which=which)
    reader.catch_up()

    assert reader.have == reader.changed
    shelves.store.close()
