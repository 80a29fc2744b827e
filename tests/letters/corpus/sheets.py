"""Orders as spreadsheets and CSV files."""

from datetime import date

from tests.letters.expected import Becomes, Case, auto, maybe, reviewed
from tests.letters.office import Row, csv, xlsx
from tests.letters.post import BOSQUE, LINEN, MERCADO, NUEVA, XLSX, File, ask

ES: Row = ("Referencia", "Descripción", "Cantidad")
EN: Row = ("SKU", "Description", "Qty")
PRICED: Row = ("Referencia", "Descripción", "Uds", "Precio", "Importe")
PLAIN = "Buenos días, adjunto pedido.\n\nUn saludo,\nMarta\n"


def _xlsx(
    name: str,
    becomes: Becomes,
    *rows: Row,
    sender: str = BOSQUE,
    text: str = PLAIN,
    subject: str = "Pedido",
    formulas: bool = False,
) -> Case:
    file = File("pedido.xlsx", xlsx(rows, formulas=formulas), XLSX)
    return ask(name, becomes, text, sender=sender, subject=subject, files=[file])


def _csv(
    name: str,
    becomes: Becomes,
    *rows: Row,
    sender: str = BOSQUE,
    by: str = ";",
    encoding: str = "cp1252",
    text: str = PLAIN,
) -> Case:
    file = File("pedido.csv", csv(rows, by=by, encoding=encoding), "text/csv")
    return ask(name, becomes, text, sender=sender, files=[file])


