"""What a shop shows is read first, raised only over sales we know of, and written once."""

from contextlib import suppress
from dataclasses import replace

import pytest

from connectors.errors import CursorExpired, NotFound, OutcomeUnknown, StockMoved
from connectors.protocol import CatalogueItem
from connectors.spec import Capability
from mapping.effects import SetStock, StockRef
from tests.contract.asking import (
    MOST_PAGES,
    listed,
    may_be,
    needs,
    pusher,
    sells,
    stocked,
    wire,
)
from tests.contract.harness import Harness, Oddity, Trouble


def a_wish(h: Harness, *, more: int = 0, expected: int | None = None) -> SetStock:
    """Wish for so many more than the shop shows."""
    needs(h, Capability.STOCK)
    ref = sells(h).on_sale()[0].ref
    return SetStock(
        ref=ref, quantity=sells(h).shown(ref) + more, expected=expected, key="wish-1"
    )


def everything_shown(h: Harness) -> dict[StockRef, int]:
    """What the shop shows of all it sells."""
    return {one.ref: sells(h).shown(one.ref) for one in sells(h).on_sale()}


def test_stock_is_read_as_it_is_shown(h: Harness) -> None:
    needs(h, Capability.STOCK)
    shown = everything_shown(h)

    assert dict(stocked(h.channel()).stock(list(shown))) == shown


def test_what_is_not_there_has_no_stock(h: Harness) -> None:
    needs(h, Capability.STOCK)
    known = sells(h).on_sale()[0].ref
    gone = StockRef(
        product_id="999999999",
        variant_id=known.variant_id and "999999998",
        inventory_id=known.inventory_id and "999999997",
        place_id=known.place_id,
        sku="GONE",
    )

    assert stocked(h.channel()).stock([gone]) == {gone: None}
    with pytest.raises(NotFound):
        pusher(h.channel()).push(SetStock(ref=gone, quantity=1, key="wish-9"))


def test_no_stock_asked_for_is_none(h: Harness) -> None:
    needs(h, Capability.STOCK)

    assert stocked(h.channel()).stock([]) == {}


def test_stock_is_set_to_the_number_and_nothing_else_moves(h: Harness) -> None:
    wish = a_wish(h, more=5)
    before = everything_shown(h)

    done = pusher(h.channel()).push(wish)

    assert done.outcome == "created"
    assert everything_shown(h) == {**before, wish.ref: wish.quantity}


def test_none_left_is_a_number_too(h: Harness) -> None:
    may_be(h, Oddity.EMPTIED)
    wish = replace(a_wish(h), quantity=0)

    pusher(h.channel()).push(wish)

    assert sells(h).shown(wish.ref) == 0


def test_stock_that_is_shown_already_is_not_written(h: Harness) -> None:
    wish = a_wish(h, more=4)
    pusher(h.channel()).push(wish)
    writes = wire(h).writes()

    again = pusher(h.channel()).push(wish)

    assert again.outcome == "already_there"
    assert wire(h).writes() == writes


def test_stock_is_not_raised_over_sales_we_have_not_read(h: Harness) -> None:
    wish = a_wish(h, more=3)
    believed = sells(h).shown(wish.ref)
    sells(h).sell(wish.ref, 2)
    writes = wire(h).writes()

    with pytest.raises(StockMoved) as moved:
        pusher(h.channel()).push(replace(wish, expected=believed))

    assert moved.value.shown == believed - 2
    assert wire(h).writes() == writes
    assert sells(h).shown(wish.ref) == believed - 2


def test_stock_is_lowered_whatever_was_sold(h: Harness) -> None:
    wish = a_wish(h)
    believed = sells(h).shown(wish.ref)
    sells(h).sell(wish.ref, 1)
    lower = replace(wish, quantity=believed - 4, expected=believed)

    pusher(h.channel()).push(lower)

    assert sells(h).shown(wish.ref) == believed - 4


def test_stock_is_raised_where_we_know_what_is_shown(h: Harness) -> None:
    wish = a_wish(h, more=3)
    sells(h).sell(wish.ref, 2)

    pusher(h.channel()).push(replace(wish, expected=sells(h).shown(wish.ref)))

    assert sells(h).shown(wish.ref) == wish.quantity


