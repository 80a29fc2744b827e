"""Files of many rows: given piece by piece, whole, in order, and with no transaction left open."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from hub.app import create_app
from hub.domain.people.roles import Role
from hub.flow.tables import exports
from hub.models.records.history import record
from hub.ports import Ports
from hub.web.lists import export
from hub.web.people import audit
from tests.factories import NOW, PIECE, make_account, make_item, make_listing
from tests.web.pages.goods import order_of
from tests.web.pages.plans import asked_of
from tests.web.pages.visitor import Visitor, visit

ORDERS = 7


@pytest.fixture
def shop(anywhere: Ports, monkeypatch: pytest.MonkeyPatch) -> Ports:
    """Seven orders, of which two are read at once."""
    for module in (export, audit, exports):
        monkeypatch.setattr(module, "AT_ONCE", 2)
    with anywhere.database.begin() as session:
        for _ in range(ORDERS):
            order_of(session, pieces=1, in_stock=1)
    return anywhere


@pytest.fixture
def owner(shop: Ports) -> Visitor:
    """The owner's browser, at whichever engine."""
    return visit(create_app(shop), shop, role=Role.OWNER)


def numbers_in(text: str) -> list[str]:
    """Return the orders of a table, in its order."""
    return [row["Order"] for row in csv.DictReader(io.StringIO(text))]


def pieces_of(response: TestResponse) -> Iterator[bytes]:
    """Take an answer piece by piece, as it is sent."""
    return iter(response.iter_encoded())


def test_a_list_that_is_read_page_by_page_is_whole_and_in_order(owner: Visitor) -> None:
    numbers = [f"H-{number:04}" for number in range(ORDERS, 0, -1)]

    table = numbers_in(owner.see("/orders?sort=-number&as=csv"))
    book = load_workbook(io.BytesIO(owner.open("/orders?sort=-number&as=xlsx").data))

    assert table == numbers
    assert book.active is not None
    rows = list(book.active.iter_rows(values_only=True))
    assert [row[0] for row in rows] == ["Order", *numbers]


def test_later_rows_are_read_only_when_they_are_taken(shop: Ports, owner: Visitor) -> None:
    with asked_of(shop.database.engine) as asked:
        response = owner.open("/orders?as=csv")
        pieces = pieces_of(response)
        begun = list(islice(pieces, 2))
        before = len(asked)
        rest = list(pieces)

    assert len(numbers_in(b"".join(begun).decode())) == 2
    assert len(asked) > before
    assert len(numbers_in(b"".join([*begun, *rest]).decode())) == ORDERS


def test_who_takes_a_file_slowly_holds_no_transaction(shop: Ports, owner: Visitor) -> None:
    for path in ("/orders?as=csv", "/audit.csv", "/mapping/table.csv"):
        response = owner.open(path)
        next(pieces_of(response))

        assert shop.database.engine.pool.checkedout() == 0, path  # type: ignore[attr-defined]
        response.close()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_list_that_was_cut_says_so_in_its_name(
    owner: Visitor, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    uncut = owner.open(f"/orders?as={kind}")
    uncut.close()
    whole = uncut.headers["Content-Disposition"]
    monkeypatch.setattr(export, "MOST_ROWS", 3)

    cut = owner.open(f"/orders?as={kind}")
    content = cut.data

    assert re.search(rf'filename="[a-z]+\.{kind}"', whole)
    assert re.search(
        rf'filename="[a-z]+-first-3\.{kind}"', cut.headers["Content-Disposition"]
    )
    if kind == "csv":
        assert len(numbers_in(content.decode())) == 3


def test_the_audit_log_is_whole_and_in_order(shop: Ports, owner: Visitor) -> None:
    with shop.database.begin() as session:
        for number in range(5):
            record(
                session, at=NOW, who="user:1", subject="order", subject_id=1,
                what="order.on_hold", why=f"because of {number}",
            )  # fmt: skip

    lines = csv.DictReader(io.StringIO(owner.see("/audit.csv?about=order:1")))

    told = [line["why"] for line in lines if line["what"] == "order.on_hold"]
    assert told == [f"because of {number}" for number in range(4, -1, -1)]


def test_the_table_of_mappings_is_the_same_page_by_page(
    shop: Ports, owner: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shop.database.begin() as session:
        account = make_account(session, name="Another")
        for number in range(5):
            balm = make_item(session, code=f"BALM-{number}")
            make_listing(session, account=account, components={balm: PIECE})
    by_twos = owner.see("/mapping/table.csv")
    monkeypatch.setattr(exports, "AT_ONCE", 500)

    at_once = owner.see("/mapping/table.csv")

    assert by_twos == at_once == owner.see("/tables/mappings")
    assert [f"BALM-{number}" in at_once for number in range(5)] == [True] * 5
