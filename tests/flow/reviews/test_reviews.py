"""What a person decides on a mail, done once, and remembered only as they said it."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.flow.mail.aliases import Alias, Price, learn_alias, learn_price
from hub.flow.mail.customers import add_customer
from hub.flow.refusal import Invalid
from hub.flow.reviews.review_change import ChangedElsewhere, LeftAlready
from hub.flow.reviews.review_lines import Chosen
from hub.flow.reviews.reviews import Answer, Decided, accept, reject
from hub.models.records.correspondents import (
    CustomerAlias,
    CustomerPack,
    CustomerPrice,
    CustomerSender,
)
from hub.models.records.history import History
from hub.models.records.items import Item
from hub.models.records.mails import InboundMail, Review
from hub.models.records.orders import Address, Demand, OrderLine, SalesOrder
from mapping.canonical import Address as CanonicalAddress
from mapping.canonical import Money
from mapping.letter import Intent, Letter, Proof
from tests.factories import NOW, PIECE, make_account, make_item, make_order
from tests.letter_bench import ANA, arrive, letter_of, line, reviewed

WHO = "user:1"


@pytest.fixture
def soap(session: Session) -> Item:
    """Something to order."""
    return make_item(session, code="SOAP")


@pytest.fixture
def sol(session: Session, soap: Item) -> int:
    """A customer whose mails may pass at once."""
    return add_customer(
        session, name="Tienda Sol", emails=[ANA], auto_accept=True, who=WHO, now=NOW
    )


def say(session: Session, review: Review, **said: object) -> int:
    done = accept(
        session,
        review_id=review.id,
        answer=Answer(**said),  # type: ignore[arg-type]
        who=WHO,
        now=NOW,
    )
    return done.order_id


def asked_of(session: Session, order_id: int) -> dict[str, int]:
    """Return what an order asks for: thousandths by item code."""
    query = (
        select(Item.code, Demand.quantity)
        .join(Demand, Demand.item_id == Item.id)
        .join(OrderLine, OrderLine.id == Demand.order_line_id)
        .where(OrderLine.order_id == order_id)
    )
    return {code: quantity for code, quantity in session.execute(query)}


def unknown(message_id: str = "m1@sol.example") -> Letter:
    """A letter that calls soap something nobody knows."""
    return letter_of(
        line("12 x jabón grande", title="jabón grande", quantity="12"),
        message_id=message_id,
    )


def test_a_line_nobody_knows_is_ordered_as_the_person_says(
    session: Session, sol: int
) -> None:
    review = reviewed(session, unknown())

    order_id = say(session, review, lines=[Chosen(position=1, item="SOAP", quantity=12)])

    assert review.reason == "unknown_sku"
    assert asked_of(session, order_id) == {"SOAP": 12 * PIECE}
    order = session.get_one(SalesOrder, order_id)
    assert order.customer_id == sol
    assert order.external_id == "mail:m1@sol.example"
    assert (review.state, review.order_id) == ("accepted", order_id)


def test_accepting_twice_is_one_order(session: Session, sol: int) -> None:
    review = reviewed(session, unknown())
    lines = [Chosen(position=1, item="SOAP", quantity=12)]

    first = say(session, review, lines=lines)
    second = say(session, review, lines=lines)

    assert first == second
    assert len(session.scalars(select(SalesOrder)).all()) == 1


def test_what_was_remembered_lets_the_next_mail_pass(session: Session, sol: int) -> None:
    review = reviewed(session, unknown())
    lines = [Chosen(position=1, item="SOAP", quantity=12)]
    say(session, review, lines=lines, remember=True)

    outcome = arrive(session, unknown("m2@sol.example"))

    assert outcome.startswith("processed") or outcome == "review: po_already_imported"
    alias = session.scalars(select(CustomerAlias)).one()
    assert (alias.text, alias.quantity, alias.who) == ("jabón grande", PIECE, WHO)


def test_nothing_is_remembered_unless_it_is_asked_for(session: Session, sol: int) -> None:
    review = reviewed(session, unknown())

    say(session, review, lines=[Chosen(position=1, item="SOAP", quantity=12)])

    assert session.scalars(select(CustomerAlias)).all() == []


def test_a_word_is_not_remembered_when_the_number_was_changed_too(
    session: Session, sol: int
) -> None:
    review = reviewed(session, unknown())

    lines = [Chosen(position=1, item="SOAP", quantity=144)]
    say(session, review, lines=lines, remember=True)

    assert session.scalars(select(CustomerAlias)).all() == []


def test_the_code_of_another_item_is_right_once_and_never_a_rule(
    session: Session, sol: int
) -> None:
    make_item(session, code="BALM")
    letter = letter_of(line("12 x BALM", sku="BALM", quantity="1.5"))
    review = reviewed(session, letter)

    lines = [Chosen(position=1, item="SOAP", quantity=12, pieces=1)]
    order_id = say(session, review, lines=lines, remember=True)

    assert asked_of(session, order_id) == {"SOAP": 12 * PIECE}
    assert session.scalars(select(CustomerAlias)).all() == []


def test_what_their_pack_holds_is_remembered_where_it_was_said(
    session: Session, sol: int
) -> None:
    text = "2 cajas SOAP"
    letter = letter_of(line(text, sku="SOAP", quantity="2", unit="cajas"))
    review = reviewed(session, letter)

    lines = [Chosen(position=1, item="SOAP", quantity=24, pieces=12)]
    order_id = say(session, review, lines=lines, remember=True)

    assert review.reason == "pack_unit"
    assert asked_of(session, order_id) == {"SOAP": 24 * PIECE}
    pack = session.scalars(select(CustomerPack)).one()
    assert (pack.unit, pack.sku_key, pack.pieces) == ("cajas", "soap", 12)
    again = letter_of(
        line("3 cajas SOAP", sku="SOAP", quantity="3", unit="cajas"),
        message_id="m2@sol.example",
    )
    assert arrive(session, again) == "processed"


def test_a_price_that_stands_becomes_the_agreed_one(session: Session, sol: int) -> None:
    price = Price(sku="SOAP", price=Money(minor=300, currency="EUR"))
    learn_price(session, customer_id=sol, price=price, who=WHO, now=NOW)
    letter = letter_of(
        line("12 x SOAP a 3,50 €", sku="SOAP", quantity="12", price="3,50 €"),
        currency="EUR",
    )
    review = reviewed(session, letter)

    order_id = say(session, review, remember=True)

    assert review.reason == "price_mismatch"
    assert session.scalars(select(CustomerPrice)).one().price_minor == 350
    priced = session.scalars(select(OrderLine).filter_by(order_id=order_id)).one()
    assert priced.unit_price_minor == 350


def test_a_word_that_means_several_keeps_its_number(session: Session, sol: int) -> None:
    soap = session.scalars(select(Item)).one()
    alias = Alias(text="caja mixta", item_id=soap.id, quantity=12 * PIECE)
    learn_alias(session, customer_id=sol, alias=alias, who=WHO, now=NOW)
    letter = letter_of(
        line("2 x caja mixta", title="caja mixta", quantity="2"), requested="03/04/2027"
    )
    review = reviewed(session, letter)
    review.reason = "first_orders"

    order_id = say(session, review)

    assert asked_of(session, order_id) == {"SOAP": 24 * PIECE}


def test_a_line_nobody_settled_is_named(session: Session, sol: int) -> None:
    review = reviewed(session, unknown())

    with pytest.raises(Invalid) as refused:
        say(session, review)

    assert refused.value.field == "lines.0.item"
    assert session.scalars(select(SalesOrder)).all() == []


def test_an_unknown_sender_can_be_made_a_customer(session: Session, soap: Item) -> None:
    letter = letter_of(line("12 x SOAP", sku="SOAP", quantity="12"))
    review = reviewed(session, letter)

    order_id = say(session, review, new_customer="Tienda Sol", remember_sender=True)

    order = session.get_one(SalesOrder, order_id)
    sender = session.scalars(select(CustomerSender)).one()
    assert (sender.value, sender.customer_id) == (ANA, order.customer_id)


def test_an_address_becomes_theirs_only_when_asked(session: Session, soap: Item) -> None:
    letter = letter_of(line("12 x SOAP", sku="SOAP", quantity="12"))
    review = reviewed(session, letter)

    say(session, review, new_customer="Tienda Sol", remember=True)

    assert session.scalars(select(CustomerSender)).all() == []


def test_nobody_orders_until_it_is_said_who(session: Session, soap: Item) -> None:
    letter = letter_of(line("12 x SOAP", sku="SOAP", quantity="12"))
    review = reviewed(session, letter)

    with pytest.raises(Invalid) as refused:
        say(session, review)

    assert refused.value.field == "customer"


def test_the_day_and_place_a_person_says_are_taken(session: Session, sol: int) -> None:
    review = reviewed(session, unknown())
    place = CanonicalAddress(name="Sol", line1="Otra 2", city="Vigo", country="ES")

    order_id = say(
        session,
        review,
        lines=[Chosen(position=1, item="SOAP", quantity=1)],
        requested_on=date(2026, 12, 24),
        is_day_said=True,
        ship_to=place,
    )

    order = session.get_one(SalesOrder, order_id)
    assert order.requested_on == date(2026, 12, 24)
    assert session.get_one(Address, order.ship_to_id).city == "Vigo"


def test_rejecting_makes_nothing_and_can_be_said_twice(session: Session, sol: int) -> None:
    review = reviewed(session, unknown())

    for _ in range(2):
        reject(session, review_id=review.id, reason="spam", who=WHO, now=NOW)

    assert (review.state, review.why) == ("rejected", "spam")
    assert session.scalars(select(SalesOrder)).all() == []
    assert session.scalars(select(InboundMail)).one().state == "ignored"
    with pytest.raises(Decided):
        say(session, review, lines=[Chosen(position=1, item="SOAP", quantity=1)])


def test_what_was_accepted_is_not_rejected(session: Session, sol: int) -> None:
    review = reviewed(session, unknown())
    say(session, review, lines=[Chosen(position=1, item="SOAP", quantity=1)])

    with pytest.raises(Decided):
        reject(session, review_id=review.id, reason="", who=WHO, now=NOW)


def numbered(session: Session, *, quantity: int, message_id: str) -> Letter:
    return letter_of(
        line(f"{quantity} x SOAP", sku="SOAP", quantity=str(quantity)),
        message_id=message_id,
        po_number="PO-7",
    )


def test_a_number_that_came_to_another_mailbox_changes_that_order(
    session: Session, sol: int
) -> None:
    arrive(session, numbered(session, quantity=12, message_id="a@sol.example"))
    review = reviewed(session, numbered(session, quantity=8, message_id="b@sol.example"))
    other = make_account(session, channel="email", name="Ventas")
    review.account_id = other.id
    session.flush()

    order_id = say(session, review)

    assert session.scalars(select(SalesOrder.id)).all() == [order_id]
    assert asked_of(session, order_id) == {"SOAP": 8 * PIECE}


def test_a_number_that_is_there_changes_that_order(session: Session, sol: int) -> None:
    arrive(session, numbered(session, quantity=12, message_id="a@sol.example"))
    review = reviewed(session, numbered(session, quantity=8, message_id="b@sol.example"))

    order_id = say(session, review)

    assert review.reason == "po_already_imported"
    assert len(session.scalars(select(SalesOrder)).all()) == 1
    assert asked_of(session, order_id) == {"SOAP": 8 * PIECE}


def test_a_number_that_is_there_can_be_another_order(session: Session, sol: int) -> None:
    arrive(session, numbered(session, quantity=12, message_id="a@sol.example"))
    review = reviewed(session, numbered(session, quantity=8, message_id="b@sol.example"))

    say(session, review, is_second=True)

    wanted = {
        order.external_id: asked_of(session, order.id)["SOAP"]
        for order in session.scalars(select(SalesOrder))
    }
    assert wanted == {f"po:{sol}:po7": 12 * PIECE, "mail:b@sol.example": 8 * PIECE}


def change(session: Session, intent: Intent, *lines: str) -> Review:
    """Let a mail ask to change the order PO-7."""
    arrive(session, numbered(session, quantity=12, message_id="a@sol.example"))
    asked = [line(f"{each} x SOAP", sku="SOAP", quantity=each) for each in lines]
    return reviewed(
        session,
        letter_of(
            *asked,
            message_id="c@sol.example",
            intent=intent,
            order_numbers=["PO-7"],
            text="PO-7",
        ),
    )


def test_a_cancellation_is_a_proposal_until_accepted(session: Session, sol: int) -> None:
    review = change(session, Intent.CANCEL)
    order = session.scalars(select(SalesOrder)).one()
    assert (review.kind, order.intent) == ("cancel", "open")

    order_id = say(session, review)

    assert order_id == order.id
    assert order.intent == "cancelled"
    why = session.scalars(select(History.why).filter_by(what="order.cancelled")).one()
    assert why == "asked for by mail"


def test_a_change_sets_the_quantities_that_were_agreed(session: Session, sol: int) -> None:
    review = change(session, Intent.CHANGE, "20")

    order_id = say(session, review, lines=[Chosen(position=1, item="SOAP", quantity=20)])

    assert review.kind == "change"
    assert asked_of(session, order_id) == {"SOAP": 20 * PIECE}
    assert len(session.scalars(select(SalesOrder)).all()) == 1


def test_a_change_can_take_a_line_out(session: Session, sol: int) -> None:
    review = change(session, Intent.CHANGE, "20")

    order_id = say(session, review, lines=[Chosen(position=1, item="SOAP", quantity=0)])

    assert asked_of(session, order_id) == {"SOAP": 0}


def test_what_was_sent_cannot_be_taken_out(session: Session, sol: int) -> None:
    review = change(session, Intent.CHANGE, "2")
    sent = session.scalars(select(OrderLine)).one()
    sent.shipped = 5
    session.flush()

    with pytest.raises(LeftAlready):
        say(session, review)


def test_a_shops_order_is_changed_at_the_shop(session: Session, sol: int) -> None:
    review = change(session, Intent.CHANGE, "2")
    soap = session.scalars(select(Item)).one()
    shop = make_account(session)
    review.order_id = make_order(session, account=shop, lines={soap: 3}).id
    session.flush()

    with pytest.raises(ChangedElsewhere):
        say(session, review)


def test_a_sender_without_proof_orders_when_a_person_says_so(
    session: Session, sol: int
) -> None:
    letter = letter_of(line("12 x SOAP", sku="SOAP", quantity="12"), proof=Proof.UNKNOWN)
    review = reviewed(session, letter)

    order_id = say(session, review)

    assert review.reason == "sender_not_authenticated"
    assert asked_of(session, order_id) == {"SOAP": 12 * PIECE}
    assert session.scalars(select(InboundMail)).one().state == "processed"
