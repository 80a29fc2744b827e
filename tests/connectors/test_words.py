"""Foreign words are cut down to what may be shown and logged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.words import LONGEST, Phrasebook, plain_words


@pytest.mark.parametrize(
    "said,shown",
    [
        ("Order is on hold", "Order is on hold"),
        ("two\nlines\tand\x1b[31m red", "two lines and [31m red"),
        ("ask ana@example.com about it", "ask … about it"),
        ("token shpat_0123456789abcdef0123456789abcdef", "token …"),
        ("see https://x.example/a?token=1&b=2", "see https://x.example/a"),
        ("needs write_merchant_managed_fulfillment_orders",) * 2,
        ("gid://shopify/FulfillmentOrder/123 is closed",) * 2,
    ],
)
def test_what_a_shop_says_is_shown_without_secrets_or_people(said: str, shown: str) -> None:
    assert plain_words(said) == shown


def test_a_secret_we_know_is_hidden_whatever_it_looks_like() -> None:
    assert plain_words("your key is hush", hide=["hush", ""]) == "your key is …"


def test_a_long_story_is_cut_short() -> None:
    assert len(plain_words("a story " * 100)) <= LONGEST


# What is known ----------------------------------------------------------------------------

BOOK = Phrasebook(
    phrases=("Not found", "Listing not found", "Unknown parameter"),
    names=("sku", "shop_id"),
)


@pytest.mark.parametrize(
    "said,shown",
    [
        ("LISTING   NOT FOUND, Zoraida!", "Listing not found"),
        ("Unknown parameter: [shop_id] of Amargura 13", "Unknown parameter: shop_id"),
        ("not found. unknown parameter", "Unknown parameter. Not found"),
        ("Sku, and sku_of_somebody", "sku"),
        ("", ""),
        ("Zoraida Quintanilla, Calle de la Amargura 13", ""),
    ],
)
def test_of_what_a_channel_says_only_what_is_known_is_shown(said: str, shown: str) -> None:
    assert BOOK.known(said) == shown


@given(st.text(max_size=60), st.sampled_from(["", "listing not found", "shop_id", "SKU"]))
def test_nothing_is_ever_quoted(said: str, known: str) -> None:
    ours = {"", "Not found", "Listing not found", "Unknown parameter", "sku", "shop_id"}

    shown = BOOK.known(f"{said} {known} {said}")

    assert (
        set(shown.replace(": ", "|").replace(". ", "|").replace(", ", "|").split("|"))
        <= ours
    )
