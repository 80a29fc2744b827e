"""Tables of orders: whose file it is, what its columns mean, and what nobody guesses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.tables.order_days import country_code, read_moment, read_on
from hub.domain.tables.order_table import (
    OrderTable,
    UnknownColumns,
    headings_key,
    line_items,
    open_orders,
)
from hub.domain.tables.order_words import Days, fold
from hub.domain.tables.table import BadCell, BadTable


def opened(text: str, **said: str) -> OrderTable:
    return open_orders(text.encode(), said={"": said})


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_columns_are_parted_by_whatever_gives_headings_that_are_known(
    delimiter: str,
) -> None:
    text = "Order;SKU;Quantity\nT-1;A;2\n".replace(";", delimiter)

    [row] = opened(text).rows

    assert dict(row.cells) == {"order": "T-1", "sku": "A", "quantity": "2"}
    assert row.has_comma_decimals is (delimiter != ",")


def test_headings_in_spanish_are_known_too() -> None:
    text = "Pedido;Fecha;Cliente;Referencia;Cantidad\n7;2026-11-20;Ana;A;2\n"

    [row] = opened(text).rows

    assert dict(row.cells) == {
        "order": "7",
        "placed_on": "2026-11-20",
        "customer": "Ana",
        "sku": "A",
        "quantity": "2",
    }


@pytest.mark.parametrize(
    "headings, form",
    [
        ("Name,Lineitem name,Lineitem quantity,Tags", "shopify"),
        ("Sale Date,Item Name,Transaction ID,Order ID,Quantity,SKU", "etsy"),
        ("order_number,status,line_items", "woocommerce"),
        ("Order Number,Order Status,Item Name,SKU,Quantity (- Refund)", "woocommerce"),
        ("order,sku,quantity", "csv"),
    ],
)
def test_a_file_is_known_by_its_headings(headings: str, form: str) -> None:
    assert opened(f"{headings}\n").form.key == form


def test_a_row_without_an_order_belongs_to_the_one_before_in_a_shops_file_only() -> None:
    shops = "Name,Lineitem name,Lineitem quantity\n#1,Soap,1\n,Candle,2\n"
    ours = "order,title,quantity\n1,Soap,1\n,Candle,2\n"

    assert [row.cells.get("order") for row in opened(shops).rows] == ["#1", "#1"]
    assert [row.cells.get("order") for row in opened(ours).rows] == ["1", None]


def test_a_row_that_says_something_of_an_order_is_nobody_elses() -> None:
    text = "Name,Shipping Name,Lineitem name,Lineitem quantity\n#1,Ana,S,1\n,Bo,C,2\n"

    assert [row.cells.get("order") for row in opened(text).rows] == ["#1", None]


def test_what_a_person_says_of_a_column_goes_before_what_we_know() -> None:
    [row] = opened("order,sku,quantity,code\n1,A,2,B\n", sku="", code="sku").rows

    assert row.cells["sku"] == "B"


def test_a_column_that_is_missing_or_there_twice_is_asked_about() -> None:
    with pytest.raises(UnknownColumns, match="No column says order"):
        opened("sku,quantity\nA,1\n")
    with pytest.raises(UnknownColumns, match="Two columns say sku"):
        opened("order,sku,SKU,quantity\n1,A,B,1\n")


def test_the_same_headings_are_the_same_set_in_any_order_and_case() -> None:
    assert headings_key(["Nr", "Wer "]) == headings_key(["wer", "NR"])
    assert headings_key(["Nr", "Wer"]) != headings_key(["Nr", "Was"])


def test_letters_of_western_windows_are_read_and_told() -> None:
    raw = "order;customer;sku;quantity\n1;Muñoz €;A;1\n".encode("cp1252")

    table = open_orders(raw, said={})

    assert table.was_cp1252
    assert table.rows[0].cells["customer"] == "Muñoz €"


@pytest.mark.parametrize("raw", [b"", b"\0\0", b"order,sku\x81\n", b'order,"sku\n1'])
def test_what_is_no_table_is_refused(raw: bytes) -> None:
    with pytest.raises(BadTable):
        open_orders(raw, said={})


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    raw = b"order,sku,quantity\n" + noise

    try:
        table = open_orders(raw, said={})
    except BadTable:
        return
    assert all(row.number >= 2 for row in table.rows)


def test_lines_packed_into_one_cell_are_parted_where_an_entry_begins() -> None:
    packed = "name:Soap; olive|sku:S:1|quantity:2|total:9.00;name:Candle|quantity:1"

    assert line_items(packed) == [
        {"title": "Soap; olive", "sku": "S:1", "quantity": "2", "line_total": "9.00"},
        {"title": "Candle", "quantity": "1"},
    ]


@pytest.mark.parametrize(
    "written, days, day",
    [
        ("2026-11-30", Days.UNKNOWN, "2026-11-30"),
        ("30/11/2026", Days.UNKNOWN, "2026-11-30"),
        ("30.11.26", Days.UNKNOWN, "2026-11-30"),
        ("11/30/2026", Days.UNKNOWN, "2026-11-30"),
        ("4/4/2026", Days.UNKNOWN, "2026-04-04"),
        ("3/4/26", Days.MONTH_FIRST, "2026-03-04"),
    ],
)
def test_a_day_that_can_be_but_one_is_read(written: str, days: Days, day: str) -> None:
    assert read_on(written, days=days).isoformat() == day


@pytest.mark.parametrize(
    "written", ["3/4/2026", "2026-02-30", "31/11/2026", "soon", "0/1/2026", "13/13/2026"]
)
def test_a_day_that_may_be_two_or_none_is_refused(written: str) -> None:
    with pytest.raises(BadCell):
        read_on(written, days=Days.UNKNOWN)


@pytest.mark.parametrize(
    "written, stamp",
    [
        ("2026-11-20 10:15:30 +0100", "2026-11-20T09:15:30+00:00"),
        ("2026-11-20T10:15:30Z", "2026-11-20T10:15:30+00:00"),
        ("2026-11-20 10:15", "2026-11-20T10:15:00+00:00"),
        ("2026-11-20", "2026-11-20T12:00:00+00:00"),
    ],
)
def test_a_moment_is_kept_in_utc(written: str, stamp: str) -> None:
    assert read_moment(written, days=Days.UNKNOWN).isoformat() == stamp


def test_countries_are_known_by_code_and_by_name() -> None:
    named = [country_code(each) for each in ("es", "Spain", "España", "United States")]

    assert named == ["ES", "ES", "ES", "US"]
    with pytest.raises(BadCell):
        country_code("Atlantis")


@given(st.text())
def test_a_folded_heading_folds_to_itself(heading: str) -> None:
    assert fold(fold(heading)) == fold(heading)
