"""The words of an order's table, and by which headings the shops' own exports say them.

The exports have no published contract. What stands here is what people who used them wrote down
and what we remember of them (Shopify's help page "Exporting orders" lists its columns; Etsy's
"Order Items" file; WooCommerce has no export of its own, so the three most used exporters are
known). A heading we do not know says nothing in a shop's file; a file that is none of these is
read by our own words, and what is left is asked of a person.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ORDER_WORDS = (
    "order",
    "placed_on",
    "customer",
    "email",
    "phone",
    "currency",
    "requested_on",
    "note",
    "ship_name",
    "ship_company",
    "ship_line1",
    "ship_line2",
    "ship_city",
    "ship_region",
    "ship_postcode",
    "ship_country",
    "ship_phone",
)
"""What is the same on every row of an order."""
LINE_WORDS = ("sku", "title", "variant", "quantity", "unit_price")
WORDS = (*ORDER_WORDS, *LINE_WORDS)
"""What our own tables are headed with, and what people may choose for a column of theirs."""
REQUIRED = ("order", "quantity")
ONE_OF = ("sku", "title")
"""A line is known by one of these at least."""


class Days(StrEnum):
    """In which order a source writes 3/4/2026."""

    UNKNOWN = "unknown"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One kind of file: whose it is, and what its headings mean."""

    key: str
    """It makes the order number unique: Etsy's 1001 is not Shopify's 1001."""
    title: str
    channel: str = ""
    """The channel that would bring these orders by itself; empty: any might."""
    signs: tuple[frozenset[str], ...] = ()
    """Folded headings that only this file has together, one of the sets."""
    words: Mapping[str, str]
    """By folded heading, our word, or one of `payment`, `sent`, `cancelled_on`, `status`,
    `line_sent`, `ships`, `line_items`, `line_id`, `line_total`, `name_first`, `name_last`,
    `ship_first`, `ship_last`, which only shops say."""
    days: Days = Days.UNKNOWN
    is_strict: bool = False
    """Whether a heading nobody knows, or one that is there twice, keeps the file out."""
    refused: str = ""
    """Why such a file cannot be taken in at all; empty if it can."""


def fold(heading: str) -> str:
    """Fold a heading to its letters and digits: "Lineitem Name" is `lineitem_name`."""
    return "_".join(re.findall(r"[^\W_]+", heading.casefold()))


OWN = Form(
    key="csv",
    title="Hornada",
    words={
        **{word: word for word in WORDS},
        "pedido": "order",
        "número_de_pedido": "order",
        "fecha": "placed_on",
        "cliente": "customer",
        "correo": "email",
        "teléfono": "phone",
        "moneda": "currency",
        "referencia": "sku",
        "producto": "title",
        "variante": "variant",
        "cantidad": "quantity",
        "precio": "unit_price",
        "para_el_día": "requested_on",
        "nota": "note",
    },
    is_strict=True,
)

SHOPIFY = Form(
    key="shopify",
    title="Shopify",
    channel="shopify",
    signs=(frozenset({"name", "lineitem_name", "lineitem_quantity"}),),
    words={
        "name": "order",
        "email": "email",
        "phone": "phone",
        "financial_status": "payment",
        "fulfillment_status": "sent",
        "cancelled_at": "cancelled_on",
        "created_at": "placed_on",
        "currency": "currency",
        "notes": "note",
        "billing_name": "customer",
        "shipping_name": "ship_name",
        "shipping_company": "ship_company",
        "shipping_address1": "ship_line1",
        "shipping_address2": "ship_line2",
        "shipping_city": "ship_city",
        "shipping_province": "ship_region",
        "shipping_zip": "ship_postcode",
        "shipping_country": "ship_country",
        "shipping_phone": "ship_phone",
        "lineitem_name": "title",
        "lineitem_sku": "sku",
        "lineitem_quantity": "quantity",
        "lineitem_price": "unit_price",
        "lineitem_requires_shipping": "ships",
        "lineitem_fulfillment_status": "line_sent",
    },
)
"""From memory, after the help page of Shopify's export: one row a line, and what belongs to the
order only on its first row, but for Name and Email."""

ETSY = Form(
    key="etsy",
    title="Etsy",
    channel="etsy",
    signs=(frozenset({"sale_date", "item_name", "transaction_id"}),),
    words={
        "order_id": "order",
        "sale_date": "placed_on",
        "buyer": "customer",
        "currency": "currency",
        "transaction_id": "line_id",
        "item_name": "title",
        "sku": "sku",
        "variations": "variant",
        "quantity": "quantity",
        "price": "unit_price",
        "date_shipped": "sent_on",
        "ship_name": "ship_name",
        "ship_address1": "ship_line1",
        "ship_address2": "ship_line2",
        "ship_city": "ship_city",
        "ship_state": "ship_region",
        "ship_zipcode": "ship_postcode",
        "ship_country": "ship_country",
    },
    days=Days.MONTH_FIRST,
)
"""From memory: "Order Items" of Shop Manager, Settings, Options, Download Data. Its days are
written month first (11/20/26) whatever the seller's language."""

