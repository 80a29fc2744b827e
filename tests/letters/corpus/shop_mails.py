"""What shops themselves write about their orders: never an order, at most an address."""

from tests.letters.expected import Becomes, Case, Enriches, let_alone
from tests.letters.post import LINEN, MX, STAFF, ask

ETSY = "Etsy <transaction@etsy.com>"
KNOWN = "4025790946"
"""The Etsy order of the workshop that waits for its address."""
NOTICE = let_alone("notice")
NOTICE_OR_REVIEW = let_alone("notice", or_reviewed=True)


def sale(number: str) -> str:
    """Write what Etsy writes to the seller."""
    return f"""Congratulations on your Etsy sale of 1 item.

Your order number is: {number}
http://www.etsy.com/your/orders/{number}

------------------------------------------------------
Transaction ID: 4511111111
Item: Lavender oil LAV-100ML
Quantity: 1
Price: €12.50
------------------------------------------------------

Item total: €12.50
Delivery: €4.00
Order total: €16.50
Paid via Etsy Payments on Nov 22, 2026

Shipping address:
Claire Dubois
12 rue des Lilas
Apt 3
75011 Paris
France
"""


def _etsy(
    name: str,
    becomes: Becomes,
    number: str = KNOWN,
    *,
    sender: str = ETSY,
    proof: str | None = "",
    text: str = "",
    trusting: bool = False,
) -> Case:
    subject = f"You made a sale on Etsy - Ship by Nov 27 - [€16.50, Order #{number}]"
    return ask(name, becomes, text or sale(number), sender=sender, subject=subject,
               proof=proof, trusting=trusting)  # fmt: skip


WOO = """You’ve received the following order from Claire Dubois:

[Order #1042] (November 22, 2026)

Lavender oil (#LAV-100ML) X 2 = €25.00
Olive soap (#JAB-100G) X 1 = €6.00

Subtotal: €31.00
Total: €31.00

Billing address
Claire Dubois
12 rue des Lilas
75011 Paris
"""
WOO_NEW = """Woo! You’ve received a new order from Claire Dubois.

Order summary
Order #1043 (November 22, 2026)

Lavender oil × 2
(#LAV-100ML)
€25.00

Total: €25.00
"""

FORWARDED = f"""---------- Forwarded message ---------
From: Etsy <transaction@etsy.com>
Date: Mon, Nov 23, 2026
Subject: You made a sale on Etsy - Ship by Nov 27 - [€16.50, Order #{KNOWN}]
To: <ines@taller.example>

{sale(KNOWN)}"""
"""What somebody forwards is text that anybody can write: it names no address unless trusted."""

CASES = (
    _etsy("etsy-adds-the-address", Enriches("Paris")),
    _etsy("etsy-order-not-there-yet", NOTICE, "4099999999"),
    _etsy("etsy-unproven", NOTICE_OR_REVIEW, proof=None),
    _etsy("etsy-forged", NOTICE_OR_REVIEW,
        proof=f"{MX}; dkim=fail header.d=etsy.com; dmarc=fail header.from=etsy.com"),
    _etsy("etsy-look-alike", NOTICE_OR_REVIEW, sender="Etsy <transaction@etsy-mail.example>"),
    _etsy("etsy-no-address", NOTICE, text=sale(KNOWN).partition("Shipping")[0]),
    ask("etsy-shipped", let_alone("notice", "automatic", or_reviewed=True),
        "Your order is on its way. Quantity: 1\n", sender=ETSY,
        subject="Your Etsy order shipped (Order #4025790946)"),
    ask("etsy-forwarded-by-staff", NOTICE_OR_REVIEW, FORWARDED,
        sender=STAFF, subject="Fwd: You made a sale on Etsy"),
    ask("etsy-forwarded-by-staff-who-are-trusted", Enriches("Paris"), FORWARDED,
        sender=STAFF, subject="Fwd: You made a sale on Etsy", trusting=True),
    ask("etsy-pretended-by-customer", NOTICE_OR_REVIEW, sale(KNOWN), sender=LINEN,
        subject=f"You made a sale on Etsy - Ship by Nov 27 - [€16.50, Order #{KNOWN}]"),
    ask("woo-plain", NOTICE_OR_REVIEW, WOO, sender="Shop <wordpress@tienda.example>",
        subject="[Taller]: New order #1042"),
    ask("woo-improved", NOTICE_OR_REVIEW, WOO_NEW,
        sender="Shop <wordpress@tienda.example>", subject="[Taller]: New order #1043"),
    ask("woo-es", NOTICE_OR_REVIEW, WOO.replace("You’ve received the following order from",
        "Has recibido el siguiente pedido de"), sender="Tienda <wordpress@taller.example>",
        subject="[Taller]: Nuevo pedido #1042"),
    ask("shopify-staff-mail", NOTICE_OR_REVIEW,
        "Claire Dubois placed order #1099 on Nov 22\n\nLavender oil × 2\nSKU: LAV-100ML\n",
        sender="Taller (Shopify) <mailer@shopify.com>",
        subject="[Taller] Order #1099 placed by Claire Dubois"),
)  # fmt: skip
