"""What a sender wrote now is told from what they answer to, pass on and always sign with."""

import time

import pytest

from connectors.email.quoting import split
from tests.connectors.email.mails import letter_of, mail, texts

ORDER = "12 x LAV-100ML\n3 x ROM-100ML"
OLD = "99 x OLD-1"

GMAIL_ES = f"El lun, 16 nov 2026 a las 10:01, Inés (<i@w.example>) escribió:\n\n> {OLD}\n"
GMAIL_EN = f"On Mon, Nov 16, 2026 at 10:01 AM Inés <i@w.example> wrote:\n> {OLD}\n"
GMAIL_WRAPPED = (
    f"On Mon, Nov 16, 2026 at 10:01 AM Inés the Maker\n<i@w.example> wrote:\n> {OLD}\n"
)
OUTLOOK_ES = (
    "De: Inés <i@w.example>\nEnviado: lunes, 16 de noviembre de 2026 10:01\n"
    f"Para: Marta <m@s.example>\nAsunto: RE: Pedido\n\n{OLD}\n"
)
OUTLOOK_EN = (
    "-----Original Message-----\nFrom: Inés <i@w.example>\nSent: Monday, November 16, 2026\n"
    f"To: m@s.example\nSubject: Your order\n\n{OLD}\n"
)
OUTLOOK_LINE = "________________________________\n" + OUTLOOK_ES
APPLE = f"> El 16 nov 2026, a las 10:01, Inés <i@w.example> escribió:\n>\n> {OLD}\n"
OLD_GMAIL = f"2026-11-16 10:01 GMT+01:00 Inés <i@w.example>:\n\n> {OLD}\n"


@pytest.mark.parametrize(
    "quote",
    [
        GMAIL_ES,
        GMAIL_EN,
        GMAIL_WRAPPED,
        OUTLOOK_ES,
        OUTLOOK_EN,
        OUTLOOK_LINE,
        APPLE,
        OLD_GMAIL,
    ],
)
def test_what_is_answered_to_is_not_ordered_again(quote: str) -> None:
    written = split(f"{ORDER}\n\n{quote}", subject="Re: Pedido")

    assert written.own.rstrip("_\n") == ORDER
    assert OLD in written.quoted
    assert written.forwarded is None


def test_answers_between_quoted_lines_are_the_senders_own() -> None:
    written = split(f"{GMAIL_EN}Yes, again\n> and this?\nNo\n", subject="Re: Order")

    assert written.own == "Yes, again\nNo"
    assert "and this?" in written.quoted


def test_an_answer_below_the_quote_is_read() -> None:
    written = split(f"{GMAIL_ES}\n{ORDER}\n", subject="Re: Pedido")

    assert written.own == ORDER


@pytest.mark.parametrize(
    "text",
    [
        ORDER,
        f"On 3 December we open again.\n{ORDER}",
        f"De: almacén\nFecha: 3/12\n{ORDER}",
        f"From: the shop\nTo: Ana\n{ORDER}",
        f"Para: Tienda Vigo\nFecha: 12/11/2026\nPedido: 12\n{ORDER}",
        "El lunes escribió:",
    ],
)
def test_what_only_looks_like_a_quote_is_the_senders_own(text: str) -> None:
    written = split(text)

    assert (written.own, written.quoted) == (text, "")


# Passed on ----------------------------------------------------------------------------------

GMAIL_FORWARD = (
    "---------- Forwarded message ---------\nDe: Marta Ruiz <Marta@shop.example>\n"
    f"Date: lun, 23 nov 2026\nSubject: Pedido 7\nTo: Inés <i@w.example>\n\n\n{ORDER}\n"
)
APPLE_FORWARD = (
    "Begin forwarded message:\n\n> From: Marta Ruiz <marta@shop.example>\n> Subject: Pedido 7\n"
    "> Date: 23 November 2026\n> To: i@w.example\n>\n"
    + "".join(f"> {x}\n" for x in ORDER.split("\n"))
)
OUTLOOK_FORWARD = (
    "De: Marta Ruiz <marta@shop.example>\nEnviado: lunes, 23 de noviembre\n"
    f"Para: i@w.example\nAsunto: Pedido 7\n\n{ORDER}\n"
)


@pytest.mark.parametrize("passed", [GMAIL_FORWARD, APPLE_FORWARD, OUTLOOK_FORWARD])
@pytest.mark.parametrize("subject", ["Fwd: Pedido 7", "RV: Pedido 7"])
def test_what_is_passed_on_is_read_with_what_it_says_of_its_sender(
    passed: str, subject: str
) -> None:
    written = split(f"Te lo paso.\n\n{passed}", subject=subject)

    assert written.own == "Te lo paso."
    assert written.passed_on == ORDER
    assert written.forwarded is not None
    assert written.forwarded.address == "marta@shop.example"
    assert (written.forwarded.name, written.forwarded.subject) == ("Marta Ruiz", "Pedido 7")


