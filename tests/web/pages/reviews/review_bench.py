"""A mail that waits for a person, as the tests of its pages need it."""

from sqlalchemy import select

from hub.flow.mail.customers import add_customer
from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from mapping.letter import Letter
from tests.factories import NOW, make_item
from tests.letter_bench import ANA, letter_of, line, reviewed

WORDS = "12 x jabón grande"


def soap_mail(**changed: object) -> Letter:
    """A mail that calls soap something nobody knows."""
    asked = line(WORDS, title="jabón grande", quantity="12")
    return letter_of(asked, **changed)  # type: ignore[arg-type]


def waits(ports: Ports, letter: Letter, *, known: bool = True, body: bytes = b"") -> int:
    """Let a mail wait, of a customer we know or of somebody new."""
    with ports.database.begin() as session:
        make_item(session, code="SOAP")
        if known:
            add_customer(session, name="Tienda Sol", emails=[ANA], who="user:1", now=NOW)
        return reviewed(session, letter, body=body).id


def only_order(ports: Ports) -> SalesOrder:
    """Return the one order there is."""
    with ports.database.reading() as session:
        return session.scalars(select(SalesOrder)).one()
