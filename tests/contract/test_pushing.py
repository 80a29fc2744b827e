"""Whatever is told twice happens once, and whatever was lost is looked for."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from connectors.errors import (
    Conflict,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Unsupported,
)
from connectors.spec import Capability
from mapping.effects import (
    AmendTracking,
    Delivered,
    Effect,
    Fulfil,
    Hold,
    LineQuantity,
    Progress,
    Promised,
    ReleaseHold,
    SetStock,
    StockRef,
    Tracking,
)
from tests.contract.asking import (
    fulfil,
    may_be,
    needs,
    order_of,
    pusher,
    spec_of,
    takes,
    wire,
)
from tests.contract.harness import COME_BACK, Basket, Harness, Oddity, OnTheWire, Trouble

HANDLE = "hornada-1-supply"
KINDS = (
    "fulfil",
    "amend_tracking",
    "hold",
    "release_hold",
    "progress",
    "delivered",
    "promised",
)
CAPABILITY_OF = {
    "fulfil": Capability.FULFIL,
    "amend_tracking": Capability.FULFIL,
    "hold": Capability.HOLD,
    "release_hold": Capability.HOLD,
    "progress": Capability.PROGRESS,
    "delivered": Capability.DELIVERED,
    "promised": Capability.PROMISED,
}


def sent_before(h: Harness, order_id: str) -> tuple[str, ...]:
    """Send the order, and return what the channel calls the parcel."""
    done = pusher(h.channel()).push(fulfil(h, order_id))
    return tuple(done.remote_ref.split(","))


def effect_of(h: Harness, kind: str) -> Effect:
    """Prepare an order at the shop, and say something about it that it does not hold yet."""
    needs(h, CAPABILITY_OF[kind])
    order_id = h.place(Basket(quantity=2))
    hold = Hold(order_id=order_id, handle=HANDLE, reason="out_of_stock", note="No lye.")
    match kind:
        case "fulfil":
            return fulfil(h, order_id)
        case "amend_tracking":
            refs = sent_before(h, order_id)
            tracking = Tracking(carrier=takes(h).known_carrier, number="PK0000000002ES")
            return AmendTracking(order_id=order_id, fulfilment_refs=refs, tracking=tracking)
        case "hold":
            return hold
        case "release_hold":
            pusher(h.channel()).push(hold)
            return ReleaseHold(order_id=order_id, handle=HANDLE)
        case "progress":
            return Progress(order_id=order_id, note="Being made, ready on Friday.")
        case "promised":
            return Promised(order_id=order_id, on=date(2026, 12, 4))
        case _:
            refs = sent_before(h, order_id)
            at = wire(h).now
            return Delivered(order_id=order_id, fulfilment_refs=refs, at=at)


def can_be_read_back(h: Harness, kind: str) -> None:
    """Skip what a channel cannot show again; to say it again only replaces it there."""
    if kind == "progress":
        may_be(h, Oddity.SHOWN_PROGRESS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_told_twice_happens_once(h: Harness, kind: str) -> None:
    can_be_read_back(h, kind)
    effect = effect_of(h, kind)
    mails = takes(h).mails()

    first = pusher(h.channel()).push(effect)
    writes, told = wire(h).writes(), takes(h).mails()
    again = pusher(h.channel()).push(effect)

    assert first.outcome == "created"
    assert again.outcome in {"already_there", "nothing_to_do"}
    assert wire(h).writes() == writes
    assert takes(h).mails() == told <= mails + 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_writes_nothing_and_finds_what_was_told(h: Harness, kind: str) -> None:
    can_be_read_back(h, kind)
    effect = effect_of(h, kind)
    writes = wire(h).writes()

    before = pusher(h.channel()).look_up(effect)
    looked = wire(h).writes()
    pusher(h.channel()).push(effect)
    after = pusher(h.channel()).look_up(effect)

    assert before is None
    assert looked == writes
    assert after is not None
    assert after.outcome == "already_there"


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_was_lost_is_looked_for_and_found(h: Harness, kind: str) -> None:
    can_be_read_back(h, kind)
    effect = effect_of(h, kind)
    wire(h).fail_next(Trouble.LOST_AFTER, write=True)

    with pytest.raises(OutcomeUnknown):
        pusher(h.channel()).push(effect)
    found = pusher(h.channel()).look_up(effect)
    mails, writes = takes(h).mails(), wire(h).writes()
    again = pusher(h.channel()).push(effect)

    assert found is not None
    assert again.outcome in {"already_there", "nothing_to_do"}
    assert (takes(h).mails(), wire(h).writes()) == (mails, writes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("trouble", [Trouble.LOST_BEFORE, Trouble.FAILURE, Trouble.GARBAGE])
def test_a_write_of_which_nobody_knows_is_unknown_and_done_later(
    h: Harness, kind: str, trouble: Trouble
) -> None:
    effect = effect_of(h, kind)
    wire(h).fail_next(trouble, write=True)

    with pytest.raises(OutcomeUnknown):
        pusher(h.channel()).push(effect)

    assert pusher(h.channel()).look_up(effect) is None
    assert pusher(h.channel()).push(effect).outcome == "created"


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_that_came_too_fast_did_not_happen(h: Harness, kind: str) -> None:
    effect = effect_of(h, kind)
    wire(h).fail_next(Trouble.BUSY, write=True)

    with pytest.raises(RateLimited) as slowed:
        pusher(h.channel()).push(effect)

    assert slowed.value.retry_after == COME_BACK
    assert pusher(h.channel()).look_up(effect) is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_is_tried_once(h: Harness, kind: str) -> None:
    effect = effect_of(h, kind)
    writes = wire(h).writes()
    wire(h).fail_next(Trouble.FAILURE, write=True)

    with pytest.raises(OutcomeUnknown):
        pusher(h.channel()).push(effect)

    assert wire(h).writes() == writes + 1


def test_nothing_of_ours_to_release_is_no_trouble(h: Harness) -> None:
    needs(h, Capability.HOLD)

    done = pusher(h.channel()).push(ReleaseHold(order_id=h.place(), handle=HANDLE))

    assert done.outcome in {"already_there", "nothing_to_do"}


# Parcels ------------------------------------------------------------------------------------


def test_a_parcel_is_one_parcel_and_one_mail(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    order_id = h.place(Basket(quantity=2))
    effect = fulfil(h, order_id, number="PK7")

    for _ in range(3):
        pusher(h.channel()).push(effect)

    [parcel] = takes(h).parcels(order_id)
    assert parcel.number == "PK7"
    assert takes(h).mails() == 1
    assert order_of(h, order_id).lines[0].fulfilled == 2


def test_an_answer_lost_after_a_parcel_makes_no_second_one(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    order_id = h.place()
    effect = fulfil(h, order_id)
    wire(h).fail_next(Trouble.LOST_AFTER, write=True)

    with pytest.raises(OutcomeUnknown):
        pusher(h.channel()).push(effect)
    pusher(h.channel()).push(effect)

    assert len(takes(h).parcels(order_id)) == 1
    assert takes(h).mails() == 1


def test_part_of_a_line_is_a_part_of_it(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    may_be(h, Oddity.FEWER)
    order_id = h.place(Basket(quantity=5))

    pusher(h.channel()).push(fulfil(h, order_id, quantity=2))

    assert order_of(h, order_id).lines[0].fulfilled == 2
    assert [parcel.pieces for parcel in takes(h).parcels(order_id)] == [2]


def test_two_parcels_are_two(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    may_be(h, Oddity.FEWER)
    order_id = h.place(Basket(quantity=2))

    first = pusher(h.channel()).push(fulfil(h, order_id, quantity=1, number="PK1"))
    second = pusher(h.channel()).push(
        fulfil(h, order_id, quantity=1, number="PK2", known_refs=(first.remote_ref,))
    )

    assert second.outcome == "created"
    assert first.remote_ref != second.remote_ref
    assert {parcel.number for parcel in takes(h).parcels(order_id)} == {"PK1", "PK2"}
    assert order_of(h, order_id).lines[0].fulfilled == 2


def test_a_second_parcel_like_the_first_is_another(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    may_be(h, Oddity.FEWER, Oddity.UNTRACKED)
    order_id = h.place(Basket(quantity=2))
    effect = fulfil(h, order_id, quantity=1, number="")

    first = pusher(h.channel()).push(effect)
    again = pusher(h.channel()).push(effect)
    second = pusher(h.channel()).push(replace(effect, known_refs=(first.remote_ref,)))

    assert again.outcome == "already_there"
    assert second.outcome == "created"
    assert len(takes(h).parcels(order_id)) == 2


def test_a_parcel_nobody_can_follow_is_sent_too(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    may_be(h, Oddity.UNTRACKED)
    order_id = h.place()

    pusher(h.channel()).push(fulfil(h, order_id, number=""))

    assert order_of(h, order_id).lines[0].fulfilled == 1


def test_a_cancelled_order_takes_no_parcel(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    may_be(h, Oddity.CANCELLED)
    order_id = h.place()
    effect = fulfil(h, order_id)
    h.cancel(order_id)

    with pytest.raises(Conflict):
        pusher(h.channel()).push(effect)

    assert takes(h).parcels(order_id) == []
    assert takes(h).mails() == 0


def test_more_than_is_left_takes_no_parcel(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    may_be(h, Oddity.FEWER)
    order_id = h.place(Basket(quantity=2))

    with pytest.raises(Conflict):
        pusher(h.channel()).push(fulfil(h, order_id, quantity=3))

    assert takes(h).parcels(order_id) == []


def test_a_carrier_nobody_knows_is_shown_by_its_name(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    order_id = h.place()

    done = pusher(h.channel()).push(fulfil(h, order_id, carrier="Paco Bike"))

    [parcel] = takes(h).parcels(order_id)
    assert done.outcome == "created"
    assert parcel.number
    assert "Paco Bike" in parcel.carrier or done.warning


def test_a_buyer_who_is_not_to_be_told_is_not(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    may_be(h, Oddity.SILENT)

    pusher(h.channel()).push(fulfil(h, h.place(), notify=False))

    assert takes(h).mails() == 0


def test_an_order_that_is_not_there_is_not_found(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    effect = fulfil(h, h.place())
    writes = wire(h).writes()

    with pytest.raises((NotFound, Conflict)):
        pusher(h.channel()).push(replace(effect, order_id="999999999"))

    assert wire(h).writes() == writes


def test_our_own_parcel_coming_back_as_a_change_makes_nothing_new(h: Harness) -> None:
    needs(h, Capability.FULFIL)
    order_id = h.place()
    effect = fulfil(h, order_id)
    done = pusher(h.channel()).push(effect)
    wire(h).pass_time(timedelta(minutes=1))

    echoed = order_of(h, order_id)

    assert echoed.lines[0].fulfilled == echoed.lines[0].ordered
    assert pusher(h.channel()).push(effect).remote_ref == done.remote_ref


def not_declared(h: Harness) -> list[Effect]:
    """Everything the hub may want and this channel does not declare."""
    nothing = Tracking()
    line = LineQuantity(line_id="1", quantity=1)
    at = wire(h).now
    said: dict[Capability, list[Effect]] = {
        Capability.FULFIL: [Fulfil(order_id="1", lines=(line,), tracking=nothing)],
        Capability.HOLD: [
            Hold(order_id="1", handle=HANDLE, reason="other"),
            ReleaseHold(order_id="1", handle=HANDLE),
        ],
        Capability.PROGRESS: [Progress(order_id="1", note="Being made.")],
        Capability.DELIVERED: [Delivered(order_id="1", fulfilment_refs=("1",), at=at)],
        Capability.PROMISED: [Promised(order_id="1", on=at.date())],
        Capability.STOCK: [SetStock(ref=StockRef(product_id="1"), quantity=1)],
    }
    declared = spec_of(h).capabilities
    return [one for name, many in said.items() if name not in declared for one in many]


def test_what_is_not_declared_is_refused_without_a_call(h: Harness) -> None:
    if not isinstance(h, OnTheWire) or not spec_of(h).capabilities & set(
        CAPABILITY_OF.values()
    ):
        pytest.skip(f"{spec_of(h).key} is told nothing")
    calls = wire(h).calls()

    for effect in not_declared(h):
        with pytest.raises(Unsupported):
            pusher(h.channel()).push(effect)
        with pytest.raises(Unsupported):
            pusher(h.channel()).look_up(effect)

    assert wire(h).calls() == calls
