"""The API of reviews: what waits, what was understood, and deciding on it once."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.mail.customers import add_customer
from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from mapping.letter import Letter
from tests.factories import NOW
from tests.letter_bench import ANA, arrive, letter_of, line, reviewed
from tests.web.api.program import Program, entries


def soap_mail(message_id: str = "m1@sol.example") -> Letter:
    asked = line("12 x jabón grande", title="jabón grande", quantity="12")
    return letter_of(asked, message_id=message_id, po_number=message_id[:2])


@pytest.fixture
def waiting(soap_maker: Program) -> str:
    """The id of a review of a mail from a customer we know."""
    with soap_maker.ports.database.begin() as session:
        assert session.scalar(select(Item.id).filter_by(code="SOAP")) is not None
        add_customer(
            session, name="Tienda Sol", emails=[ANA], auto_accept=True, who="x", now=NOW
        )
        return str(reviewed(session, soap_mail()).id)


def test_what_waits_is_listed_with_what_was_understood(
    soap_maker: Program, waiting: str
) -> None:
    (found,) = soap_maker.get("/reviews?state=open").items

    assert found == soap_maker.get(f"/reviews/{waiting}").json
    assert (found["id"], found["reason"], found["sender"]) == (waiting, "unknown_sku", ANA)
    assert (found["channel"], found["order_ref"]) == ("Pedidos", "m1")
    assert found["inbound_message"]
    (understood,) = entries(found, "lines")
    assert understood["text"] == "12 x jabón grande"
    assert (understood["position"], understood["item"]) == (1, "")
    assert soap_maker.get("/reviews?state=accepted").items == []


def test_accepting_makes_one_order_and_remembers(soap_maker: Program, waiting: str) -> None:
    body = {
        "lines": [{"position": 1, "item": "SOAP", "quantity": 12}],
        "remember": True,
    }

    done = soap_maker.call("POST", f"/reviews/{waiting}/accept", body)
    again = soap_maker.call("POST", f"/reviews/{waiting}/accept", body)

    assert (done.status, again.status) == (200, 200)
    assert done.json["order"] == again.json["order"]
    assert (done.json["state"], done.json["learned"]) == ("accepted", 1)
    (customer,) = soap_maker.get("/customers").items
    assert [each["text"] for each in entries(customer, "aliases")] == ["jabón grande"]
    with soap_maker.ports.database.begin() as session:
        assert arrive(session, soap_mail("m2@sol.example")) == "processed"
        assert len(session.scalars(select(SalesOrder)).all()) == 2


def test_lines_go_back_as_they_came(soap_maker: Program) -> None:
    """What a list shows can be sent again, with what was missing filled in."""
    with soap_maker.ports.database.begin() as session:
        asked = line("12 x SOAP", sku="SOAP", quantity="12")
        review = reviewed(session, letter_of(asked)).id
    shown = entries(soap_maker.get(f"/reviews/{review}").json, "lines")
    lines = [
        {name: each[name] for name in ("text", "sku", "quantity", "item")} for each in shown
    ]

    done = soap_maker.call(
        "POST", f"/reviews/{review}/accept", {"lines": lines, "new_customer": "Tienda Sol"}
    )

    assert done.status == 200, done.text
    assert done.json["order"] is not None


def test_rejecting_says_why_and_orders_nothing(soap_maker: Program, waiting: str) -> None:
    done = soap_maker.call("POST", f"/reviews/{waiting}/reject", {"reason": "spam"})

    assert (done.json["state"], done.json["why"], done.json["order"]) == (
        "rejected",
        "spam",
        None,
    )
    refused = soap_maker.call("POST", f"/reviews/{waiting}/accept", {})
    assert refused.status == 409


def test_a_line_that_is_not_settled_is_named(soap_maker: Program, waiting: str) -> None:
    refused = soap_maker.call("POST", f"/reviews/{waiting}/accept", {})

    assert (refused.status, refused.fields) == (422, ["lines.0.item"])


@pytest.mark.parametrize("item", ["NOPE", "lye-nope"])
def test_an_item_that_is_none_is_refused(
    soap_maker: Program, waiting: str, item: str
) -> None:
    body = {"lines": [{"position": 1, "item": item, "quantity": 1}]}

    refused = soap_maker.call("POST", f"/reviews/{waiting}/accept", body)

    assert (refused.status, refused.fields) == (422, ["lines.0.item"])


def test_a_token_of_the_floor_reads_no_mail(
    program_of: Callable[[Role], Program], waiting: str
) -> None:
    maker = program_of(Role.MAKER)

    assert maker.call("GET", "/reviews").status == 403
    assert maker.call("POST", f"/reviews/{waiting}/accept", {}).status == 403
