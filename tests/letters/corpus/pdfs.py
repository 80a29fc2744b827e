"""Orders as PDF files."""

from datetime import date

from tests.letters.expected import Becomes, Case, auto, maybe, reviewed
from tests.letters.office import Row, csv, pdf_ruled, pdf_scanned, pdf_text
from tests.letters.post import BOSQUE, LINEN, MERCADO, File, ask

ES: Row = ("Referencia", "Descripción", "Cantidad", "Precio", "Importe")
EN: Row = ("SKU", "Description", "Qty", "Unit price", "Amount")
LAV: Row = ("LAV-100ML", "Aceite de lavanda", 10, "6,50", "65,00")
JAB: Row = ("JAB-100G", "Jabón de oliva", 5, "3,20", "16,00")


def _pdf(
    name: str,
    becomes: Becomes,
    data: bytes,
    *,
    sender: str = BOSQUE,
    text: str = "Adjunto pedido en PDF.\n",
    file: str = "pedido.pdf",
) -> Case:
    files = [File(file, data, "application/pdf")]
    return ask(name, becomes, text, sender=sender, files=files)


_COLUMNS = (50, 150, 350, 420, 490)

CASES = (
    _pdf("pdf-ruled", auto(LAV_100ML=10, JAB_100G=5), pdf_ruled([ES, LAV, JAB])),
    _pdf("pdf-ruled-en", auto(LAV_100ML=10, CND_FIG_L=2), pdf_ruled([
        EN, ("LAV-100ML", "Lavender oil", 10, "5.90", "59.00"),
        ("CND-FIG-L", "Fig candle", 2, "12.00", "24.00")]), sender=LINEN),
    _pdf("pdf-ruled-total", auto(LAV_100ML=10, JAB_100G=5), pdf_ruled([
        ES, LAV, JAB, ("", "", "", "TOTAL", "81,00")])),
    _pdf("pdf-ruled-total-wrong", reviewed("total_mismatch"), pdf_ruled([
        ES, LAV, JAB, ("", "", "", "TOTAL", "91,00")])),
    _pdf("pdf-ruled-po-and-day", auto("PC-881", date(2026, 12, 17), LAV_100ML=10),
        pdf_ruled([ES, LAV], above=[
        "Pedido nº: PC-881", "Fecha de entrega: 17/12/2026"]), sender=BOSQUE),
    _pdf("pdf-ruled-no-prices", auto(LAV_100ML=10, JAB_100G=5), pdf_ruled([
        ("Referencia", "Cantidad"), ("LAV-100ML", 10), ("JAB-100G", 5)]), sender=MERCADO),
    _pdf("pdf-unknown-sku", reviewed("unknown_sku"), pdf_ruled([
        ES, LAV, ("JAB-150G", "Jabón", 5, "3,20", "16,00")])),
    _pdf("pdf-quantity-with-point", reviewed("ambiguous_quantity"), pdf_ruled([
        ("Referencia", "Cantidad"), ("LAV-10ML", "1.000")])),
    _pdf("pdf-price-other", reviewed("price_mismatch"), pdf_ruled([
        ES, ("LAV-100ML", "Aceite", 10, "4,50", "45,00")])),
    _pdf("pdf-unruled", maybe(auto(LAV_100ML=10, JAB_100G=5), "no_order_lines",
        "ambiguous_quantity"), pdf_text([[
        "PEDIDO DE COMPRA", "",
        "Referencia|Descripción|Cantidad|Precio|Importe",
        "LAV-100ML|Aceite de lavanda|10|6,50|65,00",
        "JAB-100G|Jabón de oliva|5|3,20|16,00"]], columns=_COLUMNS)),
    _pdf("pdf-unruled-wrapped", reviewed("no_order_lines", "ambiguous_quantity",
        "unknown_sku"), pdf_text([[
        "Referencia|Descripción|Cantidad|Precio|Importe",
        "LAV-100ML|Aceite de lavanda en||6,50|",
        "|frasco de cristal|10||65,00"]], columns=_COLUMNS)),
    _pdf("pdf-unruled-does-not-multiply", reviewed("no_order_lines", "ambiguous_quantity",
        "total_mismatch", "price_mismatch"), pdf_text([[
        "Referencia|Descripción|Cantidad|Precio|Importe",
        "LAV-100ML|Aceite de lavanda|10|6,50|95,00"]], columns=_COLUMNS)),
    _pdf("pdf-lines", maybe(auto(LAV_100ML=12, JAB_100G=6), "no_order_lines",
        "ambiguous_quantity", "unreadable_attachment"), pdf_text([["Pedido", "", "LAV-100ML x 12",
        "JAB-100G x 6"]])),
    _pdf("pdf-scanned", reviewed("unreadable_attachment"), pdf_scanned()),
    _pdf("pdf-scanned-with-text", reviewed("unreadable_attachment"), pdf_scanned(),
        text="Te mando el pedido escaneado.\n\nLAV-100ML x 12\n"),
    _pdf("pdf-encrypted", reviewed("unreadable_attachment"),
        pdf_ruled([ES, LAV], password="secreto")),
    _pdf("pdf-damaged", reviewed("unreadable_attachment"), pdf_ruled([ES, LAV])[:700]),
    _pdf("pdf-not-a-pdf", reviewed("unreadable_attachment"), b"MZ\x90\x00" + b"\0" * 400),
    _pdf("pdf-html-in-disguise", reviewed("unreadable_attachment"),
        b"<html><table><tr><td>LAV-100ML</td><td>12</td></tr></table></html>"),
    _pdf("pdf-thirty-pages", reviewed("unreadable_attachment", "attachment_too_big"),
        pdf_text([["LAV-100ML x 1"]] * 30)),
    _pdf("pdf-two-pages", maybe(auto(LAV_100ML=10, JAB_100G=5), "no_order_lines",
        "ambiguous_quantity", "unreadable_attachment"),
        pdf_text([["LAV-100ML x 10"], ["JAB-100G x 5"]])),
    _pdf("pdf-text-disagrees", reviewed("sources_disagree"), pdf_ruled([ES, LAV]),
        text="Adjunto pedido:\n\nLAV-100ML x 12\n"),
    ask("pdf-and-csv-agree", maybe(auto(LAV_100ML=10, JAB_100G=5), "repeated_sku",
        "sources_disagree"), "Adjunto.\n", files=[
        File("p.pdf", pdf_ruled([ES, LAV, JAB]), "application/pdf"),
        File("p.csv", csv([ES, LAV, JAB]), "text/csv")]),
    ask("pdf-and-csv-differ", reviewed("sources_disagree"), "Adjunto.\n", files=[
        File("p.pdf", pdf_ruled([ES, LAV, JAB]), "application/pdf"),
        File("p.csv", csv([ES, JAB]), "text/csv")]),
    _pdf("pdf-terms-only", maybe(auto(LAV_100ML=12), "no_order_lines",
        "unreadable_attachment"),
        pdf_text([["Condiciones generales de compra", "Plazo de pago: 30 días."]]),
        text="LAV-100ML x 12\n\nAdjunto nuestras condiciones.\n", file="condiciones.pdf"),
)  # fmt: skip
