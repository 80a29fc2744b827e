"""Knows what shops write about their own orders: never an order, at most an address for one."""

import re
from dataclasses import dataclass

from mapping.letter import DraftAddress, Notice

ETSY = "etsy"
WOOCOMMERCE = "woocommerce"
SHOPIFY = "shopify"
ETSY_HOME, SHOPIFY_HOME = "etsy.com", "shopify.com"

_ETSY_SALE = re.compile(
    r"(?i)you made a sale on etsy|has(?: hecho| realizado)? una venta en etsy"
)
_ETSY_NUMBER = re.compile(
    r"(?i)(?:order|pedido) ?(?:number is:|n[.ºo°]{1,3}|#)\s{0,3}#?(\d{6,20})"
)
_WOO = re.compile(
    r"(?i)\[[^\]]{1,100}\]:? ?(?:new order|new customer order|nuevo pedido(?: de cliente)?)"
    r" ?[:(]? ?(?:#|n\.?[ºo°]? ?)?(\d{1,12})"
)
_WOO_WORDS = re.compile(
    r"(?i)received (?:the following|a new) order from|recibido (?:el siguiente|un nuevo) pedido de"
)
_SHOPIFY = re.compile(
    r"(?i)\[[^\]]{1,100}\]:? ?(?:order|pedido) ?#?(\S{1,20}) (?:placed by|realizado por)"
)
_SHIP_TO = re.compile(
    r"(?im)^[ \t]*(?:shipping address|ship to|deliver to|direcci[oó]n de env[ií]o|enviar a)"
    r"[ \t]*:?[ \t]*$"
)
_ENDS = re.compile(r"[-_=*]{3,}|.{0,80}:\s*")
_POSTCODE = re.compile(
    r"(?:^|\s)([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]{2} \d{5}(?:-\d{4})?"
    r"|\d{4,5}(?:-\d{3,4})?)(?=\s|,|$)"
)
_MOST_ADDRESS = 8
_LOOKED_THROUGH = 50_000


@dataclass(frozen=True, slots=True)
class Told:
    """What looks like a shop's message, and what it says if the shop itself can have sent it."""

    why: str
    notice: Notice | None = None


def told_by_shop(*, sender: str, subject: str, words: str) -> Told | None:
    """Say whether a mail is a shop's about one of its orders; None where it is not.

    `sender` is who it says it is from, or whom a forward names: whether that is proven is for
    others to ask before anything is taken from it. Etsy's mail as facts/etsy-and-email 2.1 has it
    (15 public parsers agree), WooCommerce's as its plain template.
    """
    looked = words[:_LOOKED_THROUGH]
    domain = sender.rpartition("@")[2]
    if domain == "etsy.com" or domain.endswith(".etsy.com"):
        return Told("from Etsy", _etsy(subject, looked))
    if _ETSY_SALE.search(subject):
        return Told("written like Etsy's, but not from Etsy")
    if found := _WOO.search(subject):
        shown = _WOO_WORDS.search(looked)
        notice = Notice(shop=WOOCOMMERCE, order_number=found[1], ship_to=_ship_to(looked))
        return Told("written like WooCommerce's", notice if shown else None)
    if found := _SHOPIFY.search(subject):
        number = found[1].strip("#")
        return Told(
            "written like Shopify's",
            Notice(shop=SHOPIFY, order_number=number, home=SHOPIFY_HOME),
        )
    return None


def _etsy(subject: str, words: str) -> Notice | None:
    if not _ETSY_SALE.search(subject):
        return None
    found = _ETSY_NUMBER.search(subject) or _ETSY_NUMBER.search(words)
    if found is None:
        return None
    return Notice(shop=ETSY, order_number=found[1], ship_to=_ship_to(words), home=ETSY_HOME)


def _ship_to(words: str) -> DraftAddress | None:
    """Read the block under "Shipping address": a name first, a country last, a city before it."""
    found = _SHIP_TO.search(words)
    if found is None:
        return None
    lines: list[str] = []
    for line in words[found.end() :].lstrip("\n").split("\n")[: _MOST_ADDRESS + 1]:
        if (not line.strip() and lines) or _ENDS.fullmatch(line.strip()):
            break
        if line.strip():
            lines.append(line.strip()[:200])
    if len(lines) < 3:
        return None
    return _address(lines)


def _address(lines: list[str]) -> DraftAddress:
    has_country = not any(sign.isdigit() for sign in lines[-1])
    country = lines[-1] if has_country else ""
    middle = lines[1:-1] if has_country else lines[1:]
    place, streets = (middle[-1], middle[:-1]) if len(middle) > 1 else ("", middle)
    found = _POSTCODE.search(place)
    postcode = found[1] if found else ""
    region = ""
    if re.fullmatch(r"[A-Z]{2} \d{5}(-\d{4})?", postcode):
        region, _, postcode = postcode.partition(" ")
    city = place.replace(found[1], " ") if found else place
    return DraftAddress(
        name=lines[0], line1=streets[0] if streets else "", line2=", ".join(streets[1:]),
        city=" ".join(city.split()).strip(" ,"), region=region, postcode=postcode,
        country=country,
    )  # fmt: skip
