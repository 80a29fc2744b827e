"""Finding walks what it must and no more: orders and parcels are reached by an index.

SQLite keeps no statistics here (decision 21), so a plan on a small database is that on a big one.
"""

import pytest

from hub.models.orders.order_entry import find_buyers
from hub.models.records.messages import InboundMessage
from hub.ports import Ports
from tests.factories import NOW, make_account, make_address, make_customer, make_order
from tests.web.pages.goods import order_of
from tests.web.pages.plans import asked_of, plans_of, walked
from tests.web.pages.visitor import Visitor


@pytest.mark.parametrize(
    "path, goes_to",
    [
        ("/find?q=H-0001", {"sales_order", "shipment", "production_order"}),
        ("/find?q=1001", {"sales_order", "shipment", "purchase_order"}),
        ("/orders/new/buyers?q=granada", {"sales_order"}),
        ("/messages/in/1", {"inbound_message", "sales_order"}),
        ("/", {"order_line"}),
        ("/orders?channel=1&sort=total", {"sales_order"}),
    ],
)
def test_what_is_looked_up_is_not_walked_to(
    ports: Ports, owner: Visitor, path: str, goes_to: set[str]
) -> None:
    with ports.database.begin() as session:
        order_of(session, pieces=1, in_stock=1)
        account = make_account(session, name="Another")
        session.add(
            InboundMessage(
                account_id=account.id,
                topic="orders/create",
                message_id="m",
                body=b"{}",
                body_hash="b",
                source="webhook",
                received_at=NOW,
                next_try_at=NOW,
                state="done",
                done_at=NOW,
            )  # fmt: skip
        )

    steps = plans_of(ports, owner, path)

    assert steps
    assert not walked(steps) & goes_to


@pytest.mark.parametrize("common", [1, 500])
def test_buyers_are_found_by_where_they_live_whether_few_or_many_do(
    anywhere: Ports, monkeypatch: pytest.MonkeyPatch, common: int
) -> None:
    monkeypatch.setattr("hub.models.orders.order_entry.COMMON", common)
    with anywhere.database.begin() as session:
        account = make_account(session)
        order = make_order(session, account=account, lines={})
        order.customer_id = make_customer(session, account=account).id
        order.ship_to_id = make_address(session).id
        nowhere = make_customer(session, account=account)
        nowhere.external_id, nowhere.name = "2", "Nobody Near"

    with anywhere.database.reading() as session:
        found = {buyer.customer.id for buyer in find_buyers(session, text="GRANADA")}

    assert len(found) == 1
    assert nowhere.id not in found


def test_a_list_that_fits_on_its_page_is_not_counted(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_of(session, pieces=1)

    with asked_of(ports.database.engine) as asked:
        owner.see("/orders?q=H-0001")

    searched = [sql for sql, _ in asked if "LIKE" in sql]
    assert len(searched) == 1
