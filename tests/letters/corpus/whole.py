"""Every mail of the corpus."""

from tests.letters.corpus import (
    automatic,
    forms,
    hostile,
    html_tables,
    order_xml,
    pdfs,
    plain_en,
    plain_es,
    quantities,
    quoted,
    repeats,
    replies,
    senders,
    sheets,
    shop_mails,
    signed,
    sums,
)
from tests.letters.expected import Case

ROOMS = (
    plain_es, plain_en, quantities, sheets, html_tables, pdfs, order_xml, forms, sums,
    quoted, senders, signed, replies, repeats, automatic, shop_mails, hostile,
)  # fmt: skip

CASES: tuple[Case, ...] = tuple(case for room in ROOMS for case in room.CASES)
