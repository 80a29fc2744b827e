"""Telling Etsy how many may be sold: the whole listing is put back, and looked at after."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import (
    NotFound,
    OutcomeUnknown,
    PayloadError,
    Rejected,
    Retryable,
    StockMoved,
)
from connectors.sandbox.etsy.inventory import as_given, replace
from connectors.sandbox.etsy.shop import HUB_SCOPES
from connectors.sandbox.etsy.wanted import Wanted
from mapping.effects import SetStock, StockRef
from tests.canned import answered
from tests.connectors.etsy.bench import Bench, Json
from tests.connectors.etsy.listings import a_product, an_inventory
from tests.connectors.etsy.parcels import canned
from tests.connectors.etsy_oas import EtsyOas

SIZES = {"Size": ["S", "M", "L"]}
THREE = {"Size": ["S", "L"], "Colour": ["red", "blue"], "Scent": ["rose", "lavender"]}
SHAPES = pytest.mark.parametrize(
    "vary_by, sku",
    [({}, "CANDLE"), (SIZES, "CANDLE-1"), (THREE, "CANDLE-8")],
    ids=["plain", "one", "three"],
)


def wish(
    listing: str, quantity: int, *, sku: str = "SOAP", expected: int | None = None
) -> SetStock:
    ref = StockRef(product_id=listing, sku=sku)
    return SetStock(ref=ref, quantity=quantity, expected=expected)


def listing_of(bench: Bench, vary_by: dict[str, list[str]]) -> str:
    """Put candles on sale, nine each: CANDLE, or CANDLE-1, CANDLE-2, … where they vary."""
    made = bench.shop.add_listing(
        title="Candle",
        sku="CANDLE",
        price="12.35",
        quantity=9,
        vary_by=vary_by,
    )
    return str(made["id"])


def without_ids_and(inventory: Json, changed: str) -> Json:
    """An inventory without the ids that are new after each write, and one SKU's quantity."""
    copied = cast(Json, json.loads(json.dumps(inventory)))
    for product in cast(list[Json], copied["products"]):
        product.pop("product_id")
        for offering in cast(list[Json], product["offerings"]):
            offering.pop("offering_id")
            if product["sku"] == changed:
                offering.pop("quantity")
    return copied


# Once -------------------------------------------------------------------------------------


def test_a_quantity_is_written_once_and_then_it_is_there() -> None:
    bench = Bench()

    first = bench.etsy.push(wish(bench.soap, 7))
    second = bench.etsy.push(wish(bench.soap, 7))

    assert (first.outcome, second.outcome) == ("created", "already_there")
    assert bench.shop.stock()["SOAP"] == 7
    assert len(bench.writes()) == 1


def test_a_look_says_whether_exactly_that_many_are_shown() -> None:
    bench = Bench()

    assert bench.etsy.look_up(wish(bench.soap, 7)) is None
    found = bench.etsy.look_up(wish(bench.soap, 50))

    assert found is not None
    assert found.outcome == "already_there"
    assert bench.writes() == []


@given(
    faults=st.lists(
        st.sampled_from(["drop_before_apply", "drop_after_apply", "fail_after_apply"]),
        max_size=4,
    )
)
def test_whatever_is_lost_on_the_way_the_shop_ends_with_the_quantity(
    faults: Sequence[str],
) -> None:
    bench = Bench()
    for fault in faults:
        bench.strike(fault, "updateListingInventory")

    bench.persevere(wish(bench.soap, 7))

    assert bench.shop.stock()["SOAP"] == 7


def test_the_last_look_is_the_call_right_before_the_write() -> None:
    bench = Bench()

    bench.etsy.push(wish(bench.soap, 7))

    assert [one.method for one in bench.wire.sent] == ["GET", "PUT"]


# Everything else stays --------------------------------------------------------------------


@SHAPES
def test_everything_but_one_skus_quantity_stays_as_it_was(
    vary_by: dict[str, list[str]], sku: str
) -> None:
    bench = Bench()
    listing = listing_of(bench, vary_by)
    before = bench.shop.inventory(listing)

    bench.etsy.push(wish(listing, 4, sku=sku))

    after = bench.shop.inventory(listing)
    assert without_ids_and(after, sku) == without_ids_and(before, sku)
    assert bench.shop.stock()[sku] == 4
    written = bench.writes()[-1].query
    assert written == ({"max_variations_supported": "3"} if vary_by == THREE else {})


