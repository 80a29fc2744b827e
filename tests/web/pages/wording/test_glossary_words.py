"""The pages' Spanish keeps to the glossary: one thing has one name wherever it is read."""

import re

import pytest
from babel.messages.pofile import read_po

from tests.web.pages.wording.test_translations import WEB, strings_of

CATALOGUE = WEB / "translations" / "es" / "LC_MESSAGES" / "messages.po"


@pytest.mark.parametrize(
    "english, elsewhere, never",
    [
        pytest.param(r"work cent(re|er)s?", r"^$", r"centros? de trabajo", id="puesto"),
        pytest.param(r"runs?", r"^$", r"[óo]rden(es)?|producciones", id="tanda"),
        pytest.param(r"batch(es)?", r"\blots?\b", r"lotes?", id="hornada"),
    ],
)
def test_a_word_of_the_field_has_no_second_name_in_spanish(
    english: str, elsewhere: str, never: str
) -> None:
    with CATALOGUE.open("rb") as written:
        catalogue = read_po(written, locale="es")

    strays = {
        said: spanish
        for message in catalogue
        for said in ([message.id] if isinstance(message.id, str) else message.id[:1])
        for spanish in strings_of(message)
        if re.search(rf"\b({english})\b", said, re.IGNORECASE)
        and not re.search(elsewhere, said, re.IGNORECASE)
        and re.search(rf"\b({never})\b", spanish, re.IGNORECASE)
    }

    assert strays == {}
