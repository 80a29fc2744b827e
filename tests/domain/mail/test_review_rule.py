"""A mail is an order only if nothing about it is guessed; else it waits with one reason."""

from dataclasses import replace
from datetime import date

import pytest

from hub.domain.mail.mail_known import Sold
from hub.domain.mail.review_reasons import Reason
from hub.domain.mail.review_rule import ForReview, Taken, decide
from mapping.letter import (
    Attached,
    Draft,
    DraftAddress,
    DraftLine,
    Letter,
    Place,
    Source,
    Table,
    Text,
    Trouble,
)
from mapping.listing import sku_key
from tests.domain.mail.letters import (
    BODY,
    CUSTOMER,
    KNOWN,
    TODAY,
    pieces,
    reason,
    table_letter,
    text_letter,
    with_draft,
)

# What is taken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, item, count",
    [
        ("12 x LAV-100ML", "LAV-100ML", 12),
        ("12 uds lav 100ml".replace("lav 100ml", "lav_100ml"), "LAV-100ML", 12),
        ("3 EA JAB-100G", "JAB-100G", 3),
        ("2 cajas LAV-100ML", "LAV-100ML", 24),
        ("2 caja LAV-100ML", "LAV-100ML", 24),
    ],
)
def test_a_plain_line_is_an_order(line: str, item: str, count: int) -> None:
    assert pieces(text_letter(line, "Gracias")) == {item: count}


def test_a_table_is_an_order() -> None:
    assert pieces(table_letter(("LAV-100ML", "12"), ("JAB-250G", "3"))) == {
        "LAV-100ML": 12,
        "JAB-250G": 3,
    }


def test_a_word_of_this_customer_counts_as_much_as_it_means() -> None:
    line = DraftLine(
        text="5 x dúo jabones",
        place=Place(part=BODY, start=0, end=15),
        quantity="5",
        title="dúo jabones",
    )
    mail = text_letter(
        "5 x dúo jabones", drafts=[Draft(source=Source.TEXT, part=BODY, lines=(line,))]
    )

    decided = decide(mail, KNOWN, today=TODAY)

    assert isinstance(decided, Taken)
    assert [(one.item, one.quantity, one.per_piece, one.via) for one in decided.lines] == [
        ("JAB-100G", 5, 2000, "alias")
    ]


@pytest.mark.parametrize("joint", ["", "de ", "of "])
def test_a_word_of_theirs_may_hold_the_name_of_a_unit(joint: str) -> None:
    """What a person confirmed as "caja de jabón" is that box, and needs no pack rule."""
    word = f"caja {joint}jabón"
    line = DraftLine(
        text=f"2 x {word}",
        place=Place(part=BODY, start=0, end=4 + len(word)),
        quantity="2",
        unit="caja",
        title="jabón",
    )
    box = Sold(sku="JAB-100G", title="Jabón", holds=((2, 12_000),))
    customer = replace(CUSTOMER, aliases={sku_key(word): box})
    mail = text_letter(
        line.text, drafts=[Draft(source=Source.TEXT, part=BODY, lines=(line,))]
    )

    decided = decide(mail, replace(KNOWN, customer=customer), today=TODAY)

    assert isinstance(decided, Taken)
    assert [(one.item, one.quantity, one.per_piece, one.via) for one in decided.lines] == [
        ("JAB-100G", 2, 12_000, "alias")
    ]


def test_number_day_and_address_come_along() -> None:
    where = DraftAddress(
        line1="Calle Mayor 5", postcode="28013", city="Madrid", country="España"
    )
    mail = with_draft(
        text_letter("12 x LAV-100ML"),
        po_number="EB-9",
        requested="15/12/2026",
        ship_to=where,
    )

    decided = decide(mail, KNOWN, today=TODAY)

    assert isinstance(decided, Taken)
    assert (decided.po, decided.requested_on) == ("EB-9", date(2026, 12, 15))
    assert decided.ship_to is not None
    assert decided.ship_to.country == "ES"


# What is not --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, why",
    [
        ("12 x LAV-500ML", Reason.UNKNOWN_SKU),
        ("12 x LAV-1OOML", Reason.UNKNOWN_SKU),
        ("2 palets LAV-100ML", Reason.PACK_UNIT),
        ("2 kg LAV-100ML", Reason.PACK_UNIT),
        ("0 x LAV-100ML", Reason.AMBIGUOUS_QUANTITY),
        ("1234567 x LAV-100ML", Reason.AMBIGUOUS_QUANTITY),
    ],
)
def test_a_line_that_leaves_something_to_guess_waits(line: str, why: Reason) -> None:
    assert reason(text_letter(line)) == why


