"""Orders from tables: the shops' exports and our own, each order once, only what is open."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.tables.order_table import UnknownColumns
from hub.domain.tables.table import BadTable
from hub.models.records.messages import InboundMessage
from hub.models.records.orders import Address, Customer, Demand
from hub.models.records.planning import Replan
from hub.models.session import Database
from tests.factories import make_item
from tests.flow.tables.order_files import OWN, counts, lines_of, orders, sheet, take


def test_our_own_table_becomes_orders_with_their_people_and_prices(
    session: Session,
) -> None:
    candle = make_item(session, code="CANDLE")

    report = take(session, OWN)

    first, second = orders(session)
    assert (report.rows, *counts(report)) == (3, 2, 0, 0, [])
    assert (first.number, first.placed_at) == (
        "T-1",
        datetime(2026, 11, 20, 12, tzinfo=UTC),
    )
    assert lines_of(session, first) == [
        ("CANDLE", "Candle", 2, 650),
        ("SOAP", "Soap", 1, 400),
    ]
    assert session.get_one(Customer, second.customer_id).email == "bo@bo.example"
    assert session.get_one(Address, second.ship_to_id).country == "SE"
    wanted = session.scalar(select(func.sum(Demand.quantity)).filter_by(item_id=candle.id))
    assert wanted == 7_000
    assert candle.id in set(session.scalars(select(Replan.item_id)))


def test_each_order_is_kept_as_a_message_that_says_where_it_came_from(
    session: Session,
) -> None:
    take(session, OWN)

    kept = session.scalars(select(InboundMessage)).all()
    assert {(each.source, each.state, each.result) for each in kept} == {
        ("csv", "done", "created")
    }


def test_the_same_file_twice_makes_nothing_twice(session: Session) -> None:
    take(session, OWN)

    again = take(session, OWN)

    assert counts(again) == (0, 0, 2, [])
    assert len(orders(session)) == 2
    assert session.scalar(select(func.count(InboundMessage.id))) == 2


def test_what_changed_in_the_file_changes_the_order(session: Session) -> None:
    take(session, OWN)

    again = take(session, OWN.replace("CANDLE,Candle,2", "CANDLE,Candle,3"))

    assert counts(again) == (0, 1, 1, [])
    assert lines_of(session, orders(session)[0])[0][2] == 3


def test_a_line_put_in_between_leaves_the_others_what_they_are(lite: Session) -> None:
    take(lite, OWN)
    between = "T-1,,Ana Gil,,BALM,Balm,4,,,\nT-1,,Ana Gil,,SOAP"

    take(lite, OWN.replace("T-1,,Ana Gil,,SOAP", between))

    found = lines_of(lite, orders(lite)[0])
    assert sorted((sku, ordered) for sku, _, ordered, _ in found) == [
        ("BALM", 4),
        ("CANDLE", 2),
        ("SOAP", 1),
    ]


@pytest.mark.parametrize(
    "column, cell, field",
    [
        ("order", "", "order"),
        ("order", "H-0001", "order"),
        ("order", "x" * 81, "order"),
        ("placed_on", "3/4/2026", "placed_on"),
        ("placed_on", "2026-02-30", "placed_on"),
        ("placed_on", "2027-01-01", "placed_on"),
        ("customer", "x" * 501, "customer"),
        ("email", "ana at home", "email"),
        ("quantity", "", "quantity"),
        ("quantity", "0", "quantity"),
        ("quantity", "-1", "quantity"),
        ("quantity", "1.5", "quantity"),
        ("quantity", "1000001", "quantity"),
        ("sku", "x" * 201, "sku"),
        ("unit_price", "cheap", "unit_price"),
        ("unit_price", "1.005", "unit_price"),
        ("currency", "XXQ", "unit_price"),
        ("currency", "", "currency"),
        ("ship_country", "Atlantis", "ship_country"),
        ("requested_on", "soon", "requested_on"),
    ],
)
def test_a_cell_that_cannot_be_is_named_by_row_and_column(
    lite: Session, column: str, cell: str, field: str
) -> None:
    good = {
        "order": "T-1",
        "placed_on": "2026-11-20",
        "customer": "Ana",
        "email": "ana@ana.example",
        "sku": "CANDLE",
        "quantity": "2",
        "unit_price": "6.50",
        "currency": "EUR",
        "ship_country": "ES",
        "requested_on": "2026-12-01",
    }

    report = take(lite, sheet(list(good), good | {column: cell}))

    assert counts(report) == (0, 0, 0, [(2, field)])
    assert orders(lite) == []


def test_one_bad_row_keeps_its_whole_order_out_and_no_other(session: Session) -> None:
    report = take(session, OWN.replace("SOAP,Soap,1", "SOAP,Soap,one"))

    assert counts(report) == (1, 0, 0, [(3, "quantity")])
    assert [order.number for order in orders(session)] == ["T-2"]


def test_the_rows_of_an_order_cannot_contradict_each_other(session: Session) -> None:
    report = take(session, OWN.replace("T-1,,Ana Gil", "T-1,,Bea Gil"))

    assert counts(report) == (1, 0, 0, [(3, "customer")])


def test_an_order_typed_by_hand_is_not_taken_for_one_of_the_table(
    session: Session,
) -> None:
    take(session, OWN)
    other = OWN.replace("order,", "pedido,").replace("T-2", "T-3")

    report = take(session, other)

    assert counts(report) == (1, 0, 1, [])


STRANGE = "Nr;Wer;Ding;Wieviel;Farbe\n77;Ana;CANDLE;2;rot\n"


SAID = {"nr": "order", "wer": "customer", "ding": "sku", "wieviel": "quantity", "farbe": ""}


def test_unknown_headings_are_asked_about_with_what_stands_there(lite: Session) -> None:
    with pytest.raises(UnknownColumns) as unknown:
        take(lite, STRANGE)

    asked = unknown.value.asked
    assert asked.headings == ("Nr", "Wer", "Ding", "Wieviel", "Farbe")
    assert asked.samples[2] == ("CANDLE",)


def test_what_was_said_of_columns_is_remembered_for_the_same_headings(
    session: Session,
) -> None:
    first = take(session, STRANGE, SAID)

    again = take(session, "Farbe;Nr;Ding;Wieviel;Wer\nrot;78;SOAP;1;Bo\n")

    assert (counts(first), counts(again)) == ((1, 0, 0, []), (1, 0, 0, []))
    assert [order.number for order in orders(session)] == ["77", "78"]


def test_letters_of_old_excel_are_read_and_said(lite: Session) -> None:
    raw = "order;customer;sku;quantity\nT-1;Begoña Muñoz;CANDLE;2\n".encode("cp1252")

    report = take(lite, raw)

    buyer = lite.scalars(select(Customer)).one()
    assert buyer.name == "Begoña Muñoz"
    assert "not in UTF-8" in report.notes[0]


def test_a_formula_in_a_cell_stays_what_was_written(lite: Session) -> None:
    evil = '=HYPERLINK("https://evil.example","x")'

    take(
        lite,
        sheet(
            ("order", "title", "quantity"), {"order": "1", "title": evil, "quantity": "1"}
        ),
    )

    assert lines_of(lite, orders(lite)[0])[0][1] == evil


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"\xff\xfe\x00",
        b"order,sku,quantity\n\0,1,1",
        b'order,sku,quantity\n"1,1,1',
        b"order,sku,sku,quantity\n1,a,b,1\n",
        b"order,sku,quantity\n" + b"1,a,1\n" * 10_001,
        b"order,sku,quantity\n" + b"".join(b"%d,a,1\n" % n for n in range(2_501)),
    ],
)
def test_what_is_no_table_of_orders_is_refused_whole(lite: Session, raw: bytes) -> None:
    with pytest.raises(BadTable):
        take(lite, raw)


def test_two_thousand_rows_are_taken_in(sqlite_database: Database) -> None:
    text = "order,customer,sku,quantity\n" + "".join(
        f"B-{row // 10},Buyer {row // 10},ITEM-{row % 7},{row % 5 + 1}\n"
        for row in range(2_000)
    )

    with sqlite_database.begin() as session:
        report = take(session, text)
        again = take(session, text)

    assert counts(report) == (200, 0, 0, [])
    assert counts(again) == (0, 0, 200, [])
