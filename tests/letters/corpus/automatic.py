"""What machines write: absences, lists, reports of servers, and our own mail come back."""

from tests.letters.corpus.replies import THE_ORDER
from tests.letters.expected import Becomes, Case, NoOrder, auto, let_alone, maybe, reviewed
from tests.letters.post import BOSQUE, LINEN, MAILBOX, MERCADO, STRANGER, ask, by_hand, raw

AUTOMATIC = let_alone("automatic")
BOUNCED = let_alone("bounce")
LINE = "LAV-100ML x 12\n"


def _auto(
    name: str,
    becomes: Becomes,
    *headers: tuple[str, str],
    text: str = LINE,
    sender: str = BOSQUE,
    subject: str = "Pedido",
) -> Case:
    return ask(name, becomes, text, sender=sender, subject=subject, headers=headers)


REPORT = """This is a report.

--=_b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
<compras@elbosque.example>: user unknown

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.elbosque.example

Final-Recipient: rfc822; compras@elbosque.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--=_b
Content-Type: message/rfc822

From: pedidos@taller.example
To: compras@elbosque.example
Message-ID: <{inner}>
Subject: Su pedido
Auto-Submitted: auto-generated

Hola, su pedido: LAV-100ML x 12
--=_b--
"""


def _report(
    name: str,
    becomes: Becomes,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    inner: str = "abc@taller.example",
) -> Case:
    headers = (
        "MIME-Version: 1.0\nReturn-Path: <>\nSubject: Undelivered Mail Returned to Sender\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"'
    )
    body = REPORT.format(action=action, status=status, inner=inner)
    sender = "Mail Delivery System <MAILER-DAEMON@mx.elbosque.example>"
    return raw(name, becomes, by_hand(body, sender=sender, name=name, headers=headers))


CASES = (
    _auto("auto-replied", AUTOMATIC, ("Auto-Submitted", "auto-replied"),
        text="Estaré fuera hasta el 30 de noviembre. Llame al 981 555 012.\n",
        subject="Respuesta automática: Su pedido"),
    _auto("auto-replied-en", AUTOMATIC, ("Auto-Submitted", "auto-replied"),
        text="I am out of office until 30 November.\n", sender=LINEN,
        subject="Automatic reply: Your order"),
    _auto("auto-generated-with-lines", AUTOMATIC, ("Auto-Submitted", "auto-generated")),
    _auto("auto-submitted-no", auto(LAV_100ML=12), ("Auto-Submitted", "no")),
    _auto("auto-with-comment", AUTOMATIC, ("Auto-Submitted", "auto-replied (vacation)")),
    _auto("auto-upper-case", AUTOMATIC, ("Auto-Submitted", "AUTO-REPLIED")),
    _auto("precedence-bulk", AUTOMATIC, ("Precedence", "bulk"),
        text="¡Ofertas de otoño! 3 x 2 en velas.\n", sender=MERCADO, subject="Boletín"),
    _auto("precedence-junk", AUTOMATIC, ("Precedence", "junk")),
    _auto("precedence-auto-reply", AUTOMATIC, ("Precedence", "auto_reply")),
    _auto("precedence-first-class", auto(LAV_100ML=12), ("Precedence", "first-class")),
    _auto("newsletter-of-stranger", let_alone("automatic", or_reviewed=True),
        ("List-Unsubscribe", "<mailto:u@news.example>"), ("Precedence", "bulk"),
        text="Black Friday: 2 x 1, 30 % en 250 artículos.\n", sender=STRANGER,
        subject="Black Friday"),
    _auto("newsletter-list-headers-only", let_alone("automatic", or_reviewed=True),
        ("List-Id", "<news.nowhere.example>"),
        ("List-Unsubscribe", "<https://nowhere.example/u>"),
        text="Oferta: 3 x 2\n", sender=STRANGER, subject="Oferta"),
    _auto("absence-without-headers", let_alone("automatic", or_reviewed=True),
        text="Estoy de vacaciones. Vuelvo el 1/12/2026.\n",
        subject="Respuesta automática: Su pedido"),
    _auto("empty-return-path", AUTOMATIC, ("Return-Path", "<>"),
        text="Mailbox is full.\n", subject="Warning"),
    _auto("our-own-address", let_alone("automatic", "loop", "own"),
        sender=f"Taller <{MAILBOX}>", subject="Su pedido"),
    _auto("our-own-address-unproven", let_alone("automatic", "loop", "own",
        or_reviewed=True), sender=f"Taller <{MAILBOX.upper()}>", subject="Su pedido"),
    _auto("suppress-header-only", maybe(auto(LAV_100ML=12), "no_order_lines"),
        ("X-Auto-Response-Suppress", "All")),
    _auto("x-autoreply", let_alone("automatic", or_reviewed=True),
        ("X-Autoreply", "yes"), text="Estoy fuera.\n", subject="Fuera de la oficina"),
    _report("bounce", BOUNCED),
    _report("bounce-delayed", BOUNCED, action="delayed", status="4.4.1"),
    _report("bounce-of-something-else", BOUNCED, inner="other@elsewhere.example"),
    raw("bounce-without-parts", NoOrder(), by_hand(
        "Delivery failed.\n", sender="postmaster@elbosque.example", name="bounce-bare",
        headers="Return-Path: <>\nContent-Type: multipart/report; boundary=x")),
    raw("read-receipt", let_alone("automatic", "bounce"), by_hand(
        "--r\nContent-Type: text/plain\n\nSe ha leído.\n--r\nContent-Type: "
        "message/disposition-notification\n\nFinal-Recipient: rfc822; a@b.example\n"
        "Disposition: manual-action/MDN-sent-manually; displayed\n--r--\n",
        name="receipt", headers="MIME-Version: 1.0\nSubject: Leído: pedido\n"
        "Content-Type: multipart/report; report-type=disposition-notification; "
        "boundary=r")),
    raw("calendar", reviewed("no_order_lines"), by_hand(
        "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Visita 12 x LAV-100ML\n"
        "END:VEVENT\nEND:VCALENDAR", name="calendar", headers="MIME-Version: 1.0\n"
        "Subject: Visita\nContent-Type: text/calendar; method=REQUEST; charset=utf-8")),
    ask("automatic-answer-to-order", AUTOMATIC, "Cancelar no es posible. Automático.\n",
        headers=[("Auto-Submitted", "auto-replied"),
        ("In-Reply-To", "<the-order@elbosque.example>")], before=(THE_ORDER,)),
)  # fmt: skip
