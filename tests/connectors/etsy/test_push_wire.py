"""Telling Etsy over real HTTP: the bodies and their kinds as they leave this machine."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.etsy.channel import Etsy
from connectors.sandbox.server import create_sandbox
from connectors.sandbox.serving import serve
from mapping.effects import SetStock, StockRef, Tracking
from tests.connectors.etsy.bench import Bench
from tests.pretend_etsy import connection_to


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    with serve(create_sandbox([made.shop])) as served:
        connection = connection_to(made.shop, allow_loopback=True)
        there = {**connection.settings, "base_url": served.url}
        made.etsy = Etsy(replace(connection, settings=there))
        yield made


def test_a_number_is_kept_because_it_leaves_as_json(bench: Bench) -> None:
    order = bench.order()

    pushed = bench.etsy.push(
        bench.parcel(order, tracking=Tracking(carrier="Nacex", number="Ñ 123"))
    )

    assert pushed.outcome == "created"
    assert bench.told(order) == ["Ñ 123"]


def test_an_untracked_parcel_is_known_because_it_leaves_as_a_form(bench: Bench) -> None:
    order = bench.order()

    pushed = bench.etsy.push(bench.parcel(order, tracking=Tracking()))

    assert pushed.outcome == "created"
    assert bench.shop.order(order)["is_shipped"] is True


def test_a_listing_of_three_variations_is_read_and_put_back(bench: Bench) -> None:
    vary_by = {"Size": ["S", "L"], "Colour": ["red"], "Scent": ["rose", "clove"]}
    made = bench.shop.add_listing(title="Candle", sku="CANDLE", quantity=9, vary_by=vary_by)
    ref = StockRef(product_id=str(made["id"]), sku="CANDLE-2")

    bench.etsy.push(SetStock(ref=ref, quantity=4))

    assert bench.etsy.stock([ref]) == {ref: 4}
    assert bench.shop.stock()["CANDLE-1"] == 9
