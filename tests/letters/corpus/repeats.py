"""The same mail again, the same order again, and what only looks like it."""

from tests.letters.expected import NoOrder, auto, let_alone, maybe, reviewed
from tests.letters.post import LINEN, MERCADO, STRANGER, File, ask, mail
from tests.letters.ubl import Item, Order, order_xml

LINES = "LAV-100ML x 5\nJAB-100G x 10\n"
FIRST = mail("first", LINES, subject="Pedido PC-50")
NO_PO = mail("no-po", LINES)
XML = mail(
    "xml", "Adjunto.\n",
    files=[File("o.xml", order_xml(Order("PC-51", [Item("LAV-100ML", "5")])), "text/xml")],
)  # fmt: skip
SEEN = let_alone("duplicate")
IMPORTED = reviewed("po_already_imported")

CASES = (
    ask("same-bytes", SEEN, LINES, subject="Pedido PC-50", before=(FIRST,),
        message_id="first@elbosque.example"),
    ask("same-id-travelled-otherwise", SEEN, LINES, subject="Pedido PC-50",
        message_id="first@elbosque.example", headers=[("X-Spam-Score", "0.1")],
        before=(FIRST,)),
    ask("same-id-other-words", let_alone("duplicate", or_reviewed=True),
        "LAV-100ML x 50\n", message_id="first@elbosque.example", before=(FIRST,)),
    ask("same-id-of-a-stranger", let_alone("duplicate", or_reviewed=True),
        "LAV-100ML x 50\n", sender=STRANGER, message_id="first@elbosque.example",
        before=(FIRST,)),
    ask("same-content-other-id", let_alone("duplicate", or_reviewed=True), LINES,
        subject="Pedido PC-50", before=(FIRST,)),
    ask("same-po-other-words", let_alone("duplicate", or_reviewed=True),
        "Hola:\n\n" + LINES + "\nGracias\n", subject="Pedido PC-50", before=(FIRST,)),
    ask("same-po-other-lines", IMPORTED, "LAV-100ML x 6\nJAB-100G x 10\n",
        subject="Pedido PC-50", before=(FIRST,)),
    ask("same-po-one-line-more", IMPORTED, LINES + "CND-SAL x 1\n",
        subject="Pedido PC-50", before=(FIRST,)),
    ask("same-po-other-case", reviewed("po_already_imported"), "LAV-100ML x 6\n",
        subject="Pedido pc-50", before=(FIRST,)),
    ask("same-po-of-another-customer", auto("PC-50", LAV_100ML=6), "LAV-100ML x 6\n",
        subject="Pedido PC-50", sender=MERCADO, before=(FIRST,)),
    ask("same-po-as-file", IMPORTED, "Adjunto.\n", before=(XML,), files=[
        File("o.xml", order_xml(Order("PC-51", [Item("LAV-100ML", "9")])), "text/xml")]),
    ask("same-po-as-file-again", let_alone("duplicate", or_reviewed=True), "Va otra vez.\n",
        before=(XML,), files=[
        File("o.xml", order_xml(Order("PC-51", [Item("LAV-100ML", "5")])), "text/xml")]),
    ask("near-po", auto("PC-5", LAV_100ML=5, JAB_100G=11), "LAV-100ML x 5\nJAB-100G x 11\n",
        subject="Pedido PC-5", before=(FIRST,)),
    ask("same-lines-no-po", reviewed("po_already_imported"),
        "Buenas:\n\n" + LINES, before=(NO_PO,)),
    ask("same-lines-no-po-exactly", let_alone("duplicate", or_reviewed=True), LINES,
        before=(NO_PO,)),
    ask("same-lines-other-order-of-lines", reviewed("po_already_imported"),
        "JAB-100G x 10\nLAV-100ML x 5\n", before=(NO_PO,)),
    ask("same-lines-new-po", maybe(auto("PC-60", LAV_100ML=5, JAB_100G=10),
        "po_already_imported"), LINES, subject="Pedido PC-60", before=(NO_PO,)),
    ask("same-lines-two-pos", maybe(auto("PC-61", LAV_100ML=5, JAB_100G=10),
        "po_already_imported"), LINES, subject="Pedido PC-61", before=(FIRST,)),
    ask("same-lines-of-another-customer", auto(LAV_100ML=5, JAB_100G=10), LINES,
        sender=LINEN, before=(NO_PO,)),
    ask("other-quantity-no-po", auto(LAV_100ML=6, JAB_100G=10),
        "LAV-100ML x 6\nJAB-100G x 10\n", before=(NO_PO,)),
    ask("no-message-id", auto(LAV_100ML=12), "LAV-100ML x 12\n", message_id=None),
    ask("no-message-id-twice", NoOrder(), LINES, message_id=None,
        before=(mail("x", LINES, message_id=None),)),
    ask("third-copy", NoOrder(), LINES, subject="Pedido PC-50", before=(
        FIRST, mail("second", LINES, subject="Pedido PC-50"))),
)  # fmt: skip
