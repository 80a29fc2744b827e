"""Carriers as makers type them, in Etsy's own codes."""

from collections import Counter
from pathlib import Path

import pytest

from connectors.etsy.carriers import NAMES, OTHER, _key, carrier_code


@pytest.mark.parametrize(
    "typed, code",
    [
        ("Correos", "spain-correos-es"),
        (" correos de españa ", "spain-correos-es"),
        ("CORREOS DE ESPANA", "spain-correos-es"),
        ("spain-correos-es", "spain-correos-es"),
        ("Seur", "spanish-seur"),
        ("M.R.W.", "mrw-spain"),
        ("nacex", "nacex-spain"),
        ("CTT", "portugal-ctt"),
        ("SDA", "italy-sda"),
        ("Deutsche Post (DE)", "deutsch-post"),
        ("GLS", "gls"),
        ("fed-ex", "fedex"),
        ("U.S.P.S.", "usps"),
        ("Royal Mail", "royal-mail"),
    ],
)
def test_a_carrier_is_known_however_a_maker_types_it(typed: str, code: str) -> None:
    assert carrier_code(typed) == code


@pytest.mark.parametrize("typed", ["Correos Express", "CTT Express", "Tipsa", "", "…"])
def test_a_carrier_etsy_does_not_follow_is_other_and_never_its_neighbour(
    typed: str,
) -> None:
    assert carrier_code(typed) == OTHER


def test_no_name_means_two_carriers() -> None:
    said = Counter(
        key
        for code, names in NAMES.items()
        for key in {_key(name) for name in (code, *names)}
    )

    assert [key for key, times in said.items() if times > 1] == []


def test_every_code_we_send_is_on_etsys_own_list(vendor: Path) -> None:
    listed = (vendor / "etsy" / "carriers.tsv").read_text(encoding="utf-8").splitlines()
    known = {line.split("\t")[0] for line in listed if not line.startswith("#")}

    assert set(NAMES) <= known
