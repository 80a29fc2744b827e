"""What the channels are owed: once each, in the order it became true, rehearsed in shadow."""

from dataclasses import fields
from datetime import date

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.flow.shipping import ship
from hub.flow.telling import announce
from hub.flow.telling.push import effect_of
from hub.models.claims.outbox import ClaimedEffect
from hub.models.records.channels import ChannelAccount
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from hub.models.records.planning import Shortage
from hub.models.records.shipping import Shipment
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
    Tracking,
    from_payload,
)
from tests.doors import LINKS
from tests.factories import NOW, PIECE, make_account, make_item, make_lot, make_order
from tests.flow.bench import (
    WHO,
    demand_of,
    hold,
    lack,
    line_of,
    make_run,
    need_of,
    owed,
)

FRIDAY, MONDAY = date(2026, 12, 4), date(2026, 12, 7)
DHL = Tracking(carrier="DHL", number="00340434", url="https://dhl.example/00340434")


def ready_order(
    session: Session, *, channel: str = "shopify", mode: str = "live", ready: int = 5
) -> SalesOrder:
    candle = make_item(session, code="CANDLE")
    account = make_account(session, channel=channel, mode=mode)
    order = make_order(session, account=account, lines={candle: 5})
    lot = make_lot(session, item=candle, quantity=9 * PIECE)
    hold(session, lot, owner=demand_of(session, order, candle), quantity=ready * PIECE)
    return order


def short_order(session: Session, *, mode: str = "live") -> SalesOrder:
    """An order whose candles nobody can make."""
    candle = make_item(session, code="CANDLE")
    order = make_order(session, account=make_account(session, mode=mode), lines={candle: 5})
    lack(session, candle, owner=demand_of(session, order, candle), quantity=5 * PIECE)
    return order


def the_candle(session: Session) -> Item:
    return session.scalars(select(Item).filter_by(code="CANDLE")).one()


def account_of(session: Session, order: SalesOrder) -> ChannelAccount:
    return session.get_one(ChannelAccount, order.account_id)


def send(session: Session, order: SalesOrder, *, notify: bool = True) -> Shipment:
    shipment_id = ship.ship(
        session,
        order_id=order.id,
        lines=None,
        tracking=DHL,
        notify=notify,
        who=WHO,
        now=NOW,
    )
    return session.get_one(Shipment, shipment_id)


def sync(session: Session, order: SalesOrder) -> None:
    announce.sync_holds(session, order_ids=[order.id], now=NOW)


def effects(session: Session) -> list[Effect]:
    """Read the outbox as a worker would."""
    rows = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
    return [from_payload(row.kind, row.payload) for row in rows]


# Parcels ----------------------------------------------------------------------------------


def test_a_parcel_is_told_by_the_channels_own_lines(session: Session) -> None:
    order = ready_order(session)

    shipment = send(session, order, notify=False)

    line = line_of(session, order, the_candle(session))
    assert effects(session) == [
        Fulfil(
            order_id=order.external_id,
            lines=(LineQuantity(line_id=line.external_id, quantity=5),),
            tracking=DHL,
            notify=False,
        )
    ]
    assert owed(session) == [(f"fulfil:{shipment.id}", "fulfil", "waiting")]
    assert shipment.is_owed


def test_the_same_news_twice_is_one_row(session: Session) -> None:
    shipment = send(session, ready_order(session))

    announce.tell_shipped(session, shipment_id=shipment.id, now=NOW)

    assert len(owed(session)) == 1


def test_in_shadow_the_news_is_only_written_down(session: Session) -> None:
    shipment = send(session, ready_order(session, mode="shadow"))

    assert owed(session) == [(f"fulfil:{shipment.id}", "fulfil", "shadowed")]


@pytest.mark.parametrize("channel, mode", [("shopify", "off"), ("manual", "live")])
def test_who_is_off_or_has_no_shop_hears_nothing(
    session: Session, channel: str, mode: str
) -> None:
    shipment = send(session, ready_order(session, channel=channel, mode=mode))

    assert owed(session) == []
    assert not shipment.is_owed


