"""The pages of mail that waits: what was read beside the mail, and every button of it."""

import re

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.models.records.correspondents import CustomerAlias, CustomerSender
from hub.models.records.mails import Review
from hub.models.records.orders import OrderLine, SalesOrder
from hub.ports import Ports
from mapping.letter import Source, Table, Trouble
from tests.letter_bench import ANA, letter_of, line
from tests.web.pages.conftest import As
from tests.web.pages.guard.test_escaping import HOSTILE
from tests.web.pages.reviews.review_bench import WORDS, only_order, soap_mail, waits
from tests.web.pages.visitor import Visitor


def test_the_queue_says_in_words_what_is_the_matter(ports: Ports, owner: Visitor) -> None:
    waits(ports, soap_mail(subject="Pedido de Navidad"))

    page = owner.see("/reviews")

    assert "It names something that is not in the catalogue" in page
    assert "Pedido de Navidad" in page
    assert ANA in page


def test_today_says_how_many_mails_wait(ports: Ports, owner: Visitor) -> None:
    waits(ports, soap_mail())

    assert "1 mail waits for you" in owner.see("/")


def test_what_was_read_is_marked_in_the_mail(ports: Ports, owner: Visitor) -> None:
    review = waits(ports, soap_mail(text=f"{WORDS}\nGracias <b>Ana</b>"))

    page = owner.see(f"/reviews/{review}")

    assert f'<mark class="unread"><span class="at">1</span> {WORDS}</mark>' in page
    assert "Gracias &lt;b&gt;Ana&lt;/b&gt;" in page
    assert "Proven: this sender wrote it." in page


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_mail_says_is_only_text(ports: Ports, owner: Visitor, text: str) -> None:
    asked = line(text, sku=text, title=text, quantity=text, unit=text, price=text)
    table = Table(part="2", source=Source.SHEET, rows=((text, text), (text,)), title=text)
    letter = letter_of(
        asked,
        subject=text,
        requested=text,
        tables=[table],
        sender="x@y.example",
    )
    review = waits(ports, letter)
    with ports.database.begin() as session:
        kept = session.get_one(Review, review)
        kept.detail, kept.sender, kept.order_ref = {text: text}, text, text
        kept.customer_id = 1

    for address in ("/reviews", f"/reviews/{review}", "/reviews?q=" + "x"):
        page = owner.see(address)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<svg" not in page
        assert 'href="javascript:' not in page


def test_accepting_makes_the_order(ports: Ports, owner: Visitor) -> None:
    review = waits(ports, soap_mail())

    page = owner.did(
        f"/reviews/{review}/accept",
        **{"item-0": "SOAP", "quantity-0": "12", "customer": "1"},
    )

    order = only_order(ports)
    assert order.number in page
    with ports.database.reading() as session:
        bought = session.scalars(select(OrderLine).filter_by(order_id=order.id)).one()
        assert (bought.sku, bought.ordered) == ("SOAP", 12)
        assert session.scalars(select(CustomerAlias)).all() == []


def test_accepting_and_remembering_keeps_their_word(ports: Ports, owner: Visitor) -> None:
    review = waits(ports, soap_mail())

    owner.did(
        f"/reviews/{review}/accept",
        **{"item-0": "SOAP", "quantity-0": "12", "remember": "1"},
    )

    assert "jabón grande" in owner.see("/customers/1")
    with ports.database.reading() as session:
        assert session.scalars(select(CustomerAlias)).one().text == "jabón grande"


def test_a_line_without_an_item_is_not_accepted_and_nothing_typed_is_lost(
    ports: Ports, owner: Visitor
) -> None:
    review = waits(ports, soap_mail())

    answer = owner.press(f"/reviews/{review}/accept", **{"item-0": "", "quantity-0": "77"})

    assert answer.status_code == 422
    assert 'value="77"' in answer.text
    with ports.database.reading() as session:
        assert session.scalars(select(SalesOrder)).all() == []


def test_a_line_that_was_read_leaves_the_order_only_when_somebody_says_so(
    ports: Ports, owner: Visitor
) -> None:
    soap = line("2 x SOAP", sku="SOAP", quantity="2")
    other = line("3 x vela", title="vela", quantity="3", start=len("2 x SOAP") + 1)
    review = waits(ports, letter_of(soap, other))
    form = {"item-0": "SOAP", "quantity-0": "2"}

    untouched = owner.press(f"/reviews/{review}/accept", **form)
    left_out = owner.did(f"/reviews/{review}/accept", **form, **{"quantity-1": "0"})

    assert untouched.status_code == 422
    assert "Say which item “3 x vela” is, or write 0 to leave it out." in untouched.text
    assert only_order(ports).number in left_out
    with ports.database.reading() as session:
        assert [each.sku for each in session.scalars(select(OrderLine))] == ["SOAP"]


