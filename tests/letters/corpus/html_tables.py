"""Orders as tables pasted into the mail, and orders in HTML without one."""

from collections.abc import Sequence
from datetime import date

from tests.letters.expected import auto, maybe, reviewed
from tests.letters.post import BOSQUE, LINEN, MERCADO, File, ask

OUTLOOK = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv='
    '"Content-Type" content="text/html; charset=utf-8"><style><!-- .MsoNormal '
    "{margin:0cm; font-size:11pt;} --></style></head><body lang=ES>"
    '<div class="WordSection1"><p class="MsoNormal">Hola Inés, te paso el pedido:'
    '<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p>{table}'
    '<p class="MsoNormal">Un saludo<o:p></o:p></p></div></body></html>'
)
CELL = (
    '<td width="120" nowrap valign="bottom" style="border:solid windowtext 1.0pt">'
    '<p class="MsoNormal"><span style="color:black">{0}<o:p></o:p></span></p></td>'
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


def outlook(*rows: Sequence[str]) -> str:
    """Write a table as Outlook does when it is pasted from Excel."""
    body = "".join(f"<tr>{''.join(map(CELL.format, row))}</tr>" for row in rows)
    table = f'<table class="MsoNormalTable" border="0" cellspacing="0">{body}</table>'
    return OUTLOOK.replace("{table}", table)


def plain(*rows: Sequence[str]) -> str:
    """Write a table as web mail does."""
    head, *rest = rows
    body = "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rest
    )
    top = "".join(f"<th>{cell}</th>" for cell in head)
    return f"<div>Order below<br><table><tr>{top}</tr>{body}</table></div>"