ETSY_ORDERS = Form(
    key="etsy",
    title="Etsy",
    channel="etsy",
    signs=(frozenset({"sale_date", "order_id", "number_of_items"}),),
    words={},
    refused="This list of Etsy does not say how many of what: export Order Items instead.",
)

WOOCOMMERCE = Form(
    key="woocommerce",
    title="WooCommerce",
    channel="woocommerce",
    signs=(
        frozenset({"order_number", "line_items"}),
        frozenset({"order_id", "line_items"}),
        frozenset({"order_number", "line_item_1"}),
        frozenset({"order_id", "line_item_1"}),
        frozenset({"order_number", "item_name", "item_quantity"}),
        frozenset({"order_id", "item_name", "item_quantity"}),
        frozenset({"order_number", "item_name", "order_status"}),
    ),
    words={
        "order_number": "order",
        "order_date": "placed_on",
        "date": "placed_on",
        "status": "status",
        "order_status": "status",
        "currency": "currency",
        "order_currency": "currency",
        "billing_email": "email",
        "email_billing": "email",
        "customer_email": "email",
        "billing_phone": "phone",
        "phone_billing": "phone",
        "billing_first_name": "name_first",
        "billing_last_name": "name_last",
        "first_name_billing": "name_first",
        "last_name_billing": "name_last",
        "customer_note": "note",
        "shipping_first_name": "ship_first",
        "shipping_last_name": "ship_last",
        "first_name_shipping": "ship_first",
        "last_name_shipping": "ship_last",
        "shipping_company": "ship_company",
        "shipping_address_1": "ship_line1",
        "shipping_address_2": "ship_line2",
        "address_1_2_shipping": "ship_line1",
        "shipping_city": "ship_city",
        "city_shipping": "ship_city",
        "shipping_state": "ship_region",
        "shipping_state_code": "ship_region",
        "state_code_shipping": "ship_region",
        "shipping_postcode": "ship_postcode",
        "postcode_shipping": "ship_postcode",
        "shipping_country": "ship_country",
        "country_code_shipping": "ship_country",
        "line_items": "line_items",
        "item_id": "line_id",
        "item_name": "title",
        "item_sku": "sku",
        "sku": "sku",
        "item_quantity": "quantity",
        "quantity": "quantity",
        "quantity_refund": "quantity",
        "item_meta": "variant",
        "item_cost": "unit_price",
        "item_total": "line_total",
    },
)
"""From memory: the "Customer/Order/Coupon CSV Export" suite (`line_items`, or one row an item),
WebToffee's exporter (`line_item_1` and so on) and "Advanced Order Export" ("Item Cost",
"First Name (Billing)")."""

SHOPS = (SHOPIFY, ETSY, ETSY_ORDERS, WOOCOMMERCE)


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of one file mean: by place, our word; nothing for what is left out."""

    form: Form
    words: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    """The headings nobody could say the meaning of, as they are written."""
    missing: tuple[str, ...] = field(default=())
    """Words without which no order can be read."""


def columns_of(headings: list[str], *, said: Mapping[str, str]) -> Columns:
    """Say what each column of a file means. `said` is what a person said, by folded heading.

    What a person said goes before what we know; an empty word leaves a column out.
    """
    folded = [fold(heading) for heading in headings]
    form = _form(folded)
    words = [_word(name, form=form, said=said) for name in folded]
    if form is WOOCOMMERCE and "order" not in words and "order_id" in folded:
        words[folded.index("order_id")] = "order"
    unknown = tuple(
        heading
        for heading, name, word in zip(headings, folded, words, strict=True)
        if name and word is None and form.is_strict
    )
    known = tuple(word or "" for word in words)
    return Columns(form, known, unknown, _missing(known))


def _form(folded: list[str]) -> Form:
    names = set(folded)
    found = (form for form in SHOPS if any(sign <= names for sign in form.signs))
    return next(found, OWN)


def _word(name: str, *, form: Form, said: Mapping[str, str]) -> str | None:
    if name in said:
        return said[name]
    if form is WOOCOMMERCE and re.fullmatch(r"line_item_[0-9]{1,3}", name):
        return "line_items"
    return form.words.get(name)


def _missing(words: tuple[str, ...]) -> tuple[str, ...]:
    if "line_items" in words:
        return () if "order" in words else ("order",)
    lacking = [word for word in REQUIRED if word not in words]
    return tuple(lacking) + (() if set(ONE_OF) & set(words) else ("sku",))
