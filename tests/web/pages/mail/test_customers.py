"""The pages of customers: who they are, whose mail is theirs, and what was learned of them."""

import pytest
from sqlalchemy import select

from hub.flow.mail.customers import add_customer
from hub.models.records.correspondents import CustomerAlias, CustomerPack, CustomerPrice
from hub.models.records.orders import Customer
from hub.ports import Ports
from tests.factories import NOW, make_item
from tests.web.pages.guard.test_escaping import HOSTILE
from tests.web.pages.visitor import Visitor


@pytest.fixture
def sol(ports: Ports) -> int:
    """A customer, and something to sell them."""
    with ports.database.begin() as session:
        make_item(session, code="SOAP")
        return add_customer(
            session, name="Tienda Sol", emails=["ana@sol.example"], who="user:1", now=NOW
        )


def test_a_customer_is_written_down(ports: Ports, owner: Visitor) -> None:
    page = owner.did(
        "/customers",
        name="Tienda Sol",
        emails="ana@sol.example luis@sol.example",
        domains="sol-shops.example",
        locale="es",
    )

    assert "Tienda Sol" in page
    assert "luis@sol.example" in page
    assert "sol-shops.example" in owner.see("/customers?q=luis")


def test_a_domain_where_anybody_can_be_is_refused_in_words(owner: Visitor) -> None:
    answer = owner.press("/customers", name="Sol", domains="gmail.com")

    assert answer.status_code == 422
    assert "Anybody can have an address at gmail.com" in answer.text


def test_an_address_of_another_is_said_to_be_theirs(owner: Visitor, sol: int) -> None:
    answer = owner.press("/customers", name="Bazar", emails="ana@sol.example")

    assert answer.status_code == 409
    assert "ana@sol.example is Tienda Sol&#39;s already." in answer.text


def test_what_they_are_told_and_how_their_mails_pass_is_set(
    ports: Ports, owner: Visitor, sol: int
) -> None:
    owner.did(
        f"/customers/{sol}",
        name="Tienda Sol",
        emails="ana@sol.example",
        mails="always",
        **{"tell-shipped": "no", "tell-received": "yes"},
    )

    with ports.database.reading() as session:
        kept = session.get_one(Customer, sol)
        assert (kept.always_review, kept.auto_accept) == (True, False)
        assert kept.notify == {"shipped": False, "received": True}


def test_words_packs_and_prices_are_added_and_taken_back(
    ports: Ports, owner: Visitor, sol: int
) -> None:
    teach, forget = f"/customers/{sol}/words", f"/customers/{sol}/forget"
    owner.did(teach, kind="alias", text="jabón", item="1", pieces="3")
    owner.did(teach, kind="pack", unit="Cajas", pieces="12")
    page = owner.did(teach, kind="price", sku="SOAP", price="3,50", currency="EUR")
    assert "jabón" in page
    assert "cajas" in page
    assert "3.50" in page
    assert '<td data-label="Code"><strong>SOAP</strong></td>' in page

    for kind in ("alias", "pack", "price"):
        page = owner.did(forget, kind=kind, row="1")

    assert "“jabón” is no longer known" in page
    with ports.database.reading() as session:
        for kept in (CustomerAlias, CustomerPack, CustomerPrice):
            assert session.scalars(select(kept)).all() == []


def test_what_is_anothers_is_not_taken_back(ports: Ports, owner: Visitor, sol: int) -> None:
    owner.did(f"/customers/{sol}/words", kind="alias", text="jabón", item="1")
    with ports.database.begin() as session:
        other = add_customer(session, name="Bazar", who="user:1", now=NOW)

    answer = owner.press(f"/customers/{other}/forget", kind="alias", row="1")

    assert answer.status_code == 404
    assert "jabón" in owner.see(f"/customers/{sol}")


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_they_are_called_is_only_text(
    ports: Ports, owner: Visitor, sol: int, text: str
) -> None:
    with ports.database.begin() as session:
        kept = session.get_one(Customer, sol)
        kept.name, kept.note, kept.locale = text, text, text
    owner.press(f"/customers/{sol}/words", kind="alias", text=text, item="1")
    owner.press(f"/customers/{sol}/words", kind="pack", unit=text, pieces="2")

    for address in ("/customers", f"/customers/{sol}"):
        page = owner.see(address)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<svg" not in page
        assert 'href="javascript:' not in page
