"""Mail that no person sent is known by its head, and never taken for an order."""

import pytest

from mapping.letter import Intent
from tests.connectors.email.mails import OURS, SETTINGS, letter_of, mail


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: Auto-Replied (vacation)",
        "Auto-Submitted: auto-notified",
        "Return-Path: <>",
        "Precedence: auto_reply",
        "X-Autoreply: yes",
        "X-Autorespond: I am away",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
        f"X-Hub-Loop: {SETTINGS.instance}",
        "Subject: Automatic reply: Your order",
        "Subject: Respuesta automática: Su pedido",
    ],
)
def test_answers_of_machines_are_automatic_whoever_they_are_from(header: str) -> None:
    letter = letter_of(mail("12 x LAV-100ML\n", header))

    assert letter.intent is Intent.AUTOMATIC
    assert not letter.is_known_mailer
    assert letter.drafts == ()


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "Precedence: list",
        "List-Id: <news.shop.example>",
        "List-Unsubscribe: <mailto:out@shop.example>",
    ],
)
def test_what_programs_send_is_automatic_but_a_form_for_its_sender_may_allow_it(
    header: str,
) -> None:
    letter = letter_of(mail("12 x LAV-100ML\n", header))

    assert letter.intent is Intent.AUTOMATIC
    assert letter.is_known_mailer
    assert letter.why


def test_an_answer_of_a_machine_that_also_went_through_a_list_is_never_allowed() -> None:
    letter = letter_of(mail("x", "Auto-Submitted: auto-replied", "Precedence: bulk"))

    assert not letter.is_known_mailer


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no",
        "Precedence: first-class",
        "X-Auto-Response-Suppress: All",
        "Return-Path: <ana@shop.example>",
        "X-Hub-Loop: ffffffffffffffff",
        "Subject: Automatic replies for your shop",
    ],
)
def test_what_a_person_sends_is_not_automatic(header: str) -> None:
    assert letter_of(mail("12 x LAV-100ML\n", header)).intent is Intent.ORDER


def test_mail_from_our_own_address_is_ours() -> None:
    letter = letter_of(mail("x", sender=f"The workshop <{OURS.upper()}>"))

    assert (letter.intent, letter.why) == (Intent.AUTOMATIC, "From is our own address")


def test_our_own_id_is_read_only_from_a_mail_that_bears_our_mark() -> None:
    ours = mail(
        "x", f"X-Hub-Loop: {SETTINGS.instance}", "X-Hub-Message-Id: <7@workshop.example>"
    )
    theirs = mail("x", "X-Hub-Message-Id: <7@workshop.example>")

    assert letter_of(ours).our_id == "7@workshop.example"
    assert letter_of(theirs).our_id == ""