def test_a_suggestion_fills_its_line_and_keeps_the_rest(
    ports: Ports, owner: Visitor
) -> None:
    review = waits(ports, soap_mail())

    answer = owner.press(f"/reviews/{review}/take", **{"quantity-0": "5", "take": "0:SOAP"})

    assert answer.status_code == 200
    assert 'name="item-0" list="items" value="SOAP"' in answer.text
    assert 'value="5"' in answer.text
    with ports.database.reading() as session:
        assert session.scalars(select(SalesOrder)).all() == []


def test_a_plain_number_is_offered_though_nobody_knows_of_what(
    ports: Ports, owner: Visitor
) -> None:
    jars = line("3 cajas vela", title="vela", quantity="3", unit="cajas", start=20)
    review = waits(ports, letter_of(line(WORDS, title="jabón grande", quantity="12"), jars))

    page = owner.see(f"/reviews/{review}")

    offered = dict(re.findall(r'name="(quantity-[01])"[^>]*?value="([^"]*)"', page))
    assert offered == {"quantity-0": "12", "quantity-1": ""}


def test_how_many_a_pack_holds_gives_the_pieces(ports: Ports, owner: Visitor) -> None:
    asked = line("2 cajas SOAP", sku="SOAP", quantity="2", unit="cajas")
    review = waits(ports, letter_of(asked))

    assert "Pieces in one: cajas" in owner.see(f"/reviews/{review}")
    owner.did(
        f"/reviews/{review}/accept",
        **{"item-0": "SOAP", "quantity-0": "", "pieces-0": "12", "remember": "1"},
    )

    with ports.database.reading() as session:
        assert session.scalars(select(OrderLine)).one().ordered == 24
    assert "cajas" in owner.see("/customers/1")


def test_somebody_new_becomes_a_customer(ports: Ports, owner: Visitor) -> None:
    letter = letter_of(line("2 x SOAP", sku="SOAP", quantity="2"))
    review = waits(ports, letter, known=False)

    owner.did(
        f"/reviews/{review}/accept",
        **{
            "item-0": "SOAP",
            "quantity-0": "2",
            "new_customer": "Bazar Luna",
            "remember_sender": "1",
        },
    )

    assert "Bazar Luna" in owner.see("/customers")
    with ports.database.reading() as session:
        assert session.scalars(select(CustomerSender)).one().value == ANA


def test_rejecting_orders_nothing(ports: Ports, owner: Visitor) -> None:
    review = waits(ports, soap_mail())

    owner.did(f"/reviews/{review}/reject", reason="not for us")

    assert "Rejected: not for us" in owner.see(f"/reviews/{review}")
    with ports.database.reading() as session:
        assert session.scalars(select(SalesOrder)).all() == []


def test_the_mail_is_a_file_to_save_and_never_a_page(ports: Ports, owner: Visitor) -> None:
    body = b"Subject: x\nContent-Type: text/html\n\n<script>alert(1)</script>"
    review = waits(ports, soap_mail(), body=body)

    answer = owner.open(f"/reviews/{review}/mail.eml")

    assert answer.data == body
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_attached_is_listed_with_its_trouble(ports: Ports, owner: Visitor) -> None:
    review = waits(ports, soap_mail())
    with ports.database.begin() as session:
        kept = session.get_one(Review, review)
        attached = {
            "part": "2",
            "name": "pedido.pdf",
            "media_type": "application/pdf",
            "size": 4000,
            "trouble": Trouble.UNREADABLE.value,
            "why": "scanned",
        }
        kept.letter = {**(kept.letter or {}), "attached": [attached]}

    page = owner.see(f"/reviews/{review}")

    assert "pedido.pdf" in page
    assert "cannot be read: scanned" in page


@pytest.mark.parametrize("role", [Role.MAKER, Role.PACKER, Role.VIEWER])
def test_only_the_office_reads_mail(ports: Ports, be: As, role: Role) -> None:
    review = waits(ports, soap_mail())
    visitor = be(role)

    for address in ("/reviews", f"/reviews/{review}", f"/reviews/{review}/mail.eml"):
        assert visitor.open(address).status_code == 403


def test_a_forgotten_mail_can_still_be_rejected(ports: Ports, owner: Visitor) -> None:
    review = waits(ports, soap_mail())
    with ports.database.begin() as session:
        session.get_one(Review, review).letter = None

    assert "The mail was forgotten." in owner.see(f"/reviews/{review}")
    answer = owner.press(
        f"/reviews/{review}/accept", **{"item-0": "SOAP", "quantity-0": "1"}
    )
    assert answer.status_code == 409
    owner.did(f"/reviews/{review}/reject")
