"""Mail in the workshop whose invariants are broken one by one, and how each is."""

from datetime import timedelta

from sqlalchemy.orm import Session

from hub.models.laws.law import Law
from hub.models.laws.mail_laws import (
    COPIES_MAKE_NOTHING,
    DECISIONS_ARE_WHOLE,
    FATES_ARE_WHOLE,
    FILED_BY_FATE,
    LETTERS_ARE_OWED_ONCE,
    LETTERS_ARE_TAKEN_ONCE,
    LETTERS_LEAVE_ONCE,
    MAIL_IS_A_LETTER,
    NUMBERS_ARE_ORDERED_ONCE,
    ONE_MAIL_A_MESSAGE,
    ORDERS_COME_OF_ONE_LETTER,
    READ_MAIL_IS_SETTLED,
    REVIEWS_ARE_OF_THEIR_MAIL,
)
from hub.models.records.channels import ChannelAccount
from hub.models.records.mails import InboundMail, Review
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.notifications import Notification
from hub.models.records.orders import SalesOrder
from tests.factories import NOW, make_account

FILED = {
    "processed": "Processed",
    "review": "Review",
    "ignored": "Ignored",
    "failed": "Failed",
}
TWO_BOXES = (
    "CASE WHEN id = (SELECT MIN(id) FROM sales_order)"
    " THEN (SELECT MIN(id) FROM channel_account WHERE channel = 'email')"
    " ELSE (SELECT MAX(id) FROM channel_account WHERE channel = 'email') END"
)


def mail_comes(session: Session, *, order: SalesOrder) -> None:
    """Let mails become an order, a copy, a review and a decision, and a letter of ours leave."""
    box = make_account(session, channel="email", name="orders")
    make_account(session, channel="email", name="sales")
    a_mail(session, box, 1, state="processed", order_id=order.id)
    a_mail(session, box, 2, state="ignored", reason="duplicate", order_id=order.id,
           message_id="1@sol.example")  # fmt: skip
    waits = a_mail(session, box, 3, state="review", reason="unknown_sku")
    taken = a_mail(session, box, 4, state="processed", reason="pack_unit",
                   order_id=order.id)  # fmt: skip
    a_mail(session, box, 5, state="ignored", reason="automatic")
    for mail, state in ((waits, "open"), (taken, "accepted")):
        is_open = state == "open"
        session.add(
            Review(
                account_id=box.id, inbound_message_id=mail.inbound_message_id,
                reason=mail.reason, state=state, order_id=None if is_open else order.id,
                created_at=NOW, decided_at=None if is_open else NOW,
            )
        )  # fmt: skip
    a_letter(session, box, order=order)


def a_mail(
    session: Session,
    box: ChannelAccount,
    number: int,
    *,
    state: str,
    reason: str = "",
    order_id: int | None = None,
    message_id: str = "",
) -> InboundMail:
    """Write a mail that was read, and lies where it should."""
    name = message_id or f"{number}@sol.example"
    message = InboundMessage(
        account_id=box.id, topic="mail", message_id=name, body_hash=f"{number}",
        source="poll", received_at=NOW, next_try_at=NOW, state="done", done_at=NOW,
        result=f"{state}: {reason}" if reason else state,
    )  # fmt: skip
    session.add(message)
    session.flush()
    mail = InboundMail(
        account_id=box.id, inbound_message_id=message.id, message_id=name,
        content_hash=f"words {number}", sender="ana@sol.example", size=7, state=state,
        reason=reason, order_id=order_id, folder=FILED[state], validity=17,
        number=number, filed_into=FILED[state], received_at=NOW, read_at=NOW,
    )  # fmt: skip
    session.add(mail)
    session.flush()
    return mail


