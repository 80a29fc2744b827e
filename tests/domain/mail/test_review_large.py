"""A letter of thousands of lines is decided soon, whatever we sell, and never without a person."""

import time
from dataclasses import replace

import pytest

from hub.domain.mail.mail_drafts import MOST_OTHERS, MOST_SUGGESTED
from hub.domain.mail.mail_known import Known, Sold
from hub.domain.mail.mail_names import Names
from hub.domain.mail.mail_words import squash
from hub.domain.mail.review_objections import MOST_LINES
from hub.domain.mail.review_reasons import Reason
from hub.domain.mail.review_rule import ForReview, decide
from mapping.letter import Letter, Text
from mapping.listing import sku_key
from tests.domain.mail.letters import (
    BODY,
    CUSTOMER,
    KNOWN,
    TODAY,
    pieces,
    reason,
    table_letter,
    text_letter,
    with_draft,
)

SKUS = [f"SKU-{number:05d}ML" for number in range(5_000)]
CATALOGUE = {
    sku_key(sku): Sold(sku=sku, holds=((number, 1000),), title=f"Oil {number}")
    for number, sku in enumerate(SKUS)
}
LARGE = Known(
    customer=replace(CUSTOMER, prices={(key, "EUR"): 650 for key in CATALOGUE}),
    catalogue=CATALOGUE,
)
MOST_SECONDS = 4.0
"""Of processor time, where a way that asks each line about each other takes minutes."""


def _rows(*skus: str) -> Letter:
    return table_letter(*((sku, "3", "6,50 €") for sku in skus))


def _prose() -> Letter:
    lines = ["3 x SKU-00001ML", *(f"we liked {sku} very much" for sku in SKUS[:3_000])]
    return text_letter(*lines)


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(_rows(*SKUS), id="known"),
        pytest.param(_rows(*(f"ABC-{sku}" for sku in SKUS)), id="unknown"),
        pytest.param(
            table_letter(*((sku, "3" if at % 2 else "") for at, sku in enumerate(SKUS))),
            id="half of a form",
        ),
        pytest.param(_prose(), id="prose that names goods"),
        pytest.param(
            text_letter(*(f"{at} x NEW-{sku}" for at, sku in enumerate(SKUS, start=1))),
            id="text",
        ),
        pytest.param(
            replace(
                _rows(*SKUS[:400]),
                texts=(Text(part=BODY, text="\n".join(f"add {sku} x 3" for sku in SKUS)),),
            ),
            id="text beside a table",
        ),
    ],
)
def test_a_letter_of_thousands_of_lines_is_decided_soon_and_waits(mail: Letter) -> None:
    began = time.process_time()

    decided = decide(mail, LARGE, today=TODAY)

    assert isinstance(decided, ForReview)
    assert time.process_time() - began < MOST_SECONDS


def test_an_order_of_more_lines_than_anybody_checks_waits() -> None:
    most = _rows(*SKUS[:MOST_LINES])
    more = _rows(*SKUS[: MOST_LINES + 1])

    assert len(pieces(most, LARGE)) == MOST_LINES
    assert reason(more, LARGE) == Reason.ATTACHMENT_TOO_BIG


def test_suggestions_are_looked_for_a_few_lines_only_and_the_lines_are_all_there() -> None:
    decided = decide(_rows(*(f"{sku}X" for sku in SKUS[:30])), LARGE, today=TODAY)

    assert isinstance(decided, ForReview)
    assert len(decided.lines) == 30
    suggested = [bool(line.suggestions) for line in decided.lines]
    assert suggested == [True] * MOST_SUGGESTED + [False] * 10


def test_lines_beside_the_order_are_shown_up_to_a_bound() -> None:
    decided = decide(_prose(), LARGE, today=TODAY)

    assert isinstance(decided, ForReview)
    assert len(decided.lines) == 1 + MOST_OTHERS


@pytest.mark.parametrize(
    "text",
    [
        "we add sku 00012 ml",
        "SKU-00012MLSKU-00013ML",
        "xsku00007mlx",
        "SKU-0001",
        "",
        "oil",
    ],
)
def test_names_are_found_wherever_they_stand(text: str) -> None:
    plain = squash(text)
    expected = {key for key, each in CATALOGUE.items() if squash(each.sku) in plain}

    assert Names(LARGE).within(text) == expected


@pytest.mark.parametrize(
    "title, is_another",
    [
        ("Aceite de lavanda", False),
        ("aceite grande de siempre", False),
        ("JAB-100G", False),  # wholly a name: compared where it is looked up
        ("JAB-100G nuevo", True),
        ("caja de JAB 100 G azul", True),
        ("un dúo jabones", True),
    ],
)
def test_a_title_that_names_other_goods_is_seen(title: str, is_another: bool) -> None:
    assert Names(KNOWN).another_in(title, beside=("LAV-100ML",)) is is_another


def test_a_line_whose_title_names_other_goods_waits() -> None:
    mail = text_letter("12 x LAV-100ML")
    titled = replace(mail.drafts[0].lines[0], title="JAB-100G nuevo")

    assert reason(with_draft(mail, lines=(titled,))) == Reason.AMBIGUOUS_QUANTITY


@pytest.mark.parametrize(
    "total, is_taken",
    [
        ("Total: 15 uds", True),
        ("Total unidades: 15", True),
        ("Total: 16 uds", False),
        ("Total unidades: 16", False),
        ("Suma = 16 piezas", False),
    ],
)
def test_a_count_of_the_pieces_is_the_sum_of_them(total: str, is_taken: bool) -> None:
    mail = text_letter("10 x LAV-100ML", "5 x JAB-100G", total)

    if is_taken:
        assert pieces(mail) == {"LAV-100ML": 10, "JAB-100G": 5}
    else:
        assert reason(mail) == Reason.AMBIGUOUS_QUANTITY