CASES = (
    ask("html-outlook", auto(LAV_100ML=12, JAB_100G=6), html=outlook(
        ("Referencia", "Descripción", "Cantidad"), ("LAV-100ML", "Aceite", "12"),
        ("JAB-100G", "Jabón", "6"))),
    ask("html-outlook-with-text-twin", auto(LAV_100ML=12, JAB_100G=6),
        "Hola Inés, te paso el pedido:\n\nReferencia\nCantidad\nLAV-100ML\n12\nJAB-100G\n6\n",
        html=outlook(("Referencia", "Cantidad"), ("LAV-100ML", "12"), ("JAB-100G", "6"))),
    ask("html-webmail-en", auto(LAV_100ML=12, CND_FIG_L=2), sender=LINEN, html=plain(
        ("SKU", "Item", "Quantity"), ("LAV-100ML", "Lavender oil", "12"),
        ("CND-FIG-L", "Fig candle", "2"))),
    ask("html-prices", auto(LAV_100ML=10, JAB_100G=5), html=outlook(
        ("Ref.", "Uds", "Precio", "Importe"), ("LAV-100ML", "10", "6,50 €", "65,00 €"),
        ("JAB-100G", "5", "3,20 €", "16,00 €"), ("", "", "Total", "81,00 €"))),
    ask("html-prices-total-wrong", reviewed("total_mismatch"), html=outlook(
        ("Ref.", "Uds", "Precio", "Importe"), ("LAV-100ML", "10", "6,50 €", "65,00 €"),
        ("JAB-100G", "5", "3,20 €", "16,00 €"), ("", "", "Total", "86,00 €"))),
    ask("html-line-does-not-multiply", reviewed("total_mismatch", "price_mismatch",
        "ambiguous_quantity"), html=outlook(
        ("Ref.", "Uds", "Precio", "Importe"), ("LAV-100ML", "10", "6,50 €", "75,00 €"),
        ("", "", "Total", "75,00 €"))),
    ask("html-table-10-text-12", reviewed("sources_disagree"),
        "Te confirmo el pedido:\n\nLAV-100ML x 12\n",
        html="<p>Te confirmo el pedido:</p><p>LAV-100ML x 12</p>"
        "<table><tr><td>Ref</td><td>Cantidad</td></tr>"
        "<tr><td>LAV-100ML</td><td>10</td></tr></table>"),
    ask("html-text-twin-says-otherwise", reviewed("sources_disagree"),
        "LAV-100ML x 12\n", html="<p>LAV-100ML x 10</p>"),
    ask("html-nbsp-and-entities", auto(LAV_100ML=12),
        html="<p>Hola,</p><p>LAV-100ML&nbsp;&times;&nbsp;12</p>"),
    ask("html-lines-in-divs", auto(LAV_100ML=12, JAB_100G=6), sender=MERCADO,
        html='<div dir="ltr"><div>Hola,</div><div><br></div><div>12 uds LAV-100ML</div>'
        "<div>6 uds JAB-100G</div></div>"),
    ask("html-br", auto(LAV_100ML=12, JAB_100G=6),
        html="Pedido:<br><br>LAV-100ML x 12<br>JAB-100G x 6<br>"),
    ask("html-list", auto(LAV_100ML=12, JAB_100G=6),
        html="<p>Pedido</p><ul><li>LAV-100ML x 12</li><li>JAB-100G x 6</li></ul>"),
    ask("html-bold-in-the-middle", auto(LAV_100ML=12),
        html="<p><b>LAV</b>-100ML x <i>12</i></p>"),
    ask("html-hidden-line", maybe(auto(LAV_100ML=12), "sources_disagree",
        "ambiguous_quantity", "no_order_lines", "repeated_sku"),
        "LAV-100ML x 12\n", html='<p>LAV-100ML x 12</p>'
        '<p style="display:none">JAB-250G x 500</p>'),
    ask("html-struck-through", reviewed("ambiguous_quantity", "sources_disagree",
        "repeated_sku", "no_order_lines", "change_or_cancel_intent"),
        html="<p>LAV-100ML x <s>12</s> 10</p>"),
    ask("html-struck-line", reviewed("ambiguous_quantity", "sources_disagree",
        "no_order_lines", "repeated_sku", "change_or_cancel_intent"),
        html="<p>JAB-100G x 5</p><p><del>LAV-100ML x 12</del></p>"),
    ask("html-script-and-style", auto(LAV_100ML=12),
        html="<style>p{color:red}</style><script>var a='JAB-100G x 500'</script>"
        "<p>LAV-100ML x 12</p>"),
    ask("html-comment", auto(LAV_100ML=12),
        html="<!-- JAB-100G x 500 --><p>LAV-100ML x 12</p>"),
    ask("html-layout-table", auto(LAV_100ML=12, JAB_100G=6),
        html='<table width="600"><tr><td><table><tr><td>Hola, pedido:</td></tr></table>'
        "<table><tr><th>Ref</th><th>Cantidad</th></tr><tr><td>LAV-100ML</td><td>12</td>"
        "</tr><tr><td>JAB-100G</td><td>6</td></tr></table></td></tr></table>"),
    ask("html-two-tables-differ", reviewed("sources_disagree", "repeated_sku"),
        html=plain(("Ref", "Cantidad"), ("LAV-100ML", "12"))
        + plain(("Ref", "Cantidad"), ("LAV-100ML", "14"))),
    ask("html-colspan", auto(LAV_100ML=12),
        html="<table><tr><th colspan=3>PEDIDO SEMANA 48</th></tr>"
        "<tr><th>Código</th><th>Artículo</th><th>Uds.</th></tr>"
        "<tr><td>LAV-100ML</td><td>Aceite</td><td>12</td></tr></table>"),
    ask("html-unread-row", reviewed("ambiguous_quantity", "unknown_sku"), html=outlook(
        ("Referencia", "Cantidad"), ("LAV-100ML", "12"), ("JAB-100G", "ver nota"))),
    ask("html-columns-swapped", auto(LAV_100ML=12), html=outlook(
        ("Cantidad", "Referencia"), ("12", "LAV-100ML"))),
    ask("html-day-above", auto("", date(2026, 12, 16), LAV_100ML=12), sender=MERCADO,
        html="<p>Fecha de entrega: 16/12/2026</p>" + plain(
        ("Ref", "Cantidad"), ("LAV-100ML", "12"))),
    ask("html-logo-and-pixel", auto(LAV_100ML=12), sender=BOSQUE,
        html='<p>LAV-100ML x 12</p><img src="cid:logo"><img src="http://t.example/p.gif">',
        files=[File("logo.png", PIXEL, "image/png", inline_id="logo")]),
    ask("html-stock-table", maybe(auto(LAV_100ML=12), "ambiguous_quantity",
        "sources_disagree"), html=outlook(
        ("Referencia", "Stock", "Pedido"), ("LAV-100ML", "40", "12"))),
    ask("html-two-quantities", reviewed("ambiguous_quantity"), html=outlook(
        ("Referencia", "Cantidad mín.", "Cantidad"), ("LAV-100ML", "6", ""),
        ("JAB-100G", "6", "doce"))),
)  # fmt: skip
