"""A mail that asks to change an order: its form stands as the mail says, where it says it whole."""

import re

import pytest

from hub.flow.mail.customers import add_customer
from hub.ports import Ports
from mapping.letter import Intent
from tests.factories import NOW, make_item
from tests.letter_bench import ANA, arrive, letter_of, line, reviewed
from tests.web.pages.visitor import Visitor


def asks(ports: Ports, *, words: str) -> int:
    """Let a mail ask in words to change the order PO-7, which is for 12 of SOAP."""
    with ports.database.begin() as session:
        make_item(session, code="SOAP")
        add_customer(
            session,
            name="Tienda Sol",
            emails=[ANA],
            auto_accept=True,
            who="user:1",
            now=NOW,
        )
        first = line("12 x SOAP", sku="SOAP", quantity="12")
        arrive(session, letter_of(first, message_id="a@sol.example", po_number="PO-7"))
        asked = letter_of(
            line(words), message_id="c@sol.example", intent=Intent.CHANGE,
            order_numbers=["PO-7"], text=words,
        )  # fmt: skip
        return reviewed(session, asked).id


def first_line(page: str) -> tuple[str, str]:
    """Return what stands in the fields of a form's first line: item and pieces."""
    fields = {
        name: re.search(rf'name="{name}-0"[^>]* value="([^"]*)"', page)
        for name in ("item", "quantity")
    }
    item, quantity = fields["item"], fields["quantity"]
    assert item is not None
    assert quantity is not None
    return item[1], quantity[1]


def test_a_change_that_is_stated_whole_only_needs_to_be_accepted(
    ports: Ports, owner: Visitor
) -> None:
    review = asks(ports, words="Cambia SOAP de 12 a 18 unidades, por favor.")

    page = owner.see(f"/reviews/{review}")

    assert first_line(page) == ("SOAP", "18")
    assert "The order has 12, the mail wants 18" in page
    assert "A quantity can be read in more ways than one" not in page
    done = owner.did(
        f"/reviews/{review}/accept",
        **{"item-0": "SOAP", "quantity-0": "18", "remember": ""},
    )
    assert "18" in done


@pytest.mark.parametrize("words", ["Cambia SOAP de 10 a 18.", "Cambia SOAP a 18 o 20."])
def test_a_change_that_is_not_is_left_open(
    ports: Ports, owner: Visitor, words: str
) -> None:
    page = owner.see(f"/reviews/{asks(ports, words=words)}")

    assert first_line(page)[1] == ""
    assert "The order has" not in page
