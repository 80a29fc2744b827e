"""Lines people write by hand: what is read, what is left alone, and what is said to be unread."""

import time

import pytest

from connectors.email.extract.text_lines import read_text
from mapping.letter import Draft, DraftLine


def draft_of(text: str) -> Draft:
    draft = read_text(text, part="1")
    assert draft is not None
    return draft


def line_of(text: str) -> DraftLine:
    [line] = draft_of(text).lines
    return line


@pytest.mark.parametrize(
    "text,sku,quantity,unit",
    [
        ("LAV-100ML x 6", "LAV-100ML", "6", ""),
        ("LAV-100ML x6", "LAV-100ML", "6", ""),
        ("6 x LAV-100ML", "LAV-100ML", "6", ""),
        ("6xLAV-100ML", "LAV-100ML", "6", ""),
        ("12 uds LAV-100ML", "LAV-100ML", "12", "uds"),
        ("12 uds. de LAV-100ML", "LAV-100ML", "12", "uds"),
        ("LAV-100ML: 5", "LAV-100ML", "5", ""),
        ("LAV-100ML - 6 uds", "LAV-100ML", "6", "uds"),
        ("LAV-100ML (6 uds)", "LAV-100ML", "6", "uds"),
        ("LAV-100ML\t6", "LAV-100ML", "6", ""),
        ("- 5 LAV-100ML", "LAV-100ML", "5", ""),
        ("• 5 LAV-100ML", "LAV-100ML", "5", ""),
        ("2 cajas de 12 LAV-100ML", "LAV-100ML", "2", "cajas de 12"),
        ("5 units of LAV-100ML", "LAV-100ML", "5", "units"),
        ("Quiero 6 LAV-100ML", "LAV-100ML", "6", ""),
        ("Please send us 6 LAV-100ML, thanks!", "LAV-100ML", "6", ""),
        ("1.5K LAV-100ML", "LAV-100ML", "1.5K", ""),
        ("2.5e3 x LAV-100ML", "LAV-100ML", "2.5e3", ""),
        ("1 000 LAV-100ML", "LAV-100ML", "1 000", ""),
        ("10-12 LAV-100ML", "LAV-100ML", "10-12", ""),
        ("LAV-100ML -5", "LAV-100ML", "-5", ""),
        ("6\u00a0×\u00a0LAV-100ML", "LAV-100ML", "6", ""),
        ("🧼 6 x LAV-100ML", "LAV-100ML", "6", ""),
        ("LAV 100ML x 6", "LAV 100ML", "6", ""),
        ("Ref. 1001 x 6", "1001", "6", ""),
        ("8412345678905 x 12", "8412345678905", "12", ""),
    ],
)
def test_a_line_is_read_as_it_was_written(
    text: str, sku: str, quantity: str, unit: str
) -> None:
    line = line_of(text)

    assert (line.sku, line.quantity, line.unit) == (sku, quantity, unit)
    assert draft_of(text).unread == ()


@pytest.mark.parametrize(
    "text",
    [
        "seis LAV-100ML",
        "una docena de LAV-100ML",
        "6 LAV-100ML si hay stock",
        "6 LAV-100ML, si hay stock",
        "6 LAV-100ML no, mejor 12",
        "6 LAV-100ML cancelados",
        "no quiero 6 LAV-100ML",
        "en vez de 6 LAV-100ML quiero 12",
        "unos 6 LAV-100ML",
        "6 LAV-100ML cada semana",
        "6 LAV-100ML 12",
        "6 LAV-100ML LAV-250ML",
        "6 LAV-100ML?",
        "¿Tenéis 6 LAV-100ML?",
    ],
)
def test_a_line_with_a_number_beside_a_code_that_fits_no_way_is_unread(text: str) -> None:
    draft = draft_of(text)

    [place] = draft.unread
    assert text[place.start : place.end] == text
    assert draft.lines == ()


