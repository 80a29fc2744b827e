"""How numbers and sentences are written for the reader of a page."""

from fractions import Fraction

import pytest
from flask import Flask

from hub.web.wording.formats import write_country, write_number, write_quantity
from hub.web.wording.language import gettext


@pytest.mark.parametrize(
    "thousandths, written",
    [
        (1_000, "1 pc"),
        (-1_000, "-1 pc"),
        (2_000, "2 pcs"),
        (0, "0 pcs"),
        (1_500, "1.5 pcs"),
    ],
)
def test_one_piece_is_one_and_not_several(
    app: Flask, thousandths: int, written: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert write_quantity(thousandths, "each") == written


@pytest.mark.parametrize("language, written", [("en", "3.5"), ("es", "3,5")])
def test_a_bare_number_is_written_as_its_reader_writes_it(
    app: Flask, language: str, written: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert write_number(Fraction(7, 2)) == written


@pytest.mark.parametrize(
    "language, code, written",
    [
        ("en", "DE", "Germany"),
        ("es", "de", "Alemania"),
        ("en", "España", "España"),
        ("en", "QX", "QX"),
        ("es", "", ""),
    ],
)
def test_a_country_is_named_and_what_is_no_code_stays(
    app: Flask, language: str, code: str, written: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": language}):
        assert write_country(code) == written


def test_a_sentence_that_ends_in_a_short_form_ends_in_one_full_stop(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = gettext("%(number)s was cancelled.", number="All of 7 uds.")
        ended = app.jinja_env.from_string('{{ _("%(number)s.", number="7 uds.") }}')

        assert said == "All of 7 uds. was cancelled."
        assert gettext("%(number)s is %(state)s.", number="It", state="7 uds.") == (
            "It is 7 uds."
        )
        assert ended.render() == "7 uds."
