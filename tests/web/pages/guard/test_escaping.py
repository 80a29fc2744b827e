"""Whatever a shop or a person writes is shown as text, on every page it appears on."""

import pytest
from sqlalchemy import select

from hub.models.records.channels import ChannelAccount
from hub.models.records.items import Item
from hub.models.records.listings import Listing
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import Address, Customer, OrderLine, SalesOrder
from hub.models.records.stock import Lot
from hub.ports import Ports
from tests.web.pages.goods import order_of, order_to_make
from tests.web.pages.mail.test_messages import held_inbound
from tests.web.pages.meaning.test_mapping import unmapped
from tests.web.pages.visitor import Visitor

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "%(what)s %s %",
    "\u202egnp.exe \ud7ff \x1b[31m",
    "javascript:alert(1)",
)


def poison(ports: Ports, text: str) -> None:
    """Write a text into every place others may write into."""
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        order_of(session, pieces=1)
        unmapped(session, title=text)
        for record, names in (
            (OrderLine, ("title", "variant_title", "sku")),
            (SalesOrder, ("note", "external_number")),
            (Customer, ("name",)),
            (Address, ("name", "line1", "city")),
            (Listing, ("title", "variant_title", "sku")),
            (Item, ("name",)),
            (Lot, ("supplier_lot",)),
            (ChannelAccount, ("name", "problem")),
            (InboundMessage, ("last_error", "topic")),
        ):
            for row in session.scalars(select(record)):
                for name in names:
                    setattr(row, name, text)
        for line in session.scalars(select(OrderLine)):
            line.personalisation = [[text, text]]
        for order in session.scalars(select(SalesOrder)):
            order.intent_why = text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(ports: Ports, owner: Visitor, text: str) -> None:
    held_inbound(ports)
    poison(ports, text)
    pages = (
        *("/", "/orders", "/orders/1", "/orders/1/ship", "/mapping", "/mapping/1"),
        *("/mapping/2", "/mapping?state=mapped", "/production", "/production/1"),
        *("/stock", "/stock/1", "/stock/2", "/channels", "/channels/1", "/messages/in"),
    )

    for address in pages:
        page = owner.see(address)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<svg onload" not in page
        assert "49" not in page or "{{ 7*7 }}" not in text or "{{ 7*7 }}" in page
        assert 'href="javascript:' not in page


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_searches_for_is_only_text(owner: Visitor, text: str) -> None:
    for address in ("/orders", "/stock", "/shipments", "/login"):
        response = owner.client.get(
            address,
            query_string={"q": text, "tracking": text, "did": text, "next": text},
        )
        assert response.status_code == 200
        assert "<script>alert" not in response.text
        assert "<img" not in response.text


def test_a_word_for_what_was_done_is_ours_or_nothing(owner: Visitor) -> None:
    assert 'role="status"' not in owner.see("/orders?did=pwned")
    assert "The order waits now." in owner.see("/orders?did=held")


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=99999999999999999999", "phase=%00", "q=%00"]
)
def test_an_address_that_makes_no_sense_is_no_error(owner: Visitor, query: str) -> None:
    for address in ("/orders", "/mapping", "/stock", "/shipments", "/messages/out"):
        assert owner.open(f"{address}?{query}").status_code == 200


def test_a_form_too_large_is_refused(owner: Visitor) -> None:
    form = {"csrf": owner.token(), "reason": "x" * 300_000}

    assert owner.client.post("/orders/1/hold", data=form).status_code == 413


@pytest.mark.parametrize("address", ["/orders/99999999999999999999", "/production/0"])
def test_an_id_that_cannot_be_is_not_found(owner: Visitor, address: str) -> None:
    assert owner.open(address).status_code == 404
