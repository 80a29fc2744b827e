"""A letter becomes one order, waits for a person, or is let alone; and never twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hub.domain.review_lines import from_json
from hub.flow.accept import accept
from hub.flow.letters import take
from hub.models.correspondents import (
    CustomerAlias,
    CustomerPack,
    CustomerPrice,
    CustomerSender,
    ReadingForm,
)
from hub.models.history import History
from hub.models.listings import Listing
from hub.models.mails import InboundMail, Review
from hub.models.notifications import Notification
from hub.models.orders import Address, Customer, SalesOrder
from mapping.letter import (
    Bounce,
    Draft,
    DraftAddress,
    DraftLine,
    Forwarded,
    Intent,
    Place,
    Proof,
    Sender,
    Source,
    Table,
)
from mapping.listing import sku_key
from tests.domain.letters import BODY, letter, table_letter
from tests.factories import NOW, PIECE, make_account
from tests.flow.letter_mail import ADDRESS, Post, numbered, open_post, order_letter


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


def test_where_it_goes_comes_from_the_letter(post: Post, session: Session) -> None:
    mail = order_letter("12 x LAV-100ML")
    where = DraftAddress(line1="Calle Mayor 5", city="Madrid", postcode="28013")

    post.take(replace(mail, drafts=(replace(mail.drafts[0], ship_to=where),)))

    assert session.scalars(select(Address.city)).one() == "Madrid"


def test_a_taught_form_reads_a_table_nobody_else_can(post: Post, session: Session) -> None:
    rows = (("Art.", "Pzs."), ("LAV-100ML", "4"), ("JAB-100G", ""), ("Total", "4"))
    mail = letter(
        message_id="form@elbosque.example",
        tables=(Table(part="2", source=Source.SHEET, rows=rows),),
    )
    assert post.take(mail) == "review: no_order_lines"
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


# For a person, or for nobody ----------------------------------------------------------------


def test_a_review_keeps_the_letter_and_its_lines(post: Post) -> None:
    outcome = post.take(order_letter("12 x LAV-1000ML", "2 x JAB-100G"))

    review = post.review()
    first, second = from_json(review.lines)
    assert outcome == "review: unknown_sku"
    assert (review.state, review.kind, review.customer_id) == (
        "open",
        "order",
        post.customer.id,
    )
    assert (first.problem, first.item) == ("unknown_sku", "")
    assert [each.item for each in first.suggestions][0] == "LAV-100ML"
    assert (second.item, second.quantity, second.problem) == ("JAB-100G", 2, "")
    assert review.letter is not None
    assert review.letter["subject"] == "Pedido"
    assert len(post.orders()) == 1


@pytest.mark.parametrize(
    "sender, reason",
    [
        (Sender(address="x@nowhere.example", proof=Proof.YES), "sender_not_allowed"),
        (Sender(address=ADDRESS, proof=Proof.UNKNOWN), "sender_not_authenticated"),
        (Sender(address=ADDRESS, proof=Proof.NO), "sender_not_authenticated"),
    ],
)
def test_who_is_not_known_or_not_proven_orders_nothing(
    post: Post, sender: Sender, reason: str
) -> None:
    assert post.take(order_letter("12 x LAV-100ML", sender=sender)) == f"review: {reason}"
    assert len(post.orders()) == 1


def test_what_our_own_people_pass_on_is_the_customers_once_trusted(post: Post) -> None:
    ours = Sender(address="ines@taller.example", proof=Proof.YES)
    inner = Forwarded(address=ADDRESS)

    asked = post.take(order_letter("1 x LAV-100ML", sender=ours, forwarded=inner))
    stranger = post.take(
        order_letter(
            "2 x LAV-100ML", sender=ours, forwarded=Forwarded(address="a@b.example")
        )
    )
    post.account.settings = {**post.account.settings, "trust_forwards": "yes"}
    trusted = post.take(order_letter("3 x LAV-100ML", sender=ours, forwarded=inner))

    assert asked == "review: sender_not_authenticated"
    assert stranger == "review: unknown_customer"
    assert trusted == "processed"


def test_a_person_looks_at_the_first_three(post: Post) -> None:
    post.customer.auto_accept = False

    assert post.take(order_letter("12 x LAV-100ML")) == "review: first_orders"


def test_machines_and_our_own_mail_are_let_alone(post: Post) -> None:
    own = Sender(address="pedidos@taller.example", proof=Proof.YES)

    outcomes = [
        post.take(order_letter("1 x LAV-100ML", intent=Intent.AUTOMATIC)),
        post.take(order_letter("2 x LAV-100ML", sender=own)),
        post.take(order_letter("3 x LAV-100ML", our_id="abc")),
    ]

    assert outcomes == ["ignored: automatic", "ignored: own", "ignored: own"]
    assert len(post.orders()) == 1


def test_a_bounce_is_noted_on_the_letter_it_is_about(post: Post, session: Session) -> None:
    session.add(
        Notification(
            event="received", recipient=ADDRESS, locale="es", template_version=0,
            dedupe_key="k", message_id="ours@taller.example", subject="", text="", html="",
            created_at=NOW, customer_id=post.customer.id,
        )
    )  # fmt: skip
    session.flush()
    bounce = Bounce(
        message_id="ours@taller.example", our_id="", recipient=ADDRESS, status="5.1.1",
        words="no such user", is_final=True,
    )  # fmt: skip

    outcome = post.take(letter(intent=Intent.BOUNCE, bounce=bounce))

    assert outcome == "ignored: bounce"
    assert session.scalars(select(Notification.bounced_at)).one() == NOW


# Changes ------------------------------------------------------------------------------------


def test_an_answer_that_changes_an_order_is_a_proposal_on_it(post: Post) -> None:
    post.take(order_letter("12 x LAV-100ML", message_id="first@elbosque.example"))
    order = post.orders()[-1]

    outcome = post.take(
        order_letter(
            "15 x LAV-100ML", intent=Intent.CHANGE, in_reply_to="first@elbosque.example"
        )
    )

    review = post.review()
    assert outcome == "review: change_or_cancel_intent"
    assert (review.kind, review.order_id) == ("change", order.id)
    assert review.detail["before"] == [["LAV-100ML", 12]]
    assert [(line.item, line.quantity) for line in from_json(review.lines)] == [
        ("LAV-100ML", 15)
    ]
    assert post.wanted() == {"LAV-100ML": 12 * PIECE}


@pytest.mark.parametrize("by", ["our number", "their number", "our letter"])
def test_a_cancellation_is_matched_however_it_names_the_order(
    post: Post, session: Session, by: str
) -> None:
    post.take(numbered(order_letter("12 x LAV-100ML"), "EB-1"))
    order = post.orders()[-1]
    session.add(
        Notification(
            event="confirmed", order_id=order.id, recipient=ADDRESS, locale="es",
            template_version=0, dedupe_key="k", message_id="ours@taller.example", subject="",
            text="", html="", created_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    numbers = {"our number": (order.number.lower(),), "their number": ("eb-1",)}.get(by, ())
    references = ("ours@taller.example",) if by == "our letter" else ()

    post.take(letter(intent=Intent.CANCEL, order_numbers=numbers, references=references))

    review = post.review()
    assert (review.kind, review.order_id) == ("cancel", order.id)
    assert order.intent == "open"


def test_nobody_reaches_another_customers_order(post: Post, session: Session) -> None:
    post.take(numbered(order_letter("12 x LAV-100ML"), "EB-1"))
    other = Customer(account_id=post.customer.account_id, auto_accept=True)
    session.add(other)
    session.flush()
    session.add(CustomerSender(customer_id=other.id, kind="email", value="o@other.example"))
    session.flush()
    theirs = Sender(address="o@other.example", proof=Proof.YES)
    number = post.orders()[-1].number

    post.take(letter(intent=Intent.CANCEL, order_numbers=(number, "EB-1"), sender=theirs))

    review = post.review()
    assert review.order_id is None
    assert "before" not in review.detail


def test_a_table_that_disagrees_with_the_words_waits(post: Post, session: Session) -> None:
    words, table = order_letter("12 x LAV-100ML"), table_letter(("LAV-100ML", "13"))
    both = replace(words, tables=table.tables, drafts=(*table.drafts, *words.drafts))

    assert post.take(both) == "review: sources_disagree"
    assert session.scalar(select(func.count(Review.id))) == 1
