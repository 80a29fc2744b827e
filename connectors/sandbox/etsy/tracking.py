"""The body of `createReceiptShipment`, read field by field."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.sandbox.etsy.reading import boolean, decimal, known, listed, need, text
from connectors.sandbox.etsy.records import Refused

Json = dict[str, object]

_PLAIN = frozenset({"tracking_code", "carrier_name", "note_to_buyer"})
_TEXTS = frozenset(
    {
        "mail_class",
        "weight_units",
        "dimension_units",
        "shipping_label_currency",
        "revenue_eligibility",
        "ship_from_country",
        "ship_to_country",
        "incoterm",
        "duty_currency",
        "ship_date",
    }
)
_NUMBERS = frozenset(
    {"weight", "length", "width", "height", "shipping_label_cost", "duty_amount"}
)
_ALL = _PLAIN | _TEXTS | _NUMBERS | {"send_bcc", "customs_data"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What was said of a shipment."""

    tracking_code: str = ""
    carrier_name: str = ""
    note_to_buyer: str = ""


def parcel(given: Json | None) -> Parcel:
    """Read the body. None (another Content-Type) says nothing of a parcel, and Etsy goes on.

    :raises Refused: a field Etsy does not take, or one of the wrong kind.
    """
    if given is None:
        return Parcel()
    known(given, _ALL)
    for name in _PLAIN & given.keys():
        text(given, name)
    filled = {name: value for name, value in given.items() if value is not None}
    for name in _TEXTS & filled.keys():
        text(given, name)
    for name in _NUMBERS & filled.keys():
        decimal(given, name)
    if "send_bcc" in given:
        boolean(given, "send_bcc")
    if "customs_data" in filled:
        for item in listed(filled, "customs_data"):
            _check_customs(item)
    return Parcel(
        tracking_code=_word(given, "tracking_code"),
        carrier_name=_word(given, "carrier_name"),
        note_to_buyer=_word(given, "note_to_buyer"),
    )


def _check_customs(item: Mapping[str, object]) -> None:
    names = ("country_of_origin", "declared_value", "HS_code")
    known(item, names)
    need(item, *names)
    if item["declared_value"] is not None and decimal(item, "declared_value") < 0:
        raise Refused(400, "declared_value must not be negative")


def _word(given: Mapping[str, object], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""