def test_what_is_switched_off_is_not_told(session: Session) -> None:
    order = ready_order(session)
    account_of(session, order).capabilities = {"fulfil": False}

    shipment = send(session, order)

    assert owed(session) == []
    assert not shipment.is_owed


def test_arrival_and_new_tracking_are_told_after_the_parcel(session: Session) -> None:
    order = ready_order(session)
    shipment = send(session, order)
    for tracking in (Tracking(number="PQ77"), Tracking(number="PQ78")):
        ship.amend_tracking(
            session,
            shipment_id=shipment.id,
            tracking=tracking,
            notify=False,
            who=WHO,
            now=NOW,
        )

    ship.mark_delivered(session, shipment_id=shipment.id, who=WHO, now=NOW)

    number = shipment.id
    assert [key for key, _, _ in owed(session)] == [
        f"fulfil:{number}",
        f"amend_tracking:{number}:1",
        f"amend_tracking:{number}:2",
        f"delivered:{number}",
    ]
    external = order.external_id
    assert effects(session)[2:] == [
        AmendTracking(
            order_id=external,
            fulfilment_refs=(),
            tracking=Tracking(number="PQ78"),
            notify=False,
        ),
        Delivered(order_id=external, fulfilment_refs=(), at=NOW),
    ]


def test_what_was_rehearsed_goes_on_in_rehearsal(session: Session) -> None:
    order = ready_order(session, mode="shadow")
    shipment = send(session, order)
    account_of(session, order).mode = "live"

    ship.mark_delivered(session, shipment_id=shipment.id, who=WHO, now=NOW)

    assert [state for _, _, state in owed(session)] == ["shadowed", "shadowed"]


def test_who_never_heard_of_a_parcel_does_not_hear_that_it_arrived(
    session: Session,
) -> None:
    order = ready_order(session, mode="off")
    shipment = send(session, order)
    account_of(session, order).mode = "live"

    ship.mark_delivered(session, shipment_id=shipment.id, who=WHO, now=NOW)

    assert owed(session) == []


# Progress ---------------------------------------------------------------------------------


def test_progress_is_told_once(session: Session) -> None:
    order = short_order(session)

    for note in ("P-0001: candles in production", "P-0002: candles in production"):
        announce.tell_progress(session, order_ids=[order.id], note=note, now=NOW)

    assert effects(session) == [
        Progress(order_id=order.external_id, note="P-0001: candles in production")
    ]
    assert order.progress_told


def test_who_could_not_hear_of_progress_hears_of_the_next(session: Session) -> None:
    order = short_order(session, mode="off")
    announce.tell_progress(session, order_ids=[order.id], note="first", now=NOW)
    account_of(session, order).mode = "live"

    announce.tell_progress(session, order_ids=[order.id], note="second", now=NOW)

    assert effects(session) == [Progress(order_id=order.external_id, note="second")]


def test_an_order_that_ended_is_not_being_made(session: Session) -> None:
    order = short_order(session)
    order.intent = "cancelled"

    announce.tell_progress(session, order_ids=[order.id], note="first", now=NOW)

    assert owed(session) == []


# The promised day -------------------------------------------------------------------------


def promised_order(session: Session, *, switch: str | None) -> SalesOrder:
    order = ready_order(session)
    if switch:
        account_of(session, order).capabilities = {"promised": switch}
        session.flush()
    return order


def test_the_promised_day_is_told_where_somebody_asked_for_it(session: Session) -> None:
    order = promised_order(session, switch="live")

    announce.tell_promised(session, order=order, on=FRIDAY, now=NOW)

    assert effects(session) == [Promised(order_id=order.external_id, on=FRIDAY)]
    assert [state for _, _, state in owed(session)] == ["waiting"]


