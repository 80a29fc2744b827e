"""Scanned lots come first, and nothing is taken beyond what is needed."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.making.scanning import Offer, Taken, choose

WAX, SOY = 1, 2


def wax(lot_id: int, most: int) -> Offer:
    return Offer(item_id=WAX, lot_id=lot_id, most=most)


def test_lots_are_taken_in_the_order_they_are_offered() -> None:
    chosen = choose([wax(7, 500), wax(3, 2000)], needed=1800)

    assert [(each.lot_id, each.quantity) for each in chosen.taken] == [(7, 500), (3, 1300)]
    assert chosen.short == 0


def test_what_nothing_covers_is_short() -> None:
    assert choose([wax(7, 500)], needed=1800).short == 1300
    assert choose([], needed=5).short == 5


def test_of_a_substitute_as_much_is_taken_as_stands_for_what_is_needed() -> None:
    soy = Offer(item_id=SOY, lot_id=9, most=5000, substitute=1_200_000, replaces=1_000_000)

    chosen = choose([soy, wax(3, 100)], needed=1000)

    assert chosen.taken == (Taken(item_id=SOY, lot_id=9, quantity=1200, counts=1000),)


def test_what_is_too_little_to_stand_for_anything_is_left() -> None:
    dear = Offer(item_id=SOY, lot_id=9, most=2, substitute=3, replaces=1)

    assert choose([dear], needed=10).taken == ()


OFFERS = st.lists(
    st.builds(
        Offer,
        item_id=st.integers(1, 3),
        lot_id=st.integers(1, 9),
        most=st.integers(0, 10**6),
        substitute=st.integers(1, 2_000_000),
        replaces=st.integers(1, 2_000_000),
    ),
    max_size=6,
)


@given(offers=OFFERS, needed=st.integers(0, 10**6))
def test_what_is_taken_and_what_is_short_is_what_was_needed(
    offers: list[Offer], needed: int
) -> None:
    chosen = choose(offers, needed=needed)

    assert sum(each.counts for each in chosen.taken) + chosen.short == needed
    assert all(each.counts > 0 and each.quantity > 0 for each in chosen.taken)
    most = [offer.most for offer in offers]
    assert sum(each.quantity for each in chosen.taken) <= sum(most)
