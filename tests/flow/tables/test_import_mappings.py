"""Mappings from a table: read back as written, mistakes named by row, taken back as one."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.tables.table import write_table
from hub.flow.meaning.mapping_undo import undo_last
from hub.flow.tables.exports import write_sheet
from hub.flow.tables.import_mappings import COLUMNS
from hub.flow.tables.imports import Report, kind_of, take_in
from hub.models.records.mapping_changes import MappingChange
from tests.factories import NOW, make_account, make_item
from tests.flow.meaning.test_map_lines import listing, take, wanted
from tests.flow.orders_of_the_shop import a_line, an_order


def read(session: Session, *rows: dict[str, str]) -> Report:
    table = write_table(COLUMNS, rows).encode()
    return take_in(session, kind=kind_of("mappings"), raw=table, who="user:1", now=NOW)


@pytest.fixture
def shop_name(session: Session) -> str:
    shop = make_account(session)
    for code in ("CND-LAV", "BOX"):
        make_item(session, code=code)
    make_item(session, code="WAX").unit = "g"
    take(session, shop, an_order(a_line("KIT"), a_line("TIP"), a_line("EBOOK")))
    return shop.name


def test_a_kit_is_read_and_the_table_reads_back_as_it_was_written(
    session: Session, shop_name: str
) -> None:
    rows = [
        {"channel": shop_name, "sku": "KIT", "items": "2*CND-LAV + BOX + 150 g * WAX"},
        {"channel": shop_name, "sku": "TIP", "state": "ignored"},
        {"channel": shop_name, "sku": "EBOOK", "state": "not_produced"},
    ]

    report = read(session, *rows)

    assert (report.created, report.faults) == (3, [])
    assert wanted(session) == {"CND-LAV": 4_000, "BOX": 2_000, "WAX": 300_000}
    assert listing(session, "TIP").is_ignored
    written = write_sheet(session, name="mappings").encode()
    again = take_in(session, kind=kind_of("mappings"), raw=written, who="user:1", now=NOW)
    assert (again.unchanged, again.updated, again.faults) == (3, 0, [])


@pytest.mark.parametrize(
    "given, field",
    [
        ({"channel": "Nobody", "items": "BOX"}, "channel"),
        ({"sku": "NONE", "items": "BOX"}, "sku"),
        ({"items": "2*NONE"}, "items"),
        ({"items": "2 kg*BOX"}, "items"),
        ({"items": "BOX", "state": "perhaps"}, "state"),
        ({"items": "BOX", "state": "ignored"}, "items"),
    ],
)
def test_a_mistake_is_named_by_row_and_column(
    session: Session, shop_name: str, given: dict[str, str], field: str
) -> None:
    report = read(session, {"channel": shop_name, "sku": "KIT", **given})

    assert [(each.row, each.field) for each in report.faults] == [(2, field)]
    assert wanted(session) == {}


def test_a_table_is_taken_back_as_one(session: Session, shop_name: str) -> None:
    read(
        session,
        {"channel": shop_name, "sku": "KIT", "items": "BOX"},
        {"channel": shop_name, "sku": "TIP", "state": "ignored"},
    )

    undo_last(session, who="user:1", now=NOW)

    assert wanted(session) == {}
    assert listing(session, "TIP").state == "unmapped"
    assert all(session.scalars(select(MappingChange.undone_at)))
