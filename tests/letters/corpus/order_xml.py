"""Orders as UBL documents."""

from datetime import date

from tests.letters.expected import Becomes, Case, auto, maybe, reviewed
from tests.letters.post import BOSQUE, LINEN, MERCADO, File, ask
from tests.letters.ubl import Item, Order, order_xml

LAV = Item("LAV-100ML", "10", "6.50", "65.00")
JAB = Item("JAB-100G", "5", "3.20", "16.00")
BOMB = """<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
"""
ELSEWHERE = "file" + ":///etc/hostname"
OUTSIDE = f'<!DOCTYPE Order [<!ENTITY x SYSTEM "{ELSEWHERE}">]>\n'


def _ubl(
    name: str,
    becomes: Becomes,
    order: Order,
    *,
    sender: str = BOSQUE,
    text: str = "Adjuntamos pedido.\n",
    file: str = "order.xml",
    media_type: str = "application/xml",
) -> Case:
    files = [File(file, order_xml(order), media_type)]
    return ask(name, becomes, text, sender=sender, files=files)


_BROKEN = reviewed("total_mismatch", "price_mismatch", "unreadable_attachment",
                   "ambiguous_quantity")  # fmt: skip

CASES = (
    _ubl("ubl-plain", auto("UB-1", LAV_100ML=10, JAB_100G=5),
        Order("UB-1", [LAV, JAB], total="81.00")),
    _ubl("ubl-without-prices", auto("UB-2", LAV_100ML=10),
        Order("UB-2", [Item("LAV-100ML", "10")])),
    _ubl("ubl-en", auto("UB-3", LAV_100ML=10), Order("UB-3", [
        Item("LAV-100ML", "10", "5.90", "59.00")], currency="GBP", total="59.00"),
        sender=LINEN, text="Order attached.\n"),
    _ubl("ubl-day", auto("UB-4", date(2026, 12, 20), LAV_100ML=10),
        Order("UB-4", [LAV], on="2026-12-20")),
    _ubl("ubl-text-xml-type", auto("UB-5", LAV_100ML=10), Order("UB-5", [LAV]),
        media_type="text/xml"),
    _ubl("ubl-octet-stream", auto("UB-6", LAV_100ML=10), Order("UB-6", [LAV]),
        media_type="application/octet-stream"),
    _ubl("ubl-c62-units", auto("UB-7", LAV_100ML=10, CND_SAL=2), Order("UB-7", [
        Item("LAV-100ML", "10", unit="C62"), Item("CND-SAL", "2", unit="H87")]),
        sender=MERCADO),
    _ubl("ubl-decimal-of-a-whole", maybe(auto("UB-8", LAV_100ML=10),
        "ambiguous_quantity"), Order("UB-8", [Item("LAV-100ML", "10.00")])),
    _ubl("ubl-half", reviewed("ambiguous_quantity"),
        Order("UB-9", [Item("LAV-100ML", "2.5")])),
    _ubl("ubl-boxes", reviewed("pack_unit"),
        Order("UB-10", [Item("LAV-100ML", "2", unit="XBX")]), sender=MERCADO),
    _ubl("ubl-kilos", reviewed("pack_unit"),
        Order("UB-11", [Item("JAB-100G", "2", unit="KGM")])),
    _ubl("ubl-days", reviewed("pack_unit", "unknown_sku"),
        Order("UB-12", [Item("", "1", unit="DAY", buyers="Traducción")])),
    _ubl("ubl-buyers-own-code", reviewed("unknown_sku"),
        Order("UB-13", [Item("", "10", buyers="B-4711")])),
    _ubl("ubl-buyers-own-code-agreed", maybe(auto("UB-14", LAV_100ML=10), "unknown_sku"),
        Order("UB-14", [Item("", "10", buyers="B-100")])),
    _ubl("ubl-unknown", reviewed("unknown_sku"),
        Order("UB-15", [LAV, Item("LAV-15ML", "10")])),
    _ubl("ubl-negative", reviewed("ambiguous_quantity", "unreadable_attachment"),
        Order("UB-16", [Item("LAV-100ML", "-10")])),
    _ubl("ubl-total-wrong", reviewed("total_mismatch"),
        Order("UB-17", [LAV, JAB], total="91.00")),
    _ubl("ubl-line-does-not-multiply", _BROKEN, Order("UB-18", [
        Item("LAV-100ML", "10", "6.50", "75.00")], total="75.00")),
    _ubl("ubl-two-currencies", _BROKEN,
        Order("UB-19", [LAV], total="65.00", line_currency="USD")),
    _ubl("ubl-line-id-twice", reviewed("repeated_sku", "unreadable_attachment",
        "total_mismatch", "ambiguous_quantity", "sources_disagree"),
        Order("UB-20", [Item("LAV-100ML", "10", line_id="1"),
                        Item("JAB-100G", "5", line_id="1")])),
    _ubl("ubl-same-sku-twice", reviewed("repeated_sku"),
        Order("UB-21", [LAV, LAV], total="130.00")),
    _ubl("ubl-price-other", reviewed("price_mismatch"),
        Order("UB-22", [Item("LAV-100ML", "10", "4.00", "40.00")], total="40.00")),
    _ubl("ubl-past-day", reviewed("ambiguous_date"),
        Order("UB-23", [LAV], on="2026-10-01")),
    _ubl("ubl-text-disagrees", reviewed("sources_disagree"), Order("UB-24", [LAV]),
        text="Adjunto pedido:\n\nLAV-100ML x 12\n"),
    _ubl("ubl-text-agrees", auto("UB-25", LAV_100ML=10), Order("UB-25", [LAV]),
        text="Adjunto pedido:\n\nLAV-100ML x 10\n"),
    _ubl("ubl-change", reviewed("change_or_cancel_intent"),
        Order("CH-1", [LAV], root="OrderChange", about="UB-1")),
    _ubl("ubl-cancellation", reviewed("change_or_cancel_intent"),
        Order("CA-1", root="OrderCancellation", about="UB-1")),
    _ubl("ubl-entity-bomb", reviewed("unreadable_attachment"),
        Order("&d;", [LAV], doctype=BOMB)),
    _ubl("ubl-outside-entity", reviewed("unreadable_attachment"),
        Order("&x;", [LAV], doctype=OUTSIDE)),
    _ubl("ubl-harmless-doctype", reviewed("unreadable_attachment"),
        Order("UB-26", [LAV], doctype="<!DOCTYPE Order>\n")),
    _ubl("ubl-no-lines", reviewed("no_order_lines", "unreadable_attachment"),
        Order("UB-27")),
    ask("ubl-truncated", reviewed("unreadable_attachment"), "Adjunto.\n", files=[
        File("order.xml", order_xml(Order("UB-28", [LAV, JAB]))[:900], "text/xml")]),
    ask("ubl-other-document", reviewed("no_order_lines", "unreadable_attachment"),
        "Adjuntamos la lista.\n", files=[
        File("rss.xml", b"<rss><channel><title>x</title></channel></rss>", "text/xml")]),
)  # fmt: skip
