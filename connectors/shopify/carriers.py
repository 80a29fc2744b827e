"""The carriers makers use, spelt as Shopify wants them, so that it makes the link itself.

Shopify compares names letter by letter (FulfillmentTrackingInput.company); a name it does
not know is shown as it is, and only a link of ours can then be followed.
"""

import re

from connectors.errors import Rejected
from mapping.effects import Tracking

_LINK = re.compile(r"(https?://[^\s/]\S*)?")

KNOWN = [
    "An Post",
    "APC",
    "Australia Post",
    "BPost",
    "Bring",
    "BRT",
    "Canada Post",
    "Canpar",
    "Chronopost",
    "Colis Privé",
    "Colissimo",
    "Correios",
    "Correos",
    "CTT",
    "CTT Express",
    "Deutsche Post (DE)",
    "DHL",
    "DHL eCommerce",
    "DHL Express",
    "DHL Parcel",
    "DPD",
    "DPD Ireland",
    "DPD Local",
    "DPD UK",
    "DX",
    "Evri",
    "Fastway",
    "FedEx",
    "GLS",
    "GLS Italy",
    "Hermes",
    "Iceland Post",
    "Inpost",
    "Israel Post",
    "La Poste Colissimo",
    "Latvia Post",
    "Lietuvos Paštas",
    "Mondial Relay",
    "New Zealand Post",
    "OnTrac",
    "Packeta",
    "Parcelforce",
    "Pitney Bowes",
    "PostNL",
    "PostNord DK",
    "PostNord NO",
    "PostNord SE",
    "Poste Italiane",
    "Purolator",
    "Royal Mail",
    "Sendle",
    "SEUR",
    "Singapore Post",
    "Speedy",
    "StarTrack",
    "Swiss Post",
    "TNT",
    "UPS",
    "USPS",
    "Venipak",
    "Yodel",
    "Zásilkovna",
    "Österreichische Post",
]

_ALSO_CALLED = {
    "deutschepost": "Deutsche Post (DE)",
    "fedexexpress": "FedEx",
    "hermesuk": "Evri",
    "laposte": "La Poste Colissimo",
    "dhlparcelnl": "DHL Parcel",
    "poste": "Poste Italiane",
    "postat": "Österreichische Post",
    "correosespaña": "Correos",
    "correosdeespaña": "Correos",
    "zasilkovna": "Zásilkovna",
}


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


_BY_KEY = {**{_key(name): name for name in KNOWN}, **_ALSO_CALLED}


def carrier_name(typed: str) -> str:
    """Spell a carrier as Shopify does, whatever the case, spaces and dots; else as typed."""
    return _BY_KEY.get(_key(typed), typed.strip())


def tracking_input(tracking: Tracking) -> dict[str, object]:
    """Write a tracking as a `FulfillmentTrackingInput`, empty for an untracked parcel.

    :raises Rejected: the link is not one a buyer could follow.
    """
    if not _LINK.fullmatch(tracking.url.strip()):
        raise Rejected("the tracking link does not begin with https:// or http://")
    written = {
        "company": carrier_name(tracking.carrier),
        "number": tracking.number.strip(),
        "url": tracking.url.strip(),
    }
    return {field: value for field, value in written.items() if value}
