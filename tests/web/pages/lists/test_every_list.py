"""Every list there is: walked to its end both ways, taken away as shown, shut to whom it is not."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.intake.accept import accept
from hub.flow.mail.customers import add_customer
from hub.flow.recalls.recall import start_recall
from hub.flow.shipping.ship import ship
from hub.models.records.items import Item
from hub.models.records.mails import InboundMail
from hub.models.records.messages import InboundMessage, OutboundMessage
from hub.models.records.shipping import Shipment
from hub.models.records.stock import Lot
from hub.ports import Ports
from hub.web.guard.page_roles import ALLOWED, PEOPLE
from hub.web.list_register import EVERY, LISTS
from hub.web.lists.spec import Frame
from mapping.effects import Tracking
from tests.factories import NOW, PIECE, make_purchase
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, order_of, shop
from tests.web.pages.visitor import Visitor
from tests.web.ports import Woken

MANY = 3
PLACES = {
    "list_orders": ("/orders", "Order"),
    "list_items": ("/stock", "Code"),
    "list_lots": ("/lots", "Lot"),
    "list_forecasts": ("/forecasts", "Code"),
    "list_shipments": ("/shipments", "Parcel"),
    "list_purchases": ("/purchases", "Purchase order"),
    "list_customers": ("/customers", "Customer"),
    "list_inbox": ("/messages/in", "Order"),
    "list_outbox": ("/messages/out", "Order"),
    "list_mails": ("/mails", "Subject"),
    "list_recalls": ("/recalls", "Number"),
}
"""Where each list is, and the column of its file that tells its rows apart."""
ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


@pytest.fixture
def world(ports: Ports) -> None:
    """Three rows for every list."""
    with ports.database.begin() as session:
        order_ids = [order_of(session, pieces=1, in_stock=5) for _ in range(MANY)]
        for number, order_id in enumerate(order_ids):
            ship(
                session,
                order_id=order_id,
                lines=None,
                tracking=Tracking(carrier="Correos", number=f"PK{number}"),
                notify=True,
                who="user:1",
                now=NOW + timedelta(minutes=number),
            )
        for code in ("WAX", "SOAP"):
            item(session, code)
        for number in range(MANY):
            make_purchase(session, item=item(session, "WAX"), quantity=5 * PIECE)
            add_customer(session, name=f"Shop {number}", who="user:1", now=NOW)
            told = accept(
                session,
                account_id=shop(session).id,
                topic="orders/create",
                message_id=f"m-{number}",
                body=b"{}%d" % number,
                headers={},
                source="webhook",
                now=NOW,
            )
            message = session.get_one(InboundMessage, told.id)
            message.state, message.external_order_id = "done", f"4711{number}"
            session.add(
                InboundMail(
                    account_id=shop(session).id,
                    message_id=f"po-{number}@sol.example",
                    size=100,
                    sender="ana@sol.example",
                    subject=f"Order {number}.",
                    received_at=NOW,
                )
            )
            start_recall(
                session,
                lot_id=number + 1,
                reason="a rehearsal",
                is_drill=True,
                who="user:1",
                now=NOW,
            )
        first = session.get_one(Lot, 1)
        first.best_before = NOW.date()
        for each in session.scalars(select(Item)):
            each.policy = "make_to_stock"


def rows_of(page: str) -> list[str]:
    """Return the rows of the list on a page."""
    table = page.split('<table class="list"', 1)[1].split("<tbody>", 1)[1]
    return ROW.findall(table.split("</tbody>", 1)[0])


def way(page: str, rel: str) -> str:
    """Return where the way on, or back, leads; empty if there is none."""
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def walk(visitor: Visitor, start: str, *, rel: str) -> tuple[list[str], str]:
    """Return the rows of all pages from one on, and the last page's address."""
    rows: list[str] = []
    here, following = start, start
    while following:
        here = following
        page = visitor.see(here)
        rows += rows_of(page)
        following = way(page, rel)
    return rows, here


def taken(visitor: Visitor, frame: Frame, *, asked: str = "") -> list[str]:
    """Return what tells the rows of a list's file apart, in the order of the file."""
    address, column = PLACES[frame.page]
    text = visitor.see(f"{address}?{asked}&as=csv")
    return [row[column] for row in csv.DictReader(io.StringIO(text))]


def sorts(frame: Frame) -> list[str]:
    """Return every way a list can be sorted."""
    keys = [each.key for each in frame.columns if each.sort is not None and each.is_shown]
    return [f"{sign}{key}" for key in keys for sign in ("", "-")]


@pytest.mark.usefixtures("world")
def test_a_list_is_walked_by_any_head_both_ways_and_its_file_holds_the_same(
    monkeypatch: pytest.MonkeyPatch, owner: Visitor
) -> None:
    monkeypatch.setattr("hub.web.lists.page.ROWS", 2)

    for frame, sort in [(each, sort) for each in EVERY for sort in sorts(each)]:
        address, _ = PLACES[frame.page]
        there, last = walk(owner, f"{address}?sort={sort}", rel="next")
        back, first = walk(owner, way(owner.see(last), "prev"), rel="prev")
        names = taken(owner, frame, asked=f"sort={sort}")

        assert len(there) == len(names) == len(set(names)) == MANY, (frame.page, sort)
        assert all(name in row for name, row in zip(names, there, strict=True)), sort
        assert back == there[:2], (frame.page, sort)
        assert not way(owner.see(first), "prev")


def test_every_list_is_known_here() -> None:
    assert set(PLACES) == set(LISTS)
    assert all(sorts(each) for each in EVERY)


