"""Orders on the pages: found, explained, held, cancelled and shipped."""

import re

from sqlalchemy import select

from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.shipping import Shipment, ShipmentLine
from hub.ports import Ports
from tests.web.pages.goods import order_of, order_to_make
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken


def ready_order(ports: Ports, *, pieces: int = 2) -> int:
    """Write an order that can be shipped whole."""
    with ports.database.begin() as session:
        return order_of(session, pieces=pieces, in_stock=10)


def order_now(ports: Ports, order_id: int) -> SalesOrder:
    """Read an order."""
    with ports.database.reading() as session:
        return session.get_one(SalesOrder, order_id)


def line_id(ports: Ports, order_id: int) -> int:
    """Return the id of an order's one line."""
    with ports.database.reading() as session:
        return session.scalars(select(OrderLine.id).filter_by(order_id=order_id)).one()


def test_the_list_shows_an_order_with_its_phase_and_finds_it(
    anywhere: Ports, boss: Visitor
) -> None:
    order = order_now(anywhere, ready_order(anywhere))

    for address in (
        "/orders",
        "/orders?phase=ready_to_ship",
        f"/orders?q={order.number}",
        "/orders?q=maria",
        f"/orders?q={order.external_number[1:]}",
    ):
        page = boss.see(address)
        assert order.number in page
        assert "Ready to ship" in page
    for address in ("/orders?phase=shipped", "/orders?q=nobody", "/orders?q=%25"):
        assert order.number not in boss.see(address)


