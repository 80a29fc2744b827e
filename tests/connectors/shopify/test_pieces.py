"""Sharing an order's pieces out over locations: few parcels, nothing lost, always alike."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from connectors.shopify.effects.pieces import added, by_location, missing, overlap

Room = Mapping[str, Mapping[str, int]]

heaps = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 5))
rooms = st.dictionaries(st.sampled_from(["Madrid", "Porto", "Lyon"]), heaps)


def test_one_location_with_room_for_all_sends_all() -> None:
    room = {"Madrid": {"soap": 1}, "Porto": {"soap": 2, "wax": 1}}

    assert by_location({"soap": 2, "wax": 1}, room=room) == {"Porto": {"soap": 2, "wax": 1}}


def test_where_no_location_has_room_for_all_each_sends_what_it_can() -> None:
    room = {"Madrid": {"soap": 2}, "Porto": {"soap": 2, "wax": 1}}

    shares = by_location({"soap": 3, "wax": 1}, room=room)

    assert shares == {"Madrid": {"soap": 2}, "Porto": {"soap": 1, "wax": 1}}


def test_what_no_location_has_is_in_no_share() -> None:
    assert by_location({"soap": 3}, room={"Madrid": {"soap": 1}}) == {"Madrid": {"soap": 1}}
    assert by_location({"soap": 3}, room={}) == {}


@given(wanted=heaps, room=rooms)
def test_no_share_is_more_than_is_wanted_or_than_there_is_room(
    wanted: Mapping[str, int], room: Room
) -> None:
    shares = by_location(wanted, room=room)

    for location, share in shares.items():
        assert share
        assert not missing(share, have=room[location])
    shared: Mapping[str, int] = {}
    for share in shares.values():
        shared = added(shared, share)
    assert not missing(shared, have=wanted)


@given(wanted=heaps, room=rooms)
def test_whatever_there_is_room_for_is_shared_out(
    wanted: Mapping[str, int], room: Room
) -> None:
    everywhere: Mapping[str, int] = {}
    for there in room.values():
        everywhere = added(everywhere, there)

    shares = by_location(wanted, room=room)

    shared: Mapping[str, int] = {}
    for share in shares.values():
        shared = added(shared, share)
    assert overlap(wanted, have=shared) == overlap(wanted, have=everywhere)


@given(wanted=heaps, have=heaps)
def test_what_is_missing_and_what_is_there_make_up_what_is_wanted(
    wanted: Mapping[str, int], have: Mapping[str, int]
) -> None:
    both = added(missing(wanted, have=have), overlap(wanted, have=have))

    assert both == {line: n for line, n in wanted.items() if n > 0}