@pytest.mark.parametrize(
    "text",
    [
        "Hola, buenos días:",
        "Nos vemos a las 5 en la tienda",
        "Os llamo en 3 días",
        "Nos encanta el LAV-100ML",
        "Gracias por todo, un saludo",
        "C/ Mayor 5, 28001 Madrid",
        "Tel. 600 123 456",
        "See https://shop.example/LAV-100ML?x=6 for more",
    ],
)
def test_greetings_prose_and_contacts_are_no_lines(text: str) -> None:
    assert read_text(text, part="1") is None


def test_several_things_in_one_sentence_are_lines_of_their_own_places() -> None:
    text = "Hola, quiero 6 LAV-100ML y 3 PNT-RED-1L, gracias"

    lines = draft_of(text).lines

    assert [(line.sku, line.quantity) for line in lines] == [
        ("LAV-100ML", "6"),
        ("PNT-RED-1L", "3"),
    ]
    assert [text[line.place.start : line.place.end] for line in lines] == [
        "6 LAV-100ML",
        "3 PNT-RED-1L",
    ]


def test_words_between_ordered_lines_that_nobody_understands_are_unread() -> None:
    text = "6 LAV-100ML\nlos de siempre\n3 PNT-RED-1L\nUn saludo"

    draft = draft_of(text)

    assert [text[p.start : p.end] for p in draft.unread] == ["los de siempre"]


def test_goods_named_by_words_are_lines_without_a_code() -> None:
    line = line_of("6 x Jabón de lavanda")

    assert (line.sku, line.title, line.quantity) == ("", "Jabón de lavanda", "6")


@pytest.mark.parametrize(
    "text, title",
    [
        ("LAV-100ML x 4 - Aceite de lavanda", "Aceite de lavanda"),
        ("LAV-100ML: 4 uds – Aceite de lavanda", "Aceite de lavanda"),
        ("LAV-100ML 4 - ACEITE (grande)", "ACEITE (grande)"),
    ],
)
def test_a_title_behind_a_dash_after_a_whole_line_belongs_to_it(
    text: str, title: str
) -> None:
    line = line_of(text)

    assert (line.sku, line.quantity) == ("LAV-100ML", "4")
    assert line.title.rstrip(")") == title.rstrip(")")
    assert draft_of(text).unread == ()


@pytest.mark.parametrize(
    "text",
    [
        "LAV-100ML x 4 - Aceite de 250 ml",
        "LAV-100ML x 4 - JAB-100G",
        "LAV-100ML x 4 - Aceite o jabón",
        "LAV-100ML x 4 - Sin etiqueta",
        "LAV-100ML x 4 - dejadlo en recepción",
        "LAV-100ML x 4 = Aceite",
        "LAV-100ML x 4 - Aceite, Jabón",
        "LAV-100ML x 4 - Aceite?",
    ],
)
def test_what_else_stands_behind_a_dash_leaves_the_line_unread(text: str) -> None:
    draft = draft_of(text)

    assert draft.lines == ()
    assert len(draft.unread) == 1


@pytest.mark.parametrize(
    "total",
    ["Total: 15 uds", "TOTAL 15 unidades", "Total uds: 15", "Suma = 15 piezas",
     "Total: 2 cajas, portes 6 €", "Total de piezas: 15"],
)  # fmt: skip
def test_a_line_that_adds_up_is_no_line_of_an_order(total: str) -> None:
    draft = draft_of(f"LAV-100ML x 10\n{total}\nJAB-100G x 5")

    assert [line.sku for line in draft.lines] == ["LAV-100ML", "JAB-100G"]
    assert draft.unread == ()
    assert draft.total == ""


def test_a_code_that_begins_like_a_total_is_a_code() -> None:
    line = line_of("TOTAL-100 x 3")

    assert (line.sku, line.quantity) == ("TOTAL-100", "3")


@pytest.mark.parametrize(
    "day", ["sábado, 05/12/2026", "sáb. 05/12/2026", "Friday 4 Dec 2026"]
)
def test_a_day_comes_with_its_weekday(day: str) -> None:
    assert draft_of(f"6 x LAV-100ML\nPlease deliver by {day}").requested == day


