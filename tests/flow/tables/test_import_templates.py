"""The tables to begin with are taken in as they are, and each of their columns is explained."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.domain.tables.table import read_table
from hub.flow.refusal import Missing
from hub.flow.tables.exports import write_sheet
from hub.flow.tables.import_templates import TEMPLATES, write_template
from hub.flow.tables.imports import KINDS, Report, take_in
from hub.models.records.items import Item, Recipe
from hub.models.records.purchasing import Supplier, SupplierItem
from hub.models.records.stock import Lot
from hub.web.today.template_words import COLUMNS
from tests.factories import NOW

TODAY = date(2026, 11, 23)


def bring(session: Session, name: str) -> Report:
    """Take one of the templates in as it is."""
    raw = write_template(name, today=TODAY).encode()
    return take_in(session, kind=KINDS[name], raw=raw, who="test", now=NOW)


def test_every_template_is_taken_in_as_it_is_in_the_order_they_are_listed(
    session: Session,
) -> None:
    reports = {name: bring(session, name) for name in TEMPLATES}

    assert {name: each.faults for name, each in reports.items()} == dict.fromkeys(
        TEMPLATES, []
    )
    assert all(each.created for each in reports.values())
    counts = [
        session.scalar(select(func.count()).select_from(record))
        for record in (Item, Recipe, Lot, Supplier, SupplierItem)
    ]
    assert counts == [4, 1, 3, 2, 3]


@pytest.mark.parametrize("name", ["items", "recipes", "suppliers"])
def test_a_template_taken_in_twice_changes_nothing_the_second_time(
    session: Session, name: str
) -> None:
    for each in TEMPLATES:
        bring(session, each)

    again = bring(session, name)

    assert (again.created, again.updated, again.faults) == (0, 0, [])


def test_lots_taken_in_twice_are_refused_and_not_doubled(session: Session) -> None:
    for each in TEMPLATES:
        bring(session, each)

    again = bring(session, "lots")

    assert (again.created, len(again.faults)) == (0, 3)


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_column_of_a_template_is_explained_and_none_that_is_not_there(
    name: str,
) -> None:
    assert tuple(COLUMNS[name]) == KINDS[name].columns


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_a_template_names_only_columns_its_kind_reads(name: str) -> None:
    rows = TEMPLATES[name](TODAY)

    assert {column for row in rows for column in row} <= set(KINDS[name].columns)
    written = write_template(name, today=TODAY).encode()
    read = read_table(written, columns=KINDS[name].columns, required=KINDS[name].required)
    assert len(read) == len(rows)


def test_there_is_no_template_of_anything_else(session: Session) -> None:
    with pytest.raises(Missing):
        write_template("ghosts", today=TODAY)


def test_suppliers_are_written_out_as_they_are_read_back(session: Session) -> None:
    for each in TEMPLATES:
        bring(session, each)

    written = write_sheet(session, name="suppliers")
    again = take_in(
        session, kind=KINDS["suppliers"], raw=written.encode(), who="test", now=NOW
    )

    assert written.count("CERAS-VILA") == 2
    assert (again.created, again.updated, again.faults) == (0, 0, [])


@pytest.mark.parametrize(
    "row,field",
    [
        ("AROMAS,,,,GHOST,,,,,,", "item"),
        ("AROMAS,,,,,,,,,,\n,,,,,,,,,,x", "supplier"),
        ("A/B,A,,,,,,,,,", "code"),
        ("AROMAS,,,,WICK-M,,soon,,,,", "lead_time_days"),
        ("NEW,New,,,WICK-M,,,,,0.1,", "currency"),
        ("AROMAS,,,,WICK-M,,,,,,maybe", "preferred"),
    ],
)
def test_a_row_that_cannot_be_is_named_by_its_column(
    session: Session, row: str, field: str
) -> None:
    for each in TEMPLATES:
        bring(session, each)
    head = ",".join(KINDS["suppliers"].columns)

    report = take_in(
        session,
        kind=KINDS["suppliers"],
        raw=f"{head}\n{row}\n".encode(),
        who="test",
        now=NOW,
    )

    assert [fault.field for fault in report.faults] == [field]
