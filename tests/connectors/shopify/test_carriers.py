"""Carriers are spelt as Shopify knows them, so that it makes the link itself."""

from pathlib import Path

import pytest

from connectors.errors import Rejected
from connectors.shopify.carriers import KNOWN, carrier_name, tracking_input
from mapping.effects import Tracking


@pytest.mark.parametrize(
    "typed,name",
    [
        ("correos", "Correos"),
        ("CORREOS ", "Correos"),
        ("Correos de España", "Correos"),
        ("dhl-express", "DHL Express"),
        ("Post NL", "PostNL"),
        ("royal mail", "Royal Mail"),
        ("Hermes UK", "Evri"),
        ("ups", "UPS"),
        ("Paco's van", "Paco's van"),
        ("", ""),
    ],
)
def test_a_carrier_is_known_however_it_is_typed(typed: str, name: str) -> None:
    assert carrier_name(typed) == name


def test_every_name_is_one_that_shopify_knows_letter_by_letter(vendor: Path) -> None:
    listed = (vendor / "shopify" / "tracking_companies.txt").read_text("utf-8")
    by_country = [line.partition(":")[2] for line in listed.splitlines() if "**" in line]
    names = {name.strip() for line in by_country for name in line.split(",")}
    names |= {line.strip() for line in listed.splitlines()}

    assert [name for name in KNOWN if name not in names] == []


def test_only_what_is_known_of_a_parcel_is_sent() -> None:
    full = Tracking(carrier="seur", number=" 1Z 9 ", url="https://seur.example/1Z9")

    assert tracking_input(full) == {
        "company": "SEUR",
        "number": "1Z 9",
        "url": "https://seur.example/1Z9",
    }
    assert tracking_input(Tracking(number="1Z9")) == {"number": "1Z9"}
    assert tracking_input(Tracking()) == {}


@pytest.mark.parametrize(
    "url", ["not a link", "ftp://a.example/1", "javascript:x", "https://"]
)
def test_a_link_that_is_none_is_for_a_person_to_correct(url: str) -> None:
    with pytest.raises(Rejected):
        tracking_input(Tracking(number="1", url=url))
