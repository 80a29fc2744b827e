"""Who wrote, and what they said, is forgotten when asked for, and when it is old."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.mail.review_lines import from_json
from hub.flow.reading.erase import erase_person, erase_shop
from hub.models.records.correspondents import CustomerSender
from hub.models.records.mails import InboundMail, Review, ShopNotice
from hub.models.records.messages import InboundMessage
from hub.models.records.notifications import Notification
from tests.factories import NOW
from tests.flow.mail.letter_mail import ADDRESS, Post, open_post, order_letter
from workers.sweep import tidy

LATER = NOW + timedelta(days=60)


@pytest.fixture
def post(session: Session) -> Post:
    """A customer with an order, a review, and a letter of ours."""
    post = open_post(session)
    post.take(order_letter("12 x LAV-100ML"))
    post.take(order_letter("3 x LAV-500ML"))
    session.add(
        Notification(
            event="received", order_id=post.orders()[-1].id, customer_id=post.customer.id,
            recipient=ADDRESS, locale="es", template_version=0, dedupe_key="k",
            message_id="m", subject="s", text="t", html="h", created_at=NOW,
        )
    )  # fmt: skip
    session.execute(
        InboundMessage.__table__.update().values(state="done", done_at=NOW)  # type: ignore[attr-defined]
    )
    session.flush()
    return post


def traces(session: Session) -> list[str]:
    """Return every word that still says who wrote, or what."""
    session.flush()
    session.expire_all()
    mails = session.scalars(select(InboundMail)).all()
    reviews = session.scalars(select(Review)).all()
    letters = session.scalars(select(Notification)).all()
    bodies = session.scalars(select(InboundMessage)).all()
    words = [
        *(word for mail in mails for word in (mail.sender, mail.subject)),
        *(
            word
            for one in reviews
            for word in (one.sender, one.subject, str(one.letter or ""))
        ),
        *(line.text for one in reviews for line in from_json(one.lines)),
        *(str(one.detail.get("text", "")) for one in reviews),
        *(
            word
            for one in letters
            for word in (one.recipient, one.subject, one.text, one.html)
        ),
        *(str(one.body or "") for one in bodies),
    ]
    return [word for word in words if word]


def test_a_person_who_is_erased_leaves_no_word(post: Post, session: Session) -> None:
    mine = post.customer
    mine.external_id = "kept:1"

    erase_person(
        session,
        account_id=mine.account_id,
        customer_id=mine.external_id,
        external_order_ids=[],
        who="user:1",
        now=LATER,
    )

    assert traces(session) == []
    assert session.scalars(select(CustomerSender)).all() == []
    review = post.review()
    assert (review.state, review.redacted_at) == ("rejected", LATER)
    assert [line.sku for line in from_json(review.lines)] == ["LAV-500ML"]


def test_an_account_that_is_erased_leaves_no_word(post: Post, session: Session) -> None:
    session.add(
        ShopNotice(
            account_id=post.account.id,
            inbound_message_id=post.mails()[0].inbound_message_id,
            shop="etsy",
            order_number="1",
            ship_to={"line1": "Calle 1"},
            created_at=NOW,
        )
    )

    erase_shop(session, account_id=post.account.id, who="user:1", now=LATER)

    assert traces(session) == []
    assert session.scalars(select(ShopNotice.ship_to)).all() == [{}]


def test_what_is_old_is_forgotten_and_what_waits_is_kept(
    post: Post, session: Session
) -> None:
    tidy(session, now=LATER, body_days=30)
    session.flush()

    done, waits = post.mails()
    assert (done.sender, done.redacted_at) == ("", LATER)
    assert (waits.sender, waits.redacted_at) == (ADDRESS, None)
    assert post.review().letter is not None
    assert session.get_one(InboundMessage, waits.inbound_message_id).body is not None

    post.review().state, post.review().decided_at = "rejected", NOW
    session.flush()
    tidy(session, now=LATER, body_days=30)

    assert traces(session) == []


def test_what_is_young_is_kept(post: Post, session: Session) -> None:
    before = traces(session)

    tidy(session, now=NOW + timedelta(days=20), body_days=30)

    assert traces(session) == before
