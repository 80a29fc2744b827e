"""What people must do at a channel: asked once, closed by them or by what the channel shows."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.errors import NotAllowedHere
from connectors.protocol import Pushed
from connectors.readings import OrderDeleted
from connectors.spec import Capability
from hub.flow.orders.change import cancel_order
from hub.flow.reading.read import apply
from hub.flow.refusal import Missing, Refusal
from hub.flow.telling.push import leave_to_people, sent, tell_after_all
from hub.flow.telling.tasks import close_task, open_tasks_of
from hub.models.channels.task_views import find_tasks, open_task_counts, task_views
from hub.models.claims import outbox
from hub.models.claims.leases import LeaseLost
from hub.models.claims.outbox import claim
from hub.models.newest import Window
from hub.models.records.history import History
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import SalesOrder
from mapping.effects import Fulfil, from_payload
from tests.factories import NOW
from tests.flow.bench import WHO, owed
from tests.flow.telling.manual_tasks import (
    LEASE,
    account_of,
    allowed,
    denied,
    done_by_hand,
    drift,
    send,
    shows,
    tasks,
    the_line,
)

# Ship by hand ---------------------------------------------------------------------------------


def test_a_shop_that_denies_us_is_told_by_a_person(session: Session) -> None:
    order = denied(session)

    shipment = send(session, order)

    assert tasks(session) == [("ship", "open", "")]
    assert owed(session) == []
    assert not shipment.is_owed


@pytest.mark.parametrize(
    "channel, mode", [("etsy", "shadow"), ("etsy", "off"), ("manual", "live")]
)
def test_what_is_only_rehearsed_or_has_no_shop_asks_nobody(
    session: Session, channel: str, mode: str
) -> None:
    send(session, denied(session, channel=channel, mode=mode))

    assert tasks(session) == []


def test_the_task_says_what_to_copy(session: Session) -> None:
    order = denied(session)
    shipment = send(session, order)

    page = find_tasks(session, state="open", channel="etsy", window=Window(limit=10))
    [view] = task_views(session, tasks=page.rows)

    assert (view.order_number, view.external_id) == (order.number, order.external_id)
    assert view.shipment_number == shipment.number
    assert (view.carrier, view.tracking_number) == ("DHL", "TNone")
    assert [(line.title, line.quantity) for line in view.lines] == [("Soy candle, fig", 5)]
    assert open_task_counts(session, account_ids=[order.account_id]) == {
        order.account_id: 1
    }


def test_the_channel_closes_it_when_it_shows_the_pieces_as_sent(session: Session) -> None:
    order = denied(session)
    send(session, order)

    shows(session, order, sent=4)
    assert tasks(session) == [("ship", "open", "")]
    shows(session, order, sent=5, after=6)

    assert tasks(session) == [("ship", "done", f"channel:{order.account_id}")]
    assert the_line(session, order).sent_elsewhere == 0


def test_two_parcels_are_closed_one_after_the_other(session: Session) -> None:
    order = denied(session)
    send(session, order, pieces=2)
    send(session, order, pieces=3)

    shows(session, order, sent=2)

    assert [state for _, state, _ in tasks(session)] == ["done", "open"]


def test_a_shop_that_shows_only_that_it_was_sent_says_nothing_of_a_second_parcel(
    session: Session,
) -> None:
    order = denied(session)
    send(session, order, pieces=2)
    send(session, order, pieces=3)

    shows(session, order, sent=5)

    assert [state for _, state, _ in tasks(session)] == ["done", "open"]
    done_by_hand(session, order)
    assert [who for _, _, who in tasks(session)] == [f"channel:{order.account_id}", WHO]


def test_a_shop_that_counts_pieces_closes_every_parcel_it_counts(session: Session) -> None:
    order = denied(session, channel="shopify")
    send(session, order, pieces=2)
    send(session, order, pieces=3)

    shows(session, order, sent=5)

    assert [state for _, state, _ in tasks(session)] == ["done", "done"]


def test_a_second_parcel_stays_open_though_a_person_did_the_first(session: Session) -> None:
    order = denied(session)
    send(session, order, pieces=2)
    done_by_hand(session, order)
    send(session, order, pieces=3)

    shows(session, order, sent=5)

    assert [state for _, state, _ in tasks(session)] == ["done", "open"]


def test_the_same_version_again_still_closes_it(session: Session) -> None:
    """Somebody marked it there before we knew that a person had to."""
    order = allowed(session)
    send(session, order)
    shows(session, order, sent=5)
    claimed = claim(session, owner="anna", now=NOW, lease=LEASE)[0]
    leave_to_people(session, claimed=claimed, capability=Capability.FULFIL, now=NOW)
    assert tasks(session) == [("ship", "open", "")]

    shows(session, order, sent=5)

    assert [state for _, state, _ in tasks(session)] == ["done"]


def test_a_person_closes_it_once(session: Session) -> None:
    order = denied(session)
    send(session, order)
    [task] = open_tasks_of(session, order_id=order.id)

    close_task(session, task_id=task.id, who=WHO, now=NOW)

    assert tasks(session) == [("ship", "done", WHO)]
    with pytest.raises(Refusal):
        close_task(session, task_id=task.id, who=WHO, now=NOW)
    with pytest.raises(Missing):
        close_task(session, task_id=task.id + 999, who=WHO, now=NOW)
    told = session.scalars(
        select(History.what).where(History.what.like("task.%")).order_by(History.id)
    )
    assert list(told) == ["task.opened", "task.done"]


def test_a_shop_found_to_deny_us_is_remembered_and_asked_no_more(session: Session) -> None:
    order = allowed(session)
    send(session, order, pieces=2)
    [claimed] = claim(session, owner="anna", now=NOW, lease=LEASE)

    leave_to_people(session, claimed=claimed, capability=Capability.FULFIL, now=NOW)
    send(session, order, pieces=3)

    assert account_of(session, order).cannot == ["fulfil"]
    assert [state for _, state, _ in tasks(session)] == ["open", "open"]
    assert len(owed(session)) == 1


def test_when_the_shop_allows_it_again_nothing_is_lost(session: Session) -> None:
    order = allowed(session)
    first = send(session, order, pieces=2)
    [claimed] = claim(session, owner="anna", now=NOW, lease=LEASE)
    leave_to_people(session, claimed=claimed, capability=Capability.FULFIL, now=NOW)
    outbox.settle(
        session, message_id=claimed.id, owner="anna", state="held", now=NOW,
        error_class=NotAllowedHere.__name__, error="not in this country",
    )  # fmt: skip
    second = send(session, order, pieces=3)
    assert tell_after_all(session, account_id=order.account_id, now=NOW) == 0

    account_of(session, order).cannot = []
    session.flush()

    assert tell_after_all(session, account_id=order.account_id, now=NOW) == 2
    session.expire_all()
    assert owed(session) == [
        (f"fulfil:{first.id}", "fulfil", "waiting"),
        (f"fulfil:{second.id}", "fulfil", "waiting"),
    ]
    assert second.is_owed
    [again] = claim(session, owner="bela", now=NOW, lease=LEASE)
    effect = from_payload(again.kind, again.payload)
    assert isinstance(effect, Fulfil)
    pushed = Pushed(remote_ref="7", outcome="created")
    sent(session, claimed=again, effect=effect, owner="bela", pushed=pushed, now=NOW)
    assert [state for _, state, _ in tasks(session)] == ["done", "open"]


# Cancel by hand -------------------------------------------------------------------------------


def cancel(session: Session, order: SalesOrder) -> None:
    cancel_order(session, order_id=order.id, reason="no wax", who=WHO, now=NOW)


def test_an_order_cancelled_here_is_to_be_cancelled_there(session: Session) -> None:
    order = allowed(session)

    cancel(session, order)

    assert tasks(session) == [("cancel", "open", "")]


@pytest.mark.parametrize("channel, mode", [("manual", "live"), ("etsy", "shadow")])
def test_typed_and_rehearsed_orders_are_cancelled_here_alone(
    session: Session, channel: str, mode: str
) -> None:
    cancel(session, denied(session, channel=channel, mode=mode))

    assert tasks(session) == []


def test_the_channel_closes_it_when_it_shows_the_order_cancelled(session: Session) -> None:
    order = allowed(session)
    cancel(session, order)

    shows(session, order, after=5)
    assert (drift(session, order), tasks(session)[0][1]) == (["cancel"], "open")
    shows(session, order, after=6, cancelled_at=NOW)

    assert (drift(session, order), tasks(session)[0][1]) == ([], "done")


def test_an_order_that_is_gone_there_needs_no_cancelling(session: Session) -> None:
    order = allowed(session)
    cancel(session, order)
    shows(session, order, after=5)

    account, gone = account_of(session, order), OrderDeleted(external_id=order.external_id)
    apply(session, account=account, reading=gone, now=NOW)
    session.expire_all()

    assert (drift(session, order), tasks(session)[0][1]) == ([], "done")


def test_who_lost_the_lease_notes_nothing(session: Session) -> None:
    order = allowed(session)
    send(session, order)
    [claimed] = claim(session, owner="anna", now=NOW, lease=LEASE)
    effect = from_payload(claimed.kind, claimed.payload)

    with pytest.raises(LeaseLost):
        sent(
            session, claimed=claimed, effect=effect, owner="bela",
            pushed=Pushed(remote_ref="7", outcome="created"), now=NOW,
        )  # fmt: skip

    assert session.scalars(select(OutboundMessage.state)).all() == ["waiting"]
