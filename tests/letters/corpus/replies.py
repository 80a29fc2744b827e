"""Answers that change or cancel an order, and those that do not."""

from tests.letters.expected import Becomes, Case, Proposal, Reviewed, auto, maybe, reviewed
from tests.letters.post import BOSQUE, LINEN, STRANGER, File, ask, mail
from tests.letters.ubl import Item, Order, order_xml

THE_ORDER = mail("the-order", "LAV-100ML x 5\nJAB-100G x 10\n", subject="Pedido PC-441")
THE_ORDER_EN = mail(
    "the-order", "LAV-100ML x 5\nJAB-100G x 10\n", subject="PO FL-441", sender=LINEN
)
NUMBER = "@@NUMBER@@"
"""Stands for the number we gave the order before."""
CHANGE, CANCEL = Proposal("change"), Proposal("cancel")
INTENT = reviewed("change_or_cancel_intent")
NOT_THEIRS = Reviewed(frozenset({"change_or_cancel_intent"}), is_about_no_order=True)
QUOTED = """
El lun, 23 nov 2026 a las 9:12, Marta Ruiz (<compras@elbosque.example>) escribió:

> LAV-100ML x 5
> JAB-100G x 10
"""


def _answer(
    name: str,
    becomes: Becomes,
    text: str,
    *,
    sender: str = BOSQUE,
    subject: str = "Re: Pedido PC-441",
    proof: str | None = "",
) -> Case:
    first = THE_ORDER_EN if sender == LINEN else THE_ORDER
    known = f"<the-order@{'figandlinen' if sender == LINEN else 'elbosque'}.example>"
    headers = [("In-Reply-To", known), ("References", known)]
    return ask(name, becomes, text, sender=sender, subject=subject, proof=proof,
               headers=headers, before=(first,))  # fmt: skip


def _apart(
    name: str, becomes: Becomes, text: str, *, sender: str = BOSQUE, subject: str = "Hola"
) -> Case:
    return ask(name, becomes, text, sender=sender, subject=subject, before=(THE_ORDER,))


CASES = (
    _answer("reply-change-5-to-6", CHANGE,
        "Hola, cambia las 5 LAV-100ML por 6, por favor.\n"),
    _answer("reply-change-5-to-6-en", CHANGE,
        "Hi, please change the 5 LAV-100ML to 6.\n", sender=LINEN,
        subject="Re: PO FL-441"),
    _answer("reply-change-quoted", CHANGE,
        "Perdona, me he equivocado: modifica a 6 uds LAV-100ML.\n" + QUOTED),
    _answer("reply-add", CHANGE, "¿Puedes añadir al pedido 3 x CND-SAL?\n"),
    _answer("reply-add-en", CHANGE, "Please add 3 x CND-SAL to this order.\n",
        sender=LINEN, subject="Re: PO FL-441"),
    _answer("reply-remove", CHANGE, "Quita los JAB-100G del pedido, por favor.\n"),
    _answer("reply-remove-en", CHANGE, "Please remove the JAB-100G from the order.\n",
        sender=LINEN, subject="Re: PO FL-441"),
    _answer("reply-correction", CHANGE, "Corrección: eran 6 LAV-100ML, no 5.\n"),
    _answer("reply-change-address", CHANGE,
        "Cambia la dirección de envío: Calle Nueva 3, 36202 Vigo.\n"),
    _answer("reply-cancel", CANCEL, "Por favor, cancela el pedido. Lo siento.\n"),
    _answer("reply-cancel-en", CANCEL, "Please cancel this order.\n", sender=LINEN,
        subject="Re: PO FL-441"),
    _answer("reply-cancel-quoted", CANCEL, "Anulad este pedido, gracias.\n" + QUOTED),
    _answer("reply-cancel-word-only", CANCEL, "Cancelar, por favor.\n"),
    _apart("cancel-by-po", CANCEL, "Queremos cancelar el pedido PC-441.\n"),
    _apart("cancel-by-po-in-subject", CANCEL, "Ya no lo necesitamos, gracias.\n",
        subject="Cancelar pedido PC-441"),
    _apart("cancel-by-our-number", CANCEL, f"Por favor cancelad el pedido {NUMBER}.\n"),
    _apart("change-by-our-number", CHANGE,
        f"En el pedido {NUMBER}, cambiad LAV-100ML de 5 a 6 unidades.\n"),
    _apart("change-by-po-in-subject", CHANGE, "Cambiad LAV-100ML de 5 a 6 unidades.\n",
        subject="Cambio en pedido PC-441"),
    _apart("cancel-of-unknown-order", INTENT, "Por favor cancelad el pedido PC-999.\n"),
    _apart("cancel-of-no-order-named", INTENT, "Por favor, cancelad mi pedido.\n"),
    _apart("cancel-of-anothers-order", NOT_THEIRS, "Please cancel order PC-441.\n",
        sender=LINEN),
    _apart("cancel-of-anothers-order-by-our-number", NOT_THEIRS,
        f"Please cancel order {NUMBER}.\n", sender=LINEN),
    _apart("cancel-by-stranger", reviewed("sender_not_allowed"),
        "Please cancel order PC-441.\n", sender=STRANGER),
    _answer("cancel-unproven", reviewed("sender_not_authenticated"),
        "Por favor, cancela el pedido.\n", proof=None),
    _apart("cancel-one-and-order-another", INTENT,
        "Cancela lo que te pedí ayer y mándame esto:\n\nLAV-100ML x 12\n"),
    _apart("change-and-new-lines", INTENT,
        "Modificación del pedido anterior:\n\nLAV-100ML x 12\n"),
    _answer("reply-thanks", reviewed("no_order_lines"), "¡Gracias, Inés!\n" + QUOTED),
    _answer("reply-where-is-it", reviewed("no_order_lines"),
        "¿Sabes cuándo sale?\n" + QUOTED),
    _answer("reply-with-lines-only", maybe(auto(LAV_100ML=6),
        "change_or_cancel_intent", "ambiguous_quantity", "po_already_imported"),
        "LAV-100ML x 6\n"),
    _apart("ask-about-order", reviewed("no_order_lines"),
        "¿Os llegó mi pedido PC-441?\n"),
    _apart("do-not-cancel", reviewed("change_or_cancel_intent", "no_order_lines"),
        "No canceléis nada, está todo bien.\n"),
    _apart("new-order-later", auto(CND_SAL=4), "CND-SAL x 4\n", subject="Otro pedido"),
    ask("ubl-change-of-known", CHANGE, "Adjunto.\n", before=(THE_ORDER,), files=[
        File("change.xml", order_xml(Order("CH-1", [Item("LAV-100ML", "6")],
        root="OrderChange", about="PC-441")), "application/xml")]),
    ask("ubl-cancellation-of-known", CANCEL, "Adjunto.\n", before=(THE_ORDER,), files=[
        File("cancel.xml", order_xml(Order("CA-1", root="OrderCancellation",
        about="PC-441")), "application/xml")]),
)  # fmt: skip
