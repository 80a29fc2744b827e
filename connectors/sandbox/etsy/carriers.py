"""The carriers Etsy's tracking endpoint knows, and how receipts then show them."""

from pathlib import Path

KNOWN = frozenset(Path(__file__).with_name("carriers.txt").read_text("ascii").split())
_SHOWN = {
    "dhl": "DHL",
    "dpd": "DPD",
    "fedex": "FedEx",
    "gls": "GLS",
    "mrw-spain": "MRW",
    "nacex-spain": "Nacex",
    "royal-mail": "Royal Mail",
    "spain-correos-es": "Correos",
    "spanish-seur": "SEUR",
    "ups": "UPS",
    "usps": "USPS",
}


def display_name(carrier_name: str) -> str | None:
    """Say how a receipt shows a carrier ("GLS" for "gls"); None for one Etsy does not know."""
    if carrier_name == "other":
        return "Other"
    if carrier_name not in KNOWN:
        return None
    return _SHOWN.get(carrier_name) or carrier_name.replace("-", " ").title()


def profile_carriers(country: str) -> list[dict[str, object]]:
    """List what `getShippingCarriers` offers for shipping profiles: not the tracking list."""
    national = {"ES": "Correos", "US": "USPS", "GB": "Royal Mail", "DE": "Deutsche Post"}
    names = [name for name in (national.get(country), "DHL") if name]
    return [
        {
            "shipping_carrier_id": number,
            "name": name,
            "domestic_classes": [{"mail_class_key": "standard", "name": "Standard"}],
            "international_classes": [
                {"mail_class_key": "international", "name": "International"}
            ],
        }
        for number, name in enumerate(names, start=1)
    ]