@pytest.mark.usefixtures("world")
def test_a_place_nobody_wrote_is_the_beginning_of_every_list(owner: Visitor) -> None:
    for frame in EVERY:
        page = owner.see(f"{PLACES[frame.page][0]}?after=xyz&sort=;drop")

        assert len(rows_of(page)) == MANY, frame.page
        assert "That place in the list is not known" in page


@pytest.mark.usefixtures("world")
def test_every_list_says_how_to_get_more_of_what_is_empty(owner: Visitor) -> None:
    for frame in EVERY:
        page = owner.see(f"{PLACES[frame.page][0]}?q=zzzzzz")

        assert "Nothing fits these filters." in page, frame.page
        assert "0 in all" in page


@pytest.mark.usefixtures("world")
def test_a_list_and_its_file_show_a_role_what_the_tables_of_roles_say(be: As) -> None:
    visitors = {role: be(role) for role in (Role.VIEWER, Role.MAKER, Role.PLANNER)}

    for role, frame in [(role, each) for role in visitors for each in EVERY]:
        visitor, address = visitors[role], PLACES[frame.page][0]
        page, file = visitor.open(address), visitor.open(f"{address}?as=csv")
        shown = page.text + file.text

        if role not in ALLOWED[f"pages.{frame.page}"]:
            assert (page.status_code, file.status_code) == (403, 403), frame.page
            continue
        may = any(role in ALLOWED[f"pages.{deed.view}"] for deed in frame.deeds)
        hidden = [each.label for each in frame.columns if each.is_for_people]
        assert page.status_code == file.status_code == 200
        assert ('id="bulk"' in page.text) is may, frame.page
        if role not in PEOPLE:
            assert not set(hidden) & set(file.text.splitlines()[0].split(","))
            assert "ana@sol.example" not in shown


@pytest.mark.usefixtures("world")
def test_a_view_of_any_list_is_kept_and_opens_it_again(owner: Visitor) -> None:
    for frame in EVERY:
        sort = next(each for each in sorts(frame) if each != frame.sort)

        page = owner.did("/views", name="Mine", list=frame.page, query=f"sort={sort}")

        address, _ = PLACES[frame.page]
        chip = re.search(r'<a href="([^"]*)"[^>]*>Mine</a>', page)
        assert chip is not None, frame.page
        assert chip[1].split("#")[0] == f"{address}?sort={sort}"


@pytest.mark.usefixtures("world")
def test_many_parcels_arrive_and_many_messages_are_tried_again(
    ports: Ports, owner: Visitor, woken: Woken
) -> None:
    with ports.database.begin() as session:
        for message in session.scalars(select(OutboundMessage).filter_by(kind="fulfil")):
            message.state = "dead"
    ids = ["1", "2"]

    arrived = owner.did("/shipments/bulk", deed="arrived", row=ids)  # type: ignore[arg-type]
    owner.did("/messages/out/bulk?state=stuck", deed="retry", row=ids)  # type: ignore[arg-type]

    assert "The parcels arrived." in arrived
    with ports.database.reading() as session:
        states = session.scalars(select(Shipment.state).order_by(Shipment.id)).all()
        fulfil = select(OutboundMessage.state).filter_by(kind="fulfil")
        owed = session.scalars(fulfil.order_by(OutboundMessage.id)).all()
    assert states == ["delivered", "delivered", "shipped"]
    assert owed == ["waiting", "waiting", "dead"]
    assert "push" in woken.kinds


@pytest.mark.usefixtures("world")
def test_what_is_ticked_in_the_inbox_is_looked_at_before_it_is_read_again(
    owner: Visitor,
) -> None:
    page = owner.see("/messages/in")
    boxes = re.findall(r'form="bulk" name="id" id="tick-\d+" value="(\d+)"', page)

    looked = owner.press("/messages/in/replay/look", deed="replay", id=boxes)  # type: ignore[arg-type]

    assert 'action="/messages/in/replay/look' in page
    assert len(boxes) == MANY
    assert "What reading them again would change" in looked.text
    assert looked.text.count('name="id"') == MANY


@pytest.mark.usefixtures("world")
def test_an_orders_messages_are_found_by_its_number(ports: Ports, owner: Visitor) -> None:
    assert len(rows_of(owner.see("/messages/out?q=h-0002"))) == 1
    assert len(rows_of(owner.see("/messages/in?q=47111"))) == 1
    assert "47110" not in owner.see("/messages/in?q=47111")


NARROWED = (
    ("/orders?risk=1", False),
    ("/purchases?state=draft", False),
    ("/purchases?state=all&supplier=2", True),
    ("/purchases?q=ceras", True),
    ("/customers?q=shop+1&mails=three", True),
    ("/customers?mails=always", False),
    ("/customers?bad=yes", False),
    ("/messages/in?state=stuck", False),
    ("/messages/in?state=done&channel=1", True),
    ("/messages/out?kind=fulfil", True),
    ("/mails?state=waiting&box=1", True),
    ("/mails?q=ANA", True),
    ("/recalls?kind=drill&state=open", True),
    ("/recalls?kind=real", False),
    ("/recalls?q=candle", True),
    ("/shipments?q=pk2", True),
    ("/shipments?tracking=PK1", True),
    ("/shipments?state=delivered", False),
)
"""Addresses, some of which other pages link to, and whether anything of the world fits them."""


@pytest.mark.usefixtures("world")
def test_a_list_is_narrowed_by_what_its_address_asks(owner: Visitor) -> None:
    for address, is_there in NARROWED:
        page = owner.see(address)

        assert ('<table class="list"' in page) is is_there, address
        assert "was left out of the question" not in page, address