def a_letter(session: Session, box: ChannelAccount, *, order: SalesOrder) -> None:
    """Write a letter of ours that was sent."""
    letter = Notification(
        event="shipped", order_id=order.id, recipient="ana@sol.example", locale="en",
        template_version=0, dedupe_key="shipped:1", message_id="ours@cera.example",
        subject="Sent", text="Sent", html="Sent", created_at=NOW,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    session.add(
        OutboundMessage(
            account_id=box.id, order_id=order.id, notification_id=letter.id, kind="mail",
            idempotency_key="mail:shipped:1", payload={"notification": letter.id},
            state="sent", outcome="created", remote_ref=letter.message_id,
            next_try_at=NOW, first_sent_at=NOW + timedelta(seconds=1), created_at=NOW,
            done_at=NOW + timedelta(seconds=2),
        )
    )  # fmt: skip
    session.flush()


def _mail_again(**new: str) -> str:
    """Write a statement that copies mail 1 with some columns of its own."""
    columns = {
        "account_id": "account_id", "inbound_message_id": "NULL", "folder": "'INBOX'",
        "validity": "9", "number": "9", "message_id": "message_id",
        "our_id": "''", "content_hash": "content_hash", "size": "size", "sender": "sender",
        "subject": "''", "order_id": "order_id", "state": "state", "reason": "reason",
        "received_at": "received_at", "read_at": "read_at", "filed_into": "''",
        "file_tries": "0", "file_problem": "''", "file_as": "''", **new,
    }  # fmt: skip
    return (
        f"INSERT INTO inbound_mail ({', '.join(columns)})"  # noqa: S608
        f" SELECT {', '.join(columns.values())} FROM inbound_mail WHERE number = 1"
    )


BROKEN_MAIL: dict[str, tuple[Law, str]] = {
    "a mail that was read and is nowhere": (
        READ_MAIL_IS_SETTLED, "UPDATE inbound_mail SET inbound_message_id = NULL"
        " WHERE reason = 'automatic'"),
    "a mail that was read and waits": (
        READ_MAIL_IS_SETTLED, "UPDATE inbound_mail SET state = 'waiting'"
        " WHERE reason = 'automatic'"),
    "a message that is two mails": (
        ONE_MAIL_A_MESSAGE, _mail_again(inbound_message_id="inbound_message_id")),
    "a mail that became no order": (
        FATES_ARE_WHOLE, "UPDATE inbound_mail SET order_id = NULL WHERE number = 1"),
    "a mail that is ignored for no reason": (
        FATES_ARE_WHOLE, "UPDATE inbound_mail SET reason = '' WHERE reason = 'automatic'"),
    "a mail that waits for a decision nobody is asked for": (
        FATES_ARE_WHOLE, "DELETE FROM review WHERE state = 'open'"),
    "a mail that was filed before it was read": (
        FATES_ARE_WHOLE, "UPDATE inbound_mail SET state = 'waiting' WHERE number = 1"),
    "a decision that lost its mail": (
        REVIEWS_ARE_OF_THEIR_MAIL, "UPDATE inbound_mail SET inbound_message_id = NULL"
        " WHERE state = 'review'"),
    "a mail whose decision did not reach it": (
        REVIEWS_ARE_OF_THEIR_MAIL, "UPDATE review SET state = 'rejected'"
        " WHERE state = 'open'"),
    "a mail accepted without an order": (
        DECISIONS_ARE_WHOLE, "UPDATE review SET order_id = NULL WHERE state = 'accepted'"),
    "a decision that never ended": (
        DECISIONS_ARE_WHOLE, "UPDATE review SET decided_at = NULL"),
    "a copy a person is to decide on": (
        COPIES_MAKE_NOTHING, "UPDATE inbound_mail SET state = 'ignored',"
        " reason = 'duplicate' WHERE state = 'review'"),
    "a copy of nothing": (
        COPIES_MAKE_NOTHING, "UPDATE inbound_mail SET message_id = 'x', order_id = NULL"
        " WHERE number = 2"),
    "a letter taken twice by its name": (
        LETTERS_ARE_TAKEN_ONCE, "UPDATE inbound_mail SET reason = 'automatic'"
        " WHERE number = 2"),
    "a letter taken twice by its words": (
        LETTERS_ARE_TAKEN_ONCE, _mail_again(message_id="'another@sol.example'")),
    "an order of two letters": (
        ORDERS_COME_OF_ONE_LETTER, _mail_again(message_id="'x'", content_hash="'x'")),
    "a number ordered twice": (
        NUMBERS_ARE_ORDERED_ONCE,
        f"UPDATE sales_order SET external_id = 'po:1:77', account_id = {TWO_BOXES}"),  # noqa: S608
    "a mail in the wrong folder": (
        FILED_BY_FATE, "UPDATE inbound_mail SET filed_into = 'Failed' WHERE number = 1"),
    "a letter nobody sends": (
        LETTERS_ARE_OWED_ONCE, "DELETE FROM outbound_message WHERE kind = 'mail'"),
    "a letter owed twice": (
        LETTERS_ARE_OWED_ONCE, "INSERT INTO outbound_message (account_id, order_id,"
        " notification_id, kind, idempotency_key, payload, state, outcome, remote_ref,"
        " attempts, next_try_at, created_at) SELECT account_id, order_id, notification_id,"
        " kind, 'again', payload, 'waiting', '', '', 0, next_try_at, created_at"
        " FROM outbound_message WHERE kind = 'mail'"),
    "mail that is no letter": (
        MAIL_IS_A_LETTER, "UPDATE outbound_message SET notification_id = NULL"
        " WHERE kind = 'mail'"),
    "mail that is owed under another name": (
        MAIL_IS_A_LETTER, "UPDATE outbound_message SET idempotency_key = 'mail:404'"
        " WHERE kind = 'mail'"),
    "a letter sent that never left": (
        LETTERS_LEAVE_ONCE, "UPDATE outbound_message SET first_sent_at = NULL"
        " WHERE kind = 'mail'"),
    "a letter that arrived and is to be sent": (
        LETTERS_LEAVE_ONCE, "UPDATE outbound_message SET state = 'waiting',"
        " done_at = NULL WHERE kind = 'mail'"),
    "a letter that was found there": (
        LETTERS_LEAVE_ONCE, "UPDATE outbound_message SET outcome = 'already_there'"
        " WHERE kind = 'mail'"),
}  # fmt: skip

REFUSED_MAIL = {
    "the same need told twice": (
        "INSERT INTO notification (event, recipient, locale, template_version, dedupe_key,"
        " message_id, subject, text, html, facts, created_at, bounce) SELECT event,"
        " recipient, locale, template_version, dedupe_key, 'other', subject, text, html,"
        " facts, created_at, '' FROM notification"
    ),
    "two decisions on one mail": (
        "INSERT INTO review (account_id, inbound_message_id, kind, reason, detail, state,"
        " sender, subject, order_ref, lines, created_at, decided_by, why) SELECT account_id,"
        " inbound_message_id, kind, reason, detail, state, sender, subject, order_ref,"
        " lines, created_at, decided_by, why FROM review"
    ),
    "two mails at one place of a mailbox": (
        "INSERT INTO inbound_mail (account_id, folder, validity, number, message_id, our_id,"
        " content_hash, size, sender, subject, state, reason, received_at, filed_into,"
        " file_tries, file_problem, file_as) SELECT account_id, folder, validity, number, 'x',"
        " '', '', 1, '', '', state, reason, received_at, '', 0, '', '' FROM inbound_mail"
    ),
    "a mail in a state nobody knows": "UPDATE inbound_mail SET state = 'lost'",
}