def test_what_the_letter_that_is_passed_on_answers_to_is_quoted() -> None:
    written = split(GMAIL_FORWARD + "\n" + GMAIL_ES, subject="Fwd: Pedido 7")

    assert written.passed_on == ORDER
    assert OLD in written.quoted


def test_a_letter_passed_on_twice_is_its_first_writers() -> None:
    outer = GMAIL_FORWARD.replace(ORDER, "Mira esto.\n\n" + OUTLOOK_FORWARD).replace(
        "Marta", "Bea"
    )

    written = split(
        outer.replace("De: Bea Ruiz <bea", "De: Marta <marta"), subject="Fwd: x"
    )

    assert ORDER in written.passed_on
    assert written.forwarded is not None


def test_a_text_that_is_passed_on_is_a_part_of_its_own() -> None:
    letter = letter_of(mail("Te lo paso.\n\n" + GMAIL_FORWARD, "Subject: Fwd: Pedido 7"))

    assert texts(letter) == {"1": "Te lo paso.", "1/passed": ORDER}
    assert [text.is_quoted for text in letter.texts] == [False, True]


# Signatures ---------------------------------------------------------------------------------


def test_a_signature_is_not_a_part_of_the_letter() -> None:
    written = split(f"{ORDER}\n\n-- \nMarta Ruiz\nTel. 600 555 12 x 3\nPedidos: 10045\n")

    assert (written.own, written.signature.split("\n")[0]) == (ORDER, "Marta Ruiz")


@pytest.mark.parametrize(
    "below", [ORDER, "Ref\n" * 30, "LAV-100ML x 12"], ids=["lines", "long", "line"]
)
def test_what_stands_below_two_dashes_and_is_no_signature_stays(below: str) -> None:
    written = split(f"Hola\n--\n{below}")

    assert below.strip() in written.own


def test_what_a_telephone_adds_is_taken_away() -> None:
    assert split(f"{ORDER}\n\nEnviado desde mi iPhone\n").own == ORDER
    assert split(f"{ORDER}\n\nSent from my Galaxy\n").own == ORDER


# HTML ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quote",
    [
        "<div class=gmail_quote><div class=gmail_attr>El lun, 16 nov 2026 a las 10:01, Inés "
        "&lt;i@w.example&gt; escribió:<br></div><blockquote class=gmail_quote>{}</blockquote>",
        "<blockquote type=cite>{}</blockquote>",
        "<hr><div id=divRplyFwdMsg><b>De:</b> Inés &lt;i@w.example&gt;<br><b>Enviado:</b> lunes"
        "<br><b>Para:</b> M<br><b>Asunto:</b> Re: Pedido</div><div>{}</div>",
        "<div><p><b>From:</b> I<br><b>Sent:</b> Monday<br><b>To:</b> M<br><b>Subject:</b> x</p>"
        "</div><p>Hi</p>{}",
    ],
)
def test_a_table_in_what_is_answered_to_never_reaches_who_reads_tables(quote: str) -> None:
    table = "<table><tr><td>OLD-1</td><td>99</td></tr></table>"
    seen: list[bytes] = []

    def look(parts):  # type: ignore[no-untyped-def]
        seen.extend(part.data for part in parts)
        return type("E", (), {"drafts": (), "tables": (), "troubles": {}})()

    own = "<p>Hola</p><table><tr><td>LAV-100ML</td><td>12</td></tr></table>"
    raw = mail(own + quote.format(table), "Content-Type: text/html; charset=utf-8",
               "Subject: Re: Pedido")  # fmt: skip
    letter = letter_of(raw, extract=look)

    assert texts(letter)["1"] == "Hola\nLAV-100ML\t12"
    assert b"LAV-100ML" in seen[0]
    assert b"OLD-1" not in seen[0]


# Bounds -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    ["> ", "From: a@b.example\n", "On ", "On 3 x wrote", "De: x\nAsunto: ", "-- \n", "2026/1/1 <@",
     "---------- Forwarded message ---------\n", "> > > > > > > \n", "a: b\n", "Date: x\n\n"],
)  # fmt: skip
def test_no_text_takes_long(line: str) -> None:
    began = time.process_time()

    split(line * 20_000, subject="Fwd: Re: x")
    split((line.strip() or ">") * 20_000)

    assert time.process_time() - began < 3
