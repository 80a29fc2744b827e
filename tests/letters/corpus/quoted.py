"""Orders in replies, forwards, and between signatures and small print."""

from tests.letters.expected import auto, maybe, reviewed
from tests.letters.post import BOSQUE, LINEN, MERCADO, STAFF, STRANGER, ask

SIGNATURE = """
-- \nMarta Ruiz
Herboristería El Bosque
Tel. 981 555 012 · Móvil 600 555 12 x 3
CIF B-12345678 · Pedidos: 10045
"""
DISCLAIMER = """
________________________________
AVISO LEGAL: Este mensaje y sus 2 archivos adjuntos son confidenciales. Si lo ha recibido
por error, notifíquelo en el plazo de 24 horas al 902 555 100. Ley 34/2002.
Antes de imprimir este correo, piense en el medio ambiente: 1 tonelada de papel = 17 árboles.
"""
GMAIL_ES = """
El lun, 16 nov 2026 a las 10:01, Inés (<pedidos@taller.example>) escribió:

> Hola Marta, ¿te preparo lo de siempre?
>
> LAV-30ML x 50
> JAB-250G x 9
"""
GMAIL_EN = """
On Mon, Nov 16, 2026 at 10:01 AM Inés <pedidos@taller.example> wrote:

> Hi Tom, last time you had:
>
> LAV-30ML x 50
"""
OUTLOOK_ES = """
De: Inés del Taller <pedidos@taller.example>
Enviado: lunes, 16 de noviembre de 2026 10:01
Para: Marta Ruiz <compras@elbosque.example>
Asunto: RE: Pedido

Hola Marta, lo último fue:

LAV-30ML x 50
"""
OUTLOOK_EN = """
-----Original Message-----
From: Inés <pedidos@taller.example>
Sent: Monday, November 16, 2026 10:01
To: orders@figandlinen.example
Subject: Your order

LAV-30ML x 50
"""
APPLE = """
> El 16 nov 2026, a las 10:01, Inés <pedidos@taller.example> escribió:
>
> LAV-30ML x 50
"""


def _gmail_forward(sender: str) -> str:
    return f"""Te reenvío.

---------- Forwarded message ---------
De: {sender}
Date: lun, 23 nov 2026 a las 8:40
Subject: Pedido
To: Inés <ines@taller.example>


Hola Inés:

LAV-100ML x 12
JAB-100G x 6
"""


def _apple_forward(sender: str) -> str:
    return f"""

Begin forwarded message:

> From: {sender}
> Subject: Order
> Date: 23 November 2026 at 08:40:11 CET
> To: ines@taller.example
>
> LAV-100ML x 12
> JAB-100G x 6
"""


ORDER = "LAV-100ML x 12\nJAB-100G x 6\n"
EXPECTED = auto(LAV_100ML=12, JAB_100G=6)
OPEN = (
    "no_order_lines", "ambiguous_quantity", "sources_disagree", "sender_not_authenticated",
)  # fmt: skip

