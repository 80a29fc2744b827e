"""Lists of one kind: sorted, narrowed, kept as views, taken away, and done many at once."""

import csv
import io
import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.models.records.orders import SalesOrder
from hub.models.records.saved_views import SavedView
from hub.ports import Ports
from hub.web.lists.export import write_xlsx
from tests.web.pages.conftest import As
from tests.web.pages.goods import order_of
from tests.web.pages.visitor import Visitor
from tests.web.ports import StandingClock

NUMBER = re.compile(r"<strong>(H-[0-9]+)</strong>")


def orders(ports: Ports, many: int) -> list[int]:
    """Write orders, in the order of their ids."""
    with ports.database.begin() as session:
        return [order_of(session, pieces=1, in_stock=5) for _ in range(many)]


def intents(ports: Ports) -> list[str]:
    """Return what is meant to be done with each order."""
    with ports.database.reading() as session:
        return list(session.scalars(select(SalesOrder.intent).order_by(SalesOrder.id)))


def test_a_file_holds_what_the_page_shows_in_its_order(
    ports: Ports, owner: Visitor
) -> None:
    orders(ports, 3)
    shown = NUMBER.findall(owner.see("/orders?sort=number&phase=ready_to_ship"))

    text = owner.see("/orders?sort=number&phase=ready_to_ship&as=csv")
    book = owner.open("/orders?sort=number&phase=ready_to_ship&as=xlsx")

    rows = list(csv.DictReader(io.StringIO(text)))
    sheet = load_workbook(io.BytesIO(book.data)).active
    assert sheet is not None
    assert [row["Order"] for row in rows] == shown == ["H-0001", "H-0002", "H-0003"]
    assert [cells[0] for cells in sheet.iter_rows(values_only=True)] == ["Order", *shown]
    assert {row["Total"] for row in rows} == {"25.00"}


def test_no_cell_of_a_spreadsheet_is_a_formula() -> None:
    file = write_xlsx(["=1+1"], [["=HYPERLINK(1)", "a\x01b"], ["+1"]])

    sheet = load_workbook(file).active

    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "ab" in [cell.value for cell in cells]


def test_a_head_says_how_the_list_is_sorted_and_turns_it(
    ports: Ports, owner: Visitor
) -> None:
    orders(ports, 2)

    page = owner.see("/orders?sort=placed")

    assert 'aria-sort="ascending"' in page
    assert "sort=-placed" in page


@pytest.mark.parametrize(
    "asked",
    ["phase=foo", "from=tomorrow", "after=xyz", "before=WzFd", "channel=%00", "sort=;drop"],
)
def test_what_cannot_be_asked_is_left_out(ports: Ports, owner: Visitor, asked: str) -> None:
    orders(ports, 1)

    assert "H-0001" in owner.see(f"/orders?{asked}")


def test_a_filter_nobody_knows_is_told(owner: Visitor) -> None:
    assert "was left out of the question" in owner.see("/orders?phase=foo")


def test_many_orders_are_held_at_once(ports: Ports, owner: Visitor) -> None:
    first, second, _ = orders(ports, 3)

    page = owner.did("/orders/bulk", deed="hold", row=[str(first), str(second)])  # type: ignore[arg-type]

    assert "The orders wait now." in page
    assert intents(ports) == ["on_hold", "on_hold", "open"]


