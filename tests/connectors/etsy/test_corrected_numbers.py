"""Numbers corrected after Etsy was told of them: told once, and only if they are news."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import (
    Rejected,
)
from tests.connectors.etsy.bench import CORREOS, Bench
from tests.connectors.etsy.parcels import OTHER_NUMBER, UNTRACKED, WORLD, amended


def test_a_corrected_number_is_told_once_and_the_old_one_stays() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))
    effect = amended(order, OTHER_NUMBER, first.remote_ref)

    assert bench.etsy.look_up(effect) is None
    pushed, again = bench.etsy.push(effect), bench.etsy.push(effect)

    assert (pushed.outcome, again.outcome) == ("created", "already_there")
    assert "cannot take back" in pushed.warning
    assert bench.told(order) == [CORREOS.number, OTHER_NUMBER.number]
    assert bench.etsy.look_up(effect) == again
    assert bench.mails() == 2


def test_a_number_that_comes_after_an_untracked_parcel_takes_nothing_back() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order, tracking=UNTRACKED))

    pushed = bench.etsy.push(amended(order, CORREOS, first.remote_ref))

    assert (pushed.outcome, pushed.warning) == ("created", "")


def test_another_carrier_for_the_same_number_is_not_worth_a_mail() -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))

    pushed = bench.etsy.push(
        amended(order, replace(CORREOS, carrier="GLS"), first.remote_ref)
    )

    assert pushed.outcome == "already_there"
    assert bench.mails() == 1


def test_a_number_taken_away_cannot_be_told() -> None:
    bench = Bench()

    with pytest.raises(Rejected, match="no number"):
        bench.etsy.push(amended(bench.order(), UNTRACKED, "1"))

    assert bench.wire.sent == []


def test_a_number_of_no_parcel_is_nothing_to_tell() -> None:
    bench = Bench()

    assert bench.etsy.push(amended(bench.order(), CORREOS)).outcome == "nothing_to_do"


@given(faults=st.lists(st.sampled_from(WORLD), max_size=3))
def test_whatever_is_lost_on_the_way_a_corrected_number_is_told_once(
    faults: Sequence[str],
) -> None:
    bench = Bench()
    order = bench.order()
    first = bench.etsy.push(bench.parcel(order))
    for fault in faults:
        bench.strike(fault, "createReceiptShipment")

    bench.persevere(amended(order, OTHER_NUMBER, first.remote_ref))

    assert bench.told(order) == [CORREOS.number, OTHER_NUMBER.number]
    assert bench.mails() == 2
