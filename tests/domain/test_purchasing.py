"""What to buy: of whom, how much, when at the latest; never what is on its way already."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.purchasing import (
    PURCHASE_STEPS,
    Lack,
    Missing,
    Offer,
    Purchase,
    cost_of,
    is_over,
    order_quantity,
    preferred,
    suggest,
)
from hub.domain.states import StepNotAllowed, check_step

TODAY = date(2026, 11, 23)
CERES = 1
MIEL = 2

amounts = st.integers(min_value=0, max_value=10**12)
sizes = st.integers(min_value=1, max_value=10**9)
days = st.none() | st.integers(min_value=-30, max_value=90).map(
    lambda ahead: TODAY + timedelta(days=ahead)
)
offers = st.builds(
    Offer,
    supplier_id=st.integers(min_value=1, max_value=5),
    lead_time_days=st.none() | st.integers(min_value=0, max_value=60),
    smallest=amounts,
    multiple=sizes,
    unit_cost_micros=st.none() | st.integers(min_value=0, max_value=10**9),
    is_preferred=st.booleans(),
)
lacks = st.builds(
    Lack,
    quantity=st.integers(min_value=1, max_value=10**9),
    needed_on=days,
    waiting=st.sampled_from(["H-0001", "H-0002", "P-0001", ""]),
)


def offer(
    supplier_id: int = CERES,
    *,
    lead: int | None = 7,
    smallest: int = 0,
    multiple: int = 1,
    cost: int | None = None,
    is_preferred: bool = False,
) -> Offer:
    return Offer(
        supplier_id=supplier_id,
        lead_time_days=lead,
        smallest=smallest,
        multiple=multiple,
        unit_cost_micros=cost,
        currency="" if cost is None else "EUR",
        is_preferred=is_preferred,
    )


def wax(*lacks: Lack, written: int = 0, keeps_days: int | None = None) -> Missing:
    return Missing(item_id=7, lacks=lacks, written=written, keeps_days=keeps_days)


def lack(quantity: int, *, ahead: int | None = None, waiting: str = "") -> Lack:
    needed_on = None if ahead is None else TODAY + timedelta(days=ahead)
    return Lack(quantity=quantity, needed_on=needed_on, waiting=waiting)


@pytest.mark.parametrize(
    "short, smallest, multiple, ordered",
    [
        (0, 500, 10, 0),
        (-3, 500, 10, 0),
        (1, 0, 1, 1),
        (2400, 0, 1000, 3000),
        (2400, 5000, 1000, 5000),
        (2400, 5500, 1000, 6000),
        (3000, 0, 1000, 3000),
    ],
)
def test_a_quantity_is_raised_to_the_smallest_and_to_whole_packs(
    short: int, smallest: int, multiple: int, ordered: int
) -> None:
    assert order_quantity(short, smallest=smallest, multiple=multiple) == ordered


@given(short=amounts, smallest=amounts, multiple=sizes)
def test_no_more_is_ordered_than_one_pack_less_would_leave_short(
    short: int, smallest: int, multiple: int
) -> None:
    ordered = order_quantity(short, smallest=smallest, multiple=multiple)

    assert ordered % multiple == 0
    assert ordered >= short
    assert ordered == 0 or ordered >= smallest
    assert ordered == 0 or ordered - multiple < max(short, smallest)


def test_who_is_preferred_comes_before_who_is_quick_and_who_is_quick_before_who_is_cheap() -> (
    None
):
    quick, cheap = offer(CERES, lead=2, cost=900), offer(MIEL, lead=9, cost=100)
    liked = offer(3, lead=30, cost=2000, is_preferred=True)
    silent = offer(4, lead=None, cost=None)

    assert preferred([cheap, quick, liked]) == liked
    assert preferred([silent, cheap, quick]) == quick
    assert preferred([offer(CERES, cost=900), offer(MIEL, cost=100)]) == offer(
        MIEL, cost=100
    )
    assert preferred([silent, offer(MIEL, lead=99)]) == offer(MIEL, lead=99)
    assert preferred([]) is None


@given(st.lists(offers, min_size=1, max_size=5))
def test_the_choice_does_not_depend_on_the_order_of_the_offers(each: list[Offer]) -> None:
    distinct = list({one.supplier_id: one for one in each}.values())

    assert preferred(distinct) == preferred(reversed(distinct))


def test_what_is_missing_is_added_up_and_says_who_waits_and_when_it_must_be_ordered() -> (
    None
):
    missing = wax(
        lack(1500, ahead=10, waiting="P-0002"),
        lack(900, ahead=4, waiting="P-0001"),
        lack(600),
    )

    found = suggest(
        missing, offers=[offer(lead=7, multiple=1000, cost=12_000)], today=TODAY
    )

    assert found is not None
    assert (found.missing, found.quantity, found.surplus) == (3000, 3000, 0)
    assert found.needed_on == TODAY + timedelta(days=4)
    assert found.order_by == TODAY - timedelta(days=3)
    assert found.is_late
    assert found.expected_on == TODAY + timedelta(days=7)
    assert found.waiting == ("P-0001", "P-0002")
    assert (found.cost_micros, found.currency) == (36_000, "EUR")


def test_an_order_that_still_comes_in_time_is_not_late() -> None:
    found = suggest(wax(lack(5, ahead=7)), offers=[offer(lead=7)], today=TODAY)

    assert found is not None
    assert (found.order_by, found.is_late) == (TODAY, False)


def test_what_a_draft_holds_is_not_ordered_again_and_serves_the_most_urgent() -> None:
    half = wax(
        lack(400, ahead=9, waiting="P-0002"),
        lack(600, ahead=2, waiting="P-0001"),
        written=700,
    )

    found = suggest(half, offers=[offer()], today=TODAY)

    assert found is not None
    assert (found.missing, found.waiting) == (300, ("P-0002",))
    assert found.needed_on == TODAY + timedelta(days=9)
    assert suggest(wax(lack(400), written=400), offers=[offer()], today=TODAY) is None


def test_without_anybody_who_sells_it_there_is_still_a_suggestion() -> None:
    found = suggest(wax(lack(400, ahead=9)), offers=[], today=TODAY)

    assert found is not None
    assert (found.offer, found.quantity, found.expected_on) == (None, 400, None)
    assert (found.order_by, found.cost_micros) == (None, None)


def test_what_would_be_too_old_when_it_is_needed_is_not_ordered_today() -> None:
    milk = wax(lack(400, ahead=30), keeps_days=10)

    found = suggest(milk, offers=[offer(lead=5)], today=TODAY)
    soon = suggest(
        wax(lack(400, ahead=15), keeps_days=10), offers=[offer(lead=5)], today=TODAY
    )

    assert found is not None
    assert soon is not None
    assert found.fresh_from == TODAY + timedelta(days=15)
    assert soon.fresh_from is None


@given(
    each=st.lists(lacks, max_size=6),
    written=st.integers(min_value=0, max_value=10**10),
    sold=st.lists(offers, max_size=3),
)
def test_what_is_missing_and_what_is_written_always_add_up(
    each: list[Lack], written: int, sold: list[Offer]
) -> None:
    short = sum(one.quantity for one in each)

    found = suggest(wax(*each, written=written), offers=sold, today=TODAY)

    assert (found.missing if found else 0) == max(0, short - written)
    if found is not None:
        assert found.quantity >= found.missing
        assert set(found.waiting) <= {one.waiting for one in each}
        assert found.is_late == (found.order_by is not None and found.order_by < TODAY)


@pytest.mark.parametrize(
    "quantity, micros, cost",
    [
        (1000, 12_500_000, 12_500_000),
        (1, 1500, 2),
        (1, 1499, 1),
        (0, 9, 0),
        (5, None, None),
    ],
)
def test_a_cost_is_rounded_to_the_nearest_millionth(
    quantity: int, micros: int | None, cost: int | None
) -> None:
    assert cost_of(quantity, unit_cost_micros=micros) == cost


@pytest.mark.parametrize("old", list(Purchase))
@pytest.mark.parametrize("new", list(Purchase))
def test_a_purchase_goes_the_ways_of_the_table_and_no_other(
    old: Purchase, new: Purchase
) -> None:
    ways = {
        ("draft", "ordered"),
        ("draft", "cancelled"),
        ("ordered", "received"),
        ("ordered", "cancelled"),
    }

    if (old.value, new.value) in ways:
        check_step(PURCHASE_STEPS, old=old, new=new)
    else:
        with pytest.raises(StepNotAllowed):
            check_step(PURCHASE_STEPS, old=old, new=new)


def test_a_purchase_is_over_when_every_line_has_come_or_is_closed() -> None:
    assert is_over([(10, 10, False), (5, 7, False), (9, 0, True)])
    assert not is_over([(10, 10, False), (5, 4, False)])
