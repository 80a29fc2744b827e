"""Messages on the pages: why one hangs, and the button that tries again."""

from sqlalchemy import select

from hub.flow.intake.accept import accept
from hub.flow.shipping.ship import ship
from hub.models.records.history import record
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.ports import Ports
from mapping.effects import Tracking
from tests.factories import NOW
from tests.web.pages.goods import order_of, shop
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken


def held_inbound(ports: Ports) -> int:
    """Write a message that nobody could read."""
    with ports.database.begin() as session:
        made = accept(
            session,
            account_id=shop(session).id,
            topic="orders/create",
            message_id="m-1",
            body=b'{"email": "maria.ruiz@example.com"}',
            headers={},
            source="webhook",
            now=NOW,
        )
        message = session.get_one(InboundMessage, made.id)
        message.state, message.last_error = "held", "The order has no id."
        return message.id


def dead_outbound(ports: Ports) -> int:
    """Ship an order whose shop would not hear of it."""
    with ports.database.begin() as session:
        ship(
            session,
            order_id=order_of(session, pieces=1, in_stock=1),
            lines=None,
            tracking=Tracking(number="PK1"),
            notify=True,
            who="user:1",
            now=NOW,
        )
        message = session.scalars(select(OutboundMessage)).one()
        message.state, message.last_error = "dead", "tracking code rejected"
        return message.id


def test_a_message_we_could_not_read_says_why_and_is_read_again(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    message_id = held_inbound(anywhere)
    page = boss.see("/messages/in?state=stuck")
    assert "The order has no id." in page
    assert "maria.ruiz" not in page

    boss.did(f"/messages/in/{message_id}/replay")

    with anywhere.database.reading() as session:
        states = session.scalars(select(InboundMessage.state).order_by(InboundMessage.id))
        assert states.all() == ["done", "waiting"]
    assert woken.kinds == ["read_messages"]


def test_a_message_that_waits_is_not_replayed(ports: Ports, owner: Visitor) -> None:
    message_id = held_inbound(ports)
    with ports.database.begin() as session:
        session.get_one(InboundMessage, message_id).state = "waiting"

    response = owner.press(f"/messages/in/{message_id}/replay")

    assert response.status_code == 409
    assert "still waits" in response.text


def test_a_message_a_shop_did_not_take_says_why_and_is_tried_again(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    message_id = dead_outbound(anywhere)
    page = boss.see("/messages/out?state=stuck")
    assert "tracking code rejected" in page
    assert "Parcel left, with tracking" in page

    boss.did(f"/messages/out/{message_id}/retry")

    with anywhere.database.reading() as session:
        assert session.get_one(OutboundMessage, message_id).state == "waiting"
    assert woken.kinds == ["push"]
    again = boss.press(f"/messages/out/{message_id}/retry")
    assert again.status_code == 409
    assert "neither held nor given up" in again.text


def test_what_a_shop_says_beside_its_yes_is_in_the_list(
    ports: Ports, owner: Visitor
) -> None:
    message_id = dead_outbound(ports)
    with ports.database.begin() as session:
        message = session.get_one(OutboundMessage, message_id)
        message.state, message.last_error = "sent", "The buyer was written to all the same."

    assert "The buyer was written to all the same." in owner.see("/messages/out")


def test_what_hangs_is_on_the_first_page(ports: Ports, owner: Visitor) -> None:
    held_inbound(ports)
    dead_outbound(ports)

    page = owner.see("/")

    assert "1 message a shop did not take" in page
    assert "1 message we could not read" in page


def test_the_lists_filter_by_state(ports: Ports, owner: Visitor) -> None:
    held_inbound(ports)

    assert "orders/create" in owner.see("/messages/in?state=held")
    assert "orders/create" not in owner.see("/messages/in?state=done")
    assert "orders/create" in owner.see("/messages/in?state=nonsense")


def test_the_timeline_says_what_the_shop_knows(ports: Ports, owner: Visitor) -> None:
    dead_outbound(ports)
    with ports.database.begin() as session:
        record(
            session,
            at=NOW,
            who="worker",
            subject="order",
            subject_id=1,
            what="channel.told",
            why="The buyer was written to all the same.",
            detail={"kind": "fulfil", "outcome": "created"},
        )

    page = owner.see("/orders/1")
    assert "The shop knows: Parcel left, with tracking" in page
    assert "The buyer was written to all the same." in page