@pytest.mark.parametrize("switch, states", [(None, []), ("shadow", ["shadowed"])])
def test_nobody_is_told_a_day_unasked(
    session: Session, switch: str | None, states: list[str]
) -> None:
    order = promised_order(session, switch=switch)

    announce.tell_promised(session, order=order, on=FRIDAY, now=NOW)

    assert [state for _, _, state in owed(session)] == states


def test_the_same_day_is_told_once_and_another_replaces_what_waits(
    session: Session,
) -> None:
    order = promised_order(session, switch="live")
    for day in (FRIDAY, FRIDAY, MONDAY):
        announce.tell_promised(session, order=order, on=day, now=NOW)
    first = session.scalars(select(OutboundMessage).order_by(OutboundMessage.id)).first()
    assert first is not None
    assert len(owed(session)) == 2

    sent = effect_of(session, claimed(first), today=NOW.date(), links=LINKS)

    assert sent == Promised(order_id=order.external_id, on=MONDAY)


def claimed(row: OutboundMessage) -> ClaimedEffect:
    names = [each.name for each in fields(ClaimedEffect)]
    return ClaimedEffect(**{name: getattr(row, name) for name in names})


# Holds ------------------------------------------------------------------------------------


def test_an_order_that_is_short_is_held_and_let_go(session: Session) -> None:
    order = short_order(session)
    sync(session, order)
    sync(session, order)
    assert order.held_at_channel == 1
    session.execute(delete(Shortage))

    sync(session, order)
    sync(session, order)

    handle = f"hornada-{order.number}-1"
    assert effects(session) == [
        Hold(
            order_id=order.external_id,
            handle=handle,
            reason="out_of_stock",
            note="Waiting for Soy candle, fig",
        ),
        ReleaseHold(order_id=order.external_id, handle=handle),
    ]
    assert [key for key, _, _ in owed(session)] == [
        f"hold:{order.id}:1",
        f"release_hold:{order.id}:1",
    ]
    assert order.held_at_channel == 0
    told = session.scalars(select(History.what).order_by(History.id)).all()
    assert told == ["order.held_at_channel", "order.hold_released_at_channel"]


def test_the_next_hold_has_the_next_number(session: Session) -> None:
    order = short_order(session)
    sync(session, order)
    [shortage] = session.scalars(select(Shortage))
    shortage_of = (shortage.item_id, shortage.demand_id)
    session.execute(delete(Shortage))
    sync(session, order)
    session.add(
        Shortage(
            item_id=shortage_of[0], demand_id=shortage_of[1], quantity=1, reason="no_stock"
        )
    )
    session.flush()

    sync(session, order)

    assert [key for key, _, _ in owed(session)][-1] == f"hold:{order.id}:2"
    assert order.held_at_channel == 2


def test_an_order_waits_for_what_the_parts_of_its_parts_lack(session: Session) -> None:
    soap, base, lye = (
        make_item(session, code=code) for code in ("SOAP", "SOAPBASE", "LYE")
    )
    account = make_account(session)
    waiting = make_order(session, account=account, lines={soap: 3})
    served = make_order(session, account=account, lines={soap: 1})
    soap_run = make_run(
        session,
        item=soap,
        uses={base: 300},
        made_for={demand_of(session, waiting, soap): 3 * PIECE},
    )
    base_run = make_run(
        session, item=base, uses={lye: 90}, made_for={need_of(session, soap_run, base): 300}
    )
    lack(session, lye, owner=need_of(session, base_run, lye), quantity=90)

    announce.sync_holds(session, order_ids=[waiting.id, served.id], now=NOW)

    assert [key for key, _, _ in owed(session)] == [f"hold:{waiting.id}:1"]
    [effect] = effects(session)
    assert isinstance(effect, Hold)
    assert effect.note == "Waiting for Lye"


