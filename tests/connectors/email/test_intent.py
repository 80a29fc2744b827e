"""What a letter asks for is read in its own words, rather too often a change than too seldom."""

import pytest

from connectors.email.intent import intent_of, language_of, order_numbers
from mapping.letter import Intent
from tests.connectors.email.mails import letter_of, mail, multipart


@pytest.mark.parametrize(
    "words",
    [
        "Por favor, cancelad el pedido 45012",
        "Solicitamos la cancelación del pedido",
        "Quiero anular pedido",
        "Anulen el pedido por favor",
        "Ya no lo necesitamos",
        "No nos enviéis el pedido de ayer",
        "Please cancel order 45012",
        "We need a cancellation",
        "We no longer need the candles",
        "Please don't ship PO 77",
        "Call off our order, it was called off",
    ],
)
def test_who_cancels_is_heard(words: str) -> None:
    assert intent_of(words)[0] is Intent.CANCEL


@pytest.mark.parametrize(
    "words",
    [
        "Please change the quantity to 6",
        "Can you make it 10?",
        "6 instead of 5, please",
        "Amended PO attached",
        "Our revised order is below",
        "Please add 3 x CND to my order",
        "Remove the soap from the order",
        "There was a mistake in our order",
        "This replaces PO 77",
        "Cambiad las 5 por 6",
        "Cambio en pedido PC-441",
        "Modificación del pedido anterior",
        "Corrección: eran 6",
        "6 en lugar de 5",
        "Añade al pedido 3 velas",
        "Quita los jabones",
        "Me he equivocado, son 6",
        "Os paso el pedido corregido",
    ],
)
def test_who_changes_something_is_heard(words: str) -> None:
    assert intent_of(words)[0] is Intent.CHANGE


@pytest.mark.parametrize(
    "words",
    [
        "12 x LAV-100ML",
        "No changes to our address.\n12 x LAV-100ML",
        "Sin cambios respecto a la dirección",
        "Same as last time, unchanged address",
        "Prices subject to change",
        "See our cancellation policy",
        "Do not cancel anything",
        "No canceléis nada",
        "Nuestra política de cancelación está en la web",
        "Orders cannot be cancelled after shipping",
        "Exchange rates apply",
        "Necesito 12 unidades de LAV-100ML antes del viernes",
        "Please send 12 candles with the usual labels",
    ],
)
def test_who_only_orders_is_not_taken_for_changing_anything(words: str) -> None:
    assert intent_of(words) == (Intent.ORDER, "")


def test_the_words_that_say_so_are_told() -> None:
    assert intent_of("Hola, anulad esto") == (Intent.CANCEL, "anulad")


def test_in_an_answer_neither_our_subject_nor_our_quoted_words_count() -> None:
    body = "Gracias\n\nOn 3 Nov Inés wrote:\n> Your order was cancelled\n"
    raw = mail(
        body, "Subject: Re: Your order 12 was cancelled", "In-Reply-To: <1@w.example>"
    )

    letter = letter_of(raw)

    assert letter.intent is Intent.ORDER
    assert letter.in_reply_to == "1@w.example"


def test_in_a_letter_of_its_own_the_subject_counts() -> None:
    letter = letter_of(mail("Gracias", "Subject: Cancelar pedido PC-441"))

    assert (letter.intent, letter.order_numbers) == (Intent.CANCEL, ("PC-441",))


@pytest.mark.parametrize(
    "root,intent", [("OrderChange", Intent.CHANGE), ("OrderCancellation", Intent.CANCEL)]
)
@pytest.mark.parametrize("prefix", ["", "ubl:"])
def test_a_document_that_changes_or_cancels_says_so_itself(
    root: str, intent: Intent, prefix: str
) -> None:
    xml = f"<?xml version='1.0'?><{prefix}{root} xmlns='urn:x'></{prefix}{root}>"
    raw = multipart(
        "Content-Type: text/plain\n\nSee attached",
        f'Content-Type: application/xml; name="po.xml"\n\n{xml}',
    )

    letter = letter_of(raw)

    assert (letter.intent, letter.why) == (intent, f"UBL {root} in po.xml")


@pytest.mark.parametrize(
    "words,numbers",
    [
        ("Pedido nº P/7781", ("P/7781",)),
        ("Nº de pedido: 45012", ("45012",)),
        ("Your order #1042 and PO 77-A.", ("1042", "77-A")),
        ("PO: 4500012345", ("4500012345",)),
        ("purchase order number PO-2026-17", ("PO-2026-17",)),
        ("Pedido\n12 x LAV-100ML", ()),
        ("12 x LAV-100ML, gracias", ()),
        ("pedido de hoy", ()),
    ],
)
def test_numbers_of_orders_are_found_as_written(
    words: str, numbers: tuple[str, ...]
) -> None:
    assert order_numbers(words) == numbers


@pytest.mark.parametrize(
    "words,language",
    [
        ("Hola, necesito 12 unidades de la crema. Gracias", "es"),
        ("Hi, we would like 12 pieces of the cream. Thanks", "en"),
        ("LAV-100ML 12", ""),
    ],
)
def test_the_language_is_that_of_its_words(words: str, language: str) -> None:
    assert language_of(words) == language
