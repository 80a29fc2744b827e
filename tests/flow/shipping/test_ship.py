"""Pieces leave in parcels, from named lots, once; kits whole; nothing too old or put aside."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.refusal import Invalid, Missing, SomebodyWasFirst
from hub.flow.shipping import ship
from hub.flow.shipping.pack import NotReady
from hub.flow.step import StepRefused
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.orders import Demand, SalesOrder
from hub.models.records.shipping import Shipment, ShipmentLine, ShipmentPick
from hub.models.records.stock import Lot
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import (
    WHO,
    balance,
    demand_of,
    held,
    hold,
    line_of,
    marked,
    moves,
    owed,
    unmark,
)

DHL = Tracking(carrier="DHL", number="00340434", url="https://dhl.example/00340434")
TODAY = NOW.date()


def send(
    session: Session,
    order: SalesOrder,
    *,
    lines: Mapping[int, int] | None = None,
    tracking: Tracking = DHL,
    seen: int | None = None,
) -> Shipment:
    shipment_id = ship.ship(
        session,
        order_id=order.id,
        lines=lines,
        tracking=tracking,
        notify=True,
        who=WHO,
        now=NOW,
        seen=seen,
    )
    return session.get_one(Shipment, shipment_id)


def ready_candles(
    session: Session, *, ordered: int = 5, ready: int = 5
) -> tuple[SalesOrder, Item, Lot]:
    """An order for candles, so many of them held in a lot C1 of nine."""
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session), lines={candle: ordered})
    lot = make_lot(session, item=candle, quantity=9 * PIECE, code="C1")
    if ready:
        hold(session, lot, owner=demand_of(session, order, candle), quantity=ready * PIECE)
    unmark(session)
    return order, candle, lot


def ready_kit(session: Session) -> tuple[SalesOrder, Demand, Demand]:
    """Three boxes of a candle and two soaps each; stock for three candles and five soaps."""
    candle, soap = make_item(session, code="CANDLE"), make_item(session, code="SOAP")
    order = make_order(session, account=make_account(session), lines={candle: 3})
    candles = demand_of(session, order, candle)
    soaps = Demand(
        order_line_id=candles.order_line_id, item_id=soap.id, per_piece=2000, quantity=6000
    )
    session.add(soaps)
    session.flush()
    candle_lot = make_lot(session, item=candle, quantity=3 * PIECE, code="C1")
    soap_lot = make_lot(session, item=soap, quantity=5 * PIECE, code="S1")
    hold(session, candle_lot, owner=candles, quantity=3 * PIECE)
    hold(session, soap_lot, owner=soaps, quantity=5 * PIECE)
    return order, candles, soaps


# A parcel ---------------------------------------------------------------------------------


def test_everything_that_is_ready_leaves_from_its_lot(session: Session) -> None:
    order, candle, lot = ready_candles(session)
    demand = demand_of(session, order, candle)

    shipment = send(session, order)

    assert (shipment.number, shipment.state, shipment.shipped_at) == (
        "S-0001",
        "shipped",
        NOW,
    )
    assert (shipment.carrier, shipment.tracking_number) == ("DHL", "00340434")
    assert moves(session, lot)[1:] == [("shipped", -5 * PIECE)]
    assert balance(session, lot) == (4 * PIECE, 0)
    assert held(session, demand) == {}
    assert (demand.shipped, line_of(session, order, candle).shipped) == (5 * PIECE, 5)
    [line] = session.scalars(select(ShipmentLine))
    [pick] = session.scalars(select(ShipmentPick))
    assert line.quantity == 5
    assert (pick.demand_id, pick.lot_id, pick.quantity) == (demand.id, lot.id, 5 * PIECE)
    assert marked(session) == {candle.id}
    assert (order.phase, order.intent) == ("shipped", "open")


def test_the_timeline_of_the_order_tells_of_the_parcel(session: Session) -> None:
    order, _, _ = ready_candles(session)

    shipment = send(session, order)

    [told] = session.scalars(select(History).filter_by(what="order.shipped"))
    assert (told.subject_id, told.why) == (order.id, "S-0001")
    assert told.detail == {"shipment": shipment.id, "pieces": 5}


def test_what_is_ready_leaves_and_the_rest_follows(session: Session) -> None:
    order, candle, lot = ready_candles(session, ordered=5, ready=2)

    send(session, order)

    assert order.phase == "partly_shipped"
    hold(session, lot, owner=demand_of(session, order, candle), quantity=3 * PIECE)
    send(session, order)
    assert order.phase == "shipped"
    assert balance(session, lot) == (4 * PIECE, 0)


def test_a_person_may_send_fewer_pieces(session: Session) -> None:
    order, candle, lot = ready_candles(session)

    send(session, order, lines={line_of(session, order, candle).id: 2})

    assert held(session, demand_of(session, order, candle)) == {"C1": 3 * PIECE}
    assert balance(session, lot) == (7 * PIECE, 3 * PIECE)


def test_a_kit_leaves_only_whole(session: Session) -> None:
    order, candles, soaps = ready_kit(session)

    send(session, order)

    assert (candles.shipped, soaps.shipped) == (2 * PIECE, 4 * PIECE)
    assert held(session, candles) == {"C1": PIECE}
    assert held(session, soaps) == {"S1": PIECE}


def test_a_lot_in_two_lines_of_a_parcel_moves_once(session: Session) -> None:
    order, candle, lot = ready_candles(session, ordered=2, ready=2)
    soap = make_item(session, code="SOAP")
    other = make_order(
        session, account=make_account(session, name="other"), lines={soap: 3}
    )
    line = line_of(session, other, soap)
    line.order_id = order.id
    candles = demand_of(session, order, soap)
    candles.item_id = candle.id
    session.flush()
    hold(session, lot, owner=candles, quantity=3 * PIECE)

    send(session, order)

    assert moves(session, lot)[1:] == [("shipped", -5 * PIECE)]
    assert [pick.quantity for pick in session.scalars(select(ShipmentPick))] == [2000, 3000]


def test_the_lot_that_expires_first_leaves_first(session: Session) -> None:
    order, candle, lot = ready_candles(session, ready=3)
    sooner = make_lot(
        session,
        item=candle,
        quantity=2 * PIECE,
        code="C2",
        best_before=TODAY + timedelta(days=9),
    )
    hold(session, sooner, owner=demand_of(session, order, candle), quantity=2 * PIECE)

    send(session, order, lines={line_of(session, order, candle).id: 3})

    assert balance(session, sooner) == (0, 0)
    assert balance(session, lot) == (8 * PIECE, 2 * PIECE)


# Not in a parcel --------------------------------------------------------------------------


def test_a_second_press_finds_nothing_ready(session: Session) -> None:
    order, _, lot = ready_candles(session)
    send(session, order)

    with pytest.raises(NotReady, match="Nothing is ready"):
        send(session, order, tracking=Tracking())

    assert balance(session, lot) == (4 * PIECE, 0)


def test_the_same_parcel_is_not_written_down_twice(session: Session) -> None:
    order, candle, lot = ready_candles(session)
    two = {line_of(session, order, candle).id: 2}
    send(session, order, lines=two)

    with pytest.raises(ship.AlreadyShipped, match="S-0001 has just these pieces"):
        send(session, order, lines=two)

    assert balance(session, lot) == (7 * PIECE, 3 * PIECE)


def test_other_pieces_may_be_under_the_same_number(session: Session) -> None:
    order, candle, _ = ready_candles(session)
    line_id = line_of(session, order, candle).id
    send(session, order, lines={line_id: 2})

    send(session, order, lines={line_id: 3})

    assert order.phase == "shipped"


def test_who_did_not_see_the_last_parcel_looks_again(session: Session) -> None:
    order, candle, _ = ready_candles(session)
    two = {line_of(session, order, candle).id: 2}
    send(session, order, lines=two, seen=0)

    with pytest.raises(SomebodyWasFirst):
        send(session, order, lines=two, seen=0, tracking=Tracking())


def test_more_than_is_ready_is_refused_by_the_name_of_the_line(session: Session) -> None:
    order, candle, lot = ready_candles(session, ordered=5, ready=2)

    with pytest.raises(
        NotReady, match="Of “Soy candle, fig” 2 can be shipped, not 3"
    ) as no:
        send(session, order, lines={line_of(session, order, candle).id: 3})

    assert no.value.field == "lines"
    assert balance(session, lot) == (9 * PIECE, 2 * PIECE)
    assert session.scalars(select(Shipment)).all() == []


@pytest.mark.parametrize("days_left, leaves", [(29, False), (30, True)])
def test_what_would_not_keep_long_enough_does_not_leave(
    session: Session, days_left: int, leaves: bool
) -> None:
    order, candle, lot = ready_candles(session)
    candle.min_remaining_days = 30
    lot.best_before = TODAY + timedelta(days=days_left)

    if leaves:
        assert send(session, order).state == "shipped"
        return
    with pytest.raises(NotReady, match="Too old or put aside: lot C1"):
        send(session, order)


@pytest.mark.parametrize("state", ["quarantined", "recalled"])
def test_what_was_put_aside_does_not_leave(session: Session, state: str) -> None:
    order, _, lot = ready_candles(session)
    lot.state = state

    with pytest.raises(NotReady, match="lot C1"):
        send(session, order)


@pytest.mark.parametrize(
    "intent, release, words",
    [
        ("on_hold", "ready", "is on hold"),
        ("cancelled", "ready", "is cancelled"),
        ("closed", "ready", "is closed"),
        ("open", "cancelled", "cancelled at its channel"),
    ],
)
def test_an_order_that_waits_or_ended_is_not_shipped(
    session: Session, intent: str, release: str, words: str
) -> None:
    order, _, _ = ready_candles(session)
    order.intent, order.release = intent, release

    with pytest.raises(ship.NotToBeShipped, match=words):
        send(session, order)


def test_what_the_buyer_took_off_or_got_elsewhere_does_not_leave(session: Session) -> None:
    order, candle, _ = ready_candles(session)
    line = line_of(session, order, candle)
    line.cancelled, line.sent_elsewhere = 1, 1

    send(session, order)

    assert line.shipped == 3


@pytest.mark.parametrize("pieces", [0, -1])
def test_no_pieces_are_no_parcel(session: Session, pieces: int) -> None:
    order, candle, _ = ready_candles(session)

    with pytest.raises(Invalid):
        send(session, order, lines={line_of(session, order, candle).id: pieces})


@pytest.mark.parametrize("lines", [{}, {99: 1}])
def test_a_parcel_holds_lines_of_its_order(session: Session, lines: dict[int, int]) -> None:
    order, _, _ = ready_candles(session)

    with pytest.raises(Invalid) as refused:
        send(session, order, lines=lines)

    assert refused.value.field == "lines"


@pytest.mark.parametrize(
    "tracking, field",
    [
        (Tracking(url="javascript:alert(1)"), "tracking_url"),
        (Tracking(number="9" * 501), "tracking_number"),
        (Tracking(carrier="D" * 501), "carrier"),
    ],
)
def test_a_tracking_that_cannot_be_shown_is_refused(
    session: Session, tracking: Tracking, field: str
) -> None:
    order, _, _ = ready_candles(session)

    with pytest.raises(Invalid) as refused:
        send(session, order, tracking=tracking)

    assert refused.value.field == field


def test_there_is_no_shipping_an_order_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        ship.ship(
            session, order_id=99, lines=None, tracking=DHL, notify=True, who=WHO, now=NOW
        )


# On its way -------------------------------------------------------------------------------


def test_a_parcel_arrives_once(session: Session) -> None:
    order, _, _ = ready_candles(session)
    shipment = send(session, order)

    ship.mark_delivered(session, shipment_id=shipment.id, who=WHO, now=NOW)

    assert (shipment.state, shipment.delivered_at) == ("delivered", NOW)
    assert order.phase == "delivered"
    with pytest.raises(StepRefused):
        ship.mark_delivered(session, shipment_id=shipment.id, who=WHO, now=NOW)


def amend(session: Session, shipment: Shipment, tracking: Tracking) -> None:
    ship.amend_tracking(
        session, shipment_id=shipment.id, tracking=tracking, notify=False, who=WHO, now=NOW
    )


def test_a_parcel_may_be_followed_elsewhere(session: Session) -> None:
    order, _, _ = ready_candles(session)
    shipment = send(session, order)

    amend(session, shipment, Tracking(carrier="Correos", number="PQ77"))

    assert (shipment.carrier, shipment.tracking_number) == ("Correos", "PQ77")
    assert shipment.tracking_url == ""
    [told] = session.scalars(select(History).filter_by(what="shipment.tracking"))
    assert (told.from_state, told.to_state) == ("00340434", "PQ77")


def test_a_tracking_that_did_not_change_is_not_told(session: Session) -> None:
    order, _, _ = ready_candles(session)
    shipment = send(session, order)

    amend(session, shipment, DHL)

    assert [kind for _, kind, _ in owed(session)] == ["fulfil"]


def test_there_is_no_following_a_parcel_that_is_not_there(session: Session) -> None:
    with pytest.raises(Missing):
        ship.amend_tracking(
            session, shipment_id=99, tracking=DHL, notify=True, who=WHO, now=NOW
        )
