"""What a line says is to become of an order: only what it says whole is taken over."""

import pytest

from hub.domain.mail.stated_change import stated_change

ORDERED = {"SOAP-OLI-100": 12, "SOAP-OLI": 4, "BALM-15": 10, "": 3}


@pytest.mark.parametrize(
    "text",
    [
        "Perdona: cambia SOAP-OLI-100 de 12 a 18 unidades, por favor.",
        "Please change soap-oli-100 from 12 to 18 pieces.",
        "SOAP-OLI-100: from 12 pcs to 18 pcs",
        "SOAP-OLI-100 12 -> 18",
        "SOAP-OLI-100: 18 unidades en vez de 12",
        "SOAP-OLI-100, 18 instead of 12.",
    ],
)
def test_one_thing_from_so_many_to_so_many_leaves_nothing_to_guess(text: str) -> None:
    found = stated_change(text, ordered=ORDERED)

    assert found is not None
    assert (found.sku, found.was, found.becomes) == ("SOAP-OLI-100", 12, 18)


@pytest.mark.parametrize(
    "text",
    [
        "cambia SOAP-OLI-100 a 18",
        "cambia SOAP-OLI-100 de 10 a 18",
        "cambia SOAP-OLI-100 y BALM-15 de 12 a 18",
        "cambia SOAP-OLI-100 de 12 a 18 o de 12 a 24",
        "cambia SOAP-OLI-100 de 12 a 18 cajas",
        "cambia SOAP-OLI-100 de 12 a 1.800",
        "no cambies SOAP-OLI-100 de 12 a 18",
        "please don't change SOAP-OLI-100 from 12 to 18",
        "cambia XSOAP-OLI-100 de 12 a 18",
        "cambia el jabón de 12 a 18",
        "",
    ],
)
def test_what_leaves_something_to_guess_is_left_to_a_person(text: str) -> None:
    assert stated_change(text, ordered=ORDERED) is None
