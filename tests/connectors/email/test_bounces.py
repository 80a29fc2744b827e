"""What servers say of letters of ours is read: which letter, to whom, and whether for good."""

import pytest

from mapping.letter import Intent
from tests.connectors.email.mails import letter_of, mail

REPORT = """--sep
Content-Type: text/plain

I could not deliver your message. 12 x LAV-100ML
--sep
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.shop.example
Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0000

Original-Recipient: rfc822; ana@shop.example
Final-Recipient: rfc822; Ana@shop.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <ana@shop.example>: no such user
--sep
Content-Type: {returned}

Message-ID: <ours@workshop.example>
X-Hub-Message-Id: <7@workshop.example>
Subject: Your order

Hello
--sep--
"""
HEAD = 'Content-Type: multipart/report; report-type=delivery-status; boundary="sep"'
SERVER = "Mail Delivery System <MAILER-DAEMON@mx.shop.example>"


def report(
    *, action: str = "failed", status: str = "5.1.1", returned: str = "message/rfc822"
) -> bytes:
    body = REPORT.format(action=action, status=status, returned=returned)
    return mail(body, HEAD, "Return-Path: <>", sender=SERVER)


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_our_letter_its_reader_and_why(returned: str) -> None:
    letter = letter_of(report(returned=returned))

    assert letter.intent is Intent.BOUNCE
    assert letter.bounce is not None
    assert letter.bounce.message_id == "ours@workshop.example"
    assert letter.bounce.our_id == "7@workshop.example"
    assert letter.bounce.recipient == "ana@shop.example"
    assert letter.bounce.status == "5.1.1"
    assert letter.bounce.words == "550 5.1.1 <ana@shop.example>: no such user"
    assert letter.bounce.is_final
    assert letter.drafts == ()


def test_while_the_server_goes_on_trying_it_is_not_final() -> None:
    letter = letter_of(report(action="delayed", status="4.4.1"))

    assert letter.bounce is not None
    assert not letter.bounce.is_final


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_what_was_delivered_is_no_bounce(action: str) -> None:
    letter = letter_of(report(action=action, status="2.0.0"))

    assert letter.bounce is None
    assert letter.intent is Intent.AUTOMATIC


def test_of_several_recipients_the_one_that_failed_is_told() -> None:
    first = "Final-Recipient: rfc822; bo@shop.example\nAction: delayed\nStatus: 4.0.0\n\n"
    raw = REPORT.replace("Original-Recipient", first + "Original-Recipient")

    letter = letter_of(
        mail(raw.format(action="failed", status="5.1.1", returned="message/rfc822"), HEAD)
    )

    assert letter.bounce is not None
    assert (letter.bounce.recipient, letter.bounce.is_final) == ("ana@shop.example", True)


def test_a_report_in_plain_words_is_read_as_far_as_it_goes() -> None:
    words = (
        "The following address failed:\n  ana@shop.example\n  550 5.1.1 unknown user\n\n"
        "------ This is a copy of your message. ------\nMessage-ID: <ours@workshop.example>\n"
        "X-Hub-Message-Id: <7@workshop.example>\n"
    )

    letter = letter_of(mail(words, "X-Failed-Recipients: ana@shop.example", sender=SERVER))

    assert letter.bounce is not None
    assert letter.bounce.message_id == "ours@workshop.example"
    assert letter.bounce.our_id == "7@workshop.example"
    assert (letter.bounce.recipient, letter.bounce.status) == ("ana@shop.example", "5.1.1")
    assert letter.bounce.is_final


def test_a_report_that_says_nothing_is_automatic() -> None:
    raw = mail(
        "--sep\n\nhm\n--sep\nContent-Type: message/delivery-status\n\n\n--sep--\n", HEAD
    )

    letter = letter_of(raw)

    assert letter.bounce is None
    assert letter.intent is Intent.AUTOMATIC


def test_a_person_who_writes_of_a_failed_delivery_is_a_person() -> None:
    letter = letter_of(mail("Delivery failed, 5.1.1?\n", "Subject: Delivery failed"))

    assert letter.intent is Intent.ORDER
