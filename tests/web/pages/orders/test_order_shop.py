"""What the page of an order says of its shop: what it knows, and what it refused."""

import re
from html import unescape

from sqlalchemy import select

from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.upkeep import Drift
from hub.ports import Ports
from tests.factories import NOW, make_account, make_order
from tests.web.pages.goods import item, order_of
from tests.web.pages.orders.order_sections import section, to_make
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken

LIVE = re.compile(r'<div id="live"[^>]*hx-get="([^"]+)"')


def news(ports: Ports, order_id: int, *, kind: str, state: str, **payload: object) -> int:
    """Write a message about an order to its shop."""
    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, order_id)
        message = OutboundMessage(
            account_id=order.account_id,
            order_id=order_id,
            kind=kind,
            idempotency_key=f"{kind}:{order_id}:{state}",
            payload=payload,
            state=state,
            next_try_at=NOW,
            created_at=NOW,
            done_at=NOW if state in ("sent", "dead") else None,
            last_error="The tracking code was rejected." if state == "dead" else None,
        )
        session.add(message)
        session.flush()
        return message.id


def test_the_shop_and_we_agree_differ_or_are_about_to(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=2)
        line = session.scalars(select(OrderLine)).one()
        name = f"line-{line.id}"
    assert "we say the same" in section(owner.see(f"/orders/{order_id}"), "shop")

    page = owner.did(f"/orders/{order_id}/ship", seen="0", **{name: "2"})
    assert "on its way there" in section(page, "shop")

    with ports.database.begin() as session:
        session.get_one(OrderLine, line.id).shown_sent = 2
    page = owner.see(f"/orders/{order_id}")
    assert "we say the same" in section(page, "shop")
    assert "2 of 2 pieces sent" in section(page, "shop")

    with ports.database.begin() as session:
        order = session.get_one(SalesOrder, order_id)
        session.add(
            Drift(
                account_id=order.account_id,
                kind="fulfilment",
                external_id=order.external_id,
                ours="2 sent",
                theirs="0 sent",
                found_at=NOW,
            )
        )
    assert "we differ" in section(owner.see(f"/orders/{order_id}"), "shop")


def test_what_the_shop_refused_is_sent_again_from_the_order(
    ports: Ports, owner: Visitor, woken: Woken
) -> None:
    order_id = to_make(ports)
    message = news(ports, order_id, kind="progress", state="dead", note="Batch P-0001")
    page = section(owner.see(f"/orders/{order_id}"), "shop")
    assert "The tracking code was rejected." in page
    assert f'action="/orders/{order_id}/news/{message}"' in page

    page = owner.did(f"/orders/{order_id}/news/{message}")

    assert "on its way there" in section(page, "shop")
    assert f"/news/{message}" not in page
    with ports.database.reading() as session:
        assert session.get_one(OutboundMessage, message).state == "waiting"
    assert woken.kinds == ["push"]


def test_a_second_press_is_told_beside_it_and_stays_until_there_is_news(
    ports: Ports, owner: Visitor
) -> None:
    order_id = to_make(ports)
    message = news(ports, order_id, kind="progress", state="dead")
    owner.did(f"/orders/{order_id}/news/{message}")

    again = owner.press(f"/orders/{order_id}/news/{message}")

    assert again.status_code == 409
    assert 'id="trouble-resend"' in section(again.text, "shop")
    live = LIVE.search(again.text)
    assert live is not None
    assert owner.open(unescape(live[1]), **{"HX-Request": "true"}).status_code == 204


def test_a_message_of_another_order_is_not_sent_from_here(
    ports: Ports, owner: Visitor
) -> None:
    mine = to_make(ports)
    with ports.database.begin() as session:
        other = order_of(session, pieces=1)
    message = news(ports, other, kind="progress", state="dead")

    assert owner.press(f"/orders/{mine}/news/{message}").status_code == 404

    with ports.database.reading() as session:
        assert session.get_one(OutboundMessage, message).state == "dead"


def test_what_was_only_rehearsed_is_not_said_to_be_known_there(
    ports: Ports, owner: Visitor
) -> None:
    order_id = to_make(ports)
    news(ports, order_id, kind="promised", state="shadowed", on="2026-12-03")

    shop_says = section(owner.see(f"/orders/{order_id}"), "shop")

    assert "only rehearsed" in shop_says
    assert "was not told yet" in shop_says


def test_an_order_typed_by_hand_has_no_shop_to_agree_with(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        account = make_account(session, channel="manual", name="By hand")
        order_id = make_order(session, account=account, lines={item(session, "SOAP"): 1}).id

    shop_says = section(owner.see(f"/orders/{order_id}"), "shop")

    assert "No shop is behind this order" in shop_says