def undo_of(page: str) -> str:
    """Return the press that a page offers to take back."""
    found = re.search(r'name="undo" value="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&#43;", "+")


def test_many_orders_held_by_mistake_go_on_with_one_press_and_no_others(
    ports: Ports, clock: StandingClock, owner: Visitor
) -> None:
    before, first, second, _ = orders(ports, 4)
    owner.did(f"/orders/{before}/hold", reason="a question")
    clock.time += timedelta(minutes=1)
    held = owner.press(
        "/orders/bulk?phase=needs_attention",
        deed="hold",
        row=[str(before), str(first), str(second)],  # type: ignore[arg-type]
    )
    page = held.text
    assert "It can be undone for 2 rows." in page

    after = owner.did("/orders/bulk/undo?phase=needs_attention", undo=undo_of(page))

    assert "Undone: the orders go on as before." in after
    assert "Was it a mistake?" not in after
    assert intents(ports) == ["on_hold", "open", "open", "open"]
    again = owner.press("/orders/bulk/undo", undo=undo_of(page))
    assert again.status_code == 409
    assert "None of these orders waits because of that any more." in again.text


def test_what_somebody_held_anew_since_is_not_undone(
    ports: Ports, clock: StandingClock, owner: Visitor
) -> None:
    first, second = orders(ports, 2)
    clock.time += timedelta(minutes=1)
    page = owner.did("/orders/bulk", deed="hold", row=[str(first), str(second)])  # type: ignore[arg-type]
    clock.time += timedelta(minutes=1)
    owner.did(f"/orders/{first}/release")
    owner.did(f"/orders/{first}/hold", reason="the buyer asked")

    owner.did("/orders/bulk/undo", undo=undo_of(page))

    assert intents(ports) == ["on_hold", "open"]


def test_nobody_undoes_what_another_did_nor_what_cannot_be_undone(
    ports: Ports, owner: Visitor, be: As
) -> None:
    [only] = orders(ports, 1)
    page = owner.did("/orders/bulk", deed="hold", row=str(only))
    planner, packer = be(Role.PLANNER), be(Role.PACKER)
    press = undo_of(page)

    assert "Was it a mistake?" not in planner.see(f"/orders?{urlencode({'undo': press})}")
    assert planner.press("/orders/bulk/undo", undo=press).status_code == 409
    assert packer.press("/orders/bulk/undo", undo=press).status_code == 403
    for wrong in ("", "release@2026-11-23T10:00:00+00:00", "hold@soon", "hold@2026-11-23"):
        assert owner.press("/orders/bulk/undo", undo=wrong).status_code == 404
        assert owner.open(f"/orders?{urlencode({'undo': wrong})}").status_code == 200
    assert intents(ports) == ["on_hold"]


def test_a_row_that_refuses_is_reported_and_the_others_are_done(
    ports: Ports, owner: Visitor
) -> None:
    first, second = orders(ports, 2)
    owner.did(f"/orders/{first}/hold", reason="wait")

    page = owner.press(
        "/orders/bulk",
        deed="release",
        row=[str(first), str(second)],  # type: ignore[arg-type]
    )

    assert page.status_code == 200
    assert "H-0002" in page.text
    assert "is not on hold" in page.text
    assert intents(ports) == ["open", "open"]


def test_a_deed_that_all_refuse_or_that_names_no_row_says_so(
    ports: Ports, owner: Visitor
) -> None:
    [only] = orders(ports, 1)

    refused = owner.press("/orders/bulk", deed="release", row=str(only))
    empty = owner.press("/orders/bulk", deed="hold")

    assert (refused.status_code, empty.status_code) == (409, 422)
    assert owner.press("/orders/bulk", deed="burn", row=str(only)).status_code == 404


def test_only_who_may_do_a_deed_to_one_may_do_it_to_many(ports: Ports, be: As) -> None:
    [only] = orders(ports, 1)
    viewer, packer = be(Role.VIEWER), be(Role.PACKER)

    for visitor in (viewer, packer):
        assert visitor.press("/orders/bulk", deed="hold", row=str(only)).status_code == 403

    assert 'name="row"' not in viewer.see("/orders")
    assert intents(ports) == ["open"]


def test_a_view_is_its_keepers_until_it_is_shared(
    ports: Ports, owner: Visitor, be: As
) -> None:
    viewer = be(Role.VIEWER)
    form = {"list": "list_orders", "query": "phase=new&sort=promised&after=zzz"}

    owner.did("/views", name="To look at", **form)
    assert "To look at" in owner.see("/orders")
    assert "To look at" not in viewer.see("/orders")
    with ports.database.reading() as session:
        view = session.scalars(select(SavedView)).one()
    assert view.query == "phase=new&sort=promised"
    assert viewer.press(f"/views/{view.id}", name="Mine now").status_code == 404

    owner.did(f"/views/{view.id}", name="For all", shared="1")
    assert "For all" in viewer.see("/orders")
    owner.did(f"/views/{view.id}", drop="1", name="For all")
    assert "For all" not in viewer.see("/orders")


def test_a_shared_view_kept_anew_stays_shared(owner: Visitor, be: As) -> None:
    viewer, form = be(Role.VIEWER), {"list": "list_orders", "name": "For all"}
    owner.did("/views", query="phase=new", shared="1", **form)

    owner.did("/views", query="phase=blocked", **form)

    assert "For all" in viewer.see("/orders")


def test_a_shared_search_for_a_buyer_is_not_shown_to_whom_names_are_not(
    owner: Visitor, be: As
) -> None:
    owner.did("/views", name="Hers", list="list_orders", query="q=maria", shared="1")

    assert "maria" not in be(Role.MAKER).see("/orders")
    assert "maria" in be(Role.PACKER).see("/orders")


def test_a_viewer_shares_nothing(ports: Ports, be: As) -> None:
    be(Role.VIEWER).did(
        "/views", name="All mine", list="list_orders", query="phase=new", shared="1"
    )

    with ports.database.reading() as session:
        assert not session.scalars(select(SavedView)).one().is_shared


def test_lots_show_what_keeps_least_long(ports: Ports, owner: Visitor) -> None:
    orders(ports, 1)

    assert "CANDLE-1" in owner.see("/lots")
    assert "CANDLE-1" not in owner.see("/lots?state=recalled")
    assert "CANDLE-1" in owner.see("/lots?as=csv")
