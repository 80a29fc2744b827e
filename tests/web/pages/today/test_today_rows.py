"""The first page: each kind of thing that needs a person is there until it is seen to."""

import re
from datetime import timedelta

from sqlalchemy import select

from hub.domain.people.roles import Role
from hub.flow.planning.plan import replan
from hub.models.records.messages import OutboundMessage
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.planning import Replan
from hub.models.records.production import ProductionOrder
from hub.models.records.purchasing import Supplier, SupplierItem
from hub.models.today.today import MOST
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_lot
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, order_of, order_to_make, shop
from tests.web.pages.visitor import Visitor


def rows(page: str) -> dict[str, str]:
    """Return the rows of the first page: the title of each and what its button says."""
    found = re.findall(r'<li class="(?:red|amber|blue|green|grey)">(.*?)</li>', page, re.S)
    return {title_of(row): button_of(row) for row in found}


def title_of(row: str) -> str:
    """Return what a row is about."""
    return re.sub(
        r"<[^>]+>", "", row.split("<strong>")[1].split("</strong>", maxsplit=1)[0]
    ).strip()


def button_of(row: str) -> str:
    """Return what the one button of a row says; nothing without one."""
    found = re.findall(r'(?:class="button[^"]*"|<button)[^>]*>([^<]+)<', row)
    assert len(found) <= 1
    return found[0] if found else ""


def groups(page: str) -> list[str]:
    """Return the headings of the groups, in their order."""
    return re.findall(r'class="group">([^<]+)<', page)


def unmap(ports: Ports, order_id: int) -> None:
    """Let the line of an order be known to nobody."""
    with ports.database.begin() as session:
        session.scalars(
            select(OrderLine).filter_by(order_id=order_id)
        ).one().state = "unmapped"


def test_what_is_not_mapped_is_there_with_what_waits_for_it(
    anywhere: Ports, boss: Visitor
) -> None:
    with anywhere.database.begin() as session:
        order_id = order_of(session, pieces=2)
    assert "1 listing not mapped" not in rows(boss.see("/"))

    unmap(anywhere, order_id)
    page = boss.see("/")

    assert rows(page)["1 listing not mapped"] == "Map"
    assert "1 order waits, €25.00" in page


def test_what_is_short_names_who_waits_and_of_whom_to_buy(
    anywhere: Ports, boss: Visitor
) -> None:
    with anywhere.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=500)
        order_of(session, pieces=2)
        wax = item(session, "WAX")
        supplier = Supplier(code="CV", name="Ceras Vila", created_at=NOW)
        session.add(supplier)
        session.flush()
        session.add(SupplierItem(supplier_id=supplier.id, item_id=wax.id, lead_time_days=2))
    page = boss.see("/")

    assert rows(page)["Short 1.5\N{NO-BREAK SPACE}kg of Soy wax"] == "Order from Ceras Vila"
    assert "2 orders" in page
    assert f"/purchases#of-{supplier.id}" in page

    with anywhere.database.begin() as session:
        wax = item(session, "WAX")
        make_lot(session, item=wax, quantity=9_000 * PIECE)
        session.add(Replan(item_id=wax.id, at=NOW, why="received"))
        session.flush()
        replan(session, now=NOW)
    assert not any(title.startswith("Short") for title in rows(boss.see("/")))


def test_what_a_run_will_give_is_named_in_whole_pieces_wherever_it_stands(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=9_000)
        run = session.scalars(select(ProductionOrder)).one()
        run.planned, candle = 9_650, run.item_id

    pages = [owner.see(page) for page in ("/", "/stock", f"/stock/{candle}")]

    assert all("9 pcs" in page for page in pages)
    assert not any("9.65" in page.partition("<svg")[0] for page in pages)


def test_what_can_start_is_started_and_then_finished_from_here(
    ports: Ports, be: As
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=9_000)
    maker = be(Role.MAKER)
    assert rows(maker.see("/"))["P-0001 Soy candle, fig"] == "Start"

    maker.did("/production/1/start")

    assert rows(maker.see("/"))["P-0001 Soy candle, fig"] == "Finish"


