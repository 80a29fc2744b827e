"""Orders held at their shop while something is missing, and let go when it is there."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hub.flow.telling import announce
from hub.models.records.history import History
from hub.models.records.planning import Shortage
from mapping.effects import (
    Hold,
    ReleaseHold,
)
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.flow.bench import (
    demand_of,
    lack,
    make_run,
    need_of,
    owed,
)
from tests.flow.telling.told_orders import (
    account_of,
    effects,
    ready_order,
    send,
    short_order,
    sync,
    the_candle,
)


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
