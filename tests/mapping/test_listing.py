"""A listing is known again the next time it is sold, and never taken for another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.canonical import Line, LineKind, ListingRef
from mapping.listing import listing_ref, sku_key


def line(
    *,
    sku: str = "",
    title: str = "Lavender soap",
    variant_title: str = "",
    product_id: str = "",
    variant_id: str = "",
) -> Line:
    return Line(
        external_id="1",
        kind=LineKind.PRODUCT,
        title=title,
        ordered=1,
        sku=sku,
        variant_title=variant_title,
        product_id=product_id,
        variant_id=variant_id,
    )


@pytest.mark.parametrize(
    "written",
    [
        "LAV-100ML",
        "lav-100ml",
        " Lav 100 ML ",
        "LAV_100ML",
        "LAV100ML",
        "lav--100ml",
        "LAV–100ML",
    ]
    + [
        "ＬＡＶ－１００ＭＬ",
        "LAV\u00ad-100ML",
        "LAV\u200b100ML",
        "LAV\u00a0100ML",
        "-LAV-100ML-",
    ],
)
def test_a_sku_is_the_same_however_it_is_typed(written: str) -> None:
    assert sku_key(written) == "lav100ml"


@pytest.mark.parametrize(
    "one,other",
    [
        ("LAV-100ML", "LAV-10ML"),
        ("LAV-100ML", "LAV-100ML-2"),
        ("A-1-11", "A-11-1"),
        ("A-1-11", "A-111"),
        ("LAV-10-0ML", "LAV-100ML"),
        ("LAV.1", "LAV1"),
        ("É", "E"),
    ],
)
def test_skus_of_different_things_stay_different(one: str, other: str) -> None:
    assert sku_key(one) != sku_key(other)


@pytest.mark.parametrize("empty", ["", " ", "-", "\t_\n", "\u200b"])
def test_an_empty_sku_stays_empty(empty: str) -> None:
    assert sku_key(empty) == ""


@given(st.text(max_size=30))
def test_folding_a_sku_twice_changes_nothing(sku: str) -> None:
    assert sku_key(sku_key(sku)) == sku_key(sku)


@given(
    st.text("ABcd019", min_size=1, max_size=8),
    st.text("ABcd019", min_size=1, max_size=8),
    st.sampled_from("-_ – "),
    st.sampled_from("-_ – "),
)
def test_every_separator_is_as_good_as_another(
    start: str, end: str, one: str, other: str
) -> None:
    assert sku_key(start + one + end) == sku_key(start.swapcase() + other * 2 + end)


def test_a_listing_is_known_by_its_variant_whatever_its_words_become() -> None:
    before = listing_ref(line(variant_id="7", product_id="3", sku="LAV", title="Soap"))
    after = listing_ref(
        line(variant_id="7", product_id="4", sku="LAV-2", title="Soap, new")
    )

    assert before.key == after.key == "variant:7"


def test_a_product_without_variant_is_known_by_product_and_sku() -> None:
    assert listing_ref(line(product_id="3", sku="LAV-100G")).key == "product:3:lav100g"


def test_sizes_of_one_product_are_not_one_listing() -> None:
    keys = {
        listing_ref(line(product_id="3", sku="LAV-100ML")).key,
        listing_ref(line(product_id="3", sku="LAV-10ML")).key,
        listing_ref(line(product_id="3", variant_title="100 ml")).key,
        listing_ref(line(product_id="3", variant_title="10 ml")).key,
        listing_ref(line(product_id="3")).key,
    }

    assert len(keys) == 5


def test_a_product_is_known_after_it_was_renamed() -> None:
    before = listing_ref(line(product_id="3", title="Soap"))
    after = listing_ref(line(product_id="3", title="Lavender soap"))

    assert before.key == after.key == "product:3"


def test_a_line_without_product_is_known_by_its_sku() -> None:
    before = listing_ref(line(sku="LAV-100G", title="Soap"))
    after = listing_ref(line(sku="lav 100g", title="Lavender soap"))

    assert before.key == after.key == "sku:lav100g"


def test_a_line_with_nothing_but_words_is_known_by_them() -> None:
    before = listing_ref(line(title="Engraving  on the Lid"))
    after = listing_ref(line(title="engraving on the lid"))
    other = listing_ref(line(title="Engraving on the lid", variant_title="gold"))

    assert before.key == after.key != other.key
    assert before.key.startswith("title:")


def test_a_line_without_even_words_has_a_key() -> None:
    assert listing_ref(line(title="")).key == "title:"


def test_a_listing_keeps_what_people_read() -> None:
    ref = listing_ref(line(sku="LAV-100G", variant_title="100 g", product_id="3"))

    assert ref == ListingRef(
        key="product:3:lav100g",
        sku="LAV-100G",
        title="Lavender soap",
        variant_title="100 g",
        extra={"product_id": "3"},
    )


@given(
    sku=st.text(max_size=10),
    title=st.text(max_size=10),
    variant_title=st.text(max_size=10),
    product_id=st.sampled_from(["", "3"]),
    variant_id=st.sampled_from(["", "7"]),
)
def test_every_line_has_a_key_that_does_not_change(
    sku: str, title: str, variant_title: str, product_id: str, variant_id: str
) -> None:
    sold = line(
        sku=sku,
        title=title,
        variant_title=variant_title,
        product_id=product_id,
        variant_id=variant_id,
    )

    assert listing_ref(sold).key
    assert listing_ref(sold) == listing_ref(sold)
