"""How many of each listing Etsy shows, asked for many at a time."""

from pathlib import Path
from urllib.parse import urlencode

import pytest

from connectors.errors import Retryable
from connectors.sandbox.faults import Fault
from mapping.effects import StockRef
from tests.canned import answered
from tests.connectors.etsy.bench import Bench
from tests.connectors.etsy.listings import a_product, an_inventory
from tests.connectors.etsy.parcels import canned
from tests.connectors.etsy_oas import EtsyOas


def ref(listing: object, sku: str = "SOAP") -> StockRef:
    return StockRef(product_id=str(listing), sku=sku)


def test_what_each_listing_shows_is_told_in_one_call() -> None:
    bench = Bench()
    candle = bench.shop.add_listing(
        title="Candle", sku="CANDLE", quantity=9, vary_by={"Size": ["S", "L"]}
    )
    asked = [
        ref(bench.soap),
        ref(candle["id"], "CANDLE"),
        ref(candle["id"], "CANDLE-1"),
        ref(candle["id"], "CANDLE-2"),
    ]

    found = bench.etsy.stock(asked)

    assert list(found.values()) == [50, None, 9, 9]
    assert len(bench.wire.sent) == 1


def test_a_listing_that_is_gone_hides_no_other() -> None:
    bench = Bench()
    some = [bench.shop.add_listing(title=f"S{n}", sku=f"S{n}") for n in range(5)]
    there = {ref(one["id"], f"S{n}"): 500 for n, one in enumerate(some)}

    found = bench.etsy.stock([*there, ref(999), ref(998)])

    assert found == {**there, ref(999): None, ref(998): None}


def test_a_hundred_listings_go_into_one_call_and_no_more() -> None:
    bench = Bench()
    made = [bench.shop.add_listing(title=f"S{n}", sku=f"S{n}") for n in range(101)]

    found = bench.etsy.stock([ref(one["id"], f"S{n}") for n, one in enumerate(made)])

    assert set(found.values()) == {500}
    assert [len(one.query["listing_ids"].split(",")) for one in bench.wire.sent] == [100, 1]


def test_what_cannot_be_a_listing_is_not_asked_for() -> None:
    bench = Bench()

    assert bench.etsy.stock([ref("../1"), ref("")]) == {ref("../1"): None, ref(""): None}
    assert bench.wire.sent == []


def test_a_listing_without_an_inventory_shows_nothing_and_spoils_no_other() -> None:
    rows = [
        {"listing_id": 1, "inventory": None},
        {"listing_id": 2, "inventory": an_inventory(a_product("SOAP", quantity=4))},
        {"listing_id": 3, "inventory": {"products": "?"}},
        {"listing_id": 4},
    ]
    etsy, _ = canned(answered({"count": 4, "results": rows}))

    assert list(etsy.stock([ref(n) for n in range(1, 5)]).values()) == [None, 4, None, None]


def test_a_shop_that_cannot_be_asked_shows_nothing_of_itself() -> None:
    bench = Bench()
    bench.shop.faults.add(Fault(kind="outage"))

    with pytest.raises(Retryable):
        bench.etsy.stock([ref(bench.soap)])


def test_the_call_is_one_that_etsys_own_document_allows(vendor: Path) -> None:
    oas = EtsyOas(vendor)
    bench = Bench()

    bench.etsy.stock([ref(bench.soap), ref(bench.soap, "X")])

    [asked] = bench.wire.sent
    faults = oas.request_faults(
        "GET", asked.path, query=urlencode(asked.query), content_type="", body=b""
    )
    assert faults == []
