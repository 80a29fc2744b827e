"""Orders laid out as a person taught us for one customer (see workshop.py)."""

from tests.letters.expected import auto, maybe, reviewed
from tests.letters.office import csv, xlsx
from tests.letters.post import BOSQUE, LINEN, MARINA, XLSX, File, ask

HEAD = ("Art. casa", "Denominación", "Bultos pedidos", "EAN")
TEXT = "Hola,\n\nadjunto lo de esta semana.\n"

CASES = (
    ask("form-sheet", auto(LAV_100ML=12, JAB_100G=4), TEXT, sender=MARINA, files=[
        File("semana.xlsx", xlsx([HEAD, ("LAV-100ML", "Aceite", 12, "x"),
                                  ("JAB-100G", "Jabón", 4, "x")]), XLSX)]),
    ask("form-csv", auto(LAV_100ML=12), TEXT, sender=MARINA, files=[
        File("semana.csv", csv([HEAD, ("LAV-100ML", "Aceite", 12, "x")]), "text/csv")]),
    ask("form-html", auto(LAV_100ML=12), sender=MARINA,
        html="<p>Semana 48</p><table><tr><td>Art. casa</td><td>Bultos pedidos</td></tr>"
        "<tr><td>LAV-100ML</td><td>12</td></tr></table>"),
    ask("form-text", auto(CND_SAL=9, CND_FIG_S=3), "Semana 48\n\n"
        "ref CND-SAL pedimos 9 piezas\nref CND-FIG-S pedimos 3 piezas\n", sender=MARINA),
    ask("form-text-of-another-customer", maybe(auto(CND_SAL=9), "no_order_lines",
        "ambiguous_quantity", "unknown_sku"), "ref CND-SAL pedimos 9 piezas\n",
        sender=LINEN),
    ask("form-sheet-of-another-customer", maybe(auto(LAV_100ML=12), "no_order_lines",
        "ambiguous_quantity", "pack_unit", "unknown_sku"), TEXT, sender=BOSQUE, files=[
        File("semana.xlsx", xlsx([HEAD, ("LAV-100ML", "Aceite", 12, "x")]), XLSX)]),
    ask("form-unknown-sku", reviewed("unknown_sku"), TEXT, sender=MARINA, files=[
        File("semana.xlsx", xlsx([HEAD, ("LAV-77ML", "Aceite", 12, "x")]), XLSX)]),
    ask("form-bad-quantity", reviewed("ambiguous_quantity"), TEXT, sender=MARINA, files=[
        File("semana.xlsx", xlsx([HEAD, ("LAV-100ML", "Aceite", "12+1", "x")]), XLSX)]),
    ask("form-bad-line-of-text", reviewed("ambiguous_quantity"), "Semana 48\n\n"
        "ref CND-SAL pedimos 9 piezas\nref CND-FIG-S pedimos unas piezas\n",
        sender=MARINA),
    ask("form-changed-heading", reviewed("no_order_lines", "ambiguous_quantity",
        "unreadable_attachment"), TEXT,
        sender=MARINA, files=[File("semana.xlsx", xlsx([
        ("Art. casa", "Bultos servidos"), ("LAV-100ML", 12)]), XLSX)]),
    ask("form-text-disagrees", reviewed("sources_disagree"), "LAV-100ML x 10\n",
        sender=MARINA, files=[File("semana.xlsx", xlsx([
        HEAD, ("LAV-100ML", "Aceite", 12, "x")]), XLSX)]),
)  # fmt: skip