@pytest.mark.parametrize(
    "quantity", ["1.5", "1,000", "-3", "2.5e3", "1.5K", "٣", "12 o 15", ""]
)
def test_a_quantity_that_is_no_bare_number_waits(quantity: str) -> None:
    assert reason(table_letter(("LAV-100ML", quantity))) == Reason.AMBIGUOUS_QUANTITY


@pytest.mark.parametrize(
    "line",
    [
        "¿Os queda LAV-10ML?",
        "JAB-100G: lo mismo",
        "y otros 3 uds del de romero",
        "12xJAB-250G",
        "Cambiad JAB-100G por JAB-250G",
    ],
)
def test_a_line_nobody_understood_holds_the_others_back(line: str) -> None:
    assert reason(text_letter("12 x LAV-100ML", line)) == Reason.AMBIGUOUS_QUANTITY


@pytest.mark.parametrize(
    "line",
    [
        "12 x LAV-100ML ?",
        "12 x LAV-100ML si queda",
        "12 x LAV-100ML (no 10)",
        "12 x LAV-100ML 3",
        "12 x LAV-100ML o JAB-100G",
        "12 x LAV-100ML-BIS",
    ],
)
def test_words_beside_an_order_that_make_it_doubtful_hold_it_back(line: str) -> None:
    mail = text_letter(line)
    first = mail.drafts[0].lines[0]
    draft = replace(mail.drafts[0], lines=(replace(first, sku="LAV-100ML"),))

    assert reason(replace(mail, drafts=(draft,))) == Reason.AMBIGUOUS_QUANTITY


@pytest.mark.parametrize(
    "line", ["Además de lo habitual:", "Same as last time, plus", "Lo de siempre y"]
)
def test_goods_that_stand_nowhere_hold_the_others_back(line: str) -> None:
    assert reason(text_letter(line, "12 x LAV-100ML")) == Reason.AMBIGUOUS_QUANTITY


@pytest.mark.parametrize("subject", ["Presupuesto", "Quote please", "NO es un pedido"])
def test_a_letter_that_says_it_is_no_order_is_none(subject: str) -> None:
    assert reason(text_letter("12 x LAV-100ML", subject=subject)) == Reason.NO_ORDER_LINES


def test_the_same_thing_twice_is_never_added_up() -> None:
    assert reason(text_letter("12 x LAV-100ML", "3 x lav_100ml")) == Reason.REPEATED_SKU


def test_a_row_of_the_table_nobody_understood_holds_the_others_back() -> None:
    mail = with_draft(
        table_letter(("LAV-100ML", "12")), unread=(Place(part="2", start=2, end=3),)
    )

    assert reason(mail) == Reason.AMBIGUOUS_QUANTITY


def test_body_and_file_must_say_the_same() -> None:
    body, sheet = text_letter("12 x LAV-100ML"), table_letter(("LAV-100ML", "13"))
    both = replace(sheet, texts=body.texts, drafts=(*sheet.drafts, *body.drafts))
    agreeing = table_letter(("LAV-100ML", "12"))

    assert reason(both) == Reason.SOURCES_DISAGREE
    assert pieces(
        replace(agreeing, texts=body.texts, drafts=(*agreeing.drafts, *body.drafts))
    ) == {"LAV-100ML": 12}


def test_a_row_read_twice_in_two_forms_of_the_same_mail_is_no_second_line() -> None:
    mail = table_letter(("LAV-100ML", "12"), source=Source.HTML)

    assert pieces(replace(mail, texts=(Text(part=BODY, text="LAV-100ML\t12\n"),))) == {
        "LAV-100ML": 12
    }


def test_a_table_nobody_ordered_from_holds_an_order_back() -> None:
    prices = Table(part="3", source=Source.SHEET, rows=(("JAB-100G", "4,20"),))

    mail = replace(text_letter("12 x LAV-100ML"), tables=(prices,))

    assert reason(mail) == Reason.AMBIGUOUS_QUANTITY


@pytest.mark.parametrize(
    "price, why",
    [("6,50", None), ("6,51", None), ("6.50", None), ("6,60", Reason.PRICE_MISMATCH),
     ("65,0", Reason.PRICE_MISMATCH), ("gratis", Reason.PRICE_MISMATCH)],
)  # fmt: skip
def test_a_price_is_the_one_agreed(price: str, why: Reason | None) -> None:
    mail = with_draft(table_letter(("LAV-100ML", "12", price)), currency="EUR")

    if why is None:
        assert pieces(mail) == {"LAV-100ML": 12}
    else:
        assert reason(mail) == why


def test_a_price_in_a_currency_nobody_agreed_waits() -> None:
    mail = with_draft(table_letter(("LAV-100ML", "12", "6,50")), currency="USD")

    assert reason(mail) == Reason.PRICE_MISMATCH