def test_a_run_that_is_planned_for_later_is_only_counted(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_to_make(session, pieces=4, wax_grams=9_000)
        run = session.scalars(select(ProductionOrder)).one()
        run.starts_on = NOW.date() + timedelta(days=3)

    found = rows(owner.see("/"))

    assert "P-0001 Soy candle, fig" not in found
    assert found["1 run planned for later could start already"] == "Look"


def test_orders_that_can_leave_are_one_row_and_gone_when_they_left(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=2)
        line = session.scalars(select(OrderLine.id)).one()
    assert rows(owner.see("/"))["1 order ready to ship"] == "Pack"

    owner.did(f"/orders/{order_id}/ship", seen="0", **{f"line-{line}": "2"})

    assert "1 order ready to ship" not in rows(owner.see("/"))


def test_what_a_shop_refused_says_which_shop_and_why_until_it_is_sent_again(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        session.add(
            OutboundMessage(
                account_id=shop(session).id,
                kind="fulfil",
                idempotency_key="fulfil:1",
                payload={},
                state="dead",
                next_try_at=NOW,
                created_at=NOW,
                done_at=NOW,
                last_error="The tracking code was rejected.",
            )
        )
    page = owner.see("/")
    assert rows(page)["1 message a shop did not take"] == "Fix and send again"
    assert "Cera y Sal: The tracking code was rejected." in page

    owner.did("/messages/out/1/retry")

    assert "1 message a shop did not take" not in rows(owner.see("/"))


def test_a_shop_that_is_cut_off_and_an_order_on_hold_need_somebody(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=2)
        shop(session).needs_reconnect = True
    owner.did(f"/orders/{order_id}/hold", reason="")
    found = rows(owner.see("/"))
    assert found["Cera y Sal"] == "Look"
    assert found["H-0001"] == "Look"

    owner.did(f"/orders/{order_id}/release")
    with ports.database.begin() as session:
        shop(session).needs_reconnect = False

    assert not {"Cera y Sal", "H-0001"} & set(rows(owner.see("/")))


def test_an_order_at_risk_leads_to_its_ways_out_and_many_are_counted(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        for _ in range(MOST + 2):
            order_id = order_of(session, pieces=1)
            order = session.get_one(SalesOrder, order_id)
            order.is_at_risk, order.promised_on = True, NOW.date()

    page = owner.see("/")

    assert rows(page)["H-0001 will miss Mon 23 Nov"] == "See ways out"
    assert rows(page)["and 2 more"] == "Show them"
    assert f"{MOST + 2} at risk" in page


def test_each_role_sees_its_own_work_first_and_nobody_anothers(
    ports: Ports, be: As
) -> None:
    with ports.database.begin() as session:
        order_of(session, pieces=2, in_stock=2)
        order_to_make(session, pieces=4, wax_grams=9_000)
        unmapped = order_of(session, pieces=1)
    unmap(ports, unmapped)

    planner, maker, packer, viewer = (
        be(role).see("/") for role in (Role.PLANNER, Role.MAKER, Role.PACKER, Role.VIEWER)
    )

    assert groups(planner) == ["Needs somebody", "To make", "To send"]
    assert groups(maker) == ["To make"]
    assert groups(packer) == ["To send"]
    assert groups(viewer) == ["Needs somebody", "To make", "To send"]
    assert set(rows(viewer).values()) == {""}


def test_whoever_has_nothing_to_do_is_told_what_will_show_here(
    ports: Ports, be: As
) -> None:
    with ports.database.begin() as session:
        shop(session)
        item(session, "CANDLE")

    assert "Nothing to make now." in be(Role.MAKER).see("/")
    assert "Nothing to pack now." in be(Role.PACKER).see("/")
    assert "Nothing needs you now." in be(Role.PLANNER).see("/")


def test_the_first_line_says_how_much_is_open_and_when_a_shop_last_spoke(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        order_of(session, pieces=2)
        shop(session).last_in_at = ports.clock.now()

    page = owner.see("/")

    assert "1 order open" in page
    assert "a shop last spoke" in page
    assert "just now" in page
