"""What a channel may sell: whole pieces, never more than can be promised, and no guesses."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.channels.publishing import Offer, place_of, wanted
from mapping.bundle import Component, Components

PIECE = 1000
CANDLE, SOAP = 1, 2

HOME = {"external_id": "home", "name": "Home", "is_active": True}
SHED = {"external_id": "shed", "name": "Shed", "is_active": True}
CLOSED = {"external_id": "old", "name": "Old", "is_active": False}


def offer(*components: Component) -> Offer:
    return Offer(
        is_mapped=True,
        components=components or (Component(item_id=CANDLE, quantity=PIECE),),
        is_active=True,
        is_tracked=True,
        publishes=True,
        place="home",
    )


def test_whole_pieces_are_sold_and_no_part_of_one() -> None:
    six = offer(Component(item_id=CANDLE, quantity=6 * PIECE))

    assert wanted(six, promisable={CANDLE: 23 * PIECE}) == 3


def test_a_kit_is_as_many_as_its_scarcest_part_makes() -> None:
    kit = offer(
        Component(item_id=CANDLE, quantity=PIECE),
        Component(item_id=SOAP, quantity=2 * PIECE),
    )

    assert wanted(kit, promisable={CANDLE: 9 * PIECE, SOAP: 5 * PIECE}) == 2


def test_nothing_left_is_none_to_sell_and_not_unknown() -> None:
    assert wanted(offer(), promisable={CANDLE: 0}) == 0
    assert wanted(offer(), promisable={CANDLE: -5 * PIECE}) == 0


@pytest.mark.parametrize(
    "unknown",
    [
        replace(offer(), is_mapped=False),
        replace(offer(), components=()),
        replace(offer(), is_active=False),
        replace(offer(), is_tracked=False),
        replace(offer(), is_tracked=None),
        replace(offer(), publishes=False),
        replace(offer(), place=None),
    ],
)
def test_what_is_not_known_is_not_published(unknown: Offer) -> None:
    assert wanted(unknown, promisable={CANDLE: 9 * PIECE}) is None


def test_an_item_nobody_counted_is_not_published() -> None:
    assert wanted(offer(), promisable={SOAP: PIECE}) is None


@pytest.mark.parametrize("most, shown", [(None, 1500), (999, 999), (2000, 1500)])
def test_no_more_is_wished_for_than_the_channel_can_show(
    most: int | None, shown: int
) -> None:
    assert wanted(replace(offer(), most=most), promisable={CANDLE: 1500 * PIECE}) == shown


COMPONENTS = st.dictionaries(
    st.integers(1, 6), st.integers(1, 50 * PIECE), min_size=1, max_size=4
)


@given(COMPONENTS, st.lists(st.integers(-PIECE, 10**9), min_size=6, max_size=6))
def test_what_is_published_can_always_be_promised_and_one_more_cannot(
    holds: dict[int, int], stock: list[int]
) -> None:
    components: Components = tuple(
        Component(item_id=item_id, quantity=quantity) for item_id, quantity in holds.items()
    )
    promisable = dict(enumerate(stock, start=1))

    pieces = wanted(replace(offer(), components=components), promisable=promisable)

    assert pieces is not None
    assert pieces >= 0
    has = {item_id: max(promisable[item_id], 0) for item_id in holds}
    assert all(pieces * holds[item_id] <= has[item_id] for item_id in holds)
    assert any((pieces + 1) * holds[item_id] > has[item_id] for item_id in holds)


@pytest.mark.parametrize(
    "places, chosen, place",
    [
        ([], "", ""),
        ([HOME], "", "home"),
        ([HOME, CLOSED], "", "home"),
        ([HOME, SHED], "", None),
        ([HOME, SHED], "shed", "shed"),
        ([HOME, CLOSED], "old", None),
        ([CLOSED], "", None),
        ([], "home", None),
        (["nonsense"], "", ""),
    ],
)
def test_stock_is_told_at_the_place_people_chose_or_the_only_one(
    places: list[object], chosen: str, place: str | None
) -> None:
    assert place_of(places, chosen=chosen) == place
