"""A letter goes out as one mail to one person, the same each time, and nothing slips into it."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from connectors.email.compose import compose
from connectors.errors import Rejected
from mapping.effects import Mail

MAIL = Mail(
    notification=7,
    to="marta@panaderia.example",
    subject="Tu pedido H-0042: 27 de noviembre",
    text="Hola, Marta:\n\nPuedes contar con él.\n",
    html="<p>Hola, Marta:</p>",
    language="es",
    message_id="0f3a@cerasal.example",
    in_reply_to="po-118@panaderia.example",
    references=("po-118@panaderia.example", "77aa@cerasal.example"),
    sender_name="Cera y Sal",
    written_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
)
ADDRESS = "orders@cerasal.example"


def _sent(mail: Mail, *, address: str = ADDRESS) -> EmailMessage:
    raw = compose(mail, address=address, instance="ours-1")
    read = message_from_bytes(raw, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def test_a_letter_says_who_writes_to_whom_and_that_a_machine_does() -> None:
    letter = _sent(MAIL)

    assert str(letter["From"]) == "Cera y Sal <orders@cerasal.example>"
    assert str(letter["Reply-To"]) == ADDRESS
    assert str(letter["To"]) == "marta@panaderia.example"
    assert letter["Date"].datetime == MAIL.written_at
    assert letter["Message-ID"] == "<0f3a@cerasal.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["X-Auto-Response-Suppress"] == "All"
    assert letter["X-Hub-Loop"] == "ours-1"
    assert letter["X-Hub-Message-Id"] == "0f3a@cerasal.example"
    assert letter["Content-Language"] == "es"
    assert letter["Precedence"] is None


def test_a_letter_answers_the_mail_it_is_about() -> None:
    letter = _sent(MAIL)

    assert letter["In-Reply-To"] == "<po-118@panaderia.example>"
    assert letter["References"] == "<po-118@panaderia.example> <77aa@cerasal.example>"


def test_text_and_html_say_the_same_beside_each_other() -> None:
    letter = _sent(MAIL)

    assert letter.get_content_type() == "multipart/alternative"
    text, html = letter.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content_type() == "text/html"
    assert html.get_content().strip() == MAIL.html


def test_the_same_letter_is_the_same_bytes() -> None:
    first = compose(MAIL, address=ADDRESS, instance="ours-1")

    assert compose(MAIL, address=ADDRESS, instance="ours-1") == first
    assert first.isascii()
    assert max(len(line) for line in first.split(b"\r\n")) <= 998
    assert b"\n" not in first.replace(b"\r\n", b"")


def test_what_a_person_sent_does_not_claim_to_come_from_a_machine() -> None:
    letter = _sent(replace(MAIL, is_automatic=False))

    assert letter["Auto-Submitted"] is None


@pytest.mark.parametrize(
    "name", ["Cera y Sal, S. L.", "Ceràmica «Ñ»", 'The "Soap" Shop', "石けん工房", ""]
)
def test_any_name_of_a_workshop_can_be_written(name: str) -> None:
    sender = _sent(replace(MAIL, sender_name=name))["From"].addresses[0]

    assert (sender.display_name, sender.addr_spec) == (name, ADDRESS)


def test_a_subject_in_any_script_survives() -> None:
    subject = "Pedido H-0042 — envío de 12 jabones de limón y sal, ñandú, 石けん" * 3

    assert str(_sent(replace(MAIL, subject=subject))["Subject"]) == subject


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028"])
def test_no_header_can_be_slipped_in(end: str) -> None:
    evil = f"x{end}Bcc: everybody@evil.example{end}{end}<b>hello</b>"

    letter = _sent(
        replace(
            MAIL, subject=evil, sender_name=evil, in_reply_to=f"a{end}Bcc: b@c.example",
            references=(evil,), message_id=f"id{end}@cerasal.example", language=evil,
        )
    )  # fmt: skip

    assert letter["Bcc"] is None
    assert letter.get_all("To") == ["marta@panaderia.example"]
    assert letter.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "to",
    [
        "",
        "marta",
        "marta@",
        "@panaderia.example",
        "marta@panaderia.example, everybody@evil.example",
        "marta@panaderia.example\r\nBcc: everybody@evil.example",
        "Marta <marta@panaderia.example>",
        "niña@panaderia.example",
    ],
)
def test_what_is_no_address_gets_no_letter(to: str) -> None:
    with pytest.raises(Rejected, match="address"):
        compose(replace(MAIL, to=to), address=ADDRESS, instance="ours-1")


def test_a_domain_in_any_script_is_written_the_way_mail_servers_read_it() -> None:
    letter = _sent(replace(MAIL, to="marta@panadería.example"))

    assert str(letter["To"]) == "marta@xn--panadera-i2a.example"
