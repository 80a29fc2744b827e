"""Lists of changes: no row is ever lost, whatever its time and whenever it shows up."""

from datetime import timedelta

import pytest

from connectors.errors import CursorExpired, Retryable
from connectors.protocol import Change
from connectors.spec import Capability, CursorKind
from tests.contract.asking import (
    MOST_PAGES,
    Sweep,
    begun,
    lists,
    may_be,
    needs,
    poller,
    spec_of,
    wire,
)
from tests.contract.harness import Harness, Oddity, Trouble


def streams(h: Harness) -> list[str]:
    """The names of the lists."""
    return [stream.name for stream in spec_of(h).streams]


def revisions(changes: list[Change], order_id: str) -> set[str]:
    """Every version of an order that was listed."""
    return {one.revision for one in changes if one.external_id == order_id}


def test_every_order_is_seen_across_pages(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    placed = {h.place() for _ in range(7)}

    assert placed <= sweep.ids(limit=2)


def test_a_first_reading_begins_at_about_now(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    old = h.place()
    wire(h).pass_time(timedelta(days=30))
    sweep = begun(h)
    new = h.place()
    sweep.settle()

    for stream in spec_of(h).streams:
        if stream.cursor is CursorKind.WATERMARK:
            page = sweep.page(stream.name, limit=50)
            seen = {change.external_id for change in page.changes}
            assert new in seen
            assert old not in seen


def test_orders_of_one_instant_are_not_lost_at_the_edge_of_a_page(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    placed = set(lists(h).place_at_once(5))

    seen = sweep.ids(limit=2)

    assert placed <= seen


def test_an_order_of_the_same_instant_as_the_last_row_is_found_later(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    first = set(lists(h).place_at_once(2))
    before = wire(h).now
    assert first <= sweep.ids()

    late = lists(h).place_late(wire(h).now - before)

    assert late in sweep.ids()


def test_an_order_that_shows_up_late_is_found_within_the_overlap(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    first = {h.place(), h.place()}
    assert first <= sweep.ids()

    late = lists(h).place_late(spec_of(h).streams[0].overlap / 2)

    assert late in sweep.ids()


def test_time_alone_moves_no_list_past_what_shows_up_late(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    assert h.place() in sweep.ids()
    overlap = spec_of(h).streams[0].overlap
    for _ in range(4):
        sweep.read()
        wire(h).pass_time(overlap / 8)

    late = lists(h).place_late(overlap / 4)

    assert late in sweep.ids()


def test_a_clock_of_ours_that_is_ahead_loses_nothing(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    first = h.place()
    sweep.settle()
    ahead = wire(h).now + timedelta(hours=1)
    seen: set[str] = set()
    for stream in streams(h):
        cursor = sweep.cursors[stream]
        page = poller(h.channel()).changes(stream, cursor=cursor, now=ahead, limit=50)
        sweep.cursors[stream] = page.cursor
        seen |= {change.external_id for change in page.changes}
    second = h.place()

    assert first in seen
    assert second in sweep.ids()


def test_a_place_can_be_read_from_again(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    for _ in range(4):
        h.place()
    sweep.settle()

    for stream in streams(h):
        cursor = sweep.cursors[stream]
        once = sweep.ask(stream, cursor=cursor)
        again = Sweep(h).ask(stream, cursor=cursor)
        assert [c.external_id for c in once.changes] == [
            c.external_id for c in again.changes
        ]


def test_a_change_is_listed_again_as_another_revision(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    may_be(h, Oddity.TOUCHED)
    sweep = begun(h)
    order_id = h.place()
    before = revisions(sweep.read(), order_id)

    h.touch(order_id)
    after = revisions(sweep.read(), order_id)

    assert before
    assert after - before


def test_an_order_that_did_not_change_keeps_its_revision(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    order_id = h.place()
    before = revisions(sweep.read(), order_id)

    assert revisions(sweep.read(), order_id) <= before


def test_an_empty_page_stays_where_it_is(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    wire(h).pass_time(timedelta(hours=1))

    for stream in streams(h):
        cursor = sweep.cursors[stream]
        page = sweep.ask(stream, cursor=cursor)
        assert page.changes == ()
        assert page.cursor == cursor
        assert not page.more


def test_a_page_that_fails_loses_nothing_of_the_list(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    placed = {h.place() for _ in range(5)}
    sweep.settle()
    seen: set[str] = set()

    for stream in streams(h):
        first = sweep.page(stream)
        seen |= {change.external_id for change in first.changes}
        wire(h).fail_next(Trouble.FAILURE)
        with pytest.raises(Retryable):
            sweep.page(stream)

    assert placed <= seen | sweep.ids()


def test_a_page_that_was_not_kept_comes_again(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    placed = {h.place() for _ in range(5)}
    sweep.settle()

    for stream in streams(h):
        sweep.ask(stream, cursor=sweep.cursors[stream])

    assert placed <= sweep.ids()


def test_a_page_is_no_longer_than_it_was_asked_to_be(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    for _ in range(4):
        h.place()
    sweep.settle()

    for stream in streams(h):
        assert len(sweep.page(stream, limit=3).changes) <= 3
        assert len(sweep.page(stream, limit=1).changes) <= 1


def test_a_list_that_goes_on_goes_on_elsewhere(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    for _ in range(6):
        h.place()
    sweep.settle()

    for stream in streams(h):
        places = {sweep.cursors[stream]}
        while (page := sweep.page(stream)).more:
            assert page.cursor not in places
            places.add(page.cursor)


def test_times_in_a_list_are_aware(h: Harness) -> None:
    needs(h, Capability.ORDERS_POLL)
    sweep = begun(h)
    h.place()

    times = [change.updated_at for change in sweep.read()]

    assert times
    assert all(time is None or time.utcoffset() == timedelta(0) for time in times)


@pytest.mark.parametrize("cursor", ["nonsense", "~", "2026-13-77", "é", "0" * 3000])
def test_a_place_that_is_none_begins_again(h: Harness, cursor: str) -> None:
    needs(h, Capability.ORDERS_POLL)

    for stream in streams(h):
        with pytest.raises(CursorExpired):
            Sweep(h).ask(stream, cursor=cursor)


# History ------------------------------------------------------------------------------------


def weeks_of(h: Harness) -> list[str]:
    """Place an order every five days; some channels show no more than two months."""
    needs(h, Capability.ORDERS_POLL)
    placed = []
    for _ in range(7):
        placed.append(h.place())
        wire(h).pass_time(timedelta(days=5))
    return placed


def told(h: Harness, *, days: tuple[int, int], limit: int = 2) -> list[str]:
    """Read the history between so and so many days ago, page by page."""
    since, until = (wire(h).now - timedelta(days=ago) for ago in days)
    cursor, seen = "", []
    for _ in range(MOST_PAGES):
        page = poller(h.channel()).history(
            since=since, until=until, cursor=cursor, limit=limit
        )
        seen += [change.external_id for change in page.changes]
        assert len(page.changes) <= limit
        if not page.more:
            return seen
        assert page.cursor != cursor
        cursor = page.cursor
    raise AssertionError("the history never ends")


def test_history_tells_every_order_oldest_first(h: Harness) -> None:
    placed = weeks_of(h)

    assert list(dict.fromkeys(told(h, days=(50, 0)))) == placed


def test_history_tells_only_what_was_asked_for(h: Harness) -> None:
    placed = weeks_of(h)

    assert list(dict.fromkeys(told(h, days=(22, 8)))) == placed[3:6]
    assert told(h, days=(59, 50)) == []


def test_history_is_about_when_orders_were_placed(h: Harness) -> None:
    may_be(h, Oddity.TOUCHED)
    placed = weeks_of(h)

    h.touch(placed[0])

    assert list(dict.fromkeys(told(h, days=(50, 0)))) == placed
    assert told(h, days=(2, 0)) == []


def test_history_that_failed_goes_on_where_it_was(h: Harness) -> None:
    placed = weeks_of(h)
    channel, since = poller(h.channel()), wire(h).now - timedelta(days=50)
    first = channel.history(since=since, until=wire(h).now, cursor="", limit=2)

    wire(h).fail_next(Trouble.FAILURE)
    with pytest.raises(Retryable):
        channel.history(since=since, until=wire(h).now, cursor=first.cursor, limit=2)
    again = channel.history(since=since, until=wire(h).now, cursor=first.cursor, limit=2)

    seen = list(dict.fromkeys(c.external_id for c in (*first.changes, *again.changes)))
    assert seen == placed[: len(seen)]
    assert len(seen) > len(first.changes)


@pytest.mark.parametrize("cursor", ["nonsense", "~", "é"])
def test_a_place_in_history_that_is_none_begins_again(h: Harness, cursor: str) -> None:
    needs(h, Capability.ORDERS_POLL)
    since = wire(h).now - timedelta(days=1)

    with pytest.raises(CursorExpired):
        poller(h.channel()).history(since=since, until=wire(h).now, cursor=cursor, limit=2)