def test_a_total_is_the_sum() -> None:
    mail = table_letter(("LAV-100ML", "12", "6,50"), ("JAB-100G", "2", "4,00"))

    assert pieces(with_draft(mail, total="86,00 €")) == {"LAV-100ML": 12, "JAB-100G": 2}
    assert reason(with_draft(mail, total="87,00 €")) == Reason.TOTAL_MISMATCH


@pytest.mark.parametrize(
    "written, locale, why",
    [
        ("2026-12-05", "en", None),
        ("12 December 2026", "en", None),
        ("05/12/2026", "es", Reason.AMBIGUOUS_DATE),
        ("05/12/26", "es", Reason.AMBIGUOUS_DATE),
        ("05/12/2026", "en-US", Reason.AMBIGUOUS_DATE),
        ("sábado 05/12/2026", "es", None),
        ("05/12/2026", "en", Reason.AMBIGUOUS_DATE),
        ("25/12/2026", "en", None),
        ("2026-11-22", "es", Reason.AMBIGUOUS_DATE),
        ("5 de febrero de 2026", "es", Reason.AMBIGUOUS_DATE),
        ("5 de febrero de 2027", "es", None),
        ("el próximo martes", "es", Reason.AMBIGUOUS_DATE),
        ("semana 48", "es", Reason.AMBIGUOUS_DATE),
        ("lunes 24/11/2026", "es", Reason.AMBIGUOUS_DATE),
        ("2026-31-01", "es", Reason.AMBIGUOUS_DATE),
        ("2029-01-01", "es", Reason.AMBIGUOUS_DATE),
    ],
)
def test_a_day_is_one_day_and_not_over(
    written: str, locale: str, why: Reason | None
) -> None:
    known = replace(KNOWN, customer=replace(CUSTOMER, locale=locale))
    mail = with_draft(text_letter("12 x LAV-100ML"), requested=written)

    if why is None:
        assert pieces(mail, known)
    else:
        assert reason(mail, known) == why


def test_half_an_address_waits() -> None:
    mail = with_draft(text_letter("12 x LAV-100ML"), ship_to=DraftAddress(city="Madrid"))

    assert reason(mail) == Reason.ADDRESS_MISSING


def test_a_trusted_customer_s_first_order_may_leave_the_address_for_later() -> None:
    first = replace(CUSTOMER, auto_accept=True, orders=0)

    assert pieces(text_letter("12 x LAV-100ML"), replace(KNOWN, customer=first)) == {
        "LAV-100ML": 12
    }


@pytest.mark.parametrize(
    "file, why",
    [
        (Attached(part="3", name="po.pdf", media_type="application/pdf", size=9,
                  trouble=Trouble.UNREADABLE), Reason.UNREADABLE_ATTACHMENT),
        (Attached(part="3", name="po.pdf", media_type="application/pdf", size=9,
                  trouble=Trouble.TOO_BIG), Reason.ATTACHMENT_TOO_BIG),
        (Attached(part="3", name="po.pdf", media_type="application/pdf", size=9),
         Reason.UNREADABLE_ATTACHMENT),
    ],
)  # fmt: skip
def test_a_file_that_may_be_an_order_must_have_been_read(
    file: Attached, why: Reason
) -> None:
    mail = text_letter("12 x LAV-100ML", attached=(file,))

    assert reason(mail) == why
    assert pieces(replace(mail, attached=(replace(file, may_be_order=False),)))


def test_a_letter_that_was_cut_waits() -> None:
    assert reason(text_letter("12 x LAV-100ML", is_cut=True)) == Reason.ATTACHMENT_TOO_BIG


def test_a_form_that_lists_everything_orders_what_has_a_quantity() -> None:
    mail = table_letter(("LAV-100ML", "12", "6,50"))
    table = mail.tables[0]
    empty = ("JAB-100G", "", "4,00")
    doubtful = ("JAB-100G", "?", "4,00")

    def with_row(row: tuple[str, ...]) -> Letter:
        return replace(mail, tables=(replace(table, rows=(*table.rows, row)),))

    assert pieces(with_row(empty)) == {"LAV-100ML": 12}
    assert reason(with_row(doubtful)) == Reason.AMBIGUOUS_QUANTITY


@pytest.mark.parametrize(
    "document, kind", [("OrderChange", "change"), ("OrderCancellation", "cancel")]
)
def test_a_document_that_changes_an_order_is_no_order(document: str, kind: str) -> None:
    mail = with_draft(table_letter(("LAV-100ML", "12")), document=document)

    decided = decide(mail, KNOWN, today=TODAY)

    assert isinstance(decided, ForReview)
    assert (decided.reason, decided.kind) == (Reason.CHANGE_OR_CANCEL_INTENT, kind)