def test_a_page_of_the_list_leads_to_the_older_ones(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        for _ in range(53):
            order_of(session, pieces=1)

    first = owner.see("/orders")

    assert "H-0053" in first
    assert "H-0003" not in first
    [older] = re.findall(r'rel="next" href="([^"]*)"', first)
    rest = owner.see(older.replace("&amp;", "&"))
    assert "H-0003" in rest
    assert "H-0053" not in rest
    [newer] = re.findall(r'rel="prev" href="([^"]*)"', rest)
    assert "H-0053" in owner.see(newer.replace("&amp;", "&"))


def test_an_order_that_can_be_shipped_says_so_and_why_that_day(
    ports: Ports, owner: Visitor
) -> None:
    page = owner.see(f"/orders/{ready_order(ports)}")

    assert "Nothing: it can be shipped." in page
    assert "2 pcs Soy candle, fig: in stock" in page
    assert "In stock" in page
    assert "/ship" in page


def test_an_order_that_is_made_names_its_run_and_what_it_waits_for(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_to_make(session, pieces=4, wax_grams=500)

    page = owner.see(f"/orders/{order_id}")

    assert "Waiting for materials" in page
    assert "P-0001" in page
    assert "Short 1.5" in page
    assert "Soy wax" in page


def test_shipping_all_that_is_ready_tells_the_shop_once(
    anywhere: Ports, boss: Visitor, woken: Woken
) -> None:
    order_id = ready_order(anywhere)
    line = line_id(anywhere, order_id)

    assert f'name="line-{line}"' in boss.see(f"/orders/{order_id}/ship")
    page = boss.did(
        f"/orders/{order_id}/ship",
        seen="0",
        carrier="Correos",
        tracking="PK123",
        notify="1",
        **{f"line-{line}": "2"},
    )

    assert "Shipped. The shop is told with the tracking." in page
    assert "PK123" in page
    assert order_now(anywhere, order_id).phase == "shipped"
    with anywhere.database.reading() as session:
        assert session.scalars(select(OutboundMessage.kind)).all() == ["fulfil"]
    assert set(woken.kinds) >= {"plan", "push"}


def test_a_part_may_be_shipped_and_the_rest_later(ports: Ports, owner: Visitor) -> None:
    order_id = ready_order(ports, pieces=3)
    line = f"line-{line_id(ports, order_id)}"

    owner.did(f"/orders/{order_id}/ship", seen="0", tracking="A", **{line: "1"})
    assert order_now(ports, order_id).phase == "partly_shipped"
    owner.did(f"/orders/{order_id}/ship", seen="1", tracking="B", **{line: "2"})

    assert order_now(ports, order_id).phase == "shipped"
    with ports.database.reading() as session:
        assert session.scalars(select(ShipmentLine.quantity)).all() == [1, 2]


def test_a_second_press_of_ship_is_told_to_look_again(ports: Ports, owner: Visitor) -> None:
    order_id = ready_order(ports, pieces=3)
    line = f"line-{line_id(ports, order_id)}"
    owner.did(f"/orders/{order_id}/ship", seen="0", tracking="A", **{line: "1"})

    response = owner.press(
        f"/orders/{order_id}/ship", seen="0", tracking="A", **{line: "1"}
    )

    assert response.status_code == 409
    assert "has a new shipment" in response.text
    with ports.database.reading() as session:
        assert len(session.scalars(select(Shipment)).all()) == 1


def test_more_than_is_ready_is_refused_beside_the_form_with_what_was_typed(
    ports: Ports, owner: Visitor, woken: Woken
) -> None:
    order_id = ready_order(ports)
    line = f"line-{line_id(ports, order_id)}"

    for pieces, status in (("7", 409), ("x", 422), ("-1", 422), ("0", 422)):
        response = owner.press(
            f"/orders/{order_id}/ship", seen="0", carrier="SEUR", **{line: pieces}
        )
        assert response.status_code == status
        assert 'role="alert"' in response.text
        assert 'value="SEUR"' in response.text

    with ports.database.reading() as session:
        assert session.scalar(select(Shipment)) is None
    assert woken.kinds == []


def test_an_order_is_held_with_a_reason_and_let_go_again(
    anywhere: Ports, boss: Visitor
) -> None:
    order_id = ready_order(anywhere)

    held = boss.did(f"/orders/{order_id}/hold", reason="buyer moves house")
    assert "The order waits now." in held
    assert "buyer moves house" in held
    assert order_now(anywhere, order_id).phase == "needs_attention"
    assert boss.press(f"/orders/{order_id}/ship", seen="0").status_code in (409, 422)

    assert "The order goes on." in boss.did(f"/orders/{order_id}/release", reason="")
    assert order_now(anywhere, order_id).intent == "open"


def test_releasing_what_does_not_wait_says_so_on_the_page(
    ports: Ports, owner: Visitor
) -> None:
    order_id = ready_order(ports)

    response = owner.press(f"/orders/{order_id}/release")

    assert response.status_code == 409
    assert "is not on hold" in response.text
    assert "Ready to ship" in response.text


def test_an_order_is_cancelled_once(ports: Ports, owner: Visitor) -> None:
    order_id = ready_order(ports)

    assert "cancelled" in owner.did(f"/orders/{order_id}/cancel", reason="wrong address")

    assert order_now(ports, order_id).phase == "cancelled"
    assert owner.press(f"/orders/{order_id}/cancel").status_code == 409


def test_the_list_answers_nothing_while_nothing_changed(
    ports: Ports, owner: Visitor
) -> None:
    ready_order(ports)
    page = owner.see("/orders")
    address = page.split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
    headers = {"HX-Request": "true"}

    assert owner.open(address, **headers).status_code == 204
    ready_order(ports)
    fresh = owner.open(address, **headers)

    assert fresh.status_code == 200
    assert "H-0002" in fresh.text
    assert "<html" not in fresh.text


def test_there_is_no_page_for_an_order_that_is_none(owner: Visitor) -> None:
    assert owner.open("/orders/77").status_code == 404
    assert owner.open("/orders/77/ship").status_code == 404
    assert owner.press("/orders/77/hold").status_code == 404


def test_an_order_that_is_over_offers_nothing_to_turn(ports: Ports, owner: Visitor) -> None:
    order_id = ready_order(ports)
    line = f"line-{line_id(ports, order_id)}"
    assert f"/orders/{order_id}/cancel" in owner.see(f"/orders/{order_id}")

    page = owner.did(f"/orders/{order_id}/ship", seen="0", **{line: "2"})

    assert f"/orders/{order_id}/cancel" not in page
    assert f"/orders/{order_id}/hold" not in page
