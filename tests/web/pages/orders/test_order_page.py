"""The page of one order: what blocks it, what comes next, why its day, what was done."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from hub.domain.people.roles import Role
from hub.flow.planning.plan import replan
from hub.models.records.orders import OrderLine, SalesOrder
from hub.models.records.planning import Promise
from hub.models.records.production import ProductionOrder
from hub.ports import Ports
from tests.factories import NOW, PIECE, make_lot, make_order
from tests.web.pages.conftest import As
from tests.web.pages.goods import item, order_of, shop
from tests.web.pages.orders.order_sections import section, to_make
from tests.web.pages.visitor import Visitor


def primary(page: str) -> str:
    """Return what the one strong button in the head of an order says; nothing without one."""
    head = page.split('class="head order-head"')[1].split('class="two order"', maxsplit=1)[
        0
    ]
    found = re.search(r'class="(?:button )?strong[^>]*>([^<]+)<', head)
    return found[1] if found else ""


def test_goods_in_stock_are_named_by_lot_with_best_before_and_lead_to_its_trace(
    anywhere: Ports, boss: Visitor
) -> None:
    with anywhere.database.begin() as session:
        candle = item(session, "CANDLE")
        lot = make_lot(
            session,
            item=candle,
            quantity=10 * PIECE,
            code="C0",
            best_before=date(2027, 12, 31),
        )
        lot_id, order_id = lot.id, order_of(session, pieces=2)

    lines = section(boss.see(f"/orders/{order_id}"), "lines")

    assert f'href="/lots/{lot_id}">C0</a>' in lines
    assert "31 Dec 2027" in lines
    assert "2 pcs from lot" in lines
    assert "31 Dec 2027" in boss.see("/lots")


def test_the_page_and_the_parcels_form_name_the_country_it_goes_to(
    ports: Ports, owner: Visitor, an_order: int
) -> None:
    assert "Spain<br>" in owner.see(f"/orders/{an_order}")
    assert "18009 Granada, Spain</p>" in owner.see(f"/orders/{an_order}/ship")


def test_an_order_and_its_run_lead_to_each_other_and_say_how_far_it_is(
    ports: Ports, owner: Visitor
) -> None:
    order_id = to_make(ports)
    assert "it is made next" in section(owner.see(f"/orders/{order_id}"), "blocks")
    with ports.database.begin() as session:
        run = session.scalars(select(ProductionOrder)).one()
        run.state, run.batches, run.planned = "running", 3, 30 * PIECE
        run.produced = 10 * PIECE
        run_id = run.id

    lines = section(owner.see(f"/orders/{order_id}"), "lines")

    assert f'href="/production/{run_id}">P-0001</a>' in lines
    assert "Running, batch 2 of 3" in lines
    assert f'href="/orders/{order_id}"' in owner.see(f"/production/{run_id}")


def test_the_one_next_step_follows_what_the_order_needs(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        ready = order_of(session, pieces=2, in_stock=2)
        unmapped = order_of(session, pieces=1)
        line = session.scalars(select(OrderLine).filter_by(order_id=unmapped)).one()
        line.state = "unmapped"
    assert primary(owner.see(f"/orders/{ready}")) == "Ship"
    assert primary(owner.see(f"/orders/{unmapped}")) == "Map"

    owner.did(f"/orders/{ready}/hold", reason="")

    assert primary(owner.see(f"/orders/{ready}")) == "Let it go on"


@pytest.mark.parametrize("wax, step", [(500, "Order material"), (9_000, "Start P-0001")])
def test_what_is_made_is_started_once_its_material_is_there(
    ports: Ports, owner: Visitor, wax: int, step: str
) -> None:
    order_id = to_make(ports, wax_grams=wax)

    assert primary(owner.see(f"/orders/{order_id}")) == step


def test_nobody_is_offered_a_step_that_is_not_theirs(ports: Ports, be: As) -> None:
    order_id = to_make(ports)

    assert primary(be(Role.MAKER).see(f"/orders/{order_id}")) == "Start P-0001"
    for role in (Role.PACKER, Role.VIEWER):
        assert primary(be(role).see(f"/orders/{order_id}")) == ""


def test_a_finished_order_has_no_next_step(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        order_id = order_of(session, pieces=2, in_stock=2)
        line = session.scalars(select(OrderLine.id)).one()

    page = owner.did(f"/orders/{order_id}/ship", seen="0", **{f"line-{line}": "2"})

    assert primary(page) == ""
    assert "2 pcs sent from lot" in section(page, "lines")


def test_why_this_date_begins_with_the_material_and_ends_at_the_door(
    ports: Ports, owner: Visitor
) -> None:
    why = section(owner.see(f"/orders/{to_make(ports)}"), "why")

    in_house = why.index("P-0001: all it needs is in the house")
    assert in_house < why.index("P-0001 is ready") < why.index("parcels leave")


def test_every_day_that_was_told_is_there_with_what_moved_it(
    ports: Ports, owner: Visitor
) -> None:
    order_id = to_make(ports)
    with ports.database.begin() as session:
        told = session.scalars(select(Promise).filter_by(order_id=order_id)).one()
        assert told.earliest_on is not None
        session.add(
            Promise(
                order_id=order_id,
                version=2,
                earliest_on=told.earliest_on + timedelta(days=3),
                committed_on=told.committed_on,
                reasons=[
                    *told.reasons,
                    {"kind": "material_no_date", "run": "P-0001", "item": "WAX"},
                ],
                at=NOW,
            )
        )

    why = section(owner.see(f"/orders/{order_id}"), "why")

    assert "+3 days" in why
    assert "P-0001 waits for Soy wax, and nobody knows when it comes" in why
    assert "the first date" in why


def test_a_note_is_kept_for_whoever_works_on_it(ports: Ports, be: As) -> None:
    order_id = to_make(ports)

    page = be(Role.PACKER).did(f"/orders/{order_id}/note", note="Ribbon in <red>, please")

    assert "The note is kept." in page
    assert "Ribbon in &lt;red&gt;, please" in section(page, "notes")
    assert "Note: Ribbon in" in section(page, "timeline")
    viewer = be(Role.VIEWER)
    assert "Ribbon in" in viewer.see(f"/orders/{order_id}")
    assert f"/orders/{order_id}/note" not in viewer.see(f"/orders/{order_id}")


def test_an_empty_note_is_refused_beside_its_form(ports: Ports, owner: Visitor) -> None:
    order_id = to_make(ports)

    response = owner.press(f"/orders/{order_id}/note", note="  ")

    assert response.status_code == 422
    assert "Write the note first." in response.text
    assert owner.press("/orders/77/note", note="x").status_code == 404


def test_the_story_shows_what_people_did_or_what_the_machine_did(
    ports: Ports, owner: Visitor
) -> None:
    order_id = to_make(ports)
    owner.did(f"/orders/{order_id}/note", note="call first")

    every = section(owner.see(f"/orders/{order_id}"), "timeline")
    people = section(owner.see(f"/orders/{order_id}?what=people"), "timeline")
    machine = section(owner.see(f"/orders/{order_id}?what=machine"), "timeline")

    assert "call first" in people
    assert "P-0001 is planned" not in people
    assert "call first" not in machine
    assert "P-0001 is planned" in machine
    assert "call first" in every
    assert "P-0001 is planned" in every


def test_cancelling_says_first_what_follows_and_changes_nothing(
    anywhere: Ports, boss: Visitor
) -> None:
    order_id = to_make(anywhere)

    look = boss.press(f"/orders/{order_id}/cancel/look")

    assert look.status_code == 200
    assert "P-0001 is not needed any more" in look.text
    assert "This cannot be undone." in look.text
    with anywhere.database.reading() as session:
        assert session.get_one(SalesOrder, order_id).intent == "open"
        assert session.scalars(select(ProductionOrder.state)).one() == "planned"


def test_cancelling_says_who_gets_the_goods(ports: Ports, owner: Visitor) -> None:
    with ports.database.begin() as session:
        first = order_of(session, pieces=2, in_stock=2)
        order_of(session, pieces=2)

    look = owner.press(f"/orders/{first}/cancel/look")

    assert "2 pcs of Soy candle, fig go to H-0002" in look.text


def test_the_panel_gets_only_what_follows(ports: Ports, owner: Visitor) -> None:
    order_id = to_make(ports)
    headers = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin"}

    look = owner.client.post(
        f"/orders/{order_id}/cancel/look", data={"csrf": owner.token()}, headers=headers
    )

    assert "P-0001 is not needed any more" in look.text
    assert "<html" not in look.text


def test_holding_offers_to_take_it_back(ports: Ports, owner: Visitor) -> None:
    order_id = to_make(ports)

    page = owner.did(f"/orders/{order_id}/hold", reason="moves house")

    assert 'aria-label="Undo: Hold"' in page
    assert 'aria-label="Undo: Hold"' not in owner.did(f"/orders/{order_id}/release")


def test_an_order_of_many_lines_takes_no_more_statements_than_one_of_few(
    ports: Ports, owner: Visitor
) -> None:
    with ports.database.begin() as session:
        codes = [f"SOAP{n}" for n in range(14)]
        goods = [item(session, code) for code in codes]
        for good in goods:
            make_lot(session, item=good, quantity=20 * PIECE)
        few = make_order(session, account=shop(session), lines={goods[0]: 1}).id
        many = make_order(
            session, account=shop(session), lines={good: 2 for good in goods}
        ).id
        replan(session, now=NOW)

    assert statements(ports, owner, f"/orders/{many}") == statements(
        ports, owner, f"/orders/{few}"
    )
    assert statements(ports, owner, f"/orders/{many}") <= MOST_STATEMENTS


MOST_STATEMENTS = 55


def statements(ports: Ports, visitor: Visitor, path: str) -> int:
    """Count the statements that a page takes."""
    seen: list[str] = []

    def note(_c: object, _cur: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    engine = ports.database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        visitor.see(path)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
