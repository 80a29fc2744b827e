"""What a receipt says in our words, whatever Etsy leaves out or writes in two ways."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import PayloadError
from connectors.etsy.read_receipt import order_of
from connectors.etsy.read_words import money
from mapping.canonical import (
    Address,
    Customer,
    Line,
    LineKind,
    Money,
    Order,
    Payment,
    Release,
    content_hash,
)
from mapping.listing import listing_ref

EUR_650 = {"amount": 650, "divisor": 100, "currency_code": "EUR"}


def line(**said: object) -> dict[str, object]:
    return {
        "transaction_id": 3371087994,
        "title": "Lavender soap",
        "quantity": 3,
        "listing_id": 1077116959,
        "product_id": 434775,
        "sku": "LAV-100",
        "transaction_type": "listing",
        "is_digital": False,
        "price": EUR_650,
        "variations": [],
        "product_data": [],
        "expected_ship_date": 1795600000,
        **said,
    }


def receipt(**said: object) -> dict[str, object]:
    return {
        "receipt_id": 2750906110,
        "receipt_type": 0,
        "buyer_user_id": 735000001,
        "status": "Paid",
        "is_paid": True,
        "is_shipped": False,
        "created_timestamp": 1795341600,
        "updated_timestamp": 1795341700,
        "name": "Ana Pérez",
        "first_line": "Calle Mayor 1",
        "city": "Madrid",
        "zip": "28013",
        "country_iso": "ES",
        "grandtotal": {"amount": 2440, "divisor": 100, "currency_code": "EUR"},
        "shipments": [],
        "refunds": [],
        "transactions": [line()],
        **said,
    }


def only_line(**said: object) -> Line:
    [found] = order_of(receipt(transactions=[line(**said)])).lines
    return found


# Lines ----------------------------------------------------------------------------------


def test_a_line_is_its_transaction_and_its_listing_never_its_product() -> None:
    found = only_line()

    assert found == Line(
        external_id="3371087994",
        kind=LineKind.PRODUCT,
        title="Lavender soap",
        ordered=3,
        sku="LAV-100",
        product_id="1077116959",
        unit_price=Money(minor=650, currency="EUR"),
    )


def test_a_new_product_id_of_the_same_thing_changes_nothing() -> None:
    assert only_line(product_id=1) == only_line(product_id=None) == only_line()


@pytest.mark.parametrize("sku", ["", None])
def test_without_an_sku_the_chosen_values_tell_products_apart(sku: object) -> None:
    small, large = (
        only_line(sku=sku, product_data=[{"property_id": 514, "values": [size]}])
        for size in ("Small", "Large")
    )

    assert (small.variant_title, large.variant_title) == ("Small", "Large")
    assert listing_ref(small).key != listing_ref(large).key
    assert listing_ref(small).key.startswith("product:1077116959:")


def test_the_listings_own_words_go_before_those_for_the_buyer() -> None:
    shown = [{"property_id": 200, "formatted_name": "Color", "formatted_value": "Verde"}]
    own = [{"property_id": 200, "values": ["Green"]}, {"property_id": 3, "values": ["L"]}]

    assert only_line(variations=shown, product_data=own).variant_title == "Green / L"
    assert only_line(variations=shown, product_data=None).variant_title == "Verde"


def test_personalisation_is_known_by_its_property_or_question_and_never_by_its_name() -> (
    None
):
    variations = [
        {
            "property_id": 54,
            "formatted_name": "Dedication",
            "formatted_value": "Tom &amp; Ana",
        },
        {
            "property_id": 99,
            "question_id": 555,
            "formatted_name": "Photo",
            "formatted_value": "https://i.etsystatic.com/file.jpg",
        },
        {
            "property_id": 200,
            "formatted_name": "Personalization",
            "formatted_value": "Blue",
        },
        {"property_id": 54, "formatted_name": "Empty", "formatted_value": ""},
    ]

    found = only_line(variations=variations)

    assert found.personalisation == (
        ("Dedication", "Tom & Ana"),
        ("Photo", "https://i.etsystatic.com/file.jpg"),
    )
    assert found.variant_title == "Blue"


def test_what_etsy_escapes_for_a_web_page_is_read_as_it_was_written() -> None:
    found = only_line(
        title="Soap &amp; &quot;salt&quot;",
        variations=[{"property_id": 1, "formatted_value": "14 UK women&#039;s"}],
    )

    assert (found.title, found.variant_title) == ('Soap & "salt"', "14 UK women's")


def test_a_download_is_no_work_for_the_workshop() -> None:
    assert only_line(is_digital=True).kind is LineKind.DIGITAL


def test_a_line_of_a_kind_nobody_knows_keeps_the_order_waiting() -> None:
    order = order_of(receipt(transactions=[line(transaction_type="mystery")]))

    assert order.lines[0].kind is LineKind.UNKNOWN
    assert order.release is Release.UNKNOWN


@pytest.mark.parametrize(
    "said", [{"is_shipped": True}, {"shipments": [{"tracking_code": "1"}]}]
)
def test_a_receipt_that_was_sent_was_sent_whole(said: dict[str, object]) -> None:
    [found] = order_of(receipt(**said)).lines

    assert (found.ordered, found.cancelled, found.fulfilled) == (3, 0, 3)


def test_lines_come_in_one_order_whatever_order_they_were_told_in() -> None:
    lines = [line(transaction_id=10), line(transaction_id=9)]

    there, back = (order_of(receipt(transactions=told)) for told in (lines, lines[::-1]))

    assert there == back
    assert [one.external_id for one in there.lines] == ["9", "10"]


# Money and release ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "status,is_paid,payment,release",
    [
        ("paid", True, Payment.PAID, Release.READY),
        ("PAID", True, Payment.PAID, Release.READY),
        ("Completed", True, Payment.PAID, Release.READY),
        ("open", True, Payment.PAID, Release.READY),
        ("open", False, Payment.PENDING, Release.HOLD_PAYMENT),
        ("Payment_Processing", False, Payment.PENDING, Release.HOLD_PAYMENT),
        ("payment processing", True, Payment.PENDING, Release.HOLD_PAYMENT),
        ("paid", False, Payment.PENDING, Release.HOLD_PAYMENT),
        ("paid", None, Payment.UNKNOWN, Release.UNKNOWN),
        ("Partially Refunded", True, Payment.PART_REFUNDED, Release.READY),
        ("fully refunded", True, Payment.REFUNDED, Release.HOLD_PAYMENT),
        ("Canceled", True, Payment.PAID, Release.CANCELLED),
        ("cancelled", False, Payment.VOID, Release.CANCELLED),
        ("on the moon", True, Payment.UNKNOWN, Release.UNKNOWN),
        ("on the moon", False, Payment.UNKNOWN, Release.HOLD_PAYMENT),
        ("", True, Payment.UNKNOWN, Release.UNKNOWN),
        (None, True, Payment.UNKNOWN, Release.UNKNOWN),
    ],
)
def test_each_status_in_any_case_says_whether_work_may_begin(
    status: object, is_paid: object, payment: Payment, release: Release
) -> None:
    order = order_of(receipt(status=status, is_paid=is_paid))

    assert (order.payment, order.release) == (payment, release)


def test_a_cancelled_receipt_needs_nothing_sent() -> None:
    order = order_of(receipt(status="Canceled"))

    assert order.cancelled_at == order.updated_at
    assert [(one.ordered, one.cancelled) for one in order.lines] == [(3, 3)]


@pytest.mark.parametrize(
    "refunds,payment,release",
    [
        ([{"amount": EUR_650}], Payment.PART_REFUNDED, Release.READY),
        (
            [{"amount": {**EUR_650, "amount": 2440}}],
            Payment.REFUNDED,
            Release.HOLD_PAYMENT,
        ),
        ([{"amount": EUR_650, "status": "FAILED"}], Payment.PAID, Release.READY),
        ([{"amount": None}], Payment.PART_REFUNDED, Release.READY),
    ],
)
def test_money_that_went_back_shows_though_the_status_does_not_say_so(
    refunds: list[object], payment: Payment, release: Release
) -> None:
    order = order_of(receipt(refunds=refunds))

    assert (order.payment, order.release) == (payment, release)
    assert [one.cancelled for one in order.lines] == [0]


@pytest.mark.parametrize(
    "said,minor",
    [
        ({"amount": 1250, "divisor": 100, "currency_code": "EUR"}, 1250),
        ({"amount": 1250, "divisor": 1, "currency_code": "JPY"}, 1250),
        ({"amount": 125000, "divisor": 100, "currency_code": "JPY"}, 1250),
        ({"amount": 1250, "divisor": 1000, "currency_code": "eur"}, 125),
        ({"amount": 3, "divisor": 3, "currency_code": "EUR"}, 100),
        ({"amount": Decimal("1250"), "divisor": 100, "currency_code": "EUR"}, 1250),
    ],
)
def test_money_is_read_exactly(said: object, minor: int) -> None:
    found = money(said)

    assert found is not None
    assert found.minor == minor


@pytest.mark.parametrize(
    "said",
    [
        None,
        {},
        {"amount": 1, "divisor": 3, "currency_code": "EUR"},
        {"amount": 1, "divisor": 0, "currency_code": "EUR"},
        {"amount": 1, "divisor": -1, "currency_code": "EUR"},
        {"amount": Decimal("1.5"), "divisor": 1, "currency_code": "EUR"},
        {"amount": True, "divisor": 1, "currency_code": "EUR"},
        {"amount": 1, "divisor": 1, "currency_code": "XQZ"},
        {"amount": 2**63 - 1, "divisor": 1, "currency_code": "EUR"},
        {"amount": Decimal("Infinity"), "divisor": 1, "currency_code": "EUR"},
    ],
)
def test_money_that_cannot_be_said_exactly_is_not_said(said: object) -> None:
    assert money(said) is None


@given(
    st.integers(-(10**12), 10**12),
    st.sampled_from([("EUR", 100), ("JPY", 1), ("KWD", 1000)]),
)
def test_minor_units_survive_any_finer_divisor(minor: int, kind: tuple[str, int]) -> None:
    currency, divisor = kind
    finer = {"amount": minor * 10, "divisor": divisor * 10, "currency_code": currency}

    assert money(finer) == Money(minor=minor, currency=currency)


# People, promises, words ----------------------------------------------------------------


@pytest.mark.parametrize(
    "said, method",
    [
        ({}, ""),
        ({"shipping_method": "Correos"}, "Correos"),
        ({"shipping_method": "Correos", "shipping_upgrade": "Express"}, "Express"),
    ],
)
def test_how_it_is_sent_is_the_upgrade_the_buyer_chose_or_the_method(
    said: dict[str, object], method: str
) -> None:
    assert order_of(receipt(transactions=[line(**said)])).ship_method == method


def test_where_etsy_withholds_the_address_there_is_none() -> None:
    withheld = dict.fromkeys(
        ("first_line", "second_line", "city", "state", "zip", "country_iso", "buyer_email")
    )

    order = order_of(receipt(**withheld))

    assert order.ship_to is None
    assert order.customer == Customer(external_id="735000001", name="Ana Pérez")
    assert order.release is Release.READY


def test_the_first_day_anything_is_promised_is_the_day_asked_for() -> None:
    late, soon, never = 1795900000, 1795600000, None
    lines = [
        line(transaction_id=1, expected_ship_date=late),
        line(transaction_id=2, expected_ship_date=soon),
        line(transaction_id=3, expected_ship_date=never),
        line(transaction_id=4, expected_ship_date=1795000000, is_digital=True),
    ]

    order = order_of(receipt(transactions=lines))

    assert order.requested_on == datetime.fromtimestamp(soon, UTC).date()


@pytest.mark.parametrize(
    "said",
    [
        {"created_timestamp": 1795341600, "updated_timestamp": 1795341700},
        {"create_timestamp": 1795341600, "update_timestamp": 1795341700},
        {
            "create_timestamp": 1795341600,
            "created_timestamp": None,
            "updated_timestamp": 1795341700,
            "update_timestamp": 0,
        },
    ],
)
def test_either_spelling_of_a_time_is_read(said: dict[str, object]) -> None:
    bare = {name: value for name, value in receipt().items() if "timestamp" not in name}

    order = order_of({**bare, **said})

    assert (order.placed_at.timestamp(), order.updated_at.timestamp()) == (
        1795341600,
        1795341700,
    )
    assert order.placed_at.tzinfo is UTC


def test_a_gift_says_so_and_for_whom() -> None:
    order = order_of(
        receipt(
            message_from_buyer="Please hurry",
            is_gift=True,
            gift_sender="Tía Lola",
            gift_message="Feliz d&iacute;a",
            gift_wrap_price={**EUR_650, "amount": 250},
        )
    )

    assert order.note == "Please hurry\nGift from Tía Lola: Feliz día"
    assert order.tags == ("gift",)
    assert ("Gift wrap", "2.50 EUR") in order.attributes


def test_sums_beside_the_lines_are_told_and_nothing_is_computed_with_them() -> None:
    sums = {
        "total_shipping_cost": {**EUR_650, "amount": 490},
        "total_tax_cost": {**EUR_650, "amount": 0},
        "total_vat_cost": {**EUR_650, "amount": 423},
        "discount_amt": {**EUR_650, "amount": 100},
    }

    order = order_of(receipt(**sums, transactions=[line(shipping_upgrade="Express")]))

    assert order.attributes == (
        ("Shipping", "4.90 EUR"),
        ("VAT", "4.23 EUR"),
        ("Discount", "1.00 EUR"),
        ("Shipping upgrade", "Express"),
    )
    assert order.total == Money(minor=2440, currency="EUR")


@pytest.mark.parametrize(
    "broken", [None, [], {}, receipt(receipt_id="x"), receipt(transactions=None)]
)
def test_a_receipt_without_its_number_or_its_lines_is_none(broken: object) -> None:
    with pytest.raises(PayloadError):
        order_of(broken)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=8),
    st.just([]),
    st.just({}),
    st.lists(st.none() | st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
NAMES = sorted(set(receipt()) - {"receipt_id", "transactions"})
LINE_NAMES = sorted(set(line()) - {"transaction_id"})


@given(
    st.dictionaries(st.sampled_from(NAMES), ODD),
    st.dictionaries(st.sampled_from(LINE_NAMES), ODD),
)
def test_any_oddity_gives_an_order_and_never_a_reason_to_begin_that_was_not_there(
    of_receipt: dict[str, object], of_line: dict[str, object]
) -> None:
    order = order_of(receipt(**of_receipt, transactions=[line(**of_line), None, 5]))

    assert isinstance(content_hash(order), str)
    assert order.placed_at.tzinfo is not None
    if order.release is Release.READY:
        assert of_receipt.get("is_paid", True) is True
    assert order == order_of(receipt(**of_receipt, transactions=[line(**of_line)]))


# Etsy's own samples ---------------------------------------------------------------------


def test_etsys_own_receipts_read_as_they_are(vendor: Path) -> None:
    sample = vendor / "etsy" / "samples" / "etsy_receipts_list_real_sanitized.json"
    waiting, sent = (order_of(one) for one in json.loads(sample.read_text())["results"])

    assert waiting == Order(
        external_id="2750906110",
        number="2750906110",
        placed_at=datetime(2023, 1, 3, 8, 1, 43, tzinfo=UTC),
        updated_at=datetime(2023, 1, 3, 8, 2, 5, tzinfo=UTC),
        payment=Payment.PAID,
        release=Release.READY,
        lines=(
            Line(
                external_id="3371087994",
                kind=LineKind.PRODUCT,
                title="Large Oval Bird Cage with Stand / Bird House",
                ordered=1,
                sku="Woo-beanie-logo",
                product_id="1077116959",
                variant_title="Cage __Brown",
                unit_price=Money(minor=46500, currency="EUR"),
            ),
        ),
        currency="EUR",
        total=Money(minor=61500, currency="EUR"),
        customer=Customer(
            external_id="735000001", name="Sample Buyer One", email="buyer1@example.com"
        ),
        ship_to=Address(
            name="Sample Buyer One",
            line1="1 Example Rd",
            city="EXAMPLEVILLE",
            region="QLD",
            postcode="4000",
            country="AU",
        ),
        requested_on=date(2023, 2, 7),
        attributes=(("Shipping", "150.00 EUR"),),
    )
    assert (sent.payment, sent.release) == (Payment.PAID, Release.READY)
    assert [
        (one.external_id, one.variant_title, one.ordered, one.fulfilled)
        for one in sent.lines
    ] == [
        ("3373269671", "Dark Blue / Large", 1, 1),
        ("3373269675", "Blue / Large", 1, 1),
    ]


def test_etsys_own_fragments_of_variations_read_as_they_are(vendor: Path) -> None:
    sample = vendor / "etsy" / "samples" / "etsy_inventory_and_variation_fragments.json"
    fragments = json.loads(sample.read_text())

    personal = only_line(variations=fragments["variations_2026_personalization"])
    escaped = only_line(
        variations=fragments["variation_vs_product_mismatch_real"]["receipt_variations"]
    )

    assert personal.personalisation == (("Personalization", "Happy Birthday Sam"),)
    assert personal.variant_title == "Blue"
    assert escaped.variant_title == "Green / 14 UK women's"
