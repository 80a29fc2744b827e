"""Tracking that changes at a shop we may not tell: asked of people where they marked the parcel."""

from sqlalchemy.orm import Session

from connectors.spec import Capability
from hub.flow.shipping.ship import amend_tracking
from hub.flow.telling.push import leave_to_people, tell_after_all
from hub.flow.telling.tasks import open_tasks_of
from hub.models.channels.task_views import task_views
from hub.models.claims.outbox import claim
from hub.models.records.shipping import Shipment
from mapping.effects import Tracking
from tests.factories import NOW
from tests.flow.bench import WHO, owed
from tests.flow.telling.manual_tasks import (
    DHL,
    LEASE,
    account_of,
    allowed,
    denied,
    done_by_hand,
    send,
    shows,
    tasks,
    took,
)


def follow(session: Session, shipment: Shipment, number: str) -> None:
    """Say that a parcel is followed under another number."""
    amend_tracking(
        session, shipment_id=shipment.id, tracking=Tracking(
            carrier="DHL", number=number, url=DHL.url
        ), notify=True, who=WHO, now=NOW,
    )  # fmt: skip


def test_new_tracking_of_a_marked_parcel_is_asked_for_each_time(session: Session) -> None:
    order = denied(session)
    shipment = send(session, order)
    done_by_hand(session, order)

    follow(session, shipment, "T2")
    [second] = open_tasks_of(session, order_id=order.id)
    done_by_hand(session, order)
    follow(session, shipment, "T3")
    [third] = open_tasks_of(session, order_id=order.id)

    assert (second.kind, third.kind) == ("ship", "ship")
    assert {second.key, third.key} == {f"amend:{shipment.id}:1", f"amend:{shipment.id}:2"}
    assert second.shipment_id == shipment.id
    [view] = task_views(session, tasks=[third])
    assert view.tracking_number == "T3"
    assert owed(session) == []


def test_new_tracking_before_the_parcel_is_marked_is_copied_from_the_same_task(
    session: Session,
) -> None:
    order = denied(session)
    shipment = send(session, order)

    follow(session, shipment, "T2")

    [task] = open_tasks_of(session, order_id=order.id)
    assert task_views(session, tasks=[task])[0].tracking_number == "T2"
    assert task.key == f"ship:{shipment.id}"


def test_pieces_shown_as_sent_say_nothing_of_the_tracking(session: Session) -> None:
    order = denied(session)
    shipment = send(session, order)
    done_by_hand(session, order)
    follow(session, shipment, "T2")

    shows(session, order, sent=5)

    assert [state for _, state, _ in tasks(session)] == ["done", "open"]


def test_new_tracking_of_a_parcel_we_told_is_asked_for_once_the_shop_denies_us(
    session: Session,
) -> None:
    order = allowed(session)
    shipment = send(session, order)
    took(session, order)
    account_of(session, order).cannot = ["fulfil"]
    session.flush()

    follow(session, shipment, "T2")

    assert tasks(session) == [("ship", "open", "")]
    assert [kind for _, kind, _ in owed(session)] == ["fulfil"]


def test_a_shop_that_denies_the_new_tracking_itself_has_it_typed_by_a_person(
    session: Session,
) -> None:
    order = allowed(session)
    shipment = send(session, order)
    took(session, order)
    follow(session, shipment, "T2")
    [claimed] = claim(session, owner="anna", now=NOW, lease=LEASE)

    leave_to_people(session, claimed=claimed, capability=Capability.FULFIL, now=NOW)

    [task] = open_tasks_of(session, order_id=order.id)
    assert task.key == f"amend:{shipment.id}:1"


def test_new_tracking_of_a_parcel_nobody_told_of_asks_nobody(session: Session) -> None:
    order = denied(session, mode="shadow")
    shipment = send(session, order)
    account_of(session, order).mode = "live"
    session.flush()

    follow(session, shipment, "T2")

    assert tasks(session) == []


def test_a_shop_that_allows_us_again_is_not_told_a_marked_parcel_anew(
    session: Session,
) -> None:
    order = denied(session)
    shipment = send(session, order)
    done_by_hand(session, order)
    follow(session, shipment, "T2")

    account_of(session, order).cannot = []
    session.flush()

    assert tell_after_all(session, account_id=order.account_id, now=NOW) == 0