def test_a_product_the_seller_deleted_is_not_brought_back() -> None:
    bench = Bench()
    listing = listing_of(bench, SIZES)
    bench.shop.showing.deleted_products = True
    there = bench.shop.books.listing(int(listing))
    kept = as_given(bench.shop.books, there)
    cast(list[Json], kept["products"]).pop()
    replace(bench.shop.books, there, kept, variations=2)

    bench.etsy.push(wish(listing, 4, sku="CANDLE-1"))

    assert set(bench.shop.stock()) == {"SOAP", "CANDLE-1", "CANDLE-2"}


# Sales in between -------------------------------------------------------------------------


def test_fewer_than_we_believed_are_sales_we_have_not_read_and_nothing_is_raised() -> None:
    bench = Bench()
    bench.shop.place_order([Wanted(sku="SOAP", quantity=3)])

    with pytest.raises(StockMoved) as moved:
        bench.etsy.push(wish(bench.soap, 50, expected=50))

    assert moved.value.shown == 47
    assert bench.writes() == []


def test_fewer_than_we_believed_may_still_become_fewer() -> None:
    bench = Bench()
    bench.shop.place_order([Wanted(sku="SOAP", quantity=3)])

    bench.etsy.push(wish(bench.soap, 40, expected=50))

    assert bench.shop.stock()["SOAP"] == 40


@pytest.mark.parametrize("expected", [None, 50, 20])
def test_as_many_as_we_believed_or_more_are_written_over(expected: int | None) -> None:
    bench = Bench()

    bench.etsy.push(wish(bench.soap, 60, expected=expected))

    assert bench.shop.stock()["SOAP"] == 60


# What Etsy does not take ------------------------------------------------------------------


def test_a_variation_is_emptied_while_another_is_left() -> None:
    bench = Bench()
    listing = listing_of(bench, SIZES)

    bench.etsy.push(wish(listing, 0, sku="CANDLE-1"))

    assert bench.shop.stock()["CANDLE-1"] == 0


def test_an_empty_listing_is_as_empty_as_was_wished() -> None:
    bench = Bench()
    bench.shop.place_order([Wanted(sku="SOAP", quantity=50)])

    assert bench.etsy.push(wish(bench.soap, 0)).outcome == "already_there"


def test_more_than_etsy_shows_is_shown_as_the_most() -> None:
    bench = Bench()

    first = bench.etsy.push(wish(bench.soap, 5000))
    again = bench.etsy.push(wish(bench.soap, 5000))

    assert bench.shop.stock()["SOAP"] == 999
    assert "999" in first.warning
    assert again.outcome == "already_there"


@pytest.mark.parametrize("product_id", ["", "../1", "x", "9" * 21])
def test_what_cannot_be_a_listing_is_not_asked_for(product_id: str) -> None:
    bench = Bench()

    with pytest.raises(NotFound):
        bench.etsy.push(wish(product_id, 1))

    assert bench.wire.sent == []


def test_a_listing_or_an_sku_that_is_gone_is_not_found() -> None:
    bench = Bench()

    with pytest.raises(NotFound, match="no listing"):
        bench.etsy.push(wish("999", 1))
    with pytest.raises(NotFound, match="this SKU"):
        bench.etsy.push(wish(bench.soap, 1, sku="LOST"))

    assert bench.writes() == []


# Off sale and on again --------------------------------------------------------------------


def state_of(bench: Bench, listing: str) -> str:
    return bench.shop.books.listing(int(listing)).state


def shows(bench: Bench, listing: str, sku: str = "SOAP") -> int | None:
    ref = StockRef(product_id=listing, sku=sku)
    return bench.etsy.stock([ref])[ref]


def ours(listing: str, quantity: int, *, sku: str = "SOAP") -> SetStock:
    """A wish for a listing that shows none because we told it so."""
    return dataclasses.replace(wish(listing, quantity, sku=sku, expected=0), is_ours=True)


def test_a_listing_that_is_to_show_none_is_taken_off_sale_once() -> None:
    bench = Bench()

    first = bench.etsy.push(wish(bench.soap, 0))
    second = bench.etsy.push(wish(bench.soap, 0))

    assert (first.outcome, second.outcome) == ("created", "already_there")
    assert state_of(bench, bench.soap) == "inactive"
    assert [one.method for one in bench.writes()] == ["PATCH"]
    assert shows(bench, bench.soap) == 0
    assert bench.etsy.look_up(wish(bench.soap, 0)) is not None