CASES = (
    ask("quote-gmail-es", EXPECTED, ORDER + GMAIL_ES, subject="Re: ¿Lo de siempre?"),
    ask("quote-gmail-en", EXPECTED, ORDER + GMAIL_EN, sender=LINEN, subject="Re: Hello"),
    ask("quote-outlook-es", EXPECTED, ORDER + OUTLOOK_ES, subject="RE: Pedido"),
    ask("quote-outlook-en", EXPECTED, ORDER + OUTLOOK_EN, sender=LINEN,
        subject="RE: Your order"),
    ask("quote-apple-es", EXPECTED, ORDER + APPLE, subject="Re: Pedido"),
    ask("quote-only", reviewed("no_order_lines"), "Sí, gracias.\n" + GMAIL_ES,
        subject="Re: ¿Lo de siempre?"),
    ask("quote-only-en", reviewed("no_order_lines"), "Thanks, all arrived.\n" + GMAIL_EN,
        sender=LINEN, subject="Re: Hello"),
    ask("quote-thanks-outlook", reviewed("no_order_lines"),
        "Perfecto, gracias Inés.\n" + OUTLOOK_ES, subject="RE: Pedido"),
    ask("quote-answers-inline", reviewed("no_order_lines", "ambiguous_quantity",
        "change_or_cancel_intent"),
        "> LAV-30ML x 50\nEste sí\n> JAB-250G x 9\nEste no\n", subject="Re: Pedido"),
    ask("signature-numbers", EXPECTED, ORDER + SIGNATURE),
    ask("signature-no-marker", maybe(auto(LAV_100ML=12, JAB_100G=6),
        "ambiguous_quantity", "no_order_lines"),
        ORDER + "\nUn saludo,\n\nMarta Ruiz\nTel. 981 555 012\nC/ Mayor 12, 36202 Vigo\n"),
    ask("signature-phone-in-english", EXPECTED,
        ORDER + "\n--\u0020\nTom Ashby\n+44 20 7946 0018\nUnit 4, 12 Mill Lane\n",
        sender=LINEN),
    ask("signature-looks-like-order", reviewed("no_order_lines"),
        "Gracias por todo.\n" + SIGNATURE, subject="Gracias"),
    ask("signature-sent-from-phone", EXPECTED, ORDER + "\nEnviado desde mi iPhone\n"),
    ask("disclaimer", EXPECTED, ORDER + DISCLAIMER),
    ask("disclaimer-en", EXPECTED, ORDER + "\nCONFIDENTIALITY NOTICE: This e-mail is"
        " intended for the addressee only. Company no. 04857201, VAT GB 123 4567 89.\n",
        sender=LINEN),
    ask("signature-and-disclaimer-and-quote", EXPECTED,
        ORDER + SIGNATURE + DISCLAIMER + GMAIL_ES, subject="Re: Pedido"),
    ask("forward-gmail-not-trusted", reviewed("sender_not_authenticated"),
        _gmail_forward(BOSQUE), sender=STAFF, subject="Fwd: Pedido"),
    ask("forward-gmail-trusted", EXPECTED, _gmail_forward(BOSQUE), sender=STAFF,
        subject="Fwd: Pedido", trusting=True),
    ask("forward-apple-not-trusted", reviewed("sender_not_authenticated"),
        _apple_forward(LINEN), sender=STAFF, subject="Fwd: Order"),
    ask("forward-apple-trusted", EXPECTED, _apple_forward(LINEN), sender=STAFF,
        subject="Fwd: Order", trusting=True),
    ask("forward-outlook-trusted", auto(LAV_30ML=50), "\n" + OUTLOOK_ES.replace(
        "Inés del Taller <pedidos@taller.example>", BOSQUE).replace(
        "Para: Marta Ruiz <compras@elbosque.example>", "Para: ines@taller.example"),
        sender=STAFF, subject="RV: Pedido", trusting=True),
    ask("forward-of-nobody-known", reviewed("unknown_customer", "sender_not_allowed"),
        _gmail_forward(STRANGER), sender=STAFF, subject="Fwd: Pedido"),
    ask("forward-of-nobody-known-trusted", reviewed("unknown_customer",
        "sender_not_allowed"), _gmail_forward(STRANGER), sender=STAFF,
        subject="Fwd: Pedido", trusting=True),
    ask("forward-by-forged-staff", reviewed("sender_not_authenticated"),
        _gmail_forward(BOSQUE), sender=STAFF, subject="Fwd: Pedido", trusting=True,
        proof="mx.taller.example; dkim=none; spf=fail smtp.mailfrom=nowhere.example"),
    ask("forward-by-stranger", reviewed("sender_not_allowed"), _gmail_forward(BOSQUE),
        sender=STRANGER, subject="Fwd: Pedido", trusting=True),
    ask("forward-by-customer", maybe(auto(LAV_100ML=12, JAB_100G=6), *OPEN),
        _gmail_forward("Ana <ana@elbosque.example>"), subject="Fwd: Pedido"),
    ask("staff-writes-themselves", reviewed("unknown_customer", "sender_not_allowed",
        "sender_not_authenticated"), ORDER, sender=STAFF, subject="Pedido por teléfono"),
    ask("many-replies", EXPECTED, ORDER + GMAIL_ES + "> > > LAV-10ML x 4\n> > hola\n",
        sender=MERCADO, subject="Re: Re: RE: Pedido"),
    ask("quoted-html-gmail", EXPECTED, ORDER + GMAIL_ES, subject="Re: Pedido",
        html='<div dir="ltr">LAV-100ML x 12<br>JAB-100G x 6<br></div><br>'
        '<div class="gmail_quote"><div dir="ltr" class="gmail_attr">El lun, 16 nov 2026 a '
        "las 10:01, Inés (&lt;pedidos@taller.example&gt;) escribió:<br></div>"
        '<blockquote class="gmail_quote" style="margin:0">LAV-30ML x 50<br>'
        "JAB-250G x 9</blockquote></div>"),
    ask("quoted-html-table", EXPECTED, subject="Re: Pedido",
        html="<div>LAV-100ML x 12<br>JAB-100G x 6</div><blockquote type=cite>"
        "<table><tr><th>Ref</th><th>Cantidad</th></tr><tr><td>LAV-30ML</td><td>50</td>"
        "</tr></table></blockquote>"),
)  # fmt: skip
