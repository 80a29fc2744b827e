"""A mail that is read again stays the mail it was: one row, one decision, one place."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from connectors.handed import Handed, HandedPage
from hub.flow.mail.letters import take
from hub.flow.mail.mailbox import keep_page, receive
from hub.flow.reviews.reviews import reject
from hub.invariants import check
from hub.models.claims import streams
from hub.models.claims.inbox import replay
from hub.models.mail.mail_forgetting import forget_account_mail
from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage
from mapping.letter import Letter
from tests.factories import NOW
from tests.flow.mail.letter_mail import Post, open_post, order_letter

RAW = b"Message-ID: <po-1@elbosque.example>\r\n\r\n12 x LAV-100ML\r\n"
LETTER = order_letter("12 x LAV-100ML", message_id="po-1@elbosque.example")
UNKNOWN = order_letter("12 x nobody knows", message_id="po-1@elbosque.example")


@pytest.fixture
def post(session: Session) -> Post:
    return open_post(session)


def read(post: Post, message_id: int, letter: Letter = LETTER) -> None:
    """Read a message as a worker does."""
    take(
        post.session, account=post.account, letter=letter, inbound_message_id=message_id,
        now=NOW,
    )  # fmt: skip
    row = post.session.get_one(InboundMessage, message_id)
    row.state, row.result, row.done_at = "done", "processed", NOW


def arrive(post: Post) -> int:
    return receive(post.session, account_id=post.account.id, raw=RAW, source="api", now=NOW)


def again(post: Post, message_id: int) -> int:
    return replay(post.session, message_id=message_id, who="user:1", now=NOW)


def found_anew(post: Post) -> None:
    """Find the mail in a mailbox that was made anew."""
    turn = streams.take(
        post.session, account_id=post.account.id, name="inbox", owner="anna", now=NOW,
        lease=timedelta(minutes=2),
    )  # fmt: skip
    assert turn is not None
    lies = Handed(
        message_id="po-1@elbosque.example", body=RAW, folder="INBOX", validity=18,
        number=1, size=len(RAW),
    )  # fmt: skip
    page = HandedPage(messages=(lies,), cursor="18:1", more=False)
    keep_page(post.session, turn=turn, page=page, now=NOW)


def test_a_mail_read_again_and_found_anew_is_one_mail(post: Post) -> None:
    first = arrive(post)
    read(post, first)
    read(post, again(post, first))

    found_anew(post)

    [mail] = post.mails()
    assert (mail.state, mail.validity, mail.number) == ("processed", 18, 1)


def test_a_mail_read_again_a_second_time_is_one_mail(post: Post) -> None:
    first = arrive(post)
    read(post, first)
    read(post, again(post, first))

    read(post, again(post, first))

    assert [mail.state for mail in post.mails()] == ["processed"]


def test_what_was_read_again_of_what_was_read_again_is_one_mail(post: Post) -> None:
    first = arrive(post)
    read(post, first)
    second = again(post, first)
    read(post, second)

    read(post, again(post, second))

    assert [mail.state for mail in post.mails()] == ["processed"]


def test_a_mail_read_again_while_it_waits_is_still_decided_on(post: Post) -> None:
    first = arrive(post)
    read(post, first, UNKNOWN)
    read(post, again(post, first), UNKNOWN)

    reject(post.session, review_id=post.review().id, reason="", who="user:1", now=NOW)

    mail = post.session.scalars(select(InboundMail)).one()
    assert mail.state == "ignored"
    assert [each for each in check(post.session) if each.subject == "review"] == []


def test_what_was_read_again_is_forgotten_with_its_mail(post: Post) -> None:
    first = arrive(post)
    read(post, first)
    second = again(post, first)
    read(post, second)
    read(post, again(post, second))

    forget_account_mail(post.session, account_id=post.account.id, now=NOW)

    assert set(post.session.scalars(select(InboundMessage.body))) == {None}