def test_a_listing_off_sale_shows_none_whatever_it_keeps() -> None:
    bench = Bench()

    bench.shop.switch_listing(bench.soap, on=False)

    assert shows(bench, bench.soap) == 0
    assert bench.etsy.look_up(wish(bench.soap, 50)) is None


@pytest.mark.parametrize(
    "state, shown", [("inactive", 0), ("sold_out", 0), ("expired", 0), ("draft", None)]
)
def test_what_a_listing_shows_follows_its_state(state: str, shown: int | None) -> None:
    bench = Bench()
    made = bench.shop.add_listing(title="Old", sku="OLD", quantity=4, state=state)

    assert shows(bench, str(made["id"]), "OLD") == shown


def test_what_we_took_off_sale_comes_back_with_the_new_quantity() -> None:
    bench = Bench()
    bench.etsy.push(wish(bench.soap, 0))

    done = bench.etsy.push(ours(bench.soap, 7))

    assert done.outcome == "created"
    assert state_of(bench, bench.soap) == "active"
    assert shows(bench, bench.soap) == 7
    assert [one.method for one in bench.writes()] == ["PATCH", "PUT", "PATCH"]


@pytest.mark.parametrize("expected", [None, 0])
def test_what_a_person_took_off_sale_stays_so(expected: int | None) -> None:
    bench = Bench()
    bench.shop.switch_listing(bench.soap, on=False)

    with pytest.raises(Rejected, match="activate it there"):
        bench.etsy.push(wish(bench.soap, 7, expected=expected))

    assert bench.writes() == []


@pytest.mark.parametrize("state", ["draft", "expired", "removed"])
def test_what_is_not_sold_on_etsy_is_left_alone(state: str) -> None:
    bench = Bench()
    made = bench.shop.add_listing(title="Old", sku="OLD", quantity=4, state=state)

    with pytest.raises(Rejected, match="draft"):
        bench.etsy.push(ours(str(made["id"]), 7, sku="OLD"))

    assert bench.writes() == []


def test_what_sold_out_is_never_renewed_by_us_because_that_costs_a_fee() -> None:
    bench = Bench()
    bench.shop.place_order([Wanted(sku="SOAP", quantity=50)])

    for _ in range(2):
        with pytest.raises(Rejected, match="renew it there"):
            bench.etsy.push(ours(bench.soap, 7))

    assert state_of(bench, bench.soap) == "sold_out"
    assert bench.shop.books.listing(int(bench.soap)).renewals == 0
    assert [one.method for one in bench.writes()] == ["PUT"]


def test_what_sold_out_and_is_revived_by_its_stock_is_told() -> None:
    bench = Bench()
    bench.shop.rules.put_revives = True
    bench.shop.place_order([Wanted(sku="SOAP", quantity=50)])

    bench.etsy.push(wish(bench.soap, 7, expected=0))

    assert shows(bench, bench.soap) == 7


def test_a_listing_whose_time_is_over_is_not_put_back_for_a_fee() -> None:
    bench = Bench()
    bench.etsy.push(wish(bench.soap, 0))
    bench.hands.move(timedelta(days=121))
    bench.shop.grants.put(
        bench.shop.access_token,
        bench.shop.refresh_token,
        scopes=HUB_SCOPES,
        now=bench.hands.now(),
    )

    with pytest.raises(Rejected, match="renew it there"):
        bench.etsy.push(ours(bench.soap, 7))

    assert state_of(bench, bench.soap) == "inactive"


def test_the_last_variation_to_go_does_not_come_back_with_another() -> None:
    bench = Bench()
    listing = listing_of(bench, SIZES)
    for sku in ("CANDLE-1", "CANDLE-2", "CANDLE-3"):
        bench.etsy.push(wish(listing, 0, sku=sku))
    assert state_of(bench, listing) == "inactive"

    bench.etsy.push(ours(listing, 5, sku="CANDLE-1"))

    assert [shows(bench, listing, f"CANDLE-{n}") for n in (1, 2, 3)] == [5, 0, 0]


