"""Parcels without a number: the order is marked as sent once, or we say what to do."""

import pytest

from connectors.errors import (
    Rejected,
)
from connectors.sandbox.etsy.records import Address
from mapping.effects import (
    Tracking,
)
from tests.connectors.etsy.bench import Bench
from tests.connectors.etsy.parcels import UNTRACKED


def test_a_parcel_without_a_number_marks_the_order_as_sent_once() -> None:
    bench = Bench()
    order = bench.order()
    parcel = bench.parcel(order, tracking=UNTRACKED)

    first, second = bench.etsy.push(parcel), bench.etsy.push(parcel)

    assert (first.outcome, second.outcome) == ("created", "already_there")
    assert first.remote_ref == second.remote_ref == f"receipt:{order}"
    [written] = bench.writes()
    assert (written.method, written.body) == ("PUT", b"was_shipped=true")
    assert bench.mails() == 1


def test_a_number_of_nothing_but_dashes_is_no_number() -> None:
    bench = Bench()
    order = bench.order()

    bench.etsy.push(bench.parcel(order, tracking=Tracking(carrier="GLS", number=" — ")))

    assert bench.writes()[-1].method == "PUT"


def test_a_second_parcel_without_a_number_has_nothing_to_add() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))

    pushed = bench.etsy.push(
        bench.parcel(order, tracking=UNTRACKED, known_refs=[first.remote_ref])
    )

    assert pushed.outcome == "already_there"
    assert bench.mails() == 1


@pytest.mark.parametrize("shop, buyer", [("US", "US"), ("ES", "IN")])
def test_where_etsy_insists_on_a_number_we_say_what_to_do(shop: str, buyer: str) -> None:
    bench = Bench(country=shop)
    order = bench.order(address=Address(name="Sam", country_iso=buyer))

    with pytest.raises(Rejected, match="type the number"):
        bench.etsy.push(bench.parcel(order, tracking=UNTRACKED))

    assert bench.mails() == 0


def test_what_else_etsy_refuses_of_an_untracked_parcel_is_named() -> None:
    bench = Bench()
    order = bench.order(paid=False)

    with pytest.raises(Rejected, match="not in a state"):
        bench.etsy.push(bench.parcel(order, tracking=UNTRACKED))
