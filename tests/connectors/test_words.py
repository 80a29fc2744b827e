"""Foreign words are cut down to what may be shown and logged."""

import pytest

from connectors.words import LONGEST, plain_words


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
