"""A letter becomes one order, waits for a person, or is let alone; and never twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hub.flow.intake.accept import accept
from hub.flow.mail.letters import take
from hub.models.records.channels import ChannelAccount
from hub.models.records.correspondents import (
    CustomerAlias,
    CustomerPack,
    CustomerPrice,
    CustomerSender,
    ReadingForm,
)
from hub.models.records.history import History
from hub.models.records.listings import Listing
from hub.models.records.mails import InboundMail
from hub.models.records.orders import Address, Customer, SalesOrder
from hub.models.records.workshop import Workshop
from hub.models.session import Database
from mapping.letter import (
    Draft,
    DraftAddress,
    DraftLine,
    Place,
    Proof,
    Sender,
    Source,
    Table,
)
from mapping.listing import sku_key
from tests.domain.mail.letters import BODY, letter
from tests.factories import NOW, PIECE, make_account
from tests.flow.mail.letter_mail import Post, numbered, open_post, order_letter


@pytest.fixture
def post(session: Session) -> Post:
    return open_post(session)


# An order -----------------------------------------------------------------------------------


def test_a_letter_nothing_speaks_against_is_an_order(post: Post) -> None:
    mail = numbered(order_letter("12 x LAV-100ML", "3 x JAB-100G"), "EB 77")

    outcome = post.take(mail)

    order = post.orders()[-1]
    assert outcome == "processed"
    assert (order.po_number, order.external_number) == ("EB 77", "EB 77")
    assert order.external_id == f"po:{post.customer.id}:eb77"
    assert (order.customer_id, order.payment, order.release) == (
        post.customer.id,
        "unknown",
        "ready",
    )
    assert post.wanted() == {"LAV-100ML": 12 * PIECE, "JAB-100G": 3 * PIECE}
    row = post.mails()[0]
    assert (row.state, row.reason, row.order_id, row.file_at) == (
        "processed",
        "",
        order.id,
        None,
    )


def test_without_a_number_the_mail_makes_it_the_same_order(post: Post) -> None:
    post.take(order_letter("12 x LAV-100ML", message_id="a@b.example"))

    assert post.orders()[-1].external_id == "mail:a@b.example"


def test_a_customers_word_is_a_listing_of_theirs(post: Post, session: Session) -> None:
    text = "dúo jabones"
    session.add(
        CustomerAlias(
            customer_id=post.customer.id,
            text=text,
            text_key=sku_key(text),
            item_id=post.items["JAB-100G"].id,
            quantity=2 * PIECE,
            created_at=NOW,
        )
    )
    session.flush()
    line = DraftLine(
        text=f"5 x {text}",
        place=Place(part=BODY, start=0, end=15),
        quantity="5",
        title=text,
    )
    draft = Draft(source=Source.TEXT, part=BODY, lines=(line,))

    post.take(order_letter(f"5 x {text}", drafts=[draft]))
    post.take(order_letter("1 x JAB-100G"))

    assert post.wanted() == {"JAB-100G": 1 * PIECE}
    first = session.scalars(
        select(SalesOrder)
        .order_by(SalesOrder.id.desc())
        .offset(1)
        .limit(1)
        .options(selectinload(SalesOrder.lines))
    ).one()
    assert [(each.title, each.ordered, each.sku) for each in first.lines] == [(text, 5, "")]
    assert total_wanted(session) == 11 * PIECE
    listing = session.scalars(select(Listing).where(Listing.title == text)).one()
    assert (listing.product_id, listing.state) == (f"customer:{post.customer.id}", "mapped")


def total_wanted(session: Session) -> int:
    from_demand = "SELECT sum(quantity) FROM demand"
    return int(session.connection().exec_driver_sql(from_demand).scalar_one())


def test_a_pack_is_as_many_pieces_as_a_person_said(post: Post, session: Session) -> None:
    mine = post.customer.id
    assert post.take(order_letter("2 cajas LAV-100ML")) == "review: pack_unit"

    session.add(CustomerPack(customer_id=mine, unit="caja", pieces=12, created_at=NOW))
    session.flush()

    assert post.take(order_letter("3 cajas LAV-100ML")) == "processed"
    assert post.wanted() == {"LAV-100ML": 36 * PIECE}


def test_an_agreed_price_is_held_against_the_mail(post: Post, session: Session) -> None:
    session.add(
        CustomerPrice(
            customer_id=post.customer.id,
            sku_key=sku_key("LAV-100ML"),
            price_minor=650,
            currency="EUR",
            created_at=NOW,
        )
    )
    session.flush()

    assert post.take(order_letter("2 uds LAV-100ML a 6,50")) == "processed"
    assert post.take(order_letter("3 uds LAV-100ML a 6,90")) == "review: price_mismatch"


def test_where_it_goes_comes_from_the_letter_and_without_a_country_it_is_at_home(
    post: Post, session: Session
) -> None:
    session.add(Workshop(id=1, country="ES", updated_at=NOW))
    mail = order_letter("12 x LAV-100ML")
    where = DraftAddress(line1="Calle Mayor 5", city="Madrid", postcode="28013")

    post.take(replace(mail, drafts=(replace(mail.drafts[0], ship_to=where),)))

    address = session.scalars(select(Address)).one()
    assert (address.city, address.country) == ("Madrid", "ES")


def test_a_taught_form_reads_a_table_nobody_else_can(post: Post, session: Session) -> None:
    rows = (("Art.", "Pzs."), ("LAV-100ML", "4"), ("JAB-100G", ""), ("Total", "4"))
    mail = letter(
        message_id="form@elbosque.example",
        tables=(Table(part="2", source=Source.SHEET, rows=rows),),
    )
    assert post.take(mail) == "review: ambiguous_quantity"
    session.add(
        ReadingForm(
            customer_id=post.customer.id,
            kind="table",
            definition={"columns": {"sku": "art.", "quantity": "PZS."}},
            created_at=NOW,
        )
    )
    session.flush()

    again = replace(mail, message_id="form2@elbosque.example", content_hash="form2")

    assert post.take(again) == "processed"
    assert post.wanted() == {"LAV-100ML": 4 * PIECE}


def test_a_domain_is_a_customers_and_an_address_goes_before_it(
    post: Post, session: Session
) -> None:
    other = Customer(account_id=post.customer.account_id, auto_accept=True)
    session.add(other)
    session.flush()
    session.add(
        CustomerSender(customer_id=other.id, kind="domain", value="elbosque.example")
    )
    session.flush()
    someone = Sender(address="ana@elbosque.example", proof=Proof.YES)
    where = DraftAddress(line1="Calle 1", city="Vigo")
    mail = order_letter("1 x LAV-100ML", sender=someone)

    post.take(replace(mail, drafts=(replace(mail.drafts[0], ship_to=where),)))
    post.take(order_letter("2 x LAV-100ML"))

    assert [order.customer_id for order in post.orders()[-2:]] == [
        other.id,
        post.customer.id,
    ]


# Once ---------------------------------------------------------------------------------------


def test_the_same_letter_again_is_told_and_changes_nothing(
    post: Post, session: Session
) -> None:
    mail = order_letter("12 x LAV-100ML")
    post.take(mail)
    message = post.mails()[0].inbound_message_id
    assert message is not None
    noted = session.scalar(select(func.count(History.id)))

    again = take(
        session, account=post.account, letter=mail, inbound_message_id=message, now=NOW
    )

    assert again == "processed"
    assert len(post.mails()) == 1
    assert session.scalar(select(func.count(History.id))) == noted


def test_a_copy_is_no_second_order_whichever_way_it_came(
    post: Post, session: Session
) -> None:
    other_box = make_account(session, channel="email", name="Info")
    mail = order_letter("12 x LAV-100ML", subject="Pedido")
    post.take(mail)

    by_id = post.take(replace(mail, content_hash="footer", subject="[list] Pedido"))
    elsewhere = post.take(mail, account=other_box)
    by_words = post.take(replace(mail, message_id="renamed@relay.example"))

    assert [by_id, elsewhere, by_words] == ["ignored: duplicate"] * 3
    assert len(post.orders()) == 2
    assert {row.order_id for row in post.mails()} == {post.orders()[-1].id}


def test_whoever_orders_the_same_again_later_is_not_passed_over(post: Post) -> None:
    mail = order_letter("12 x LAV-100ML")
    post.take(mail)

    later = post.take(
        replace(mail, message_id="later@elbosque.example"), at=NOW + timedelta(hours=2)
    )

    assert later == "review: po_already_imported"


def test_the_same_words_a_month_later_are_a_new_order(post: Post) -> None:
    mail = order_letter("12 x LAV-100ML")
    post.take(mail)

    later = post.take(
        replace(mail, message_id="later@elbosque.example"), at=NOW + timedelta(days=30)
    )

    assert later == "processed"
    assert len(post.orders()) == 3


def test_a_strangers_copy_of_a_message_id_silences_nobody(post: Post) -> None:
    mail = order_letter("12 x LAV-100ML")
    forged = Sender(address="x@evil.example", proof=Proof.YES)
    post.take(replace(mail, sender=forged, content_hash="forged"))

    assert post.take(replace(mail, subject="Pedido 2")) == "processed"


def test_a_number_that_is_there_is_a_repeat_or_a_question(post: Post) -> None:
    post.take(numbered(order_letter("12 x LAV-100ML"), "EB-1"))

    same = post.take(numbered(order_letter("12 x LAV-100ML", message_id="b@b.example",
                                           content_hash="b"), "eb-1"))  # fmt: skip
    other = post.take(numbered(order_letter("13 x LAV-100ML"), "EB-1"))

    assert (same, other) == ("ignored: duplicate", "review: po_already_imported")
    review = post.review()
    assert review.detail["before"] == [["LAV-100ML", 12]]
    assert review.detail["now"] == [["LAV-100ML", 13]]
    assert post.wanted() == {"LAV-100ML": 12 * PIECE}


def test_a_mail_in_a_mailbox_is_filed_next(post: Post, session: Session) -> None:
    mail = order_letter("12 x LAV-100ML")
    accepted = accept(
        session, account_id=post.account.id, topic="mail", message_id=mail.message_id,
        body=b"x", headers={}, source="poll", now=NOW,
    )  # fmt: skip
    session.add(
        InboundMail(
            account_id=post.account.id, inbound_message_id=accepted.id, folder="INBOX",
            validity=7, number=3, message_id=mail.message_id, size=1, received_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    assert accepted.id is not None

    take(
        session, account=post.account, letter=mail, inbound_message_id=accepted.id, now=NOW
    )

    row = post.mails()[0]
    assert (row.state, row.file_at, len(post.mails())) == ("processed", NOW, 1)


@pytest.mark.postgres
def test_two_copies_read_at_once_are_one_order(pg_database: Database) -> None:
    with pg_database.begin() as session:
        post = open_post(session)
        other = make_account(session, channel="email", name="Info")
        boxes = [post.account.id, other.id]
    mail = order_letter("12 x LAV-100ML")
    together = Barrier(2)

    def one(account_id: int) -> str:
        together.wait()

        def deed(session: Session) -> str:
            return replace(post, session=session).take(
                mail, account=session.get_one(ChannelAccount, account_id)
            )

        return pg_database.run(deed)

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(one, boxes))

    assert outcomes == ["ignored: duplicate", "processed"]
    with pg_database.reading() as session:
        assert session.scalar(select(func.count(SalesOrder.id))) == 2
