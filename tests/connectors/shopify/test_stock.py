"""Reading what Shopify shows as available, and writing it without undoing a sale."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from connectors.errors import (
    ChannelError,
    Conflict,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    Rejected,
    Retryable,
    StockMoved,
)
from connectors.protocol import Pushed
from connectors.sandbox.faults import Fault
from connectors.sandbox.shopify.storefront import ALL_SCOPES
from connectors.shopify import stock
from mapping.effects import SetStock, StockRef
from tests.connectors.shopify.shelves import Shelves
from tests.pretend_shopify import InProcess, connect

SET = "inventorySetQuantities"
THERE = Pushed(remote_ref="", outcome="already_there")


@pytest.fixture
def shelves() -> Iterator[Shelves]:
    made = Shelves()
    yield made
    made.store.close()


def wish(
    shelves: Shelves, quantity: int, *, expected: int | None = 40, key: str = "wish-1"
) -> SetStock:
    return SetStock(ref=shelves.ref, quantity=quantity, expected=expected, key=key)


def refuse(shelves: Shelves, code: str, *, times: int = 1) -> None:
    shelves.store.faults.add(
        Fault(kind="user_error", operation=SET, code=code, times=times)
    )


def writes(shelves: Shelves) -> int:
    asked = [str(call["roots"]) for call in shelves.store.requests()]
    return sum(SET in roots for roots in asked)


# Reading ---------------------------------------------------------------------------------


def test_what_is_shown_is_read_thing_by_thing_and_place_by_place(shelves: Shelves) -> None:
    porto = shelves.store.add_location("Porto")
    wax = shelves.store.add_variant(
        sku="WAX", title="Wax", stock={shelves.madrid: 3, porto: 7}, location=porto
    )
    item = str(wax["inventory_item_id"])
    here = StockRef(inventory_id=item, place_id=shelves.madrid, sku="WAX")
    there = StockRef(inventory_id=item, place_id=porto)

    shown = shelves.channel.stock([there, shelves.ref, here])

    assert shown == {there: 7, shelves.ref: 40, here: 3}


def test_more_sold_than_there_was_is_shown_below_zero(shelves: Shelves) -> None:
    shelves.order(pieces=42)

    assert shelves.channel.stock([shelves.ref]) == {shelves.ref: -2}


def test_what_is_not_counted_not_there_or_gone_is_shown_as_nothing(
    shelves: Shelves,
) -> None:
    porto = shelves.store.add_location("Porto")
    loose = shelves.store.add_variant(sku="LOOSE", title="Loose soap", tracked=False)
    refs = [
        StockRef(inventory_id=str(loose["inventory_item_id"]), place_id=shelves.madrid),
        replace(shelves.ref, place_id=porto),
        replace(shelves.ref, inventory_id="999"),
        replace(shelves.ref, place_id=""),
        replace(shelves.ref, inventory_id="no number"),
    ]

    assert shelves.channel.stock(refs) == dict.fromkeys(refs)


def test_nothing_asked_is_nothing_read(shelves: Shelves) -> None:
    assert shelves.channel.stock([]) == {}
    assert shelves.store.requests() == []


def test_many_are_asked_for_a_batch_at_a_time(shelves: Shelves) -> None:
    made = [
        shelves.store.add_variant(sku=f"S{n}", title="Soap", stock={shelves.madrid: n})
        for n in range(stock.MOST_AT_ONCE + 5)
    ]
    refs = [
        StockRef(inventory_id=str(one["inventory_item_id"]), place_id=shelves.madrid)
        for one in made
    ]

    shown = shelves.channel.stock(refs)

    assert list(shown.values()) == list(range(stock.MOST_AT_ONCE + 5))
    assert len(shelves.store.requests()) == 2


def test_without_the_right_to_read_stock_it_is_named(shelves: Shelves) -> None:
    shelves.store.scopes = ALL_SCOPES - {"read_inventory", "write_inventory"}

    with pytest.raises(PermissionDenied, match="read_inventory"):
        shelves.channel.stock([shelves.ref])


# Writing ---------------------------------------------------------------------------------


def test_stock_is_written_upon_the_number_that_was_read(shelves: Shelves) -> None:
    carried = InProcess(shelves.store)
    channel = shelves.channel
    channel._transport = carried  # noqa: SLF001 - to see what was sent

    pushed = channel.push(wish(shelves, 55))

    sent = carried.sent[-1]["variables"]
    assert isinstance(sent, dict)
    [quantity] = sent["input"]["quantities"]
    assert (quantity["quantity"], quantity["changeFromQuantity"]) == (55, 40)
    assert sent["input"]["referenceDocumentUri"].startswith("gid://hornada/Listing/")
    assert shelves.shown() == 55
    assert pushed.outcome == "created"
    assert pushed.remote_ref.isdigit()


def test_pushed_twice_it_is_written_once(shelves: Shelves) -> None:
    first = shelves.channel.push(wish(shelves, 55))
    second = shelves.channel.push(wish(shelves, 55))

    assert first.outcome == "created"
    assert second == THERE
    assert writes(shelves) == 1


def test_a_look_sees_whether_it_is_shown(shelves: Shelves) -> None:
    assert shelves.channel.look_up(wish(shelves, 55)) is None

    shelves.channel.push(wish(shelves, 55))

    assert shelves.channel.look_up(wish(shelves, 55)) == THERE


def test_a_sale_we_have_not_read_is_not_undone(shelves: Shelves) -> None:
    shelves.order(pieces=3)

    with pytest.raises(StockMoved) as raised:
        shelves.channel.push(wish(shelves, 38, expected=40))

    assert raised.value.shown == 37
    assert shelves.shown() == 37
    assert writes(shelves) == 0


@pytest.mark.parametrize(
    "quantity,expected", [(30, 40), (38, 37), (38, None), (90, 20), (0, 40)]
)
def test_it_is_written_where_nothing_is_undone(
    shelves: Shelves, quantity: int, expected: int | None
) -> None:
    shelves.order(pieces=3)

    shelves.channel.push(wish(shelves, quantity, expected=expected))

    assert shelves.shown() == quantity


def test_a_sale_between_reading_and_writing_stands(shelves: Shelves) -> None:
    def sell_between(name: str) -> None:
        if name == "http.after_answer" and len(shelves.store.requests()) == 1:
            shelves.order(pieces=4)

    channel = connect(shelves.store, failpoint=sell_between)

    with pytest.raises(StockMoved) as raised:
        channel.push(wish(shelves, 55))

    assert raised.value.shown == 36
    assert shelves.shown() == 36


def test_a_lost_answer_is_looked_up_and_not_written_again(shelves: Shelves) -> None:
    shelves.store.faults.add(Fault(kind="drop_after_apply", operation=SET))

    with pytest.raises(OutcomeUnknown):
        shelves.channel.push(wish(shelves, 55))

    assert shelves.channel.look_up(wish(shelves, 55)) == THERE
    assert shelves.channel.push(wish(shelves, 55)) == THERE
    assert writes(shelves) == 1


def test_a_number_that_comes_back_to_what_it_was_is_written_again(shelves: Shelves) -> None:
    shelves.channel.push(wish(shelves, 55))
    shelves.wait(5)
    shelves.store.set_stock("SOAP", 40, location=shelves.madrid)

    pushed = shelves.channel.push(wish(shelves, 55))

    assert pushed.outcome == "created"
    assert shelves.shown() == 55


def test_a_key_that_failed_once_is_not_used_again(shelves: Shelves) -> None:
    refuse(shelves, "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")
    carried = InProcess(shelves.store)
    channel = shelves.channel
    channel._transport = carried  # noqa: SLF001 - to see what was sent

    pushed = channel.push(wish(shelves, 55))

    keys = [sent["variables"].get("key") for sent in carried.sent]  # type: ignore[attr-defined]
    assert pushed.outcome == "created"
    assert len(set(keys)) == 3  # none for the look, and two of their own
    assert shelves.shown() == 55


@pytest.mark.parametrize(
    "code,kind",
    [
        ("IDEMPOTENCY_CONCURRENT_REQUEST", Retryable),
        ("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", Retryable),
        ("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", Retryable),
        ("CHANGE_FROM_QUANTITY_STALE", StockMoved),
        ("NON_MUTABLE_INVENTORY_ITEM", Rejected),
        ("INVALID_INVENTORY_ITEM", NotFound),
        ("INVALID_LOCATION", NotFound),
        ("INVALID_QUANTITY_TOO_HIGH", Rejected),
        ("", Conflict),
    ],
)
def test_each_refusal_says_what_there_is_to_do(
    shelves: Shelves, code: str, kind: type[ChannelError]
) -> None:
    refuse(shelves, code, times=2)

    with pytest.raises(kind) as raised:
        shelves.channel.push(wish(shelves, 55))

    assert type(raised.value) is kind
    assert shelves.shown() == 40


def test_a_bundle_is_refused_in_words(shelves: Shelves) -> None:
    box = shelves.store.add_variant(
        sku="BOX", title="Box", bundle=True, stock={shelves.madrid: 4}
    )
    ref = replace(shelves.ref, inventory_id=str(box["inventory_item_id"]))

    with pytest.raises(Rejected, match="bundle"):
        shelves.channel.push(SetStock(ref=ref, quantity=9, key="k"))


@pytest.mark.parametrize("act", ["push", "look_up"])
def test_what_cannot_be_counted_there_is_said_before_anything_is_written(
    shelves: Shelves, act: str
) -> None:
    porto = shelves.store.add_location("Porto")
    loose = shelves.store.add_variant(
        sku="LOOSE", title="Loose", tracked=False, stock={shelves.madrid: 0}
    )
    untracked = replace(shelves.ref, inventory_id=str(loose["inventory_item_id"]))
    expectations = [
        (untracked, Rejected, "Track quantity"),
        (replace(shelves.ref, place_id=porto), Rejected, "location"),
        (replace(shelves.ref, inventory_id="999"), NotFound, "any more"),
        (StockRef(sku="SOAP"), NotFound, "any more"),
    ]

    for ref, kind, words in expectations:
        with pytest.raises(kind, match=words):
            getattr(shelves.channel, act)(SetStock(ref=ref, quantity=9, key="k"))

    assert writes(shelves) == 0


def test_without_the_right_to_write_stock_nothing_is_written(shelves: Shelves) -> None:
    shelves.store.scopes = ALL_SCOPES - {"write_inventory"}

    with pytest.raises(PermissionDenied, match="write_inventory"):
        shelves.channel.push(wish(shelves, 55))

    assert shelves.shown() == 40