def test_a_sale_between_look_and_write_is_not_written_over(h: Harness) -> None:
    needs(h, Capability.STOCK)
    may_be(h, Oddity.RESOLD)
    wish = a_wish(h, more=3)
    believed = sells(h).shown(wish.ref)
    sells(h).sell_before_next_write(wish.ref, 2)

    with pytest.raises(StockMoved) as moved:
        pusher(h.channel()).push(replace(wish, expected=believed))

    assert moved.value.shown == believed - 2
    assert sells(h).shown(wish.ref) == believed - 2


def test_a_lost_answer_about_stock_is_looked_for(h: Harness) -> None:
    wish = a_wish(h, more=2)
    wire(h).fail_next(Trouble.LOST_AFTER, write=True)

    with pytest.raises(OutcomeUnknown):
        pusher(h.channel()).push(wish)
    found = pusher(h.channel()).look_up(wish)
    writes = wire(h).writes()

    assert found is not None
    assert pusher(h.channel()).push(wish).outcome == "already_there"
    assert wire(h).writes() == writes


def test_a_look_at_stock_writes_nothing(h: Harness) -> None:
    wish = a_wish(h, more=2)
    writes = wire(h).writes()

    assert pusher(h.channel()).look_up(wish) is None
    assert wire(h).writes() == writes


# The catalogue ------------------------------------------------------------------------------


def whole_catalogue(h: Harness, *, limit: int) -> list[CatalogueItem]:
    """Read everything that is on sale, page by page."""
    cursor, items = "", list[CatalogueItem]()
    for _ in range(MOST_PAGES):
        page = listed(h.channel()).catalogue(cursor=cursor, limit=limit)
        assert len(page.items) <= max(limit, 100)
        items += page.items
        if not page.more:
            return items
        assert page.cursor != cursor
        cursor = page.cursor
    raise AssertionError("the catalogue never ends")


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_everything_on_sale_is_in_the_catalogue_once(h: Harness, limit: int) -> None:
    needs(h, Capability.CATALOGUE)

    items = whole_catalogue(h, limit=limit)

    assert sorted(item.sku for item in items) == sorted(s.sku for s in sells(h).on_sale())
    assert len({(item.product_id, item.variant_id, item.sku) for item in items}) == len(
        items
    )
    assert all(item.title for item in items)


def test_what_the_catalogue_says_leads_to_the_stock(h: Harness) -> None:
    needs(h, Capability.CATALOGUE, Capability.STOCK)
    places = listed(h.channel()).places()
    refs = {
        item.sku: StockRef(
            product_id=item.product_id,
            variant_id=item.variant_id,
            inventory_id=item.inventory_id,
            place_id=places[0].external_id if places else "",
            sku=item.sku,
        )
        for item in whole_catalogue(h, limit=50)
    }

    shown = stocked(h.channel()).stock(list(refs.values()))

    for sale in sells(h).on_sale():
        assert shown[refs[sale.sku]] == sells(h).shown(sale.ref)


def test_what_an_order_sold_is_in_the_catalogue(h: Harness) -> None:
    needs(h, Capability.CATALOGUE, Capability.ORDERS_FETCH)
    channel = h.channel()
    reading = channel.read(h.message(h.place()))
    order = getattr(reading, "order", None)
    if order is None:
        pytest.skip("its messages only say which order changed")

    known = {(i.product_id, i.variant_id) for i in whole_catalogue(h, limit=50)}

    [line] = order.lines
    assert (line.product_id, line.variant_id) in known


def test_places_have_ids_and_names(h: Harness) -> None:
    needs(h, Capability.CATALOGUE)

    for place in listed(h.channel()).places():
        assert place.external_id
        assert place.name


def test_a_place_in_the_catalogue_that_is_none_at_most_begins_again(h: Harness) -> None:
    needs(h, Capability.CATALOGUE)

    # A channel whose cursors are plain ids cannot tell; then it must not fail otherwise.
    with suppress(CursorExpired):
        listed(h.channel()).catalogue(cursor="\N{SNOWMAN} nonsense", limit=2)
