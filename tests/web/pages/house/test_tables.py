"""Tables on their page: taken out, looked at row by row, taken in whole or not at all."""

import io
import re

from sqlalchemy import func, select
from werkzeug.test import TestResponse

from hub.models.records.items import Item
from hub.models.records.orders import SalesOrder
from hub.ports import Ports
from tests.web.pages.stock.test_stock import wax
from tests.web.pages.visitor import Visitor

GOOD = b"code,name,kind,unit\nSOAP,Soap,product,each\nLYE,Lye,material,g\n"
BAD = b"code,name,kind,unit\nSOAP,Soap,product,each\nLYE,Lye,potion,g\n"
KEPT = re.compile(r'name="kept" value="([^"]+)"')


def look(boss: Visitor, raw: bytes, *, table: str = "items") -> TestResponse:
    """Choose a file and look at what would become of it."""
    data = {"csrf": boss.token(), "table": table, "file": (io.BytesIO(raw), "items.csv")}
    return boss.client.post(
        "/tables/look",
        data=data,
        content_type="multipart/form-data",
        headers={"Sec-Fetch-Site": "same-origin"},
    )


def items(ports: Ports) -> int:
    """Count the items there are."""
    with ports.database.reading() as session:
        return session.scalar(select(func.count(Item.id))) or 0


def test_a_file_is_looked_at_and_then_taken_in(anywhere: Ports, boss: Visitor) -> None:
    seen = look(boss, GOOD)
    before = items(anywhere)
    kept = KEPT.search(seen.text)
    assert kept is not None

    page = boss.did("/tables", table="items", kept=kept[1])

    assert (seen.status_code, before) == (200, 0)
    assert "new: 2" in seen.text
    assert "Taken in, every row." in page
    assert items(anywhere) == 2


def test_each_row_that_is_wrong_is_named_and_nothing_can_be_taken_in(
    anywhere: Ports, boss: Visitor
) -> None:
    seen = look(boss, BAD)

    assert "refused: 1" in seen.text
    assert ">kind<" in seen.text
    assert KEPT.search(seen.text) is None
    assert items(anywhere) == 0


def test_what_is_no_table_is_refused_beside_the_form(ports: Ports, owner: Visitor) -> None:
    wrong = look(owner, b"colour\nred\n")
    nothing = look(owner, b"")
    ghosts = look(owner, GOOD, table="ghosts")
    forged = owner.press("/tables", table="items", kept="é")

    statuses = [each.status_code for each in (wrong, nothing, ghosts, forged)]
    assert statuses == [422, 422, 404, 422]
    assert 'id="trouble-table"' in wrong.text
    assert items(ports) == 0


def test_a_table_is_taken_out_as_it_is_read_back(ports: Ports, owner: Visitor) -> None:
    wax(ports)

    given = owner.open("/tables/items")

    assert given.headers["Content-Disposition"] == "attachment; filename=items.csv"
    assert "WAX" in given.text
    assert "changed: 0" in look(owner, given.data).text
    assert owner.open("/tables/ghosts").status_code == 404


STRANGE = b"Nr;Wer;Ding;Wieviel\n77;Ana;CANDLE;2\n78;Bo;CANDLE;two\n"
SAID = {
    "heading-0": "Nr",
    "column-0": "order",
    "heading-1": "Wer",
    "column-1": "customer",
    "heading-2": "Ding",
    "column-2": "sku",
    "heading-3": "Wieviel",
    "column-3": "quantity",
}


def kept_in(text: str) -> str:
    """Return the file as the page carries it."""
    found = KEPT.search(text)
    assert found is not None
    return found[1]


def orders(ports: Ports) -> list[str]:
    """Return the numbers of all orders."""
    with ports.database.reading() as session:
        return list(session.scalars(select(SalesOrder.number).order_by(SalesOrder.id)))


def test_columns_nobody_knows_are_asked_about_once(anywhere: Ports, boss: Visitor) -> None:
    asked = look(boss, STRANGE, table="orders")
    looked = boss.press("/tables/look", table="orders", kept=kept_in(asked.text), **SAID)
    before = orders(anywhere)

    page = boss.did(
        "/tables", table="orders", kept=kept_in(looked.text), partial="1", **SAID
    )
    again = look(boss, STRANGE.replace(b"two", b"2"), table="orders")

    assert "What do the columns say?" in asked.text
    assert '<option value="quantity"' in asked.text
    assert "new: 1" in looked.text
    assert ">Wieviel<" in looked.text
    assert "but for the rows that were refused" in page
    assert (before, orders(anywhere)) == ([], ["77"])
    assert "new: 1" in again.text


def test_what_stands_in_a_file_is_shown_as_text(owner: Visitor) -> None:
    raw = b"<b>x</b>;Wer;quantity\n<script>1</script>;Ana;1\n"

    seen = look(owner, raw, table="orders").text

    assert "<script>1" not in seen
    assert "&lt;script&gt;" in seen