def test_a_state_that_is_not_as_asked_leaves_the_outcome_unknown() -> None:
    etsy, _ = canned(answered(THERE), answered({"state": "active"}))

    with pytest.raises(OutcomeUnknown, match="inactive"):
        etsy.push(wish("7", 0))


def test_a_listing_that_is_being_changed_is_switched_later() -> None:
    etsy, _ = canned(answered(THERE), answered({"error": "Conflict"}, status=409))

    with pytest.raises(Retryable):
        etsy.push(wish("7", 0))


FAULTS = ["drop_before_apply", "drop_after_apply", "fail_after_apply"]
STRUCK = ["updateListing", "updateListingInventory"]


@settings(deadline=None)
@given(
    wishes=st.lists(st.sampled_from([0, 0, 4, 9]), min_size=1, max_size=4),
    faults=st.lists(
        st.tuples(st.sampled_from(FAULTS), st.sampled_from(STRUCK)), max_size=5
    ),
)
def test_whatever_is_lost_between_the_calls_the_listing_ends_as_was_wished(
    wishes: Sequence[int], faults: Sequence[tuple[str, str]]
) -> None:
    bench = Bench()
    believed = 50
    for fault, operation in faults:
        bench.strike(fault, operation)
    for quantity in wishes:
        one = wish(bench.soap, quantity, expected=believed)
        bench.persevere(dataclasses.replace(one, is_ours=believed == 0), tries=12)
        believed = quantity

        assert shows(bench, bench.soap) == quantity
        assert state_of(bench, bench.soap) == ("active" if quantity else "inactive")
    assert bench.shop.books.listing(int(bench.soap)).renewals == 0


@pytest.mark.parametrize("operation", STRUCK)
def test_what_is_lost_while_a_listing_comes_back_never_sells_before_its_number_is_right(
    operation: str,
) -> None:
    bench = Bench()
    bench.etsy.push(wish(bench.soap, 0))
    bench.strike("drop_after_apply", operation)

    with pytest.raises(OutcomeUnknown):
        bench.etsy.push(ours(bench.soap, 7))

    assert shows(bench, bench.soap) in {0, 7}


# Answers that are late or wrong -----------------------------------------------------------

THERE = an_inventory(a_product("SOAP", quantity=5))
WISH = wish("7", 3)


def test_an_answer_that_shows_something_else_leaves_the_outcome_unknown() -> None:
    sold = an_inventory(a_product("SOAP", quantity=2))
    etsy, _ = canned(answered(THERE), answered(sold))

    with pytest.raises(OutcomeUnknown, match="otherwise"):
        etsy.push(WISH)


def test_a_listing_that_was_being_changed_is_tried_again() -> None:
    no = answered({"error": "Conflict"}, status=409)
    etsy, _ = canned(answered(THERE), no)

    with pytest.raises(Retryable):
        etsy.push(WISH)


def test_a_listing_that_does_not_say_all_of_itself_is_not_written() -> None:
    product = a_product("SOAP", quantity=5)
    product.pop("property_values")
    etsy, transport = canned(answered(an_inventory(product)))

    with pytest.raises(PayloadError):
        etsy.push(WISH)

    assert [one.method for one in transport.sent] == ["GET"]


def test_an_answer_without_a_price_after_a_write_leaves_the_outcome_unknown() -> None:
    zero = an_inventory(a_product("SOAP", quantity=3))
    offering = cast(list[Json], cast(list[Json], zero["products"])[0]["offerings"])[0]
    offering["price"] = {"amount": 1, "divisor": 0, "currency_code": "EUR"}
    etsy, _ = canned(answered(THERE), answered(zero))

    with pytest.raises(OutcomeUnknown):
        etsy.push(WISH)


# Etsy's own document ----------------------------------------------------------------------


@SHAPES
def test_every_write_is_one_that_etsys_own_document_allows(
    vendor: Path, vary_by: dict[str, list[str]], sku: str
) -> None:
    oas = EtsyOas(vendor)
    bench = Bench()

    bench.etsy.push(wish(listing_of(bench, vary_by), 4, sku=sku))
    bench.etsy.push(wish(bench.soap, 0))
    bench.etsy.push(ours(bench.soap, 3))

    for one in bench.wire.sent:
        assert (
            oas.request_faults(
                one.method,
                one.path,
                query=urlencode(one.query),
                content_type=one.headers.get("Content-Type", ""),
                body=one.body,
            )
            == []
        )