def test_a_price_is_of_a_piece_and_what_follows_equals_of_the_line() -> None:
    piece, whole = line_of("6 x LAV-100ML a 4,50 €"), line_of("LAV-100ML x 6 = 27,00 €")

    assert (piece.price, piece.amount) == ("4,50 €", "")
    assert (whole.price, whole.amount) == ("", "27,00 €")


def test_fields_on_lines_of_their_own_are_one_line() -> None:
    line = line_of("Referencia: LAV-100ML\nCantidad: 6 uds")

    assert (line.sku, line.quantity, line.unit) == ("LAV-100ML", "6", "uds")


def test_a_table_drawn_with_spaces_is_read_and_placed_in_the_text() -> None:
    text = (
        "Hola\n\nRef         Cajas   Precio\nLAV-100ML   6       4,50\n"
        "PNT-RED-1L  8,00\n\nGracias"
    )

    draft = draft_of(text)

    [line] = draft.lines
    assert (line.sku, line.quantity, line.unit, line.price) == (
        "LAV-100ML",
        "6",
        "Cajas",
        "4,50",
    )
    assert text[line.place.start : line.place.end] == "LAV-100ML   6       4,50"
    assert [text[p.start : p.end] for p in draft.unread] == ["PNT-RED-1L  8,00"]


def test_number_day_total_and_address_are_facts_and_no_lines() -> None:
    text = (
        "Pedido nº 4711\n6 LAV-100ML\nEntregar el 12/12/2026\nTotal: 48,00 €\n\n"
        "Enviar a:\nTienda Sol\nCalle Mayor 5, 2º\n28001 Madrid\nTel. 600 123 456"
    )

    draft = draft_of(text)

    assert [line.sku for line in draft.lines] == ["LAV-100ML"]
    assert (draft.po_number, draft.requested) == ("4711", "12/12/2026")
    assert (draft.total, draft.currency, draft.unread) == ("48,00 €", "EUR", ())
    assert draft.ship_to is not None
    assert (draft.ship_to.name, draft.ship_to.line1) == ("Tienda Sol", "Calle Mayor 5, 2º")
    assert (draft.ship_to.postcode, draft.ship_to.city) == ("28001", "Madrid")


def test_an_address_never_swallows_an_ordered_line() -> None:
    draft = draft_of("Enviar a:\nTienda Sol\n28001 Madrid\n6 x LAV-100ML")

    assert [line.sku for line in draft.lines] == ["LAV-100ML"]


def test_facts_alone_are_a_draft_without_lines() -> None:
    draft = draft_of("Adjunto pedido.\nPO 4711, entregar el 12/12/2026")

    assert (draft.lines, draft.po_number, draft.requested) == ((), "4711", "12/12/2026")


def test_what_is_more_than_anybody_writes_is_unread_and_not_dropped() -> None:
    text = "6 LAV-100ML\n" + "palabras y palabras\n" * 5_000

    draft = draft_of(text)

    assert draft.unread[-1].end == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "6 " * 500_000,
        "x" * 1_000_000,
        " " * 1_000_000,
        "\n" * 1_000_000,
        "a-" * 500_000,
        ("6 x " * 70 + "\n") * 3_600,
        ("(" * 290 + "\n") * 3_500,
        ("A-1 " * 70 + "6\n") * 3_600,
        ("1.1" * 95 + "\n") * 3_600,
        ("para el " * 36 + "1\n") * 3_600,
        ("total " * 48 + "1\n") * 3_600,
        ("PO nº " * 48 + "1\n") * 3_600,
        ("tel 60000 " * 28 + "\n") * 3_600,
        "6 LAV-100ML hola\n" * 60_000,
        "Ref  Cant\n" * 100_000,
        ("enviar a " * 30 + "5\n") * 3_600,
    ],
)
def test_a_million_hostile_characters_take_less_than_a_second(text: str) -> None:
    start = time.process_time()

    read_text(text[:1_000_000], part="1")

    assert time.process_time() - start < 1
