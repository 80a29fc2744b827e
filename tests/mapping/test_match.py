"""A listing means one sure thing, or a person is asked, with the likeliest answers first."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.bundle import Component, Components
from mapping.canonical import ListingRef
from mapping.match import (
    Hint,
    How,
    Known,
    Matched,
    Reason,
    Suggestion,
    Unmatched,
    Why,
    counted,
    match,
    own_code,
    suggest,
)
from mapping.units import INT64

LAVENDER: Components = (Component(item_id=1, quantity=1000),)
OAT: Components = (Component(item_id=2, quantity=1000),)
SIX_LAVENDER: Components = (Component(item_id=1, quantity=6000),)
NOT_PRODUCED: Components = ()


def ref(
    sku: str = "LAV-100ML", title: str = "Lavender oil", variant_title: str = ""
) -> ListingRef:
    return ListingRef(key="variant:7", sku=sku, title=title, variant_title=variant_title)


def known(
    sku: str = "", title: str = "", *, means: Components = LAVENDER, variant_title: str = ""
) -> Known:
    return Known(components=means, sku=sku, title=title, variant_title=variant_title)


EAN = "4006381333931"
OTHER_EAN = "4006381333948"


def coded(
    barcode: str, *, means: Components = LAVENDER, title: str = "", sku: str = ""
) -> Known:
    return Known(components=means, sku=sku, title=title, barcode=barcode)


# Sure answers ----------------------------------------------------------------------------


def test_what_a_person_said_of_the_listing_itself_comes_first() -> None:
    answer = match(ref(), own=OAT, same_account=[LAVENDER], anywhere=[LAVENDER])

    assert answer == Matched(components=OAT, how=How.LISTING)


def test_the_sku_in_the_same_account_comes_before_the_sku_anywhere() -> None:
    answer = match(ref(), own=None, same_account=[LAVENDER], anywhere=[OAT])

    assert answer == Matched(components=LAVENDER, how=How.ACCOUNT_SKU)


def test_the_sku_anywhere_comes_last() -> None:
    answer = match(ref(), own=None, same_account=[], anywhere=[OAT])

    assert answer == Matched(components=OAT, how=How.SKU_ANYWHERE)


def test_without_any_answer_a_person_is_asked() -> None:
    assert match(ref(), own=None, same_account=[], anywhere=[]) == Unmatched(
        why=Why.NO_MAPPING
    )


@pytest.mark.parametrize("sku", ["", " ", "--"])
def test_an_empty_sku_means_nothing_to_anybody(sku: str) -> None:
    answer = match(ref(sku), own=None, same_account=[LAVENDER], anywhere=[LAVENDER])

    assert answer == Unmatched(why=Why.NO_MAPPING)


def test_a_listing_without_sku_still_means_what_was_said_of_it() -> None:
    answer = match(ref(""), own=LAVENDER, same_account=[], anywhere=[])

    assert answer == Matched(components=LAVENDER, how=How.LISTING)


def test_a_sku_that_means_two_things_is_not_guessed() -> None:
    answer = match(ref(), own=None, same_account=[], anywhere=[LAVENDER, OAT, LAVENDER])

    assert answer == Unmatched(why=Why.SKU_MEANS_TWO_THINGS, candidates=(LAVENDER, OAT))


def test_an_account_at_odds_with_itself_does_not_ask_the_others() -> None:
    answer = match(ref(), own=None, same_account=[LAVENDER, OAT], anywhere=[OAT])

    assert answer == Unmatched(why=Why.SKU_MEANS_TWO_THINGS, candidates=(LAVENDER, OAT))


def test_one_piece_and_a_pack_of_six_are_two_things() -> None:
    answer = match(ref(), own=None, same_account=[LAVENDER], anywhere=[])
    torn = match(ref(), own=None, same_account=[LAVENDER, SIX_LAVENDER], anywhere=[])

    assert isinstance(answer, Matched)
    assert isinstance(torn, Unmatched)


def test_the_same_kit_written_in_another_order_is_one_answer() -> None:
    kit = (*LAVENDER, *OAT)
    same = (*OAT, *LAVENDER)

    answer = match(ref(), own=None, same_account=[kit, same], anywhere=[])

    assert answer == Matched(components=kit, how=How.ACCOUNT_SKU)


def test_that_nothing_is_made_for_a_sku_is_an_answer_too() -> None:
    answer = match(ref(), own=None, same_account=[NOT_PRODUCED], anywhere=[LAVENDER])

    assert answer == Matched(components=(), how=How.ACCOUNT_SKU)


def test_an_item_s_own_code_means_one_piece_of_it() -> None:
    assert own_code(1, base="each") == LAVENDER


@pytest.mark.parametrize("base", ["g", "ml", "m"])
def test_an_item_that_is_not_counted_in_pieces_has_no_meaning_as_a_listing(
    base: str,
) -> None:
    assert own_code(1, base=base) is None


# Suggestions -----------------------------------------------------------------------------


def test_the_same_sku_elsewhere_is_suggested_first() -> None:
    same, alike = known("lav 100ml", "Aceite"), known("", "Lavender oil", means=OAT)

    first, second = suggest(ref(), known=[alike, same])

    assert first == Suggestion(
        components=LAVENDER,
        reasons=(Reason(hint=Hint.SAME_SKU, about="lav 100ml"),),
        score=100,
    )
    assert second.reasons == (Reason(hint=Hint.TITLE, about="Lavender oil"),)


def test_a_longer_sku_is_suggested_by_its_stem() -> None:
    [found] = suggest(ref("LAV-100ML-GIFT", "Regalo"), known=[known("LAV-100ML", "Aceite")])

    assert found.components == LAVENDER
    assert found.reasons == (Reason(hint=Hint.SKU_STEM, about="lav-100ml"),)


def test_a_stem_is_made_of_whole_words() -> None:
    assert (
        suggest(ref("LAV-100ML-GIFT", "Regalo"), known=[known("LAV-100", "Aceite")]) == ()
    )


def test_an_alike_title_is_suggested() -> None:
    [found] = suggest(
        ref("", "Lavender soap bar", "large"),
        known=[known("", "Lavender Soap-Bar", variant_title="Large")],
    )

    assert found.reasons == (Reason(hint=Hint.TITLE, about="Lavender Soap-Bar"),)


@pytest.mark.parametrize("title", ["Oat soap bar with honey", "", "!!!"])
def test_a_title_of_something_else_is_not_suggested(title: str) -> None:
    assert suggest(ref("", "Beeswax candle"), known=[known("", title)]) == ()


@pytest.mark.parametrize(
    "listing,other",
    [
        (ref("LAV-100ML", "Lavender oil 100 ml"), known("LAV-10ML", "Lavender oil 10 ml")),
        (ref("LAV-100ML", "Lavender oil"), known("LAV-10ML", "Lavender oil")),
        (
            ref("", "Lavender oil", "100 ml"),
            known("", "Lavender oil", variant_title="10 ml"),
        ),
        (ref("", "Lavender soap, box of 6"), known("", "Lavender soap, box of 4")),
    ],
)
def test_a_hundred_millilitres_are_never_ten(listing: ListingRef, other: Known) -> None:
    assert suggest(listing, known=[other]) == ()


@pytest.mark.parametrize(
    "sku,title",
    [
        ("LAV-100ML-X6", "Lavender oil 100 ml"),
        ("LAV-100ML-6X", "Lavender oil 100 ml"),
        ("", "Lavender oil 100 ml, pack of 6"),
        ("", "Lavender oil 100 ml (6-pack)"),
        ("", "Lavender oil 100 ml x 6"),
        ("", "Lavender oil 100 ml caja de 6"),
    ],
)
def test_a_pack_is_suggested_as_so_many_single_pieces(sku: str, title: str) -> None:
    [found] = suggest(ref(sku, title), known=[known("LAV-100ML", "Lavender oil 100 ml")])

    assert found.components == SIX_LAVENDER
    assert found.reasons[-1] == Reason(hint=Hint.PACK, about="6")


def test_a_pack_like_the_known_pack_is_suggested_as_it_is() -> None:
    pack = known("", "Lavender soap, pack of 6", means=SIX_LAVENDER)

    [found] = suggest(ref("", "Lavender soaps (pack of 6)"), known=[pack])

    assert found.components == SIX_LAVENDER


def test_a_single_piece_is_not_suggested_as_the_known_pack() -> None:
    pack = known("", "Lavender soap, pack of 6", means=SIX_LAVENDER)

    assert suggest(ref("", "Lavender soap, packed"), known=[pack]) == ()


def test_a_measure_is_no_pack() -> None:
    [found] = suggest(
        ref("", "Linen cloth 10 x 20 cm"), known=[known("", "Linen cloth", means=OAT)]
    )

    assert found.components == OAT


def test_that_nothing_is_made_is_never_suggested() -> None:
    assert suggest(ref(), known=[known("LAV-100ML", means=NOT_PRODUCED)]) == ()


def test_a_pack_too_large_to_be_stored_is_not_suggested() -> None:
    sea = known(
        "LAV-100ML", "Lavender oil", means=(Component(item_id=1, quantity=INT64 // 2),)
    )

    assert suggest(ref("LAV-100ML-X6", "Lavender oil"), known=[sea]) == ()


def test_the_same_barcode_is_suggested_after_the_same_sku_and_before_what_is_alike() -> (
    None
):
    others = [
        coded(EAN, means=OAT),
        known("LAV-100ML", means=SIX_LAVENDER),
        known(title="Lavender oil"),
    ]

    found = suggest(ref(), known=others, barcode=EAN)

    assert [each.components for each in found] == [SIX_LAVENDER, OAT, LAVENDER]
    assert found[1].reasons == (Reason(hint=Hint.SAME_BARCODE, about=EAN),)


def test_a_barcode_is_no_sure_answer() -> None:
    """Two listings with one barcode, on two channels: a person is asked all the same."""
    answer = match(ref(""), own=None, same_account=[], anywhere=[])
    [suggested] = suggest(ref("", title="Óleo"), known=[coded(EAN)], barcode=EAN)

    assert answer == Unmatched(why=Why.NO_MAPPING)
    assert (suggested.components, suggested.score) == (LAVENDER, 95)


@pytest.mark.parametrize(
    "ours, theirs",
    [
        ("", ""),
        (EAN, OTHER_EAN),
        ("n/a", "n/a"),
        ("0000000000000", "0000000000000"),
        ("LAV-1", "LAV-1"),
    ],
)
def test_what_is_no_barcode_or_another_suggests_nothing(ours: str, theirs: str) -> None:
    assert suggest(ref("", title="Óleo"), known=[coded(theirs)], barcode=ours) == ()


@pytest.mark.parametrize("ours", ["036000291452", " 036000291452 ", "0 36000 29145 2"])
def test_a_upc_is_the_ean_that_begins_with_a_zero(ours: str) -> None:
    [found] = suggest(ref("", title="Óleo"), known=[coded("0036000291452")], barcode=ours)

    assert found.reasons == (Reason(hint=Hint.SAME_BARCODE, about="0036000291452"),)


def test_a_barcode_copied_to_another_size_is_not_believed() -> None:
    other = coded(EAN, title="Lavender oil 10 ml")

    assert suggest(ref("", title="Lavender oil 100 ml"), known=[other], barcode=EAN) == ()


def test_a_barcode_copied_to_a_pack_is_suggested_as_so_many_pieces() -> None:
    [found] = suggest(ref("", title="Óleo, pack of 6"), known=[coded(EAN)], barcode=EAN)

    assert found.components == SIX_LAVENDER
    assert [each.hint for each in found.reasons] == [Hint.SAME_BARCODE, Hint.PACK]


def test_one_answer_is_suggested_once_for_its_best_reason() -> None:
    [found] = suggest(
        ref(),
        known=[known("", "Lavender oil"), known("LAV-100ML"), known("", "Lavender oils")],
    )

    assert found.score == 100


def test_no_more_are_suggested_than_asked_for() -> None:
    many = [
        known("", "Lavender oil", means=(Component(item_id=n, quantity=1000),))
        for n in range(1, 10)
    ]

    assert [
        found.components[0].item_id for found in suggest(ref(), known=many, most=3)
    ] == [
        1,
        2,
        3,
    ]


def test_words_held_against_many_are_read_once() -> None:
    others = [known(f"OIL-{n}", f"Lavender oil {n}") for n in range(30)]
    listings = [ref(f"LAV-{n}", f"Lavender oil {n}") for n in range(20)]
    counted.cache_clear()

    found = [suggest(each, known=others) for each in listings]

    assert all(found)
    assert counted.cache_info().misses == len(others) + len(listings)


WORDS = st.sampled_from(["lavender", "oat", "soap", "oil", "10 ml", "100 ml", "x6", "gift"])
KNOWN = st.builds(
    Known,
    components=st.sampled_from([LAVENDER, OAT, SIX_LAVENDER, NOT_PRODUCED]),
    sku=st.lists(WORDS, max_size=3).map("-".join),
    title=st.lists(WORDS, max_size=4).map(" ".join),
    barcode=st.sampled_from(["", "n/a", EAN, OTHER_EAN]),
)


@given(listing=KNOWN, others=st.lists(KNOWN, max_size=8), seed=st.integers(0, 1000))
def test_suggestions_do_not_depend_on_the_order_in_which_things_became_known(
    listing: Known, others: list[Known], seed: int
) -> None:
    shuffled = list(others)
    Random(seed).shuffle(shuffled)
    asked = ref(listing.sku, listing.title)

    found = suggest(asked, known=others, barcode=listing.barcode)

    assert found == suggest(asked, known=shuffled, barcode=listing.barcode)
    assert all(one.reasons and one.components and 0 < one.score <= 100 for one in found)
    assert [one.score for one in found] == sorted((s.score for s in found), reverse=True)
