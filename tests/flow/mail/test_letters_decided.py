"""What is no order by itself waits for a person with its order beside it, or is let alone."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.mail.review_lines import from_json
from hub.models.records.correspondents import (
    CustomerSender,
)
from hub.models.records.mails import Review
from hub.models.records.notifications import Notification
from hub.models.records.orders import Customer
from mapping.letter import (
    Bounce,
    Forwarded,
    Intent,
    Proof,
    Sender,
)
from tests.domain.mail.letters import letter, table_letter
from tests.factories import NOW, PIECE
from tests.flow.mail.letter_mail import ADDRESS, Post, numbered, open_post, order_letter


@pytest.fixture
def post(session: Session) -> Post:
    return open_post(session)


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