CASES = (
    _xlsx("xlsx-es", auto(LAV_100ML=12, JAB_100G=6), ES,
        ("LAV-100ML", "Aceite de lavanda 100 ml", 12), ("JAB-100G", "Jabón de oliva", 6)),
    _xlsx("xlsx-en", auto(LAV_100ML=12, CND_FIG_L=6), EN,
        ("LAV-100ML", "Lavender oil", 12), ("CND-FIG-L", "Fig candle, large", 6),
        sender=LINEN, text="Hi, order attached.\n"),
    _xlsx("xlsx-heading-not-first", auto(LAV_100ML=12, JAB_100G=6),
        ("Grupo Mercado", None, None), ("Vigo", None, None), (None, None, None), ES,
        ("LAV-100ML", "Aceite", 12), ("JAB-100G", "Jabón", 6), sender=MERCADO),
    _xlsx("xlsx-with-po-and-day", auto("GM-5501", date(2026, 12, 15), LAV_100ML=12),
        ("Nº pedido", "GM-5501", None), ("Fecha de entrega", "15/12/2026", None), ES,
        ("LAV-100ML", "Aceite", 12), sender=MERCADO),
    _xlsx("xlsx-prices-and-total", auto(LAV_100ML=10, JAB_100G=10), PRICED,
        ("LAV-100ML", "Aceite", 10, 6.5, 65), ("JAB-100G", "Jabón", 10, 3.2, 32),
        (None, None, None, "TOTAL", 97)),
    _xlsx("xlsx-total-row-in-first-column", auto(LAV_100ML=10, JAB_100G=10), PRICED,
        ("LAV-100ML", "Aceite", 10, 6.5, 65), ("JAB-100G", "Jabón", 10, 3.2, 32),
        ("TOTAL", None, 20, None, 97)),
    _xlsx("xlsx-total-wrong", reviewed("total_mismatch"), PRICED,
        ("LAV-100ML", "Aceite", 10, 6.5, 65), ("JAB-100G", "Jabón", 10, 3.2, 32),
        (None, None, None, "TOTAL", 107)),
    _xlsx("xlsx-price-of-last-year", reviewed("price_mismatch"), PRICED,
        ("LAV-100ML", "Aceite", 10, 5.5, 55), (None, None, None, "TOTAL", 55)),
    _xlsx("xlsx-price-a-cent-off", auto(LAV_100ML=10), PRICED,
        ("LAV-100ML", "Aceite", 10, 6.51, 65.1), (None, None, None, "TOTAL", 65.1)),
    _xlsx("xlsx-formulas", auto(LAV_100ML=12), ES, ("LAV-100ML", "Aceite", 12),
        formulas=True),
    _xlsx("xlsx-text-numbers", auto(LAV_100ML=12), ES, ("LAV-100ML", "Aceite", "12")),
    _xlsx("xlsx-numeric-sku", auto(**{"10045": 12}), ES, (10045, "Vela de té", 12),
        sender=MERCADO),
    _xlsx("xlsx-order-form-with-empty-rows", auto(LAV_100ML=12, BAL_MIEL=3), ES,
        ("LAV-100ML", "Aceite 100", 12), ("LAV-30ML", "Aceite 30", None),
        ("LAV-10ML", "Aceite 10", None), ("BAL-MIEL", "Bálsamo", 3)),
    _xlsx("xlsx-order-form-with-zeros", maybe(auto(LAV_100ML=12, BAL_MIEL=3),
        "ambiguous_quantity"), ES,
        ("LAV-100ML", "Aceite 100", 12), ("LAV-30ML", "Aceite 30", 0),
        ("BAL-MIEL", "Bálsamo", 3)),
    _xlsx("xlsx-half-a-piece", reviewed("ambiguous_quantity"), ES,
        ("LAV-100ML", "Aceite", 2.5)),
    _xlsx("xlsx-quantity-in-words", reviewed("ambiguous_quantity"), ES,
        ("LAV-100ML", "Aceite", "doce"), ("JAB-100G", "Jabón", 6)),
    _xlsx("xlsx-twelve-plus-one", reviewed("ambiguous_quantity"), ES,
        ("LAV-100ML", "Aceite", "12+1")),
    _xlsx("xlsx-sku-unknown", reviewed("unknown_sku"), ES,
        ("LAV-100ML", "Aceite", 12), ("ZZZ-1", "Otra cosa", 1)),
    _xlsx("xlsx-sku-empty", reviewed("unknown_sku", "ambiguous_quantity"), ES,
        ("LAV-100ML", "Aceite", 12), (None, "Jabón de oliva 100 g", 6)),
    _xlsx("xlsx-twice", reviewed("repeated_sku"), ES,
        ("LAV-100ML", "Aceite", 12), ("LAV-100ML", "Aceite", 2)),
    _xlsx("xlsx-unit-column", auto(LAV_100ML=12), ("Ref", "Uds", "Unidad"),
        ("LAV-100ML", 12, "ud")),
    _xlsx("xlsx-unit-column-boxes", reviewed("pack_unit"), ("Ref", "Cantidad", "Unidad"),
        ("LAV-100ML", 2, "caja"), sender=MERCADO),
    _xlsx("xlsx-unit-column-boxes-agreed", auto(LAV_100ML=24),
        ("Ref", "Cantidad", "Unidad"), ("LAV-100ML", 2, "caja")),
    _xlsx("xlsx-alias", auto(LAV_100ML=6), ES, ("aceite lavanda grande", "", 6)),
    _xlsx("xlsx-no-table", reviewed("no_order_lines", "unreadable_attachment"),
        ("Lista de tiendas", None, None), ("Vigo", "Calle Real 1", "36202")),
    _xlsx("xlsx-text-says-otherwise", reviewed("sources_disagree"), ES,
        ("LAV-100ML", "Aceite", 10), text="Adjunto pedido:\n\nLAV-100ML x 12\n"),
    _xlsx("xlsx-text-says-more", reviewed("sources_disagree"), ES,
        ("LAV-100ML", "Aceite", 10),
        text="Adjunto pedido:\n\nLAV-100ML x 10\nJAB-100G x 3\n"),
    _xlsx("xlsx-text-says-the-same", auto(LAV_100ML=10, JAB_100G=3), ES,
        ("LAV-100ML", "Aceite", 10), ("JAB-100G", "Jabón", 3),
        text="Adjunto pedido:\n\nLAV-100ML x 10\nJAB-100G x 3\n"),
    _xlsx("xlsx-first-order", reviewed("first_orders"), ES,
        ("LAV-100ML", "Aceite", 10), sender=NUEVA),
    ask("xlsx-two-sheets-one-order", maybe(auto(LAV_100ML=10), "sources_disagree",
        "no_order_lines"), PLAIN, files=[File("pedido.xlsx", xlsx(
        [ES, ("LAV-100ML", "Aceite", 10)], [("Condiciones",), ("30 días",)]), XLSX)]),
    ask("xlsx-two-files-same", maybe(auto(LAV_100ML=10), "repeated_sku",
        "sources_disagree"), PLAIN, files=[
        File("pedido.xlsx", xlsx([ES, ("LAV-100ML", "Aceite", 10)]), XLSX),
        File("pedido.csv", csv([ES, ("LAV-100ML", "Aceite", 10)]), "text/csv")]),
    ask("xlsx-two-files-differ", reviewed("sources_disagree", "repeated_sku"), PLAIN,
        files=[
        File("a.xlsx", xlsx([ES, ("LAV-100ML", "Aceite", 10)]), XLSX),
        File("b.xlsx", xlsx([ES, ("LAV-100ML", "Aceite", 11)]), XLSX)]),
    _csv("csv-es", auto(LAV_100ML=12, JAB_100G=6), ES,
        ("LAV-100ML", "Aceite de lavanda", 12), ("JAB-100G", "Jabón añejo", 6)),
    _csv("csv-comma-utf8", auto(LAV_100ML=12, JAB_100G=6), EN,
        ("LAV-100ML", "Oil", 12), ("JAB-100G", "Soap", 6), by=",", encoding="utf-8",
        sender=LINEN, text="Order attached\n"),
    _csv("csv-bom", auto(LAV_100ML=12), ES, ("LAV-100ML", "Aceite", 12),
        encoding="utf-8-sig"),
    _csv("csv-tabs", auto(LAV_100ML=12), ES, ("LAV-100ML", "Aceite", 12), by="\t"),
    _csv("csv-pipes", auto(LAV_100ML=12), ES, ("LAV-100ML", "Aceite", 12), by="|"),
    _csv("csv-quoted-comma", auto(LAV_100ML=12), EN,
        ("LAV-100ML", '"Oil, lavender"', 12), by=",", sender=LINEN, text="Order\n"),
    _csv("csv-total-row", auto(LAV_100ML=10), PRICED,
        ("LAV-100ML", "Aceite", 10, "6,50", "65,00"), ("TOTAL", "", "", "", "65,00")),
    _csv("csv-price-comma-thousand", maybe(auto(CND_SAL=200), "price_mismatch",
        "total_mismatch"), PRICED,
        ("CND-SAL", "Vela", 200, "7,00", "1.400,00"), ("TOTAL", "", "", "", "1.400,00")),
    _csv("csv-formula-text", reviewed("unknown_sku", "ambiguous_quantity"), ES,
        ("=HYPERLINK(1)", "Aceite", 12)),
    _csv("csv-thousand", reviewed("ambiguous_quantity"), ES,
        ("LAV-10ML", "Aceite", "1.000")),
    _csv("csv-no-heading", maybe(auto(LAV_100ML=12, JAB_100G=6), "no_order_lines",
        "ambiguous_quantity", "unreadable_attachment"),
        ("LAV-100ML", "Aceite", 12), ("JAB-100G", "Jabón", 6)),
)  # fmt: skip
