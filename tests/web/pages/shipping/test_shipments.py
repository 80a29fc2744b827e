"""Parcels on the pages: listed, arrived, followed otherwise."""

from sqlalchemy import select

from hub.flow.shipping.ship import ship
from hub.models.records.channels import ChannelAccount
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.shipping import Shipment
from hub.ports import Ports
from mapping.effects import Tracking
from tests.factories import NOW
from tests.web.pages.goods import order_of
from tests.web.pages.visitor import Visitor


def a_parcel(ports: Ports, *, url: str = "") -> int:
    """Ship an order of two candles."""
    with ports.database.begin() as session:
        return ship(
            session,
            order_id=order_of(session, pieces=2, in_stock=5),
            lines=None,
            tracking=Tracking(carrier="Correos", number="PK1", url=url),
            notify=True,
            who="user:1",
            now=NOW,
        )


def kinds(ports: Ports) -> list[str]:
    """Return what the shop is to be told."""
    with ports.database.reading() as session:
        return list(session.scalars(select(OutboundMessage.kind)))


def test_a_parcel_is_listed_and_shows_its_lots(anywhere: Ports, boss: Visitor) -> None:
    shipment_id = a_parcel(anywhere)

    assert "PK1" in boss.see("/shipments")
    assert "PK1" in boss.see("/shipments?tracking=PK1")
    assert "PK1" not in boss.see("/shipments?state=delivered")
    assert "CANDLE-1" in boss.see(f"/shipments/{shipment_id}")


def test_a_parcel_arrives_once(anywhere: Ports, boss: Visitor) -> None:
    shipment_id = a_parcel(anywhere)

    assert "Delivered" in boss.did(f"/shipments/{shipment_id}/delivered")

    assert boss.press(f"/shipments/{shipment_id}/delivered").status_code == 409
    assert kinds(anywhere) == ["fulfil", "delivered"]


def test_another_tracking_is_told_to_the_shop(ports: Ports, owner: Visitor) -> None:
    shipment_id = a_parcel(ports)

    owner.did(
        f"/shipments/{shipment_id}/tracking", carrier="SEUR", tracking="S9", notify="1"
    )

    with ports.database.reading() as session:
        assert session.get_one(Shipment, shipment_id).tracking_number == "S9"
    assert kinds(ports) == ["fulfil", "amend_tracking"]


def test_a_tracking_link_that_is_no_web_address_is_refused(
    ports: Ports, owner: Visitor
) -> None:
    shipment_id = a_parcel(ports)

    response = owner.press(
        f"/shipments/{shipment_id}/tracking",
        tracking="1",
        tracking_url="javascript:alert(1)",
    )

    assert response.status_code == 422
    assert 'href="javascript' not in response.text


def test_there_is_no_page_for_a_parcel_that_is_none(owner: Visitor) -> None:
    assert owner.open("/shipments/77").status_code == 404
    assert owner.press("/shipments/77/delivered").status_code == 404


def test_the_form_of_a_parcel_names_the_lots_to_take_and_no_shop_where_there_is_none(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=5)
        line = session.scalars(select(OrderLine)).one()
        name = f"line-{line.id}"
    at_a_shop = owner.see(f"/orders/{order_id}/ship")
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, order_id)
        session.get_one(ChannelAccount, order.account_id).channel = "manual"
    by_hand = owner.see(f"/orders/{order_id}/ship")

    page = owner.did(f"/orders/{order_id}/ship", seen="0", **{name: "2"})

    assert "2 pcs from lot" in at_a_shop
    assert "CANDLE-1" in at_a_shop
    assert "Let the shop mail the buyer" in at_a_shop
    assert "Write to the buyer, if letters are on" in by_hand
    assert "Shipped." in page
    assert "The shop is told" not in page