def test_a_run_that_is_over_keeps_nobody_waiting(session: Session) -> None:
    candle, wax = make_item(session, code="CANDLE"), make_item(session, code="WAX")
    order = make_order(session, account=make_account(session), lines={candle: 3})
    run = make_run(
        session,
        item=candle,
        uses={wax: 5},
        made_for={demand_of(session, order, candle): 3 * PIECE},
    )
    lack(session, wax, owner=need_of(session, run, wax), quantity=5)
    run.state = "cancelled"
    session.flush()

    sync(session, order)

    assert owed(session) == []


def test_a_long_list_of_what_is_missing_is_cut_short(session: Session) -> None:
    codes = ("CANDLE", "SOAP", "BALM", "SOAPBASE", "WAX", "WICK", "LYE")
    items = [make_item(session, code=code) for code in codes]
    order = make_order(
        session, account=make_account(session), lines={item: 1 for item in items}
    )
    for item in items:
        lack(session, item, owner=demand_of(session, order, item), quantity=1)

    sync(session, order)

    [effect] = effects(session)
    assert isinstance(effect, Hold)
    assert effect.note == (
        "Waiting for Cotton wick, Lip balm, Lye, Olive soap, Soap base and 2 more"
    )


@pytest.mark.parametrize(
    "intent, release",
    [("on_hold", "ready"), ("cancelled", "ready"), ("open", "hold_payment")],
)
def test_an_order_that_is_not_planned_is_not_held(
    session: Session, intent: str, release: str
) -> None:
    order = short_order(session)
    order.intent, order.release = intent, release
    session.flush()

    sync(session, order)

    assert owed(session) == []


def test_holding_can_be_switched_off_and_what_is_held_still_ends(session: Session) -> None:
    order = short_order(session)
    sync(session, order)
    account_of(session, order).capabilities = {"hold": False}
    session.execute(delete(Shortage))

    sync(session, order)

    assert [kind for _, kind, _ in owed(session)] == ["hold", "release_hold"]


def test_a_switched_off_hold_is_not_placed(session: Session) -> None:
    order = short_order(session)
    account_of(session, order).capabilities = {"hold": False}

    sync(session, order)

    assert owed(session) == []
    assert order.held_at_channel == 0


def test_a_rehearsed_hold_is_placed_when_the_account_goes_live(session: Session) -> None:
    order = short_order(session, mode="shadow")
    sync(session, order)
    account_of(session, order).mode = "live"

    sync(session, order)
    sync(session, order)

    assert owed(session) == [
        (f"hold:{order.id}:1", "hold", "shadowed"),
        (f"hold:{order.id}:2", "hold", "waiting"),
    ]


def test_a_rehearsed_hold_ends_in_rehearsal(session: Session) -> None:
    order = short_order(session, mode="shadow")
    sync(session, order)
    account_of(session, order).mode = "live"
    session.execute(delete(Shortage))

    sync(session, order)

    assert [state for _, _, state in owed(session)] == ["shadowed", "shadowed"]
    assert order.held_at_channel == 0


@pytest.mark.parametrize("mode", ["shadow", "off"])
def test_a_real_hold_ends_for_real_or_not_yet(session: Session, mode: str) -> None:
    order = short_order(session)
    sync(session, order)
    account_of(session, order).mode = mode
    session.execute(delete(Shortage))

    sync(session, order)

    assert order.held_at_channel == 1
    account_of(session, order).mode = "live"
    sync(session, order)
    assert [state for _, _, state in owed(session)] == ["waiting", "waiting"]
    assert order.held_at_channel == 0


def test_a_held_order_is_let_go_to_ship_a_part_and_held_again(session: Session) -> None:
    order = ready_order(session, ready=2)
    candle = the_candle(session)
    lack(session, candle, owner=demand_of(session, order, candle), quantity=3 * PIECE)
    sync(session, order)

    send(session, order)

    assert [kind for _, kind, _ in owed(session)] == [
        "hold",
        "release_hold",
        "fulfil",
        "hold",
    ]
    assert order.held_at_channel == 2
