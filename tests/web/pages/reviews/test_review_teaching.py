"""Teaching how a mail is laid out, on its page: its table, its lines, its words."""

from sqlalchemy import select

from hub.models.records.correspondents import ReadingForm
from hub.models.records.mails import Review
from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from mapping.letter import Source, Table
from tests.letter_bench import letter_of
from tests.web.pages.reviews.review_bench import soap_mail, waits
from tests.web.pages.visitor import Visitor


def test_a_table_is_taught_by_naming_its_columns(ports: Ports, owner: Visitor) -> None:
    rows = (("Pedido 7", ""), ("Referencia", "Uds"), ("jabón grande", "12"))
    table = Table(part="2", source=Source.SHEET, rows=rows)
    review = waits(ports, soap_mail(tables=[table]))
    assert "Referencia" in owner.see(f"/reviews/{review}")

    owner.did(
        f"/reviews/{review}/teach",
        **{"part": "2", "heading": "1", "col-0": "sku", "col-1": "quantity"},
    )

    with ports.database.reading() as session:
        form = session.scalars(select(ReadingForm)).one()
        assert form.definition == {"columns": {"sku": "Referencia", "quantity": "Uds"}}
    assert "Referencia" in owner.see("/customers/1")


def test_a_line_is_taught_by_its_words(ports: Ports, owner: Visitor) -> None:
    review = waits(ports, soap_mail())

    owner.did(
        f"/reviews/{review}/teach",
        **{"line": "Ref. A-12 - 12 uds", "is-sku": "A-12", "is-quantity": "12"},
    )

    with ports.database.reading() as session:
        form = session.scalars(select(ReadingForm)).one()
        assert form.definition == {"line": "Ref. {sku} - {quantity} uds"}


def test_what_was_taught_reads_the_mail_at_once(ports: Ports, owner: Visitor) -> None:
    text = "Hola,\nmandadme SOAP (doce = 12) gracias"
    review = waits(ports, letter_of(text=text))
    assert 'inputmode="numeric" value="12"' not in owner.see(f"/reviews/{review}")

    page = owner.did(
        f"/reviews/{review}/teach",
        **{
            "line": "mandadme SOAP (doce = 12) gracias",
            "is-sku": "SOAP",
            "is-quantity": "12",
        },
    )

    assert 'name="item-0" list="items" value="SOAP"' in page
    assert 'name="quantity-0" inputmode="numeric" value="12"' in page
    with ports.database.reading() as session:
        assert session.get_one(Review, review).state == "open"
        assert session.scalars(select(SalesOrder)).all() == []


def test_words_that_are_not_in_the_line_teach_nothing(ports: Ports, owner: Visitor) -> None:
    review = waits(ports, soap_mail())

    answer = owner.press(
        f"/reviews/{review}/teach",
        **{"line": "Ref. A-12", "is-sku": "A-12", "is-quantity": "7"},
    )

    assert answer.status_code == 422
    assert "“7” is not in that line." in answer.text
