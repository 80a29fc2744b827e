"""What shops write about their own orders is known, and says at most where to send one."""

import pytest

from mapping.letter import DraftAddress, Intent, Notice
from tests.connectors.email.mails import letter_of, mail

NUMBER = "4025790946"
SALE = f"You made a sale on Etsy - Ship by Apr 17 - [$37.89, Order #{NUMBER}]"
ETSY = "Etsy <transaction@etsy.com>"
BODY = f"""Congratulations on your Etsy sale of 1 item.

Your order number is: {NUMBER}

Quantity: 1
Price: $64.00

Shipping address
Claire Dubois
12 rue des Lilas
Apt 3
75011 Paris
France

Item total: $64.00
"""
WOO = """You’ve received the following order from Claire Dubois:

[Order #1042] (November 22, 2026)
Lavender oil (#LAV-100ML) X 2 = €25.00

Shipping address
Claire Dubois
12 Mill Lane
London
W1T 4AB
"""


def test_a_sale_at_etsy_tells_its_number_and_where_to_send_it() -> None:
    letter = letter_of(mail(BODY, f"Subject: {SALE}", sender=ETSY))

    assert letter.intent is Intent.NOTICE
    assert letter.notice == Notice(
        home="etsy.com",
        shop="etsy",
        order_number=NUMBER,
        ship_to=DraftAddress(
            name="Claire Dubois", line1="12 rue des Lilas", line2="Apt 3", city="Paris",
            postcode="75011", country="France",
        ),
    )  # fmt: skip


def test_an_american_address_has_its_state() -> None:
    body = BODY.replace("75011 Paris\nFrance", "Portland, OR 97201\nUnited States")

    notice = letter_of(mail(body, f"Subject: {SALE}", sender=ETSY)).notice

    assert notice is not None
    assert notice.ship_to is not None
    assert (notice.ship_to.city, notice.ship_to.region) == ("Portland", "OR")
    assert notice.ship_to.postcode == "97201"


def test_without_an_address_the_number_is_told_alone() -> None:
    letter = letter_of(mail(BODY.partition("Shipping")[0], f"Subject: {SALE}", sender=ETSY))

    assert letter.notice == Notice(shop="etsy", order_number=NUMBER, home="etsy.com")


def test_a_sale_that_is_passed_on_is_a_notice_too() -> None:
    passed = (
        f"---------- Forwarded message ---------\nFrom: {ETSY}\nSubject: {SALE}\nTo: x\n\n"
    )
    raw = mail(passed + BODY, f"Subject: Fwd: {SALE}", sender="ines@workshop.example")

    letter = letter_of(raw)

    assert letter.notice is not None
    assert letter.notice.order_number == NUMBER
    assert letter.forwarded is not None


@pytest.mark.parametrize(
    "sender", ["transaction@etsy-mail.example", "etsy.com@evil.example", "x@notetsy.com"]
)
def test_what_only_looks_like_etsys_is_no_order_and_tells_nothing(sender: str) -> None:
    letter = letter_of(mail(BODY, f"Subject: {SALE}", sender=sender))

    assert (letter.intent, letter.notice) == (Intent.NOTICE, None)


def test_other_mail_of_etsys_is_no_order() -> None:
    letter = letter_of(mail("1 x candle", "Subject: Your Etsy order shipped", sender=ETSY))

    assert (letter.intent, letter.notice) == (Intent.NOTICE, None)


@pytest.mark.parametrize(
    "subject,body",
    [
        ("[Shop]: New order #1042", WOO),
        ("[Shop]: Nuevo pedido #1042", WOO.replace("You’ve received the following order from",
         "Has recibido el siguiente pedido de")),
        ("[Shop]: New order (1042)", WOO),
    ],
)  # fmt: skip
def test_a_new_order_at_woocommerce_tells_its_number(subject: str, body: str) -> None:
    letter = letter_of(mail(body, f"Subject: {subject}", sender="wordpress@shop.example"))

    assert letter.intent is Intent.NOTICE
    assert letter.notice is not None
    assert (letter.notice.shop, letter.notice.order_number) == ("woocommerce", "1042")


def test_a_staff_mail_of_shopifys_is_no_order() -> None:
    raw = mail("Oil × 2", "Subject: [Shop] Order #1099 placed by Claire Dubois")

    assert letter_of(raw).notice == Notice(
        shop="shopify", order_number="1099", home="shopify.com"
    )


def test_a_customer_who_writes_of_a_new_order_is_a_customer() -> None:
    assert letter_of(mail("12 x A-1", "Subject: New order #12")).intent is Intent.ORDER
